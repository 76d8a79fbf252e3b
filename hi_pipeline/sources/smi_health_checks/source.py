"""Physical health checks for people with severe mental illness, quarterly. Declaration and pinned releases."""

from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.smi_health_checks.parse import FIRST_SUB_ICB_YEAR, parse
from hi_pipeline.sources.smi_health_checks.schema import SCHEMAS

LANDING_PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/serious-mental-illness-smi/"
COLUMNS = ("Period", "CCG Code", "Question", "Answer")

TIME_SERIES = Layout(
    name="time_series",
    container=Container.XLSX,
    members=(
        Member(
            table="answers",
            pattern="Sheet 1 - Physical-Health-Check",
            columns=COLUMNS,
            header_row=1,  # one title row above it
        ),
    ),
)

SOURCE = Source(
    name="smi_health_checks",
    title="Physical health checks for people with severe mental illness",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Physical Health Checks for People with Severe Mental Illness, "
        "licensed under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.QUARTERLY, usual_month=None, last_known_edition="2018-19_to_2023-24"),
    layouts={TIME_SERIES.name: TIME_SERIES},
    releases=(
        Release(
            edition="2018-19_to_2023-24",
            layout=TIME_SERIES.name,
            landing_page=LANDING_PAGE,
            financial_years=years_between("2018-19", "2023-24"),
            mirror_path=(
                "www.england.nhs.uk/statistics/wp-content/uploads/sites/2/rebuilt/"
                "Physical-Health-Checks-SMI-time-series.xlsx"
            ),
            unconfirmed=(
                "quarterly files stacked by a third party; the publisher's own layout, addresses and dates were not "
                "seen; the collection is retired"
            ),
        ),
    ),
    needs_a_line="The collection is retired; the file in hand is a third party's of all its quarters.",
    parse=parse,
    schemas=SCHEMAS,
    whole_levels={"sub_icb": years_between(FIRST_SUB_ICB_YEAR, "2023-24")},
    disclosure="None seen: counts are printed as they are; a blank answer is a commissioner that did not report.",
)
