"""Mental health services monthly statistics, time series. Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.mhsds.parse import CONTACT_EDITION, parse
from hi_pipeline.sources.mhsds.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/mental-health-services-monthly-statistics"
)
COLUMNS = (
    "REPORTING_PERIOD_START",
    "REPORTING_PERIOD_END",
    "STATUS",
    "BREAKDOWN",
    "PRIMARY_LEVEL",
    "PRIMARY_LEVEL_DESCRIPTION",
    "SECONDARY_LEVEL",
    "SECONDARY_LEVEL_DESCRIPTION",
    "MEASURE_ID",
    "MEASURE_NAME",
    "MEASURE_VALUE",
)

TIME_SERIES = Layout(
    name="time_series",
    container=Container.ZIP,
    members=(Member(table="series", pattern=r"MHSDS[ _]Time_Series_data_\w+\.csv", columns=COLUMNS),),
)

SOURCE = Source(
    name="mhsds",
    title="Mental health services monthly statistics, time series",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Mental Health Services Monthly Statistics, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(
        cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="2016-04_to_2024-04", unconfirmed=True
    ),
    layouts={TIME_SERIES.name: TIME_SERIES},
    releases=(
        Release(
            edition=CONTACT_EDITION,
            layout=TIME_SERIES.name,
            landing_page=f"{LANDING_PAGE}/performance-november-2022",
            financial_years=("2020-21", "2021-22", "2022-23"),
            mirror_path="files.digital.nhs.uk/rebuilt/MHSDS Time_Series_data_Apr_2016_NovPrf_2022.zip",
            unconfirmed="the address of the archive; its member is the publisher's",
        ),
        Release(
            edition="2016-04_to_2024-04",
            layout=TIME_SERIES.name,
            landing_page=f"{LANDING_PAGE}/performance-april-2024",
            address="https://files.digital.nhs.uk/0F/A8A88A/MHSDS%20Time_Series_data_Apr_2016_Apr_2024.zip",
            # What it holds of earlier years is in the edition above.
            financial_years=("2022-23", "2023-24"),
            max_bytes=128_000_000,
            unconfirmed="file not in hand: layout, breakdowns and the name of its member assumed to be those of 2022",
        ),
    ),
    series=(
        Series(
            name="to_april",
            layout=TIME_SERIES.name,
            page=f"{LANDING_PAGE}/performance-{{month}}-{{year}}",
            host="files.digital.nhs.uk",
            # The archive of each April is the first that holds the twelve months to March; others repeat them.
            file=r"MHSDS[ _]Time_Series_data_Apr_2016_(?P<month>Apr)_(?P<year>\d{4})\.zip",
            example="MHSDS Time_Series_data_Apr_2016_Apr_2025.zip",
            first="2025-04",
            every=12,
            ahead=1,
            max_bytes=128_000_000,
            unconfirmed="layout as in 2022, until the file is read; that an archive is made each April",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=("England is exact; below it counts under 5 are hidden as *, the others rounded to the nearest 5"),
)
