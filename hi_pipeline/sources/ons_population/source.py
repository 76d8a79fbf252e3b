"""ONS mid-year population estimates of sub-ICB locations, by single year of age and sex."""

from datetime import date

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.ons_population.parse import AGE_COLUMNS, TOTAL_COLUMN, parse
from hi_pipeline.sources.ons_population.schema import SCHEMAS

_DATASET = (
    "/peoplepopulationandcommunity/populationandmigration/populationestimates/datasets/"
    "clinicalcommissioninggroupmidyearpopulationestimates"
)
LANDING_PAGE = f"https://www.ons.gov.uk{_DATASET}"
_FILE = f"https://www.ons.gov.uk/file?uri={_DATASET}"
_FROM_CODE = "the address is one that public code downloads; the file, its sheets and its header were not in hand"

# Three rows of notes stand above the header.
HEADER_ROW = 3


def sheet_columns(area: str, parent: str, year: int) -> tuple[str, ...]:
    """Return the header of a sheet: codes and names of area, parent and region, the total, then sex by age."""
    names = tuple(f"{kind} {year} {part}" for kind in (area, parent, "NHSER") for part in ("Code", "Name"))
    return (*names, TOTAL_COLUMN, *AGE_COLUMNS)


CCG_2021_COLUMNS = sheet_columns("CCG", "STP", 2021)
ICB_2023_COLUMNS = sheet_columns("SICBL", "ICB", 2023)
ICB_2024_COLUMNS = sheet_columns("SICBL", "ICB", 2024)
# 2026-11: misspelt so in the sheet Mid-2022 ICB 2023.
MISSPELT = {"NSHER 2023 Name": "NHSER 2023 Name"}

CCG_2021 = Member(
    table="CCG 2021",
    pattern=r"Mid-20\d\d CCG 2021",
    columns=CCG_2021_COLUMNS,
    header_row=HEADER_ROW,
    optional=True,
)
ICB_2023 = Member(
    table="ICB 2023",
    pattern=r"Mid-20\d\d ICB 2023",
    columns=ICB_2023_COLUMNS,
    header_row=HEADER_ROW,
    aliases=MISSPELT,
)
ICB_2024 = Member(table="ICB 2024", pattern=r"Mid-20\d\d ICB 2024", columns=ICB_2024_COLUMNS, header_row=HEADER_ROW)
# The front sheets, and the local health boards of Wales.
IGNORED = ("Cover sheet", "Contents", "Notes", "Related publications", r"Mid-20\d\d LHB 20\d\d")

LAYOUTS = {
    "icb_2023": Layout(name="icb_2023", container=Container.XLSX, members=(CCG_2021, ICB_2023), ignored=IGNORED),
    "icb_2024": Layout(name="icb_2024", container=Container.XLSX, members=(CCG_2021, ICB_2024), ignored=IGNORED),
}

SOURCE = Source(
    name="ons_population",
    title="Population estimates for health geographies by single year of age and sex",
    publisher="Office for National Statistics",
    landing_page=LANDING_PAGE,
    attribution="Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    by_year=False,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=11, last_known_edition="mid-2022-mid-2024"),
    layouts=LAYOUTS,
    releases=(
        Release(
            edition="mid-2021-mid-2022",
            layout="icb_2023",
            landing_page=LANDING_PAGE,
            mirror_path="www.ons.gov.uk/file/sapeicb2021mid2022.xlsx",
            published=date(2024, 3, 19),
            unconfirmed="the address: the publisher's file is in hand under another name",
        ),
        Release(
            edition="mid-2011-mid-2022",
            layout="icb_2023",
            landing_page=LANDING_PAGE,
            address=f"{_FILE}/mid2011tomid2022integratedcareboards2023geography/sapeicb202320112022.xlsx",
            mirror_path="www.ons.gov.uk/file/sapeicb202320112022.xlsx",
            unconfirmed=_FROM_CODE,
        ),
        Release(
            edition="mid-2022-mid-2024",
            layout="icb_2024",
            landing_page=LANDING_PAGE,
            address=(f"{_FILE}/mid2022revisednov2025tomid2024integratedcareboards2024geography/sapeicb20222024.xlsx"),
            mirror_path="www.ons.gov.uk/file/sapeicb20222024.xlsx",
            unconfirmed=_FROM_CODE,
        ),
    ),
    needs_a_line="The names of sheets and columns hold the year of the boundaries, and a file holds several years.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="nothing is hidden or rounded; the ONS asks to round to 100 when single figures are quoted",
)
