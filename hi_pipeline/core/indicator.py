"""What an indicator is: what it says, at which level it is published, and which published figures it divides."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property

from hi_pipeline.core.groups import STRATA, Dimension
from hi_pipeline.core.status import Measure, Unit


class Kind(StrEnum):
    """The statistics of a figure; each is computed by the module of its name in ``hi_pipeline/indicators/kinds``."""

    PROPORTION = "proportion"  # a share of people, Wilson
    RATE = "rate"  # events per population, exact and Byar
    COUNT = "count"
    DSR = "dsr"  # directly standardised rate, Dobson
    INDEX = "index"  # a count against that of an earlier year
    SHARE_GAP = "share_gap"  # the most deprived fifth's share of one count less its share of another
    PUBLISHED = "published"  # the publisher's value and limits, taken as they are
    LIFE_EXPECTANCY = "life_expectancy"  # years, as printed with their limits; straight line over deciles

    @property
    def as_printed(self) -> bool:
        """Tell whether figures are taken as the publisher prints them, so that areas and periods are never added up."""
        return self in (Kind.PUBLISHED, Kind.LIFE_EXPECTANCY)


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
    CENSUS = "census"  # residents of Census 2021 by the LSOA they live in
    ENGLAND = "england"  # England alone is published: boards have no figure
    REGION = "region"  # England and regions alone
    PROVIDER = "provider"  # providers (trusts), with England and regions where they are printed; boards have none
    AUTHORITY = "authority"  # local authorities as printed, with England; boards are not made of them
    EXTRACT = "extract"  # nobody publishes it: boards' own extracts, each of one board


class DenominatorFrom(StrEnum):
    """Where the denominator comes from."""

    SOURCE = "source"  # the same publication
    POPULATION_OR_RATE = "population_or_rate"  # residents for total, age, sex; implied by the publisher's rate else
    REGISTERED = "registered"  # patients on the lists of the board's practices, for totals
    # Of England: residents for total, age, sex; Census 2021 for ethnicity; patients by where they live for deprivation
    GROUPS = "groups"
    NONE = "none"  # a count, or a printed figure whose people are not published


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
    ages: tuple[int, int] | None = None
    published: str | None = None
    editions: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()


class Level(StrEnum):
    """The smallest area at which a breakdown is published, in words."""

    BOARD = "boards"
    PART = "parts of boards"  # practices, small areas, locations, authorities: boards are made of them
    PROVIDER = "providers"
    AUTHORITY = "England and authorities"  # boards are not made of them
    REGION = "regions"
    ENGLAND = "England only"
    UNVERIFIED = "not verified"
    NONE = "not published"


@dataclass(frozen=True, kw_only=True)
class Levels:
    """At which level each breakdown of an indicator is published, whether its file is in hand or not."""

    total: Level = Level.NONE
    age: Level = Level.NONE
    sex: Level = Level.NONE
    ethnicity: Level = Level.NONE
    deprivation: Level = Level.NONE

    def of(self, dimension: Dimension) -> Level:
        """Return the level of a breakdown; KeyError for age and sex at once, which is none of its own."""
        return {Dimension(f.name): getattr(self, f.name) for f in fields(self)}[dimension]


class ChildrenArea(StrEnum):
    """The clinical areas of Core20PLUS5 for children and young people (recalled, not read in a publication)."""

    ASTHMA = "asthma"
    DIABETES = "diabetes"
    EPILEPSY = "epilepsy"
    ORAL_HEALTH = "oral health"
    MENTAL_HEALTH = "mental health"


class Absence(StrEnum):
    """Why something on the list is not computed."""

    NOT_PUBLIC = "not_public"  # somebody holds it and does not publish it
    NOT_COLLECTED = "not_collected"  # nobody is known to collect it
    NOT_IN_HAND = "not_in_hand"  # it is published, and no file of it has been seen


class Aim(StrEnum):
    """What a target asks of a figure, or of its change from an earlier year."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUAL_PACE = "equal_pace"  # every group improves as fast as the rest, or faster
    NARROW = "narrow"  # the difference between groups becomes smaller
    NO_INCREASE = "no_increase"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A target that can be judged from the figures.

    Attributes:
        aim: what it asks.
        level: for at_least and at_most the figure, in the indicator's unit.
        measure, dimension: the rows that it speaks of; of a dimension every group is judged by itself.
        england_only: boards are not held to it.
        by: the day by which ("2025-03-31"), "" for one that stands at all times.
        words: the target as it is worded.
        source: who set it, and where it was read.
        counted_too: whom the figure counts and the target leaves out: it can be met, and never missed for certain.
        recalled: it is recalled and was not read in a publication.
    """

    aim: Aim
    level: float | None = None
    measure: Measure = Measure.VALUE
    dimension: Dimension = Dimension.TOTAL
    england_only: bool = False
    by: str = ""
    words: str
    source: str
    counted_too: str = ""
    recalled: bool = False

    def __post_init__(self) -> None:
        """Refuse a level without an aim for it, and the other way round."""
        if (self.level is not None) != (self.aim in (Aim.AT_LEAST, Aim.AT_MOST)):
            raise ValueError(f"target {self.words!r}: {self.aim} and the level {self.level} do not go together")


@dataclass(frozen=True, kw_only=True)
class Break:
    """From which financial year on figures are not to be compared with earlier ones, and why."""

    first_year: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the list says of every indicator, computed or not.

    Attributes:
        id: stable snake_case name.
        short: name for tables and charts, six words at most.
        area: one of the statement's 11 areas, or the project's own; statement_number: its number among the 24.
        annex: references to the annexes of the NHS England board paper of July 2024 ("1-2b", "2", "3").
        definition, numerator_words, denominator_words, caveats: plain words for readers.
        contested: why its direction is disputed, "" where it is not.
        target, target_by: the wording, and the day by which ("2025-03-31"), where one is named.
        levels: at which level each breakdown is published.
        children: areas of Core20PLUS5 for children and young people that it belongs to.
        code_lists: the lists of codes that are in use for it, where versions differ.
        undivided: breakdowns of which events are printed and no people to divide them by, each with the reason.
        held_by, how_to_supply: who holds what is not public, and how a board can supply it.
        unconfirmed: what is recalled and was not read in a publication.
    """

    id: str
    title: str
    short: str
    area: str
    statement_number: int | None
    annex: tuple[str, ...] = ()
    definition: str
    numerator_words: str
    denominator_words: str
    unit: Unit
    polarity: Polarity
    contested: str = ""
    target: str = ""
    target_by: str = ""
    levels: Levels
    children: tuple[ChildrenArea, ...] = ()
    code_lists: tuple[str, ...] = ()
    undivided: tuple[tuple[Dimension, str], ...] = ()
    held_by: str = ""
    how_to_supply: str = ""
    caveats: tuple[str, ...] = ()
    unconfirmed: str = ""


@dataclass(frozen=True, kw_only=True)
class Listed(Entry):
    """An indicator that is declared and not computed.

    Attributes:
        why: the reason for its total; breakdowns follow from ``levels``.
        because: the reason in words.
        method: how it would be computed.
        published_in: name of the publication that holds it, read or not (``sources.unread``), with words after a comma;
            "" where there is none.
    """

    why: Absence
    because: str
    method: str
    published_in: str = ""


@dataclass(frozen=True, kw_only=True)
class Derived(Entry):
    """An indicator of the list that is a measure between the groups of another one, or of several.

    Attributes:
        of: ids of the other entries; measure, dimension: which of their rows.
    """

    of: tuple[str, ...]
    measure: Measure
    dimension: Dimension


@dataclass(frozen=True, kw_only=True)
class Beside(Entry):
    """An indicator of the list whose figures stand in a published table beside the results, or in a column of them.

    Attributes:
        table: name of the table (``core.beside.JUDGING``), or "results".
        column: the column of its figures; a cell is shown where a row has one.
        of: ids of the indicators whose rows they are; empty for all.
        absent: why a cell without such a row has no figure.
    """

    table: str
    column: str
    of: tuple[str, ...] = ()
    absent: str


@dataclass(frozen=True, kw_only=True)
class Indicator(Entry):
    """One computed indicator.

    Attributes:
        version: changes with the definition or the method.
        numerator: measures of the source's observations, summed.
        denominator: the same; denominator_less are taken away from it.
        ages: first and last age of the residents that the total is divided by, where they are not those of all ages.
        published: measure that holds the publisher's own figure, in this indicator's unit.
        published_less: measure of a printed figure that is taken away from it; both have limits.
        editions: those of the source that hold its measures, where an edition holds some of the source's only; one
            that begins with "-" stands for every edition that ends so, later ones too.
        mixes_age: it is crude and rises or falls with age, so that its gaps between groups of deprivation mix the two:
            they are not compared, and each row says so.
        unassigned: share of England that may belong to no area that is printed.
        repeated: share of England by which its areas may exceed it, because a person counts in each that she came
            to: such areas are never added up.
        controlled: it counts people from a board's own records: small counts are hidden and others rounded before
            anything is shown (``tables/disclosure``).
        one_of: what it shares with entries that count the same by other lists of codes: of a year a board gives one of
            them, as the differences between two would give small counts away; "" where there is no other list.
        like: id of a published entry of the same definition, whose England a board's own extract is set beside; ""
            where there is none.
        disproportionality: its rows by decile also give the share of deciles 1 and 2 among its numerator, over their
            share of its denominator.
        targets: those of its targets that can be judged from its figures; ``target`` words them all.
        breaks: where its series end, beyond what the figures themselves say.
        further: other publications that hold figures of it. Where two give the same group of the same area and
            year, the one named first counts.
    """

    version: str = "1"
    source: str
    attribution: Attribution
    kind: Kind
    multiplier: float
    dimensions: tuple[Dimension, ...]
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    denominator_less: tuple[str, ...] = ()
    denominator_from: DenominatorFrom = DenominatorFrom.SOURCE
    ages: tuple[int, int] | None = None
    published: str | None = None
    published_less: str | None = None
    editions: tuple[str, ...] = ()
    deprivation_groups: int = 0
    ecological: bool = False
    mixes_age: bool = False
    plausible: tuple[float, float] = (0.0, float("inf"))
    unassigned: float = 0.0
    repeated: float = 0.0
    controlled: bool = False
    one_of: str = ""
    like: str = ""
    disproportionality: bool = False
    targets: tuple[Target, ...] = ()
    breaks: tuple[Break, ...] = ()
    further: tuple[Origin, ...] = ()

    @cached_property
    def by_origin(self) -> tuple["Indicator", ...]:
        """Return the indicator as each of its publications gives it, in the order in which they count.

        A dimension that a further origin takes from the same publication, by other measures, is that origin's alone.
        """
        sides = (self.numerator, self.denominator)
        others = [o for o in self.further if o.source == self.source and (o.numerator, o.denominator) != sides]
        taken = {d for origin in others for d in origin.dimensions}
        own = tuple(d for d in self.dimensions if d not in taken)
        return (replace(self, further=(), dimensions=own), *(self._at(origin) for origin in self.further))

    def _at(self, origin: Origin) -> "Indicator":
        told = {f.name: getattr(origin, f.name) for f in fields(origin)}
        return replace(self, further=(), **(told | {"dimensions": origin.dimensions or self.dimensions}))

    def rests_on(self, edition: str) -> bool:
        """Tell whether an edition of its source can hold its measures, by what its declaration says of editions."""
        return not self.editions or any(
            edition.endswith(named) if named.startswith("-") else edition == named for named in self.editions
        )

    @property
    def counted(self) -> tuple[Dimension, ...]:
        """Return the dimensions of its counts: those of its figures, and what a figure of its kind is made of."""
        made_of = {Kind.DSR: STRATA, Kind.SHARE_GAP: (Dimension.DEPRIVATION,)}
        return (*self.dimensions, *made_of.get(self.kind, ()))

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the publications that hold figures of it, each once, in order."""
        return tuple(dict.fromkeys((self.source, *(origin.source for origin in self.further))))
