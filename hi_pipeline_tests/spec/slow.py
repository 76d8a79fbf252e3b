"""A second, slow and obvious implementation: one group at a time, in plain Python where it can be."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np


def z_of(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def bisect(function: Callable[[float], float], low: float, high: float) -> float:
    """Root of a function that changes sign between low and high."""
    sign = function(low) > 0
    for _ in range(200):
        middle = (low + high) / 2
        if (function(middle) > 0) == sign:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def poisson_cdf(count: int, mean: float) -> float:
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def exact(count: int, confidence: float) -> tuple[float, float]:
    """Means at which the tail beyond the count is exactly alpha/2."""
    tail = (1 - confidence) / 2
    upper = bisect(lambda mean: poisson_cdf(count, mean) - tail, 1e-12, 20 * count + 50)
    if count == 0:
        return 0.0, upper
    return bisect(lambda mean: 1 - poisson_cdf(count - 1, mean) - tail, 1e-12, count + 1), upper


def byar(count: float, confidence: float) -> tuple[float, float]:
    z = z_of(confidence)
    lower = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    upper = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * math.sqrt(count + 1))) ** 3
    return lower, upper


def poisson(count: int, confidence: float) -> tuple[float, float]:
    return exact(count, confidence) if count < 10 else byar(count, confidence)


def wilson(events: int, population: int, confidence: float) -> tuple[float, float]:
    """Shares that a score test does not reject, found by searching on either side of x/n."""
    z, share = z_of(confidence), events / population

    def distance(p: float) -> float:
        return (share - p) ** 2 - z * z * p * (1 - p) / population

    lower = 0.0 if events == 0 else bisect(distance, 0.0, share)
    upper = 1.0 if events == population else bisect(distance, share, 1.0)
    return lower, upper


def dsr(strata: Sequence[tuple[int, int, float]], confidence: float) -> tuple[float, float, float]:
    """Rate a person with Dobson limits, from (events, population, weight)."""
    total = sum(w for _, _, w in strata)
    rate = sum(w * x / n for x, n, w in strata) / total
    variance = sum(x * (w / n) ** 2 for x, n, w in strata) / total**2
    events = sum(x for x, _, _ in strata)
    lower, upper = byar(events, confidence)
    spread = math.sqrt(variance / events)
    return rate, rate + spread * (lower - events), rate + spread * (upper - events)


def ridits(population: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    total, below = sum(population), 0.0
    shares, middles = [], []
    for people in population:
        shares.append(people / total)
        middles.append((below + people / 2) / total)
        below += people
    return np.array(shares), np.array(middles)


def line(population: Sequence[float], value: Sequence[float]) -> tuple[float, float]:
    """Intercept and slope by least squares on the square-root weighted columns."""
    a, b = ridits(population)
    design = np.column_stack([np.sqrt(a), np.sqrt(a) * b])
    found, *_ = np.linalg.lstsq(design, np.sqrt(a) * np.array(value), rcond=None)
    return float(found[0]), float(found[1])


def line_operators(population: Sequence[float]) -> np.ndarray:
    """Rows of weights that turn values into intercept and slope."""
    a, b = ridits(population)
    design = np.column_stack([np.ones_like(b), b])
    return np.linalg.solve(design.T @ np.diag(a) @ design, design.T @ np.diag(a))


def cumulants_by_grid(transform: Callable[[np.ndarray], np.ndarray], mean: float, error: float) -> list[float]:
    """Four cumulants of transform(N(mean, error^2)) by the trapezoid rule on a fine grid."""
    t = np.linspace(-12, 12, 200_001)
    density = np.exp(-t * t / 2)
    density /= density.sum()
    values = transform(mean + error * t)
    first = float(density @ values)
    central = [float(density @ (values - first) ** k) for k in (2, 3, 4)]
    return [first, central[0], central[1], central[2] - 3 * central[0] ** 2]


def cornish_fisher(cumulants: Sequence[float], z: float) -> float:
    mean, variance, third, fourth = cumulants
    skew, kurtosis = third / variance**1.5, fourth / variance**2
    bend = (z * z - 1) / 6 * skew + (z**3 - 3 * z) / 24 * kurtosis - (2 * z**3 - 5 * z) / 36 * skew**2
    return mean + math.sqrt(variance) * (z + bend)


def life_table(population: Sequence[float], deaths: Sequence[float]) -> list[tuple[float, float]]:
    """Life expectancy and its standard error at each of 20 ages."""
    ages = [0, 1, *range(5, 95, 5)]
    alive, rows = 100_000.0, []
    for i, (people, died) in enumerate(zip(population, deaths, strict=True)):
        last, rate, lived = i == 19, died / people, 0.1 if i == 0 else 0.5
        years = 2 / rate if last else ages[i + 1] - ages[i]
        dying = 1.0 if last or died > people / years / lived else years * rate / (1 + years * rate * (1 - lived))
        stay = alive / rate if last else years * (alive * (1 - dying) + lived * alive * dying)
        rows.append((alive, stay, dying, died, rate, years, lived))
        alive *= 1 - dying
    out = []
    expectancy = [sum(row[1] for row in rows[i:]) / rows[i][0] for i in range(20)]
    for i in range(20):
        variance = 0.0
        for j in range(i, 20):
            alive, _, dying, died, rate, years, lived = rows[j]
            if j == 19:
                variance += (alive / 2) ** 2 * 4 / (died * rate**2)
            elif died:
                onward = (1 - lived) * years + expectancy[j + 1]
                variance += alive**2 * onward**2 * dying**2 * (1 - dying) / died
        out.append((expectancy[i], math.sqrt(variance) / rows[i][0]))
    return out


def quantile(values: Sequence[float | None], k: int, *, invert: bool) -> list[int | None]:
    known = [v for v in values if v is not None]
    out: list[int | None] = []
    for v in values:
        if v is None or len(known) < k:
            out.append(None)
            continue
        rank = 1 + sum((other > v) if invert else (other < v) for other in known)
        place = math.floor(k + 1 - math.ceil((len(known) + 1 - rank) / (len(known) / k)))
        out.append(max(place, 1))
    return out


def summary(population: Sequence[float], y: Sequence[float], *, bound: float) -> dict[str, float]:
    """Every measure of a favourable, ordered set, ridit by ridit."""
    p, x = ridits(population)
    y = np.array(y, dtype=float)
    k, mean = len(y), sum(p * y)
    intercept, slope = line(population, list(y))
    low, high = logistic(p, x, y / bound)
    best, last = max(y), y[-1]
    out = {
        "d": y[-1] - y[0],
        "r": y[-1] / y[0],
        "aci": sum(p[i] * (2 * x[i] - 1) * y[i] for i in range(k)),
        "sii_linear": slope,
        "rii_linear": (intercept + slope) / intercept,
        "sii_logit": bound * (high - low),
        "rii_logit": high / low,
        "bgv": sum(p * (y - mean) ** 2),
        "mdmu": sum(abs(y - mean)) / k,
        "mdmw": sum(p * abs(y - mean)),
        "mdbu": sum(abs(y - best)) / k,
        "mdbw": sum(p * abs(y - best)),
        "mdru": sum(abs(y - last)) / k,
        "mdrw": sum(p * abs(y - last)),
        "ti": 1000 * sum(p[i] * y[i] / mean * math.log(y[i] / mean) for i in range(k)),
        "mld": -1000 * sum(p[i] * math.log(y[i] / mean) for i in range(k)),
        "par": max(last - mean, 0),
    }
    out["rci"] = out["aci"] / mean
    out["wagstaff"] = out["rci"] / (1 - mean / bound)
    out["erreygers"] = 4 * out["aci"] / bound
    out["bgsd"] = math.sqrt(out["bgv"])
    out["cov"] = 100 * out["bgsd"] / mean
    out["idisu"], out["idisw"] = 100 * out["mdmu"] / mean, 100 * out["mdmw"] / mean
    out["paf"] = 100 * out["par"] / mean
    return out


def logistic(weight: np.ndarray, x: np.ndarray, share: np.ndarray) -> tuple[float, float]:
    """Ends of a weighted logistic curve, by iteratively reweighted least squares."""
    design, beta = np.column_stack([np.ones_like(x), x]), np.zeros(2)
    for _ in range(60):
        fit = 1 / (1 + np.exp(-design @ beta))
        w = weight * fit * (1 - fit)
        beta = beta + np.linalg.solve(design.T @ (w[:, None] * design), design.T @ (weight * (share - fit)))
    return 1 / (1 + math.exp(-beta[0])), 1 / (1 + math.exp(-beta[0] - beta[1]))
