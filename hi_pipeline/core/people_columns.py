"""Contracts of the published tables about people and where they live: small areas, pockets, similar boards, residents.

They hold context, not figures of indicators: no limits, no status. What nobody knows is null.
"""

import polars as pl

from hi_pipeline.core.geography import Vintage


def on_footprint(name: str, vintage: Vintage) -> str:
    """Return the name of a column that holds something on one footprint: "icb_code_2023_04"."""
    return f"{name}_{vintage.value.replace('-', '_')}"


# Small areas (LSOAs of the 2021 census), one a row, with their board and fifth within it on each footprint.
ETHNIC_GROUPS = ("asian", "black", "mixed", "white", "other")
SMALL_AREAS: dict[str, pl.DataType | type[pl.DataType]] = {
    "lsoa_code": pl.String,
    "lsoa_name": pl.String,
    "authority_code": pl.String,
    "authority_name": pl.String,
    **{on_footprint("icb_code", vintage): pl.String for vintage in Vintage},
    "imd_vintage": pl.String,
    "imd_rank": pl.Int64,
    "imd_decile": pl.Int64,
    "national_fifth": pl.Int64,
    **{on_footprint("local_fifth", vintage): pl.Int64 for vintage in Vintage},
    "patients": pl.Float64,
    "residents": pl.Int64,
    **{f"residents_{group}": pl.Int64 for group in ETHNIC_GROUPS},
    "residents_white_british": pl.Int64,
    "households": pl.Float64,
    "fuel_poor": pl.Float64,
    "fuel_poor_pct": pl.Float64,
    "source_releases": pl.String,
}
SMALL_AREA_KEY = ("lsoa_code",)

# Deprived small areas within authorities or boards that are not deprived on average.
POCKETS: dict[str, pl.DataType | type[pl.DataType]] = {
    "geography_vintage": pl.String,
    "icb_code": pl.String,
    "place": pl.Int32,
    "lsoa_code": pl.String,
    "lsoa_name": pl.String,
    "authority_code": pl.String,
    "authority_name": pl.String,
    "imd_vintage": pl.String,
    "imd_rank": pl.Int64,
    "imd_decile": pl.Int64,
    "patients": pl.Float64,
    "residents": pl.Int64,
    "authority_average_rank": pl.Float64,
    "authority_fifth": pl.Int64,
    "icb_average_rank": pl.Float64,
    "icb_fifth": pl.Int64,
    "lies_in": pl.String,
    "source_releases": pl.String,
}
POCKET_KEY = ("geography_vintage", "icb_code", "lsoa_code")

# The boards most like each board of a footprint, with the shares of residents that decide it.
SIMILAR_BOARDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "geography_vintage": pl.String,
    "icb_code": pl.String,
    "icb_name": pl.String,
    "place": pl.Int32,
    "similar_code": pl.String,
    "similar_name": pl.String,
    "distance": pl.Float64,
    "deprived_share": pl.Float64,
    "ethnic_minority_share": pl.Float64,
    "aged_65_share": pl.Float64,
    "source_releases": pl.String,
}
SIMILAR_BOARD_KEY = ("geography_vintage", "icb_code", "place")

# Residents of boards by age and sex, as the figures of each year divide by them.
POPULATION: dict[str, pl.DataType | type[pl.DataType]] = {
    "financial_year": pl.String,
    "geography_vintage": pl.String,
    "icb_code": pl.String,
    "mid_year": pl.Int32,
    "sex": pl.String,
    "age_from": pl.Int32,
    "age_band": pl.String,
    "residents": pl.Int64,
    "source_releases": pl.String,
}
POPULATION_KEY = ("financial_year", "geography_vintage", "icb_code", "sex", "age_from")

# What each column means; those that other tables have too are in core/columns.py.
PEOPLE_MEANINGS: dict[str, str] = {
    "lsoa_code": "ONS code of the small area (lower layer super output area of the 2021 census)",
    "lsoa_name": "name of the small area, as ONS gives it",
    "authority_code": "ONS code of its local authority (lower tier, as of 2022)",
    "authority_name": "name of that authority, as it stands in the names of its small areas",
    **{
        on_footprint("icb_code", vintage): f"ONS code of its board on the footprint of {vintage.value}"
        for vintage in Vintage
    },
    **{
        on_footprint("local_fifth", vintage): (
            f"fifth of the small areas of its board by national rank of deprivation, footprint of {vintage.value}; "
            "1 is the most deprived"
        )
        for vintage in Vintage
    },
    "imd_rank": "national rank of deprivation; 1 is the most deprived",
    "imd_decile": "national tenth of deprivation; 1 is the most deprived",
    "national_fifth": "national fifth of deprivation; 1 is the most deprived",
    "patients": (
        "people on GP lists of England who live there, by the newest list of patients by small area; fractions where "
        "the list is by areas of the 2011 census"
    ),
    **{f"residents_{group}": f"of the residents, those of the broad ethnic group {group}" for group in ETHNIC_GROUPS},
    "residents_white_british": "of the residents, those who are White British",
    "households": "households, by the publication on fuel poverty; empty where it has none",
    "fuel_poor": "of them, those in fuel poverty; estimate of a model",
    "fuel_poor_pct": "the same in percent",
    "place": "rank among the pockets of the board, 1 the most deprived; among similar boards, 1 the most similar",
    "similar_code": "ONS code of the similar board",
    "similar_name": "its name",
    "distance": "root of the sum of squared differences of the three shares, each over its standard deviation",
    "deprived_share": "share of the board's residents in small areas of the two most deprived national tenths",
    "ethnic_minority_share": "share of the board's residents who are not White British (Census 2021)",
    "aged_65_share": "share of the board's residents aged 65 and over",
    "authority_average_rank": "mean national rank of the authority's small areas, weighted by residents",
    "authority_fifth": "fifth of England's authorities by that mean; 5 is the least deprived",
    "icb_average_rank": "mean national rank of the board's small areas, weighted by residents",
    "icb_fifth": "fifth of the footprint's boards by that mean; 5 is the least deprived",
    "lies_in": "what of low average deprivation it lies in: authority, board, or both",
    "mid_year": "the mid-year of the estimate, the nearest in hand to the financial year",
    "sex": "sex of the residents",
    "age_from": "first year of age of the band",
    "age_band": "band of five years of age",
}
