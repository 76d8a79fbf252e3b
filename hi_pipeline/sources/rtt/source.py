"""Referral to treatment waiting times, full CSV extract of a month. Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.rtt.parse import parse
from hi_pipeline.sources.rtt.schema import SCHEMAS

LANDING_PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/rtt-waiting-times/"
_UPLOADS = "https://www.england.nhs.uk/statistics/wp-content/uploads/sites/2"

IDENTITY_COLUMNS = (
    "Period",
    "Provider Parent Org Code",
    "Provider Parent Name",
    "Provider Org Code",
    "Provider Org Name",
    "Commissioner Parent Org Code",
    "Commissioner Parent Name",
    "Commissioner Org Code",
    "Commissioner Org Name",
    "RTT Part Type",
    "RTT Part Description",
    "Treatment Function Code",
    "Treatment Function Name",
)
TOTAL_COLUMNS = ("Total", "Patients with unknown clock start date", "Total All")


def week_columns(last: int) -> tuple[str, ...]:
    """Return the names of the weekly bands: one a week up to ``last`` weeks, then all above."""
    weeks = tuple(f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(last))
    return (*weeks, f"Gt {last} Weeks SUM 1")


def _layout(last: int, *, kept_for: str = "") -> Layout:
    columns = (*IDENTITY_COLUMNS, *week_columns(last), *TOTAL_COLUMNS)
    return Layout(
        name=f"weeks_{last}",
        container=Container.ZIP,
        members=(
            Member(
                table="extract",
                pattern=r"\d{8}-RTT-[A-Z][a-z]+-\d{4}-full-extract(-revised)?\.csv",
                columns=columns,
            ),
        ),
        kept_for=kept_for,
    )


WEEKS_104 = _layout(104)
WEEKS_52 = _layout(
    52, kept_for="months to March 2021, whose addresses are not known; last band as named in public code, unconfirmed"
)

SOURCE = Source(
    name="rtt",
    title="Consultant-led referral to treatment waiting times, full extract",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Consultant-led Referral to Treatment Waiting Times, licensed under "
        "the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.MONTHLY, usual_month=None, months_after=2, last_known_edition="2026-06"),
    layouts={WEEKS_104.name: WEEKS_104, WEEKS_52.name: WEEKS_52},
    releases=(
        Release(
            edition="2025-02",
            layout=WEEKS_104.name,
            landing_page=f"{LANDING_PAGE}rtt-data-2024-25/",
            address=f"{_UPLOADS}/2025/04/Full-CSV-data-file-Feb25-ZIP-4M-76538.zip",
            financial_years=("2024-25",),
            unconfirmed="file not in hand: layout assumed to be that of January 2026",
        ),
        Release(
            edition="2026-01",
            layout=WEEKS_104.name,
            landing_page=f"{LANDING_PAGE}rtt-data-2025-26/",
            address=f"{_UPLOADS}/2026/03/Full-CSV-data-file-Jan26-ZIP-4M-WL5BiP.zip",
            financial_years=("2025-26",),
            sha256="392fa3583f10d2a5ee664850a54c0d60f501e83406a68a4d7617284bcf4bc465",
            unconfirmed="publication date",
        ),
        Release(
            edition="2026-06",
            layout=WEEKS_104.name,
            landing_page=f"{LANDING_PAGE}rtt-data-2026-27/",
            address=f"{_UPLOADS}/2026/08/Full-CSV-data-file-Jun26-ZIP-3M-6jPlxd.zip",
            financial_years=("2026-27",),
            unconfirmed="file not in hand: layout assumed to be that of January 2026, boards those of April 2026",
        ),
    ),
    series=(
        Series(
            name="full_extract",
            layout=WEEKS_104.name,
            page=f"{LANDING_PAGE}rtt-data-{{financial_year}}/",
            host="www.england.nhs.uk",
            # Five digits at the end until 2025, six letters or digits since; revised files say so (2026-11).
            file=r"Full-CSV-data-file-(?P<month>[A-Z][a-z]{2})"
            r"(?P<year>\d\d)-ZIP-\d+M(-(?P<revised>revised))?(-\w{5,6})?\.zip",
            example="Full-CSV-data-file-Jul26-ZIP-3M-a1B2c3.zip",
            first="2021-04",
            every=1,
            newest_of_year=True,
            unconfirmed="layout as in January 2026, until the file is read; where a name says revised",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    whole_levels={"icb": ("2024-25", "2025-26", "2026-27")},
    disclosure="None: counts of pathways are printed as they are, by provider and commissioner.",
)
