"""The sheets that are read: titles, the words that must stand where, and what each column of figures is."""

from calendar import month_name
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hi_pipeline.core.groups import ALL, ETHNIC_BROAD, UNKNOWN, Dimension

_LAST_DAYS = {3: "31st", 6: "30th", 9: "30th", 12: "31st"}

ASSESSED, OWED, PREVENTION, RELIEF = "assessments", "owed_duty", "owed_prevention_duty", "owed_relief_duty"
HOUSEHOLDS, TRAVELLERS = "households", "owed_duty_gypsy_or_irish_traveller"
IN_TA, IN_TA_CHILDREN, CHILDREN = "households_in_ta", "households_in_ta_with_children", "children_in_ta"

_WHITE, _MIXED, _ASIAN, _BLACK, _OTHER = ETHNIC_BROAD
Figure = tuple[str, Dimension, str]  # measure, dimension, category


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet of one row an area; rows and columns count from 0, code and name stand in columns 0 and 1.

    Attributes:
        name: the sheet's name.
        title: its first cell, without the line that says of which quarter or day it is.
        snapshot: it tells the last day of the quarter, not the quarter.
        first_row: England's row, the first of the figures.
        words: header cells that must stand as they are, by row and column.
        figures: what each column of figures holds.
        all_of: the column of which hidden figures are parts.
        thousands: columns in thousands.
    """

    name: str
    title: str
    snapshot: bool = False
    first_row: int
    words: Mapping[tuple[int, int], str]
    figures: Mapping[int, Figure]
    all_of: int | None = None
    thousands: tuple[int, ...] = ()

    def title_of(self, last: date) -> str:
        """Return the whole first cell: of a quarter "January to March 2025", of a day "31st March 2025"."""
        first = month_name[last.month - 2]
        of_quarter = f"{first} to {last:%B %Y}"
        return f"{self.title}\nEngland, {f'{_LAST_DAYS[last.month]} {last:%B %Y}' if self.snapshot else of_quarter}"


def _total(measure: str) -> Figure:
    return measure, Dimension.TOTAL, ALL


def _group(word: str) -> Figure:
    return OWED, Dimension.ETHNICITY, word


A1 = Sheet(
    name="A1",
    title="Table A1 - Number of households by initial assessment of homelessness circumstances and needs",
    first_row=7,
    words={
        (4, 4): "Total initial assessments1,2,6",
        (4, 6): "Assessed as owed a duty",
        (5, 6): "Total owed a prevention or relief duty",
        (5, 7): "Threatened with homelessness within 56 days - \nPrevention duty owed",
        (5, 9): "Homeless - \nRelief duty owed4",
        (4, 15): "Number of households\n in area5 (000s)",
    },
    figures={4: _total(ASSESSED), 6: _total(OWED), 7: _total(PREVENTION), 9: _total(RELIEF), 15: _total(HOUSEHOLDS)},
    thousands=(15,),
)
# The groups are those of the census of 2021: Chinese stands under Asian.
A8 = Sheet(
    name="A8",
    title="Table A8 - Ethnicity of main applicants assessed as owed a prevention or relief duty by local authority",
    first_row=6,
    words={
        (4, 4): "Total owed a prevention or relief duty1",
        (1, 7): "White",
        (4, 7): "Total",
        (4, 13): "White: Gypsy or Irish Traveller",
        (1, 18): "Black / African / Caribbean / Black British",
        (4, 18): "Total",
        (1, 27): "Asian / Asian British",
        (4, 27): "Total",
        (1, 40): "Mixed / Multiple ethnic groups",
        (4, 40): "Total",
        (1, 51): "Other ethnic groups",
        (4, 51): "Total",
        (4, 58): "Not known2",
    },
    figures={
        7: _group(_WHITE),
        18: _group(_BLACK),
        27: _group(_ASIAN),
        40: _group(_MIXED),
        51: _group(_OTHER),
        58: _group(UNKNOWN),
        13: _total(TRAVELLERS),
    },
    all_of=4,
)
TA1 = Sheet(
    name="TA1",
    title="Table TA1 - Number of households by type of temporary accommodation provided",
    snapshot=True,
    first_row=7,
    words={
        (5, 4): "Total number of households in TA1,2,3,4",
        (5, 7): "Total number of households in TA with children",
        (5, 8): "Total number of children in TA",
    },
    figures={4: _total(IN_TA), 7: _total(IN_TA_CHILDREN), 8: _total(CHILDREN)},
)
SHEETS = (A1, A8, TA1)
