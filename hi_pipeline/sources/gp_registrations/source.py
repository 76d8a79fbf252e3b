"""Patients registered at a GP practice: counts by practice and LSOA, and the practices' areas."""

from hi_pipeline.core.series import Series
from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.gp_registrations.parse import MAP_ICB, MAP_STP, PRACTICE_LSOA, PRACTICES, parse
from hi_pipeline.sources.gp_registrations.schema import SCHEMAS

LANDING_PAGE = (
    "https://digital.nhs.uk/data-and-information/publications/statistical/patients-registered-at-a-gp-practice"
)
_FILES = "https://files.digital.nhs.uk"

LSOA_COLUMNS = (
    "PUBLICATION",
    "EXTRACT_DATE",
    "PRACTICE_CODE",
    "PRACTICE_NAME",
    "LSOA_CODE",
    "SEX",
    "NUMBER_OF_PATIENTS",
)
_MAP_HEAD = (
    "PUBLICATION",
    "EXTRACT_DATE",
    "PRACTICE_CODE",
    "PRACTICE_NAME",
    "PRACTICE_POSTCODE",
    "PCN_CODE",
    "PCN_NAME",
)
_MAP_REGION = ("ONS_COMM_REGION_CODE", "COMM_REGION_CODE", "COMM_REGION_NAME")
MAP_STP_COLUMNS = (
    *_MAP_HEAD,
    "ONS_CCG_CODE",
    "CCG_CODE",
    "CCG_NAME",
    "ONS_STP_CODE",
    "STP_CODE",
    "STP_NAME",
    *_MAP_REGION,
)
MAP_ICB_COLUMNS = (
    *_MAP_HEAD,
    "ONS_SUB_ICB_LOCATION_CODE",
    "SUB_ICB_LOCATION_CODE",
    "SUB_ICB_LOCATION_NAME",
    "ONS_ICB_CODE",
    "ICB_CODE",
    "ICB_NAME",
    *_MAP_REGION,
    "SUPPLIER_NAME",
)

LSOA_MEMBER = "gp-reg-pat-prac-lsoa-all.csv"
LAYOUTS = {
    PRACTICE_LSOA: Layout(
        name=PRACTICE_LSOA,
        container=Container.ZIP,
        members=(Member(table=PRACTICE_LSOA, pattern=r"(.*/)?gp-reg-pat-prac-lsoa-all\.csv", columns=LSOA_COLUMNS),),
        # The same counts by sex, which nothing needs.
        ignored=(r"(.*/)?gp-reg-pat-prac-lsoa-(fe)?male\.csv",),
    ),
    MAP_STP: Layout(name=MAP_STP, container=Container.CSV, members=(Member(table=PRACTICES, columns=MAP_STP_COLUMNS),)),
    MAP_ICB: Layout(name=MAP_ICB, container=Container.CSV, members=(Member(table=PRACTICES, columns=MAP_ICB_COLUMNS),)),
}

_FROM_CODE = "the address is one that public code downloads; the file was not in hand"


def _lsoa(edition: str, page: str, path: str, *, unconfirmed: str = _FROM_CODE) -> Release:
    return Release(
        edition=f"{edition}-lsoa",
        layout=PRACTICE_LSOA,
        landing_page=f"{LANDING_PAGE}/{page}",
        address=f"{_FILES}/{path}",
        max_bytes=64_000_000,
        unconfirmed=unconfirmed,
    )


RELEASES = (
    _lsoa("2019-04", "april-2019", "16/740C9E/gp-reg-pat-prac-lsoa-male-female-apr-19.zip"),
    _lsoa("2020-04", "april-2020", "93/714E7D/gp-reg-pat-prac-lsoa-male-female-Apr-20.zip"),
    _lsoa("2021-04", "april-2021", "52/2D964D/gp-reg-pat-prac-lsoa-male-female-Apr-21.zip"),
    _lsoa("2021-10", "october-2021", "74/93D6A1/gp-reg-pat-prac-lsoa-male-female-october-21.zip"),
    _lsoa("2022-04", "april-2022", "20/64261B/gp-reg-pat-prac-lsoa-male-female-April-22.zip"),
    _lsoa(
        "2022-07",
        "july-2022",
        "0E/59E17A/gp-reg-pat-prac-lsoa-male-female-July-2022.zip",
        unconfirmed="the copy in hand was rebuilt: other members of the publisher's zip are known by name only",
    ),
    _lsoa("2022-10", "october-2022", "AA/AE3EDC/gp-reg-pat-prac-lsoa-male-female-oct-22..zip"),
    _lsoa("2023-01", "january-2023", "FB/567A47/gp-reg-pat-prac-lsoa-male-female-Jan-23.zip"),
    _lsoa("2023-04", "april-2023", "AA/B3CF39/gp-reg-pat-prac-lsoa-male-female-April-23.zip"),
    _lsoa("2023-07", "july-2023", "E3/7F080B/gp-reg-pat-prac-lsoa-male-female-July-23.zip"),
    _lsoa("2023-10", "october-2023", "9D/7C8EBC/gp-reg-pat-prac-lsoa-male-female-Oct-23.zip"),
    _lsoa("2024-01", "january-2024", "A0/3479F2/gp-reg-pat-prac-lsoa-male-female-Jan-24.zip"),
    _lsoa("2024-04", "april-2024", "5C/704155/gp-reg-pat-prac-lsoa-male-female-Apr-24.zip"),
    _lsoa("2026-01", "january-2026", "5E/95A783/gp-reg-pat-prac-lsoa-male-female-Jan-26.zip"),
    _lsoa("2026-04", "april-2026", "D8/54ED89/gp-reg-pat-prac-lsoa-male-female-Apr-26.zip"),
    Release(
        edition="2020-09-map",
        layout=MAP_STP,
        landing_page=f"{LANDING_PAGE}/september-2020",
        mirror_path="files.digital.nhs.uk/rebuilt/2020-09/gp-reg-pat-prac-map.csv",
        unconfirmed="the address: the publisher's file is in hand, but not where it lies",
    ),
    Release(
        edition="2022-01-map",
        layout=MAP_STP,
        landing_page=f"{LANDING_PAGE}/january-2022",
        address=f"{_FILES}/BA/206EF1/gp-reg-pat-prac-map.csv",
        sha256="78110fc243a9ee25004579e43c9f5936c3e2be9e491130b543b9fe08245b78c3",
    ),
    Release(
        edition="2022-10-map",
        layout=MAP_ICB,
        landing_page=f"{LANDING_PAGE}/october-2022",
        address=f"{_FILES}/1F/9ACF6B/gp-reg-pat-prac-map.csv",
        unconfirmed=f"{_FROM_CODE}; whether it already names the supplier",
    ),
    Release(
        edition="2024-10-map",
        layout=MAP_ICB,
        landing_page=f"{LANDING_PAGE}/october-2024",
        mirror_path="files.digital.nhs.uk/rebuilt/2024-10/gp-reg-pat-prac-map.csv",
        unconfirmed="the address: the publisher's file is in hand, but not where it lies",
    ),
)

SOURCE = Source(
    name="gp_registrations",
    title="Patients Registered at a GP Practice",
    publisher="NHS England",
    landing_page=LANDING_PAGE,
    attribution=(
        "Patients Registered at a GP Practice, NHS England. "
        "Contains public sector information licensed under the Open Government Licence v3.0."
    ),
    by_year=False,
    calendar=ReleaseCalendar(
        cadence=Cadence.QUARTERLY, usual_month=None, months_after=0, last_known_edition="2026-04-lsoa"
    ),
    layouts=LAYOUTS,
    releases=RELEASES,
    series=(
        Series(
            name="lsoa",
            layout=PRACTICE_LSOA,
            page=f"{LANDING_PAGE}/{{month}}-{{year}}",
            host="files.digital.nhs.uk",
            file=r"gp-reg-pat-prac-lsoa-male-female-(?P<month>[A-Za-z]{3,9})-(?P<year>\d{2}|\d{4})\.{1,2}zip",
            example="gp-reg-pat-prac-lsoa-male-female-Jul-26.zip",
            first="2022-04",
            every=3,
            suffix="-lsoa",
            unconfirmed=_FROM_CODE,
        ),
        Series(
            name="map",
            layout=MAP_ICB,
            page=f"{LANDING_PAGE}/{{month}}-{{year}}",
            host="files.digital.nhs.uk",
            # Its name says no month: only the page that links to it does.
            file=r"gp-reg-pat-prac-map\.csv",
            example="gp-reg-pat-prac-map.csv",
            first="2024-10",
            every=3,
            suffix="-map",
            unconfirmed=_FROM_CODE,
        ),
    ),
    parse=parse,
    schemas=SCHEMAS,
    disclosure="nothing is hidden or rounded",
)
