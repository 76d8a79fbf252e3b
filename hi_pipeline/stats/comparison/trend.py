"""Is a series of five points or more rising or falling?"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, collect, names, numbers, periods, quiet
from hi_pipeline.stats._groups import Groups, Integers, group_rows
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats._singles import check_error_columns
from hi_pipeline.stats.inequality._ladder import SCALE_OF, Kind, Transform, scale_of, steepness, to_scale

FEWEST = 5


@quiet
def trend(
    frame: Frame,
    *,
    period: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    standard_error: str | None = None,
    by: str | Sequence[str],
    kind: Kind = "rate",
    transform: Transform = "auto",
    points: int = FEWEST,
    gaps: bool = False,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Trend of a series: the average change from one period to the next, with limits and a verdict.

    Formula: least squares of y on t weighted by w = 1/SE^2:
    slope = sum w (t - T) y / S, T = sum w t / sum w, S = sum w (t - T)^2; limits
    slope -+ z sqrt(phi / S), phi = max(1, sum w (y - fit)^2 / (k - 2)).

    Symbols: y the value on the scale of the fit, t the period, k the number of points, SE the standard
    error of y, phi the overdispersion: where points scatter about the line more than their own limits
    allow, the limits widen with them.

    Units: untransformed, the unit of ``value`` a period; on the log scale a ratio a period (1.02 is a
    rise of 2%); on the logit scale an odds ratio a period.

    Shapes: one row a group and period in, one row a group out.

    Args:
        frame: DataFrame or LazyFrame.
        period: column of numbers, or of financial years as in "2023-24".
        value: column of values.
        lower: column of lower 95% limits.
        upper: column of upper 95% limits.
        standard_error: column of standard errors on the scale of ``value``, instead of limits.
        by: group columns.
        kind: ``rate``, ``proportion`` or ``other``, as in ``inequality.slope_index``.
        transform: as in ``inequality.slope_index``.
        points: the fewest points that make a trend, 5 or more.
        gaps: whether periods may be missing between the first and the last.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method, ``points``, ``overdispersion`` and
        ``verdict``: ``rising`` or ``falling`` where the 95% limits leave out no change, else
        ``no_clear_trend``. Fewer points make the group ``too_few``, a null ``missing``, a period left out
        ``not_applicable`` unless ``gaps``. The order of the rows does not matter.

    Raises:
        StatisticsError: a column is absent or not numeric, a period is no number and no financial
            year, or limits and standard errors are both lacking.

    Example:
        >>> frame = pl.DataFrame({"year": [2019, 2020, 2021, 2022, 2023], "score": [1, 2, 3, 4, 5], "se": [1] * 5})
        >>> found = trend(frame, period="year", value="score", standard_error="se", by=[], kind="other")
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4), "verdict").rows()
        [(1.0, 0.3802, 1.6198, 'rising')]

    Reference:
        Armitage P, Berry G, Matthews JNS. Statistical methods in medical research, 4th edn.
        Blackwell; 2002 (weighted regression; heterogeneity factor).
    """
    check_error_columns(lower, upper, standard_error)
    scale = scale_of(kind, transform)
    by = names(by)
    errors = {"lower": lower, "upper": upper, "standard_error": standard_error}
    table = collect(frame, columns={"period": period, "value": value, **errors}, by=by)
    groups = group_rows(table, by)
    (t, step), v = periods(table, period), numbers(table, value, role="value")
    given = {role: numbers(table, name, role=role) for role, name in errors.items() if name is not None}
    y, error = to_scale(v, scale), _error(v, given, kind=kind, scale=scale)
    reasons = Reasons(groups.size)
    count = np.bincount(groups.row_group(), minlength=groups.size)
    _mark(reasons, groups, t, v, y, error, given, count, max(points, FEWEST))
    if not gaps:
        _mark_gaps(reasons, groups, t, step)
    slope, weight, phi = _fit(groups, t, y, 1 / error**2)
    limits = {}
    for level in {0.95, *levels(confidence)}:
        reach = _limits.z_score(level) * np.sqrt(phi / weight)
        limits[level] = (slope - reach, slope + reach)
    verdict = _verdict(*limits[0.95], reasons)
    shown = {level: limits[level] for level in levels(confidence)}
    if scale != "none":
        slope, shown = np.exp(slope), {level: (np.exp(low), np.exp(up)) for level, (low, up) in shown.items()}
    extra: Extra = {"points": pl.Series(count), "overdispersion": phi, "verdict": verdict}
    return result(groups, reasons, value=slope, limits=shown, method=Method.CLOSED_FORM, extra=extra)


def _error(v: Floats, given: dict[str, Floats], *, kind: str, scale: str) -> Floats:
    if "standard_error" in given:
        return given["standard_error"] * steepness(v, scale)
    own = scale if scale == "none" else SCALE_OF[kind]
    return (to_scale(given["upper"], own) - to_scale(given["lower"], own)) / (2 * _limits.z_score(0.95))


def _mark(
    reasons: Reasons, groups: Groups, t: Floats, v: Floats, y: Floats, error: Floats,
    given: dict[str, Floats], count: Integers, fewest: int,
) -> None:  # fmt: skip
    absent = np.isnan(t) | np.isnan(v) | np.any([np.isnan(figure) for figure in given.values()], axis=0)
    reasons.mark(groups.any(absent), Status.MISSING, "a period, value or limit is missing in this group")
    note = f"a trend needs {fewest} points or more; this group has {{found}}"
    reasons.mark_each(count < fewest, Status.TOO_FEW, note, count)
    order = np.lexsort((t, groups.row_group()))
    same = (np.diff(groups.row_group()[order], prepend=-1) == 0) & (np.diff(t[order], prepend=np.nan) == 0)
    repeated = np.zeros(len(t), dtype=bool)
    repeated[order[same]] = True
    wrong = Status.NOT_APPLICABLE
    reasons.mark(groups.any(repeated), wrong, "impossible input: a period stands twice in this group")
    note = "a value, limit or standard error has no place on the scale of the fit"
    reasons.mark(groups.any(~np.isfinite(y) | ~np.isfinite(error) | ~(error > 0)), wrong, note)


def _mark_gaps(reasons: Reasons, groups: Groups, t: Floats, step: float | None) -> None:
    """Mark the groups whose periods do not follow one another; numbers do where they are equally far apart."""
    group = groups.row_group()
    order = np.lexsort((t, group))
    within = (np.diff(group[order]) == 0) & (np.diff(t[order]) != 0)
    steps, at = np.diff(t[order])[within], group[order][1:][within]
    usual = np.full(groups.size, np.inf if step is None else step)
    np.minimum.at(usual, at, steps)
    wide = np.zeros(len(t), dtype=bool)
    wide[order[1:][within]] = steps > usual[at] * (1 + 1e-9)
    note = "a period is missing within this series; a trend over the gap has to be asked for"
    reasons.mark(groups.any(wide), Status.NOT_APPLICABLE, note)


def _fit(groups: Groups, t: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    row_group = groups.row_group()
    total = groups.total(weight)
    middle, level = groups.total(weight * t) / total, groups.total(weight * y) / total
    apart = t - middle[row_group]
    spread = groups.total(weight * apart**2)
    slope = groups.total(weight * apart * y) / spread
    left = y - level[row_group] - slope[row_group] * apart
    count = np.bincount(row_group, minlength=groups.size)
    phi = groups.total(weight * left**2) / np.maximum(count - 2, 1)
    return slope, spread, np.maximum(phi, 1)


def _verdict(lower: Floats, upper: Floats, reasons: Reasons) -> pl.Series:
    words = np.full(len(lower), "no_clear_trend", dtype=object)
    words[lower > 0] = "rising"
    words[upper < 0] = "falling"
    words[~reasons.ok] = None
    return pl.Series(list(words), dtype=pl.String)
