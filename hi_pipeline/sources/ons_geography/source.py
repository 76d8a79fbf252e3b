"""ONS lookups between LSOAs, sub-ICB locations, integrated care boards, regions and authorities."""

from datetime import date

from hi_pipeline.core.source import Cadence, Container, Layout, Member, Release, ReleaseCalendar, Source
from hi_pipeline.sources.ons_geography.parse import (
    CCG_AREAS,
    EXACT_LOOKUP,
    LSOA_AREAS,
    LSOA_CCGS,
    SUB_ICB_AREAS,
    ccg_layout,
    lsoa_layout,
    parse,
    sub_icb_layout,
)
from hi_pipeline.sources.ons_geography.schema import SCHEMAS

LANDING_PAGE = "https://geoportal.statistics.gov.uk"
_HUB = "https://hub.arcgis.com/api/v3/datasets/{item}_0/downloads/data?format=csv&spatialRefId=4326&where=1%3D1"
# The hub makes the CSV when it is asked for, and then redirects to where it lies: in public code, the portal's files
# lie on this host (2026-11; in folders exportfiles-1559-...).
_HUB_FILES = "stg-arcgisazurecdataprod1.az.arcgis.com"
# 2026-11: the names of layers follow no rule that holds: those of 2026 have two in public code.
_LAYER = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services/{layer}/FeatureServer/0"
_LAYER_READ = "the layer is one that public code reads page by page; no answer of it was in hand"
_REDIRECT = f"that the hub redirects to {_HUB_FILES}"
_HUB_SEEN = f"the address is one that public code downloads; what it gives was not in hand; {_REDIRECT}"


def _triple(prefix: str, year: int) -> tuple[str, str, str]:
    return f"{prefix}{year}CD", f"{prefix}{year}CDH", f"{prefix}{year}NM"


def _lsoa(census: int, year: int, *, authorities: bool) -> tuple[str, ...]:
    lsoa = (f"LSOA{census}CD", f"LSOA{census}NM")
    lad = (f"LAD{year}CD", f"LAD{year}NM") if authorities else ()
    return (*lsoa, *_triple("SICBL", year), *_triple("ICB", year), *lad)


# What may stand beside the columns that are read: other areas, Welsh names, the service's row number.
ALSO = r"(LSOA|MSOA|SICBL|ICB|CCG|STP|CAL|NHSER|LAD|RGN)\d\d(CD|CDH|NM|NMW)|ObjectId|OBJECTID|FID"

# Columns that are read, in the publisher's order.
LSOA_COLUMNS = {
    22: _lsoa(11, 22, authorities=True),
    23: _lsoa(21, 23, authorities=True),
    # 2026-11: the copy in hand of the lookup of 2024 has no authorities; where they are there they are read.
    24: _lsoa(21, 24, authorities=False),
    25: _lsoa(21, 25, authorities=True),
    26: _lsoa(21, 26, authorities=True),
}
SUB_ICB_COLUMNS = {
    # 2026-11: the columns of the lookup of 2022 say LOC where later ones say SICBL.
    22: (*_triple("LOC", 22), *_triple("ICB", 22), *_triple("NHSER", 22)),
    23: (*_triple("SICBL", 23), *_triple("ICB", 23), *_triple("NHSER", 23), "ObjectId"),
    24: (*_triple("SICBL", 24), *_triple("ICB", 24), *_triple("NHSER", 24)),
    26: (*_triple("SICBL", 26), *_triple("ICB", 26), *_triple("NHSER", 26), "ObjectId"),
}
CCG_COLUMNS = {
    20: ("CCG20CD", "CCG20CDH", "CCG20NM"),
    21: (*_triple("CCG", 21), *_triple("STP", 21), *_triple("NHSER", 21)),
}
LSOA_CCG_COLUMNS = ("LSOA11CD", "LSOA11NM", *_triple("CCG", 19), "LAD19CD", "LAD19NM")
EXACT_COLUMNS = ("LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM", "LAD22CD", "LAD22NM")

LAYOUTS = {
    **{
        lsoa_layout(year): Layout(
            name=lsoa_layout(year),
            container=Container.CSV,
            members=(Member(table=LSOA_AREAS, columns=columns, also_pattern=ALSO),),
        )
        for year, columns in LSOA_COLUMNS.items()
    },
    **{
        sub_icb_layout(year): Layout(
            name=sub_icb_layout(year),
            container=Container.CSV,
            members=(Member(table=SUB_ICB_AREAS, columns=columns, also_pattern=ALSO),),
        )
        for year, columns in SUB_ICB_COLUMNS.items()
    },
    **{
        ccg_layout(year): Layout(
            name=ccg_layout(year),
            container=Container.CSV,
            members=(Member(table=CCG_AREAS, columns=columns, also_pattern=ALSO),),
        )
        for year, columns in CCG_COLUMNS.items()
    },
    ccg_layout(19): Layout(
        name=ccg_layout(19),
        container=Container.CSV,
        members=(Member(table=LSOA_CCGS, columns=LSOA_CCG_COLUMNS, also_pattern=ALSO),),
    ),
    EXACT_LOOKUP: Layout(
        name=EXACT_LOOKUP,
        container=Container.CSV,
        members=(
            Member(table=EXACT_LOOKUP, columns=EXACT_COLUMNS, also_pattern=ALSO, aliases={"F_LSOA11CD": "LSOA11CD"}),
        ),
    ),
}

_NO_ITEM = "the address: the publisher's file is in hand, but not where it lies"

RELEASES = (
    Release(
        edition="2019-ccg",
        layout=ccg_layout(19),
        landing_page=LANDING_PAGE,
        mirror_path="hub.arcgis.com/LSOA11_CCG19_LAD19_EN_LU.csv",
        unconfirmed=_NO_ITEM,
    ),
    Release(
        edition="2020-ccg",
        layout=ccg_layout(20),
        landing_page=LANDING_PAGE,
        mirror_path="hub.arcgis.com/Clinical_Commissioning_Groups_(April_2020)_Names_and_Codes_in_England.csv",
        unconfirmed=_NO_ITEM,
    ),
    Release(
        edition="2021-ccg",
        layout=ccg_layout(21),
        landing_page=LANDING_PAGE,
        mirror_path="hub.arcgis.com/CCG21_STP21_NHSER21_EN_LU.csv",
        unconfirmed=_NO_ITEM,
    ),
    Release(
        edition="2022-lsoa",
        layout=lsoa_layout(22),
        landing_page=LANDING_PAGE,
        address=_HUB.format(item="423c8069710c4d488d5ff99475688101"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="services1.arcgis.com/rebuilt/LSOA11_SICBL22_ICB22_LAD22_EN_LU.csv",
        unconfirmed=_HUB_SEEN,
    ),
    Release(
        edition="2023-lsoa",
        layout=lsoa_layout(23),
        landing_page=LANDING_PAGE,
        address=_HUB.format(item="8905a9ad35284b78945c3f3eb30498a2"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="services1.arcgis.com/rebuilt/LSOA21_SICBL23_ICB23_LAD23_EN_LU.csv",
        unconfirmed=_HUB_SEEN,
    ),
    Release(
        edition="2024-lsoa",
        layout=lsoa_layout(24),
        landing_page=LANDING_PAGE,
        address=_LAYER.format(layer="LSOA21_SICBL24_ICB24_CAL24_LAD24_EN_LU"),
        layer_key="LSOA21CD",
        mirror_path="services1.arcgis.com/rebuilt/LSOA21_SICBL24_ICB24_EN_LU.csv",
        unconfirmed=_LAYER_READ,
    ),
    Release(
        edition="2025-lsoa",
        layout=lsoa_layout(25),
        landing_page=LANDING_PAGE,
        address=_LAYER.format(layer="LSOA21_SICBL25_ICB25_CAL25_LAD25_EN_LU"),
        layer_key="LSOA21CD",
        mirror_path="services1.arcgis.com/rebuilt/LSOA21_SICBL25_ICB25_CAL25_LAD25_EN_LU.csv",
        unconfirmed=_LAYER_READ,
    ),
    Release(
        edition="2026-lsoa",
        layout=lsoa_layout(26),
        landing_page=f"{LANDING_PAGE}/datasets/bebf631bb1ac40cf9ec7dc060897ca99",
        address=_HUB.format(item="bebf631bb1ac40cf9ec7dc060897ca99"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="services1.arcgis.com/rebuilt/LSOA21_SICBL26_ICB26_NHSER26_LAD26.csv",
        published=date(2026, 4, 20),
        unconfirmed=f"{_HUB_SEEN}; the day of publication",
    ),
    Release(
        edition="2022-sub-icb",
        layout=sub_icb_layout(22),
        landing_page=LANDING_PAGE,
        address=_HUB.format(item="2bca16d4f8e4426d80137213fce90bbd"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="hub.arcgis.com/SICBL22_ICB22_NHSER22_EN_LU.csv",
        unconfirmed=f"that the address gives the file in hand, whose own address is not known; {_REDIRECT}",
    ),
    Release(
        edition="2023-sub-icb",
        layout=sub_icb_layout(23),
        landing_page=LANDING_PAGE,
        address=_HUB.format(item="be0adca7cbc94b82b058ab2d5925f42c"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="hub.arcgis.com/SICBL23_ICB23_NHSER23_EN_LU.csv",
        unconfirmed=_HUB_SEEN,
    ),
    Release(
        edition="2024-sub-icb",
        layout=sub_icb_layout(24),
        landing_page=LANDING_PAGE,
        address=_HUB.format(item="cdd2e45c39e14e9eb8280789560f83a9"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="hub.arcgis.com/SICBL24_ICB24_NHSER24_EN_LU.csv",
        unconfirmed=_HUB_SEEN,
    ),
    Release(
        edition="2026-sub-icb",
        layout=sub_icb_layout(26),
        landing_page=LANDING_PAGE,
        mirror_path="hub.arcgis.com/SICBL26_ICB26_NHSER26_EN_LU.csv",
        unconfirmed=_NO_ITEM,
    ),
    Release(
        edition="2011-2021-lsoa",
        layout=EXACT_LOOKUP,
        landing_page=f"{LANDING_PAGE}/datasets/cbfe64cc03d74af982c1afec639bafd1",
        address=_HUB.format(item="cbfe64cc03d74af982c1afec639bafd1"),
        allowed_hosts=(_HUB_FILES,),
        mirror_path="services1.arcgis.com/rebuilt/LSOA11_LSOA21_LAD22_EW_LU.csv",
        # 2026-11: public code that read it counts 35,796 pairs, 10 of them irregular; the copy in hand, of an earlier
        # version, has 35,795 and 9.
        unconfirmed=(
            "that the item is the exact lookup in its version 3, a few irregular pairs other than in the copy in hand; "
            f"its columns are listed by the portal in another order; {_REDIRECT}"
        ),
    ),
)

SOURCE = Source(
    name="ons_geography",
    title="ONS Open Geography lookups of health areas",
    publisher="Office for National Statistics",
    landing_page=LANDING_PAGE,
    attribution=(
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
        "Contains OS data © Crown copyright and database right."
    ),
    by_year=False,
    calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=4, last_known_edition="2026-lsoa"),
    layouts=LAYOUTS,
    releases=RELEASES,
    needs_a_line="The names of the columns hold the year of the boundaries: each lookup is a layout of its own.",
    parse=parse,
    schemas=SCHEMAS,
    disclosure="nothing is hidden or rounded",
)
