"""Healthy life expectancy by national area deprivation, England (ONS). Declaration and pinned releases."""

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.healthy_life_expectancy.parse import parse
from hi_pipeline.sources.healthy_life_expectancy.schema import SCHEMAS

LANDING_PAGE = (
    "https://www.ons.gov.uk/peoplepopulationandcommunity/healthandsocialcare/healthinequalities/datasets/"
    "healthylifeexpectancybynationalareadeprivationenglandtimeseries"
)
COLUMNS = (
    "Period",
    "IMD decile",
    "Sex",
    "Sex code",
    "Age group",
    "Age code",
    "HLE",
    "LCI",
    "UCI",
    "Proportion (%)",
)
TIME_SERIES = Layout(
    name="time_series",
    container=Container.XLSX,
    # Six rows of words stand above the header; what the other sheets hold was not read.
    members=(Member(table="deciles", pattern="4", columns=COLUMNS, header_row=6, unverified=True),),
    ignored=(r"(?!4$).*",),
)

SOURCE = Source(
    name="healthy_life_expectancy",
    title="Healthy life expectancy by national area deprivation, England: time series",
    publisher="Office for National Statistics",
    landing_page=LANDING_PAGE,
    attribution=(
        "Source: Office for National Statistics, Healthy life expectancy by national area deprivation, England, "
        "licensed under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=4, last_known_edition="2022-2024"),
    layouts={TIME_SERIES.name: TIME_SERIES},
    releases=(
        Release(
            edition="2022-2024",
            layout=TIME_SERIES.name,
            landing_page=LANDING_PAGE,
            mirror_path="www.ons.gov.uk/file/healthylifeexpectancybynationalareadeprivationenglandtimeseries.xlsx",
            financial_years=("2021-22", "2024-25"),
            imd_vintage="2019",
            unconfirmed=(
                "layout unverified: sheet, row of the header and columns from public code, no file seen; the address "
                "and the day of publication; that decile 1 is the most deprived; how periods before 2022 to 2024 are "
                "written, and which there are; the Indices of 2019 behind its deciles, as a reader of it names them"
            ),
        ),
    ),
    needs_a_line="One file holds all periods, under one name that says none of them.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="None: estimates of England by decile, with 95% confidence limits.",
)
