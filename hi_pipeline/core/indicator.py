"""What an indicator is: which published figures it divides, how, for whom, and which direction is good."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.status import Unit


class Kind(StrEnum):
    """The statistics of a figure; each is computed by the module of its name in ``hi_pipeline/indicators/kinds``."""

    PROPORTION = "proportion"  # a share of people, Wilson
    RATE = "rate"  # events per population, exact and Byar
    COUNT = "count"
    DSR = "dsr"  # directly standardised rate, Dobson
    PUBLISHED = "published"  # the publisher's value and limits, taken as they are


class Polarity(StrEnum):
    """Which direction is good."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    NEUTRAL = "neutral"
    # Fewer may mean worse access, or someone who did not submit: read as lower and higher, like neutral.
    CONTESTED = "contested"

    @property
    def directed(self) -> bool:
        """Tell whether a figure reads better or worse."""
        return self in (Polarity.HIGHER_IS_BETTER, Polarity.LOWER_IS_BETTER)


class Attribution(StrEnum):
    """The level of area at which figures are published, and with it how they come to stand on a board's footprint.

    What each does stands in ``hi_pipeline/tables/placing``.
    """

    PUBLISHED = "published"  # the publisher prints rows of boards (or of parents that recast to them)
    SUB_ICB = "sub_icb"  # summed from CCGs or sub-ICB locations
    PRACTICE = "practice"  # summed from practices; deprivation by practice fifth (ecological)
    LOCAL_AUTHORITY = "local_authority"  # shared out by LSOA population where an authority spans boards
    LSOA = "lsoa"  # summed from the LSOAs of a publication; deprivation by fifth of LSOA
    CORE20 = "core20"  # registered patients by the LSOA they live in
    ENGLAND = "england"  # England alone is published: boards have no figure
    REGION = "region"  # England and regions alone
    PROVIDER = "provider"  # providers (trusts), with England where it is printed; boards have no figure


class DenominatorFrom(StrEnum):
    """Where the denominator comes from."""

    SOURCE = "source"  # the same publication
    POPULATION_OR_RATE = "population_or_rate"  # residents for total, age, sex; implied by the publisher's rate else
    NONE = "none"  # a count


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A publication that holds figures of an indicator, and the level of area at which it prints them.

    The attributes are those of ``Indicator``; ``dimensions`` is empty where all of the indicator's are meant.
    """

    source: str
    attribution: Attribution
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    denominator_less: tuple[str, ...] = ()
    denominator_from: DenominatorFrom = DenominatorFrom.SOURCE
    published: str | None = None
    editions: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One declared indicator.

    Attributes:
        id: stable snake_case name.
        version: changes with the definition or the method.
        numerator: measures of the source's observations, summed.
        denominator: the same; denominator_less are taken away from it.
        published: measure that holds the publisher's own figure, in this indicator's unit.
        editions: those of the source that hold its measures, where an edition holds some of the source's only.
        further: other publications that hold figures of it. Where two give the same group of the same area and
            year, the one named first counts.
        area: one of the statement's 11 areas; statement_number: its number among the 24, or None.
        mixes_age: it is crude and rises or falls with age, so that its gaps between groups of deprivation mix the two:
            they are not compared, and each row says so.
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
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    denominator_less: tuple[str, ...] = ()
    denominator_from: DenominatorFrom = DenominatorFrom.SOURCE
    published: str | None = None
    editions: tuple[str, ...] = ()
    deprivation_groups: int = 0
    ecological: bool = False
    target: str = ""
    caveats: tuple[str, ...] = ()
    mixes_age: bool = False
    unconfirmed: str = ""
    plausible: tuple[float, float] = (0.0, float("inf"))
    further: tuple[Origin, ...] = ()

    @property
    def by_origin(self) -> tuple["Indicator", ...]:
        """Return the indicator as each of its publications gives it, in the order in which they count."""
        return (replace(self, further=()), *(self._at(origin) for origin in self.further))

    def _at(self, origin: Origin) -> "Indicator":
        told = {f.name: getattr(origin, f.name) for f in fields(origin)}
        return replace(self, further=(), **(told | {"dimensions": origin.dimensions or self.dimensions}))

    @property
    def counted(self) -> tuple[Dimension, ...]:
        """Return the dimensions of its counts: those of its figures, and what a standardised rate is made of."""
        return (*self.dimensions, Dimension.AGE_AND_SEX) if self.kind is Kind.DSR else self.dimensions

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the publications that hold figures of it, each once, in order."""
        return tuple(dict.fromkeys((self.source, *(origin.source for origin in self.further))))
