"""The summary measures of health inequality, all at once or one by one."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, one_of, positive, quiet, refuse_clash
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats.inequality._measures import BOUNDED, MEASURES, ORDERED, Measured, Setting
from hi_pipeline.stats.inequality._subgroups import Subgroups, read_subgroups

UNORDERED_NOTE = "the subgroups have no order, which this measure needs"
UNBOUNDED_NOTE = "this measure needs the upper bound of the estimates"


@quiet
def summary_measures(
    frame: Frame,
    *,
    rank: str,
    population: str,
    estimate: str,
    standard_error: str | None,
    by: str | Sequence[str],
    favourable: bool,
    reference: float | str | None = None,
    ordered: bool = True,
    upper_bound: float | None = None,
    measures: Sequence[str] | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Summary measures of health inequality between subgroups, with limits by the delta method.

    Formula: with p the population share, y the estimate, mu = sum p y, X the mid-point of the
    cumulative share and k the number of subgroups,

    - ``d`` difference and ``r`` ratio of the extremes (last and first rank, turned by ``favourable``;
      without an order the highest and lowest, or against the reference);
    - ``aci`` sum p (2X - 1) y; ``rci`` ACI/mu; ``wagstaff`` RCI/(1 - mu/B); ``erreygers`` 4 ACI/B;
    - ``sii_linear``, ``rii_linear`` ends of the share-weighted line, their difference and ratio;
      ``sii_logit``, ``rii_logit`` the same of a logistic curve, each person weighing the same;
    - ``bgv`` sum p (y - mu)^2; ``bgsd`` its root; ``cov`` 100 BGSD/mu;
    - ``mdmu``, ``mdmw`` mean of |y - mu|, unweighted and weighted by p; ``mdbu``, ``mdbw`` the same
      about the best estimate; ``mdru``, ``mdrw`` about the reference; ``idisu``, ``idisw`` 100 MDM/mu;
    - ``ti`` 1000 sum p r ln r and ``mld`` -1000 sum p ln r, r = y/mu;
    - ``par`` y_ref - mu and ``paf`` 100 PAR/mu, zero if the reference is not the better one.

    Symbols: B the upper bound of the estimates. Limits: value -+ z SE with SE^2 = sum (dM/dy)^2 se^2,
    on the log scale for ratios, with the second-order term for ``bgv``. They tell the sampling error of the
    estimates; limits from the scatter of a few points about a line, as some packages print for the indices,
    do not hold their level.

    Units: those of the estimate for d, aci, sii, bgsd, md and par; squared for bgv; none or per cent
    for the rest; thousandths for ti and mld.

    Shapes: one row a subgroup and group; one row a group and measure comes back.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers, 1 the most disadvantaged; with ``ordered=False`` any labels.
        population: column of populations, above zero.
        estimate: column of estimates.
        standard_error: column of their standard errors; ``None`` leaves the limits null.
        by: group columns.
        favourable: whether more is better (coverage) or worse (mortality).
        reference: the rank or label of the reference; by default the highest rank if ordered, else the
            best estimate.
        ordered: whether the ranks have an order.
        upper_bound: what a bounded estimate cannot exceed (1 or 100).
        measures: the measures wanted; all by default.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, ``measure``, value, limits, status, note, method and ``standard_error`` (of
        the logarithm for ratios). A group
        with a null is ``missing`` in every measure; a measure that is not defined for a group (order or
        bound lacking, an estimate of zero under a logarithm) is ``not_applicable`` alone.

    Raises:
        StatisticsError: a column is absent or not numeric, or a measure is unknown.

    Example:
        >>> frame = pl.DataFrame({"fifth": [1, 2], "n": [50, 50], "cover": [40, 60], "se": [2, 2]})
        >>> columns = dict(rank="fifth", population="n", estimate="cover", standard_error="se")
        >>> found = summary_measures(frame, **columns, by=[], favourable=True, measures=["d", "r", "bgv"])
        >>> found.select("measure", pl.col("value", "lower_95", "upper_95").round(3)).rows()
        [('d', 20.0, 14.456, 25.544), ('r', 1.5, 1.333, 1.687), ('bgv', 100.0, 44.287, 155.713)]

    Reference:
        Schlotheuber A, Hosseinpoor AR. Summary measures of health inequality: a review of existing
        measures and their application. Int J Environ Res Public Health 2022;19:3697.
        World Health Organization. Handbook on health inequality monitoring. Geneva: WHO; 2013.
    """
    wanted = list(MEASURES) if measures is None else [one_of(m, MEASURES, name="measure") for m in measures]
    sub = read_subgroups(
        frame, rank=rank, population=population, estimate=estimate, standard_error=standard_error, by=by,
        ordered=ordered, reference=reference,
    )  # fmt: skip
    refuse_clash(sub.groups.keys.columns, ["measure"])
    bound = None if upper_bound is None else positive(upper_bound, name="upper_bound")
    setting = Setting(favourable=favourable, ordered=ordered, upper_bound=bound)
    parts = [_one(sub, name, setting, confidence, known=standard_error is not None) for name in wanted]
    place = np.concatenate([np.arange(sub.groups.size)] * len(parts)) if parts else np.zeros(0, dtype=np.int64)
    turn = np.repeat(np.arange(len(parts)), sub.groups.size)
    return pl.concat(parts)[np.lexsort((turn, place))]


@quiet
def _one(sub: Subgroups, name: str, setting: Setting, confidence: Sequence[float], *, known: bool) -> pl.DataFrame:
    reasons = Reasons(sub.groups.size)
    reasons.join(sub.reasons)
    every = np.ones(sub.groups.size, dtype=bool)
    if name in ORDERED and not setting.ordered:
        reasons.mark(every, Status.NOT_APPLICABLE, UNORDERED_NOTE)
    if name in BOUNDED and setting.upper_bound is None:
        reasons.mark(every, Status.NOT_APPLICABLE, UNBOUNDED_NOTE)
    nothing = np.full(sub.groups.size, np.nan)
    value, error, limits = nothing, nothing, {level: (nothing, nothing) for level in levels(confidence)}
    if reasons.ok.any():
        measured = MEASURES[name](sub, setting)
        own_error = np.sqrt(sub.sum(measured.slope**2 * sub.error**2) + measured.more)
        value = _spread(sub, _floored(measured.value, measured))
        error = _spread(sub, own_error / measured.value if measured.scale == "log" else own_error)
        for level in limits:
            lower, upper = _limits_of(measured, own_error, level)
            limits[level] = _spread(sub, lower), _spread(sub, upper)
    method = (Method.LOG if name[0] == "r" and name != "rci" else Method.DELTA) if known else Method.NONE
    extra: Extra = {"standard_error": error}
    out = result(sub.groups, reasons, value=value, limits=limits, method=method, extra=extra)
    keys = sub.groups.keys.columns
    rest = [column for column in out.columns if column not in keys]
    return out.select(*keys, pl.lit(name).alias("measure"), *rest)


def _limits_of(measured: Measured, error: Floats, level: float) -> _limits.Pair:
    if measured.scale == "log":
        return _limits.log_ratio(measured.value, error / measured.value, level)
    reach = _limits.z_score(level) * error
    return _floored(measured.value - reach, measured), _floored(measured.value + reach, measured)


def _floored(figure: Floats, measured: Measured) -> Floats:
    if measured.floor == 0:
        return figure
    return np.maximum(figure, 0) if measured.floor > 0 else np.minimum(figure, 0)


def _spread(sub: Subgroups, figures: Floats) -> Floats:
    out = np.full(sub.groups.size, np.nan)
    out[sub.chosen] = figures
    return out


def concentration_index(
    frame: Frame,
    *,
    rank: str,
    population: str,
    estimate: str,
    standard_error: str | None = None,
    by: str | Sequence[str],
    form: Literal["absolute", "relative", "wagstaff", "erreygers"] = "relative",
    upper_bound: float | None = None,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Concentration index: how far an estimate gathers at one end of the ranks.

    Formula: absolute sum p (2X - 1) y; relative the same over mu; Wagstaff RCI/(1 - mu/B); Erreygers
    4 ACI/B.

    Symbols: p share, X ridit, y estimate, mu = sum p y, B the upper bound of the estimate.

    Units: those of the estimate (absolute), else none.

    Shapes: one row a subgroup and group; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers.
        population: column of populations, above zero.
        estimate: column of estimates.
        standard_error: column of their standard errors; ``None`` leaves the limits null.
        by: group columns.
        form: ``absolute``, ``relative``, ``wagstaff`` or ``erreygers``.
        upper_bound: the estimate's upper bound, for the last two.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value (positive if high ranks have more), limits by the delta method, status,
        note, method and ``standard_error``.

    Raises:
        StatisticsError: a column is absent or not numeric, or the form is unknown.

    Example:
        >>> frame = pl.DataFrame({"fifth": [1, 2], "n": [50, 50], "cover": [40, 60], "se": [2, 2]})
        >>> columns = dict(rank="fifth", population="n", estimate="cover", standard_error="se")
        >>> found = concentration_index(frame, **columns, by=[])
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(0.1, 0.0717, 0.1283)]

    Reference:
        Wagstaff A. The bounds of the concentration index when the variable of interest is binary.
        Health Econ 2005;14:429-32. Erreygers G. Correcting the concentration index. J Health Econ
        2009;28:504-15.
    """
    forms = {"absolute": "aci", "relative": "rci", "wagstaff": "wagstaff", "erreygers": "erreygers"}
    name = forms[one_of(form, forms, name="form")]
    return summary_measures(
        frame, rank=rank, population=population, estimate=estimate, standard_error=standard_error, by=by,
        favourable=True, upper_bound=upper_bound, measures=[name], confidence=confidence,
    ).drop("measure")  # fmt: skip


def population_attributable(
    frame: Frame,
    *,
    rank: str,
    population: str,
    estimate: str,
    standard_error: str | None = None,
    by: str | Sequence[str],
    favourable: bool,
    form: Literal["risk", "fraction"] = "risk",
    reference: float | str | None = None,
    ordered: bool = True,
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Population attributable risk or fraction: what would change if all fared like the reference.

    Formula: PAR = y_ref - mu; PAF = 100 PAR/mu; zero if the reference is not the better one.

    Symbols: y estimate, mu its population-weighted mean, ref the reference subgroup.

    Units: those of the estimate (risk) or per cent (fraction).

    Shapes: one row a subgroup and group; one row a group comes back.

    Args:
        frame: DataFrame or LazyFrame.
        rank: column of ordered numbers, or labels with ``ordered=False``.
        population: column of populations, above zero.
        estimate: column of estimates.
        standard_error: column of their standard errors; ``None`` leaves the limits null.
        by: group columns.
        favourable: whether more is better.
        form: ``risk`` or ``fraction``.
        reference: rank or label of the reference; by default the highest rank if ordered, else the best.
        ordered: whether the ranks have an order.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits by the delta method, status, note, method, ``standard_error``.

    Raises:
        StatisticsError: a column is absent or not numeric.

    Example:
        >>> frame = pl.DataFrame({"fifth": [1, 2], "n": [50, 50], "cover": [40, 60], "se": [2, 2]})
        >>> columns = dict(rank="fifth", population="n", estimate="cover", standard_error="se")
        >>> found = population_attributable(frame, **columns, by=[], favourable=True)
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4)).rows()
        [(10.0, 7.2282, 12.7718)]

    Reference:
        World Health Organization. Handbook on health inequality monitoring. Geneva: WHO; 2013.
    """
    name = {"risk": "par", "fraction": "paf"}[one_of(form, ["risk", "fraction"], name="form")]
    return summary_measures(
        frame, rank=rank, population=population, estimate=estimate, standard_error=standard_error, by=by,
        favourable=favourable, reference=reference, ordered=ordered, measures=[name], confidence=confidence,
    ).drop("measure")  # fmt: skip
