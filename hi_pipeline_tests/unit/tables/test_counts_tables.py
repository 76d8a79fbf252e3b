"""Published figures on the footprint of the year: boards, remainder, England, and nobody lost."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.geography import NHS_REGIONS, SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline_tests.unit.tables.counts_built import BOARDS, YEAR, build, own_rows, recovery, talking, total_row
from hi_pipeline_tests.unit.tables.fake_reader import observation, rounded


def test_what_is_taken_away_moves_the_bounds_the_other_way() -> None:
    found = total_row(build("talking_therapies", talking()), "tt_recovery_pct", icb_code="E54000010")
    assert (found["numerator"], found["numerator_low"], found["numerator_high"]) == (50, 48, 52)
    assert (found["denominator"], found["denominator_low"], found["denominator_high"]) == (100, 96, 104)
    assert (found["published_value"], found["imd_vintage"]) == (50, "")
    assert found["source_releases"] == "talking_therapies:2023-24"


def test_a_remainder_of_one_published_row_has_its_printed_figure() -> None:
    unknown = total_row(build("talking_therapies", talking()), "tt_recovery_pct", area_type="remainder")
    assert unknown["published_value"] == 36  # 20 of 55


def test_the_publishers_england_and_unknown_area_are_shown() -> None:
    built = build("talking_therapies", talking())
    assert total_row(built, "tt_recovery_pct", area_type="england")["numerator"] == 50 * 42 + 20
    unknown = total_row(built, "tt_recovery_pct", area_type="remainder")
    assert (unknown["area_name"], unknown["numerator"], unknown["icb_code"]) == ("Area unknown", 20, None)


def test_regions_are_summed_from_boards_where_none_are_printed() -> None:
    built = build("talking_therapies", talking())
    regions = own_rows(built).filter(indicator_id="tt_recovery_pct", area_type="region", dimension="total")
    assert regions.height == 7
    assert regions["numerator"].sum() == 50 * 42
    assert regions["note"].str.contains("sum of the region's boards").all()


def test_a_region_of_the_footprint_in_force_keeps_its_own_figure_where_its_boards_cannot_be_made() -> None:
    """Boards of April 2026 that took part of another have no counts; the region is the same area."""
    built = build("talking_therapies", talking())
    rows = built.frame.filter(indicator_id="tt_recovery_pct", dimension="total")
    boards = rows.filter(area_type="icb", geography_vintage="2026-04")
    assert boards["status"].to_list().count("not_published") > 0
    by_footprint = [
        {
            region.ods: rows.filter(area_type="region", geography_vintage=v.value, icb_code=region.ons[v])[
                "numerator"
            ].item()
            for region in NHS_REGIONS
        }
        for v in (Vintage.APRIL_2023, Vintage.APRIL_2026)
    ]
    assert by_footprint[0] == by_footprint[1] and sum(by_footprint[0].values()) == 50 * 42
    keys = ["indicator_id", "geography_vintage", "area_type", "icb_code", "area_name", "dimension", "category"]
    assert not built.frame.select(keys).is_duplicated().any()


def test_a_missing_board_is_fatal() -> None:
    with pytest.raises(ValidationError, match="1 boards of the footprint"):
        build("talking_therapies", talking(BOARDS[1:]))


def test_a_code_of_no_board_is_fatal() -> None:
    with pytest.raises(ValidationError, match="QZZ"):
        build("talking_therapies", [*talking(), *recovery("icb", "QZZ", 50, 120, 20)])


def test_england_must_be_the_sum_within_rounding() -> None:
    build("talking_therapies", talking(england=50 * 42 + 20 + 80))
    with pytest.raises(ValidationError, match="do not explain it"):
        build("talking_therapies", talking(england=50 * 42 + 20 + 100))


def test_unknown_share_is_of_the_areas_own_records() -> None:
    rows = [*talking(), *recovery("icb", "QNC", 5, 15, 5, dimension="deprivation", category="Unknown")]
    frame = own_rows(build("talking_therapies", rows))
    found = frame.filter(indicator_id="tt_recovery_pct", icb_code="E54000010", dimension="deprivation")
    assert found["unknown_share"].to_list() == [0.1]
    # Nobody states the Indices behind these deciles: null, and said.
    assert found["imd_vintage"].to_list() == [None]
    assert found["note"].str.contains("does not state the Indices").all()


def test_unknown_share_is_of_one_definition_where_a_count_of_the_unknown_is_hidden() -> None:
    group = {"dimension": "sex", "category": "Unknown"}
    rows = [*talking(), *recovery("icb", "QNC", 15, 35, 5, **group), *recovery("icb", "QOC", 5, 10, 5, **group)]
    hidden = {"value": None, "low": 0.0, "high": 4.0, "status": "suppressed"}
    for row in rows:
        if row["category"] == "Unknown" and (row["measure"] == "not_at_caseness" or row["area_code"] == "QOC"):
            row.update(hidden)
    frame = own_rows(build("talking_therapies", rows)).filter(indicator_id="tt_recovery_pct", dimension="sex")
    shares = dict(frame.select("icb_code", "unknown_share").iter_rows())
    assert shares["E54000010"] == (29 + 37) / 2 / 100  # courses between 33 - 4 and 37 - 0, of 100: not recoveries
    assert shares["E54000011"] is None  # nothing of it is printed


def _detention_rows() -> list[dict]:
    rows: list[dict] = []
    for ods in BOARDS:
        rows.append(observation("icb", ods, "detentions", 100.0, **rounded(100)))
        rows.append(observation("icb", ods, "detention_rate", 50.0))
    key = {"dimension": "deprivation", "category": "Decile 1 (most deprived)"}
    rows.append(observation("icb", "QNC", "detentions", 40.0, **rounded(40), **key))
    rows.append(observation("icb", "QNC", "detention_rate", 200.0, **key))
    return rows + [
        observation("england", "", "detentions", 4_200.0),
        observation("england", "", "detention_rate", 90.0),
        observation("england", "", "detentions", 420.0, dimension="deprivation", category="Unknown"),
        observation("england", "", "detention_rate", 60.0, dimension="deprivation", category="Unknown"),
    ]


def _detentions(rows: list[dict] | None = None) -> Built:
    codes = [b.ons for b in boards_of(Vintage.APRIL_2023)]
    population = pl.DataFrame(
        {
            "geography_vintage": ["2023-04"] * 84,
            "icb_code": codes * 2,
            "mid_year": [2022] * 42 + [2023] * 42,
            "of_year": [False] * 42 + [True] * 42,
            "sex": ["Female"] * 84,
            "age": [30] * 84,
            "population": [200_000] * 42 + [999_999] * 42,
        }
    )
    return build("mental_health_act", rows or _detention_rows(), linked={("population", YEAR): population})


def test_detentions_divide_by_the_mid_year_before_and_by_what_the_rate_implies() -> None:
    built = _detentions()
    found = total_row(built, "mha_detention_rate", icb_code="E54000010")
    assert (found["denominator"], found["denominator_low"]) == (200_000, 200_000)
    assert "residents of mid-2022" in found["note"] and "another population" not in found["note"]
    assert "another population" in total_row(built, "mha_detention_rate", area_type="england")["note"]
    decile = own_rows(built).filter(icb_code="E54000010", dimension="deprivation").row(0, named=True)
    assert decile["denominator"] == pytest.approx(20_000)
    assert found["source_releases"] == "mental_health_act:2023-24;population:2023-24"
    assert decile["source_releases"] == "mental_health_act:2023-24", "its population is implied by the printed rate"
    assert decile["denominator_low"] < 20_000 < decile["denominator_high"]
    assert (decile["numerator_low"], decile["numerator_high"]) == (38, 42)
    unknown = own_rows(built).filter(area_type="england", category="Unknown").row(0, named=True)
    assert unknown["unknown_share"] == 0.1  # of detentions, not of the people that a rate implies


def test_a_source_without_any_of_the_measures_builds_nothing() -> None:
    with pytest.raises(NothingToBuild):
        build("fingertips", [observation("england", "", "count_200", 5.0)])


def test_a_renamed_measure_is_an_error() -> None:
    rows = [r | {"measure": r["measure"].replace("recovery", "recoveries")} for r in talking()]
    with pytest.raises(ValidationError, match="hold no measure"):
        build("talking_therapies", rows)


def test_order_of_observations_does_not_matter() -> None:
    one, two = build("talking_therapies", talking()), build("talking_therapies", talking()[::-1])
    assert one.frame.equals(two.frame)


def _waiting(day: date, total: float) -> list[dict]:
    when = {"period_start": day, "period_end": day, "period_type": "snapshot"}
    return [
        observation(level, code, measure, value, **when)
        for level, codes, value in (
            ("icb", BOARDS, total),
            ("national", ["X24"], 7.0),
            ("england", [""], 42 * total + 7),
        )
        for code in codes
        for measure in ("pathways_total", "pathways_gt18", "pathways_gt52", "pathways_gt65")
    ]


def test_the_latest_snapshot_stands_for_the_year_and_national_commissioning_is_shown() -> None:
    built = build("rtt", [*_waiting(date(2023, 12, 31), 500.0), *_waiting(date(2024, 2, 29), 100.0)])
    found = total_row(built, "wl_total", icb_code="E54000010")
    assert (found["numerator"], found["period_end"]) == (100, date(2024, 2, 29))
    assert total_row(built, "wl_total", area_type="remainder")["numerator"] == 7
    assert total_row(built, "wl_total", area_type="england")["numerator"] == 4_207


def test_a_board_that_was_divided_is_the_sum_of_its_locations_where_they_are_printed() -> None:
    day = {"period_start": date(2023, 12, 31), "period_end": date(2023, 12, 31), "period_type": "snapshot"}
    held = [(s.ods, s.board[Vintage.APRIL_2023]) for s in SUB_ICB_LOCATIONS if Vintage.APRIL_2023 in s.board]
    parents = {b.ons: b.ods for b in boards_of(Vintage.APRIL_2023)}
    rows = [observation("sub_icb", code, "pathways_total", 10.0, **day) for code, _ in held]
    rows += [
        observation("icb", ods, "pathways_total", 10.0 * sum(board == ons for _, board in held), **day)
        for ons, ods in parents.items()
    ]
    rows.append(observation("england", "", "pathways_total", 10.0 * len(held), **day))
    more = [{**r, "measure": f"pathways_gt{weeks}", "value": 0.0, "low": 0.0, "high": 0.0}
            for r in rows for weeks in (18, 52, 65)]  # fmt: skip
    built = build("rtt", [*rows, *more]).frame.filter(
        indicator_id="wl_total", dimension="total", area_type="icb", geography_vintage="2026-04"
    )
    found = dict(built.select("icb_code", "numerator").rows())
    assert (found["E54000065"], found["E54000066"], found["E54000068"]) == (40, 70, 30)
    heirs_of_frimley = {code for code, number in found.items() if number is None}
    assert heirs_of_frimley == {"E54000067", "E54000069", "E54000070"}
    assert dict(built.select("icb_code", "note").rows())["E54000065"].startswith("sum of 4 sub-ICB locations")


def test_locations_without_the_groups_of_boards_make_up_none() -> None:
    """Detentions are printed of locations too, in total alone."""
    rows = [*_detention_rows(), *(observation("sub_icb", s.ods, "detentions", 10.0) for s in SUB_ICB_LOCATIONS
            if Vintage.APRIL_2023 in s.board)]  # fmt: skip
    built = _detentions(rows)
    boards = built.frame.filter(area_type="icb", dimension="total", geography_vintage="2026-04")
    assert set(boards.filter(icb_code="E54000065")["status"]) == {"not_published"}


def test_a_hidden_deduction_is_no_wider_than_rounding_and_stands_at_its_middle() -> None:
    """2026-11: finished courses are rounded to 5, and 0 to 4 of them that began below caseness are hidden."""
    rows = [r for r in talking() if not (r["area_code"] == "QNC" and r["measure"] == "not_at_caseness")]
    hidden = {"value": None, "low": 0.0, "high": 4.0, "status": "suppressed"}
    rows.append(observation("icb", "QNC", "not_at_caseness", None, **{k: v for k, v in hidden.items() if k != "value"}))
    found = total_row(build("talking_therapies", rows), "tt_recovery_pct", icb_code="E54000010")
    finished = [r for r in rows if r["area_code"] == "QNC" and r["measure"] == "finished_course_treatment"][0]
    assert found["status"] == "ok"
    assert found["denominator"] == finished["value"] - 2
    assert found["denominator_low"] == finished["low"] - 4 and found["denominator_high"] == finished["high"]
    assert "a hidden deduction of 0 to 4 is taken at the middle" in found["note"]


def test_all_boards_stand_beside_england_and_without_one_there_is_no_such_row() -> None:
    frame = own_rows(build("talking_therapies", talking())).filter(indicator_id="tt_recovery_pct", dimension="total")
    boards = frame.filter(area_type="boards").row(0, named=True)
    assert boards["numerator"] == frame.filter(area_type="icb")["numerator"].sum()
    assert boards["denominator"] == frame.filter(area_type="icb")["denominator"].sum()
    assert boards["units"] is None
    assert (boards["icb_code"], boards["area_name"]) == ("E92000001", "All boards")
    rows = [
        r | {"value": None, "low": None, "high": None, "status": "missing"} if r["area_code"] == "QNC" else r
        for r in talking()
    ]
    frame = own_rows(build("talking_therapies", rows)).filter(dimension="total")
    assert frame.filter(area_type="boards").is_empty()
