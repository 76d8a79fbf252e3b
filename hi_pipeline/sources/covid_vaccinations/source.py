"""COVID-19 vaccinations, weekly workbook of the first campaign. Declaration and pinned releases."""

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.covid_vaccinations.parse import parse
from hi_pipeline.sources.covid_vaccinations.schema import SCHEMAS

LANDING_PAGE = "https://www.england.nhs.uk/statistics/statistical-work-areas/covid-19-vaccinations/"

APRIL_2021 = Layout(
    name="april_2021",
    container=Container.XLSX,
    members=(
        Member(table="ages", pattern="ICS STP"),
        Member(table="ethnicity", pattern="Ethnicity"),
        Member(table="ethnicity_partnerships", pattern="Ethnicity & ICS STP"),
        Member(table="population", pattern=r"Population estimates \(ONS\)"),
    ),
    ignored=(
        "Contents",
        "Definitions",
        "NHS Region",
        "CCG",
        "Gender, Age & Region",
        "Ethnicity & Region",
        "LTLA",
        "MSOA",
        "Constituency",
        "Older Adult Care Homes(?: by UTLA)?",
        "Younger Adult Care Homes",
        "Social Care Staff(?: by UTLA)?",
        "Trust HCW",
        "CEV",
        r"At Risk or Carer \(under 65\)",
        r"Population estimates \(NIMS\)",
    ),
)

SOURCE = Source(
    name="covid_vaccinations",
    title="COVID-19 vaccinations, weekly announced",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, COVID-19 Vaccinations, licensed under the Open Government Licence "
        "v3.0. Population estimates: Office for National Statistics, mid-2019."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="2021-04-25"),
    layouts={APRIL_2021.name: APRIL_2021},
    releases=(
        Release(
            edition="2021-04-25",
            layout=APRIL_2021.name,
            landing_page=LANDING_PAGE,
            financial_years=("2020-21",),
            mirror_path=(
                "www.england.nhs.uk/statistics/wp-content/uploads/sites/2/rebuilt/"
                "COVID-19-weekly-announced-vaccinations-29-April-2021.xlsx"
            ),
            unconfirmed="the address; whether any later file of this layout holds integrated care boards",
        ),
    ),
    needs_a_line="Age bands and columns change from week to week, so that no week has the layout of another.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "Counts are exact. A percentage above 100 is printed as 100%*. Second doses are not given by ethnic group and "
        "partnership, for small numbers."
    ),
)
