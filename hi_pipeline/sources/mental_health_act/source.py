"""Mental Health Act statistics, annual figures: detentions by group and area. Declaration and pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.mental_health_act.parse import parse
from hi_pipeline.sources.mental_health_act.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/mental-health-act-statistics-annual-figures"
)
COLUMNS = (
    "Year",
    "Measure",
    "measureSubcategory",
    "Demographic",
    "DemographicBreakdown",
    "OrganisationBreakdown",
    "Datasource",
    "OrgID",
    "OrgName",
    "MHSDS_Count",
    "Acute_Count",
    "Total_Count",
    "CrudeRate",
    "StdRate",
    "Confidence_interval",
)

SOURCE = Source(
    name="mental_health_act",
    title="Mental Health Act statistics, annual figures",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Mental Health Act Statistics, Annual Figures, licensed under the "
        "Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=9, last_known_edition="2023-24"),
    layouts={
        "annual_2023-24": Layout(
            name="annual_2023-24",
            container=Container.CSV,
            members=(Member(table="figures", columns=COLUMNS),),
        )
    },
    releases=(
        Release(
            edition="2023-24",
            layout="annual_2023-24",
            landing_page=f"{LANDING_PAGE}/2023-24-annual-figures",
            financial_years=("2023-24",),
            mirror_path="files.digital.nhs.uk/rebuilt/ment-heal-act-stat-eng-2023-24-data.csv",
            # 2026-11: the publisher's own code joins residents' LSOAs of 2011 to IMD_YEAR 2019 for these rates
            # (NHSDigital, mental-health-act-annual-statistics, Population_2021census_2324); the file does not say.
            imd_vintage="2019",
            unconfirmed=(
                "the address of the file, its landing page and its publication date; the copy in hand was saved in "
                "a spreadsheet (blank counts were '*', some labels overwritten: see corrections.py)"
            ),
        ),
    ),
    series=(
        Series(
            name="data",
            layout="annual_2023-24",
            page=f"{LANDING_PAGE}/{{financial_year}}-annual-figures",
            host="files.digital.nhs.uk",
            file=r"ment-heal-act-stat-eng-(?P<years>\d{4}-\d\d)-data(?P<revised>[ _-][vV]\d)?\.csv",
            example="ment-heal-act-stat-eng-2024-25-data.csv",
            first="2024-25",
            every=0,
            unconfirmed=(
                "the file name and layout of 2023-24 for later years; the Indices behind the tenths of deprivation"
            ),
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    whole_levels={"icb": ("2023-24",)},
    disclosure=(
        "England's figures are exact. Counts of areas are rounded to the nearest 5 and hidden below 5, rates of a "
        "hidden count too. Rates are per 100,000 residents (Census 2021 for ethnic groups) with one decimal."
    ),
)
