"""English Indices of Deprivation 2019: rank and decile of every LSOA of the 2011 census."""

from datetime import date

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.iod2019.parse import FILE_1, FILE_7, parse
from hi_pipeline.sources.iod2019.schema import SCHEMAS

LANDING_PAGE = "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2019"
_ASSETS = "https://assets.publishing.service.gov.uk/government/uploads/system/uploads/attachment_data/file"

FILE_1_COLUMNS = (
    "LSOA code (2011)",
    "LSOA name (2011)",
    "Local Authority District code (2019)",
    "Local Authority District name (2019)",
    "Index of Multiple Deprivation (IMD) Rank",
    "Index of Multiple Deprivation (IMD) Decile",
)
# The columns that are read, in the publisher's order; the file holds the domains and their parts beside them.
FILE_7_COLUMNS = (
    "LSOA code (2011)",
    "LSOA name (2011)",
    "Local Authority District code (2019)",
    "Local Authority District name (2019)",
    "Index of Multiple Deprivation (IMD) Score",
    "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
    "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
    "Total population: mid 2015 (excluding prisoners)",
)
# Seen with a capital C in cuts of File 7.
ALIASES = {"LSOA Code (2011)": "LSOA code (2011)"}

LAYOUTS = {
    FILE_1: Layout(
        name=FILE_1,
        container=Container.XLSX,
        members=(Member(table="lsoa", pattern="IMD2019", columns=FILE_1_COLUMNS, aliases=ALIASES),),
        ignored=("Notes",),
    ),
    FILE_7: Layout(
        name=FILE_7,
        container=Container.CSV,
        members=(Member(table="lsoa", columns=FILE_7_COLUMNS, extra_columns=True, aliases=ALIASES),),
    ),
}

SOURCE = Source(
    name="iod2019",
    title="English Indices of Deprivation 2019",
    publisher="Ministry of Housing, Communities and Local Government",
    landing_page=LANDING_PAGE,
    attribution=(
        "English Indices of Deprivation 2019, Ministry of Housing, Communities and Local Government. "
        "Contains public sector information licensed under the Open Government Licence v3.0."
    ),
    by_year=False,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="2019-file-7"),
    layouts=LAYOUTS,
    releases=(
        Release(
            edition="2019-file-1",
            layout=FILE_1,
            landing_page=LANDING_PAGE,
            address=f"{_ASSETS}/833970/File_1_-_IMD2019_Index_of_Multiple_Deprivation.xlsx",
            sha256="8078d773f534033ae2e9f52f3abda84b4df90e40c6b92ab1ed096d44bc519960",
            published=date(2019, 9, 26),
            unconfirmed="the day of publication",
        ),
        Release(
            edition="2019-file-7",
            layout=FILE_7,
            landing_page=LANDING_PAGE,
            address=(f"{_ASSETS}/845345/File_7_-_All_IoD2019_Scores__Ranks__Deciles_and_Population_Denominators_3.csv"),
            unconfirmed="the file was not in hand: its columns are those named in public code that reads it",
        ),
    ),
    needs_a_line="One edition of the Indices: the next is another publication.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="nothing is hidden or rounded",
)
