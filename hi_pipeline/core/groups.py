"""Groups of people: the dimensions by which figures are split and the words for their categories.

Labels of publishers are mapped to these words by their words, never by their numbers: Talking Therapies and
Mental Health Act files number deciles from the least deprived, everyone else from the most deprived.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Dimension(StrEnum):
    """What a figure is split by."""

    TOTAL = "total"
    AGE = "age"
    SEX = "sex"
    AGE_AND_SEX = "age_and_sex"  # both at once, as age-and-sex standardised rates need them
    ETHNICITY = "ethnicity"
    DEPRIVATION = "deprivation"
    # Age and sex within each group: no figures of their own, what a group's standardised rate is made of.
    ETHNICITY_STRATA = "ethnicity_by_age_and_sex"
    DEPRIVATION_STRATA = "deprivation_by_age_and_sex"
    PERIOD = "period"  # no groups of people: the months or quarters that a year's flow is made of


class EthnicityScheme(StrEnum):
    """Whose list of ethnic groups: Chinese stands under Other in 2001 and under Asian in 2021."""

    CENSUS_2001 = "2001"
    CENSUS_2021 = "2021"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ALL = "All"
UNKNOWN = "Unknown"
INDETERMINATE = "Indeterminate"
# No groups of people: not compared, in no gap, and counted as unknown.
NO_GROUPS = (UNKNOWN, INDETERMINATE)

SEXES = ("Female", "Male", INDETERMINATE, "Non-binary", "Other")
# Between the two words of a category of age and sex: "Female, 20 to 24".
SEX_THEN_AGE = ", "
# Of strata within a group, after the group's words: "White: British | Female, 20 to 24"; after them, where persons
# are counted by how many events each has: "Female, 20 to 24 | 3 each".
STRATUM_OF = " | "
_EACH = " each"
_SEX_STEP = 1_000
_GROUP_STEP = 100_000
STRATA_OF = {Dimension.ETHNICITY_STRATA: Dimension.ETHNICITY, Dimension.DEPRIVATION_STRATA: Dimension.DEPRIVATION}
STRATA = (Dimension.AGE_AND_SEX, *STRATA_OF)

# Order 1 is the most deprived in every table of this project.
DECILES = (
    "Decile 1 (most deprived)",
    *(f"Decile {n}" for n in range(2, 10)),
    "Decile 10 (least deprived)",
)
MOST_DEPRIVED_FIFTH = DECILES[:2]
QUINTILES = (
    "Quintile 1 (most deprived)",
    "Quintile 2",
    "Quintile 3",
    "Quintile 4",
    "Quintile 5 (least deprived)",
)

# The broad groups and, as "Broad: detail", the 16 of the 2001 census as NHS collections use them.
ETHNIC_BROAD = (
    "White",
    "Mixed",
    "Asian or Asian British",
    "Black or Black British",
    "Other Ethnic Groups",
)
ETHNIC_DETAIL_2001 = (
    "White: British",
    "White: Irish",
    "White: Any other White background",
    "Mixed: White and Black Caribbean",
    "Mixed: White and Black African",
    "Mixed: White and Asian",
    "Mixed: Any other Mixed background",
    "Asian or Asian British: Indian",
    "Asian or Asian British: Pakistani",
    "Asian or Asian British: Bangladeshi",
    "Asian or Asian British: Any other Asian background",
    "Black or Black British: Caribbean",
    "Black or Black British: African",
    "Black or Black British: Any other Black background",
    "Other Ethnic Groups: Chinese",
    "Other Ethnic Groups: Any other ethnic group",
)
# The groups of the 2021 census (names as in the clean table of its residents) in those of 2001: Chinese moves to Other,
# Arab and any other group stand together, and Gypsy, Irish Traveller and Roma are other White.
ETHNIC_2001_OF_2021: Mapping[str, tuple[str, ...]] = {
    "White: British": ("white_british",),
    "White: Irish": ("white_irish",),
    "White: Any other White background": ("white_gypsy_or_irish_traveller", "white_roma", "white_other"),
    "Mixed: White and Black Caribbean": ("mixed_white_black_caribbean",),
    "Mixed: White and Black African": ("mixed_white_black_african",),
    "Mixed: White and Asian": ("mixed_white_asian",),
    "Mixed: Any other Mixed background": ("mixed_other",),
    "Asian or Asian British: Indian": ("asian_indian",),
    "Asian or Asian British: Pakistani": ("asian_pakistani",),
    "Asian or Asian British: Bangladeshi": ("asian_bangladeshi",),
    "Asian or Asian British: Any other Asian background": ("asian_other",),
    "Black or Black British: Caribbean": ("black_caribbean",),
    "Black or Black British: African": ("black_african",),
    "Black or Black British: Any other Black background": ("black_other",),
    "Other Ethnic Groups: Chinese": ("asian_chinese",),
    "Other Ethnic Groups: Any other ethnic group": ("other_arab", "other_any"),
}
WHITE_BRITISH = "White: British"
WHITE = "White"
ETHNICITIES = (*ETHNIC_BROAD, *ETHNIC_DETAIL_2001)


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """A group of age and sex, within another group or of all, and how many events each of its persons has."""

    sex: str
    band: str
    group: str = ""
    events: int = 1

    @property
    def words(self) -> str:
        """Return its category."""
        within = f"{self.group}{STRATUM_OF}" if self.group else ""
        each = f"{STRATUM_OF}{self.events}{_EACH}" if self.events > 1 else ""
        return f"{within}{self.sex}{SEX_THEN_AGE}{self.band}{each}"


def stratum_of(dimension: Dimension, category: str) -> Stratum:
    """Return the stratum that a category of STRATA names.

    Raises:
        ValueError: the words are no group of age and sex.
    """
    words = category.split(STRATUM_OF)
    group = words.pop(0) if dimension in STRATA_OF and len(words) > 1 else ""
    events = words.pop().removesuffix(_EACH) if len(words) > 1 else "1"
    sex, comma, band = words[0].partition(SEX_THEN_AGE)
    if len(words) > 1 or not comma or not events.isdigit() or bool(group) != (dimension in STRATA_OF):
        raise ValueError(f"{category!r} is no sex and age band, such as 'Female, 20 to 24'")
    return Stratum(sex=sex, band=band, group=group, events=int(events))


def category_order(dimension: Dimension, category: str) -> int:
    """Return the place of a category: 1 is first, and for deprivation the most deprived; unknown is 99.

    Age bands are ordered by the number they begin with ("Under 16" before "16 to 17").

    Raises:
        ValueError: the words are not in the vocabulary of the dimension.
    """
    if category == UNKNOWN:
        return 99
    if dimension is Dimension.TOTAL and category == ALL:
        return 1
    if dimension is Dimension.AGE:
        return _age_order(category)
    if dimension in STRATA:
        stratum = stratum_of(dimension, category)
        within = category_order(STRATA_OF[dimension], stratum.group) if stratum.group else 0
        own = _SEX_STEP * category_order(Dimension.SEX, stratum.sex) + category_order(Dimension.AGE, stratum.band)
        return _GROUP_STEP * within + own
    if dimension is Dimension.PERIOD:
        return _period_order(category)
    known = {
        Dimension.SEX: (SEXES,),
        Dimension.ETHNICITY: (ETHNICITIES,),
        Dimension.DEPRIVATION: (DECILES, QUINTILES),
    }.get(dimension, ())
    for words in known:
        if category in words:
            return words.index(category) + 1
    raise ValueError(f"{category!r} is no category of {dimension}; see hi_pipeline.core.groups")


def period_words(first: date, last: date) -> str:
    """Return what a month or quarter is called: "January 2026", "January to March 2025"."""
    start, end = MONTHS[first.month - 1], MONTHS[last.month - 1]
    return (
        f"{end} {last.year}"
        if (first.month, first.year) == (last.month, last.year)
        else f"{start} to {end} {last.year}"
    )


def _period_order(category: str) -> int:
    """Return the place of a period's first month in the financial year, which begins in April."""
    month = category.split()[0]
    if month not in MONTHS:
        raise ValueError(f"{category!r} is no period such as 'January 2026' or 'January to March 2025'")
    return (MONTHS.index(month) - 3) % 12 + 1


def _age_order(category: str) -> int:
    lower = age_bounds(category)[0]
    return lower + 1


def age_bounds(category: str) -> tuple[int, int]:
    """Return the first and the last age of a band; 200 stands for no upper end.

    Reads "Under 16", "15 and under", "16 to 17", the single year "15", and "65 and over".

    Raises:
        ValueError: the words are no age band.
    """
    words = category.split()
    match words:
        case ["Under", n] if n.isdigit():
            return 0, int(n) - 1
        case [n] if n.isdigit():
            return int(n), int(n)
        case [n, "and", "under"] if n.isdigit():
            return 0, int(n)
        case [n, "to", m] if n.isdigit() and m.isdigit():
            return int(n), int(m)
        case [n, "and", "over"] if n.isdigit():
            return int(n), 200
    raise ValueError(f"{category!r} is no age band such as 'Under 16', '16 to 17' or '65 and over'")
