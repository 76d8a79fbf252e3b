"""Pockets of deprivation: deprived small areas that an average of their authority or board hides."""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.people_columns import POCKET_KEY, POCKETS, on_footprint
from hi_pipeline.tables.reference.similar_boards import MOST_DEPRIVED

# The rule is ours (2026-11): an area is of low average deprivation where it is among the two least deprived fifths.
LOW_FIFTHS = (4, 5)
LEAST_PEOPLE = 1_000
FIFTHS = 5
TOO_SMALL = f"LSOAs of tenths 1 and 2 with fewer than {LEAST_PEOPLE:,} residents, which are no pocket"


def build_pockets(reader: Reader, financial_year: str) -> Built:
    """Build the pockets of each footprint, ranked within their board from the most deprived on.

    A pocket is an LSOA of the national tenths 1 and 2 with at least 1,000 residents (Census 2021) whose authority is in
    the two least deprived fifths of England's authorities, or whose board is in those of the footprint's boards. An
    area's average is the mean national rank of its LSOAs, weighted by residents; fifths of it by OHID's rule.

    Raises:
        NothingToBuild: the small areas are not built, or none of them is a pocket.
    """
    areas = reader.linked("small_areas", financial_year)
    deprived = areas.filter(pl.col("imd_decile").is_in(MOST_DEPRIVED))
    frame = pl.concat([pockets_on(areas, vintage) for vintage in Vintage])
    if frame.is_empty():
        raise NothingToBuild(f"pockets {financial_year}: no small area is a pocket of deprivation")
    return Built(
        frame=frame.sort(*POCKET_KEY[:2], "place"),
        releases=reader.releases("small_areas", financial_year),
        counted={TOO_SMALL: deprived.filter(pl.col("residents") < LEAST_PEOPLE).height},
    )


def pockets_on(areas: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Return the pockets of one footprint in the POCKETS contract; empty where there are none.

    Args:
        areas: all small areas, in the SMALL_AREAS contract.
        vintage: the footprint.
    """
    board = on_footprint("icb_code", vintage)
    rows = areas.with_columns(pl.lit(vintage.value).alias("geography_vintage"), pl.col(board).alias("icb_code"))
    for name, code in (("authority", "authority_code"), ("icb", "icb_code")):
        rows = rows.join(_averages(rows, code, name), on=code, how="left", validate="m:1")
    in_authority, in_board = (pl.col(f"{name}_fifth").is_in(LOW_FIFTHS) for name in ("authority", "icb"))
    found = rows.filter(
        pl.col("imd_decile").is_in(MOST_DEPRIVED) & (pl.col("residents") >= LEAST_PEOPLE) & (in_authority | in_board)
    ).sort("icb_code", "imd_rank", "lsoa_code")
    words = pl.when(in_authority & in_board).then(pl.lit("both")).when(in_board).then(pl.lit("board"))
    return found.with_columns(
        place=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("icb_code"),
        lies_in=words.otherwise(pl.lit("authority")),
    ).select(list(POCKETS))


def _averages(areas: pl.DataFrame, code: str, name: str) -> pl.DataFrame:
    """Return each area's mean rank, weighted by residents, and its fifth by it; without enough areas no fifth."""
    # Imported here, so that commands that only read need no numpy.
    from hi_pipeline.stats.quantiles import quantile

    residents = pl.col("residents").cast(pl.Float64)
    means = (
        areas.sort(code, "lsoa_code")
        .group_by(code, maintain_order=True)
        .agg(((pl.col("imd_rank") * residents).sum() / residents.sum()).alias(f"{name}_average_rank"))
    )
    fifths = quantile(means, value=f"{name}_average_rank", k=FIFTHS, invert=False)["quantile"]
    return means.with_columns(fifths.alias(f"{name}_fifth"))
