"""Directly standardised rates with Dobson limits."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, names, numbers, positive, quiet
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats.standardisation._strata import (
    FEWEST_EVENTS,
    TOO_FEW,
    EmptyStratum,
    Standardised,
    standardise,
)


@quiet
def directly_standardised_rate(
    frame: Frame,
    *,
    events: str,
    population: str,
    weight: str,
    by: str | Sequence[str],
    multiplier: float = 100_000,
    total_weight: float | None = None,
    event_frequency: str | None = None,
    empty_stratum: EmptyStratum = "error",
    limits_rounding: int = 1,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Directly standardised rate (DSR) with Dobson limits.

    Formula: DSR = m sum w_i x_i/n_i / sum w_i; V = sum x_i (w_i/n_i)^2 / (sum w_i)^2; limits
    DSR + m sqrt(V/O) (O_L - O) and DSR + m sqrt(V/O) (O_U - O), with O_L and O_U Byar's limits of O.

    Symbols: x events, n population and w standard population of stratum i, O = sum x, m multiplier.

    Events that are not independent (a person with several admissions): ``events`` counts the persons
    with f events, f in ``event_frequency``; then DSR = sum_f f DSR_f, V = sum_f f^2 V_f and
    O = sum_f f sum x. Without it repeated events make the limits too narrow.

    Units: events per ``multiplier`` persons of the standard population.

    Shapes: one row a stratum (and frequency) and group; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        events: column of event counts; with ``event_frequency``, of persons.
        population: column of populations, above zero.
        weight: column of standard populations.
        by: group columns, without age and sex.
        multiplier: scale of value and limits, positive.
        total_weight: what the weights of a group must sum to. By default the largest sum among the
            groups; give it where every group may lack a stratum (100,000 for the whole 2013 European
            Standard Population).
        event_frequency: column of the number of events a person; each number then has all strata.
        empty_stratum: ``error`` refuses a stratum without population; ``zero`` counts its rate as 0
            and keeps its weight, where it has no events either.
        limits_rounding: multiple to which O is rounded before the limits are made. Value and limits together tell O
            exactly; with a rounded O they tell no more than a rounded count does.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, lower_95, upper_95, lower_998, upper_998, status, note, method and
        ``events`` (O, rounded as for the limits). A null in any stratum, or an absent stratum, makes the
        group ``missing``: weights are never rescaled to the strata at hand. Fewer than 10 events make it ``too_few``,
        impossible input ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or a number is out of its range.

    Example:
        >>> strata = pl.DataFrame({"age": ["young", "old"], "x": [10, 30], "n": [1000, 500], "w": [60, 40]})
        >>> found = directly_standardised_rate(strata, events="x", population="n", weight="w", by=[], multiplier=1000)
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(3)).rows()
        [(30.0, 21.373, 40.925)]

    Reference:
        Dobson AJ, Kuulasmaa K, Eberle E, Scherer J. Confidence intervals for weighted sums of Poisson
        parameters. Stat Med 1991;10:457-62.
        Morris JK, Tan J, Fryers P, Bestwick J. Evaluation of stability of directly standardized rates
        for sparse data using simulation methods. Popul Health Metr 2018;16:19.
    """
    scale = positive(multiplier, name="multiplier")
    by = names(by)
    if event_frequency in by:
        raise StatisticsError(f"event_frequency {event_frequency!r} is among the group columns; leave it out of by.")
    inner, reasons, parts = standardise(
        frame, events=events, population=population, weight=weight, total_weight=total_weight,
        by=by if event_frequency is None else [*by, event_frequency], empty_stratum=empty_stratum,
    )  # fmt: skip
    groups = inner
    if event_frequency is not None:
        groups, reasons, parts = _over_frequencies(inner, reasons, parts, by, event_frequency)
    reasons.mark(parts.events < FEWEST_EVENTS, Status.TOO_FEW, TOO_FEW)
    parts = replace(parts, events=_rounded(parts.events, limits_rounding))
    limits = {}
    for level in levels(confidence):
        lower, upper = _dobson(parts, level)
        limits[level] = lower * scale, upper * scale
    extra: Extra = {"events": parts.events}
    return result(groups, reasons, value=parts.rate * scale, limits=limits, method=Method.DOBSON, extra=extra)


def _rounded(events: Floats, multiple: int) -> Floats:
    return events if multiple == 1 else np.floor(events / multiple + 0.5) * multiple


def _dobson(parts: Standardised, level: float) -> _limits.Pair:
    lower, upper = _limits.byar(parts.events, level)
    spread = np.sqrt(parts.variance / parts.events)
    return parts.rate + spread * (lower - parts.events), parts.rate + spread * (upper - parts.events)


def _over_frequencies(
    inner: Groups, reasons: Reasons, parts: Standardised, by: list[str], event_frequency: str
) -> tuple[Groups, Reasons, Standardised]:
    groups = group_rows(inner.keys, by)
    f = numbers(inner.keys, event_frequency, role="event_frequency")
    reasons.mark(np.isnan(f), Status.MISSING, "the number of events a person is missing")
    reasons.mark(~(f > 0) | np.isinf(f), Status.NOT_APPLICABLE, "impossible input: events a person not above zero")
    both = Standardised(
        rate=groups.total(f * parts.rate),
        variance=groups.total(f**2 * parts.variance),
        events=groups.total(f * parts.events),
        weight=parts.weight,
    )
    return groups, reasons.gathered(groups), both
