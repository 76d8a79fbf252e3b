"""The rows of a layer of an ArcGIS feature service, asked for page by page and kept as one CSV.

A service answers at most so many rows (1,000 or 2,000), says that there are more (``exceededTransferLimit``), and says
what is wrong inside an answer 200. Pages are cut from rows in an order that is the same for each question only where
the question names one, so all ask for the order of a column that tells the rows apart. Read in the service's
documentation and in public code that asks the ONS portal (2026-11); nobody here has asked it.
"""

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hi_pipeline.core.errors import FetchError
from hi_pipeline.storage.download import Download
from hi_pipeline.storage.folder_mirror import Arrival
from hi_pipeline.storage.gathered import Questions, arrival_of

if TYPE_CHECKING:
    from hi_pipeline.storage.http import Downloader

# The service gives fewer where it allows fewer.
PAGE = 2000
_ALL = {"where": "1=1"}
Row = dict[str, str]


def fetch_layer(downloader: "Downloader", download: Download, *, key: str) -> Arrival:
    """Ask for all rows of a layer, and return them as a CSV in the order of their key.

    The number of rows is asked for before and after: a layer that is replaced between two pages would else lose rows.

    Args:
        downloader: asks.
        download: the release's; its address is the layer (".../FeatureServer/0").
        key: the column that tells the rows apart.

    Raises:
        FetchError: the service says that something is wrong, gives other rows than it counts, a row twice, or rows
            with different columns.
    """
    layer = _Layer(Questions(downloader, download), download)
    count = layer.count()
    rows = layer.rows(count, key)
    if (again := layer.count()) != count:
        raise layer.fault(f"had {count:,} rows before and {again:,} after they were asked for; run again later")
    return arrival_of(_as_csv(rows), download)


class _Layer:
    """The questions to one layer, and what is wrong with its answers."""

    def __init__(self, questions: Questions, download: Download) -> None:
        self._questions = questions
        self._download = download

    def count(self) -> int:
        found = self._ask(returnCountOnly="true").get("count")
        if not isinstance(found, str) or not found.isdigit() or not int(found):
            raise self.fault(f"counts {found!r} rows; expected a number above 0")
        return int(found)

    def rows(self, count: int, key: str) -> list[Row]:
        rows: list[Row] = []
        more = True
        while more:
            message = self._ask(
                outFields="*",
                returnGeometry="false",
                orderByFields=key,
                resultOffset=str(len(rows)),
                resultRecordCount=str(PAGE),
            )
            page = self._page(message)
            rows += page
            more = message.get("exceededTransferLimit") is True
            if (more and not page) or len(rows) > count:
                raise self.fault(f"counts {count:,} rows and goes on after {len(rows):,}; run again later")
        if len(rows) < count:
            raise self.fault(f"counts {count:,} rows and ends after {len(rows):,}; run again later")
        self._check(rows, key)
        return rows

    def _page(self, message: dict[str, Any]) -> list[Row]:
        features = message.get("features")
        attributes = [f.get("attributes") if isinstance(f, dict) else None for f in features or ()]
        if not isinstance(features, list) or not all(isinstance(row, dict) for row in attributes):
            raise self.fault("gives no list of rows (features, each with attributes)")
        return [{name: self._text(name, value) for name, value in row.items()} for row in attributes if row is not None]

    def _check(self, rows: list[Row], key: str) -> None:
        other = next((row for row in rows if row.keys() != rows[0].keys()), None)
        if other is not None:
            raise self.fault(f"gives rows with different columns: {sorted(other.keys() ^ rows[0].keys())[:5]}")
        if key not in rows[0]:
            raise self.fault(f"has no column {key!r}, only {sorted(rows[0])[:20]}")
        if len({row[key] for row in rows}) < len(rows):
            raise self.fault(f"gives rows of which two have one {key}; run again later, or declare another layer_key")

    def _ask(self, **question: str) -> dict[str, Any]:
        address = f"{self._download.address}/query?{urlencode({**_ALL, **question, 'f': 'json'})}"
        try:
            # Numbers stay the digits that were written.
            message = json.loads(self._questions.ask(address), parse_int=str, parse_float=str)
        except (ValueError, RecursionError) as error:
            raise self.fault(f"answers with no JSON ({str(error)[:100]})") from error
        if not isinstance(message, dict):
            raise self.fault("answers with JSON that is no object")
        if "error" in message:
            raise self.fault(f"answers 200 and in it an error: {json.dumps(message['error'])[:300]}; run again later")
        return message

    def _text(self, name: str, value: object) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        raise self.fault(f"gives {value!r} as {name!r}; expected a text or a number")

    def fault(self, what: str) -> FetchError:
        said = f"{self._download.where}: the layer {self._download.address} {what}"
        return FetchError(f"{said}. Nothing was changed; its page is {self._download.landing_page}")


def _as_csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
