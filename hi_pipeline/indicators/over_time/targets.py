"""Targets: each figure against the level, and each change against the aim, that somebody has set.

A level is judged by the 95% limits of a share or rate, and by what rounding leaves open of a count; "none" is met only
by a count of 0. A figure of a period that ends before the day of a target is not yet due.
"""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.beside import TARGETS, TARGETS_KEY, Verdict
from hi_pipeline.core.columns import RESULT_KEY
from hi_pipeline.core.geography import ENGLAND
from hi_pipeline.core.groups import ALL, NO_GROUPS
from hi_pipeline.core.indicator import Aim, Indicator, Kind, Target
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.core.views import by_indicator

RECALLED = "the target is recalled and was not read in a publication: the verdict rests on it"
NO_CHANGE = "there is no earlier year to judge a change from"
COUNTED_TOO = "the figure counts {} too, whom the target leaves out"
EACH = "every group by itself: {} met, {} not met, {} cannot tell, {} hidden or missing"
_HIDDEN = [Status.SUPPRESSED.value, Status.MISSING.value, Status.TOO_FEW.value]
_LEVELS = (Aim.AT_LEAST, Aim.AT_MOST)
_LEFT_OUT = [AreaType.REMAINDER.value, AreaType.BOARDS.value]


def target_rows(results: pl.DataFrame, pace: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Judge every figure that a declared target speaks of.

    Args:
        results: all figures, in the results contract.
        pace: the table of ``pace_rows``, by which aims at a change are judged.
        indicators: declarations by id.

    Returns:
        Rows in the TARGETS contract, sorted by key: one a figure and target; of a target for every group also one over
        all groups, in the category All; with a hidden or missing group it cannot be met.
    """
    figures, paces = by_indicator(results), by_indicator(pace)
    parts = [
        _judged(
            figures.get(indicator.id, results.clear()),
            paces.get(indicator.id, pace.clear()),
            target,
            counted=indicator.kind is Kind.COUNT,
        )
        for indicator in indicators.values()
        for target in indicator.targets
    ]
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=TARGETS)
    return rows.sort(TARGETS_KEY, nulls_last=True)


def _judged(results: pl.DataFrame, pace: pl.DataFrame, target: Target, *, counted: bool) -> pl.DataFrame:
    rows = results.filter(
        (pl.col("dimension") == target.dimension.value)
        & (pl.col("measure") == target.measure.value)
        & ~pl.col("category").is_in(NO_GROUPS)
        & ~pl.col("area_type").is_in(_LEFT_OUT)
    )
    if target.england_only:
        rows = rows.filter(pl.col("icb_code") == ENGLAND)
    rows = _by_level(rows, target, counted=counted) if target.aim in _LEVELS else _by_change(rows, pace, target)
    rows = _not_yet_due(rows, target).with_columns(
        aim=pl.lit(target.aim.value),
        target_level=pl.lit(target.level, pl.Float64),
        target=pl.lit(target.words),
        target_by=pl.lit(target.by),
        target_source=pl.lit(target.source),
        recalled=pl.lit(target.recalled),
    )
    rows = pl.concat([rows, _over_groups(rows, target)], how="diagonal_relaxed")
    told = pl.lit(RECALLED if target.recalled else "")
    return rows.with_columns(note=join_notes("note", told)).select(
        pl.col(name).cast(kind) for name, kind in TARGETS.items()
    )


def _by_level(rows: pl.DataFrame, target: Target, *, counted: bool) -> pl.DataFrame:
    """Judge figures by their limits; counts, and a level of 0, by the counts that rounding leaves open."""
    low, high = ("numerator_low", "numerator_high") if counted or target.level == 0 else ("lower_95", "upper_95")
    level, least = pl.lit(target.level, pl.Float64), target.aim is Aim.AT_LEAST
    met = pl.col(low) >= level if least else pl.col(high) <= level
    missed = pl.col(high) < level if least else pl.col(low) > level
    open_miss = pl.lit(COUNTED_TOO.format(target.counted_too) if target.counted_too else "")
    if target.counted_too:
        missed = pl.lit(False)
    ok = pl.col("status") == Status.OK.value
    word = (
        pl.when(~ok)
        .then(pl.lit(None, pl.String))
        .when(met.fill_null(False))
        .then(pl.lit(Verdict.MET.value))
        .when(missed.fill_null(False))
        .then(pl.lit(Verdict.NOT_MET.value))
        .otherwise(pl.lit(Verdict.CANNOT_TELL.value))
    )
    return rows.with_columns(
        verdict=word,
        reached=pl.when(ok).then(pl.col("value") >= level if least else pl.col("value") <= level),
        note=pl.when(~ok).then("note").when(word == Verdict.CANNOT_TELL.value).then(open_miss).otherwise(pl.lit("")),
    )


# What the change of a figure says of an aim, by the verdict on its pace.
_OF_CHANGE = {
    Aim.EQUAL_PACE: {
        Verdict.EQUAL_PACE.value: Verdict.MET.value,
        Verdict.FASTER.value: Verdict.MET.value,
        Verdict.SLOWER.value: Verdict.NOT_MET.value,
    },
    Aim.NARROW: {Verdict.NARROWED.value: Verdict.MET.value, Verdict.WIDENED.value: Verdict.NOT_MET.value},
}


def _by_change(rows: pl.DataFrame, pace: pl.DataFrame, target: Target) -> pl.DataFrame:
    """Judge figures by how they changed from an earlier year; no increase by the limits of the change."""
    changes = pace.select(
        *RESULT_KEY, "change_scale", "change_lower_95", "change_upper_95", said="verdict", judged="status", why="note"
    )
    both = rows.join(changes, on=list(RESULT_KEY), how="left", nulls_equal=True, validate="1:1")
    ok = (pl.col("judged") == Status.OK.value).fill_null(False) & pl.col("said").is_not_null()
    if target.aim is Aim.NO_INCREASE:
        none = pl.when(pl.col("change_scale") == "ratio").then(1.0).otherwise(0.0)
        word = (
            pl.when(pl.col("change_upper_95") <= none)
            .then(pl.lit(Verdict.MET.value))
            .when(pl.col("change_lower_95") > none)
            .then(pl.lit(Verdict.NOT_MET.value))
            .otherwise(pl.lit(Verdict.CANNOT_TELL.value))
        )
    else:
        words = _OF_CHANGE[target.aim]
        word = pl.col("said").replace_strict(words, default=Verdict.CANNOT_TELL.value, return_dtype=pl.String)
    return both.with_columns(
        verdict=pl.when(ok).then(word),
        reached=pl.lit(None, pl.Boolean),
        status=pl.when(pl.col("status") != Status.OK.value)
        .then("status")
        .otherwise(pl.col("judged").fill_null(Status.NOT_APPLICABLE.value)),
        note=pl.when(ok).then(pl.lit("")).otherwise(pl.col("why").fill_null(NO_CHANGE)),
    )


def _not_yet_due(rows: pl.DataFrame, target: Target) -> pl.DataFrame:
    if not target.by:
        return rows
    early = pl.col("period_end") < pl.lit(target.by).str.to_date()
    word = pl.when(early & pl.col("verdict").is_not_null()).then(pl.lit(Verdict.NOT_YET_DUE.value)).otherwise("verdict")
    return rows.with_columns(verdict=word)


def _over_groups(rows: pl.DataFrame, target: Target) -> pl.DataFrame:
    """Judge all groups of a breakdown together: met where each is, not met where one is not.

    A group that is hidden, missing or too small might be the one that misses it.
    """
    if ALL in rows["category"]:
        return rows.clear()
    area = [name for name in RESULT_KEY if name not in ("category", "measure")]
    shared = [
        "period_end",
        "unit",
        "synthetic",
        "aim",
        "target_level",
        "target",
        "target_by",
        "target_source",
        "recalled",
    ]
    words = (Verdict.MET, Verdict.NOT_MET, Verdict.CANNOT_TELL, Verdict.NOT_YET_DUE)
    counts = {word.value: (pl.col("verdict") == word.value).sum() for word in words}
    told = pl.col("verdict").is_not_null()
    hidden = ~told & pl.col("status").is_in(_HIDDEN)
    found = rows.group_by(area, maintain_order=True).agg(
        *(pl.col(n).first() for n in shared), **counts, hidden=hidden.sum(), judged=told.sum()
    )
    found = found.filter(pl.col("judged") > 0)
    verdict = (
        pl.when(pl.col(Verdict.NOT_YET_DUE.value) > 0)
        .then(pl.lit(Verdict.NOT_YET_DUE.value))
        .when(pl.col(Verdict.NOT_MET.value) > 0)
        .then(pl.lit(Verdict.NOT_MET.value))
        .when((pl.col(Verdict.CANNOT_TELL.value) > 0) | (pl.col("hidden") > 0))
        .then(pl.lit(Verdict.CANNOT_TELL.value))
        .otherwise(pl.lit(Verdict.MET.value))
    )
    return found.with_columns(
        category=pl.lit(ALL),
        category_order=pl.lit(0, pl.Int32),
        measure=pl.lit(target.measure.value),
        status=pl.lit(Status.OK.value),
        verdict=verdict,
        note=pl.format(EACH, *(w.value for w in words[:3]), "hidden"),
    ).drop(*counts, "hidden", "judged")
