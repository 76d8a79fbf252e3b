"""The source that boards' own extracts are: like a publication, but for that nobody publishes it.

Its releases are the files of the folder of extracts, one an indicator, board and year; ``releases_in`` names them.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, ReleaseStatus, Source
from hi_pipeline.extracts.contract import EXTRACTS
from hi_pipeline.extracts.parse import SCHEMAS, TABLE, edition_of, parse

NAME = "local_extracts"
# The folder of a board's own words for its pack (``publishing/report/words``).
WORDS = "words"
LANDING_PAGE = "https://www.england.nhs.uk/long-read/nhs-englands-statement-on-information-on-health-inequalities-duty/"
_FILE = re.compile(r"([A-Z0-9]{3})_(\d{4}-\d{2})(\.csv|\.xlsx|\.parquet)")
_MAX_BYTES = 200_000_000

_KEPT_FOR = "boards' own extracts: no release is declared, each file in the folder is one"
CSV = Layout(name="contract", container=Container.CSV, members=(Member(table=TABLE),), kept_for=_KEPT_FOR)
XLSX = Layout(
    name="contract_xlsx",
    container=Container.XLSX,
    # Any columns: the extract's own check names what is wrong with them.
    members=(Member(table=TABLE, columns=(), extra_columns=True),),
    kept_for=_KEPT_FOR,
)
PARQUET = Layout(
    name="contract_parquet", container=Container.PARQUET, members=(Member(table=TABLE),), kept_for=_KEPT_FOR
)
# The kinds of file of an extract, by the end of its name.
KINDS = {".csv": CSV, ".xlsx": XLSX, ".parquet": PARQUET}

SOURCE = Source(
    name=NAME,
    title="Boards' own extracts",
    publisher="the integrated care board itself, or the commissioning support unit that counted for it",
    landing_page=LANDING_PAGE,
    attribution=(
        "The board's own count, published by nobody else; source data copyright NHS England, under the board's own "
        "agreements. Not under the Open Government Licence."
    ),
    licence="The board's own agreements with NHS England",
    # Recalled, not read (2026-11): the page of the service from which boards have their records.
    licence_url="https://digital.nhs.uk/services/secondary-uses-service-sus",
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition=""),
    layouts={layout.name: layout for layout in KINDS.values()},
    releases=(),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "Counts of 1 to 7 are hidden, and with them further groups of the same table, so that each could be any number "
        "from 1 to 7; others are rounded to 5. The pipeline does so itself: an extract may hold true counts."
    ),
    unread=(TABLE,),
    local=True,
)


def place_of(indicator: str, board_ods: str, financial_year: str) -> str:
    """Return where hi import puts an extract below the folder: "act_emergency_dsr/QHM_2024-25.csv"."""
    return f"{indicator}/{board_ods}_{financial_year}.csv"


def releases_in(places: Iterable[str]) -> tuple[Release, ...]:
    """Return the releases that the files of the folder of extracts are; files of other names are none.

    Of an extract that lies there in two files, neither is one: nobody can tell which holds.
    """
    found = [release for place in sorted(places) if (release := _release(place))]
    editions = [release.edition for release in found]
    return tuple(release for release in found if editions.count(release.edition) == 1)


def doubles_in(places: Iterable[str]) -> tuple[str, ...]:
    """Return the files of the folder that share their extract with another file: CSV beside xlsx, say."""
    found = {place: release.edition for place in sorted(places) if (release := _release(place))}
    editions = list(found.values())
    return tuple(place for place, edition in found.items() if editions.count(edition) > 1)


def strangers_in(places: Iterable[str]) -> tuple[str, ...]:
    """Return the files of the folder that are no extracts by their name; a board's own words lie beside them."""
    others = (place for place in sorted(places) if _release(place) is None and place != "README.md")
    return tuple(place for place in others if PurePosixPath(place).parts[0] != WORDS)


def _release(place: str) -> Release | None:
    folder, name = PurePosixPath(place).parent.as_posix(), PurePosixPath(place).name
    found = _FILE.fullmatch(name)
    if folder not in EXTRACTS or not found:
        return None
    try:
        start_year(found[2])
    except SelectionError:
        return None
    return Release(
        edition=edition_of(folder, found[1], found[2]),
        layout=KINDS[found[3]].name,
        landing_page=LANDING_PAGE,
        financial_years=(found[2],),
        mirror_path=place,
        max_bytes=_MAX_BYTES,
        # The board may count again: a newer file takes the older one's place, and is no revision to be accepted.
        status=ReleaseStatus.PROVISIONAL,
    )
