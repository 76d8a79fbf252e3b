"""The units that a source's figures are made of (practices, areas), each with its weight in its board's figure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

import polars as pl

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of, vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind
from hi_pipeline.core.status import Status
from hi_pipeline.engine.checks.findings import Finding, finding
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.stats.outliers import distance_from_others, distance_of_values
from hi_pipeline.tables.assemble import PRINTED, parts_of

# 2026-11: in the two real years of QOF, of 6,400 practices 1 to 50 a register lie further out; nearly all are of
# students, homeless people or care homes. A list of 13% with severe mental illness, where England has 1%, lies 8 out.
FAR = 6.0
# One that moves its board's figure by so much is looked at sooner: a list of patients ten times too long lies 4 to 6
# out, as practices differ that much, and moves its board by 1.1%. 2026-11: 0 to 12 more a register.
FAR_WHERE_IT_MOVES, MOVES = 4.0, 0.01
# Smaller units swing by chance, and weigh too little to move a board.
SMALLEST = 100.0
# The level of the units by attribution, the first that the year's file holds, and the word for one.
LEVELS = {
    Attribution.PRACTICE: ("practice",),
    Attribution.PUBLISHED: ("sub_icb", "ccg", "icb", "icb_ons", "stp_ons", "stp"),
    Attribution.SUB_ICB: ("sub_icb", "ccg"),
    Attribution.LOCAL_AUTHORITY: ("local_authority",),
    Attribution.AUTHORITY: ("local_authority", "upper_tier"),
    Attribution.LSOA: ("lsoa",),
    Attribution.PROVIDER: ("provider",),
}
_WORDS = {
    "practice": "practice", "sub_icb": "sub-ICB location", "ccg": "CCG", "icb": "board", "icb_ons": "board",
    "stp": "partnership", "stp_ons": "partnership", "local_authority": "authority", "upper_tier": "authority",
    "lsoa": "small area", "provider": "provider",
}  # fmt: skip
BY_COUNTS = (Kind.PROPORTION, Kind.RATE)
# Why figures of a kind have no distance.
NOT_BY_KIND = {
    Kind.COUNT: "a count without a population",
    Kind.INDEX: "a count against an earlier one",
    Kind.SHARE_GAP: "a difference of shares",
    Kind.DSR: "a standardised rate of strata",
}
NO_SMALLER = "not made of single units here"
NOTHING_THERE = "no 10 units with counts and a population of 100, or a printed figure"
_SHOWN = ["year", "indicator", "level", "unit", "name", "board", "value", "median", "distance", "weight",
          "board_without_it"]  # fmt: skip
_NAMED, _UNJUDGED = 3, 4
_LOOKUP = ("ons_geography", "2022-lsoa", "lsoa_areas")


def check_far_units(units: Iterable[pl.DataFrame], declared: Iterable[Indicator] = ()) -> Finding:
    """List the units whose figure lies far from the others of the same file (a warning: the publisher may be right).

    Args:
        units: frames of ``units_of``.
        declared: the indicators that are made from these files; those whose units were not judged are named.
    """
    frames = [with_distances(frame) for frame in units if not frame.is_empty()]
    measured = pl.concat(frames) if frames else pl.DataFrame(schema={"indicator": pl.String, "distance": pl.Float64})
    judged = set(measured.filter(pl.col("distance").is_not_null())["indicator"])
    left = _not_judged([i for i in declared if i.id not in judged])
    far = _far(measured) if frames else pl.DataFrame()
    one = far.height == 1
    good = "no practice, provider or area lies far from the others of its file" if judged else ""
    found = finding(
        "single_units",
        far.select(_SHOWN) if far.height else far,
        good="; ".join(text for text in (good, left) if text) or "not judged: boards are not made of units here",
        bad=(
            f"{far.height:,} {'unit lies' if one else 'units lie'} more than {FAR:g} standard deviations from the "
            f"others of {'its' if one else 'their'} file, or {FAR_WHERE_IT_MOVES:g} where the board's figure moves by "
            f"{MOVES:.0%}, those that move it most first: {_first_of(far)}. Look at them at the publisher's; if one is "
            f"wrong, enter it in the corrections register{'. N' + left[1:] if left else ''}"
        ),
    )
    return replace(found, warning=True)


def _first_of(far: pl.DataFrame) -> str:
    """Name the first units in words, and count the rest."""
    shown = []
    for row in far.head(_NAMED).iter_rows(named=True):
        name = f" ({row['name']})" if row["name"] else ""
        shown.append(
            f"{row['source']} {_WORDS[row['level']]} {row['unit']}{name}, {row['title']} {row['year']}, "
            f"{row['value']:,.1f} where the middle is {row['median']:,.1f}"
        )
    more = far.height - len(shown)
    return "; ".join(shown) + (f"; and {more:,} more" if more > 0 else "")


def _not_judged(indicators: Sequence[Indicator]) -> str:
    """Say of indicators whose units nobody looked at which they are, and why; "" where there are none."""
    if not indicators:
        return ""
    told = [f"{i.short} ({_why_not(i)})" for i in indicators[:_UNJUDGED]]
    more = f" and {len(indicators) - _UNJUDGED} more" if len(indicators) > _UNJUDGED else ""
    return f"not judged: {', '.join(told)}{more}"


def _why_not(indicator: Indicator) -> str:
    if indicator.attribution not in LEVELS:
        return NO_SMALLER
    return NOT_BY_KIND.get(indicator.kind, NOTHING_THERE)


def far_units(units: pl.DataFrame) -> pl.DataFrame:
    """Return the units that lie far from the others, those that move their board's figure most first.

    Args:
        units: rows of ``units_of``.

    Returns:
        Columns year, indicator, level, unit, name, board, value and median (in the indicator's unit), distance
        (standard deviations, see methods.md), weight (share of the board's denominator, 0 to 1, null without a board)
        and board_without_it (the board's figure from its other units; null where it has none).
    """
    return _far(with_distances(units)).select(_SHOWN)


def _far(measured: pl.DataFrame) -> pl.DataFrame:
    moved = pl.col("moved").fill_null(0.0)
    weighty = (pl.col("distance") > FAR_WHERE_IT_MOVES) & (moved >= MOVES)
    return measured.filter((pl.col("distance") > FAR) | weighty).sort(
        moved, "distance", "unit", descending=[True, True, False]
    )


def with_distances(units: pl.DataFrame) -> pl.DataFrame:
    """Add to units how far each lies from the others of its indicator and year, and what it does to its board.

    Args:
        units: rows of ``units_of``.

    Returns:
        The rows, by kind, with value, median, distance (null where it cannot be judged), weight, board_without_it, and
        moved: the change of the board's figure without the unit, as a share of it.
    """
    by = ["year", "indicator"]
    kinds = []
    for kind in BY_COUNTS:
        rows = units.filter(kind=kind.value)
        measured = distance_from_others(
            rows, events="numerator", population="denominator", scale=kind.value, smallest=SMALLEST, by=by
        )
        middle = measured["median"] * rows["multiplier"]
        kinds.append(rows.with_columns(distance=measured["value"], median=middle))
    printed = units.filter(~pl.col("kind").is_in([kind.value for kind in BY_COUNTS]))
    measured = distance_of_values(printed, value="printed", lower="lower", upper="upper", by=by)
    kinds.append(printed.with_columns(distance=measured["value"], median=measured["median"]))
    board = [*by, "board"]
    x, n, named = pl.col("numerator"), pl.col("denominator"), pl.col("board").is_not_null()
    named &= pl.col("kind").is_in([kind.value for kind in BY_COUNTS])
    all_x, all_n = (column.filter(n.is_not_null() & x.is_not_null()).sum().over(board) for column in (x, n))
    weighed = pl.concat(kinds).with_columns(
        value=pl.coalesce("printed", x / n * pl.col("multiplier")),
        weight=pl.when(named & (all_n > 0)).then(n / all_n),
        with_it=all_x / all_n * pl.col("multiplier"),
        board_without_it=pl.when(named & (all_n > n)).then((all_x - x) / (all_n - n) * pl.col("multiplier")),
    )
    moved = (pl.col("with_it") - pl.col("board_without_it")).abs() / pl.col("with_it")
    return weighed.with_columns(moved=pl.when(pl.col("with_it") > 0).then(moved))


def units_of(pipeline: Pipeline, linked: LinkedTable, year: str) -> pl.DataFrame:
    """Return the units that the counts of a source and year were made from; empty where nobody reads any.

    Args:
        pipeline: the data root and its declarations.
        linked: a table of counts.
        year: financial year, whose clean and linked tables are built.

    Returns:
        One row a unit with a figure, indicator and year: year, indicator, title, source (for readers), kind,
        multiplier, level, unit, name, board (null where it is not known), numerator, denominator, and printed, lower,
        upper (null where figures are made of counts).
    """
    frames = []
    # Each publication is read once for all its indicators.
    read = cache(lambda source: _observations(pipeline, source, year))
    for indicator in (i for i in pipeline.catalogue.indicators if i.source == linked.indicators_of):
        # Of several publications the first that holds units; a year may be that of a further one alone.
        found = (_of_origin(pipeline, read, origin, year) for origin in indicator.by_origin)
        frames += [frame for frame in found if not frame.is_empty()][:1]
    return _with_boards(pl.concat(frames), pipeline, year) if frames else pl.DataFrame()


def _observations(pipeline: Pipeline, source: str, year: str) -> pl.DataFrame | None:
    place = ("clean", source, year, "observations")
    return pipeline.lake.read(*place) if pipeline.lake.exists(*place) else None


def _of_origin(
    pipeline: Pipeline, read: Callable[[str], pl.DataFrame | None], indicator: Indicator, year: str
) -> pl.DataFrame:
    """Return the units of an indicator as one of its publications gives it; empty where it gives none."""
    judged = indicator.kind not in NOT_BY_KIND and indicator.attribution in LEVELS
    observations = read(indicator.source) if judged else None
    if observations is None:
        return pl.DataFrame()
    try:
        parts = parts_of(observations, indicator)
    except NothingToBuild:
        return pl.DataFrame()
    title = re.split("[:,]", pipeline.catalogue.sources[indicator.source].title)[0]
    units = _units(parts.filter(dimension=Dimension.TOTAL.value), indicator, year)
    return units.with_columns(source=pl.lit(title))


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
        pl.lit(indicator.short).alias("title"),
        pl.lit(indicator.kind.value).alias("kind"),
        pl.lit(indicator.multiplier).alias("multiplier"),
        pl.lit(level).alias("level"),
        pl.col("area_code").alias("unit"),
        pl.col("area_name").alias("name"),
        pl.col("numerator"),
        pl.coalesce("denominator", implied).alias("denominator"),
        # The figure itself, of kinds that are taken as printed.
        *(
            pl.when(pl.lit(indicator.kind.as_printed)).then(pl.col(column)).alias(name)
            for name, column in zip(("printed", "lower", "upper"), PRINTED, strict=False)
        ),
    )


def _with_boards(units: pl.DataFrame, pipeline: Pipeline, year: str) -> pl.DataFrame:
    vintage = vintage_of(year)
    codes = {("icb", b.ods): b.ons for b in boards_of(vintage)}
    codes |= {(level, b.ons): b.ons for b in boards_of(vintage) for level in ("icb_ons", "stp_ons")}
    # A CCG is a sub-ICB location only where its code is one, of the year's footprint (docs/decisions.md, 21).
    places = [(s.ods, s.board[vintage]) for s in SUB_ICB_LOCATIONS if vintage in s.board]
    codes |= {(level, ods): board for level in ("sub_icb", "ccg") for ods, board in places}
    if "practice" in units["level"]:
        areas = pipeline.lake.read("linked", "practice_areas", year).filter(geography_vintage=vintage.value)
        codes |= {("practice", code): board for code, board in areas.select("practice_code", "icb_code").rows()}
    if {"local_authority", "lsoa"} & set(units["level"]) and pipeline.lake.exists("clean", *_LOOKUP):
        codes |= _of_small_areas(pipeline.lake.read("clean", *_LOOKUP), vintage)
    known = pl.DataFrame(
        [(level, unit, board) for (level, unit), board in codes.items()],
        schema={"level": pl.String, "unit": pl.String, "board": pl.String},
        orient="row",
    )
    return units.join(known, on=["level", "unit"], how="left", validate="m:1")


def _of_small_areas(lookup: pl.DataFrame, vintage: Vintage) -> dict[tuple[str, str], str]:
    """Return the boards of LSOAs, and of the authorities that lie in one board, by level and code."""
    boards = {s.ons: s.board[vintage] for s in SUB_ICB_LOCATIONS if vintage in s.board}
    placed = lookup.select(
        "lsoa_code",
        "lad_code",
        board=pl.col("sub_icb_ons").replace_strict(boards, default=None, return_dtype=pl.String),
    )
    whole = placed.group_by("lad_code").agg(pl.col("board").unique()).filter(pl.col("board").list.len() == 1)
    found = [("lsoa", code, board) for code, board in placed.select("lsoa_code", "board").rows()]
    found += [("local_authority", code, board) for code, (board,) in whole.select("lad_code", "board").rows()]
    return {(level, code): board for level, code, board in found if board is not None}
