"""The units that a source's figures are made of (practices, areas), each with its weight in its board's figure."""

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, boards_of, vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind
from hi_pipeline.core.status import Status
from hi_pipeline.engine.checks.findings import Finding, finding
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.stats.outliers import distance_from_others
from hi_pipeline.tables.assemble import parts_of

# 2026-11: in 19 real files, of 6,400 practices 1 to 45 a register lie further out; nearly all are of students,
# homeless people or care homes. A list of 13% with severe mental illness, where England has 1%, lies 7 out.
FAR = 6.0
# Smaller units swing by chance, and weigh too little to move a board.
SMALLEST = 100.0
# The level of the units by attribution, the first that the year's file holds. Authorities have no board of their own.
LEVELS = {
    Attribution.PRACTICE: ("practice",),
    Attribution.PUBLISHED: ("sub_icb", "ccg", "icb", "icb_ons"),
    Attribution.SUB_ICB: ("sub_icb", "ccg"),
    Attribution.LOCAL_AUTHORITY: ("local_authority",),
}
_SHOWN = ["year", "indicator", "unit", "name", "board", "value", "median", "distance", "weight", "board_without_it"]


def check_far_units(units: Iterable[pl.DataFrame]) -> Finding:
    """List the units whose figure lies far from the others of the same file (a warning: the publisher may be right).

    Args:
        units: frames of ``units_of``.
    """
    judged = [far_units(frame) for frame in units if not frame.is_empty()]
    far = pl.concat(judged) if judged else pl.DataFrame()
    found = finding(
        "single_units",
        far,
        good="no practice or area lies far from the others"
        if judged
        else "not judged: boards are not made of units here",
        bad=(
            f"{far.height} units lie more than {FAR:g} standard deviations from the others of their file, those that "
            "move their board most first. Look at them at the publisher's; if one is wrong, enter it in the "
            "corrections register"
        ),
    )
    return replace(found, warning=True)


def far_units(units: pl.DataFrame) -> pl.DataFrame:
    """Return the units that lie far from the others, those that move their board's figure most first.

    Args:
        units: year, indicator, kind, multiplier, unit, name, board (null where none is known), numerator, denominator.

    Returns:
        Columns year, indicator, unit, name, board, value and median (in the indicator's unit), distance (standard
        deviations, see methods.md), weight (share of the board's denominator, 0 to 1, null without a board) and
        board_without_it (the board's figure from its other units; null where it has none).
    """
    kinds = []
    for kind in (Kind.PROPORTION, Kind.RATE):
        rows = units.filter(kind=kind.value)
        measured = distance_from_others(
            rows, events="numerator", population="denominator", scale=kind.value, smallest=SMALLEST,
            by=["year", "indicator"],
        )  # fmt: skip
        kinds.append(rows.with_columns(distance=measured["value"], middle=measured["median"]))
    board = ["year", "indicator", "board"]
    x, n, named = pl.col("numerator"), pl.col("denominator"), pl.col("board").is_not_null()
    all_x, all_n = (column.filter(n.is_not_null() & x.is_not_null()).sum().over(board) for column in (x, n))
    weighed = pl.concat(kinds).with_columns(
        value=x / n * pl.col("multiplier"),
        median=pl.col("middle") * pl.col("multiplier"),
        weight=pl.when(named & (all_n > 0)).then(n / all_n),
        with_it=all_x / all_n * pl.col("multiplier"),
        board_without_it=pl.when(named & (all_n > n)).then((all_x - x) / (all_n - n) * pl.col("multiplier")),
    )
    moved = (pl.col("with_it") - pl.col("board_without_it")).abs() / pl.col("with_it")
    far = weighed.filter(pl.col("distance") > FAR).sort(
        moved.fill_null(0.0), "distance", "unit", descending=[True, True, False]
    )
    return far.select(_SHOWN)


def units_of(pipeline: Pipeline, linked: LinkedTable, year: str) -> pl.DataFrame:
    """Return the units that the counts of a source and year were made from; empty where nobody reads any.

    Args:
        pipeline: the data root and its declarations.
        linked: a table of counts.
        year: financial year, whose clean and linked tables are built.
    """
    made_of_units = [
        i
        for i in pipeline.catalogue.indicators
        if i.source == linked.indicators_of and i.kind is not Kind.COUNT and i.attribution in LEVELS
    ]
    if not made_of_units:
        return pl.DataFrame()
    observations = pipeline.lake.read("clean", linked.indicators_of, year, "observations")
    frames = []
    for indicator in made_of_units:
        try:
            parts = parts_of(observations, indicator)
        except NothingToBuild:
            continue
        frames.append(_units(parts.filter(dimension=Dimension.TOTAL.value), indicator, year))
    if not frames:
        return pl.DataFrame()
    return _with_boards(pl.concat(frames), pipeline, year)


def _units(parts: pl.DataFrame, indicator: Indicator, year: str) -> pl.DataFrame:
    levels = set(parts["area_level"].unique())
    level = next((name for name in LEVELS[indicator.attribution] if name in levels), "")
    rows = parts.filter(pl.col("area_level") == level, pl.col("status") == Status.OK.value)
    # The population behind a published rate, where the file holds none.
    implied = pl.when(pl.col("published_value") > 0).then(
        pl.col("numerator") * indicator.multiplier / pl.col("published_value")
    )
    return rows.select(
        pl.lit(year).alias("year"),
        pl.lit(indicator.id).alias("indicator"),
        pl.lit(indicator.kind.value).alias("kind"),
        pl.lit(indicator.multiplier).alias("multiplier"),
        pl.lit(level).alias("level"),
        pl.col("area_code").alias("unit"),
        pl.col("area_name").alias("name"),
        pl.col("numerator"),
        pl.coalesce("denominator", implied).alias("denominator"),
    )


def _with_boards(units: pl.DataFrame, pipeline: Pipeline, year: str) -> pl.DataFrame:
    vintage = vintage_of(year)
    codes = {("icb", b.ods): b.ons for b in boards_of(vintage)}
    codes |= {("icb_ons", b.ons): b.ons for b in boards_of(vintage)}
    # A CCG is a sub-ICB location only where its code is one, of the year's footprint (docs/decisions.md, 21).
    places = [(s.ods, s.board[vintage]) for s in SUB_ICB_LOCATIONS if vintage in s.board]
    codes |= {(level, ods): board for level in ("sub_icb", "ccg") for ods, board in places}
    if "practice" in units["level"]:
        areas = pipeline.lake.read("linked", "practice_areas", year).filter(geography_vintage=vintage.value)
        codes |= {("practice", code): board for code, board in areas.select("practice_code", "icb_code").rows()}
    known = pl.DataFrame(
        [(level, unit, board) for (level, unit), board in codes.items()],
        schema={"level": pl.String, "unit": pl.String, "board": pl.String},
        orient="row",
    )
    return units.join(known, on=["level", "unit"], how="left", validate="m:1")
