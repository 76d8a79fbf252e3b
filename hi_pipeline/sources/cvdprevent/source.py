"""CVDPREVENT, the national audit of cardiovascular disease prevention in primary care: its interface. Declaration."""

from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.cvdprevent.answers import ANSWERS, LEVELS, LISTS, PERIODS
from hi_pipeline.sources.cvdprevent.gather import gather
from hi_pipeline.sources.cvdprevent.parse import parse
from hi_pipeline.sources.cvdprevent.schema import SCHEMAS

LANDING_PAGE = "https://www.cvdprevent.nhs.uk/"
HOST = "api.cvdprevent.nhs.uk"
PERIOD_FIELDS = ("TimePeriodID", "TimePeriodName", "IndicatorTypeName")
LEVEL_FIELDS = ("SystemLevelID", "SystemLevelName")
LIST_FIELDS = ("IndicatorID", "IndicatorCode")
RAW_FIELDS = (
    "AreaCode",
    "AreaName",
    "CategoryAttribute",
    "Denominator",
    "Factor",
    "HighestPriorityNotificationType",
    "IndicatorCode",
    "IndicatorName",
    "IndicatorShortName",
    "LowerConfidenceLimit",
    "MetricCategoryName",
    "MetricCategoryTypeName",
    "NotificationCount",
    "Numerator",
    "TimePeriodName",
    "UpperConfidenceLimit",
    "Value",
    "ValueNote",
)

ANSWERS_OF_A_YEAR = Layout(
    name="answers",
    container=Container.ZIP,
    members=(
        Member(
            table="periods",
            pattern=PERIODS.replace(".", r"\."),
            columns=PERIOD_FIELDS,
            also=("StartDate", "EndDate", "IndicatorTypeID"),
            json_rows="timePeriodList",
            unverified=True,
        ),
        Member(
            table="levels",
            pattern=LEVELS,
            columns=LEVEL_FIELDS,
            also=("IsVisible", "NationalLevel", "SystemLevelOrder"),
            json_rows="systemLevels",
            unverified=True,
        ),
        Member(
            table="indicators",
            pattern=LISTS,
            columns=LIST_FIELDS,
            also=(
                "AxisCharacter",
                "DataUpdateInterval",
                "FormatDisplayName",
                "HighestPriorityNotificationType",
                "IndicatorFormatID",
                "IndicatorName",
                "IndicatorOrder",
                "IndicatorShortName",
                "IndicatorStatus",
                "IndicatorTypeID",
                "IndicatorTypeName",
                "NotificationCount",
            ),
            json_rows="indicatorList",
            unverified=True,
        ),
        Member(table="raw", pattern=ANSWERS, columns=RAW_FIELDS, json_rows="indicatorRawData", unverified=True),
    ),
)


def _year(year: str) -> Release:
    return Release(
        edition=year,
        layout=ANSWERS_OF_A_YEAR.name,
        landing_page=LANDING_PAGE,
        # The list with which the questions begin; the part behind # is never sent and tells the editions apart.
        address=f"https://{HOST}/timePeriod#{year}",
        mirror_path=f"{HOST}/{year}.zip",
        financial_years=(year,),
        max_bytes=128_000_000,
        unconfirmed=(
            "layout unverified: fields from public code, no answer below England seen; the labels of the 16 ethnic "
            "groups, the factor of the admission rates and whether they are given for boards, the footprint of the "
            "boards' codes, the note of a hidden figure, the terms of reuse"
        ),
    )


SOURCE = Source(
    name="cvdprevent",
    title="CVDPREVENT: prevention of cardiovascular disease in primary care",
    publisher="NHS England and the NHS Benchmarking Network",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from CVDPREVENT, NHS Benchmarking Network and NHS England. The terms of reuse were not "
        "verified; taken as Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=7, last_known_edition="2025-26"),
    layouts={ANSWERS_OF_A_YEAR.name: ANSWERS_OF_A_YEAR},
    releases=tuple(_year(year) for year in years_between("2022-23", "2025-26")),
    gather=gather,
    series=(
        # Of a mirror, which holds the answers of a year as one archive. The interface has no page that lists them.
        Series(
            name="year",
            layout=ANSWERS_OF_A_YEAR.name,
            page=LANDING_PAGE,
            host=HOST,
            file=r"(?P<years>\d{4}-\d\d)\.zip",
            example="2025-26.zip",
            first="2022-23",
            every=0,
            max_bytes=128_000_000,
            unconfirmed="layout unverified: fields from public code, no answer below England seen",
        ),
    ),
    needs_a_line="Live, a year is a line of its own: it is asked for by its name, and no page lists the years.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "England is exact. Below it counts of 1 to 7 are hidden (null, 'Value suppressed due to disclosure control') "
        "and the others rounded to the nearest 5; percentages and limits are printed to two decimals."
    ),
)
