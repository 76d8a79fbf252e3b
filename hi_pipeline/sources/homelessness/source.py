"""Statutory homelessness by local authority, quarterly. Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.homelessness.parse import parse
from hi_pipeline.sources.homelessness.schema import SCHEMAS
from hi_pipeline.sources.homelessness.sheets import SHEETS

LANDING_PAGE = "https://www.gov.uk/government/statistical-data-sets/live-tables-on-homelessness"

DETAILED = Layout(
    name="detailed_authority_tables",
    container=Container.ODS,
    members=tuple(Member(table=sheet.name, pattern=sheet.name) for sheet in SHEETS),
    ignored=(
        "Contents",
        r"LA_dropdown_\(.*\)",
        "A[245][PR]",
        "A[367]",
        "A1[023]",
        "[PR][1235]",
        "MD[123]",
        "TA[23]",
    ),
)

SOURCE = Source(
    name="homelessness",
    title="Statutory homelessness, detailed local authority tables",
    publisher="Ministry of Housing, Communities and Local Government",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from the Ministry of Housing, Communities and Local Government, Statutory homelessness, "
        "© Crown copyright, licensed under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.QUARTERLY, usual_month=None, last_known_edition="2025-03", months_after=4),
    layouts={DETAILED.name: DETAILED},
    releases=(
        Release(
            edition="2025-03",
            layout=DETAILED.name,
            landing_page=LANDING_PAGE,
            financial_years=("2024-25",),
            mirror_path="assets.publishing.service.gov.uk/rebuilt/Detailed_LA_202503.ods",
            unconfirmed="the address; that the figures of authorities are exact",
        ),
    ),
    series=(
        Series(
            name="detailed",
            layout=DETAILED.name,
            page=LANDING_PAGE,
            host="assets.publishing.service.gov.uk",
            file=r"Detailed_LA_(?P<year>\d{4})(?P<month>03|06|09|12)(?P<revised>[ _-][vV]\d)?\.ods",
            example="Detailed_LA_202506.ods",
            first="2025-06",
            every=3,
            unconfirmed="columns as in January to March 2025, until the file is read; the titles say its quarter",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "England and regions are rounded to the nearest 10 and include estimates for authorities without data (..). "
        "Ethnic groups of authorities with fewer than 5 households owed a duty are hidden (-)."
    ),
)
