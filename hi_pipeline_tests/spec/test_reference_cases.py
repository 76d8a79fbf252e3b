"""The reference packages' own output (PHEindicatormethods 2.1.0, healthequal 1.0.1), as kept in cases/."""

from pathlib import Path

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

LIMITS = {
    "value": "value",
    "lower_95": "lower95_0cl",
    "upper_95": "upper95_0cl",
    "lower_998": "lower99_8cl",
    "upper_998": "upper99_8cl",
}


@pytest.fixture(scope="module")
def cases(shared_folder: Path) -> Path:
    return shared_folder / "cases"


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema_length=None)


def agree(ours: pl.Series, theirs: pl.Series, tolerance: float) -> None:
    a, b = ours.cast(pl.Float64).to_numpy(), theirs.cast(pl.Float64).to_numpy()
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=0 if tolerance < 1e-6 else tolerance)


def test_dsr(cases: Path) -> None:
    strata, expected = read(cases / "dsr_input.csv"), read(cases / "dsr_expected.csv").sort("grp")
    ours = directly_standardised_rate(strata, events="x", population="n", weight="w", by=["grp"])
    assert ours["grp"].equals(expected["grp"])
    with_null = set(strata.filter(pl.col("x").is_null())["grp"])
    assert with_null
    assert set(ours.filter(pl.col("status") == "missing")["grp"]) == with_null
    for row, theirs in zip(ours.iter_rows(named=True), expected.iter_rows(named=True), strict=True):
        if row["grp"] in with_null:
            assert row["value"] is None
        elif theirs["value"] is None:
            assert (row["status"], row["value"], row["upper_998"]) == ("too_few", None, None)
        else:
            for name, other in LIMITS.items():
                assert row[name] == pytest.approx(theirs[other], rel=1e-9)


def test_proportion_grid(cases: Path) -> None:
    expected = read(cases / "proportion_grid_expected.csv").with_row_index("row")
    ours = proportion(expected, events="x", population="n", by=["row"])
    for name, other in LIMITS.items():
        agree(ours[name], expected[other], 1e-9)
    assert set(ours["method"]) == {"Wilson"}


def test_rate_grid(cases: Path) -> None:
    expected = read(cases / "rate_grid_expected.csv").with_row_index("row")
    ours = crude_rate(expected, events="x", population="n", by=["row"])
    for name, other in LIMITS.items():
        agree(ours[name], expected[other], 1e-9)
    assert ours["method"].to_list() == [m.replace("Exact", "exact").rstrip("s") for m in expected["method"]]


def test_rate_grid_at_another_level(cases: Path) -> None:
    expected = read(cases / "rate_grid_99_expected.csv").with_row_index("row")
    ours = crude_rate(expected, events="x", population="n", by=["row"], confidence=[0.99])
    for name, other in {"value": "value", "lower_99": "lowercl", "upper_99": "uppercl"}.items():
        agree(ours[name], expected[other], 1e-9)


@pytest.mark.parametrize(("k", "invert"), [(5, True), (10, False)])
def test_quantile(cases: Path, k: int, invert: bool) -> None:
    expected = read(cases / f"quantile_{k}_{str(invert).upper()}_expected.csv")
    ours = quantile(expected.select("grp", "v"), value="v", k=k, invert=invert, by=["grp"])
    assert ours.select("grp", "v").equals(expected.select("grp", "v"))
    assert ours["quantile"].to_list() == expected["quantile"].to_list()


def test_life_expectancy(cases: Path) -> None:
    expected = read(cases / "le_expected.csv").sort("area", "startage")
    table = read(cases / "le_input.csv")
    ours = life_expectancy(table, start_age="startage", population="pop", deaths="deaths", by=["area"])
    assert ours["start_age"].equals(expected["startage"].alias("start_age"))
    for name, other in {**LIMITS, "population": "pops_used", "deaths": "dths_used"}.items():
        agree(ours[name], expected[other], 1e-9)


RATE = {"value": "rate", "lower": "rate_l", "upper": "rate_u", "kind": "rate"}
SHARE = {"value": "prop", "lower": "prop_l", "upper": "prop_u", "kind": "proportion"}
YEARS = {"value": "le", "standard_error": "le_se", "kind": "other"}
SII_CASES = {
    "other_se": YEARS,
    "other_se_mult-1": {**YEARS, "multiplier": -1},
    "rate_cl_notransform": {**RATE, "transform": "none"},
    "rate_cl_transform": RATE,
    "rate_cl_transform_mult2": {**RATE, "multiplier": 2},
    "rate_cl_transform_mult-1": {**RATE, "multiplier": -1},
    "prop_cl_notransform": {**SHARE, "transform": "none"},
    "prop_cl_transform_mult100": {**SHARE, "multiplier": 100},
}


@pytest.mark.parametrize("case", SII_CASES)
def test_slope_and_relative_index(cases: Path, case: str) -> None:
    """Points to 1e-9; limits to 1% of the interval's width at 95%, 2% at 99.8% (theirs are simulated)."""
    whole = read(cases / "sii_expected_sim250k.csv")
    assert set(SII_CASES) == set(whole["case"])
    expected = whole.filter(pl.col("case") == case).sort("grp")
    columns = {"rank": "quintile", "population": "pop", "by": ["grp"], **SII_CASES[case]}
    for name, function in (("sii", slope_index), ("rii", relative_index)):
        ours = function(read(cases / "sii_input.csv"), **columns)
        agree(ours["value"], expected[name], 1e-9)
        agree(ours["intercept"], expected["intercept"], 1e-9)
        for level, label, share in (("95", "95_0", 0.01), ("998", "99_8", 0.02)):
            tail = "cl" if expected[f"{name}_lower{label}cl"].null_count() == 0 else ""
            lower, upper = expected[f"{name}_lower{label}{tail}"], expected[f"{name}_upper{label}{tail}"]
            width = upper - lower
            assert ((ours[f"lower_{level}"] - lower).abs() / width).max() < share
            assert ((ours[f"upper_{level}"] - upper).abs() / width).max() < share


@pytest.fixture(scope="module")
def who(cases: Path) -> pl.DataFrame:
    """Our measures beside healthequal's."""
    ours = summary_measures(
        read(cases / "who_input.csv"),
        rank="subgroup_order",
        population="population",
        estimate="estimate",
        standard_error="se",
        by=["set"],
        favourable=True,
        upper_bound=100,
    )
    return read(cases / "who_expected.csv").join(ours, on=["set", "measure"], how="left")


def test_summary_measures(who: pl.DataFrame) -> None:
    """All estimates but those of the package's logit fit, which counts each person squared (W3)."""
    fair = who.filter(~pl.col("measure").str.contains("logit"))
    assert fair.height == 14 * 20
    assert fair["value"].null_count() == 0
    difference = (fair["value"] - fair["estimate"]).abs() / fair["estimate"].abs().clip(1)
    assert difference.max() < 1e-8


@pytest.mark.parametrize("measure", ["d", "r", "bgv"])
def test_summary_limits_where_theirs_come_from_the_standard_errors(who: pl.DataFrame, measure: str) -> None:
    rows = who.filter(pl.col("measure") == measure)
    agree(rows["standard_error"], rows["se"], 1e-9)
    agree(rows["lower_95"], rows["lowerci"], 1e-8)
    agree(rows["upper_95"], rows["upperci"], 1e-8)


@pytest.mark.parametrize("measure", ["ti", "mld"])
def test_their_standard_error_lacks_the_thousand_of_the_estimate(who: pl.DataFrame, measure: str) -> None:
    """W1: the delta method gives theirs times 1,000."""
    rows = who.filter(pl.col("measure") == measure)
    agree(rows["standard_error"], rows["se"] * 1000, 1e-9)


def test_their_concentration_index_limits_measure_the_scatter_about_a_line(cases: Path, who: pl.DataFrame) -> None:
    """Theirs come from the residuals of five points, whatever their standard errors; ours from these."""
    for row in who.filter(pl.col("measure") == "aci").iter_rows(named=True):
        part = read(cases / "who_input.csv").filter(pl.col("set") == row["set"])
        a, b = slow.ridits(part["population"].to_list())
        y, error = part["estimate"].to_numpy(), part["se"].to_numpy()
        intercept, slope = slow.line(part["population"].to_list(), y.tolist())
        spread = (a * (b - 0.5) ** 2).sum()
        residual = (a * (y - intercept - slope * b) ** 2).sum() / 3
        assert row["se"] == pytest.approx(2 * spread * np.sqrt(residual / spread), rel=1e-9)
        assert row["standard_error"] == pytest.approx(np.sqrt(((a * (2 * b - 1) * error) ** 2).sum()), rel=1e-9)


def test_their_logit_fit_counts_each_person_squared(cases: Path, who: pl.DataFrame) -> None:
    """W3: with rounded counts weighted by population squared theirs comes out; weighted by population, ours."""
    table = read(cases / "who_input.csv")
    logit = summary_measures(
        table, rank="subgroup_order", population="population", estimate="estimate", standard_error="se",
        by=["set"], favourable=True, upper_bound=100, measures=["sii_logit"],
    )  # fmt: skip
    ours = dict(zip(logit["set"], logit["value"], strict=True))
    apart = []
    for row in who.filter(pl.col("measure") == "sii_logit_default").iter_rows(named=True):
        part = table.filter(pl.col("set") == row["set"])
        people, share = part["population"].to_numpy(), part["estimate"].to_numpy() / 100
        _, x = slow.ridits(people.tolist())
        counted = np.round(share * people) / people
        low, high = slow.logistic((people / people.sum()) ** 2, x, counted)
        assert row["estimate"] == pytest.approx(100 * (high - low), abs=1e-7)
        low, high = slow.logistic(people / people.sum(), x, share)
        assert ours[row["set"]] == pytest.approx(100 * (high - low), abs=1e-9)
        apart.append(abs(ours[row["set"]] - row["estimate"]))
    assert max(apart) > 0.5
