"""Quality and Outcomes Framework, raw data of an edition: registers by practice. Declaration and pinned releases."""

from hi_pipeline.core.financial_year import years_between
from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.qof.parse import parse
from hi_pipeline.sources.qof.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/"
    "quality-and-outcomes-framework-achievement-prevalence-and-exceptions-data"
)

PREVALENCE_COLUMNS = ("PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE")
INDICATOR_COLUMNS = (
    "INDICATOR_CODE",
    "INDICATOR_POINT_VALUE",
    "GROUP_CODE",
    "GROUP_DESCRIPTION",
    "DOMAIN_CODE",
    "DOMAIN_DESCRIPTION",
    "PATIENT_LIST_TYPE",
)
# Three columns more in 2024-25; whether 2023-24 has them was not seen.
FURTHER_INDICATOR_COLUMNS = ("INDICATOR_DESCRIPTION", "SUB_DOMAIN_CODE", "SUB_DOMAIN_DESCRIPTION")
INDICATOR_COLUMNS_2425 = (
    "INDICATOR_CODE",
    "INDICATOR_DESCRIPTION",
    "INDICATOR_POINT_VALUE",
    "GROUP_CODE",
    "GROUP_DESCRIPTION",
    "SUB_DOMAIN_CODE",
    "SUB_DOMAIN_DESCRIPTION",
    "DOMAIN_CODE",
    "DOMAIN_DESCRIPTION",
    "PATIENT_LIST_TYPE",
)
ACHIEVEMENT_COLUMNS = ("PRACTICE_CODE", "INDICATOR_CODE", "MEASURE", "VALUE")
REGIONAL_ACHIEVEMENT_COLUMNS = ("REGION_ODS_CODE", "REGION_ONS_CODE", "REGION_NAME", *ACHIEVEMENT_COLUMNS)


def geography_columns(country: str, board: str, place: str) -> tuple[str, ...]:
    """Return the header of the geography mapping, whose names for country, board and place change by edition."""
    return (
        "NAT_ONS_CODE",
        "NAT_CODE",
        country,
        "REGION_ODS_CODE",
        "REGION_ONS_CODE",
        "REGION_NAME",
        *(f"{area}_{part}" for area in (board, place) for part in ("ODS_CODE", "ONS_CODE", "NAME")),
        "PCN_ODS_CODE",
        "PCN_NAME",
        "PRACTICE_CODE",
        "PRACTICE_NAME",
    )


GEOGRAPHY_COLUMNS = {
    "stp": geography_columns("COUNTRY", "STP", "CCG"),
    "icb_2021-22": geography_columns("NAT_COUNTRY", "ICB", "SUB_ICB_LOC"),
    "icb": geography_columns("NAT_COUNTRY", "ICB", "SUB_ICB"),
}
REGION_FILES = (
    "EAST_OF_ENGLAND|LONDON|MIDLANDS|NORTH_EAST_AND_YORKSHIRE|NORTH_WEST|SOUTH_EAST|SOUTH_WEST"  # seven files
)
_DOCUMENTS = r"(?i).*\.(txt|pdf|docx|xlsx)"


def _layout(
    years: str,
    geography: str,
    *,
    name: str = "",
    indicators: tuple[str, ...] = INDICATOR_COLUMNS,
    also: tuple[str, ...] = (),
) -> Layout:
    """Return the layout of an edition; ``years`` as in its file names, "2223", or a pattern of them.

    ``indicators`` are the columns of the list of indicators, ``also`` further ones that it may have.
    """
    version = r"(_v\d)?\.csv"
    regional = geography == "icb"
    region = f"_({REGION_FILES})" if regional else ""
    return Layout(
        name=name or f"raw_{years}",
        container=Container.ZIP,
        members=(
            Member(table="prevalence", pattern=rf"(?i)PREVALENCE_{years}{version}", columns=PREVALENCE_COLUMNS),
            Member(
                table="geography",
                pattern=rf"(?i)MAPPING_NHS_GEOGRAPHIES_{years}{version}",
                columns=GEOGRAPHY_COLUMNS[geography],
            ),
            Member(
                table="indicators",
                pattern=rf"(?i)MAPPING_INDICATORS_{years}{version}",
                columns=indicators,
                also=also,
            ),
            Member(
                table="achievement",
                pattern=rf"(?i)ACHIEVEMENT{region}_{years}{version}",
                columns=REGIONAL_ACHIEVEMENT_COLUMNS if regional else ACHIEVEMENT_COLUMNS,
                unverified=True,
                optional=True,  # copies of the archive lack it
            ),
        ),
        ignored=(_DOCUMENTS, rf"(?i)(ORGANISATION_REFERENCE|PRACTICE_VALIDATION_OUTCOMES)_{years}{version}"),
    )


_LAYOUTS = (
    _layout("1920", "stp"),
    _layout("2021", "stp"),
    _layout("2122", "icb_2021-22"),
    _layout("2223", "icb"),
    _layout("2324", "icb", also=FURTHER_INDICATOR_COLUMNS),
    # Later editions have it too, so their years are in the pattern; the parser compares them with the edition.
    _layout(r"2[4-9]\d{2}", "icb", name="raw_2425", indicators=INDICATOR_COLUMNS_2425),
)


def _release(edition: str, layout: str, path: str, *, unconfirmed: str) -> Release:
    return Release(
        edition=edition,
        layout=layout,
        landing_page=f"{LANDING_PAGE}/{edition}",
        address=f"https://files.digital.nhs.uk/{path}",
        financial_years=(edition,),
        max_bytes=128_000_000,
        unconfirmed=unconfirmed,
    )


_COPY = "publication date; layout unverified of the achievement files, which the copy in hand lacks"
_UNSEEN = "file not in hand: columns, groups and list types as in "
_ACHIEVEMENT = (
    "; layout unverified of the achievement files: columns and measures from public code and a list of members"
)

SOURCE = Source(
    name="qof",
    title="Quality and Outcomes Framework: prevalence and achievement by practice",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Contains information from NHS England, Quality and Outcomes Framework, licensed under the Open Government "
        "Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=9, last_known_edition="2024-25"),
    layouts={layout.name: layout for layout in _LAYOUTS},
    releases=(
        _release("2019-20", "raw_1920", "E2/BF16AA/QOF_1920.zip", unconfirmed=f"{_UNSEEN}2020-21{_ACHIEVEMENT}"),
        _release("2020-21", "raw_2021", "AC/3C964F/QOF2021_v2.zip", unconfirmed=_COPY),
        _release(
            "2021-22",
            "raw_2122",
            "90/6F833F/QOF_2122_V2.zip",
            unconfirmed=f"{_UNSEEN}2022-23; names of columns and files from public code{_ACHIEVEMENT}",
        ),
        _release(
            "2022-23",
            "raw_2223",
            "32/40B931/QOF%202022-23%20Raw%20data%20.csv%20files.zip",
            unconfirmed=_COPY,
        ),
        _release("2023-24", "raw_2324", "DA/975A29/QOF2324.zip", unconfirmed=f"{_UNSEEN}2022-23{_ACHIEVEMENT}"),
        _release("2024-25", "raw_2425", "95/4708D7/QOF2425.zip", unconfirmed=f"{_UNSEEN}2022-23{_ACHIEVEMENT}"),
    ),
    series=(
        Series(
            name="raw_data",
            layout="raw_2425",
            page=f"{LANDING_PAGE}/{{financial_year}}",
            host="files.digital.nhs.uk",
            file=r"QOF[ _]?(?P<years>\d{4}|\d{4}-\d\d)(_[vV]\d| Raw data \.csv files)?\.zip",
            example="QOF2526.zip",
            first="2025-26",
            every=0,
            max_bytes=128_000_000,
            unconfirmed="columns, groups and list types as in 2022-23, until the file is read",
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    # Before, the sub-ICB locations' places hold CCGs that were not yet those.
    whole_levels={"practice": years_between("2020-21", "2024-25")},
    unread=("indicators", "achievement"),
    disclosure="None: registers and lists of practices are printed as they are.",
)
