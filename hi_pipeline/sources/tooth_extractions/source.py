"""Hospital tooth extractions of 0 to 19 year olds, from Hospital Episode Statistics."""

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.tooth_extractions.parse import parse
from hi_pipeline.sources.tooth_extractions.schema import SCHEMAS
from hi_pipeline.sources.tooth_extractions.sheets import SHEETS

LANDING_PAGE = "https://www.gov.uk/government/publications/hospital-tooth-extractions-of-0-to-19-year-olds"

LAYOUTS = {
    "eight_tables": Layout(
        name="eight_tables",
        container=Container.XLSX,
        members=tuple(Member(table=sheet.name, pattern=sheet.name) for sheet in SHEETS),
        # Notes, charts and the data of the charts; NHS regional offices of years for which no authorities are given.
        ignored=("Index", "W[1-9]", "W12", r"NHSRLO 20\d\d-\d\d"),
    )
}

SOURCE = Source(
    name="tooth_extractions",
    title="Hospital tooth extractions of 0 to 19 year olds",
    publisher="Office for Health Improvement and Disparities",
    landing_page=LANDING_PAGE,
    attribution=(
        "Hospital tooth extractions of 0 to 19 year olds, Office for Health Improvement and Disparities. Source: "
        "Hospital Episode Statistics, NHS Digital. Copyright 2021, re-used with the permission of NHS Digital. "
        "Contains public sector information licensed under the Open Government Licence v3.0."
    ),
    by_year=True,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=12, last_known_edition="2018-2021"),
    layouts=LAYOUTS,
    releases=(
        Release(
            edition="2018-2021",
            layout="eight_tables",
            landing_page=LANDING_PAGE,
            financial_years=("2018-19", "2019-20", "2020-21"),
            mirror_path=(
                "assets.publishing.service.gov.uk/rebuilt/Hospital_teeth_extractions__0-19Y_2018_to_2021.xlsx"
            ),
            unconfirmed="the address; the day of publication (the workbook was made in December 2021)",
        ),
    ),
    needs_a_line=(
        "One workbook held three years; later editions have other age bands, in a layout of which no file "
        "has been seen."
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure=(
        "counts below 8 (0 too) of areas below England are hidden as c, the others rounded to the nearest 5; "
        "England and populations are exact"
    ),
)
