"""Limits of what sets deciles 1 and 2 beside all ten, from the counts of every decile."""

from math import exp, hypot, sqrt

from hi_pipeline.core.groups import MOST_DEPRIVED_FIFTH
from hi_pipeline.engine.tracing.arithmetic import number, to_float, two_sides
from hi_pipeline.engine.tracing.figure import Figure
from hi_pipeline.engine.tracing.limits import wilson, z_score
from hi_pipeline.engine.tracing.limits_told import Limits, Pair, at_each_level, outermost

# Ends of the counts: few events and many people in deciles 1 and 2 make the ratio smallest.
_READINGS = {
    "as printed": ("", "", "", ""),
    "smallest": ("_low", "_high", "_high", "_low"),
    "largest": ("_high", "_low", "_low", "_high"),
}


def of_shares(figure: Figure) -> Limits:
    """Limits of a disproportionality: the outermost of three readings, each on the log scale."""
    found, lines = [], []
    for name, ends in _READINGS.items():
        x1, n1, x2, n2 = two_sides(figure.groups, ends)
        value = x1 / (x1 + x2) / (n1 / (n1 + n2))
        variance = (x2**2 * (1 / x1 - 1 / n1) + x2 * (1 - x2 / n2)) / (x1 + x2) ** 2
        error = sqrt(max(variance, 0.0))

        def limits(level: float, value: float = value, error: float = error) -> Pair:
            reach = exp(z_score(level) * error)
            return value / reach, value * reach

        found.append(at_each_level(limits))
        lines.append(
            f"{name}: deciles 1 and 2 have {number(x1)} of {number(n1)}, the others {number(x2)} of {number(n2)}; "
            f"standard error of the log {number(error)}"
        )
    lines.append("SE^2 = (x2^2 (1 / x1 - 1 / n1) + x2 (1 - x2 / n2)) / (x1 + x2)^2; the outermost of q exp(-+ z SE)")
    return Limits(lines=lines, made=outermost(found))


def of_gap_of_shares(figure: Figure) -> Limits:
    """Newcombe's limits of the difference of two shares, at the ends of what rounding leaves open."""
    found, lines, m = [], [], figure.indicator.multiplier
    for name, ends in _READINGS.items():
        x, all_x = _first_of_all(figure, "numerator", *ends[:2])
        n, all_n = _first_of_all(figure, "denominator", *ends[2:])

        def limits(level: float, x: float = x, all_x: float = all_x, n: float = n, all_n: float = all_n) -> Pair:
            (low, high), (below, above) = wilson(x, all_x, level), wilson(n, all_n, level)
            p, q = x / all_x, n / all_n
            return m * max(p - q - hypot(p - low, above - q), -1), m * min(p - q + hypot(high - p, q - below), 1)

        found.append(at_each_level(limits))
        lines.append(f"{name}: {number(x)} of {number(all_x)} less {number(n)} of {number(all_n)}")
    lines.append("down sqrt((p - l)^2 + (U - q)^2), up sqrt((u - p)^2 + (q - L)^2), l to U by Wilson; the outermost")
    return Limits(lines=lines, made=outermost(found))


def _first_of_all(figure: Figure, side: str, first: str, rest: str) -> Pair:
    """Return a side's count in deciles 1 and 2, and in all, the first and the others each at an end of their bounds."""
    ends = ((g.count, first if g.count["category"] in MOST_DEPRIVED_FIFTH else rest) for g in figure.groups)
    counts = {str(count["category"]): to_float(count[f"{side}{end}"]) for count, end in ends}
    return sum(counts[word] for word in MOST_DEPRIVED_FIFTH), sum(counts.values())
