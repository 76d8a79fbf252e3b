"""A&E attendances and emergency admissions, monthly. Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.ae_monthly.parse import MEASURES, parse
from hi_pipeline.sources.ae_monthly.schema import SCHEMAS

LANDING_PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/ae-waiting-times-and-activity/"
COLUMNS = ("Period", "Org Code", "Parent Org", "Org name", *MEASURES.values())
_MIRROR = "www.england.nhs.uk/statistics/wp-content/uploads/sites/2/rebuilt"

PROVIDERS = Layout(name="providers", container=Container.CSV, members=(Member(table="providers", columns=COLUMNS),))


def _month(edition: str, name: str, year: str) -> Release:
    return Release(
        edition=edition,
        layout=PROVIDERS.name,
        landing_page=f"{LANDING_PAGE}ae-attendances-and-emergency-admissions-2024-25/",
        financial_years=(year,),
        mirror_path=f"{_MIRROR}/Monthly-AE-{name}.csv",
        unconfirmed="the address (its name ends in letters that nobody can foretell), the landing page of the year",
    )


SOURCE = Source(
    name="ae_monthly",
    title="A&E attendances and emergency admissions, monthly",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, A&E Attendances and Emergency Admissions, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.MONTHLY, usual_month=None, months_after=1, last_known_edition="2025-03"),
    layouts={PROVIDERS.name: PROVIDERS},
    releases=(
        _month("2025-01", "January-2025", "2024-25"),
        _month("2025-03", "March-2025", "2024-25"),
    ),
    series=(
        Series(
            name="providers",
            layout=PROVIDERS.name,
            page=f"{LANDING_PAGE}ae-attendances-and-emergency-admissions-{{financial_year}}/",
            host="www.england.nhs.uk",
            # As the copies in hand are named; letters that nobody can foretell may follow (2026-11).
            file=r"Monthly-AE-(?P<month>[A-Z][a-z]+)-(?P<year>\d{4})(-(?P<revised>revised))?(-\w{5,6})?\.csv",
            example="Monthly-AE-April-2025-a1B2c3.csv",
            first="2024-04",
            every=1,
            unconfirmed="the publisher's own file name; layout as in March 2025, until the file is read",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure="None: counts of attendances and admissions are printed as they are, by provider.",
)
