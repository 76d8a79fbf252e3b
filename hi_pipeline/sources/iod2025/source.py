"""English Indices of Deprivation 2025: score, rank and decile of every LSOA of the 2021 census."""

from datetime import date

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.iod2025.parse import COLUMNS, parse
from hi_pipeline.sources.iod2025.schema import SCHEMAS

LANDING_PAGE = "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025"

# The columns that every copy must have, in the publisher's order; the publisher's own file has 56.
FILE_7_COLUMNS = (COLUMNS["lsoa_code"], COLUMNS["imd_score"], COLUMNS["imd_rank"], COLUMNS["imd_decile"])

LAYOUTS = {
    "file_7": Layout(
        name="file_7",
        container=Container.CSV,
        members=(
            Member(
                table="lsoa",
                columns=FILE_7_COLUMNS,
                extra_columns=True,
                aliases={"LSOA Code (2021)": "LSOA code (2021)"},
            ),
        ),
    )
}

SOURCE = Source(
    name="iod2025",
    title="English Indices of Deprivation 2025",
    publisher="Ministry of Housing, Communities and Local Government",
    landing_page=LANDING_PAGE,
    attribution=(
        "English Indices of Deprivation 2025, Ministry of Housing, Communities and Local Government. "
        "Contains public sector information licensed under the Open Government Licence v3.0."
    ),
    by_year=False,
    calendar=ReleaseCalendar(cadence=Cadence.IRREGULAR, usual_month=None, last_known_edition="2025-file-7"),
    layouts=LAYOUTS,
    releases=(
        Release(
            edition="2025-file-7",
            layout="file_7",
            landing_page=LANDING_PAGE,
            # Version 2, of November 2025. Version 1 stays online at another address and is never read.
            address=(
                "https://assets.publishing.service.gov.uk/media/691ded56d140bbbaa59a2a7d/"
                "File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"
            ),
            published=date(2025, 11, 17),
            unconfirmed="the day of publication; the order of the columns that are not read",
        ),
    ),
    needs_a_line="One edition of the Indices: the next is another publication.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="nothing is hidden or rounded",
)
