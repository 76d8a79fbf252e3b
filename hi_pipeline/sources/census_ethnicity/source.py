"""Census 2021: usual residents by ethnic group (TS021) of every LSOA."""

from datetime import date

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.census_ethnicity.parse import CODE_COLUMN, COLUMNS, NAME_COLUMN, YEAR_COLUMN, parse
from hi_pipeline.sources.census_ethnicity.schema import SCHEMAS

LANDING_PAGE = "https://www.nomisweb.co.uk/sources/census_2021_bulk"
LSOA_COLUMNS = (YEAR_COLUMN, NAME_COLUMN, CODE_COLUMN, *COLUMNS.values())
LSOA_MEMBER = "census2021-ts021-lsoa.csv"

LAYOUTS = {
    "bulk_csv": Layout(name="bulk_csv", container=Container.CSV, members=(Member(table="lsoa", columns=LSOA_COLUMNS),)),
    "bulk_zip": Layout(
        name="bulk_zip",
        container=Container.ZIP,
        members=(Member(table="lsoa", pattern=r"(.*/)?census2021-ts021-lsoa\.csv", columns=LSOA_COLUMNS),),
        # The other areas of the same table, and its metadata.
        ignored=(r"(.*/)?census2021-ts021-(?!lsoa)[a-z0-9]+\.csv", r"(.*/)?metadata.*"),
    ),
}

SOURCE = Source(
    name="census_ethnicity",
    title="Census 2021: ethnic group (TS021)",
    publisher="Office for National Statistics, through Nomis",
    landing_page=LANDING_PAGE,
    attribution="Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    by_year=False,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="2021-zip"),
    layouts=LAYOUTS,
    releases=(
        Release(
            edition="2021-csv",
            layout="bulk_csv",
            landing_page=LANDING_PAGE,
            mirror_path=f"bulk.nomisweb.co.uk/{LSOA_MEMBER}",
            published=date(2022, 11, 29),
            unconfirmed="the file has no address of its own: it is a member of the zip; the day of publication",
        ),
        Release(
            edition="2021-zip",
            layout="bulk_zip",
            landing_page=LANDING_PAGE,
            address="https://www.nomisweb.co.uk/output/census/2021/census2021-ts021.zip",
            published=date(2022, 11, 29),
            unconfirmed="the zip was not in hand: its other members are known by name only; the day of publication",
        ),
    ),
    needs_a_line="A census: there is no next edition.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="counts are slightly perturbed by the census's own disclosure control; none is hidden",
)
