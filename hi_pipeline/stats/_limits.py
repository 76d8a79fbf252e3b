"""Intervals for one count or one proportion, on arrays: Wilson, Byar, exact Poisson, MOVER."""

from functools import lru_cache
from statistics import NormalDist

import numpy as np

from hi_pipeline.stats._columns import Floats, quiet

Pair = tuple[Floats, Floats]

EXACT_BELOW = 10


@lru_cache
def z_score(confidence: float) -> float:
    """Two-sided standard normal quantile: z = Phi^-1(1/2 + confidence/2)."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def normal(z: Floats) -> Floats:
    """Standard normal distribution function, Phi(z)."""
    from scipy.special import ndtr  # imported here, so that commands that only read come at once

    return np.asarray(ndtr(z), dtype=np.float64)


@quiet
def wilson(events: Floats, population: Floats, confidence: float) -> Pair:
    """Wilson score limits of a proportion (Wilson 1927), clipped to 0 and 1.

    (2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2))
    """
    z = z_score(confidence)
    root = z * np.sqrt(z * z + 4 * events * (1 - events / population))
    lower = (2 * events + z * z - root) / (2 * (population + z * z))
    upper = (2 * events + z * z + root) / (2 * (population + z * z))
    # Rounding leaves 1e-17 where the limit is 0 or 1 by algebra.
    lower = np.where(events == 0, 0.0, lower)
    upper = np.where(events == population, 1.0, upper)
    return np.clip(lower, 0, 1), np.clip(upper, 0, 1)


@quiet
def byar(count: Floats, confidence: float) -> Pair:
    """Byar's approximate Poisson limits of a count (Breslow and Day 1987); the lower is 0 at 0."""
    z = z_score(confidence)
    next_ = count + 1
    low = 1 - 1 / (9 * count) - z / (3 * np.sqrt(count))
    high = 1 - 1 / (9 * next_) + z / (3 * np.sqrt(next_))
    # Products, as a power costs fifty times as much.
    lower = count * (low * low * low)
    return np.where(count == 0, 0.0, np.maximum(lower, 0)), next_ * (high * high * high)


def poisson(count: Floats, confidence: float) -> Pair:
    """Limits of a count by the house rule: exact below 10, Byar from 10.

    Counts below 10 that are whole are looked up in a table of ten rows; fractions, which come
    from events shared out between areas, are computed.
    """
    lower, upper = byar(count, confidence)
    small = np.flatnonzero(count < EXACT_BELOW)
    if small.size:
        few = count[small]
        whole = few == np.floor(few)
        table_lower, table_upper = _exact_table(confidence)
        place = np.where(whole & (few >= 0), few, 0).astype(np.int64)
        low, high = table_lower[place], table_upper[place]
        if not whole.all():
            exact_lower, exact_upper = exact(few[~whole], confidence)
            low[~whole], high[~whole] = exact_lower, exact_upper
        lower[small], upper[small] = low, high
    return lower, upper


def exact(count: Floats, confidence: float) -> Pair:
    """Exact Poisson limits (Garwood 1936): chi2^-1(alpha/2; 2O)/2 and chi2^-1(1 - alpha/2; 2O + 2)/2."""
    from scipy.special import chdtri  # imported here, so that commands that only read come at once

    tail = (1 - confidence) / 2
    # chdtri has no value for zero degrees of freedom; the limit there is 0.
    lower = np.where(count == 0, 0.0, chdtri(2 * np.where(count == 0, 1, count), 1 - tail) / 2)
    return lower, chdtri(2 * count + 2, tail) / 2


@lru_cache
def _exact_table(confidence: float) -> Pair:
    return exact(np.arange(EXACT_BELOW, dtype=np.float64), confidence)


@quiet
def mover_difference(value: Floats, limits: Pair, other: Floats, other_limits: Pair) -> Pair:
    """Limits of a difference from the limits of its two sides (Newcombe 1998; Zou and Donner 2008)."""
    difference = value - other
    down = np.hypot(value - limits[0], other_limits[1] - other)
    up = np.hypot(limits[1] - value, other - other_limits[0])
    return difference - down, difference + up


@quiet
def log_ratio(ratio: Floats, standard_error: Floats, confidence: float) -> Pair:
    """Limits of a ratio that is normal on the log scale: ratio * exp(-+ z SE)."""
    reach = np.exp(z_score(confidence) * standard_error)
    return ratio / reach, ratio * reach
