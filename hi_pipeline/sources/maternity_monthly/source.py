"""Maternity services monthly statistics, Maternity Services Data Set: two files a month. Declaration and releases."""

from calendar import month_name

from hi_pipeline.core.financial_year import label_of_date, period
from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.maternity_monthly.parse import parse
from hi_pipeline.sources.maternity_monthly.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/maternity-services-monthly-statistics"
)
DATA_COLUMNS = (
    "ReportingPeriodStartDate",
    "ReportingPeriodEndDate",
    "Dimension",
    "Org_Level",
    "Org_Code",
    "Org_Name",
    "Measure",
    "Count_Of",
    "Final_value",
)
MEASURES_COLUMNS = (
    "Org_Code",
    "Org_Name",
    "Org_Level",
    "RPStartDate",
    "RPEndDate",
    "IndicatorFamily",
    "Indicator",
    "Currency",
    "Value",
)


def _layout(name: str, columns: tuple[str, ...]) -> Layout:
    member = Member(table=name, columns=columns, unverified=True)
    return Layout(name=name, container=Container.CSV, members=(member,))


_LAYOUTS = (_layout("data", DATA_COLUMNS), _layout("measures", MEASURES_COLUMNS))
_UNSEEN = (
    "layout unverified: columns, labels and rounding from the producer's own code, no file seen; the address; that "
    "local maternity systems are boards, and their codes ONS codes"
)
# Every month of one year, so that it can be whole; other months are found as they are brought in.
_YEAR = "2023-24"
_HOST = "files.digital.nhs.uk"


def _month(number: int, layout: Layout) -> Release:
    first, _ = period(_YEAR)
    month, year = number, first.year + (number < first.month)
    name = month_name[month].lower()
    return Release(
        edition=f"{year}-{month:02d}-{layout.name}",
        layout=layout.name,
        landing_page=f"{LANDING_PAGE}/{name}-{year}-experimental-statistics",
        mirror_path=f"{_HOST}/maternity-services-monthly-statistics/msds-{name[:3]}{year}-exp-{layout.name}.csv",
        financial_years=(label_of_date(first.replace(year=year, month=month)),),
        max_bytes=128_000_000,
        # The producer's code takes the deciles of continuity of carer from these Indices; those of data are not read.
        imd_vintage="2019",
        unconfirmed=_UNSEEN,
    )


def _series(layout: Layout) -> Series:
    return Series(
        name=layout.name,
        layout=layout.name,
        page=f"{LANDING_PAGE}/{{month}}-{{year}}-experimental-statistics",
        host=_HOST,
        file=rf"msds-(?P<month>[a-z]{{3}})(?P<year>\d{{4}})-exp-{layout.name}\.csv",
        example=f"msds-apr2024-exp-{layout.name}.csv",
        first="2024-04",
        every=1,
        suffix=f"-{layout.name}",
        max_bytes=128_000_000,
        unconfirmed=_UNSEEN,
    )


SOURCE = Source(
    name="maternity_monthly",
    title="Maternity services monthly statistics, Maternity Services Data Set",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Maternity Services Monthly Statistics, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(
        cadence=Cadence.MONTHLY, usual_month=None, months_after=3, last_known_edition="2024-03-measures"
    ),
    layouts={layout.name: layout for layout in _LAYOUTS},
    releases=tuple(_month(number, layout) for layout in _LAYOUTS for number in (*range(4, 13), *range(1, 4))),
    series=tuple(_series(layout) for layout in _LAYOUTS),
    parse=parse,
    schemas=SCHEMAS,
    disclosure="All counts, England's too: 0 is 0, 1 to 7 are printed as 5, the others rounded to the nearest 5.",
)
