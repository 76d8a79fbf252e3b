"""Sub-regional fuel poverty: households and those in fuel poverty, by small area. Not an NHS publication."""

from datetime import date

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.fuel_poverty.parse import LSOA_COLUMNS, parse
from hi_pipeline.sources.fuel_poverty.schema import SCHEMAS

LANDING_PAGE = "https://www.gov.uk/government/statistics/sub-regional-fuel-poverty-2023-2021-data"

FOUR_TABLES = Layout(
    name="four_tables",
    container=Container.XLSX,
    members=(
        # Its areas stand in three columns under one heading, so the sheet is read as it lies.
        Member(table="areas", pattern="Table 2"),
        Member(table="lsoas", pattern="Table 3", columns=LSOA_COLUMNS, header_row=2),
    ),
    # Regions (in Table 2 too), parliamentary constituencies and the words about them.
    ignored=("Title", "Contents", "Metadata", "Notes", "Table [14]"),
)

SOURCE = Source(
    name="fuel_poverty",
    title="Sub-regional fuel poverty in England",
    publisher="Department for Energy Security and Net Zero",
    landing_page=LANDING_PAGE,
    attribution=(
        "Sub-regional fuel poverty in England, Department for Energy Security and Net Zero, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=1, last_known_edition="2023"),
    layouts={FOUR_TABLES.name: FOUR_TABLES},
    releases=(
        Release(
            edition="2023",
            layout=FOUR_TABLES.name,
            landing_page=LANDING_PAGE,
            financial_years=("2023-24",),
            mirror_path=(
                "assets.publishing.service.gov.uk/rebuilt/sub-regional-fuel-poverty-tables-2023-2021-data.xlsx"
            ),
            published=date(2023, 4, 27),
            unconfirmed="the address of the workbook; its title sheet says that it was updated on 27 April 2023",
        ),
    ),
    series=(
        Series(
            name="tables",
            layout=FOUR_TABLES.name,
            page="https://www.gov.uk/government/collections/fuel-poverty-sub-regional-statistics",
            host="assets.publishing.service.gov.uk",
            file=r"sub-regional-fuel-poverty-tables-(?P<year>\d{4})-\d{4}-data\.xlsx",
            example="sub-regional-fuel-poverty-tables-2024-2022-data.xlsx",
            first="2024",
            every=0,
            unconfirmed="the page that links to later editions; sheets and header as in 2023, until the file is read",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure="None: all figures are estimates of a model, printed as whole households.",
)
