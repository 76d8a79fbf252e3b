"""Limits of a proportion and of a rate for one pair of counts, in plain arithmetic: the slow and obvious second way.

``hi_pipeline.stats`` computes the limits that are published; what is explained is computed here again from the printed
counts, without the libraries of statistics, and must agree.
"""

from math import exp, lgamma, log, sqrt
from statistics import NormalDist

EXACT_BELOW = 10
LEVELS = {"95": 0.95, "998": 0.998}


def z_score(level: float) -> float:
    """Return the two-sided quantile of the normal distribution."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(events: float, people: float, level: float) -> tuple[float, float]:
    """Return Wilson's score limits of a share (Wilson 1927)."""
    z = z_score(level)
    root = z * sqrt(z * z + 4 * events * (1 - events / people))
    low, high = ((2 * events + z * z + sign * root) / (2 * (people + z * z)) for sign in (-1, 1))
    return (0.0 if events == 0 else low), (1.0 if events == people else high)


def poisson(events: float, level: float) -> tuple[float, float]:
    """Return the limits of a count: exact below 10 (Garwood 1936), Byar's from 10 on (Breslow and Day 1987)."""
    tail = (1 - level) / 2
    if events < EXACT_BELOW:
        return (_quantile(events, tail) if events else 0.0), _quantile(events + 1, 1 - tail)
    return byar(events, level)


def byar(events: float, level: float) -> tuple[float, float]:
    """Return Byar's limits of a count above 0."""
    z = z_score(level)
    low = 1 - 1 / (9 * events) - z / (3 * sqrt(events))
    high = 1 - 1 / (9 * (events + 1)) + z / (3 * sqrt(events + 1))
    return events * low**3, (events + 1) * high**3


def _quantile(shape: float, share: float) -> float:
    """Return where a gamma distribution of scale 1 has a share of itself below, by halving."""
    low, high = 0.0, shape + 60.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(shape, middle) < share else (low, middle)
    return (low + high) / 2


def _below(shape: float, value: float) -> float:
    """Return the share of a gamma distribution below a value: the series of the incomplete gamma function."""
    if value <= 0:
        return 0.0
    term, total, step = 1.0, 1.0, shape
    while term > total * 1e-17:
        step += 1
        term *= value / step
        total += term
    return total * exp(shape * log(value) - value - lgamma(shape + 1))
