"""A logistic curve through shares by ridit, fitted to all groups at once."""

import numpy as np

from hi_pipeline.stats._columns import Floats, quiet
from hi_pipeline.stats.inequality._subgroups import Subgroups

STEPS = 50


@quiet
def logistic_ends(sub: Subgroups, share_with: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fit g(b0 + b1 X) to shares by population-weighted quasi-likelihood.

    Each person counts once: the score is sum p (y - g) (1, X) = 0, whose fit does not depend on
    whether counts or shares are handed over.

    Returns:
        g(b0), g(b0 + b1), and the derivative of each by every row's share.
    """
    p, x, y = sub.share, sub.ridit, share_with
    start = sub.sum(p * y)
    b0, b1 = np.log(start / (1 - start)), np.zeros(len(start))
    for _ in range(STEPS):
        fit = _curve(sub.rows(b0) + sub.rows(b1) * x)
        a, b, c, det = _information(sub, fit)
        s0, s1 = sub.sum(p * (y - fit)), sub.sum(p * (y - fit) * x)
        d0, d1 = (c * s0 - b * s1) / det, (a * s1 - b * s0) / det
        b0, b1 = b0 + d0, b1 + d1
        # A group of shares of 0 or 1 has no finite fit; it must not keep the others waiting.
        moving = np.isfinite(d0) & (np.abs(d0) + np.abs(d1) > 1e-14 * (1 + np.abs(b0) + np.abs(b1)))
        if not moving.any():
            break
    fit = _curve(sub.rows(b0) + sub.rows(b1) * x)
    a, b, c, det = (sub.rows(figure) for figure in _information(sub, fit))
    slope_0, slope_1 = p * (c - b * x) / det, p * (a * x - b) / det
    low, high = _curve(b0), _curve(b0 + b1)
    return low, high, sub.rows(low * (1 - low)) * slope_0, sub.rows(high * (1 - high)) * (slope_0 + slope_1)


def _curve(line: Floats) -> Floats:
    return 1 / (1 + np.exp(-line))


def _information(sub: Subgroups, fit: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    w = sub.share * fit * (1 - fit)
    a, b, c = sub.sum(w), sub.sum(w * sub.ridit), sub.sum(w * sub.ridit**2)
    return a, b, c, a * c - b * b
