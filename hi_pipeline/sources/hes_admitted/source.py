"""Hospital admitted patient care activity, annual workbooks and CSVs. Declaration and pinned releases."""

from hi_pipeline.core.series import SAYS_NO_PERIOD, Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.hes_admitted.parse import parse
from hi_pipeline.sources.hes_admitted.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/hospital-admitted-patient-care-activity"
)
_FILES = "https://files.digital.nhs.uk"

DIAGNOSES = Layout(
    name="diagnoses",
    container=Container.XLSX,
    # No columns: two names occur twice, and the publisher's own sheet has title rows above its header.
    members=(
        Member(table="diagnoses", pattern="Primary Diagnosis Summary"),
        # Read by its place, as the summary; the copy in hand lacks it.
        Member(table="codes", pattern=r"Primary Diagnos[ei]s 3 [Cc]haracter", unverified=True, optional=True),
    ),
    # Sheets of four-character codes and of all diagnoses. Their names are from public code; another one stops.
    ignored=(
        r"Primary Diagnos[ei]s 4 [Cc]haracter",
        r"All Diagnos[ei]s [34] [Cc]haracter",
        r"All Diagnos[ei]s Summary",
        r"External Cause.*",
    ),
)
LOCATIONS = Layout(
    name="icb_of_responsibility",
    container=Container.XLSX,
    members=(Member(table="locations", pattern=".*"),),  # one sheet, whose name was not seen
)
GROUP_COLUMNS = ("UID", "Code", "Category", "Measure", "Measure_Value")
AGE_COLUMNS = (
    "UID",
    "ORG_LEVEL",
    "REPORTING_PERIOD",
    "ORG_CODE",
    "ORG_DESCRIPTION",
    "MEASURE_TYPE",
    "MEASURE",
    "MEASURE_VALUE",
    "Table_Order",
    "Level_Order",
)
GROUPS, AGES = (
    Layout(name=name, container=Container.CSV, members=(Member(table=name, columns=columns, unverified=True),))
    for name, columns in (("groups", GROUP_COLUMNS), ("ages", AGE_COLUMNS))
)
# What ends the name of a workbook: "-tab.xlsx", "-tab supp.xlsx", "-tab_V2.xlsx" (2026-11).
_TAB = r"-tab( supp)?(?P<revised>[ _-][vV]\d)?\.xlsx"
_UNSEEN = "file not in hand: header and sheets assumed to be those of 2023-24"


def _diagnoses(year: str, path: str, *, mirror_path: str = "", unconfirmed: str = _UNSEEN) -> Release:
    return Release(
        edition=f"{year}-diagnoses",
        layout=DIAGNOSES.name,
        landing_page=f"{LANDING_PAGE}/{year}",
        address=f"{_FILES}/{path}",
        financial_years=(year,),
        mirror_path=mirror_path,
        unconfirmed=unconfirmed,
    )


def _series(what: str, layout: Layout, stem: str, end: str, unconfirmed: str) -> Series:
    return Series(
        name=what,
        layout=layout.name,
        page=f"{LANDING_PAGE}/{{financial_year}}",
        host="files.digital.nhs.uk",
        file=rf"hosp-epis-stat-admi-{stem}-(?P<years>\d{{4}}-\d\d){end}",
        example=f"hosp-epis-stat-admi-{stem}-2025-26{'-tab.xlsx' if end == _TAB else '.csv'}",
        first="2025-26",
        every=0,
        suffix=f"-{what}",
        max_bytes=128_000_000,
        unconfirmed=unconfirmed,
    )


_LATER = "until the file is read: layout as in 2024-25"

SOURCE = Source(
    name="hes_admitted",
    title="Hospital admitted patient care activity: ICB of responsibility, diagnoses, groups of England",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Hospital Admitted Patient Care Activity (Hospital Episode Statistics), "
        "licensed under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(
        cadence=Cadence.ANNUAL, usual_month=9, last_known_edition="2024-25-icb", unconfirmed=False
    ),
    layouts={layout.name: layout for layout in (DIAGNOSES, LOCATIONS, GROUPS, AGES)},
    releases=(
        _diagnoses("2019-20", "37/8D9781/hosp-epis-stat-admi-diag-2019-20-tab%20supp.xlsx"),
        _diagnoses("2020-21", "5B/AD892C/hosp-epis-stat-admi-diag-2020-21-tab.xlsx"),
        _diagnoses("2021-22", "0E/E70963/hosp-epis-stat-admi-diag-2021-22-tab.xlsx"),
        _diagnoses("2022-23", "7A/DB1B00/hosp-epis-stat-admi-diag-2022-23-tab_V2.xlsx"),
        _diagnoses(
            "2023-24",
            "A5/5B8474/hosp-epis-stat-admi-diag-2023-24-tab.xlsx",
            mirror_path="files.digital.nhs.uk/rebuilt/hosp-epis-stat-admi-diag-2023-24-tab.xlsx",
            unconfirmed="the copy in hand has one sheet and lacks its title rows; names of the other sheets",
        ),
        _diagnoses("2024-25", "CC/EA025D/hosp-epis-stat-admi-diag-2024-25-tab.xlsx"),
        Release(
            edition="2024-25-icb",
            layout=LOCATIONS.name,
            landing_page=f"{LANDING_PAGE}/2024-25",
            address=f"{_FILES}/B0/CC3BB5/hosp-epis-stat-admi-icb-resp-2024-25-tab.xlsx",
            financial_years=("2024-25",),
            unconfirmed=(
                "file not in hand: of its rows the first 28 below the total and of its 50 columns the first 40 were "
                "seen, and not the name of its sheet"
            ),
        ),
        Release(
            edition="2024-25-groups",
            layout=GROUPS.name,
            landing_page=f"{LANDING_PAGE}/2024-25",
            address=f"{_FILES}/1D/C82CE8/hosp-epis-stat-admi-oth-2024-25.csv",
            financial_years=("2024-25",),
            unconfirmed=(
                "layout unverified: columns and words from public code, no file seen; what those without a tenth of "
                "deprivation are called, and the Indices behind the tenths"
            ),
        ),
        Release(
            edition="2024-25-ages",
            layout=AGES.name,
            landing_page=f"{LANDING_PAGE}/2024-25",
            mirror_path=(
                "files.digital.nhs.uk/hospital-admitted-patient-care-activity/hosp-epis-stat-admi-pla-2024-25.csv"
            ),
            financial_years=("2024-25",),
            max_bytes=128_000_000,
            unconfirmed="layout unverified: columns and words from public code, no file seen; the address",
        ),
    ),
    series=(
        _series(
            "diagnoses", DIAGNOSES, "diag", _TAB, f"{_UNSEEN}; the year is read in its titles, where they name one"
        ),
        _series("icb", LOCATIONS, "icb-resp", _TAB, f"{_LATER}; the year is read in its title"),
        _series("groups", GROUPS, "oth", r"\.csv", f"layout unverified; {_LATER}; {SAYS_NO_PERIOD}"),
        _series("ages", AGES, "pla", r"\.csv", f"layout unverified; {_LATER}"),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "England is exact; below it counts of 1 to 7 are hidden as *, 0 is shown and the others are rounded to the "
        "nearest 5"
    ),
)
