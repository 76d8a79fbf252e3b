"""The rest: the other groups of a breakdown together, which share nobody with a group."""

import polars as pl

from hi_pipeline.core.groups import Dimension, age_bounds

_BY = [
    "indicator_id",
    "financial_year",
    "geography_vintage",
    "area_type",
    "icb_code",
    "icb_name",
    "dimension",
    "detail",
]


def with_rest(rows: pl.DataFrame) -> pl.DataFrame:
    """Add to each group the figures of the rest in both years, each with its 95% limits.

    The rest is the groups of the same area, breakdown and detail (broad ethnic groups beside broad ones, fifths beside
    fifths) with a figure and limits in both years; a group that is hidden in one of them is in no rest, nor is an age
    band that shares years of age with another. A share or rate of the rest is the
    mean of its groups weighted by their denominators, v = sum w v; its error follows from the groups' own limits,
    h^2 = sum (w h)^2 with h half their distance, so that rounding and differences between practices enter it; so too of
    standardised rates. Counts are added up. Limits stand on the log scale, v exp(-+ h / v).

    Args:
        rows: pairs of years: ``row``, start_ and end_ value, lower and upper, denominators, ``is_count``.

    Returns:
        The rows with ``reference_`` before each of these names; null where no other group is left.
    """
    named = _with_overlap(rows).with_columns(
        detail=pl.col("category").str.contains(": ", literal=True) | pl.col("category").str.starts_with("Decile")
    )
    # A count weighs by itself; a figure without a denominator can be in no mean.
    found = named.with_columns(
        pl.when("is_count").then(1.0).otherwise(pl.col(denominator)).alias(f"{year}_weight")
        for year, denominator in (("start", "start_denominator"), ("end", "denominator"))
    ).with_columns(there=~pl.col("overlaps") & pl.all_horizontal(pl.col("start_weight", "end_weight").is_not_null()))
    for year in ("start", "end"):
        found = _with_year(found, year)
    return found.drop("detail", "start_weight", "end_weight", "there", "overlaps")


def _with_overlap(rows: pl.DataFrame) -> pl.DataFrame:
    """Add overlaps: an age band that shares years of age with another of its indicator and year."""
    on = ["indicator_id", "financial_year", "dimension"]
    ages = rows.filter(dimension=Dimension.AGE.value).select(*on, "category").unique()
    found = []
    for place, part in ages.partition_by(on, as_dict=True).items():
        bands = {band: age_bounds(band) for band in part["category"]}
        found += [
            (*place, one)
            for one, (first, last) in bands.items()
            if any(first <= end and start <= last for other, (start, end) in bands.items() if other != one)
        ]
    names = [*on, "category"]
    shared = pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(overlaps=True)
    joined = rows.join(shared, on=names, how="left", validate="m:1")
    return joined.with_columns(pl.col("overlaps").fill_null(False))


def _with_year(rows: pl.DataFrame, year: str) -> pl.DataFrame:
    """Add the rest of one year: sums over the area less the group's own."""
    weight, value = pl.col(f"{year}_weight"), pl.col(f"{year}_value")
    half = (pl.col(f"{year}_upper") - pl.col(f"{year}_lower")) / 2
    sums = {"weight": weight, "sum": weight * value, "square": (weight * half) ** 2, "groups": pl.lit(1.0)}
    held = rows.with_columns(pl.when("there").then(part).otherwise(0.0).alias(name) for name, part in sums.items())
    rest = {name: pl.col(name).sum().over(_BY) - pl.col(name) for name in sums}
    held = held.with_columns(expression.alias(f"rest_{name}") for name, expression in rest.items())
    # A count has no denominator to divide by.
    size = pl.when("is_count").then(1.0).otherwise("rest_weight")
    mean = pl.col("rest_sum") / size
    reach = (pl.col("rest_square").clip(0.0).sqrt() / pl.col("rest_sum")).exp()
    some = pl.col("there") & (pl.col("rest_groups") > 0.5) & (size > 0) & (pl.col("rest_sum") > 0)
    return held.with_columns(
        pl.when(some).then(mean).alias(f"reference_{year}_value"),
        pl.when(some).then(mean / reach).alias(f"reference_{year}_lower"),
        pl.when(some).then(mean * reach).alias(f"reference_{year}_upper"),
    ).drop(*sums, *(f"rest_{name}" for name in sums))
