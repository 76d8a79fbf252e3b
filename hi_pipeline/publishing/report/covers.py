"""The cells of coverage as a pack tells them: the group of unknown records left out, and two reasons told apart.

The published table counts the group of unknown records among a breakdown's groups and says "not published that year" of
a board that an older publication does not print (2026-11). A reader of one board sees neither.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hi_pipeline.core.coverage import COVER_OF, Cover
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.status import Status
from hi_pipeline.publishing.report.figures import Figure

# Of a board of a later footprint that took parts of others, in a publication that cannot be divided.
NOT_FOR_FOOTPRINT = "not_for_this_footprint"
# What the reason of such a cell says.
PARTED = "its figures are those of whole boards"


def settled(
    rows: Sequence[Mapping[str, Any]], groups: Mapping[str, Mapping[str, Sequence[Figure]]]
) -> tuple[Mapping[str, Any], ...]:
    """Return the cells of a board and year as its pack tells them.

    Args:
        rows: of the coverage table.
        groups: by indicator and breakdown, the board's figures.
    """
    return tuple(_settled(row, groups.get(row["indicator_id"], {}).get(row["dimension"], ())) for row in rows)


def _settled(row: Mapping[str, Any], figures: Sequence[Figure]) -> Mapping[str, Any]:
    if row["state"] == Cover.NOT_PUBLISHED_THAT_YEAR.value and PARTED in row["reason"]:
        return {**row, "state": NOT_FOR_FOOTPRINT}
    known = [f for f in figures if f.category != UNKNOWN and f.status != Status.NOT_APPLICABLE.value]
    if row["state"] != Cover.PARTLY_SHOWN.value or not known:
        return row
    bare = [f for f in known if f.value is None]
    if not bare:
        return {**row, "state": Cover.SHOWN.value, "reason": "", "held_by": "", "how_to_supply": ""}
    return row if len(bare) < len(known) else {**row, "state": COVER_OF[Status(bare[0].status)].value}
