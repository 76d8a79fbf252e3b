"""Cumulants of log-normal and logit-normal values, and Cornish-Fisher quantiles of their sums."""

from functools import lru_cache
from math import comb

import numpy as np

from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, quiet
from hi_pipeline.stats._groups import Integers

NODES = 48


def log_normal(mean: Floats, error: Floats) -> list[Floats]:
    """First four cumulants of exp(N(mean, error^2))."""
    spread = np.expm1(error * error)
    w = spread + 1
    m = np.exp(mean + error * error / 2)
    once = m * spread
    twice = once * once
    # w^3 + 3w^2 + 6w + 6, nested as powers are slow.
    return [m, m * once, m * twice * (w + 2), m * once * twice * (((w + 3) * w + 6) * w + 6)]


@lru_cache
def _nodes() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite.hermgauss(NODES)
    return np.sqrt(2) * nodes, weights / np.sqrt(np.pi)


@quiet
def logit_normal(mean: Floats, error: Floats) -> list[Floats]:
    """First four cumulants of 1/(1 + exp(-N(mean, error^2))), by 48-point Gauss-Hermite quadrature."""
    nodes, weights = _nodes()
    values = 1 / (1 + np.exp(-(mean[:, None] + error[:, None] * nodes)))
    first = values @ weights
    values -= first[:, None]
    squares = values * values
    second = squares @ weights
    third = (squares * values) @ weights
    fourth = np.square(squares, out=squares) @ weights
    return [first, second, third, fourth - 3 * second**2]


@quiet
def cornish_fisher(cumulants: list[Floats], z: float) -> Floats:
    """Quantile at the standard normal quantile z from four cumulants (Cornish and Fisher 1938)."""
    mean, variance, third, fourth = cumulants
    sd = np.sqrt(variance)
    skew, kurtosis = third / (variance * sd), fourth / (variance * variance)
    bent = z + (z**2 - 1) / 6 * skew + (z**3 - 3 * z) / 24 * kurtosis - (2 * z**3 - 5 * z) / 36 * (skew * skew)
    return mean + sd * np.where(sd > 0, bent, 0.0)


def of_sum(weight: Floats, cumulants: list[Floats], starts: Integers) -> list[Floats]:
    """Cumulants of sum weight y, by group: the k-th is the sum of weight^k times theirs."""
    powers = _powers(weight)
    return [np.add.reduceat(powers[k] * cumulant, starts) for k, cumulant in enumerate(cumulants, start=1)]


def pencil(slope: Floats, intercept: Floats, cumulants: list[Floats], starts: Integers) -> list[list[Floats]]:
    """Coefficients in t of the cumulants of sum (slope + t intercept) y, by group."""
    ends, starts_of = _powers(slope), _powers(intercept)
    return [
        [comb(k, j) * np.add.reduceat(ends[k - j] * starts_of[j] * cumulant, starts) for j in range(k + 1)]
        for k, cumulant in enumerate(cumulants, start=1)
    ]


def _powers(weight: Floats) -> list[Floats]:
    """Powers 0 to 4 by multiplication, which is many times faster than ``**``."""
    square = weight * weight
    return [np.ones_like(weight), weight, square, square * weight, square * square]


def at(coefficients: list[list[Floats]], t: Floats) -> list[Floats]:
    """Evaluate the cumulants of ``pencil`` at t."""
    out = []
    for terms in coefficients:
        total = terms[-1] * np.ones_like(t)
        for term in terms[-2::-1]:
            total = total * t + term
        out.append(total)
    return out


@quiet
def ratio_root(coefficients: list[list[Floats]], start: Floats, guess: Floats, z: float) -> Floats:
    """Solve Q_z[sum (slope + (1 - r) intercept) y] = 0 for r, by group; NaN where it has no root.

    The end of the line falls short of r times its intercept with exactly the probability of z
    at the root, which is so the quantile of their ratio. Secant steps, all groups at once.
    """
    one = start
    two = np.where(guess == start, start * 1.01 + 1e-9, guess)
    f_one, f_two = cornish_fisher(at(coefficients, 1 - one), z), cornish_fisher(at(coefficients, 1 - two), z)
    for _ in range(40):
        step = f_two * (two - one) / (f_two - f_one)
        # A secant step of this size leaves an error near its square.
        moving = np.isfinite(step) & (np.abs(step) > 1e-12 * np.abs(two))
        if not moving.any():
            break
        new = np.where(moving, two - step, two)
        one, f_one = np.where(moving, two, one), np.where(moving, f_two, f_one)
        f_two = np.where(moving, cornish_fisher(at(coefficients, 1 - new), z), f_two)
        two = new
    scale = np.sqrt(at(coefficients, 1 - two)[1])
    # Without error the root is that of the mean, which rounding keeps from being zero.
    level = np.abs(coefficients[0][0]) + np.abs(coefficients[0][1])
    return np.where(np.abs(f_two) <= 1e-6 * scale + 1e-12 * level, two, np.nan)


@quiet
def fieller(
    slope: Floats, intercept: Floats, v_ss: Floats, v_si: Floats, v_ii: Floats, confidence: float
) -> tuple[Floats, Floats]:
    """Fieller limits of (intercept + slope)/intercept; NaN where the intercept may be zero."""
    z2 = _limits.z_score(confidence) ** 2
    a = intercept**2 - z2 * v_ii
    b = slope * intercept - z2 * v_si
    c = slope**2 - z2 * v_ss
    root = np.sqrt(np.where(a > 0, np.maximum(b * b - a * c, 0), np.nan))
    return 1 + (b - root) / a, 1 + (b + root) / a
