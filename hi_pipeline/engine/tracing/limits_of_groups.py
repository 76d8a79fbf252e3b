"""Limits of a measure between groups, from the limits of the groups: differences, ratios and the line through all."""

from collections.abc import Callable, Sequence
from math import exp, hypot, log, sqrt

from hi_pipeline.core.indicator import Kind, Polarity
from hi_pipeline.core.status import Measure
from hi_pipeline.engine.tracing.arithmetic import from_scale, number, printed_pair, ridits, scale_of, to_float, to_scale
from hi_pipeline.engine.tracing.figure import Figure, Group
from hi_pipeline.engine.tracing.limits import LEVELS, z_score
from hi_pipeline.engine.tracing.limits_told import Limits, Pair, at_each_level

_RESCALED = "at 99.8% each side of a group is wider by the ratio of the normal quantiles"
_MOVER = "down sqrt((v - l)^2 + (U - w)^2), up sqrt((u - v)^2 + (w - L)^2) of v less w"

Estimate = tuple[float, float, float]


def of_difference(figure: Figure) -> Limits:
    """Limits of one group less another, from those of both (Newcombe 1998)."""
    one, two = figure.groups
    made = at_each_level(lambda level: _less(_at(one, level), _at(two, level)))
    return Limits(lines=[*_limits_of(figure.groups), _MOVER, _RESCALED], made=made)


def of_ratio(figure: Figure) -> Limits:
    """Limits of one group over another: those of the difference of their logs."""
    one, two = figure.groups

    def limits(level: float) -> Pair:
        low, high = _less(_at(one, level, log), _at(two, level, log))
        return exp(low), exp(high)

    return Limits(lines=[*_limits_of(figure.groups), f"of the logs: {_MOVER}", _RESCALED], made=at_each_level(limits))


def of_printed(figure: Figure) -> Limits:
    """Limits of one printed figure less another, from the printed limits of both."""
    pair = printed_pair(figure)
    if not pair:
        return Limits(lines=["limits from those of two printed figures that are not both there"])
    one, two = ((to_float(row["value"]), to_float(row["lower_95"]), to_float(row["upper_95"])) for row in pair)
    made = dict(zip(("lower_95", "upper_95"), _less(one, two), strict=True))
    shown = [f"limits of {row['measure']}: 95% {number(row['lower_95'])} to {number(row['upper_95'])}" for row in pair]
    return Limits(lines=[*shown, _MOVER], made=made)


def _less(one: Estimate, two: Estimate) -> Pair:
    """Return the limits of one estimate less another; an estimate is a value with its lower and upper limit."""
    (v, low, high), (w, below, above) = one, two
    return v - w - hypot(v - low, above - w), v - w + hypot(high - v, w - below)


def _at(group: Group, level: float, scale: Callable[[float], float] = float) -> Estimate:
    """Return a group's value and limits on a scale; the limits of another level are its 95% limits made wider."""
    value, low, high = (scale(to_float(group.result[name])) for name in ("value", "lower_95", "upper_95"))
    wider = z_score(level) / z_score(LEVELS["95"])
    return value, value + (low - value) * wider, value + (high - value) * wider


def _limits_of(groups: Sequence[Group]) -> list[str]:
    return [
        f"limits of {g.count['category']}: 95% {number(g.result['lower_95'])} to {number(g.result['upper_95'])}"
        for g in groups
    ]


def of_slope(figure: Figure) -> Limits:
    """Limits of an index from the standard errors of its groups, which their 95% limits imply."""
    kind = scale_of(figure)
    scale = float(figure.indicator.multiplier) if kind == "proportion" else 1.0
    placed = ridits(figure.groups)
    cubes = sum(a**3 for a, _ in placed)
    slope, middle, spread = 0.0, 0.0, 0.0
    for group, (a, b) in zip(figure.groups, placed, strict=True):
        y, low, high = (to_scale(to_float(group.result[n]) / scale, kind) for n in ("value", "lower_95", "upper_95"))
        weight, error = 12 * a * (b - 0.5) / (1 - cubes), (high - low) / (2 * z_score(LEVELS["95"]))
        slope, middle, spread = slope + weight * y, middle + a * y, spread + (weight * error) ** 2

    def limits(level: float) -> Pair:
        reach = z_score(level) * sqrt(spread)
        ends = [
            _index(figure, *(from_scale(middle + half * (slope + s * reach), kind) for half in (-0.5, 0.5)))
            for s in (-1, 1)
        ]
        return min(ends), max(ends)

    return Limits(
        lines=[
            *_limits_of(figure.groups),
            "standard error of y = (y of the upper limit - y of the lower) / (2 x 1.96); c = 12 a (b - 1/2) / (1 - sum "
            "a^3)",
            f"slope -+ z sqrt(sum (c x standard error)^2) = z x {number(sqrt(spread))}, through the same middle",
        ],
        made=at_each_level(limits),
    )


def of_line(figure: Figure) -> Limits:
    """Fieller's limits of the ratio of the two ends of a straight line: where end less r times start may be nothing."""
    placed = ridits(figure.groups)
    cubes = sum(a**3 for a, _ in placed)
    start, end, start_2, end_2, both = 0.0, 0.0, 0.0, 0.0, 0.0
    for group, (a, b) in zip(figure.groups, placed, strict=True):
        value, low, high = (to_float(group.result[name]) for name in ("value", "lower_95", "upper_95"))
        half, error = 6 * a * (b - 0.5) / (1 - cubes), (high - low) / (2 * z_score(LEVELS["95"]))
        first, last = a - half, a + half
        start, end = start + first * value, end + last * value
        start_2, end_2 = start_2 + (first * error) ** 2, end_2 + (last * error) ** 2
        both += first * last * error**2

    def limits(level: float) -> Pair:
        z2 = z_score(level) ** 2
        top, middle, bottom = start**2 - z2 * start_2, start * end - z2 * both, end**2 - z2 * end_2
        root = sqrt(middle**2 - top * bottom)
        ends = [top / (middle + sign * root) for sign in (1, -1)]
        return min(ends), max(ends)

    return Limits(
        lines=[
            *_limits_of(figure.groups),
            f"ends of the line: variance of the most deprived {number(start_2)}, of the least {number(end_2)}, "
            f"together {number(both)}",
            "limits where (most deprived end - r x least)^2 = z^2 times its variance (Fieller 1954)",
        ],
        made=at_each_level(limits),
    )


def _index(figure: Figure, first: float, last: float) -> float:
    """Return the index of a line's ends, from the most deprived to the least."""
    if figure.row["measure"] == Measure.RII.value:
        return first / last
    scale = figure.indicator.multiplier if figure.indicator.kind is Kind.PROPORTION else 1.0
    return scale * (last - first if figure.indicator.polarity is Polarity.HIGHER_IS_BETTER else first - last)
