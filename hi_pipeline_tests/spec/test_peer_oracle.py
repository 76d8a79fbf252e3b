"""PHStatsMethods as an oracle on random tables, where it is right (no zero counts, no ``byars``)."""

import warnings
from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
import pytest

from hi_pipeline.stats.proportions import funnel_limits, proportion
from hi_pipeline.stats.quantiles import quantile
from hi_pipeline.stats.rates import crude_rate
from hi_pipeline.stats.rates import funnel_limits as rate_funnel
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.indirect import indirectly_standardised_rate, indirectly_standardised_ratio

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    peer = pytest.importorskip("PHStatsMethods", reason="needs phstatsmethods, a test dependency")

PAIRS = {
    "value": "Value",
    "lower_95": "lower_95_ci",
    "upper_95": "upper_95_ci",
    "lower_998": "lower_99_8_ci",
    "upper_998": "upper_99_8_ci",
}


@pytest.fixture(autouse=True)
def _its_warnings_are_not_ours() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def strata(seed: int, *, areas: int = 60, ages: int = 19) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    size = areas * ages
    n = draw.integers(500, 30_000, size)
    return pl.DataFrame(
        {
            "area": np.repeat(np.arange(areas), ages),
            "age": np.tile(np.arange(ages), areas),
            "n": n,
            "x": draw.poisson(n * 0.001) + 1,
            "w": np.tile(draw.integers(10, 80, ages) * 100, areas),
            "rx": np.tile(draw.integers(100, 900, ages), areas),
            "rn": np.tile(draw.integers(100_000, 900_000, ages), areas),
        }
    )


def agree(ours: pl.DataFrame, theirs: object) -> None:
    table = theirs.sort_values("area")  # type: ignore[attr-defined]
    for name, other in PAIRS.items():
        np.testing.assert_allclose(ours[name].to_numpy(), table[other].to_numpy(float), rtol=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rates_and_proportions(seed: int) -> None:
    frame = strata(seed, ages=3)
    pandas = frame.to_pandas()
    columns = {"events": "x", "population": "n", "by": ["area"]}
    levels = {"confidence": [0.95, 0.998]}
    agree(crude_rate(frame, **columns), peer.ph_rate(pandas, "x", "n", "area", **levels))
    agree(proportion(frame, **columns), peer.ph_proportion(pandas, "x", "n", "area", **levels))


@pytest.mark.parametrize("seed", [4, 5])
def test_direct_standardisation(seed: int) -> None:
    frame = strata(seed)
    ours = directly_standardised_rate(frame, events="x", population="n", weight="w", by=["area"])
    theirs = peer.ph_dsr(frame.to_pandas(), "x", "n", "w", "area", confidence=[0.95, 0.998], euro_standard_pops=False)
    agree(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        (indirectly_standardised_ratio, "ph_ISRatio", {"refvalue": 1}),
        (indirectly_standardised_rate, "ph_ISRate", {}),
    ],
)
def test_indirect_standardisation(ours: Callable[..., pl.DataFrame], theirs: str, options: dict[str, int]) -> None:
    frame = strata(6)
    sides = {"events": "x", "population": "n", "reference_events": "rx", "reference_population": "rn"}
    other = getattr(peer, theirs)(frame.to_pandas(), "x", "n", "rx", "rn", "area", confidence=[0.95, 0.998], **options)
    value = next(name for name in other.columns if name in ("Value", "Rate", "Ratio"))
    agree(ours(frame, by=["area"], **sides), other.rename(columns={value: "Value"}))


@pytest.mark.parametrize("invert", [True, False])
def test_quantiles(invert: bool) -> None:
    draw = np.random.default_rng(7)
    frame = pl.DataFrame({"area": draw.integers(0, 4, 400), "v": draw.integers(0, 90, 400)})
    theirs = peer.ph_quantile(frame.to_pandas(), "v", ["area"], nquantiles=7, invert=invert)
    ours = quantile(frame, value="v", k=7, invert=invert, by=["area"])
    assert ours["quantile"].to_list() == theirs["quantile"].astype(int).to_list()


def test_funnel_of_proportions() -> None:
    draw = np.random.default_rng(8)
    n = draw.integers(50, 5000, 30)
    frame = pl.DataFrame({"area": range(30), "x": draw.binomial(n, 0.3), "n": n})
    ours = funnel_limits(frame, events="x", population="n", by="area", confidence=[0.95, 0.998])
    average = frame["x"].sum() / frame["n"].sum()
    assert ours["average"].to_list() == pytest.approx([average] * 30)
    from PHStatsMethods.utils_funnel import sigma_adjustment

    for row, people in zip(ours.iter_rows(named=True), n, strict=True):
        for name, p in (("95", 0.975), ("998", 0.999)):
            lower, upper = (sigma_adjustment(p, int(people), average, side, 1) for side in ("low", "high"))
            assert row[f"lower_{name}"] == pytest.approx(max(lower, 0), rel=1e-8, abs=1e-12)
            assert row[f"upper_{name}"] == pytest.approx(min(upper, 1), rel=1e-8)


@pytest.mark.parametrize("expected", [1, 4, 30])
def test_funnel_of_rates(expected: int) -> None:
    from PHStatsMethods.utils_funnel import poisson_funnel

    frame = pl.DataFrame({"x": [expected], "n": [1]})
    row = rate_funnel(frame, events="x", population="n", by=[], average=expected, multiplier=1).row(0, named=True)
    assert row["lower_95"] == pytest.approx(poisson_funnel(expected, 0.025, "low"), rel=1e-5)
    assert row["upper_95"] == pytest.approx(poisson_funnel(expected, 0.025, "high"), rel=1e-5)
