"""Disproportionality: the share of the two most deprived deciles among an indicator's events, over their share of all.

The formula is this project's (``stats.inequality.disproportionality``). Every decile must have its counts: one that is
empty, hidden or absent is never replaced by its neighbour, and the note names it. Rounded counts widen the limits as
those of all figures (``indicators/limits``): the outermost of three readings.
"""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.groups import DECILES, MOST_DEPRIVED_FIFTH
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Measure, Method, Status
from hi_pipeline.indicators.limits import LIMITS
from hi_pipeline.stats.inequality.disproportion import disproportionality

SAID = (
    "share of deciles 1 and 2 among the numerator over their share of the denominator, 1 where they are the same; "
    "this project's formula"
)
WITHOUT = "not computed: a count is not known of {}"
_SIDES = ("numerator", "denominator")


def disproportionality_rows(values: pl.DataFrame, *, area: list[str]) -> pl.DataFrame:
    """Compute the measure for every area that has rows by deprivation.

    Args:
        values: value rows (see ``values.value_rows``) of dimension deprivation, areas only.
        area: columns that name an area.

    Returns:
        One row an area: the area columns, measure, value, limits, status, note, method. Where a decile has no counts,
        the status is that of the first such decile.
    """
    areas = values.select(area).unique(maintain_order=True).sort(area, nulls_last=True).with_row_index("row")
    deciles = pl.DataFrame({"category": DECILES, "first": [word in MOST_DEPRIVED_FIFTH for word in DECILES]})
    ladder = areas.join(deciles, how="cross", maintain_order="left_right").join(
        values.drop("row", "first", strict=False),
        on=[*area, "category"],
        how="left",
        nulls_equal=True,
        validate="1:1",
        maintain_order="left",
    )
    bare = ladder.filter(pl.any_horizontal(pl.col(side).is_null() for side in _SIDES))
    without = bare.group_by("row", maintain_order=True).agg(
        # A figure that stands as printed has no counts to take shares of.
        status=pl.col("status")
        .first()
        .fill_null(Status.MISSING.value)
        .replace(Status.OK.value, Status.SUPPRESSED.value),
        note=pl.format(WITHOUT, pl.col("category").str.to_lowercase().str.join(", ")),
    )
    whole = ladder.join(without, on="row", how="anti").sort("row", "category_order")
    figures = _figures(whole)
    nothing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", *LIMITS)]
    bare_rows = without.with_columns(*nothing, method=pl.lit(Method.NONE.value)).select(figures.columns)
    rows = areas.join(pl.concat([figures, bare_rows]), on="row", how="left", validate="1:1").drop("row")
    return rows.with_columns(measure=pl.lit(Measure.DISPROPORTIONALITY.value))


def _figures(whole: pl.DataFrame) -> pl.DataFrame:
    """Return row, value, limits, status, note and method: limits are the outermost of three readings of the counts."""
    centre, low, high = (_reading(whole, *ends) for ends in (("", "", "", ""), _LOW, _HIGH))
    ends = low.join(high, on="row", how="inner", validate="1:1", suffix="_high")
    joined = centre.join(ends.select("row", *(c for n in LIMITS for c in (n, f"{n}_high"))), on="row", validate="1:1",
                         how="left", suffix="_low")  # fmt: skip
    ok = pl.col("status") == Status.OK.value
    outer = [_outermost(name) for name in LIMITS]
    return joined.with_columns(
        *(pl.when(ok).then(end).alias(name) for name, end in zip(LIMITS, outer, strict=True)),
        note=join_notes(pl.when(ok).then(pl.lit(SAID)), "note"),
    ).select("row", "value", *LIMITS, "status", "note", "method")


def _outermost(name: str) -> pl.Expr:
    """Return the outermost of a limit's three readings; null where a reading lacks it."""
    readings = (name, f"{name}_low", f"{name}_high")
    end = pl.min_horizontal if name.startswith("lower") else pl.max_horizontal
    return pl.when(pl.all_horizontal(pl.col(reading).is_not_null() for reading in readings)).then(end(*readings))


# Ends of the counts that make the ratio smallest: few of the events and many of the people in the first two deciles.
_LOW = ("_low", "_high", "_high", "_low")
_HIGH = ("_high", "_low", "_low", "_high")


def _reading(whole: pl.DataFrame, events: str, people: str, other_events: str, other_people: str) -> pl.DataFrame:
    """Sum the two deciles and the other eight, each side at one end of its bounds ("" as it stands)."""
    first = pl.col("first")
    sides = whole.group_by("row", maintain_order=True).agg(
        x1=added(pl.col(f"numerator{events}").filter(first)),
        n1=added(pl.col(f"denominator{people}").filter(first)),
        x2=added(pl.col(f"numerator{other_events}").filter(~first)),
        n2=added(pl.col(f"denominator{other_people}").filter(~first)),
    )
    return disproportionality(
        sides.with_columns(n1=pl.max_horizontal("n1", "x1"), n2=pl.max_horizontal("n2", "x2")),
        events="x1",
        population="n1",
        reference_events="x2",
        reference_population="n2",
        by=["row"],
    )
