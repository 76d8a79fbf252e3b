"""What an analyst may rely on in a result row, on counts made up for the purpose."""

import math

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import vintage_of
from hi_pipeline.core.groups import DECILES
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.limits import ROUNDED
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
RECOVERY, DETENTION, TOTAL = BY_ID["tt_recovery_pct"], BY_ID["mha_detention_rate"], BY_ID["wl_total"]


def _run(*rows: dict, indicator=RECOVERY) -> pl.DataFrame:
    counts = made.counts(*(r | {"indicator_id": indicator.id} for r in rows))
    return validate_results(compute_results(indicator, counts, synthetic=True), indicator)


def _one(results: pl.DataFrame, **key: object) -> dict:
    found = results.filter(**key)
    assert found.height == 1, found
    return found.row(0, named=True)


def _deciles(values: list[float | None], denominator: float = 1_000, **extra: object) -> list[dict]:
    return [
        made.row("deprivation", word, value, denominator if value is not None else None, **extra)
        for word, value in zip(DECILES, values, strict=True)
    ]


def test_a_share_is_computed_from_its_counts_with_wilson_limits() -> None:
    found = _one(_run(made.row("total", "All", 50, 200)), measure="value")
    z, n, p = 1.959963984540054, 200, 0.25
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert found["value"] == 25.0
    assert found["lower_95"] == pytest.approx(100 * (p + z * z / (2 * n) - spread) / (1 + z * z / n))
    assert found["upper_95"] == pytest.approx(100 * (p + z * z / (2 * n) + spread) / (1 + z * z / n))
    assert (found["method"], found["unit"], found["synthetic"]) == ("Wilson", "percent", True)
    assert (found["icb_ods_code"], found["geography_vintage"]) == ("QNC", "2023-04")


def test_rounding_widens_limits_and_never_moves_the_value() -> None:
    exact = _one(_run(made.row("total", "All", 50, 200)), measure="value")
    wide = _one(_run(made.row("total", "All", 50, 200, **made.rounded(50, 200))), measure="value")
    low = _one(_run(made.row("total", "All", 48, 204)), measure="value")
    high = _one(_run(made.row("total", "All", 52, 196)), measure="value")
    assert wide["value"] == exact["value"]
    for level in ("95", "998"):
        assert wide[f"lower_{level}"] == low[f"lower_{level}"] < exact[f"lower_{level}"]
        assert wide[f"upper_{level}"] == high[f"upper_{level}"] > exact[f"upper_{level}"]
    assert ROUNDED in wide["note"]


def test_bounds_that_cross_end_at_all_of_the_people() -> None:
    found = _one(_run(made.row("total", "All", 10, 10, **made.rounded(10, 10))), measure="value")
    assert (found["status"], found["value"], found["upper_95"]) == ("ok", 100.0, 100.0)


def test_rounded_counts_with_more_events_than_people_are_too_few() -> None:
    found = _one(_run(made.row("total", "All", 10, 5, **made.rounded(10, 5))), measure="value")
    assert (found["status"], found["value"], found["method"]) == ("too_few", None, "none")


def test_a_hidden_count_is_null_and_not_zero() -> None:
    found = _one(_run(made.row("total", "All", None, 200, numerator_low=1.0, numerator_high=7.0)), measure="value")
    assert (found["status"], found["value"], found["numerator"]) == ("suppressed", None, None)
    assert (found["numerator_low"], found["numerator_high"]) == (1.0, 7.0)


def test_a_hidden_count_with_a_printed_figure_is_the_publishers() -> None:
    found = _one(_run(made.row("total", "All", None, 200, published_value=48.0)), measure="value")
    assert (found["status"], found["value"], found["method"]) == ("ok", 48.0, "published")
    assert found["lower_95"] is None and found["upper_998"] is None


def test_zero_is_a_figure() -> None:
    found = _one(_run(made.row("total", "All", 0, 200)), measure="value")
    assert (found["status"], found["value"], found["lower_95"]) == ("ok", 0.0, 0.0)
    assert found["upper_95"] > 0


def test_a_count_has_no_limits_and_is_not_compared() -> None:
    results = _run(
        made.row("total", "All", 700, None), made.row("total", "All", 9_000, None, **made.ENGLAND), indicator=TOTAL
    )
    found = _one(results, area_type="icb")
    assert (found["value"], found["unit"], found["method"]) == (700.0, "count", "none")
    assert (found["comparator_value"], found["comparison"]) == (9_000.0, "not_compared")


@pytest.mark.parametrize(("share", "word"), [(0.40, "worse"), (0.60, "better"), (0.50, "similar")])
def test_more_recovery_than_england_is_better(share: float, word: str) -> None:
    results = _run(
        made.row("total", "All", 1_000 * share, 1_000),
        made.row("total", "All", 300_000, 600_000, **made.ENGLAND),
        made.row("total", "All", 100, 600, **made.NOWHERE),
    )
    assert _one(results, area_type="icb")["comparison"] == word
    assert _one(results, area_type="icb")["comparator_value"] == 50.0
    assert _one(results, area_type="england")["comparison"] == "not_compared"
    assert _one(results, area_type="remainder")["comparison"] == "not_compared"


@pytest.mark.parametrize(("rate", "word"), [(150, "higher"), (50, "lower"), (100, "similar")])
def test_detentions_are_contested_and_read_higher_and_lower(rate: float, word: str) -> None:
    results = _run(
        made.row("total", "All", rate * 10, 1_000_000),
        made.row("total", "All", 50_000, 50_000_000, **made.ENGLAND),
        indicator=DETENTION,
    )
    assert _one(results, area_type="icb")["comparison"] == word


def test_positive_gap_and_slope_mean_worse_for_the_most_deprived_in_both_directions() -> None:
    rising = [400 + 20 * n for n in range(10)]
    recovery = _run(*_deciles(rising))
    falling = [float(120 - 8 * n) for n in range(10)]
    detention = _run(*_deciles(falling, denominator=100_000), indicator=DETENTION)
    assert _one(recovery, measure="gap")["value"] == pytest.approx(18.0)
    assert _one(detention, measure="gap")["value"] == pytest.approx(72.0)
    for results in (recovery, detention):
        for measure in ("gap", "sii"):
            found = _one(results, measure=measure)
            assert 0 < found["lower_95"] < found["value"] < found["upper_95"]
            assert (found["category"], found["category_order"]) == ("All", 0)
    assert _one(recovery, measure="ratio")["value"] == pytest.approx(40 / 58)
    assert _one(recovery, measure="rii")["value"] < 1 < _one(detention, measure="rii")["value"]
    assert _one(detention, measure="ratio")["value"] == pytest.approx(120 / 48)
    assert _one(recovery, measure="gap")["unit"] == "pp"
    assert _one(detention, measure="sii")["unit"] == "per_100k"
    assert _one(detention, measure="rii")["unit"] == "ratio"


def test_reversing_the_deciles_turns_the_gap_and_the_slope() -> None:
    values = [400.0, 410, 430, 420, 450, 470, 460, 480, 500, 520]
    there, back = _run(*_deciles(values)), _run(*_deciles(values[::-1]))
    for measure in ("gap", "sii"):
        one, two = _one(there, measure=measure), _one(back, measure=measure)
        assert one["value"] == pytest.approx(-two["value"])
        assert one["lower_95"] == pytest.approx(-two["upper_95"])


def test_ridits_come_from_the_areas_own_denominators() -> None:
    values = [0.40, 0.41, 0.43, 0.42, 0.45, 0.47, 0.46, 0.48, 0.50, 0.52]
    sizes = [200, 1_500, 900, 2_500, 700, 3_000, 400, 1_000, 2_000, 600]
    rows = [
        made.row("deprivation", word, value * size, size)
        for word, value, size in zip(DECILES, values, sizes, strict=True)
    ]
    total = sum(sizes)
    shares = [size / total for size in sizes]
    ridits = [sum(shares[:i]) + shares[i] / 2 for i in range(10)]
    logits = [math.log(v / (1 - v)) for v in values]
    slope = (
        12 * sum(a * (b - 0.5) * y for a, b, y in zip(shares, ridits, logits, strict=True))
        / (1 - sum(a**3 for a in shares))
    )  # fmt: skip
    mean = sum(a * y for a, y in zip(shares, logits, strict=True))
    ends = [1 / (1 + math.exp(-(mean + slope * x))) for x in (-0.5, 0.5)]
    results = _run(*rows)
    assert _one(results, measure="sii")["value"] == pytest.approx(100 * (ends[1] - ends[0]), rel=1e-9)
    assert _one(results, measure="rii")["value"] == pytest.approx(ends[0] / ends[1], rel=1e-9)


def test_a_hidden_group_is_told_and_never_left_out() -> None:
    values: list[float | None] = [400.0 + 10 * n for n in range(10)]
    values[3] = None
    results = _run(*_deciles(values))
    assert _one(results, measure="gap")["status"] == "ok"
    for measure in ("sii", "rii"):
        found = _one(results, measure=measure)
        assert (found["status"], found["value"]) == ("suppressed", None)
        assert "4" in found["note"]
    values[0] = None
    results = _run(*_deciles(values))
    assert {r["status"] for r in results.filter(measure="gap").to_dicts()} == {"suppressed"}


def test_a_group_without_a_row_makes_the_slope_missing() -> None:
    results = _run(*_deciles([400.0 + 10 * n for n in range(10)])[:-1])
    assert {_one(results, measure=m)["status"] for m in ("gap", "ratio", "sii", "rii")} == {"missing"}


def test_one_bad_area_leaves_the_others_alone() -> None:
    good = _deciles([400.0 + 10 * n for n in range(10)], **made.ENGLAND)
    bad = _deciles([0.0, *[400.0] * 9])
    alone, both = _run(*good), _run(*good, *bad)
    assert _one(both, area_type="icb", measure="sii")["status"] != "ok"
    assert _one(both, area_type="icb", measure="ratio")["status"] == "not_applicable"
    assert _one(both, area_type="icb", measure="gap")["status"] == "ok"
    assert_frame_equal(alone, both.filter(area_type="england"))


def test_slopes_are_not_compared_with_england() -> None:
    values = [400.0 + 10 * n for n in range(10)]
    results = _run(*_deciles(values), *_deciles(values, denominator=1_000, **made.ENGLAND))
    gap, slope = _one(results, area_type="icb", measure="gap"), _one(results, area_type="icb", measure="sii")
    assert gap["comparison"] == "similar" and gap["comparator_value"] is not None
    assert (slope["comparison"], slope["comparator_value"]) == ("not_compared", None)


def test_ethnic_groups_are_set_against_white_british() -> None:
    results = _run(
        made.row("ethnicity", "White: British", 500, 1_000),
        made.row("ethnicity", "White", 600, 1_200),
        made.row("ethnicity", "White: Irish", 30, 100),
        made.row("ethnicity", "Mixed", None, None),
        made.row("ethnicity", "Unknown", 40, 100),
    )
    derived = results.filter(pl.col("measure") != "value")
    assert set(derived["category"]) == {"White: Irish", "Mixed"}
    assert _one(derived, category="White: Irish", measure="difference")["value"] == pytest.approx(-20.0)
    assert _one(derived, category="White: Irish", measure="rate_ratio")["value"] == pytest.approx(0.6)
    assert _one(derived, category="Mixed", measure="rate_ratio")["status"] == "suppressed"


def test_the_reference_is_white_everywhere_where_boards_have_no_finer_group() -> None:
    results = _run(
        made.row("ethnicity", "White", 500, 100_000),
        made.row("ethnicity", "Mixed", 60, 10_000),
        made.row("ethnicity", "White", 5_000, 1_000_000, **made.ENGLAND),
        made.row("ethnicity", "White: British", 4_000, 900_000, **made.ENGLAND),
        made.row("ethnicity", "Mixed", 600, 100_000, **made.ENGLAND),
        indicator=DETENTION,
    )
    derived = results.filter(measure="difference")
    assert set(derived.filter(area_type="england")["category"]) == {"Mixed"}
    assert derived["value"].to_list() == pytest.approx([100.0, 100.0])
    assert derived["note"].str.contains("the group less White$").all()


def test_the_reference_is_the_same_where_regions_and_england_are_computed_without_boards() -> None:
    others = (
        made.row("ethnicity", "White", 2_000, 400_000, **made.LONDON),
        made.row("ethnicity", "Mixed", 240, 40_000, **made.LONDON),
        made.row("ethnicity", "White", 5_000, 1_000_000, **made.ENGLAND),
        made.row("ethnicity", "White: British", 4_000, 900_000, **made.ENGLAND),
        made.row("ethnicity", "Mixed", 600, 100_000, **made.ENGLAND),
    )
    boards = (made.row("ethnicity", "White", 500, 100_000), made.row("ethnicity", "Mixed", 60, 10_000))
    alone, whole = _run(*others, indicator=DETENTION), _run(*others, *boards, indicator=DETENTION)
    assert_frame_equal(alone, whole.filter(pl.col("area_type") != "icb"))
    assert alone.filter(area_type="region", measure="difference")["value"].to_list() == pytest.approx([100.0])


def test_order_of_rows_does_not_matter() -> None:
    rows = [
        *_deciles([400.0 + 10 * n for n in range(10)]),
        made.row("total", "All", 50, 200),
        made.row("ethnicity", "White: British", 500, 1_000),
        made.row("ethnicity", "Mixed", 30, 100),
    ]
    assert_frame_equal(_run(*rows), _run(*rows[::-1]))


def test_counts_of_another_indicator_or_of_no_year_are_refused() -> None:
    with pytest.raises(ValidationError, match="indicator_id"):
        compute_results(RECOVERY, made.counts(made.row("total", "All", 1, 2, indicator_id="x")), synthetic=False)
    one = made.counts(made.row("total", "All", 1, 2))
    for without in (one.clear(), one.with_columns(financial_year=pl.lit(None, pl.String))):
        with pytest.raises(ValidationError, match="a financial year each"):
            compute_results(RECOVERY, without, synthetic=False)


def test_years_computed_at_once_are_those_computed_one_by_one() -> None:
    """Each has its own England, ridits, footprint and, where it publishes no finer group, ethnic reference."""
    first, second = (
        made.counts(
            *(
                row | {"financial_year": year, "geography_vintage": vintage_of(year).value}
                for area in (made.ENGLAND, made.QNC)
                for row in (
                    *_deciles([400.0 + (10 + add) * n for n in range(10)], **area),
                    made.row("total", "All", 50 + add, 200, **area),
                    made.row("ethnicity", white, 500 + add, 1_000, **area),
                    made.row("ethnicity", "Mixed", 30, 100, **area),
                )
            )
        )
        for year, add, white in (("2022-23", 0, "White: British"), ("2023-24", 7, "White"))
    )
    together = compute_results(RECOVERY, pl.concat([second, first]), synthetic=False)
    for counts in (first, second):
        year = counts["financial_year"][0]
        alone = compute_results(RECOVERY, counts, synthetic=False)
        assert_frame_equal(together.filter(financial_year=year), alone, check_exact=True)
    differences = (
        together.filter(measure="difference")
        .group_by("financial_year")
        .agg(pl.col("note").first())
        .sort("financial_year")
    )
    assert ["White: British" in note for note in differences["note"]] == [True, False]
    assert together["geography_vintage"].n_unique() == 2


def test_footprints_computed_at_once_keep_their_own_england_and_region() -> None:
    """North West was recoded in April 2026; a board is compared with the England of its footprint."""
    cheshire = {"area_type": "icb", "icb_code": "E54000008", "area_name": "NHS Cheshire and Merseyside"}
    rows = [
        made.row("total", "All", count, 1_000, geography_vintage=vintage, **area)
        for vintage, england in (("2023-04", 300.0), ("2026-04", 500.0))
        for area, count in ((made.ENGLAND, england), (cheshire, 400.0))
    ]
    results = _run(*rows).filter(area_type="icb").sort("geography_vintage")
    assert results["comparator_value"].to_list() == [30.0, 50.0]
    assert results["comparison"].to_list() == ["better", "worse"]
    assert results["region_code"].to_list() == ["E40000010", "E40000014"]


def test_a_board_outside_its_footprint_is_refused() -> None:
    with pytest.raises(ValidationError, match="region of their footprint"):
        _run(made.row("total", "All", 50, 200, geography_vintage="2026-04", icb_code="E54000034"))


def test_a_measure_between_groups_names_the_releases_of_all_its_groups() -> None:
    *most, least = _deciles([300.0 + 10 * n for n in range(10)])
    results = _run(*most, least | {"source_releases": "other:1;talking_therapies:2023-24"})
    assert _one(results, measure="gap")["source_releases"] == "other:1;talking_therapies:2023-24"
    assert set(results.filter(measure="value", category=DECILES[0])["source_releases"]) == {"talking_therapies:2023-24"}


def test_a_measure_between_groups_says_that_the_layout_behind_them_was_not_seen() -> None:
    seen = _run(*_deciles([50.0] * 10))
    unseen = _run(*_deciles([50.0] * 10, note="layout unverified"))
    derived = pl.col("measure") != "value"
    assert unseen.filter(derived).height == seen.filter(derived).height > 0
    assert unseen["note"].str.contains("layout unverified").all()
    assert not seen["note"].str.contains("layout unverified").any()


@pytest.mark.parametrize(
    ("status", "note", "said"),
    [
        ("suppressed", "", "hidden by the publisher"),
        ("suppressed", "waiting at the end of the week", "hidden by the publisher; waiting at the end of the week"),
        (
            "suppressed",
            "a hidden deduction of 0 to 4 is taken at the middle",
            "hidden by the publisher; a hidden deduction of 0 to 4 is taken at the middle",
        ),
        ("suppressed", "hidden by the publisher: fewer than 8", "hidden by the publisher: fewer than 8"),
        (
            "suppressed",
            "among its parts, hidden counts taken at the rate of the others within their bounds; 3 of 5 counts hidden "
            "or missing: the sum lies between 1 and 9",
            None,
        ),
        ("missing", "the partnership's own row", "missing in the publication; the partnership's own row"),
        ("missing", "not submitted: printed as 0", None),
        ("missing", "2 of 12 months of the year in hand", None),
    ],
)
def test_a_row_without_a_figure_says_why(status: str, note: str, said: str | None) -> None:
    found = _one(_run(made.row("total", "All", None, 100, status=status, note=note)), measure="value")
    assert found["note"] == (said or note)
