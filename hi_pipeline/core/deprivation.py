"""The English Indices of Deprivation: how many areas they rank and what a table of them must satisfy."""

import polars as pl

from hi_pipeline.core.schema import Column, Rule, Schema

# Areas ranked by each edition: LSOAs of the 2011 census in 2019, of the 2021 census in 2025.
RANKED_AREAS = {"2019": 32_844, "2025": 33_755}

# 2026-11: in 2019 26 pairs of LSOAs share a rank (and the next rank is left out); in 2025 no two do.
SHARING_A_RANK = {"2019": 2, "2025": 1}


def lsoa_imd_schema(*, vintage: str) -> Schema:
    """Return the schema of ``lsoa_imd``: rank and decile of each LSOA, both 1 = most deprived.

    The decile must follow from the rank, so the table may hold a part of England and is still checked.

    Args:
        vintage: "2019" or "2025".
    """
    areas = RANKED_AREAS[vintage]
    tenth = (pl.col("imd_rank") * 10 / areas).ceil().cast(pl.Int32)
    few = pl.len().over("imd_rank") <= SHARING_A_RANK[vintage]
    return Schema(
        columns={
            "lsoa_code": Column(dtype=pl.String, pattern=r"^E01\d{6}$", unique=True),
            "imd_rank": Column(dtype=pl.Int32, least=1, most=areas),
            "imd_decile": Column(dtype=pl.Int32, least=1, most=10),
            "imd_score": Column(dtype=pl.Float64, least=0, most=100, nullable=True),
            "population": Column(dtype=pl.Int64, least=1, nullable=True),
        },
        rules=(
            Rule(name="decile is the tenth of England that the rank falls into", holds=tenth == pl.col("imd_decile")),
            Rule(name="no more areas share a rank than the publisher's ties", holds=few),
        ),
    )
