"""Pace: how each figure changed from an earlier year, each group beside the rest, and whether gaps narrowed.

Groups change by ratio, later over earlier, and are held against the other groups of the breakdown together. Measures
between groups change by difference, ratios by ratio; the one-sided test of their rise answers "no increase in the
slope index", and of the gap "at least as much in the most deprived as in the least".
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from hi_pipeline.core.beside import PACE, PACE_KEY, Verdict
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Indicator, Polarity
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Measure, Status
from hi_pipeline.core.views import by_indicator
from hi_pipeline.indicators.over_time.rest import with_rest
from hi_pipeline.indicators.over_time.years import rows_of_series, with_year_before
from hi_pipeline.indicators.values import MIXES_AGE
from hi_pipeline.stats.comparison.change import change_of_estimates
from hi_pipeline.stats.comparison.pace import pace as pace_of

# Below it the rounding of a count to 5 decides; limits of shares and rates hold it already.
FEWEST_ROUNDED = 100
RATIOS = [Measure.RATIO.value, Measure.RII.value, Measure.RATE_RATIO.value]
BREAK = "not compared with the earlier year: "
FEW = f"rounded to 5, and fewer than {FEWEST_ROUNDED} in a year: the rounding could decide"
NO_EARLIER = "no such figure in the earlier year"
NO_LIMITS = "a figure without limits"
ALONE = "no other group with figures in both years to be held against"
NO_VINTAGE = "the publisher does not state which Indices of Deprivation: a change of them cannot be seen"
_AT_ONCE = 20
_BETTER = {Polarity.LOWER_IS_BETTER: "lower", Polarity.HIGHER_IS_BETTER: "higher"}
_ENDS = [f"{year}_{part}" for year in ("start", "end") for part in ("value", "lower", "upper")]


def pace_rows(results: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Compare every figure that has an earlier year with it.

    Args:
        results: all figures, in the results contract.
        indicators: declarations by id.

    Returns:
        Rows in the PACE contract, sorted by key: one a figure whose area has a figure in an earlier year. Where the two
        cannot be compared, status and note say why, and there is no verdict.
    """
    # Some indicators at a time: two years side by side of all of them, with all their columns, take half a gigabyte.
    each = list(by_indicator(results).values())
    batches = [pl.concat(each[first : first + _AT_ONCE]) for first in range(0, len(each), _AT_ONCE)]
    parts = [_paced(batch, indicators) for batch in batches]
    return pl.concat([pl.DataFrame(schema=dict(PACE)), *parts]).sort(PACE_KEY, nulls_last=True)


def _paced(results: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    both = with_year_before(rows_of_series(results, indicators), indicators)
    mixed = [i.id for i in indicators.values() if i.mixes_age]
    settled = _with_status(both, mixed).with_row_index("row")
    sound = settled.filter(pl.col("status") == Status.OK.value)
    sound = sound.rename({"value": "end_value", "lower_95": "end_lower", "upper_95": "end_upper"}).rename(
        {"start_lower_95": "start_lower", "start_upper_95": "start_upper"}
    )
    values = sound.filter(measure=Measure.VALUE.value)
    parts = [
        _alone(values.filter(dimension=Dimension.TOTAL.value)),
        _groups(with_rest(values.filter(pl.col("dimension") != Dimension.TOTAL.value)), indicators),
        _measures(sound.filter(pl.col("measure") != Measure.VALUE.value)),
    ]
    found = pl.concat([part.select(_FOUND) for part in parts])
    joined = settled.join(found, on="row", how="left", validate="1:1")
    return joined.with_columns(
        status=pl.coalesce("found_status", "status"), note=join_notes("note", "found_note")
    ).select(pl.col(name).cast(kind) for name, kind in PACE.items())


_FIGURES = (
    "change", "change_lower_95", "change_upper_95", "rest_change", "pace", "pace_lower_95", "pace_upper_95",
    "p_one_sided",
)  # fmt: skip
_FOUND = ["row", "change_scale", *_FIGURES, "verdict", "found_status", "found_note"]


def _with_status(both: pl.DataFrame, mixed: list[str]) -> pl.DataFrame:
    """Say of each pair of years whether it can be compared, and if not why; measures that mix age say so."""
    limits = [pl.col(name).is_null() for name in ("lower_95", "upper_95", "start_lower_95", "start_upper_95")]
    small = pl.min_horizontal("numerator", "start_numerator") < FEWEST_ROUNDED
    few = pl.col("is_count") & (pl.col("is_rounded") | pl.col("start_is_rounded")) & small
    reasons: list[tuple[pl.Expr, pl.Expr, pl.Expr]] = [
        (pl.col("status") != "ok", pl.col("status"), pl.col("note")),
        (pl.col("breaks") != "", pl.lit(Status.NOT_APPLICABLE.value), pl.concat_str(pl.lit(BREAK), "breaks")),
        (pl.col("start_status").is_null(), pl.lit(Status.NOT_PUBLISHED.value), pl.lit(NO_EARLIER)),
        (pl.col("start_status") != "ok", pl.col("start_status"), pl.lit(f"{NO_EARLIER}: see its own row")),
        (few, pl.lit(Status.TOO_FEW.value), pl.lit(FEW)),
        (pl.any_horizontal(limits), pl.lit(Status.TOO_FEW.value), pl.lit(NO_LIMITS)),
    ]
    status, note = pl.lit(Status.OK.value), pl.lit("")
    for when, word, why in reversed(reasons):
        status = pl.when(when).then(word).otherwise(status)
        note = pl.when(when).then(why).otherwise(note)
    unstated = (pl.col("dimension") == Dimension.DEPRIVATION.value) & pl.col("imd_vintage").is_null()
    both = both.with_columns(status=status, note=note)
    ok = pl.col("status") == Status.OK.value
    of_age = pl.col("indicator_id").is_in(mixed) & (pl.col("measure") != Measure.VALUE.value)
    vintage, age = pl.when(ok & unstated).then(pl.lit(NO_VINTAGE)), pl.when(ok & of_age).then(pl.lit(MIXES_AGE))
    return both.with_columns(note=join_notes("note", vintage, age))


def _columns(prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}{name}": f"{prefix}{name}" for name in _ENDS}


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the change of those who have no rest to be held against."""
    return _of_estimates(rows, ratio=True).with_columns(p_one_sided=pl.lit(None, pl.Float64))


def _groups(values: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Give the change of each group and its difference from the rest, by the direction that is better."""
    directions = {i: _BETTER.get(indicator.polarity, "none") for i, indicator in indicators.items()}
    directed = values.with_columns(better=pl.col("indicator_id").replace_strict(directions, default="none"))
    held = directed.filter(pl.col("reference_end_value").is_not_null())
    bare = _alone(directed.filter(pl.col("reference_end_value").is_null()))
    parts = [bare.with_columns(verdict=pl.lit(None, pl.String), found_note=pl.lit(ALONE)).select(_FOUND)]
    for better in ("lower", "higher", "none"):
        found = pace_of(
            held.filter(better=better), **_columns(), **_columns("reference_"), by=["row"],
            better=better, confidence=(0.95,),
        )  # fmt: skip
        parts.append(
            found.select(
                "row",
                change_scale=pl.lit("ratio"),
                change="change",
                change_lower_95="change_lower",
                change_upper_95="change_upper",
                rest_change="reference_change",
                pace="value",
                pace_lower_95="lower_95",
                pace_upper_95="upper_95",
                p_one_sided="p_slower",
                verdict="verdict",
                found_status="status",
                found_note="note",
            )
        )
    return pl.concat([part.select(_FOUND) for part in parts])


def _measures(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the change of measures between groups, and whether the groups came nearer to each other."""
    parts = []
    for ratio in (True, False):
        chosen = rows.filter(pl.col("measure").is_in(RATIOS) == ratio)
        found = _of_estimates(chosen, ratio=ratio).join(
            chosen.select("row", "start_value", "end_value"), on="row", how="left", validate="1:1"
        )
        none = 1.0 if ratio else 0.0
        start, end = pl.col("start_value") - none, pl.col("end_value") - none
        near = (
            (pl.col("end_value").log().abs() < pl.col("start_value").log().abs()) if ratio else end.abs() < start.abs()
        )
        moved = pl.col("verdict").is_in([Verdict.RISE.value, Verdict.FALL.value])
        word = (
            pl.when(~moved)
            .then("verdict")
            .when(start.sign() * end.sign() < 0)
            .then(pl.lit(Verdict.REVERSED.value))
            .when(near)
            .then(pl.lit(Verdict.NARROWED.value))
            .otherwise(pl.lit(Verdict.WIDENED.value))
        )
        parts.append(found.with_columns(verdict=word).select(_FOUND))
    return pl.concat(parts)


def _of_estimates(rows: pl.DataFrame, *, ratio: bool) -> pl.DataFrame:
    """Give the change of figures with limits by difference, or by ratio on the log scale."""
    # A figure or limit of 0 has no logarithm: its change has no limits on that scale.
    positive = pl.all_horizontal(pl.col(name) > 0 for name in _ENDS)
    usable = rows.filter(positive).with_columns(pl.col(name).log() for name in _ENDS) if ratio else rows
    found = change_of_estimates(
        usable, start_value="start_value", end_value="end_value", start_lower="start_lower", start_upper="start_upper",
        end_lower="end_lower", end_upper="end_upper", by=["row"], confidence=(0.95,),
    )  # fmt: skip
    figures = found.select(
        "row",
        change_scale=pl.lit("ratio" if ratio else "difference"),
        change=pl.col("value").exp() if ratio else "value",
        change_lower_95=pl.col("lower_95").exp() if ratio else "lower_95",
        change_upper_95=pl.col("upper_95").exp() if ratio else "upper_95",
        p_one_sided="p_rise",
        verdict="verdict",
        found_status="status",
        found_note="note",
    )
    none = rows.join(found.select("row"), on="row", how="anti").select(
        "row",
        change_scale=pl.lit("ratio"),
        found_status=pl.lit(Status.TOO_FEW.value),
        found_note=pl.lit("a figure or a limit of 0 in a year: a ratio has no limits on the log scale"),
    )
    return pl.concat([figures, none], how="diagonal").with_columns(
        *(pl.lit(None, pl.Float64).alias(name) for name in ("rest_change", "pace", "pace_lower_95", "pace_upper_95"))
    )
