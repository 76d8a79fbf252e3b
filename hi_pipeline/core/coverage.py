"""The words of coverage: what stands in each cell of indicator, breakdown, year and area, and why nothing does."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hi_pipeline.core.status import Status


class Cover(StrEnum):
    """What a cell of coverage holds."""

    SHOWN = "shown"
    PARTLY_SHOWN = "partly_shown"  # some of its groups have a figure
    SUPPRESSED = "suppressed"
    TOO_FEW = "too_few"
    DID_NOT_SUBMIT = "did_not_submit"
    ENGLAND_ONLY = "england_only"  # published for England, regions, providers or authorities, not for boards
    NOT_PUBLIC = "not_public"
    COUNTED_OTHERWISE = "counted_otherwise"  # the board counts it by another list of codes
    NOT_COLLECTED = "not_collected"
    NO_SUCH_BREAKDOWN = "no_such_breakdown"
    NO_SUCH_BOARD = "no_such_board"
    NOT_PUBLISHED_THAT_YEAR = "not_published_that_year"
    NOT_YET_DUE = "not_yet_due"
    NOT_IN_HAND = "not_in_hand"
    FAILED = "failed"


# The first year of NHS England's statement.
FIRST_STATED_YEAR = "2023-24"
# What the status of a result says of its cell; of several the first that occurs stands for a cell without a figure.
COVER_OF: Mapping[Status, Cover] = {
    Status.OK: Cover.SHOWN,
    Status.SUPPRESSED: Cover.SUPPRESSED,
    Status.TOO_FEW: Cover.TOO_FEW,
    Status.MISSING: Cover.DID_NOT_SUBMIT,
    Status.NOT_PUBLISHED: Cover.NOT_PUBLISHED_THAT_YEAR,
    Status.NOT_APPLICABLE: Cover.NO_SUCH_BREAKDOWN,
}
# Of a publication without boards (tables/placing): the figure may be in another publication of the indicator.
NO_BOARDS = "not published: the publication prints no figures of boards"
# Two reasons for status missing that are no silence of the area; each is the end of a note.
PART_OF_A_YEAR = "of the year in hand"
NOT_BUILT = "has been built for the year"


@dataclass(frozen=True, kw_only=True)
class YearFact:
    """Why an indicator has no figure in a year; ``cover`` is None where its year is built."""

    cover: Cover | None
    reason: str
