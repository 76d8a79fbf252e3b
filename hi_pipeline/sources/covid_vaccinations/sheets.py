"""The four sheets that are read: the words that must stand where, and what each column of figures is."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.sources.covid_vaccinations.labels import (
    AGE_LABELS,
    DOSE_AGES,
    ETHNICITY_LABELS,
    POPULATION_AGES,
    SHARE_AGES,
)

FIRST, SECOND, ALL_DOSES = "first_doses", "second_doses", "all_doses"
SHARE, POPULATION, POPULATION_16 = "first_dose_pct", "population", "population_16_and_over"
PERIOD_ROW, TOTAL_ROW = 3, 13
TO_APRIL = "8th December 2020 to 25th April 2021"
MID_2019 = "Mid-year 2019"

Figure = tuple[str, Dimension, str]  # measure, dimension, category


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table by partnership on a sheet; rows and columns count from 0, column A is 0.

    Attributes:
        table: its name in the layout.
        period: the words beside "Period:".
        name_column: where the partnership's name stands; the region stands two columns before it.
        words: header cells that must stand as they are, by row and column.
        figures: what each column of figures holds.
    """

    table: str
    period: str
    name_column: int
    words: Mapping[tuple[int, int], str]
    figures: Mapping[int, Figure]


_Part = tuple[dict[tuple[int, int], str], dict[int, Figure]]


def _bands(first: int, ages: tuple[str, ...], measure: str) -> _Part:
    words = {(12, first + i): age for i, age in enumerate(ages)}
    figures = {first + i: (measure, Dimension.AGE, AGE_LABELS[age]) for i, age in enumerate(ages)}
    return words, figures


def _joined(*parts: _Part) -> _Part:
    words = dict(chain.from_iterable(words.items() for words, _ in parts))
    return words, dict(chain.from_iterable(figures.items() for _, figures in parts))


_DOSES = _joined(_bands(4, DOSE_AGES, FIRST), _bands(14, DOSE_AGES, SECOND), _bands(26, SHARE_AGES, SHARE))
_PEOPLE = _bands(18, POPULATION_AGES, POPULATION)

AGES = Sheet(
    table="ages",
    period=TO_APRIL,
    name_column=3,
    words={
        (11, 3): "ICS/STP of Residence",
        (11, 4): "1st dose",
        (11, 14): "2nd dose",
        (11, 24): "Cumulative Total Doses to Date",
        (11, 26): "% who have had at least 1 dose (using ONS denominators)",
        **_DOSES[0],
    },
    figures={**_DOSES[1], 24: (ALL_DOSES, Dimension.TOTAL, ALL)},
)
ETHNICITY = Sheet(
    table="ethnicity_partnerships",
    period=TO_APRIL,
    name_column=3,
    words={
        (11, 3): "ICS/STP of Residence",
        (11, 4): "Number of people vaccinated with at least 1 dose",
        (11, 22): "Total 2nd doses to date",
        (11, 24): "Cumulative Total Doses (1st and 2nd doses) to Date",
        **{(12, 4 + i): label for i, label in enumerate(ETHNICITY_LABELS)},
    },
    figures={
        **{4 + i: (FIRST, Dimension.ETHNICITY, word) for i, word in enumerate(ETHNICITY_LABELS.values())},
        22: (SECOND, Dimension.TOTAL, ALL),
    },
)
PEOPLE = Sheet(
    table="population",
    period=MID_2019,
    name_column=17,
    words={
        (9, 15): "ONS population mapped to ICS / STP",
        (11, 17): "ICS/STP of Residence",
        (11, 18): "Population estimates",
        **_PEOPLE[0],
    },
    # The band of all from 16 on is the denominator of a total.
    figures={**_PEOPLE[1], 28: (POPULATION_16, Dimension.TOTAL, ALL)},
)
SHEETS = (AGES, ETHNICITY, PEOPLE)

# The sheet of England by ethnic group, which alone has second doses by group.
ENGLAND_WORDS: Mapping[tuple[int, int], str] = {
    (10, 3): "1st dose",
    (10, 4): "2nd dose",
    (10, 6): "Cumulative Total Doses to Date",
    (12, 1): "Total",
    **{(14 + i, 1): label for i, label in enumerate(ETHNICITY_LABELS)},
}
