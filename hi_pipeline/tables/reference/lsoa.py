"""LSOAs of 2011 and 2021: how the people of one are shared among the others, by Census 2021 residents.

The exact lookup is used, not the best fit: the best fit leaves about 1,000 LSOAs of 2021 unreachable.
"""

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.validation import join_exactly

LOOKUP = "2011-2021-lsoa"


def pieces(reader: Reader) -> pl.DataFrame:
    """Return every piece of the exact lookup with its shares.

    Returns:
        lsoa11_code, lsoa21_code, share_of_11 (of the people of the LSOA of 2011, those in this LSOA of 2021; by
        residents), share_of_21 (the reverse; merged LSOAs of 2011 in equal parts, as Census 2021 does not tell
        them apart), residents (of the piece).

    Raises:
        NothingToBuild: the lookup or the residents are not in hand.
        LinkageError: an English LSOA of 2021 without residents.
    """
    if not reader.holds("ons_geography", LOOKUP) or not reader.parts("census_ethnicity"):
        raise NothingToBuild("LSOA pieces: the exact lookup 2011-2021 or the Census 2021 residents are not in hand")
    lookup = reader.clean("ons_geography", "lsoa_2011_2021", LOOKUP).filter(
        pl.col("lsoa11_code").str.starts_with("E") & pl.col("lsoa21_code").str.starts_with("E")
    )
    census = reader.clean("census_ethnicity", "residents", reader.parts("census_ethnicity")[-1])
    joined = join_exactly(
        lookup,
        census.select("lsoa21_code", pl.col("total").cast(pl.Float64).alias("residents_21")),
        on=["lsoa21_code"],
        cardinality="m:1",
        where="exact LSOA lookup to Census 2021 residents",
        unmatched_ok=True,
    )
    # A lookup of England meets a census of part of it only in the sample; a piece without residents weighs nothing.
    joined = joined.with_columns(pl.col("residents_21").fill_null(0.0))
    share_of_21 = 1.0 / pl.len().over("lsoa21_code")
    of_11 = pl.col("residents_21").sum().over("lsoa11_code")
    equal = 1.0 / pl.len().over("lsoa11_code")
    return joined.select(
        "lsoa11_code",
        "lsoa21_code",
        share_of_11=pl.when(of_11 > 0).then(pl.col("residents_21") / of_11).otherwise(equal),
        share_of_21=share_of_21,
        residents=pl.col("residents_21") * share_of_21,
    ).sort("lsoa11_code", "lsoa21_code")
