"""The fast path and the slow, obvious one agree to 1e-9 on random tables."""

import math

import numpy as np
import polars as pl
import pytest

from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.inequality.summary import summary_measures
from hi_pipeline.stats.life_expectancy import life_expectancy
from hi_pipeline.stats.proportions import proportion
from hi_pipeline.stats.quantiles import quantile
from hi_pipeline.stats.rates import crude_rate
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline_tests.spec import slow

LEVELS = {"95": 0.95, "998": 0.998}


def close(ours: float, theirs: float, *, scale: float = 0.0) -> None:
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9 * scale + 1e-15)


def test_proportions_and_rates() -> None:
    draw = np.random.default_rng(11)
    n = draw.integers(1, 3000, 120)
    frame = pl.DataFrame({"row": range(120), "x": draw.binomial(n, draw.uniform(0, 0.2, 120)), "n": n})
    shares = proportion(frame, events="x", population="n", by="row")
    crude = crude_rate(frame, events="x", population="n", by="row", multiplier=1)
    for i, (x, people) in enumerate(zip(frame["x"], frame["n"], strict=True)):
        for name, level in LEVELS.items():
            for table, limits in ((shares, slow.wilson(x, people, level)), (crude, slow.poisson(x, level))):
                divide = people if table is crude else 1
                close(table[f"lower_{name}"][i], limits[0] / divide, scale=1e-3)
                close(table[f"upper_{name}"][i], limits[1] / divide)


def test_directly_standardised_rates() -> None:
    draw = np.random.default_rng(12)
    weight = draw.integers(1, 8, 12) * 500.0
    rows = [
        (area, age, int(draw.poisson(8)), int(draw.integers(100, 9000)), weight[age])
        for area in range(40)
        for age in range(12)
    ]
    frame = pl.DataFrame(rows, schema=["area", "age", "x", "n", "w"], orient="row").sample(
        fraction=1, shuffle=True, seed=1
    )
    ours = directly_standardised_rate(frame, events="x", population="n", weight="w", by=["area"], multiplier=1)
    for row in ours.iter_rows(named=True):
        strata = [(x, n, w) for area, _, x, n, w in rows if area == row["area"]]
        for name, level in LEVELS.items():
            rate, lower, upper = slow.dsr(strata, level)
            close(row["value"], rate)
            close(row[f"lower_{name}"], lower)
            close(row[f"upper_{name}"], upper)


def ladders(seed: int, sizes: list[int]) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    rows = []
    for group, size in enumerate(sizes):
        for rank in range(1, size + 1):
            people = int(draw.integers(500, 50_000))
            share = 0.08 + 0.3 * rank / size + draw.uniform(0, 0.05)
            error = draw.uniform(0.02, 0.12)
            rows.append((group, rank, people, share, share * math.exp(-Z * error), share * math.exp(Z * error)))
    return pl.DataFrame(rows, schema=["g", "rank", "n", "y", "l", "u"], orient="row")


Z = slow.z_of(0.95)


def logit(v: float) -> float:
    return math.log(v / (1 - v))


CURVES = {
    "log": (math.log, np.exp, "rate"),
    "logit": (logit, lambda t: 1 / (1 + np.exp(-t)), "proportion"),
}


@pytest.mark.parametrize("size", [5, 10])
@pytest.mark.parametrize("scale", CURVES)
def test_transformed_slopes(size: int, scale: str) -> None:
    to, back, kind = CURVES[scale]
    frame = ladders(13, [size] * 6)
    columns = {"rank": "rank", "population": "n", "value": "y", "lower": "l", "upper": "u", "by": "g", "kind": kind}
    sii, rii = slope_index(frame.sample(fraction=1, shuffle=True, seed=2), **columns), relative_index(frame, **columns)
    for g in range(6):
        part = frame.filter(pl.col("g") == g)
        people, values = part["n"].to_list(), [to(v) for v in part["y"]]
        errors = [(to(u) - to(low)) / (2 * Z) for low, u in zip(part["l"], part["u"], strict=True)]
        intercept, slope = slow.line(people, values)
        operator = slow.line_operators(people)[1]
        spread = math.sqrt(sum((c * e) ** 2 for c, e in zip(operator, errors, strict=True)))
        middle = intercept + slope / 2
        for name, level in LEVELS.items():
            for column, sign in (("lower", -1), ("upper", 1)):
                moved = slope + sign * slow.z_of(level) * spread
                high, low = back(middle + moved / 2), back(middle - moved / 2)
                close(sii[f"{column}_{name}"][g], high - low)
                close(rii[f"{column}_{name}"][g], high / low)
        close(sii["value"][g], back(intercept + slope) - back(intercept))


@pytest.mark.parametrize("scale", CURVES)
def test_untransformed_slopes(scale: str) -> None:
    to, back, kind = CURVES[scale]
    frame = ladders(14, [5] * 4)
    columns = {"rank": "rank", "population": "n", "value": "y", "lower": "l", "upper": "u", "by": "g"}
    options = {"kind": kind, "transform": "none"}
    sii, rii = slope_index(frame, **columns, **options), relative_index(frame, **columns, **options)
    for g in range(4):
        part = frame.filter(pl.col("g") == g)
        d, c = slow.line_operators(part["n"].to_list())
        each = []
        for v, low, high in zip(part["y"], part["l"], part["u"], strict=True):
            each.append(slow.cumulants_by_grid(back, to(v), (to(high) - to(low)) / (2 * Z)))

        def quantile_of(weights: np.ndarray, z: float, each: list[list[float]] = each) -> float:
            whole = [sum(w**k * e[k - 1] for w, e in zip(weights, each, strict=True)) for k in (1, 2, 3, 4)]
            return slow.cornish_fisher(whole, z)

        for name, level in LEVELS.items():
            for column, z in (("lower", -slow.z_of(level)), ("upper", slow.z_of(level))):
                close(sii[f"{column}_{name}"][g], quantile_of(c, z))
                root = slow.bisect(lambda r, z=z: quantile_of(c + (1 - r) * d, z), 0.05, 50)  # noqa: B023
                close(rii[f"{column}_{name}"][g], root)


def test_normal_slopes_and_fieller() -> None:
    frame = ladders(15, [7] * 5).with_columns(se=pl.col("y") / 20)
    columns = {"rank": "rank", "population": "n", "value": "y", "standard_error": "se", "by": "g", "kind": "other"}
    sii, rii = slope_index(frame, **columns), relative_index(frame, **columns)
    for g in range(5):
        part = frame.filter(pl.col("g") == g)
        d, c = slow.line_operators(part["n"].to_list())
        y, error = part["y"].to_numpy(), part["se"].to_numpy()
        for name, level in LEVELS.items():
            z = slow.z_of(level)
            close(sii[f"upper_{name}"][g], c @ y + z * math.sqrt(((c * error) ** 2).sum()))

            def rejected(r: float, z: float = z) -> float:
                w = c + (1 - r) * d  # noqa: B023
                return float(abs(w @ y) - z * math.sqrt(((w * error) ** 2).sum()))  # noqa: B023

            point = (c + d) @ y / (d @ y)
            close(rii[f"lower_{name}"][g], slow.bisect(rejected, 0.01, point))
            close(rii[f"upper_{name}"][g], slow.bisect(rejected, point, 100))


def test_life_expectancy() -> None:
    draw = np.random.default_rng(16)
    ages = [0, 1, *range(5, 95, 5)]
    rows = []
    for area in range(8):
        for i, age in enumerate(ages):
            people = int(draw.integers(2000, 9000))
            rows.append((area, age, people, int(draw.binomial(people, min(0.2, 0.0005 * 1.4**i))) + (i == 19)))
    frame = pl.DataFrame(rows, schema=["area", "age", "p", "d"], orient="row")
    shuffled = frame.sample(fraction=1, shuffle=True, seed=3)
    ours = life_expectancy(shuffled, start_age="age", population="p", deaths="d", by="area")
    for area in range(8):
        part = frame.filter(pl.col("area") == area)
        for i, (value, error) in enumerate(slow.life_table(part["p"].to_list(), part["d"].to_list())):
            row = ours.row(20 * area + i, named=True)
            close(row["value"], value)
            close(row["upper_998"], value + slow.z_of(0.998) * error)


@pytest.mark.parametrize("invert", [True, False])
def test_quantiles(invert: bool) -> None:
    draw = np.random.default_rng(17)
    values = [None if draw.random() < 0.05 else int(draw.integers(0, 60)) for _ in range(173)]
    for k in (2, 5, 7, 10):
        ours = quantile(pl.DataFrame({"v": values}), value="v", k=k, invert=invert)
        assert ours["quantile"].to_list() == slow.quantile(values, k, invert=invert)


def test_summary_measures_and_their_errors() -> None:
    """Values one by one; standard errors against derivatives taken numerically."""
    frame = ladders(18, [5, 6, 8]).with_columns(y=100 * pl.col("y"), se=pl.lit(0.7))
    columns = {"rank": "rank", "population": "n", "estimate": "y", "standard_error": "se", "by": "g"}
    ours = summary_measures(frame, favourable=True, upper_bound=100, **columns)
    for g in range(3):
        part = frame.filter(pl.col("g") == g)
        people, y = part["n"].to_list(), part["y"].to_list()
        expected = slow.summary(people, y, bound=100)
        found = {row["measure"]: row for row in ours.filter(pl.col("g") == g).iter_rows(named=True)}
        assert set(found) == set(expected)
        for measure, value in expected.items():
            close(found[measure]["value"], value)
            slopes = []
            for i in range(len(y)):
                moved = ([*y[:i], y[i] + step, *y[i + 1 :]] for step in (1e-4, -1e-4))
                up, down = (slow.summary(people, values, bound=100)[measure] for values in moved)
                slopes.append((up - down) / 2e-4)
            error = 0.7 * math.sqrt(sum(s * s for s in slopes))
            if measure in ("r", "rii_linear", "rii_logit"):
                error /= value
            tolerance = 0.01 if measure == "bgv" else 1e-5
            assert found[measure]["standard_error"] == pytest.approx(error, rel=tolerance)
