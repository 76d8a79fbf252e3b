"""Restrictive interventions, a file of the mental health services monthly statistics. Declaration and releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.restrictive_interventions.parse import parse
from hi_pipeline.sources.restrictive_interventions.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/mental-health-services-monthly-statistics"
)
_NUMBERS = ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX")
COLUMNS = (
    "REPORTING_PERIOD_START",
    "REPORTING_PERIOD_END",
    "STATUS",
    "BREAKDOWN",
    *(f"LEVEL_{number}{end}" for number in _NUMBERS for end in ("", "_DESCRIPTION")),
    "METRIC",
    "METRIC_VALUE",
)
MONTHLY = Layout(
    name="levels",
    container=Container.CSV,
    members=(Member(table="interventions", pattern=r".*\.csv", columns=COLUMNS, unverified=True),),
)


def _march(year: int) -> Release:
    return Release(
        edition=f"{year}-03",
        layout=MONTHLY.name,
        landing_page=f"{LANDING_PAGE}/performance-march-{year}",
        mirror_path=f"files.digital.nhs.uk/mental-health-services-monthly-statistics/restrictive-interventions-{year}-03.csv",
        financial_years=(f"{year - 1}-{year % 100:02d}",),
        unconfirmed=(
            "layout unverified: columns, breakdowns, labels and rule of hiding from the producer's own code, no file "
            "seen; the address and name of the file; the broad ethnic groups' words"
        ),
    )


SOURCE = Source(
    name="restrictive_interventions",
    title="Restrictive interventions in mental health, learning disability and autism hospitals",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Mental Health Services Monthly Statistics, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    # Monthly, but a rate of twelve months cannot be made: the bed days are not published. March stands for its year.
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=6, last_known_edition="2025-03"),
    layouts={MONTHLY.name: MONTHLY},
    releases=tuple(_march(year) for year in (2023, 2024, 2025)),
    series=(
        Series(
            name="march",
            layout=MONTHLY.name,
            page=f"{LANDING_PAGE}/performance-{{month}}-{{year}}",
            host="files.digital.nhs.uk",
            file=r"restrictive-interventions-(?P<year>\d{4})-(?P<month>03)\.csv",
            example="restrictive-interventions-2026-03.csv",
            first="2026-03",
            every=12,
            unconfirmed="layout unverified; the name of the file is ours: the publisher's was not seen",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "Counts under 5 are hidden as * (9999999 in older files) and the others rounded to the nearest 5, England's "
        "too. A rate is a whole number, hidden where its people or uses are under 5. A provider without any use has no "
        "row, as has one that did not report."
    ),
)
