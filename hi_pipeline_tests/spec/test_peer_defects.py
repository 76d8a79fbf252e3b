"""One test for every defect measured in the reference packages (R, P and W): ours does not have it."""

import io
from contextlib import redirect_stdout

import polars as pl
import pytest

from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.inequality.summary import summary_measures
from hi_pipeline.stats.proportions import proportion
from hi_pipeline.stats.rates import crude_rate
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.european import european_standard_population
from hi_pipeline.stats.standardisation.indirect import indirectly_standardised_rate, indirectly_standardised_ratio

RATES = pl.DataFrame(
    {
        "area": ["A"] * 5 + ["B"] * 5,
        "rank": [1, 2, 3, 4, 5] * 2,
        "n": [1000, 1200, 900, 1100, 1000] * 2,
        "rate": [90.0, 80, 70, 60, 50, 45, 40, 42, 35, 30],
        "l": [80.0, 71, 61, 52, 43, 38, 34, 35, 29, 25],
        "u": [101.0, 90, 80, 69, 58, 53, 47, 50, 42, 36],
    }
)
COLUMNS = {"rank": "rank", "population": "n", "value": "rate", "lower": "l", "upper": "u", "by": ["area"]}
LIMITS = ["lower_998", "lower_95", "value", "upper_95", "upper_998"]


def in_order(table: pl.DataFrame) -> bool:
    return all(list(row) == sorted(row) for row in table.select(LIMITS).iter_rows())


@pytest.mark.parametrize("function", [slope_index, relative_index])
@pytest.mark.parametrize("multiplier", [0.001, 0.5, -0.5, 2])
def test_r1_rescaling_by_less_than_one_keeps_limits_in_order(function: object, multiplier: float) -> None:
    ours = function(RATES, multiplier=multiplier, **COLUMNS)  # type: ignore[operator]
    assert in_order(ours)
    plain = function(RATES, **COLUMNS)  # type: ignore[operator]
    if function is relative_index:
        expected = plain["upper_95"] if multiplier > 0 else 1 / plain["lower_95"]
        assert ours["upper_95"].to_list() == pytest.approx(expected.to_list())


def test_r2_one_zero_or_one_null_limit_spoils_only_its_own_area() -> None:
    alone = slope_index(RATES.filter(pl.col("area") == "B"), **COLUMNS)
    first = (pl.col("area") == "A") & (pl.col("rank") == 5)
    faults = {"not_applicable": [{"rate": 0.0, "l": 0.0}, {"l": 0.0}], "missing": [{"l": None}]}
    for status, changes in faults.items():
        for change in changes:
            spoilt = [pl.when(first).then(pl.lit(v)).otherwise(pl.col(name)).alias(name) for name, v in change.items()]
            ours = slope_index(RATES.with_columns(spoilt), **COLUMNS)
            assert ours["status"].to_list() == [status, "ok"]
            assert ours["value"][0] is None
            assert ours["note"][0]
            assert ours.filter(pl.col("area") == "B").equals(alone)


def test_r3_ranks_as_text_are_numbers() -> None:
    tenths = pl.DataFrame({"rank": range(1, 11), "n": [100] * 10, "v": [100.0 - 8 * i for i in range(10)]})
    columns = {"rank": "rank", "population": "n", "value": "v", "by": [], "transform": "none"}
    number = slope_index(tenths, **columns)
    text = slope_index(tenths.with_columns(pl.col("rank").cast(pl.String)), **columns)
    assert text.equals(number)
    assert number["value"][0] == pytest.approx(-80)
    with pytest.raises(ValueError, match="most deprived"):
        slope_index(tenths.with_columns(rank=pl.lit("1 most deprived")), **columns)


def test_r4_any_column_name_may_be_used() -> None:
    renamed = RATES.rename({"n": "n", "rate": "value", "l": "lower_95", "u": "count"})
    columns = {**COLUMNS, "value": "value", "lower": "lower_95", "upper": "count"}
    assert slope_index(renamed, **columns).equals(slope_index(RATES, **COLUMNS))


def test_r5_an_area_that_lacks_a_quintile_is_returned() -> None:
    short = RATES.filter(~((pl.col("area") == "A") & (pl.col("rank") == 3)))
    ours = slope_index(short, **COLUMNS)
    assert ours["area"].to_list() == ["A", "B"]
    assert ours["status"].to_list() == ["missing", "ok"]
    assert "4 are present" in ours["note"][0]
    last = slope_index(RATES.filter(~((pl.col("area") == "A") & (pl.col("rank") == 5))), **COLUMNS)
    assert "4 of 5" in last["note"][0]


@pytest.mark.parametrize("function", [proportion, crude_rate])
def test_r6_one_group_alone_is_summed_like_any(function: object) -> None:
    frame = pl.DataFrame({"area": ["A", "A", "B"], "x": [12, 14, 20], "n": [100, 120, 200]})
    columns = {"events": "x", "population": "n", "by": ["area"]}
    both = function(frame, **columns)  # type: ignore[operator]
    one = function(frame.filter(pl.col("area") == "A"), **columns)  # type: ignore[operator]
    assert one.height == 1
    assert one.equals(both.head(1))


STRATA = pl.DataFrame(
    {
        "area": ["A"] * 3 + ["B"] * 3,
        "age": ["0-39", "40-69", "70+"] * 2,
        "x": [5, 20, 40, 8, 30, 60],
        "n": [4000, 3000, 1000, 5000, 4000, 1500],
        "w": [50_000, 35_000, 15_000] * 2,
    }
)
DSR = {"events": "x", "population": "n", "weight": "w", "by": ["area"]}


def test_r7_a_hidden_count_is_not_zero() -> None:
    hidden = STRATA.with_columns(
        x=pl.when((pl.col("area") == "A") & (pl.col("age") == "0-39")).then(None).otherwise("x")
    )
    ours = directly_standardised_rate(hidden, **DSR)
    assert ours["status"].to_list() == ["missing", "ok"]
    assert ours["value"][0] is None


def test_r8_and_p4_an_absent_age_band_is_an_error_of_its_group() -> None:
    short = STRATA.filter(~((pl.col("area") == "A") & (pl.col("age") == "0-39")))
    ours = directly_standardised_rate(short, **DSR)
    assert ours["status"].to_list() == ["missing", "ok"]
    assert "50000 of 100000" in ours["note"][0]
    alone = short.filter(pl.col("area") == "A")
    assert directly_standardised_rate(alone, total_weight=100_000, **DSR)["status"].to_list() == ["missing"]


def test_r9_columns_have_the_same_names_whatever_the_transform() -> None:
    plain, log = (slope_index(RATES, transform=t, **COLUMNS) for t in ("none", "log"))
    assert plain.columns == log.columns
    assert plain.columns[:9] == [
        "area", "value", "lower_95", "upper_95", "lower_998", "upper_998", "status", "note", "method",
    ]  # fmt: skip


def test_p1_zero_events() -> None:
    frame = pl.DataFrame({"area": ["A", "B"], "x": [0, 20], "n": [1000, 1000], "rx": [50, 50], "rn": [5000, 5000]})
    ours = crude_rate(frame, events="x", population="n", by=["area"], multiplier=1000)
    assert ours.row(0)[:4] == ("A", 0.0, 0.0, pytest.approx(3.688879454))
    sides = {"events": "x", "population": "n", "reference_events": "rx", "reference_population": "rn", "by": ["area"]}
    for function in (indirectly_standardised_ratio, indirectly_standardised_rate):
        assert function(frame, **sides)["status"].to_list() == ["ok", "ok"]
        assert function(frame, **sides)["lower_95"][0] == 0


@pytest.mark.parametrize(("count", "limits"), [(65, (50.16, 82.85)), (5, (1.62, 11.67))])
def test_p2_the_confidence_is_not_turned_round(count: int, limits: tuple[float, float]) -> None:
    frame = pl.DataFrame({"x": [count], "n": [1]})
    ours = crude_rate(frame, events="x", population="n", by=[], multiplier=1)
    assert ours.select("lower_95", "upper_95").row(0) == pytest.approx(limits, abs=0.005)


def test_p3_the_callers_frame_is_left_alone_and_nothing_is_printed() -> None:
    before, out = STRATA.clone(), io.StringIO()
    with redirect_stdout(out):
        directly_standardised_rate(STRATA, **DSR)
    assert STRATA.equals(before)
    assert STRATA.columns == before.columns
    assert out.getvalue() == ""


def test_p4_age_and_sex_together() -> None:
    esp = european_standard_population(sexes=["women", "men"])
    frame = esp.with_columns(x=pl.lit(3), n=pl.lit(1000), area=pl.lit("A"))
    ours = directly_standardised_rate(frame, events="x", population="n", weight="weight", by=["area"])
    assert ours["value"][0] == pytest.approx(300)
    assert ours["status"][0] == "ok"


def test_p4_weights_go_with_their_rows_not_with_their_place() -> None:
    assert (
        directly_standardised_rate(STRATA.reverse(), **DSR)
        .select("area", "status")
        .equals(directly_standardised_rate(STRATA, **DSR).select("area", "status"))
    )
    forth, back = (directly_standardised_rate(frame, **DSR)["value"] for frame in (STRATA, STRATA.reverse()))
    assert back.to_list() == pytest.approx(forth.to_list(), rel=1e-13)


@pytest.mark.parametrize("multiplier", [100, 100.0, 1e5])
def test_p5_the_multiplier_may_be_any_positive_number(multiplier: float) -> None:
    ours = directly_standardised_rate(STRATA, multiplier=multiplier, **DSR)
    assert ours["value"][0] == pytest.approx(multiplier * (0.5 * 5 / 4000 + 0.35 * 20 / 3000 + 0.15 * 40 / 1000))


def test_p6_a_missing_count_has_no_method() -> None:
    frame = pl.DataFrame({"x": [float("nan")], "n": [100]})
    ours = crude_rate(frame, events="x", population="n", by=[])
    assert ours.select("status", "method").row(0) == ("missing", "none")


def test_p7_upper_limits_are_upper_limits() -> None:
    frame = pl.DataFrame({"i": range(300), "x": range(300), "n": [1000] * 300})
    assert in_order(crude_rate(frame, events="x", population="n", by=["i"]))


WHO = pl.DataFrame(
    {
        "g": [1] * 4 + [2] * 4,
        "rank": [1, 2, 3, 4] * 2,
        "n": [100, 200, 300, 100] * 2,
        "y": [30.0, 40, 50, 60, 30, None, 50, 60],
        "se": [1.0, 1.5, 1.2, 2] * 2,
    }
)
MEASURES = {"rank": "rank", "population": "n", "estimate": "y", "standard_error": "se", "by": ["g"], "favourable": True}


@pytest.mark.parametrize(("measure", "power"), [("ti", 0), ("mld", 0), ("paf", 0), ("sii_linear", 1), ("sii_logit", 1)])
def test_w1_w2_w4_w5_error_and_estimate_share_a_scale(measure: str, power: int) -> None:
    """Estimates and errors times ten (and the bound with them): both grow alike, or neither does."""
    one = summary_measures(WHO, upper_bound=100, measures=[measure], **MEASURES).row(0, named=True)
    more = WHO.with_columns(pl.col("y") * 10, pl.col("se") * 10)
    ten = summary_measures(more, upper_bound=1000, measures=[measure], **MEASURES).row(0, named=True)
    assert ten["value"] == pytest.approx(10**power * one["value"])
    assert ten["standard_error"] == pytest.approx(10**power * one["standard_error"])
    assert one["upper_95"] - one["value"] == pytest.approx(1.959963984540054 * one["standard_error"])


def test_w3_the_logistic_fit_counts_each_person_once() -> None:
    """A subgroup split in two like halves changes nothing but the ridits within it."""
    many = summary_measures(WHO.with_columns(pl.col("n") * 1000), upper_bound=100, measures=["sii_logit"], **MEASURES)
    few = summary_measures(WHO, upper_bound=100, measures=["sii_logit"], **MEASURES)
    assert many["value"][0] == pytest.approx(few["value"][0])


def test_w5_halving_a_rate_halves_its_slope() -> None:
    half = RATES.with_columns(pl.col("rate", "l", "u") / 2)
    for transform in ("none", "log"):
        whole, halved = (slope_index(frame, transform=transform, **COLUMNS) for frame in (RATES, half))
        assert halved["value"].to_list() == pytest.approx((whole["value"] / 2).to_list())


def test_w6_no_measure_stops_at_a_null() -> None:
    ours = summary_measures(WHO, upper_bound=100, **MEASURES)
    assert set(ours.filter(pl.col("g") == 2)["status"]) == {"missing"}
    assert set(ours.filter(pl.col("g") == 1)["status"]) == {"ok"}
    assert ours.filter(pl.col("g") == 1)["upper_998"].null_count() == 0
    assert ours.equals(summary_measures(WHO, upper_bound=100, **MEASURES))
