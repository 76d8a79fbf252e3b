"""The gap between the two ends of a ladder, and their ratio."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, quiet, ranks
from hi_pipeline.stats._groups import Groups, group_rows
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats._singles import rescale

Ends = tuple[Groups, Reasons, dict[str, tuple[Floats, Floats]]]


@quiet
def absolute_gap(
    frame: Frame,
    *,
    rank: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    standard_error: str | None = None,
    by: str | Sequence[str],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Absolute gap: the figure at the highest rank less the figure at the lowest rank present.

    Formula: d = v_high - v_low; limits d - sqrt((v_high - l_high)^2 + (u_low - v_low)^2) and
    d + sqrt((u_high - v_high)^2 + (v_low - l_low)^2), which for standard errors is
    d -+ z sqrt(SE_high^2 + SE_low^2).

    Symbols: v the figure, l and u its limits; the two ends are independent.

    Units: those of ``value``.

    Shapes: one row a rank and group; one row a group comes back. Ranks in between are not used, so the
    gap also stands where a slope cannot.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers.
        value: column of figures.
        lower: column of lower 95% limits.
        upper: column of upper 95% limits.
        standard_error: column of standard errors, instead of limits.
        by: group columns.
        confidence: confidence levels of the limits; widths are taken to them from 95%.

    Returns:
        Group columns, value, limits, status, note, method, ``low_rank`` and ``high_rank``. A null at an
        end makes the group ``missing``; one rank alone ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or limits and standard errors are both given.

    Example:
        >>> frame = pl.DataFrame({"quintile": [1, 5], "rate": [50, 30], "low": [44, 26], "high": [57, 35]})
        >>> found = absolute_gap(frame, rank="quintile", value="rate", lower="low", upper="high", by=[])
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(3)).rows()
        [(-20.0, -28.062, -12.19)]

    Reference:
        Zou GY, Donner A. Construction of confidence limits about effect measures: a general
        approach. Stat Med 2008;27:1693-702.
    """
    groups, reasons, ends = _read(frame, rank, value, lower, upper, standard_error, by)
    low, high = ends["value"]
    limits = {}
    for level in levels(confidence):
        pairs = [tuple(rescale(ends[side][i], ends["value"][i], level) for side in ("lower", "upper")) for i in (0, 1)]
        limits[level] = _limits.mover_difference(high, pairs[1], low, pairs[0])  # type: ignore[arg-type]
    return _finish(groups, reasons, high - low, limits, ends, Method.MOVER)


@quiet
def end_ratio(
    frame: Frame,
    *,
    rank: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    standard_error: str | None = None,
    by: str | Sequence[str],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Ratio of the figure at the highest rank to the figure at the lowest rank present.

    Formula: q = v_high/v_low; limits on the log scale by the method of ``absolute_gap`` applied to
    ln v, which for standard errors is q exp(-+ z sqrt(SE_high^2/v_high^2 + SE_low^2/v_low^2)).

    Symbols: v the figure, above zero; the two ends are independent.

    Units: none.

    Shapes: one row a rank and group; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers.
        value: column of figures.
        lower: column of lower 95% limits.
        upper: column of upper 95% limits.
        standard_error: column of standard errors, instead of limits.
        by: group columns.
        confidence: confidence levels of the limits; widths are taken to them from 95%.

    Returns:
        As ``absolute_gap``; a figure or limit that is not above zero makes the group ``not_applicable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or limits and standard errors are both given.

    Example:
        >>> frame = pl.DataFrame({"quintile": [1, 5], "rate": [50, 30], "low": [44, 26], "high": [57, 35]})
        >>> found = end_ratio(frame, rank="quintile", value="rate", lower="low", upper="high", by=[])
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(0.6, 0.4942, 0.733)]

    Reference:
        Zou GY, Donner A. Construction of confidence limits about effect measures: a general
        approach. Stat Med 2008;27:1693-702.
    """
    groups, reasons, ends = _read(frame, rank, value, lower, upper, standard_error, by)
    v = ends["value"]
    if standard_error is not None:
        reach = [_limits.z_score(0.95) * (ends["upper"][i] - v[i]) / _limits.z_score(0.95) / v[i] for i in (0, 1)]
        logs = {"lower": [np.log(v[i]) - reach[i] for i in (0, 1)], "upper": [np.log(v[i]) + reach[i] for i in (0, 1)]}
    else:
        logs = {side: [np.log(ends[side][i]) for i in (0, 1)] for side in ("lower", "upper")}
    positive = [(v[0] > 0) & (v[1] > 0)]
    if lower is not None:
        positive += [np.isfinite(logs[side][i]) for side in ("lower", "upper") for i in (0, 1)]
    note = "a figure or limit at an end is not above zero: a ratio has no limits on the log scale"
    reasons.mark(~np.all(positive, axis=0), Status.NOT_APPLICABLE, note)
    limits = {}
    for level in levels(confidence):
        pairs = [tuple(rescale(logs[side][i], np.log(v[i]), level) for side in ("lower", "upper")) for i in (0, 1)]
        pair = _limits.mover_difference(np.log(v[1]), pairs[1], np.log(v[0]), pairs[0])  # type: ignore[arg-type]
        limits[level] = np.exp(pair[0]), np.exp(pair[1])
    return _finish(groups, reasons, v[1] / v[0], limits, ends, Method.LOG)


def _read(
    frame: Frame, rank: str, value: str, lower: str | None, upper: str | None, standard_error: str | None,
    by: str | Sequence[str],
) -> Ends:  # fmt: skip
    if (lower is None) != (upper is None) or (lower is not None and standard_error is not None):
        raise StatisticsError("Give both lower and upper, or standard_error alone, or none of the three.")
    by = names(by)
    columns = {"rank": rank, "value": value, "lower": lower, "upper": upper, "standard_error": standard_error}
    table = collect(frame, columns=columns, by=by)
    groups = group_rows(table, by)
    figures = {"rank": ranks(table, rank)}
    figures |= {role: numbers(table, name, role=role) for role, name in columns.items() if name and role != "rank"}
    if standard_error is not None:
        reach = _limits.z_score(0.95) * figures["standard_error"]
        figures |= {"lower": figures["value"] - reach, "upper": figures["value"] + reach}
    nothing = np.full(groups.rows, np.nan)
    figures = {"lower": nothing, "upper": nothing} | figures
    reasons = Reasons(groups.size)
    reasons.mark(groups.any(np.isnan(figures["rank"])), Status.MISSING, "a rank is missing in this group")
    order = np.lexsort((figures["rank"], groups.row_group()))
    count = np.bincount(groups.row_group(), minlength=groups.size)
    first = np.append(0, np.cumsum(count))[:-1]
    places = order[first], order[first + count - 1]
    ends = {role: (values[places[0]], values[places[1]]) for role, values in figures.items()}
    _mark(reasons, groups, figures["rank"], order, ends, [role for role, name in columns.items() if name])
    return groups, reasons, ends


def _mark(
    reasons: Reasons, groups: Groups, rank: Floats, order: np.ndarray, ends: dict[str, tuple[Floats, Floats]],
    given: list[str],
) -> None:  # fmt: skip
    for role in given:
        note = f"the {role.replace('_', ' ')} is missing at an end of the ladder"
        reasons.mark(np.isnan(ends[role][0]) | np.isnan(ends[role][1]), Status.MISSING, note)
    wrong = Status.NOT_APPLICABLE
    reasons.mark(ends["rank"][0] == ends["rank"][1], wrong, "one rank alone: a gap needs two")
    same = (np.diff(groups.row_group()[order]) == 0) & (np.diff(rank[order]) == 0)
    twice = np.bincount(groups.row_group()[order][1:][same], minlength=groups.size) > 0
    reasons.mark(twice, wrong, "impossible input: a rank stands twice in this group")
    outside = [(ends["lower"][i] > ends["value"][i]) | (ends["upper"][i] < ends["value"][i]) for i in (0, 1)]
    reasons.mark(outside[0] | outside[1], wrong, "impossible input: a value lies outside its limits")


def _finish(
    groups: Groups, reasons: Reasons, value: Floats, limits: dict[float, _limits.Pair],
    ends: dict[str, tuple[Floats, Floats]], method: Method,
) -> pl.DataFrame:  # fmt: skip
    known = not np.isnan(ends["lower"][0]).all() if groups.size else True
    extra: Extra = {"low_rank": ends["rank"][0], "high_rank": ends["rank"][1]}
    return result(groups, reasons, value=value, limits=limits, method=method if known else Method.NONE, extra=extra)
