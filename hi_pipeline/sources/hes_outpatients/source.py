"""Hospital outpatient activity by ethnicity, deprivation, age and sex. Declaration and pinned releases."""

from hi_pipeline.core.series import SAYS_NO_PERIOD, Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.hes_outpatients.labels import (
    KIND_COLUMNS,
    KIND_UNKNOWN_BY_DECILE,
    KIND_UNKNOWN_BY_ETHNICITY,
    PERCENTAGE,
)
from hi_pipeline.sources.hes_outpatients.parse import parse
from hi_pipeline.sources.hes_outpatients.schema import SCHEMAS

LANDING_PAGE = "https://digital.nhs.uk/data-and-information/publications/statistical/hospital-outpatient-activity"
_MIRROR = "files.digital.nhs.uk/rebuilt"

LONG_COLUMNS = ("REPORTING_PERIOD", "MEASURE_TYPE", "MEASURE", "MEASURE_VALUE")
AGE_SEX_COLUMNS = (*LONG_COLUMNS[:3], "MAINSPEF_CODE", "MAINSPEF_DESCRIPTION", "MEASURE_VALUE")
DECILE_COLUMNS = ("Index of Multiple Deprivation Decile", *KIND_COLUMNS, KIND_UNKNOWN_BY_DECILE, PERCENTAGE)
# The letter of the group stands under the heading, the group itself under none.
ETHNICITY_COLUMNS = ("Ethnic Category", "", *KIND_COLUMNS, KIND_UNKNOWN_BY_ETHNICITY, PERCENTAGE)

LAYOUTS = {
    "groups_csv": Layout(
        name="groups_csv", container=Container.CSV, members=(Member(table="groups", columns=LONG_COLUMNS),)
    ),
    "age_sex_csv": Layout(
        name="age_sex_csv", container=Container.CSV, members=(Member(table="age_sex", columns=AGE_SEX_COLUMNS),)
    ),
    "deciles_workbook": Layout(
        name="deciles_workbook",
        container=Container.XLSX,
        members=(Member(table="deciles", pattern="IMD Decile", columns=DECILE_COLUMNS),),
    ),
    "ethnicity_workbook": Layout(
        name="ethnicity_workbook",
        container=Container.XLSX,
        members=(Member(table="ethnicity", pattern="Ethnic Category", columns=ETHNICITY_COLUMNS),),
    ),
}


def _release(year: str, what: str, layout: str, file: str, unconfirmed: str = "") -> Release:
    return Release(
        edition=f"{year}-{what}",
        layout=layout,
        landing_page=f"{LANDING_PAGE}/{year}",
        financial_years=(year,),
        mirror_path=f"{_MIRROR}/{file}",
        unconfirmed=f"the address{unconfirmed}",
    )


_DATA, _TAB = r"-data\.csv", r"-tab(?P<revised>[ _-][vV]\d)?\.xlsx"


def _series(what: str, layout: str, stem: str, end: str, unconfirmed: str = "", *, first: str = "2025-26") -> Series:
    return Series(
        name=what,
        layout=layout,
        page=f"{LANDING_PAGE}/{{financial_year}}",
        host="files.digital.nhs.uk",
        file=rf"hosp-epis-stat-outp-{stem}-(?P<years>\d{{4}}-\d\d){end}",
        example=f"hosp-epis-stat-outp-{stem}-2025-26{'-tab.xlsx' if end == _TAB else '-data.csv'}",
        first=first,
        every=0,
        suffix=f"-{what}",
        unconfirmed=f"that later files are named and laid out as those of 2023-24 and 2024-25{unconfirmed}",
    )


_CUT = "; the copy in hand lacks the title rows, so the row of the header in the publisher's own file was not seen"

SOURCE = Source(
    name="hes_outpatients",
    title="Hospital outpatient activity: attendances by ethnicity, deprivation, age and sex",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Hospital Outpatient Activity (Hospital Episode Statistics), licensed "
        "under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(
        cadence=Cadence.ANNUAL, usual_month=9, last_known_edition="2024-25-ethnicity", unconfirmed=True
    ),
    layouts=LAYOUTS,
    releases=(
        _release("2023-24", "groups", "groups_csv", "hosp-epis-stat-outp-eth-imd-dec-2023-24-data.csv"),
        _release("2023-24", "age-sex", "age_sex_csv", "hosp-epis-stat-outp-all-firs-atte-2023-24-data.csv"),
        _release("2024-25", "deciles", "deciles_workbook", "hosp-epis-stat-outp-imd-dec-2024-25-tab.xlsx", _CUT),
        _release("2024-25", "ethnicity", "ethnicity_workbook", "hosp-epis-stat-outp-ethn-cat-2024-25-tab.xlsx", _CUT),
    ),
    # 2026-11: groups come as one CSV or as two workbooks. Both in one year would give each figure twice and stop it.
    series=(
        _series("groups", "groups_csv", "eth-imd-dec", _DATA),
        _series("age-sex", "age_sex_csv", "all-firs-atte", _DATA, first="2024-25"),
        _series("deciles", "deciles_workbook", "imd-dec", _TAB, f"; {SAYS_NO_PERIOD}"),
        _series("ethnicity", "ethnicity_workbook", "ethn-cat", _TAB, f"; {SAYS_NO_PERIOD}"),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure="None for England: attendances are printed as they are.",
)
