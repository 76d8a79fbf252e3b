"""The words that say what a figure is, how it was made and how it compares."""

from enum import StrEnum

# What every figure says that rests on a table of which nobody has seen a file (``source.Member.unverified``).
LAYOUT_UNVERIFIED = "layout unverified"

# What a published figure says of its age; {} is the release, or the releases, of the newer file.
STALE = "stale: the last good figure; the newer file of {} has not been used"
OLDER = "computed by an earlier version of the program"
# The end of what it says where its publisher revised the file that it rests on, and nobody has accepted it.
NOT_ACCEPTED = "not accepted yet"


class Status(StrEnum):
    """Why a figure is or is not there; four reasons for its absence are four different words."""

    OK = "ok"
    SUPPRESSED = "suppressed"
    TOO_FEW = "too_few"
    MISSING = "missing"
    NOT_PUBLISHED = "not_published"
    NOT_APPLICABLE = "not_applicable"


class Method(StrEnum):
    """How a value's limits were made."""

    WILSON = "Wilson"
    BYAR = "Byar"
    EXACT = "exact"
    DOBSON = "Dobson"
    NEWCOMBE = "Newcombe"
    MOVER = "MOVER"
    LOG = "log"
    DELTA = "delta"
    CORNISH_FISHER = "Cornish-Fisher"
    CLOSED_FORM = "closed_form"
    FIELLER = "Fieller"
    CHIANG = "Chiang II"
    PUBLISHED = "published"
    # The publisher's value, limits about it from the counts.
    PUBLISHED_WILSON = "published, Wilson"
    PUBLISHED_BYAR = "published, Byar"
    PUBLISHED_EXACT = "published, exact"
    BETWEEN_UNITS = "between_units"
    NONE = "none"


class Comparison(StrEnum):
    """A figure against England: better and worse where a direction is good, lower and higher where not."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    LOWER = "lower"
    HIGHER = "higher"
    NOT_COMPARED = "not_compared"


class Measure(StrEnum):
    """What a result row holds: the figure itself or a measure of inequality derived from its groups."""

    VALUE = "value"
    GAP = "gap"
    RATIO = "ratio"
    SII = "sii"
    RII = "rii"
    DIFFERENCE = "difference"
    RATE_RATIO = "rate_ratio"
    DISPROPORTIONALITY = "disproportionality"


class Unit(StrEnum):
    """The unit of a result row's value."""

    PERCENT = "percent"
    PER_1K = "per_1k"
    PER_100K = "per_100k"
    PER_MILLION = "per_million"
    COUNT = "count"
    YEARS = "years"
    PERCENTAGE_POINTS = "pp"
    RATIO = "ratio"


class PeriodType(StrEnum):
    """What kind of period a figure describes."""

    FINANCIAL_YEAR = "financial_year"
    SNAPSHOT = "snapshot"
    MONTH = "month"
    QUARTER = "quarter"
    CALENDAR_YEAR = "calendar_year"
    THREE_YEARS = "three_years"  # calendar years, together
    SEASON = "season"
    AUDIT_YEAR = "audit_year"


class AreaType(StrEnum):
    """What area a result row describes; a remainder belongs to no board and is shown, not lost."""

    ICB = "icb"
    REGION = "region"
    ENGLAND = "england"
    BOARDS = "boards"  # all boards together: England as far as boards make it, which boards are compared with
    REMAINDER = "remainder"
    PROVIDER = "provider"
    AUTHORITY = "authority"
