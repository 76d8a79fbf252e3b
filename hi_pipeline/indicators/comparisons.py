"""Boards' figures beside three more comparators: England, the region, and the most similar boards.

What a board counts in its own extract has no England of its own: it stands beside the published England of the same
definition, where there is one, and beside the other boards that have given the same extract here.
"""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.columns import COMPARISONS, RESULT_KEY
from hi_pipeline.core.indicator import Attribution, Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Comparison, Measure, Status
from hi_pipeline.core.views import by_indicator
from hi_pipeline.core.whole import is_partial
from hi_pipeline.indicators.compare import ENGLAND, NOT_COMPARED, ON, PARTIAL_COMPARATOR, verdict

REGION, SIMILAR = "region", "most similar boards"
OTHERS = "other boards with an extract here"
# Fewer would hand one board's figure to another.
FEWEST_OTHERS = 3
LIKE = "England in {}"
TOO_FEW_OTHERS = f"not_computed: fewer than {FEWEST_OTHERS} other boards have such a figure here"
NO_LIST = "not_computed: an input of the board's list of similar boards is not in hand"
NOT_ALL = "not_computed: not all of the similar boards have a figure"
NO_FIGURE = "not_computed: the comparator has no such figure"


def comparisons(
    results: pl.DataFrame, similar: pl.DataFrame | None, indicators: Mapping[str, Indicator]
) -> pl.DataFrame:
    """Compare every board's figure that has a comparison with further comparators.

    Where the results give no word for another reason than that they have no comparator, no word is given here either;
    nor where the further comparator, or one of the similar boards, lacks more than a tenth of its reporters or people.
    Similar boards are taken together: their figures weighted by their denominators, value by value; measures between
    groups are not compared with them.

    Figures of boards' own extracts have a fourth comparator: the median of the figures, as they are shown, of the other
    boards that have one, where these are three or more.

    Args:
        results: all figures, in the results contract.
        similar: the linked table ``similar_boards``; None where it is not built.
        indicators: declarations by id.

    Returns:
        Rows in the COMPARISONS contract, sorted by key and comparator.
    """
    compared = (
        (pl.col("area_type") == AreaType.ICB.value)
        & ~pl.col("measure").is_in(NOT_COMPARED)
        & pl.col("status").is_in([Status.OK.value, Status.SUPPRESSED.value])
    )
    on = ["indicator_id", *ON]
    ok = results.filter(status=Status.OK.value)
    england = _england(
        ok.filter(area_type=AreaType.ENGLAND.value).select(*on, found="value", lacking=is_partial()), indicators
    )
    region = ok.filter(area_type=AreaType.REGION.value).select(*on, "region_code", found="value", lacking=is_partial())
    # One indicator at a time: all rows with all their columns three times over would be a gigabyte.
    englands, regions = by_indicator(england), by_indicator(region)
    parts = [
        _of_indicator(
            own.filter(compared),
            englands.get(name, england.clear()),
            regions.get(name, region.clear()),
            similar,
            indicators[name],
        )
        for name, own in by_indicator(results).items()
    ]
    empty = pl.DataFrame(schema=dict(COMPARISONS))
    return pl.concat([empty, *parts]).sort(*RESULT_KEY, "comparator", nulls_last=True)


def _of_indicator(
    boards: pl.DataFrame,
    england: pl.DataFrame,
    region: pl.DataFrame,
    similar: pl.DataFrame | None,
    indicator: Indicator,
) -> pl.DataFrame:
    on = ["indicator_id", *ON]
    short = pl.when("lacking").then(pl.lit(PARTIAL_COMPARATOR))
    reason = pl.when(pl.col("found").is_null()).then(pl.lit(NO_FIGURE)).otherwise(short).fill_null("")
    with_region = boards.join(region, on=[*on, "region_code"], how="left", validate="m:1")
    values = boards.filter(measure=Measure.VALUE.value)
    frames = [
        boards.join(england, on=on, how="left", validate="m:1").with_columns(
            beside=pl.lit(ENGLAND), why=join_notes("said", reason)
        ),
        with_region.with_columns(beside=pl.lit(REGION), why=reason),
        _beside_similar(values, similar),
    ]
    if indicator.attribution is Attribution.EXTRACT:
        frames.append(_beside_others(values))
    every = pl.concat([frame.select(*boards.columns, "found", "lacking", "beside", "why") for frame in frames])
    found = _judged(every, indicator)
    named = found.select(*RESULT_KEY, comparator="beside", comparator_value="found", comparison="word", note="why")
    return named.select(pl.col(name).cast(kind) for name, kind in COMPARISONS.items())


def _england(own: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return England's figures, and those that stand for it beside an extract of the same definition."""
    alike = [(i.id, i.like) for i in indicators.values() if i.like]
    named = pl.DataFrame(alike, schema={"extract": pl.String, "indicator_id": pl.String}, orient="row")
    borrowed = own.join(named, on="indicator_id", how="inner", validate="m:m").with_columns(
        said=pl.format(LIKE, "indicator_id"), indicator_id="extract"
    )
    whole = own.with_columns(said=pl.lit(None, dtype=pl.String))
    return pl.concat([whole, borrowed.select(whole.columns)])


def _beside_others(own: pl.DataFrame) -> pl.DataFrame:
    """Add found: the median of the other boards' figures, of what boards count in their own extracts."""
    on = ["indicator_id", *ON]
    ok = own.filter(status=Status.OK.value)
    pairs = own.select(*on, "icb_code").join(
        ok.select(*on, "value", other="icb_code"), on=on, how="inner", validate="m:m"
    )
    medians = pairs.filter(pl.col("other") != pl.col("icb_code")).group_by(*on, "icb_code").agg(
        found=pl.when(pl.len() >= FEWEST_OTHERS).then(pl.col("value").median())
    )  # fmt: skip
    joined = own.join(medians, on=[*on, "icb_code"], how="left", validate="1:1")
    reason = pl.when(pl.col("found").is_null()).then(pl.lit(TOO_FEW_OTHERS)).otherwise(pl.lit(""))
    return joined.with_columns(beside=pl.lit(OTHERS), lacking=pl.lit(False), why=reason)


def _judged(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    # The results' own comparison tells whether a row may be compared at all.
    silent = (pl.col("comparison") == Comparison.NOT_COMPARED.value) & pl.col("comparator_value").is_not_null()
    silent &= pl.col("status") == Status.OK.value
    rows = rows.with_columns(silent=silent, comparator_value="found")
    none = pl.lit(Comparison.NOT_COMPARED.value)
    return rows.with_columns(
        word=pl.when(pl.col("silent") | pl.col("lacking").fill_null(False)).then(none).otherwise(verdict(indicator))
    )


def _beside_similar(boards: pl.DataFrame, similar: pl.DataFrame | None) -> pl.DataFrame:
    """Add found: the figure of the similar boards together, weighted by their denominators."""
    named = boards.with_columns(beside=pl.lit(SIMILAR))
    if similar is None:
        nothing = pl.lit(None, dtype=pl.Float64)
        return named.with_columns(found=nothing, lacking=pl.lit(False), why=pl.lit(NO_LIST))
    on = ["indicator_id", *ON]
    lists = similar.select("geography_vintage", "icb_code", "similar_code")
    figures = boards.filter(status=Status.OK.value).select(
        *on, "value", "denominator", similar_code="icb_code", part=is_partial()
    )
    members = boards.select(*on, "icb_code").join(
        lists, on=["geography_vintage", "icb_code"], how="inner", validate="m:m"
    )
    beside = members.join(figures, on=[*on, "similar_code"], how="left", validate="m:1")
    together = beside.group_by(*on, "icb_code").agg(
        found=pl.when(pl.col("value").null_count() + pl.col("denominator").null_count() == 0).then(
            added(pl.col("value") * pl.col("denominator")) / added("denominator")
        ),
        listed=pl.lit(True),
        lacking=pl.col("part").any(),
    )
    joined = named.join(together, on=[*on, "icb_code"], how="left", validate="1:1")
    why = (
        pl.when(pl.col("listed").is_null())
        .then(pl.lit(NO_LIST))
        .when(pl.col("found").is_null())
        .then(pl.lit(NOT_ALL))
        .when("lacking")
        .then(pl.lit(PARTIAL_COMPARATOR))
        .otherwise(pl.lit(""))
    )
    return joined.with_columns(why=why)
