"""CSVW (W3C, CSV on the Web): what the columns of the CSV are, in the file that readers of CSVW look for beside it."""

from typing import Any

import polars as pl

from hi_pipeline.core.columns import RESULT_KEY, RESULT_MEANINGS, RESULTS

_TYPES = {pl.String: "string", pl.Float64: "double", pl.Int32: "integer", pl.Date: "date", pl.Boolean: "boolean"}


def name_beside(csv: str) -> str:
    """Return the name of the metadata file of a CSV: "results.csv-metadata.json"."""
    return f"{csv}-metadata.json"


def csvw_metadata(csv: str, *, title: str, description: str, licences: list[str]) -> dict[str, Any]:
    """Return the content of the metadata file of a CSV in the results contract.

    Args:
        csv: its name.
        title: of the table.
        description: in plain words.
        licences: addresses of the licences.
    """
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": csv,
        "dc:title": title,
        "dc:description": description,
        "dc:license": [{"@id": address} for address in licences],
        "dialect": {"header": True, "encoding": "utf-8"},
        "tableSchema": {
            "columns": [_column(name, dtype) for name, dtype in RESULTS.items()],
            "primaryKey": list(RESULT_KEY),
        },
    }


def _column(name: str, dtype: Any) -> dict[str, Any]:
    return {
        "name": name,
        "titles": name,
        "dc:description": RESULT_MEANINGS[name],
        "datatype": _TYPES[dtype],
        "null": "",
    }
