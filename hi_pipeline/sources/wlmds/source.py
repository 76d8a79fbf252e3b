"""Waiting list minimum data set, demographics by geography. Declaration and pinned releases."""

from hi_pipeline.core.series import SAYS_NO_PERIOD, Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.wlmds.parse import parse
from hi_pipeline.sources.wlmds.schema import SCHEMAS

LANDING_PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/rtt-waiting-times/wlmds/"
COLUMNS = ("Code", "Name", "Geography", "Metric", "Category", "Waiting Bands", "Count")
_MIRROR = "www.england.nhs.uk/statistics/wp-content/uploads/sites/2/rebuilt"

GEOGRAPHY = Layout(name="geography", container=Container.CSV, members=(Member(table="pathways", columns=COLUMNS),))


def _month(edition: str, day: str, year: str, unconfirmed: str) -> Release:
    return Release(
        edition=edition,
        layout=GEOGRAPHY.name,
        landing_page=LANDING_PAGE,
        financial_years=(year,),
        mirror_path=f"{_MIRROR}/WLMDS-Demographics-Geography-to-{day}-v1.csv",
        unconfirmed=f"the address: the month of its upload is part of it; {unconfirmed}",
    )


SOURCE = Source(
    name="wlmds",
    title="Waiting list minimum data set: waiting list by age, sex, ethnicity and deprivation",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Waiting List Minimum Data Set (management information), licensed "
        "under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.MONTHLY, usual_month=None, months_after=1, last_known_edition="2026-04"),
    layouts={GEOGRAPHY.name: GEOGRAPHY},
    releases=(
        _month(
            "2026-01",
            "25-January-2026",
            "2025-26",
            "the file in hand was rebuilt from the summary workbook: that regions carry NHS ACUTE, and that no "
            "row holds 0, was not seen in a whole original",
        ),
        _month(
            "2026-04",
            "26-April-2026",
            "2026-27",
            "file not in hand: layout assumed to be that of January, boards those of April 2026",
        ),
    ),
    series=(
        Series(
            name="geography",
            layout=GEOGRAPHY.name,
            page=LANDING_PAGE,
            host="www.england.nhs.uk",
            file=r"WLMDS-Demographics-Geography-to-\d{1,2}-(?P<month>[A-Z][a-z]+)-(?P<year>\d{4})"
            r"-v(1|(?P<revised>[2-9]))\.csv",
            example="WLMDS-Demographics-Geography-to-31-May-2026-v1.csv",
            first="2025-07",
            every=1,
            newest_of_year=True,
            unconfirmed=(
                f"{SAYS_NO_PERIOD}; layout as in January 2026, until the file is read; which trusts did not submit, "
                "and so understate their board, the summary workbook alone says: declare them in labels.py"
            ),
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "Counts are rounded to the nearest 5, small ones are hidden as *, rows of 0 are left out; that * hides 1 to 7 "
        "follows from the smallest printed count, 10"
    ),
)
