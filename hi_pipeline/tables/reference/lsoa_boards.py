"""LSOAs of the 2021 census to the boards of a footprint."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import Vintage
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.heirs import AFTER, GEOGRAPHY, lsoa_locations
from hi_pipeline.tables.reference.heirs import BEFORE as LOCATIONS_OF_2022
from hi_pipeline.tables.reference.lsoa import LOOKUP, pieces

# Lookups of LSOAs of 2021, the one to prefer first. 2026-11: that of 2024 alone is in hand.
BEFORE = ("2024-lsoa", "2023-lsoa", "2025-lsoa")


def lsoa21_boards(reader: Reader, vintage: Vintage) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    """Return the board of every English LSOA of 2021 on a footprint.

    By the lookup of the footprint, else by the location that holds it now. That of July 2022 is of LSOAs of 2011: one
    of 2021 goes where most of its residents did (2026-11: four of Chichester moved to Sussex in April 2023 under codes
    of locations that stayed). An LSOA of a location that was parted goes
    where most of its residents do, by the LSOAs of 2011.

    Returns:
        lsoa_code (2021), icb_code; the ids of the releases; what is derived, "" where nothing is.

    Raises:
        NothingToBuild: no lookup of LSOAs of 2021 is in hand.
    """
    if vintage is Vintage.JULY_2022 and reader.holds(GEOGRAPHY, LOCATIONS_OF_2022) and reader.holds(GEOGRAPHY, LOOKUP):
        placed, releases, said = _heirs(reader, pieces(reader)["lsoa21_code"].unique(), vintage)
        return placed.select("lsoa_code", icb_code="heir"), tuple(sorted(releases)), said
    wanted = (AFTER, *BEFORE) if vintage is Vintage.APRIL_2026 else BEFORE
    edition = next((name for name in wanted if reader.holds(GEOGRAPHY, name)), None)
    if edition is None:
        raise NothingToBuild(f"LSOAs of 2021 to boards of {vintage}: none of the lookups {wanted} is in hand")
    lsoas = reader.clean(GEOGRAPHY, "lsoa_areas", edition).select("lsoa_code", "sub_icb_ons")
    there = footprint.holding_sub_icbs(vintage).select("sub_icb_ons", "icb_code")
    placed = lsoas.join(there, on="sub_icb_ons", how="left", validate="m:1").select("lsoa_code", "icb_code")
    releases, said = reader.releases(GEOGRAPHY, edition), ""
    parted = placed.filter(pl.col("icb_code").is_null())
    if parted.height:
        heirs, used, said = _heirs(reader, parted["lsoa_code"], vintage)
        placed = placed.join(heirs, on="lsoa_code", how="left", validate="1:1")
        placed = placed.select("lsoa_code", pl.coalesce("icb_code", "heir").alias("icb_code"))
        releases = tuple(sorted({*releases, *used}))
    return placed, releases, said


def _heirs(reader: Reader, lsoas: pl.Series, vintage: Vintage) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    """Return lsoa_code, heir (board) of LSOAs of 2021, by those of 2011 that most of their residents lived in."""
    located, releases, said = lsoa_locations(reader, vintage)
    most = (
        pieces(reader)
        .filter(pl.col("lsoa21_code").is_in(lsoas.implode()))
        .join(located.select("icb_code", lsoa11_code="lsoa_code"), on="lsoa11_code", how="left", validate="m:1")
        .group_by("lsoa21_code", "icb_code")
        .agg(added("residents"))
        .sort("lsoa21_code", "residents", "icb_code", descending=[False, True, False])
        .unique("lsoa21_code", keep="first", maintain_order=True)
    )
    used = (*releases, *reader.releases(GEOGRAPHY, LOOKUP))
    return most.select(lsoa_code="lsoa21_code", heir="icb_code"), used, said
