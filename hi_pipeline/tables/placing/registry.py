"""What each attribution does and needs: one entry each, beside the modules that do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.indicator import Attribution, Indicator
from hi_pipeline.tables.placing.authorities import place_authorities
from hi_pipeline.tables.placing.boardless import place_boardless
from hi_pipeline.tables.placing.census import place_census
from hi_pipeline.tables.placing.core20 import place_core20
from hi_pipeline.tables.placing.extracts import place_extracts
from hi_pipeline.tables.placing.lsoas import place_lsoas
from hi_pipeline.tables.placing.placed import Context, Placed
from hi_pipeline.tables.placing.practices import place_practices
from hi_pipeline.tables.placing.published import place_published

# What tells one area from another, and where an area that was parted went.
_AREAS = ("ons_geography", "gp_registrations")
_CENSUS_LOOKUPS = ("ons_geography", "census_ethnicity")
Place = Callable[[pl.DataFrame, Indicator, Context], Placed]


@dataclass(frozen=True, kw_only=True)
class Placing:
    """How figures of one level of area come to stand on a footprint.

    Attributes:
        place: figures by the publisher's areas in (see ``assemble.parts_of``), figures on the footprint out.
        words: what it does, for readers.
        sources: publications that it reads beside the indicator's own.
        linked: linked tables that it reads.
        observations: the indicator's own publication holds observations; else only ``linked`` tables are read.
        unassigned: share of England that may belong to no area that the publisher prints.
        on_indices: the figures themselves rest on the Indices of Deprivation, not only those by deprivation.
        recast: figures of boards, which come to another footprint by ``recast``; else they are placed there anew.
        sums: boards are sums of smaller areas; a figure that is taken as printed cannot be placed so.
        reporters: who sends the figures in, in the plural, where boards are summed from them; "" elsewhere.
        alone: a board stands by itself: boards are added up neither to regions nor to England.
        every_part_known: each part has a group of deprivation or an own row as unknown, so that no row means none.
    """

    place: Place
    words: str
    sources: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    observations: bool = True
    unassigned: float = 0.0
    on_indices: bool = False
    recast: bool = False
    sums: bool = True
    reporters: str = ""
    every_part_known: bool = False
    alone: bool = False


PLACINGS: Mapping[Attribution, Placing] = {
    Attribution.PUBLISHED: Placing(
        place=place_published,
        words="boards as published; else partnerships of the same area, or CCGs and sub-ICBs that make it up whole",
        sources=_AREAS,
        recast=True,
        sums=False,
        reporters="CCGs or sub-ICB locations",
    ),
    Attribution.SUB_ICB: Placing(
        place=place_published,
        words="summed from CCGs or sub-ICB locations where they make up the board whole",
        sources=_AREAS,
        recast=True,
        reporters="CCGs or sub-ICB locations",
    ),
    Attribution.PRACTICE: Placing(
        place=place_practices,
        words="summed from practices; deprivation is that of the practice's patients (ecological)",
        linked=("practice_areas", "practice_deprivation"),
        # 2026-11: people of no known practice are 2.3% of A&E attendances at ages 0 to 4 in 2021-22.
        unassigned=0.05,
        reporters="practices",
        every_part_known=True,
    ),
    Attribution.LOCAL_AUTHORITY: Placing(
        place=place_authorities,
        words="local authorities whole where they lie in one board, shared out by residents where they span boards",
        sources=_CENSUS_LOOKUPS,
    ),
    Attribution.LSOA: Placing(
        place=place_lsoas,
        words="summed from small areas (LSOAs), in total and by their fifth of deprivation",
        sources=(*_CENSUS_LOOKUPS, "iod2025"),
        every_part_known=True,
    ),
    Attribution.CORE20: Placing(
        place=place_core20,
        words="registered patients by the small area (LSOA) they live in and the board of their practice",
        linked=("core20_population",),
        observations=False,
        on_indices=True,
    ),
    Attribution.CENSUS: Placing(
        place=place_census,
        words="residents of Census 2021 by the small area (LSOA) they live in",
        sources=_CENSUS_LOOKUPS,
        observations=False,
    ),
    Attribution.ENGLAND: Placing(
        place=place_boardless(), words="England alone is published; boards have no figure", sums=False
    ),
    Attribution.REGION: Placing(
        place=place_boardless("region"),
        words="England and its regions alone are published; boards have no figure",
        sums=False,
    ),
    Attribution.PROVIDER: Placing(
        place=place_boardless("region", "provider"),
        words="providers are published; boards have no figure",
        sums=False,
    ),
    Attribution.AUTHORITY: Placing(
        place=place_boardless("local_authority", "upper_tier"),
        words="local authorities as printed; boards are not made of them",
        sums=False,
    ),
    Attribution.EXTRACT: Placing(
        place=place_extracts,
        words="boards' own extracts, each on the footprint that it was counted for",
        # For extracts that leave their denominators out.
        linked=("population",),
        alone=True,
    ),
}
