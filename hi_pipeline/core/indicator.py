"""What an indicator is: which published figures it divides, how, for whom, and which direction is good."""

from dataclasses import dataclass
from enum import StrEnum

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.status import Unit


class Kind(StrEnum):
    """The statistics of a figure: a share of people (Wilson), events per population (exact, Byar) or a count."""

    PROPORTION = "proportion"
    RATE = "rate"
    COUNT = "count"


class Polarity(StrEnum):
    """Which direction is good."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    NEUTRAL = "neutral"


class Attribution(StrEnum):
    """How a published figure comes to stand on a board's footprint."""

    PUBLISHED = "published"  # the publisher prints rows of boards (or of parents that recast to them)
    SUB_ICB = "sub_icb"  # summed from CCGs or sub-ICB locations
    PRACTICE = "practice"  # summed from practices; deprivation by practice fifth (ecological)
    LOCAL_AUTHORITY = "local_authority"  # shared out by LSOA population where an authority spans boards
    LSOA = "lsoa"  # summed from LSOAs


class DenominatorFrom(StrEnum):
    """Where the denominator comes from."""

    SOURCE = "source"  # the same publication
    POPULATION_OR_RATE = "population_or_rate"  # residents for total, age, sex; implied by the publisher's rate else
    NONE = "none"  # a count


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One declared indicator.

    Attributes:
        id: stable snake_case name.
        version: changes with the definition or the method.
        numerator: measures of the source's observations, summed.
        denominator: the same; denominator_less are taken away from it.
        published: measure that holds the publisher's own figure, in this indicator's unit.
        area: one of the statement's 11 areas; statement_number: its number among the 24, or None.
        definition, numerator_words, denominator_words, caveats: plain words for readers.
    """

    id: str
    version: str = "1"
    title: str
    area: str
    statement_number: int | None
    definition: str
    numerator_words: str
    denominator_words: str
    source: str
    attribution: Attribution
    kind: Kind
    unit: Unit
    multiplier: float
    polarity: Polarity
    dimensions: tuple[Dimension, ...]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    denominator_less: tuple[str, ...] = ()
    denominator_from: DenominatorFrom = DenominatorFrom.SOURCE
    published: str | None = None
    deprivation_groups: int = 0
    ecological: bool = False
    target: str = ""
    caveats: tuple[str, ...] = ()
    unconfirmed: str = ""
    plausible: tuple[float, float] = (0.0, float("inf"))
