"""Fingertips, public health profiles: any indicator of its interface as CSV. Declaration and pinned releases."""

from collections.abc import Iterator, Mapping

from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.fingertips.parse import parse
from hi_pipeline.sources.fingertips.schema import SCHEMAS

LANDING_PAGE = "https://fingertips.phe.org.uk/"
_API = "https://fingertips.phe.org.uk/api/all_data/csv/by_indicator_id"
_MIRROR = "fingertips.phe.org.uk/api/all_data/csv/by_indicator_id"
# Area types of the interface.
ENGLAND, AUTHORITIES, UPPER_TIER, BOARDS, PRACTICES, PRIMARY_CARE_NETWORKS = 15, 501, 502, 221, 7, 204
SCREENING: Mapping[str, str] = {
    "93560": "cervical screening, ages 25 to 49",
    "93561": "cervical screening, ages 50 to 64",
    "91720": "bowel cancer screening",
    "94063": "breast screening, ages 53 to 70",
}
# Taken as printed, England and boards in one file: number to title.
AS_PRINTED: Mapping[str, str] = {
    "93231": "Stroke: emergency hospital admissions",
    "93232": "Heart attack: emergency hospital admissions",
    "92872": "People with type 1 diabetes who received all eight care processes",
    "92873": "People with type 2 diabetes who received all eight care processes",
    "30314": "Population vaccination coverage: flu, aged 65 and over",
    "93085": "Smoking status at time of delivery",
    "93183": "Adults with a learning disability who had a health check",
}
# Of three calendar years together, by sex: number to title. 90362 has no boards, and is read for authorities.
OF_THREE_YEARS: Mapping[str, str] = {
    "90362": "Healthy life expectancy at birth",
    "90366": "Life expectancy at birth",
    "91102": "Life expectancy at 65",
    "108": "Under 75 mortality rate from all causes",
}
OF_AUTHORITIES = "90362"

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
COMPARATOR_EXAMPLES = (
    "Compared to percentiles",
    "Compared to PCNs (v. 27/10/23) value or percentiles",
    "Column not used",
)

ALL_DATA = Layout(
    name="all_data",
    container=Container.CSV,
    members=(Member(table="data", columns=COLUMNS, also_pattern=COMPARATOR_PATTERN),),
)


# Only of this one is a file here, so that its years are known.
IN_HAND = "93560"


def _release(edition: str, years: tuple[str, ...], *, children: int, parents: int, unconfirmed: str) -> Release:
    """Declare a file: all of an indicator ("93560"), or its areas of one type ("93560-221")."""
    indicator, _, area_type = edition.partition("-")
    query = (
        f"indicator_ids={indicator}&child_area_type_id={children}&parent_area_type_id={parents}"
        "&include_sortable_time_periods=yes"
    )
    of_type = f"&child_area_type_id={area_type}" if area_type else ""
    return Release(
        edition=edition,
        layout=ALL_DATA.name,
        landing_page=LANDING_PAGE,
        address=f"{_API}?{query}",
        mirror_path=f"{_MIRROR}/indicator_ids={indicator}{of_type}.csv",
        financial_years=years,
        unconfirmed=unconfirmed,
    )


def _screening() -> Iterator[Release]:
    """Yield each screening indicator's files: authorities with England, boards, practices."""
    recalled = "that a year is the position at 31 March, and which counts are hidden, are recalled"
    for indicator in SCREENING:
        number = "" if indicator in ("93560", "94063") else "; the indicator's number is recalled"
        yield _release(
            indicator,
            years_between("2018-19" if indicator == IN_HAND else "2022-23", "2023-24"),
            children=AUTHORITIES,
            parents=ENGLAND,
            unconfirmed=f"the query by which a file with districts and counties is made; {recalled}{number}",
        )
        for children in (BOARDS, PRACTICES):
            yield _release(
                f"{indicator}-{children}",
                years_between("2022-23", "2023-24"),
                children=children,
                parents=ENGLAND,
                unconfirmed=f"no file of this area type was seen: its name for the type, its years; {recalled}{number}",
            )


def _as_printed() -> Iterator[Release]:
    """Yield the files of England and boards; one year, whose boards are those that the interface knows."""
    for indicator in AS_PRINTED:
        yield _release(
            indicator,
            ("2023-24",),
            children=BOARDS,
            parents=ENGLAND,
            unconfirmed=(
                "no file of this indicator was seen: its years, whether it has boards, its ages and sexes, and what is "
                "hidden; the number is from public code"
            ),
        )


def _of_three_years() -> Iterator[Release]:
    """Yield the files of England and boards, or of upper-tier authorities, for 2021 to 2023."""
    for indicator in OF_THREE_YEARS:
        yield _release(
            indicator,
            ("2023-24",),
            children=UPPER_TIER if indicator == OF_AUTHORITIES else BOARDS,
            parents=ENGLAND,
            unconfirmed=(
                "no file of this indicator was seen: its periods and how they are written, its ages and sexes; number "
                "and area type are from public code"
            ),
        )


SOURCE = Source(
    name="fingertips",
    title="Fingertips: public health profiles",
    publisher="Office for Health Improvement and Disparities",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from the Office for Health Improvement and Disparities, Public Health Profiles, "
        "https://fingertips.phe.org.uk, © Crown copyright, licensed under the Open Government Licence v3.0. A&E "
        "attendances: Hospital Episode Statistics, NHS England. Screening: NHS England."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="93930"),
    layouts={ALL_DATA.name: ALL_DATA},
    releases=(
        _release(
            "93930",
            ("2021-22",),
            children=PRACTICES,
            parents=PRIMARY_CARE_NETWORKS,
            unconfirmed="the query by which the copy in hand was made; the suppression rule of practices",
        ),
        _release(
            "200",
            years_between("2018-19", "2022-23"),
            children=PRACTICES,
            parents=PRIMARY_CARE_NETWORKS,
            unconfirmed="the query by which the copy in hand, England and 14 practices, was made",
        ),
        *_screening(),
        *_as_printed(),
        *_of_three_years(),
    ),
    needs_a_line=(
        "One address holds all years of an indicator: a new year is changed bytes, which wait for hi accept, "
        "and a year in the list of the release."
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "Differs by indicator. 93930: England is exact, counts of practices are rounded to the nearest 5 and hidden "
        "where small ('Value suppressed for disclosure control reasons'); the rates of practices are made from the "
        "rounded counts. 200: none, counts are those of the Quality and Outcomes Framework. Screening: counts of "
        "authorities are exact; small ones of practices are hidden."
    ),
)
