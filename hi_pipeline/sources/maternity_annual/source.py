"""NHS Maternity Statistics, annual: births by gestation, deliveries by ethnicity and deprivation. Pinned releases."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.maternity_annual.parse import parse
from hi_pipeline.sources.maternity_annual.schema import SCHEMAS

LANDING_PAGE = "https://digital.nhs.uk/data-and-information/publications/statistical/nhs-maternity-statistics"
COLUMNS = ("Period", "Dimension", "Org_Level", "Org_Code", "Org_Name", "Measure", "Count_Of", "Value")
COLUMNS_2019_20 = ("period", "dimension", "org_level", "org_code", "org_name", "measure1", "count_of", "value")

DATA = Layout(name="data", container=Container.CSV, members=(Member(table="data", columns=COLUMNS),))
# The year before had another header, its words in capitals and no group that parts at 37 weeks.
DATA_2019_20 = Layout(
    name="data_2019_20", container=Container.CSV, members=(Member(table="data", columns=COLUMNS_2019_20),)
)


def _release(year: str, layout: Layout, *, unconfirmed: str = "") -> Release:
    return Release(
        edition=year,
        layout=layout.name,
        landing_page=f"{LANDING_PAGE}/{year}",
        financial_years=(year,),
        mirror_path=f"files.digital.nhs.uk/rebuilt/hosp-epis-stat-mat-msdscsv-{year}.csv",
        unconfirmed=f"the address{unconfirmed}",
    )


SOURCE = Source(
    name="maternity_annual",
    title="NHS Maternity Statistics, annual, Maternity Services Data Set",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, NHS Maternity Statistics, licensed under the Open Government Licence "
        "v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=11, last_known_edition="2022-23"),
    layouts={layout.name: layout for layout in (DATA, DATA_2019_20)},
    releases=(
        _release("2019-20", DATA_2019_20),
        _release("2020-21", DATA),
        _release("2021-22", DATA),
        _release("2022-23", DATA, unconfirmed="; the file: its name and two of its figures were seen, no copy is here"),
    ),
    series=(
        Series(
            name="data",
            layout=DATA.name,
            page=f"{LANDING_PAGE}/{{financial_year}}",
            host="files.digital.nhs.uk",
            file=r"hosp-epis-stat-mat-msdscsv-(?P<years>\d{4}-\d\d)\.csv",
            example="hosp-epis-stat-mat-msdscsv-2023-24.csv",
            first="2023-24",
            every=0,
            unconfirmed="the publisher's own file name after 2022-23; layout as in 2021-22, until the file is read",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure="All counts, England's too: 0 is 0, 1 to 7 are printed as 5, the others rounded to the nearest 5.",
)
