"""Formulas of the summary measures: each gives a value and its derivative by every estimate."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from hi_pipeline.stats._columns import Floats
from hi_pipeline.stats._groups import Integers
from hi_pipeline.stats.inequality._ladder import line_weights
from hi_pipeline.stats.inequality._logistic import logistic_ends
from hi_pipeline.stats.inequality._subgroups import Subgroups


@dataclass(frozen=True)
class Setting:
    """What the caller says about the estimates."""

    favourable: bool
    ordered: bool
    upper_bound: float | None


@dataclass(frozen=True)
class Measured:
    """A measure of every chosen group.

    Attributes:
        value: the measure.
        slope: its derivative by each row's estimate, for the delta method.
        scale: ``plain`` or ``log``: where its limits are symmetric.
        floor: 1 if the measure cannot fall below zero, -1 if it cannot rise above, 0 if neither.
        more: variance beyond the first derivative.
    """

    value: Floats
    slope: Floats
    scale: str = "plain"
    floor: int = 0
    more: Floats | float = field(default=0.0)


Formula = Callable[[Subgroups, Setting], Measured]


def reference_rows(sub: Subgroups, setting: Setting) -> Integers:
    """The chosen reference; else the most advantaged if ordered, the best if not."""
    default = sub.last if setting.ordered else sub.furthest(highest=setting.favourable)
    return np.where(sub.reference >= 0, sub.reference, default)


def _pair(sub: Subgroups, setting: Setting) -> tuple[Integers, Integers]:
    """The two subgroups whose difference and ratio are taken, better off first if favourable."""
    if setting.ordered:
        return (sub.last, sub.starts) if setting.favourable else (sub.starts, sub.last)
    high, low = sub.furthest(highest=True), sub.furthest(highest=False)
    known = sub.reference >= 0
    if setting.favourable:
        return np.where(known, sub.reference, high), low
    return high, np.where(known, sub.reference, low)


def _difference(sub: Subgroups, setting: Setting) -> Measured:
    one, two = _pair(sub, setting)
    return Measured(sub.estimate[one] - sub.estimate[two], sub.at(one) - sub.at(two))


def _ratio(sub: Subgroups, setting: Setting) -> Measured:
    one, two = _pair(sub, setting)
    value = sub.estimate[one] / sub.estimate[two]
    slope = sub.rows(value) * (sub.at(one) / sub.estimate - sub.at(two) / sub.estimate)
    return Measured(value, slope, scale="log")


def _aci(sub: Subgroups, setting: Setting) -> Measured:
    weight = sub.share * (2 * sub.ridit - 1)
    return Measured(sub.sum(weight * sub.estimate), weight)


def _over(top: Measured, bottom: Floats, bottom_slope: Floats, sub: Subgroups, factor: float = 1) -> Measured:
    value = factor * top.value / bottom
    slope = factor * top.slope / sub.rows(bottom) - sub.rows(value / bottom) * bottom_slope
    return Measured(value, slope)


def _rci(sub: Subgroups, setting: Setting) -> Measured:
    return _over(_aci(sub, setting), sub.mean, sub.share, sub)


def _bound(setting: Setting) -> float:
    return np.nan if setting.upper_bound is None else setting.upper_bound


def _wagstaff(sub: Subgroups, setting: Setting) -> Measured:
    bound, mean = _bound(setting), sub.mean
    spread = mean * (1 - mean / bound)
    return _over(_aci(sub, setting), spread, sub.share * sub.rows(1 - 2 * mean / bound), sub)


def _erreygers(sub: Subgroups, setting: Setting) -> Measured:
    aci, factor = _aci(sub, setting), 4 / _bound(setting)
    return Measured(factor * aci.value, factor * aci.slope)


def _sii_linear(sub: Subgroups, setting: Setting) -> Measured:
    _, slope, _ = line_weights(sub.share, sub.starts)
    return Measured(sub.sum(slope * sub.estimate), slope)


def _rii_linear(sub: Subgroups, setting: Setting) -> Measured:
    _, slope, intercept = line_weights(sub.share, sub.starts)
    end = Measured(sub.sum((slope + intercept) * sub.estimate), slope + intercept)
    whole = _over(end, sub.sum(intercept * sub.estimate), intercept, sub)
    return Measured(np.where(whole.value > 0, whole.value, np.nan), whole.slope, scale="log")


def _logit(sub: Subgroups, setting: Setting) -> tuple[Floats, ...]:
    return logistic_ends(sub, sub.estimate / _bound(setting))


def _sii_logit(sub: Subgroups, setting: Setting) -> Measured:
    low, high, low_slope, high_slope = _logit(sub, setting)
    return Measured(_bound(setting) * (high - low), high_slope - low_slope)


def _rii_logit(sub: Subgroups, setting: Setting) -> Measured:
    low, high, low_slope, high_slope = _logit(sub, setting)
    ends = _over(Measured(high, high_slope), low, low_slope, sub)
    return Measured(ends.value, ends.slope / _bound(setting), scale="log")


def _bgv(sub: Subgroups, setting: Setting) -> Measured:
    off = sub.estimate - sub.rows(sub.mean)
    # The variance is quadratic in the estimates: where they hardly differ its first derivative
    # vanishes and only the second is left. A = diag(p) - p p', more = 2 tr(A S A S).
    own, cross = sub.share * sub.error**2, (sub.share * sub.error) ** 2
    more = 2 * (sub.sum(own**2) - 2 * sub.sum(own**2 * sub.share) + sub.sum(cross) ** 2)
    return Measured(sub.sum(sub.share * off**2), 2 * sub.share * off, more=more)


def _bgsd(sub: Subgroups, setting: Setting) -> Measured:
    variance = _bgv(sub, setting)
    value = np.sqrt(variance.value)
    return Measured(value, variance.slope / sub.rows(2 * value))


def _cov(sub: Subgroups, setting: Setting) -> Measured:
    return _over(_bgsd(sub, setting), sub.mean, sub.share, sub, factor=100)


def _spread(weighted: bool, about: str) -> Formula:
    def formula(sub: Subgroups, setting: Setting) -> Measured:
        weight = sub.share if weighted else 1 / sub.rows(sub.count.astype(np.float64))
        if about == "mean":
            centre, centre_slope = sub.mean, sub.share
        else:
            best = sub.furthest(highest=setting.favourable)
            row = best if about == "best" else reference_rows(sub, setting)
            centre, centre_slope = sub.estimate[row], sub.at(row)
        off = sub.estimate - sub.rows(centre)
        pull = sub.rows(sub.sum(weight * np.sign(off)))
        return Measured(sub.sum(weight * np.abs(off)), weight * np.sign(off) - centre_slope * pull)

    return formula


def _idis(weighted: bool) -> Formula:
    def formula(sub: Subgroups, setting: Setting) -> Measured:
        return _over(_spread(weighted, "mean")(sub, setting), sub.mean, sub.share, sub, factor=100)

    return formula


def _ti(sub: Subgroups, setting: Setting) -> Measured:
    mean = sub.rows(sub.mean)
    r = sub.estimate / mean
    log = np.log(r)
    value = sub.sum(sub.share * np.where(r == 0, 0.0, r * log))
    slope = sub.share / mean * (log - sub.rows(value))
    return Measured(1000 * value, 1000 * slope)


def _mld(sub: Subgroups, setting: Setting) -> Measured:
    mean = sub.rows(sub.mean)
    r = sub.estimate / mean
    return Measured(-1000 * sub.sum(sub.share * np.log(r)), 1000 * sub.share / mean * (1 - 1 / r))


def _par(sub: Subgroups, setting: Setting) -> Measured:
    row = reference_rows(sub, setting)
    floor = 1 if setting.favourable else -1
    return Measured(sub.estimate[row] - sub.mean, sub.at(row) - sub.share, floor=floor)


def _paf(sub: Subgroups, setting: Setting) -> Measured:
    risk = _par(sub, setting)
    whole = _over(risk, sub.mean, sub.share, sub, factor=100)
    return Measured(whole.value, whole.slope, floor=risk.floor)


ORDERED = ("aci", "rci", "wagstaff", "erreygers", "sii_linear", "rii_linear", "sii_logit", "rii_logit")
BOUNDED = ("wagstaff", "erreygers", "sii_logit", "rii_logit")
MEASURES: dict[str, Formula] = {
    "d": _difference,
    "r": _ratio,
    "aci": _aci,
    "rci": _rci,
    "wagstaff": _wagstaff,
    "erreygers": _erreygers,
    "sii_linear": _sii_linear,
    "rii_linear": _rii_linear,
    "sii_logit": _sii_logit,
    "rii_logit": _rii_logit,
    "bgv": _bgv,
    "bgsd": _bgsd,
    "cov": _cov,
    "mdmu": _spread(False, "mean"),
    "mdmw": _spread(True, "mean"),
    "mdbu": _spread(False, "best"),
    "mdbw": _spread(True, "best"),
    "mdru": _spread(False, "reference"),
    "mdrw": _spread(True, "reference"),
    "idisu": _idis(False),
    "idisw": _idis(True),
    "ti": _ti,
    "mld": _mld,
    "par": _par,
    "paf": _paf,
}
