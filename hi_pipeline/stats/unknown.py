"""What records whose group is not known leave open: worst-case bounds, and scenarios, which are called so.

A worst case holds whatever the groups of the unknown truly are. A scenario supposes something about them, and holds
only where that is so.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, one_of, positive, quiet
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result

Kind = Literal["proportion", "rate"]
Scale = Literal["difference", "ratio"]
Figures = dict[str, Floats]

NO_EVENTS = "no events on a side: a ratio has no limits on the log scale"
IMPOSSIBLE = "impossible input: counts that are negative, crossed, infinite, or more events than people"


@quiet
def worst_case(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    unknown_events: str,
    unknown_population: str | None = None,
    by: str | Sequence[str],
    kind: Kind = "proportion",
    scale: Scale = "difference",
    bounded: bool = False,
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Difference or ratio of two groups, with the least and the greatest that the unknown records allow.

    Formula: p_high = (x + u)/(n + u) and p_low = x/(n + v) for a proportion, p_high = (x + u)/n and p_low = x/n
    for a rate; value_high = p_high of the group against p_low of the reference, value_low the other way round:
    unknown events all to one group, unknown non-events to the other. Limits: the lower one of the counts that
    give value_low, the upper one of those that give value_high.

    Symbols: x events and n population of a side, u unknown events, v unknown records without the event. Unknown
    records that belong to a third group leave both sides as they are, within these bounds.

    Units: the unit of the figure times ``multiplier`` for a difference, none for a ratio.

    Shapes: each row holds both sides and the unknown (one row a pair, or several rows, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of counts of the group.
        population: column of its populations.
        reference_events: as ``events``, of the reference.
        reference_population: as ``population``, of the reference.
        unknown_events: column of counts of events whose group is not known.
        unknown_population: column of records whose group is not known, events included; for a proportion. A rate
            has residents below the line, whose groups are known: leave it out.
        by: group columns.
        kind: ``proportion`` or ``rate``.
        scale: ``difference`` (the group less the reference) or ``ratio`` (the group over the reference).
        bounded: each count is known as an interval: columns of its name with ``_low`` and ``_high`` stand beside it,
            and of the unknown only these are read.
        multiplier: scale of a difference, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value (of the known records alone), limits (of the worst case), status, note, method,
        ``value_low`` and ``value_high``. A ratio with no events on a side is ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric, the multiplier is not positive, or unknown records are
            lacking for a proportion, or given for a rate.

    Example:
        >>> frame = pl.DataFrame({"a": [50], "b": [50], "n": [100], "u": [20], "unknown": [40]})
        >>> sides = dict(events="a", population="n", reference_events="b", reference_population="n")
        >>> found = worst_case(frame, **sides, unknown_events="u", unknown_population="unknown", by=[])
        >>> found.select(pl.col("value", "value_low", "value_high").round(4)).rows()
        [(0.0, -0.1667, 0.1667)]

    Reference:
        Manski CF. Partial identification of probability distributions. Springer; 2003. Horowitz JL, Manski CF.
        J Am Stat Assoc 2000;95:77-84.
    """
    unit = _unit(multiplier, scale)
    groups, reasons, figures = _read(
        frame, kind=kind, scale=scale, bounded=bounded, by=by,
        columns={
            "events": events, "population": population, "reference_events": reference_events,
            "reference_population": reference_population, "unknown_events": unknown_events,
            "unknown_population": unknown_population,
        },
    )  # fmt: skip
    value = _against(_share(figures, ""), _share(figures, "reference_"), scale)
    high = _most(figures, "", kind), _least(figures, "reference_", kind)
    low = _least(figures, "", kind), _most(figures, "reference_", kind)
    if scale == "ratio":
        none = (low[0][0] <= 0) | (high[1][0] <= 0)
        reasons.mark(none, Status.TOO_FEW, NO_EVENTS)
    limits = {
        level: (_limit(*low, kind, scale, level)[0] * unit, _limit(*high, kind, scale, level)[1] * unit)
        for level in levels(confidence)
    }
    ends = {name: _against(a[0] / a[1], b[0] / b[1], scale) for name, (a, b) in (("low", low), ("high", high))}
    extra: Extra = {f"value_{name}": end * unit for name, end in ends.items()}
    return result(groups, reasons, value=value * unit, limits=limits, method=_method(kind, scale), extra=extra)


@quiet
def scenarios(
    frame: Frame,
    *,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    unknown_events: str,
    unknown_population: str | None = None,
    known_records: str,
    by: str | Sequence[str],
    kind: Kind = "proportion",
    scale: Scale = "difference",
    multiplier: float = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Difference or ratio of two groups where the unknown records are supposed to belong to certain groups.

    Formula: group_takes: the group's counts with all unknown ones against the reference's own; reference_takes: the
    other way round; in_proportion: each side with the share w = r/R of the unknown, (x + w u)/(n + w U) for a
    proportion, (x + w u)/n for a rate.

    Symbols: x events and n population of a side, u unknown events, U unknown records, r known records of a side
    (its population for a proportion, its events for a rate), R those of all known groups together.

    Units: the unit of the figure times ``multiplier`` for a difference, none for a ratio.

    Shapes: each row holds both sides and the unknown (one row a pair, or several rows, summed).

    Args:
        frame: DataFrame or LazyFrame.
        events: column of counts of the group.
        population: column of its populations.
        reference_events: as ``events``, of the reference.
        reference_population: as ``population``, of the reference.
        unknown_events: column of counts of events whose group is not known.
        unknown_population: column of records whose group is not known, events included; for a proportion only.
        known_records: column of the records of all known groups: people for a proportion, events for a rate.
        by: group columns.
        kind: ``proportion`` or ``rate``.
        scale: ``difference`` or ``ratio``.
        multiplier: scale of a difference, positive.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value and limits (of the known records alone), status, note, method, ``group_takes``,
        ``reference_takes`` and ``in_proportion``.

    Raises:
        StatisticsError: as ``worst_case``.

    Example:
        >>> frame = pl.DataFrame({"a": [40], "b": [50], "n": [100], "u": [30], "unknown": [40], "all": [200]})
        >>> sides = dict(events="a", population="n", reference_events="b", reference_population="n")
        >>> unknown = dict(unknown_events="u", unknown_population="unknown", known_records="all")
        >>> found = scenarios(frame, **sides, **unknown, by=[])
        >>> found.select(pl.col("value", "group_takes", "reference_takes", "in_proportion").round(4)).rows()
        [(-0.1, 0.0, -0.1714, -0.0833)]

    Reference:
        Little RJA, Rubin DB. Statistical analysis with missing data, 3rd edn. Wiley; 2019 (sensitivity analysis).
    """
    unit = _unit(multiplier, scale)
    groups, reasons, figures = _read(
        frame, kind=kind, scale=scale, bounded=False, by=by,
        columns={
            "events": events, "population": population, "reference_events": reference_events,
            "reference_population": reference_population, "unknown_events": unknown_events,
            "unknown_population": unknown_population, "known_records": known_records,
        },
    )  # fmt: skip
    sides = {side: (figures[f"{side}events"], figures[f"{side}population"]) for side in ("", "reference_")}
    if scale == "ratio":
        reasons.mark((sides[""][0] == 0) | (sides["reference_"][0] == 0), Status.TOO_FEW, NO_EVENTS)
    more = figures["unknown_events"], figures.get("unknown_population", np.zeros(groups.size))
    record = 1 if kind == "proportion" else 0
    together = sides[""][record] + sides["reference_"][record]
    reasons.mark(figures["known_records"] < together * (1 - 1e-9), Status.NOT_APPLICABLE, IMPOSSIBLE)
    with_all = {side: _share_of(own, more, 1.0) for side, own in sides.items()}
    with_part = {side: _share_of(own, more, own[record] / figures["known_records"]) for side, own in sides.items()}
    alone = {side: own[0] / own[1] for side, own in sides.items()}
    extra: Extra = {
        "group_takes": _against(with_all[""], alone["reference_"], scale) * unit,
        "reference_takes": _against(alone[""], with_all["reference_"], scale) * unit,
        "in_proportion": _against(with_part[""], with_part["reference_"], scale) * unit,
    }
    limits = {}
    for level in levels(confidence):
        lower, upper = _limit(sides[""], sides["reference_"], kind, scale, level)
        limits[level] = lower * unit, upper * unit
    value = _against(alone[""], alone["reference_"], scale) * unit
    return result(groups, reasons, value=value, limits=limits, method=_method(kind, scale), extra=extra)


Counts = tuple[Floats, Floats]


def _read(
    frame: Frame, *, kind: str, scale: str, bounded: bool, by: str | Sequence[str], columns: dict[str, str | None]
) -> tuple[Groups, Reasons, Figures]:
    """Sum the counts of each group; of bounded ones also, under the role with _low and _high, their bounds."""
    one_of(kind, ["proportion", "rate"], name="kind")
    one_of(scale, ["difference", "ratio"], name="scale")
    if (columns["unknown_population"] is not None) != (kind == "proportion"):
        raise StatisticsError("unknown_population is the unknown records of a proportion; a rate has none. Correct it.")
    given = {role: name for role, name in columns.items() if name is not None}
    wanted: dict[str, str | None] = {r: name for r, name in given.items() if not (bounded and r.startswith("unknown"))}
    if bounded:
        wanted |= {f"{role}_{end}": f"{name}_{end}" for role, name in given.items() for end in ("low", "high")}
    by = names(by)
    table = collect(frame, columns=wanted, by=by)
    groups = group_rows(table, by)
    reasons = Reasons(groups.size)
    rows = {role: numbers(table, name, role=role) for role, name in wanted.items() if name is not None}
    for role, values in rows.items():
        reasons.mark(groups.any(np.isnan(values)), Status.MISSING, f"the {role.replace('_', ' ')} is missing")
    figures = {role: groups.total(values) for role, values in rows.items()}
    if not bounded:
        figures |= {f"{role}_{end}": figures[role] for role in given for end in ("low", "high")}
    _mark_impossible(reasons, groups, rows, figures, kind)
    return groups, reasons, figures


def _unit(multiplier: float, scale: str) -> float:
    unit = positive(multiplier, name="multiplier")
    return unit if scale == "difference" else 1.0


def _mark_impossible(reasons: Reasons, groups: Groups, rows: Figures, figures: Figures, kind: str) -> None:
    wrong = np.any([(values < 0) | np.isinf(values) for values in rows.values()], axis=0)
    reasons.mark(groups.any(wrong), Status.NOT_APPLICABLE, IMPOSSIBLE)
    for side in ("", "reference_", "unknown_"):
        crossed = figures[f"{side}events_low"] > figures[f"{side}events_high"]
        if kind == "rate" and side == "unknown_":
            reasons.mark(crossed, Status.NOT_APPLICABLE, IMPOSSIBLE)
            continue
        crossed |= figures[f"{side}population_low"] > figures[f"{side}population_high"]
        if kind == "proportion":
            crossed |= figures[f"{side}events_low"] > figures[f"{side}population_high"]
        reasons.mark(crossed, Status.NOT_APPLICABLE, IMPOSSIBLE)
        if side != "unknown_":
            reasons.mark(figures[f"{side}population_low"] == 0, Status.NOT_APPLICABLE, "the population may be zero")


def _share(figures: Figures, side: str) -> Floats:
    return figures[f"{side}events"] / figures[f"{side}population"]


def _share_of(own: Counts, more: Counts, part: Floats | float) -> Floats:
    return (own[0] + part * more[0]) / (own[1] + part * more[1])


def _most(figures: Figures, side: str, kind: str) -> Counts:
    """Give the side the greatest figure: all unknown events, and none of the rest."""
    events = figures[f"{side}events_high"] + figures["unknown_events_high"]
    if kind == "rate":
        return events, figures[f"{side}population_low"]
    population = figures[f"{side}population_low"] + figures["unknown_events_high"]
    # Rounded counts can leave more events than people.
    return np.minimum(events, population), population


def _least(figures: Figures, side: str, kind: str) -> Counts:
    """Give the side the least figure: the unknown records without the event, and none with it."""
    events = figures[f"{side}events_low"]
    if kind == "rate":
        return events, figures[f"{side}population_high"]
    without = np.maximum(figures["unknown_population_high"] - figures["unknown_events_low"], 0)
    return events, figures[f"{side}population_high"] + without


def _against(one: Floats, other: Floats, scale: str) -> Floats:
    return one - other if scale == "difference" else one / other


def _limit(one: Counts, other: Counts, kind: str, scale: str, level: float) -> _limits.Pair:
    p, q = one[0] / one[1], other[0] / other[1]
    if scale == "ratio":
        variance = 1 / one[0] + 1 / other[0]
        if kind == "proportion":
            variance = np.maximum(variance - 1 / one[1] - 1 / other[1], 0)
        return _limits.log_ratio(p / q, np.sqrt(variance), level)
    return _limits.mover_difference(p, _own(one, kind, level), q, _own(other, kind, level))


def _own(side: Counts, kind: str, level: float) -> _limits.Pair:
    if kind == "proportion":
        return _limits.wilson(side[0], side[1], level)
    lower, upper = _limits.poisson(side[0], level)
    return lower / side[1], upper / side[1]


def _method(kind: str, scale: str) -> Method:
    if scale == "ratio":
        return Method.LOG
    return Method.NEWCOMBE if kind == "proportion" else Method.MOVER
