"""The English Indices of Deprivation: how many areas they rank and what a table of them must satisfy."""

import pandera.polars as pa
import polars as pl

# Areas ranked by each edition: LSOAs of the 2011 census in 2019, of the 2021 census in 2025.
RANKED_AREAS = {"2019": 32_844, "2025": 33_755}

# 2026-11: in 2019 26 pairs of LSOAs share a rank (and the next rank is left out); in 2025 no two do.
SHARING_A_RANK = {"2019": 2, "2025": 1}


def lsoa_imd_schema(*, vintage: str) -> pa.DataFrameSchema:
    """Return the schema of ``lsoa_imd``: rank and decile of each LSOA, both 1 = most deprived.

    The decile must follow from the rank, so the table may hold a part of England and is still checked.

    Args:
        vintage: "2019" or "2025".
    """
    areas = RANKED_AREAS[vintage]

    def decile_follows_rank(data: pa.PolarsData) -> pl.LazyFrame:
        tenth = (pl.col("imd_rank") * 10 / areas).ceil().cast(pl.Int32)
        return data.lazyframe.select(tenth == pl.col("imd_decile"))

    def few_share_a_rank(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.len().over("imd_rank") <= SHARING_A_RANK[vintage])

    return pa.DataFrameSchema(
        {
            "lsoa_code": pa.Column(pl.String, pa.Check.str_matches(r"^E01\d{6}$"), unique=True),
            "imd_rank": pa.Column(pl.Int32, pa.Check.in_range(1, areas)),
            "imd_decile": pa.Column(pl.Int32, pa.Check.in_range(1, 10)),
            "imd_score": pa.Column(pl.Float64, pa.Check.in_range(0, 100), nullable=True),
            "population": pa.Column(pl.Int64, pa.Check.ge(1), nullable=True),
        },
        checks=[
            pa.Check(decile_follows_rank, name="decile is the tenth of England that the rank falls into"),
            pa.Check(few_share_a_rank, name="no more areas share a rank than the publisher's ties"),
        ],
        strict=True,
        ordered=True,
    )
