"""CCGs and partnerships of a year by ONS code, and the sub-ICB locations that CCGs are, or became part of, whole.

The ODS code of a CCG names another area in some years (2026-11: 15E, D2P2L, 15M, 01Y, 06H and 78H from July 2022 on),
so a CCG is a sub-ICB location only where the ONS code is the same. A CCG that was abolished went whole into a location
where all its LSOAs of April 2019 lie in it (ONS lookups LSOA11_CCG19_LAD19 and LSOA11_SICBL22_ICB22_LAD22).
"""

from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import Vintage
from hi_pipeline.tables.reference import footprint

GEOGRAPHY, LISTS = "ons_geography", "gp_registrations"
# The lookup that has the CCGs of a financial year. None of April 2018 is in hand.
CCG_EDITIONS = {"2019-20": "2019-ccg", "2020-21": "2020-ccg", "2021-22": "2021-ccg"}
LAST_CCG_YEAR = "2021-22"
LSOA_OF_CCGS, LSOA_OF_LOCATIONS = "2019-ccg", "2022-lsoa"
# The practice map that gives the ONS codes of the partnerships of April 2020; those of April 2021 are in the lookup.
PARTNERSHIP_MAPS = {"2020-21": "2020-09-map"}


@dataclass(frozen=True, kw_only=True)
class Locations:
    """The areas that the file of a year names by ODS code.

    Attributes:
        frame: area_code (ODS), area_ons, here_ons (the location of the footprint that it is, or is part of, whole;
            null where there is none), icb_code (of that location).
        word: what the areas are called, in the plural.
        releases: ids of the lookups.
    """

    frame: pl.DataFrame
    word: str
    releases: tuple[str, ...] = ()


def locations_of(reader: Reader, financial_year: str, vintage: Vintage, own: Vintage) -> Locations:
    """Return the CCGs of a year to 2021-22, else its sub-ICB locations, and what they are on a footprint.

    Args:
        reader: gives the lookups.
        financial_year: the year whose codes are meant.
        vintage: the footprint that is wanted.
        own: the footprint of the year.

    Raises:
        NothingToBuild: no lookup has the CCGs of the year.
    """
    same = footprint.same_sub_icbs(vintage)
    if financial_year > LAST_CCG_YEAR:
        codes = footprint.sub_icbs(own).select(area_code="sub_icb_ods", area_ons="sub_icb_ons")
        named = codes.join(same, left_on="area_ons", right_on="sub_icb_ons", how="left", validate="1:1")
        return Locations(frame=named.sort("area_code"), word="sub-ICB locations")
    ccgs = _ccgs(reader, financial_year)
    became, releases = _became(reader, ccgs["area_ons"])
    led = pl.concat([same, became.join(same, on="sub_icb_ons", validate="m:1").select(
        "here_ons", "icb_code", sub_icb_ons="ccg_ons"
    ).select(same.columns)])  # fmt: skip
    named = ccgs.join(led, left_on="area_ons", right_on="sub_icb_ons", how="left", validate="1:1")
    used = reader.releases(GEOGRAPHY, CCG_EDITIONS[financial_year])
    return Locations(frame=named.sort("area_code"), word="CCGs", releases=(*used, *releases))


def _ccgs(reader: Reader, financial_year: str) -> pl.DataFrame:
    edition = CCG_EDITIONS.get(financial_year, "")
    if not reader.holds(GEOGRAPHY, edition):
        raise NothingToBuild(f"no ONS lookup of the CCGs of {financial_year} is in hand")
    return reader.clean(GEOGRAPHY, "ccg_areas", edition).select(area_code="ccg_ods", area_ons="ccg_ons")


def _became(reader: Reader, ccgs: pl.Series) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return ccg_ons, sub_icb_ons (July 2022) of the CCGs that went whole into a location which they fill together.

    Args:
        reader: gives the lookups; without them no CCG has a successor.
        ccgs: the ONS codes that the year has: a CCG of April 2019 that is not among them fills nothing.
    """
    empty = pl.DataFrame(schema={"ccg_ons": pl.String, "sub_icb_ons": pl.String})
    if not all(reader.holds(GEOGRAPHY, edition) for edition in (LSOA_OF_CCGS, LSOA_OF_LOCATIONS)):
        return empty, ()
    before = reader.clean(GEOGRAPHY, "lsoa_ccgs", LSOA_OF_CCGS).select("lsoa_code", "ccg_ons")
    after = reader.clean(GEOGRAPHY, "lsoa_areas", LSOA_OF_LOCATIONS).select("lsoa_code", "sub_icb_ons")
    both = before.join(after, on="lsoa_code", how="full", coalesce=True, validate="1:1")
    whole = pl.col("sub_icb_ons").null_count().over("ccg_ons") == 0
    inside = (pl.col("sub_icb_ons").n_unique().over("ccg_ons") == 1) & whole & pl.col("ccg_ons").is_in(ccgs.implode())
    filled = both.with_columns(inside=inside.fill_null(False)).filter(pl.col("inside").all().over("sub_icb_ons"))
    pairs = filled.select("ccg_ons", "sub_icb_ons").unique().filter(pl.col("ccg_ons") != pl.col("sub_icb_ons"))
    releases = (*reader.releases(GEOGRAPHY, LSOA_OF_CCGS), *reader.releases(GEOGRAPHY, LSOA_OF_LOCATIONS))
    return pairs.sort("ccg_ons"), releases


def partnerships_of(reader: Reader, financial_year: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return stp_ods, stp_ons of the partnerships of a year, and the ids of what gives both codes; else no rows."""
    edition, practice_map = CCG_EDITIONS.get(financial_year, ""), PARTNERSHIP_MAPS.get(financial_year, "")
    if reader.holds(LISTS, practice_map):
        practices = reader.clean(LISTS, "practices", practice_map)
        found = practices.select(stp_ods="icb_ods", stp_ons="icb_ons")
        used = reader.releases(LISTS, practice_map)
    elif reader.holds(GEOGRAPHY, edition):
        found = reader.clean(GEOGRAPHY, "ccg_areas", edition).select("stp_ods", "stp_ons").drop_nulls()
        used = reader.releases(GEOGRAPHY, edition)
    else:
        return pl.DataFrame(schema={"stp_ods": pl.String, "stp_ons": pl.String}), ()
    return found.unique().sort("stp_ods"), used
