"""Learning disabilities health check scheme, the file of each March. Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.ld_health_checks.parse import parse
from hi_pipeline.sources.ld_health_checks.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/learning-disabilities-health-check-scheme"
)
COLUMNS = (
    "QUALITY_SERVICE",
    "PRACTICE_CODE",
    "PRACTICE_NAME",
    "PCN_ODS_CODE",
    "PCN_NAME",
    "ONS_SUB_ICB_LOC_CODE",
    "SUB_ICB_LOC_CODE",
    "SUB_ICB_LOC_NAME",
    "ONS_ICB_CODE",
    "ICB_CODE",
    "ICB_NAME",
    "ONS_COMM_REGION_CODE",
    "COMM_REGION_CODE",
    "COMM_REGION_NAME",
    "ACH_DATE",
    "IND_CODE",
    "MEASURE",
    "VALUE",
)
MONTHLY = Layout(
    name="practices",
    container=Container.CSV,
    members=(Member(table="counts", pattern=r".*\.csv", columns=COLUMNS, unverified=True),),
)


def _march(year: int) -> Release:
    """Declare the file of a March, which counts the financial year that ends then."""
    name = f"learning-disabilities-health-check-scheme-eng-Mar-{year}.csv"
    return Release(
        edition=f"{year}-03",
        layout=MONTHLY.name,
        landing_page=f"{LANDING_PAGE}/england-march-{year}",
        mirror_path=f"files.digital.nhs.uk/learning-disabilities-health-check-scheme/{name}",
        financial_years=(f"{year - 1}-{year % 100:02d}",),
        unconfirmed=(
            "layout unverified: columns, order, codes and rule of hiding from the producer's own code, no file seen; "
            "the address; that the file of March counts from April"
        ),
    )


SOURCE = Source(
    name="ld_health_checks",
    title="Learning disabilities health check scheme",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Learning Disabilities Health Check Scheme, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    # Monthly, but only a file of March holds a whole year.
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=6, last_known_edition="2025-03"),
    layouts={MONTHLY.name: MONTHLY},
    releases=tuple(_march(year) for year in (2024, 2025)),
    series=(
        Series(
            name="march",
            layout=MONTHLY.name,
            page=f"{LANDING_PAGE}/england-{{month}}-{{year}}",
            host="files.digital.nhs.uk",
            file=r"learning-disabilities-health-check-scheme-eng-(?P<month>Mar)-(?P<year>\d{4})"
            r"(?P<revised>[-_]v\d)?\.csv",
            example="learning-disabilities-health-check-scheme-eng-Mar-2026.csv",
            first="2026-03",
            every=12,
            unconfirmed="layout unverified: the name of the file and its columns are from the producer's own code",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    whole_levels={"practice": ("2023-24", "2024-25")},
    disclosure=(
        "Counts of practices are exact. Where at most one person is eligible and somebody declined, both counts are "
        "hidden as *. Practices with an incomplete return are left out by the publisher."
    ),
)
