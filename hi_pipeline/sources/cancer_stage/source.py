"""Cancers diagnosed at stages 1 and 2 by local authority (Office for National Statistics). Pinned releases."""

from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.cancer_stage.parse import parse
from hi_pipeline.sources.cancer_stage.schema import SCHEMAS

LANDING_PAGE = "https://www.ons.gov.uk/explore-local-statistics/"
COLUMNS = (
    "AREACD",
    "AREANM",
    "Geography",
    "Variable Name",
    "Indicator",
    "Mission",
    "Category",
    "Period",
    "Value",
    "Measure",
    "Unit",
    "Lower Confidence Interval (95%)",
    "Upper Confidence Interval (95%)",
    "Observation Status",
    "Polarity",
    "Notes",
)

AUTHORITIES = Layout(
    name="authorities", container=Container.CSV, members=(Member(table="authorities", columns=COLUMNS),)
)

SOURCE = Source(
    name="cancer_stage",
    title="Cancer diagnosis at stages 1 and 2 by local authority",
    publisher="Office for National Statistics, from the National Disease Registration Service",
    landing_page=LANDING_PAGE,
    attribution=(
        "Source: Office for National Statistics, from data of the National Disease Registration Service, licensed "
        "under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="2023-05"),
    layouts={AUTHORITIES.name: AUTHORITIES},
    releases=(
        Release(
            edition="2023-05",
            layout=AUTHORITIES.name,
            landing_page=LANDING_PAGE,
            financial_years=years_between("2018-19", "2020-21"),
            mirror_path="www.ons.gov.uk/rebuilt/cancer-diagnosis-at-stage-1-and-2-2023-05.csv",
            unconfirmed=(
                "the address and the landing page; what the status u means beside a figure; which cancers are counted "
                "and whether those without a stage stand in the denominator"
            ),
        ),
    ),
    needs_a_line="One file holds all years; its address is not known and its name says no year.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="A blank value, marked u, is hidden or unreliable; percentages alone are printed, no counts.",
)
