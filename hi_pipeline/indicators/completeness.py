"""Completeness: of the records of each publication, the share whose group is not known, as a figure of its own."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.beside import COMPLETENESS, COMPLETENESS_KEY, NOT_SAID
from hi_pipeline.core.groups import NO_GROUPS, Dimension
from hi_pipeline.core.indicator import Attribution, DenominatorFrom, Indicator, Kind
from hi_pipeline.core.status import AreaType, Measure, Status
from hi_pipeline.indicators.over_time.years import footprint, with_collection

HIDDEN = "the count of the unknown, or of all records, is hidden; its bounds are given"
UNBOUNDED = "the count of the unknown, or of all records, is hidden, and nothing bounds it"
_NOT_PUBLISHED = r"(not published: [^;]*)"
YEARS_BEFORE = (1, 2, 3)
_PLACE = ["indicator_id", "financial_year", "geography_vintage", "area_type", "icb_code", "icb_name"]
_DIMENSIONS = [d.value for d in (Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION)]
_LEFT_OUT = [AreaType.REMAINDER.value, AreaType.BOARDS.value]
_ENDS = ("", "_low", "_high")


def completeness(results: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return the share of unknown records of every publication, area, year and breakdown.

    Records are what the publication counts by group: denominators where the records are counted there (courses,
    pathways), numerators where the denominator is residents or there is none (detentions). All records are those of the
    total where the same publication prints it, else the sum of the groups and the unknown. Where indicators of one
    publication differ, the one with the most years speaks for it, the first of the catalogue where they tie. Boards'
    own extracts are counted apart, and each speaks for itself.

    Args:
        results: all figures, in the results contract.
        indicators: declarations by id.

    Returns:
        Rows in the COMPLETENESS contract, sorted by key, with England's share and those of three years before.
    """
    values = results.filter(
        (pl.col("measure") == Measure.VALUE.value)
        & ~pl.col("area_type").is_in(_LEFT_OUT)
        & pl.col("indicator_id").is_in(list(indicators))
    )
    by_events = [i.id for i in indicators.values() if _counts_events(i)]
    counted = with_collection(values, indicators).with_columns(
        pl.when(pl.col("indicator_id").is_in(by_events))
        .then(f"numerator{end}")
        .otherwise(f"denominator{end}")
        .alias(f"records{end}")
        for end in _ENDS
    )
    groups = counted.filter(pl.col("dimension").is_in(_DIMENSIONS))
    shares = _shares(_speaking(groups, indicators), counted.filter(dimension=Dimension.TOTAL.value))
    beside = _with_england(_with_years_before(shares.with_columns(footprint=footprint())))
    ordered = beside.rename({"collection": "source"}).select(pl.col(name).cast(k) for name, k in COMPLETENESS.items())
    return ordered.sort(COMPLETENESS_KEY, nulls_last=True)


def _counts_events(indicator: Indicator) -> bool:
    """Tell whether an indicator's records are its events, as its denominator is people or there is none.

    Of a board's own extract the events are counted, as its shares of unknown groups are theirs.
    """
    people = indicator.kind in (Kind.RATE, Kind.DSR) or indicator.controlled
    if people or indicator.denominator_from is not DenominatorFrom.SOURCE:
        return True
    return any(name.startswith("population") for origin in indicator.by_origin for name in origin.denominator)


def _speaking(groups: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Keep of each publication and breakdown the indicator with the most years, the first declared where they tie."""
    alone = [i.id for i in indicators.values() if i.attribution is Attribution.EXTRACT]
    named = pl.when(pl.col("indicator_id").is_in(alone)).then("indicator_id").otherwise("collection")
    years = groups.group_by("collection", "dimension", "indicator_id").agg(years=pl.col("financial_year").n_unique())
    places = {name: place for place, name in enumerate(indicators)}
    ranked = years.with_columns(
        publication=named, place=pl.col("indicator_id").replace_strict(places, return_dtype=pl.Int64)
    ).sort(["dimension", "years", "place"], descending=[False, True, False])
    first = ranked.unique(["publication", "collection", "dimension"], keep="first", maintain_order=True)
    return groups.join(first, on=["collection", "dimension", "indicator_id"], how="semi")


def _shares(groups: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    unknown = pl.col("category").is_in(NO_GROUPS)
    # Broad ethnic groups hold the detailed ones: one level is added up, the detailed one where it is there.
    detailed = pl.col("category").str.contains(": ", literal=True)
    level = ~unknown & (detailed | ~detailed.any().over(*_PLACE, "dimension"))
    sums = {f"{what}{end}": _sum(f"records{end}", which) for what, which in _parts(unknown, level) for end in _ENDS}
    found = groups.group_by(*_PLACE, "dimension", "collection", maintain_order=True).agg(
        **sums,
        told=unknown.any(),
        # Why no count was made of the unknown, where the note of a row without even bounds says so.
        unmade=pl.col("note").filter(unknown & pl.col("records_high").is_null()).first().str.extract(_NOT_PUBLISHED),
        said=pl.col("unknown_share").drop_nulls().first(),
        synthetic=pl.col("synthetic").first(),
    )
    own = totals.select(*_PLACE, "collection", *(pl.col(f"records{end}").alias(f"total{end}") for end in _ENDS))
    both = found.join(own, on=[*_PLACE, "collection"], how="left", nulls_equal=True, validate="m:1")
    both = both.with_columns(
        pl.coalesce(f"total{end}", pl.col(f"known{end}") + pl.col(f"unknown{end}")).alias(f"all{end}") for end in _ENDS
    )
    share = pl.coalesce("said", _over("unknown", "all"))
    shares = both.with_columns(
        unknown_share=share,
        unknown_share_low=pl.coalesce(_over("unknown_low", "all_high"), share),
        unknown_share_high=pl.coalesce(_over("unknown_high", "all_low"), share),
        unknown_records=pl.when("told").then("unknown"),
        all_records="all",
    )
    there = pl.col("unknown_share").is_not_null()
    bounded = pl.col("told") & pl.col("unknown_share_high").is_not_null()
    return shares.with_columns(
        status=pl.when(there)
        .then(pl.lit(Status.OK.value))
        .when(bounded)
        .then(pl.lit(Status.SUPPRESSED.value))
        .otherwise(pl.lit(Status.NOT_PUBLISHED.value)),
        note=pl.when(there)
        .then(pl.lit(""))
        .when(bounded)
        .then(pl.lit(HIDDEN))
        .when("told")
        .then(pl.coalesce("unmade", pl.lit(UNBOUNDED)))
        .otherwise(pl.lit(NOT_SAID)),
    )


def _parts(unknown: pl.Expr, level: pl.Expr) -> tuple[tuple[str, pl.Expr], ...]:
    return ("unknown", unknown), ("known", level)


def _sum(name: str, which: pl.Expr) -> pl.Expr:
    """Sum the rows of a kind; null where there is none of it, or one is hidden."""
    chosen = pl.col(name).filter(which)
    return pl.when((chosen.len() > 0) & (chosen.null_count() == 0)).then(added(chosen))


def _over(part: str, whole: str) -> pl.Expr:
    # A rounded part can exceed its rounded whole.
    return pl.when(pl.col(whole) > 0).then((pl.col(part) / pl.col(whole)).clip(0.0, 1.0))


def _with_england(shares: pl.DataFrame) -> pl.DataFrame:
    on = ["collection", "indicator_id", "financial_year", "geography_vintage", "dimension"]
    england = shares.filter(area_type=AreaType.ENGLAND.value).select(*on, england_share="unknown_share")
    return shares.join(england, on=on, how="left", validate="m:1")


def _with_years_before(shares: pl.DataFrame) -> pl.DataFrame:
    """Add the shares of the same area in the three financial years before."""
    on = ["collection", "indicator_id", "footprint", "area_type", "icb_code", "dimension"]
    first = pl.col("financial_year").str.slice(0, 4).cast(pl.Int32)
    rows = shares.with_columns(first=first)
    for years in YEARS_BEFORE:
        name = f"share_{years}_year{'s' if years > 1 else ''}_before"
        earlier = rows.select(*on, pl.col("unknown_share").alias(name), first=pl.col("first") + years)
        rows = rows.join(earlier, on=[*on, "first"], how="left", nulls_equal=True, validate="1:1")
    return rows.drop("first")
