"""Learning disability services statistics, the part from the mental health services data set. Declaration."""

from hi_pipeline.core.series import SAYS_NO_PERIOD, Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.lda_inpatients.parse import SPELLS, parse
from hi_pipeline.sources.lda_inpatients.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/learning-disability-services-statistics"
)
COLUMNS = (
    "Geography",
    "OrgCode",
    "OrgName",
    "PrimaryMeasure",
    "PrimarySplit",
    "SecondaryMeasure",
    "SecondarySplit",
    "Restraints_Count_of_people",
    "Restraints_Count_of_restraints",
    "LDA43_Hospital_spells_open_at_start_of_RP",
    "LDA27_Hospital_admissions_in_the_RP",
    "LDA28_Hospital_discharges_in_the_RP",
    "LDA44_Hospital_admissions_and_discharges_in_the_RP",
    SPELLS,
    "LDA46_Ward_stays_open_at_start_of_the_RP",
    "LDA47_Ward_stays_starting_in_the_RP",
    "LDA48_Ward_stays_ending_in_the_RP",
    "LDA49_Ward_stays_starting_and_ending_in_the_RP",
    "LDA21_Ward_stays_open_at_the_end_of_the_RP",
    "LDA50_Referrals_open_at_the_start_of_the_RP",
    "LDA32_Referrals_starting_in_the_RP",
    "LDA51_Referrals_ending_in_the_RP",
    "LDA52_Referrals_starting_and_ending_in_the_RP",
    "LDA23_Referrals_open_at_the_end_of_the_RP",
    "Community_Care_and_Treatment_Review_Pre_admission",
    "Post_admission_Care_and_Treatment_Review",
    "Inpatient_Care_and_Treatment_Review_More_than_two_weeks_post_admission",
)
PUBLISHED = Layout(
    name="published",
    container=Container.CSV,
    members=(Member(table="counts", pattern=r".*\.csv", columns=COLUMNS, unverified=True),),
)


def _march(year: int) -> Release:
    return Release(
        edition=f"{year}-03",
        layout=PUBLISHED.name,
        landing_page=LANDING_PAGE,
        mirror_path=f"files.digital.nhs.uk/learning-disability-services-statistics/LDA_Published_Mar_{year}.csv",
        financial_years=(f"{year - 1}-{year % 100:02d}",),
        unconfirmed=(
            "layout unverified: columns, labels and rule of hiding from the producer's own code, no file seen; the "
            "address and the name of the file. The file says no period: it is the one of its name"
        ),
    )


SOURCE = Source(
    name="lda_inpatients",
    title="Learning disability services statistics: inpatients, mental health services data set",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Learning Disability Services Statistics, licensed under the Open "
        "Government Licence v3.0."
    ),
    by_year=True,
    # Monthly, but the file of March stands for its year.
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=6, last_known_edition="2025-03"),
    layouts={PUBLISHED.name: PUBLISHED},
    releases=tuple(_march(year) for year in (2023, 2024, 2025)),
    series=(
        Series(
            name="march",
            layout=PUBLISHED.name,
            page=LANDING_PAGE,
            host="files.digital.nhs.uk",
            file=r"LDA_Published_(?P<month>Mar)_(?P<year>\d{4})(?P<revised>[ _-][vV]\d)?\.csv",
            example="LDA_Published_Mar_2026.csv",
            first="2026-03",
            every=12,
            unconfirmed=f"layout unverified; the name of the file is from the producer's own code; {SAYS_NO_PERIOD}",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    whole_levels={"icb": ("2022-23", "2023-24", "2024-25")},
    disclosure=(
        "Counts under 5, 0 among them, are hidden as *; every other count, England's too, is rounded to the nearest 5. "
        "- stands where a table does not count."
    ),
)
