"""Rates, proportions and ratios of counts that are known as intervals."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, one_of, positive, quiet
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import CONFIDENCE, Reasons, levels
from hi_pipeline.stats.suppression._bounded import bounded_result

Kind = Literal["rate", "proportion"]
Side = dict[str, Floats]

ROLES = ("events_low", "events_high", "population_low", "population_high")


@quiet
def figure_bounds(
    frame: Frame,
    *,
    events_low: str,
    events_high: str,
    population_low: str,
    population_high: str,
    by: str | Sequence[str],
    kind: Kind = "proportion",
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Proportion or crude rate of counts that are known as intervals.

    Formula: value_low = x_low/n_high * m, value_high = x_high/n_low * m (no more than m for a
    proportion); limits: the lower one of (x_low, n_high) and the upper one of (x_high, n_low), by
    Wilson or by exact and Byar. No true count within the bounds has limits outside these.

    Symbols: x events, n population, m multiplier.

    Units: those of ``proportions.proportion`` or ``rates.crude_rate``.

    Shapes: any number of rows a group, summed; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events_low: column of the least true counts.
        events_high: column of the greatest true counts.
        population_low: column of the least true populations.
        population_high: column of the greatest true populations.
        by: group columns.
        kind: ``proportion`` or ``rate``.
        multiplier: scale of value, bounds and limits, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value (where both bounds agree, else null with status ``suppressed``), limits,
        status, note, method, ``value_low`` and ``value_high``. Limits and bounds of a suppressed figure
        are given: they are what is known of it.

    Raises:
        StatisticsError: a column is absent or not numeric, or the multiplier is not positive.

    Example:
        >>> frame = pl.DataFrame({"x0": [1], "x1": [7], "n0": [98], "n1": [102]})
        >>> columns = dict(events_low="x0", events_high="x1", population_low="n0", population_high="n1")
        >>> found = figure_bounds(frame, **columns, by=[])
        >>> found.select(pl.col("value_low", "value_high", "lower_95", "upper_95").round(4)).rows()
        [(0.0098, 0.0714, 0.0017, 0.1402)]

    Reference:
        Manski CF. Partial identification of probability distributions. Springer; 2003.
    """
    scale = positive(multiplier, name="multiplier")
    one_of(kind, ["rate", "proportion"], name="kind")
    columns = dict(zip(ROLES, (events_low, events_high, population_low, population_high), strict=True))
    groups, reasons, (side,) = _read(frame, [columns], by=by, kind=kind)
    low, high = _range(side, kind)
    limits = {}
    for level in levels(confidence):
        if kind == "proportion":
            lower = _limits.wilson(side["events_low"], side["population_high"], level)[0]
            most = np.minimum(side["events_high"], side["population_low"])
            upper = _limits.wilson(most, side["population_low"], level)[1]
        else:
            lower = _limits.poisson(side["events_low"], level)[0] / side["population_high"]
            upper = _limits.poisson(side["events_high"], level)[1] / side["population_low"]
        limits[level] = lower * scale, upper * scale
    method = Method.WILSON if kind == "proportion" else Method.BYAR
    return bounded_result(groups, reasons, low * scale, high * scale, limits, method)


@quiet
def ratio_bounds(
    frame: Frame,
    *,
    events_low: str,
    events_high: str,
    population_low: str,
    population_high: str,
    reference_events_low: str,
    reference_events_high: str,
    reference_population_low: str,
    reference_population_high: str,
    by: str | Sequence[str],
    kind: Kind = "proportion",
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Ratio of two proportions or crude rates of counts that are known as intervals.

    Formula: value_low = p1_low/p2_high, value_high = p1_high/p2_low; limits
    value_low exp(-z SE) and value_high exp(z SE), with SE the greatest that the bounds allow:
    SE^2 = 1/x1_low + 1/x2_low, less 1/n1_high + 1/n2_high for proportions.

    Symbols: x events, n population, p = x/n, 1 the group, 2 the reference.

    Units: none.

    Shapes: each row holds both sides (one row a pair, or several rows a group, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events_low: column of the least true counts.
        events_high: column of the greatest true counts.
        population_low: column of the least true populations.
        population_high: column of the greatest true populations.
        reference_events_low: as ``events_low``, of the reference.
        reference_events_high: as ``events_high``, of the reference.
        reference_population_low: as ``population_low``, of the reference.
        reference_population_high: as ``population_high``, of the reference.
        by: group columns.
        kind: ``proportion`` or ``rate``.
        confidence: confidence levels of the limits.

    Returns:
        As ``figure_bounds``. A side that may have no events makes the group ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric.

    Example:
        >>> frame = pl.DataFrame({"x0": [18], "x1": [22], "n": [100], "y0": [8], "y1": [12]})
        >>> own = dict(events_low="x0", events_high="x1", population_low="n", population_high="n")
        >>> other = dict(zip([f"reference_{name}" for name in own], ["y0", "y1", "n", "n"], strict=True))
        >>> found = ratio_bounds(frame, **own, **other, by=[])
        >>> found.select(pl.col("value_low", "value_high", "lower_95", "upper_95").round(4)).rows()
        [(1.5, 2.75, 0.6839, 6.0312)]

    Reference:
        Manski CF. Partial identification of probability distributions. Springer; 2003.
    """
    one_of(kind, ["rate", "proportion"], name="kind")
    own = dict(zip(ROLES, (events_low, events_high, population_low, population_high), strict=True))
    other = (
        reference_events_low, reference_events_high, reference_population_low, reference_population_high,
    )  # fmt: skip
    columns = [own, dict(zip(ROLES, other, strict=True))]
    groups, reasons, (one, two) = _read(frame, columns, by=by, kind=kind)
    none = (one["events_low"] == 0) | (two["events_low"] == 0)
    reasons.mark(none, Status.TOO_FEW, "one side may have no events: a ratio has no limits on the log scale")
    (low_1, high_1), (low_2, high_2) = _range(one, kind), _range(two, kind)
    low, high = low_1 / high_2, high_1 / low_2
    variance = 1 / one["events_low"] + 1 / two["events_low"]
    if kind == "proportion":
        variance = np.maximum(variance - 1 / one["population_high"] - 1 / two["population_high"], 0)
    error = np.sqrt(variance)
    limits = {}
    for level in levels(confidence):
        limits[level] = _limits.log_ratio(low, error, level)[0], _limits.log_ratio(high, error, level)[1]
    return bounded_result(groups, reasons, low, high, limits, Method.LOG)


def _read(
    frame: Frame, pairs: Sequence[dict[str, str]], *, by: str | Sequence[str], kind: str
) -> tuple[Groups, Reasons, list[Side]]:
    by = names(by)
    columns: dict[str, str | None] = {
        f"{i} {role}": name for i, pair in enumerate(pairs) for role, name in pair.items()
    }
    table = collect(frame, columns=columns, by=by)
    groups = group_rows(table, by)
    reasons = Reasons(groups.size)
    sides = []
    for pair in pairs:
        rows = {role: numbers(table, name, role=role) for role, name in pair.items()}
        for role, values in rows.items():
            note = f"the {role.replace('_', ' ')} is missing in this group"
            reasons.mark(groups.any(np.isnan(values)), Status.MISSING, note)
        crossed = (rows["events_low"] > rows["events_high"]) | (rows["population_low"] > rows["population_high"])
        wrong = crossed | (rows["events_low"] < 0) | (rows["population_low"] < 0)
        if kind == "proportion":
            wrong |= rows["events_low"] > rows["population_high"]
        note = "impossible input: bounds that are crossed, negative or hold no proportion"
        reasons.mark(groups.any(wrong), Status.NOT_APPLICABLE, note)
        side = {role: groups.total(values) for role, values in rows.items()}
        reasons.mark(side["population_low"] == 0, Status.NOT_APPLICABLE, "the population may be zero")
        sides.append(side)
    return groups, reasons, sides


def _range(side: Side, kind: str) -> tuple[Floats, Floats]:
    low, high = side["events_low"] / side["population_high"], side["events_high"] / side["population_low"]
    return low, np.minimum(high, 1) if kind == "proportion" else high
