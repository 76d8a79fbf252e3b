"""How the sheets of the workbook are laid out: notes, eight titles, eight headers side by side, then the rows."""

from dataclasses import dataclass

AGES = {
    "Age 0-5yrs": "0_5",
    "Age 6-10yrs": "6_10",
    "Age 11-14yrs": "11_14",
    "Age 15-19yrs": "15_19",
    "Total\n0-19yrs": "0_19",
}

_EIGHT = (
    "This worksheet contains eight tables presented next to each other horizontally with one blank column in between "
    "each table."
)
_HIDDEN = (
    "A cell containing the single letter c indicates that the figure has been suppressed.",
    "Counts of less than 8 are suppressed",
)
_ROUNDED = ("All sub-national counts are rounded to the nearest 5", "England total counts are unrounded")
_EAST_SUSSEX = (
    "Due to an issue with HES coding in East Sussex Healthcare NHS Trust in 2018 to 2019, for which approximately "
    "85,000 records erroneously had all diagnosis and/or procedure codes removed, South East values should be treated "
    "with caution."
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: eight tables of one year and level.

    Attributes:
        name: the sheet's name.
        financial_year: the year of its counts; its populations are those of the middle of its first calendar year.
        level: local_authority or region.
        notes: the first cells of the rows above the titles.
        titles: the titles of the eight tables, each above its first column.
        labels: the headers of the columns that tell the area, for each of the eight tables.
    """

    name: str
    financial_year: str
    level: str
    notes: tuple[str, ...]
    titles: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """Columns of one table, the blank one after it included."""
        return len(self.labels[0]) + len(AGES) + 1

    @property
    def title_row(self) -> tuple[str | None, ...]:
        """The row of titles, null between them."""
        return tuple(cell for title in self.titles for cell in (title, *(None,) * (self.width - 1)))[:-1]

    @property
    def header(self) -> tuple[str | None, ...]:
        """The header row, null in the blank columns."""
        return tuple(cell for labels in self.labels for cell in (*labels, *AGES, None))[:-1]


_LA = ("Region", "LA Code", "LA Name")
_ONS, _REGION = ("Region", "ONS Code"), ("Region", "Region Code")


def _count(year: str, what: str, by: str) -> str:
    return (
        "Number of Finished Consultant Episodes (FCEs) for children and adolescents aged 0-19 in England for hospital "
        f"{what} during {year}, by England {by}"
    )


def _titles(mid: int, first: str, fces: str, rates: tuple[str, str, str], last: str) -> tuple[str, ...]:
    return (
        f"Table 1: {first} - all diagnoses",
        f"Table 2: ONS Mid {mid} Population Estimates",
        f"Table 3: {rates[0]}",
        f"Table 4: {fces} with caries as primary diagnosis code",
        f"Table 5: {rates[1]}",
        f"Table 6: {fces} with no diagnosis code for caries",
        f"Table 7: {rates[2]}",
        f"Table 8: Percentage of {last} with caries as primary diagnosis code",
    )


def _rates(
    first: str = "FCE tooth extraction rate", last: str = "FCE tooth extraction rate", per: str = "per 100,000"
) -> tuple[str, str, str]:
    return (
        f"{first} (all diagnoses) {per} target population",
        f"FCE tooth extraction rate with caries as primary diagnosis {per} target population",
        f"{last} with no caries diagnosis code {per} target population",
    )


_FCES, _TOOTH = "FCEs for extraction", "FCEs for tooth extraction"
# 2026-11: the authorities of 2018-19 have fractions of the population where all other sheets have rates per 100,000.
_FRACTIONS = (
    "FCEs for extraction (all diagnoses) as percentage of population",
    "FCEs for extraction with caries as primary diagnosis as percentage of Population",
    "FCEs for extraction with no diagnosis code as percentage of population (no caries diagnosis code)",
)
_LOWER_TIER, _BY_REGION = "lower tier local authority", "region"

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        name="W11",
        financial_year="2020-21",
        level="local_authority",
        notes=(_count("2020-21", "tooth extractions", _LOWER_TIER), _EIGHT, *_HIDDEN, *_ROUNDED),
        titles=_titles(2020, _FCES, _TOOTH, _rates(), _FCES),
        # 2026-11: the region column of the third table is called Column1.
        labels=(_LA, _LA, ("Column1", "LA Code", "LA Name"), *(_LA,) * 5),
    ),
    Sheet(
        name="W13",
        financial_year="2019-20",
        level="local_authority",
        notes=(_count("2019-20", "dental extraction", _LOWER_TIER), _EIGHT, *_HIDDEN, *_ROUNDED),
        titles=_titles(2019, _FCES, _FCES, _rates(last="FCE extraction rate"), _FCES),
        labels=(_LA,) * 8,
    ),
    Sheet(
        name="W14",
        financial_year="2018-19",
        level="local_authority",
        notes=(_count("2018-19", "dental extraction", _LOWER_TIER), _EIGHT, *_HIDDEN, *_ROUNDED),
        titles=_titles(2018, _FCES, _FCES, _FRACTIONS, _FCES),
        labels=(_LA,) * 8,
    ),
    Sheet(
        name="W10",
        financial_year="2020-21",
        level="region",
        notes=(_count("2020 to 2021", "tooth extractions", _BY_REGION), _EIGHT, *_ROUNDED),
        titles=_titles(2020, _TOOTH, _TOOTH, _rates(), _TOOTH),
        labels=(_ONS, _ONS, _ONS, _REGION, _REGION, _ONS, _ONS, _ONS),
    ),
    Sheet(
        name="W15",
        financial_year="2019-20",
        level="region",
        notes=(_count("2019 to 2020", "dental extraction", _BY_REGION), _EIGHT, *_ROUNDED),
        titles=_titles(2019, _FCES, _FCES, _rates(last="FCEs tooth extraction rate"), _FCES),
        labels=(_REGION,) * 8,
    ),
    Sheet(
        name="W16",
        financial_year="2018-19",
        level="region",
        notes=(_count("2018 to 2019", "dental extraction", _BY_REGION), _EIGHT, *_ROUNDED, _EAST_SUSSEX),
        titles=_titles(2018, _FCES, _FCES, _rates(first="FCEs tooth extraction rate"), _FCES),
        labels=(_REGION,) * 8,
    ),
)
