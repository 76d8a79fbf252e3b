"""Fingertips, public health profiles: any indicator of its interface as CSV. Declaration and pinned releases."""

from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.fingertips.parse import parse
from hi_pipeline.sources.fingertips.schema import SCHEMAS

LANDING_PAGE = "https://fingertips.phe.org.uk/"
_API = "https://fingertips.phe.org.uk/api/all_data/csv/by_indicator_id"
_MIRROR = "fingertips.phe.org.uk/api/all_data/csv/by_indicator_id"
PRACTICES, PRIMARY_CARE_NETWORKS = 7, 204  # area types of the interface

COLUMNS = (
    "Indicator ID",
    "Indicator Name",
    "Parent Code",
    "Parent Name",
    "Area Code",
    "Area Name",
    "Area Type",
    "Sex",
    "Age",
    "Category Type",
    "Category",
    "Time period",
    "Value",
    "Lower CI 95.0 limit",
    "Upper CI 95.0 limit",
    "Lower CI 99.8 limit",
    "Upper CI 99.8 limit",
    "Count",
    "Denominator",
    "Value note",
    "Recent Trend",
    "Compared to England value or percentiles",
    "Time period Sortable",
    "New data",
    "Compared to goal",
    "Time period range",
)
# The 23rd column compares with the parent area and takes its name from the type of it.
COMPARATOR_PATTERN = r"Compared to percentiles|Compared to .+ value or percentiles|Column not used"
COMPARATOR_EXAMPLES = ("Compared to percentiles", "Compared to PCNs (v. 27/10/23) value or percentiles")

ALL_DATA = Layout(
    name="all_data",
    container=Container.CSV,
    members=(Member(table="data", columns=COLUMNS, also_pattern=COMPARATOR_PATTERN),),
)


def _release(indicator: str, years: tuple[str, ...], *, unconfirmed: str) -> Release:
    query = (
        f"indicator_ids={indicator}&child_area_type_id={PRACTICES}&parent_area_type_id={PRIMARY_CARE_NETWORKS}"
        "&include_sortable_time_periods=yes"
    )
    return Release(
        edition=indicator,
        layout=ALL_DATA.name,
        landing_page=LANDING_PAGE,
        address=f"{_API}?{query}",
        mirror_path=f"{_MIRROR}/indicator_ids={indicator}.csv",
        financial_years=years,
        unconfirmed=unconfirmed,
    )


SOURCE = Source(
    name="fingertips",
    title="Fingertips: public health profiles",
    publisher="Office for Health Improvement and Disparities",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from the Office for Health Improvement and Disparities, Public Health Profiles, "
        "https://fingertips.phe.org.uk, © Crown copyright, licensed under the Open Government Licence v3.0. A&E "
        "attendances: Hospital Episode Statistics, NHS England."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="93930"),
    layouts={ALL_DATA.name: ALL_DATA},
    releases=(
        _release(
            "93930",
            ("2021-22",),
            unconfirmed="the query by which the copy in hand was made; the suppression rule of practices",
        ),
        _release(
            "200",
            years_between("2018-19", "2022-23"),
            unconfirmed="the query by which the copy in hand, England and 14 practices, was made",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    reporters={"practice": "practices"},
    disclosure=(
        "Differs by indicator. 93930: England is exact, counts of practices are rounded to the nearest 5 and hidden "
        "where small ('Value suppressed for disclosure control reasons'); the rates of practices are made from the "
        "rounded counts. 200: none, counts are those of the Quality and Outcomes Framework."
    ),
)
