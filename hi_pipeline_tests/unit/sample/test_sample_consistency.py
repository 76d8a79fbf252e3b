"""The sample's figures hang together as the real ones do, and what was planted can be found again."""

import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES
from hi_pipeline.sample.planted import DETENTIONS, PREVALENCE, RECOVERY, RELIABLE_RECOVERY, Gradient
from hi_pipeline.sample.practices import practices
from hi_pipeline_tests.unit.sample.sample_files import Sample

_TT_YEARS = ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24", "2024-25")


def _wide(observations: pl.DataFrame) -> pl.DataFrame:
    key = ["area_level", "area_code", "dimension", "category"]
    return observations.pivot(on="measure", index=key, values="value")


def _slope(rates: list[float]) -> float:
    """Least-squares slope over ten even steps from the most to the least deprived, turned: positive is worse at 1."""
    middle = [(i + 0.5) / 10 - 0.5 for i in range(10)]
    return -sum(x * y for x, y in zip(middle, rates, strict=True)) / sum(x * x for x in middle)


@pytest.mark.parametrize("year", _TT_YEARS)
def test_talking_therapies_percentages_fit_their_rounded_counts(sample: Sample, year: str) -> None:
    wide = _wide(sample.observations("talking_therapies", year)).drop_nulls()
    assert wide.height > 1_000
    r, d = pl.col("recovery"), pl.col("finished_course_treatment") - pl.col("not_at_caseness")
    below = wide.filter(pl.col("area_level") != "england").filter(d > 4)
    outside = below.filter(
        (pl.col("recovery_pct") < 100 * (r - 2) / (d + 4) - 0.5)
        | (pl.col("recovery_pct") > 100 * (r + 2) / (d - 4) + 0.5)
    )
    assert outside.is_empty()


@pytest.mark.parametrize("year", _TT_YEARS)
def test_talking_therapies_areas_and_groups_add_to_england(sample: Sample, year: str) -> None:
    finished = sample.observations("talking_therapies", year).filter(measure="finished_course_treatment")
    england = finished.filter(area_level="england")
    total = england.filter(dimension="total")["value"].item()
    for dimension in ("age", "sex", "deprivation"):
        assert england.filter(dimension=dimension)["value"].sum() == total
    broad = england.filter((pl.col("dimension") == "ethnicity") & ~pl.col("category").str.contains(":"))
    assert broad["value"].sum() == total
    level = ["ccg", "unknown"] if year <= "2021-22" else ["icb", "unknown"]
    areas = finished.filter(pl.col("area_level").is_in(level), dimension="total")
    assert abs(areas["value"].sum() - total) <= 2 * areas.height


@pytest.mark.parametrize("year", _TT_YEARS)
@pytest.mark.parametrize(
    ("measure", "planted"), [("recovery", RECOVERY), ("reliable_recovery", RELIABLE_RECOVERY)], ids=lambda v: str(v)[:8]
)
def test_recovery_has_the_planted_slope(sample: Sample, year: str, measure: str, planted: Gradient) -> None:
    england = _wide(
        sample.observations("talking_therapies", year).filter(area_level="england", dimension="deprivation")
    )
    by_decile = {row["category"]: row for row in england.iter_rows(named=True)}
    rows = [by_decile[decile] for decile in DECILES]
    shares = [row[measure] / (row["finished_course_treatment"] - row["not_at_caseness"]) for row in rows]
    assert _slope(shares) == pytest.approx(planted.slope, abs=0.02)


def test_detentions_have_the_planted_slope_and_ethnic_differences(sample: Sample) -> None:
    england = sample.observations("mental_health_act", "2023-24").filter(area_level="england", measure="detention_rate")
    rates = dict(england.filter(dimension="deprivation").select("category", "value").rows())
    assert _slope([rates[decile] / 100_000 for decile in DECILES]) == pytest.approx(DETENTIONS.slope, rel=0.1)
    ethnic = dict(england.filter(dimension="ethnicity").select("category", "value").rows())
    assert 2.5 < ethnic["Black or Black British"] / ethnic["White: British"] < 3.7


def test_detention_rates_are_of_the_mid_2022_residents(sample: Sample) -> None:
    people = sample.clean["ons_population", "mid-2021-mid-2022"]["population"]
    residents = people.filter(geography="ICB 2023", year=2022)
    assert set(residents["sub_icb_ons"]) == set(
        sample.clean["ons_geography", "2024-sub-icb"]["sub_icb_areas"]["sub_icb_ons"]
    )
    by_board = residents.group_by("icb_ons").agg(pl.col("population").sum())
    boards = sample.clean["ons_geography", "2024-sub-icb"]["sub_icb_areas"].select("icb_ons", "icb_ods").unique()
    wide = _wide(sample.observations("mental_health_act", "2023-24").filter(dimension="total")).filter(area_level="icb")
    joined = wide.join(boards, left_on="area_code", right_on="icb_ods").join(by_board, on="icb_ons")
    assert joined.height == 42
    rate = 100_000 * pl.col("detentions") / pl.col("population")
    assert joined.filter((rate - pl.col("detention_rate")).abs() > 0.0501).is_empty()


@pytest.mark.parametrize("group", sorted(PREVALENCE))
def test_prevalence_has_the_planted_gradient(sample: Sample, group: str) -> None:
    wide = sample.observations("qof", "2022-23").pivot(on="measure", index="area_code", values="value")
    places = pl.DataFrame({"area_code": [p.code for p in practices()], "place": [p.place for p in practices()]})
    joined = wide.join(places, on="area_code").filter(pl.col(f"list_{group.lower()}") > 1_000)
    share = joined[f"register_{group.lower()}"] / joined[f"list_{group.lower()}"]
    slope = -pl.DataFrame({"x": joined["place"], "y": share}).select(pl.cov("x", "y") / pl.col("x").var()).item()
    planted = PREVALENCE[group].slope
    assert slope == pytest.approx(planted, abs=max(0.15 * abs(planted), 0.0012))


def test_waiting_lists_hold_what_has_no_board_apart(sample: Sample) -> None:
    totals = sample.observations("rtt", "2026-01").filter(measure="pathways_total")
    by_level = dict(totals.group_by("area_level").agg(pl.col("value").sum()).rows())
    assert by_level["icb"] + by_level["national"] == by_level["england"]
    assert totals.filter(area_level="icb").height == 42
    assert sample.observations("rtt", "2026-06").filter(area_level="icb", measure="pathways_total").height == 36


def test_profiles_and_registers_print_one_prevalence(sample: Sample) -> None:
    for year in ("2020-21", "2021-22", "2022-23"):
        own = sample.observations("qof", year).filter(measure="register_ld")["value"].sum()
        printed = sample.observations("fingertips", "200").filter(
            area_level="england", measure="count_200", financial_year=year
        )
        assert printed["value"].item() == own


def test_practices_of_the_profile_fall_short_of_england_by_rounding_and_the_unassigned(sample: Sample) -> None:
    counts = sample.observations("fingertips", "93930").filter(measure="count_93930")
    own, england = (counts.filter(area_level=level)["value"].sum() for level in ("practice", "england"))
    assert 0 < england - own < 0.02 * england
    assert counts.filter(status="suppressed").height == 1
