"""Limits that also cover rounding: each statistic at the counts and at both ends of their bounds.

A rounded count is an interval (methods.md 4.7). The value is taken at the printed counts; the lower limit is the
lowest and the upper limit the highest over three readings of them: as printed, numerators at their lowest over
denominators at their highest, and the reverse. Where nothing is rounded the three are one.
"""

from collections.abc import Callable

import polars as pl

LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")
BOUNDS = {f"{end}{part}": f"{word}{part}" for end, word in (("num", "numerator"), ("den", "denominator"))
          for part in ("", "_low", "_high")}  # fmt: skip
ROUNDED = "limits widened for rounding"
_WITHOUT = "no {side} limits: within its rounding a count could be too small"

Statistic = Callable[[pl.DataFrame], pl.DataFrame]


def sides_of(prefix: str) -> list[pl.Expr]:
    """Return the counts of a side of a figure under the short names that ``widened`` reads."""
    return [pl.col(name).alias(f"{prefix}{short}") for short, name in BOUNDS.items()]


def divisible(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose counts are there and have something to be divided by."""
    return rows.filter((pl.col("status") == "ok") & pl.col("denominator").is_not_null())


def widened(counts: pl.DataFrame, statistic: Statistic, *, proportion: bool, sides: tuple[str, ...]) -> pl.DataFrame:
    """Compute a statistic with limits that hold for every count within the bounds.

    Args:
        counts: one row a figure: ``row``, and for every side num, num_low, num_high, den, den_low, den_high with
            the side's prefix ("" or "reference_").
        statistic: gets ``row`` and for every side ``<side>events`` and ``<side>population``; returns one row a row
            in the result columns of ``hi_pipeline.stats``.
        proportion: events are part of the population, so neither end may have more of them.
        sides: prefixes; the second side moves against the first.

    Returns:
        ``row``, value, the four limits, status, note, method.
    """
    centre = statistic(_reading(counts, sides, ("", ""), proportion=False)).with_columns(pl.col("note").fill_null(""))
    bounded = counts.filter(pl.any_horizontal(pl.col(f"{s}{c}_low") != pl.col(f"{s}{c}_high") for s, c in _each(sides)))
    if bounded.is_empty():
        return centre
    low = statistic(_reading(bounded, sides, ("_low", "_high"), proportion=proportion))
    high = statistic(_reading(bounded, sides, ("_high", "_low"), proportion=proportion))
    ends = low.select("row", *(pl.col(c).alias(f"{c}_a") for c in LIMITS)).join(
        high.select("row", *(pl.col(c).alias(f"{c}_b") for c in LIMITS)), on="row", how="inner", validate="1:1"
    )
    joined = centre.join(ends.with_columns(wide=True), on="row", how="left", validate="1:1").sort("row")
    wide = pl.col("wide").fill_null(False) & (pl.col("status") == "ok")
    return (
        joined.with_columns(_end(name, wide) for name in LIMITS)
        .with_columns(note=_note(wide))
        .drop("wide", *(f"{c}_{end}" for c in LIMITS for end in "ab"))
    )


def _each(sides: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(side, count) for side in sides for count in ("num", "den")]


def _reading(counts: pl.DataFrame, sides: tuple[str, ...], ends: tuple[str, str], *, proportion: bool) -> pl.DataFrame:
    """Read the counts as printed or at the ends of their bounds: numerator at one end, denominator at the other."""
    columns = [pl.col("row")]
    for place, side in enumerate(sides):
        top, bottom = ends if place == 0 else ends[::-1]
        events, population = pl.col(f"{side}num{top}"), pl.col(f"{side}den{bottom}")
        if proportion:
            population = pl.max_horizontal(population, pl.lit(1.0))
            events = pl.min_horizontal(events, population)
        columns += [events.alias(f"{side}events"), population.alias(f"{side}population")]
    return counts.select(columns)


def _end(name: str, wide: pl.Expr) -> pl.Expr:
    """Take the outermost of the readings; a limit that one reading lacks cannot be given."""
    outer = pl.min_horizontal if name.startswith("lower") else pl.max_horizontal
    end = "a" if name.startswith("lower") else "b"
    known = pl.col(f"{name}_{end}").is_not_null()
    spread = outer(name, f"{name}_a", f"{name}_b")
    return pl.when(~wide).then(pl.col(name)).when(known).then(spread).otherwise(None).alias(name)


def _note(wide: pl.Expr) -> pl.Expr:
    missing = [
        pl.when(wide & pl.col(f"{side}_95").is_null()).then(pl.lit(_WITHOUT.format(side=side)))
        for side in ("lower", "upper")
    ]
    said = pl.concat_str(
        pl.when(pl.col("note") != "").then(pl.col("note")),
        pl.when(wide).then(pl.lit(ROUNDED)),
        *missing,
        separator="; ",
        ignore_nulls=True,
    )
    return said.alias("note")
