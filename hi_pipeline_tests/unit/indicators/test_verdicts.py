"""No word is surer than its data: who is compared with whom, and what is not compared."""

import numpy as np
import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, QUINTILES
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compare import ALL_BOARDS, BOTH_ENDS, ENGLAND, PARTIAL, PARTIAL_COMPARATOR
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.headline import PUBLISHERS
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.indicators.values import MIXES_AGE, NO_POPULATION
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
RECOVERY, DETENTION = BY_ID["tt_recovery_pct"], BY_ID["mha_detention_rate"]
ATTENDANCE, HYPERTENSION = BY_ID["ae_attendance_0_4_rate"], BY_ID["hypertension_prevalence_pct"]
TEETH, FUEL = BY_ID["tooth_extraction_decay_0_10_rate"], BY_ID["fuel_poverty_pct"]
BOARDS = {"area_type": "boards", "icb_code": "E92000001", "area_name": "All boards"}


def _run(*rows: dict, indicator=RECOVERY) -> pl.DataFrame:
    counts = made.counts(*(r | {"indicator_id": indicator.id} for r in rows))
    return validate_results(compute_results(indicator, counts, synthetic=True), indicator)


def _one(results: pl.DataFrame, **key: object) -> dict:
    found = results.filter(**key)
    assert found.height == 1, found
    return found.row(0, named=True)


def _fifths(counts: list[float], units: list[int], spread: float = 4_000.0, **area: object) -> list[dict]:
    return [
        made.row("deprivation", word, x, 1_000, units=m, between_variance=spread, **area)
        for word, x, m in zip(QUINTILES, counts, units, strict=True)
    ]


def test_practices_that_differ_widen_the_limits_of_a_fifth() -> None:
    counts = [300.0, 280, 260, 240, 200]
    between = _one(_run(*_fifths(counts, [20] * 5), indicator=ATTENDANCE), category=QUINTILES[0])
    alone = _one(
        _run(*(r | {"between_variance": None} for r in _fifths(counts, [20] * 5)), indicator=ATTENDANCE),
        category=QUINTILES[0],
    )
    assert between["value"] == alone["value"] == 300.0
    assert (between["method"], alone["method"]) == ("between_units", "Byar")
    assert between["upper_95"] - between["lower_95"] > 3 * (alone["upper_95"] - alone["lower_95"])


def test_rounding_of_practices_lies_in_their_variance_and_widens_no_more() -> None:
    exact = _fifths([300.0, 280, 260, 240, 200], [20] * 5)
    loose = [r | made.rounded(r["numerator"], r["denominator"]) for r in exact]
    one, two = (_one(_run(*rows, indicator=ATTENDANCE), category=QUINTILES[0]) for rows in (exact, loose))
    assert (one["lower_95"], one["upper_95"]) == (two["lower_95"], two["upper_95"])


@pytest.mark.parametrize(
    ("units", "ends", "slopes"), [([4, 20, 20, 20, 20], False, False), ([20, 3, 20, 20, 20], True, False)]
)
def test_a_fifth_of_four_practices_has_a_value_and_bears_no_measure(units: list[int], ends: bool, slopes: bool) -> None:
    results = _run(*_fifths([300.0, 280, 260, 240, 200], units), indicator=ATTENDANCE)
    small = _one(results, category=QUINTILES[units.index(min(units))])
    assert small["value"] is not None and small["lower_95"] is None
    assert (small["comparison"], small["units"]) == ("not_compared", min(units))
    for measures, there in ((("gap", "ratio"), ends), (("sii", "rii"), slopes)):
        for measure in measures:
            found = _one(results, measure=measure)
            assert (found["status"] == "ok") is there
            if not there:
                assert found["status"] == "too_few" and "fewer than 5 practices" in found["note"]


def test_the_gap_and_the_slope_come_from_the_limits_of_the_fifths() -> None:
    results = _run(*_fifths([300.0, 280, 260, 240, 200], [20] * 5), indicator=ATTENDANCE)
    most, least = _one(results, category=QUINTILES[0]), _one(results, category=QUINTILES[4])
    gap = _one(results, measure="gap")
    assert gap["value"] == pytest.approx(100.0)
    down = np.hypot(most["value"] - most["lower_95"], least["upper_95"] - least["value"])
    assert gap["lower_95"] == pytest.approx(100.0 - down)
    alone = _run(
        *(r | {"between_variance": None} for r in _fifths([300.0, 280, 260, 240, 200], [20] * 5)), indicator=ATTENDANCE
    )
    assert _one(results, measure="sii")["upper_95"] > _one(alone, measure="sii")["upper_95"]


@pytest.mark.parametrize(("share", "word"), [(0.8, "not_compared"), (1.0, "better")])
def test_a_gap_is_not_compared_where_both_ends_differ_in_one_direction(share: float, word: str) -> None:
    """Recovery of all groups far above England's is a matter of level; that of the most deprived alone is a gap."""
    england = [500 + 20.0 * n for n in range(10)]
    level = [900.0] * 9 + [950.0] if share == 0.8 else [680.0] * 10
    rows = [made.row("deprivation", w, x, 1_000) for w, x in zip(DECILES, level, strict=True)]
    rows += [made.row("deprivation", w, x, 1_000, **made.ENGLAND) for w, x in zip(DECILES, england, strict=True)]
    gap = _one(_run(*rows), area_type="icb", measure="gap")
    assert gap["comparison"] == word
    assert (BOTH_ENDS in gap["note"]) is (word == "not_compared")


def test_crude_prevalence_gaps_have_no_word_and_every_row_says_why() -> None:
    rows = _fifths([100.0, 120, 140, 160, 200], [20] * 5)
    rows += _fifths([200.0, 190, 180, 170, 160], [900] * 5, **BOARDS)
    results = _run(*rows, made.row("total", "All", 720, 5_000), indicator=HYPERTENSION).filter(area_type="icb")
    assert set(results.filter(pl.col("measure").is_in(["gap", "ratio"]))["comparison"]) == {"not_compared"}
    assert results.filter(status="ok")["note"].str.contains(MIXES_AGE, literal=True).all()
    aged = {i.id for i in INDICATORS if i.mixes_age}
    wanted = (
        "hypertension", "atrial_fibrillation", "chd", "stroke_tia", "heart_failure", "peripheral_arterial_disease",
        "copd", "diabetes", "non_diabetic_hyperglycaemia", "chronic_kidney_disease", "cancer", "dementia",
        "osteoporosis", "rheumatoid_arthritis", "palliative_care",
    )  # fmt: skip
    crude = ("elective", "emergency", "outpatient", "outpatient_first", "outpatient_virtual")
    assert aged == {f"{name}_prevalence_pct" for name in wanted} | {f"act_{name}_crude_rate" for name in crude}


def test_a_board_is_compared_with_all_boards_and_else_with_england() -> None:
    """England's published rate holds attendances of no practice: 80 lies between the two."""
    board = made.row("total", "All", 8_000, 100_000)
    england = made.row("total", "All", 5_100_000, 60_000_000, **made.ENGLAND)
    boards = made.row("total", "All", 4_500_000, 60_000_000, **BOARDS)
    alike = _one(_run(board, england, boards, indicator=TEETH), area_type="icb")
    assert (alike["comparator"], alike["comparator_value"], alike["comparison"]) == (ALL_BOARDS, 7_500.0, "worse")
    alone = _one(_run(board, england, indicator=TEETH), area_type="icb")
    assert (alone["comparator"], alone["comparator_value"], alone["comparison"]) == (ENGLAND, 8_500.0, "better")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"coverage": 0.89}, "not_compared"),
        ({"coverage": 0.9}, "better"),
        ({"coverage": 0.5, "people_share": 0.99}, "better"),
    ],
)
def test_a_figure_of_part_of_its_reporters_is_not_compared(facts: dict, word: str) -> None:
    rows = (made.row("total", "All", 700, 1_000, **facts), made.row("total", "All", 500, 1_000, **made.ENGLAND))
    found = _one(_run(*rows), area_type="icb")
    assert found["comparison"] == word
    assert (PARTIAL in found["note"]) is (word == "not_compared")


@pytest.mark.parametrize("area", [BOARDS, made.ENGLAND])
@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"coverage": 0.3}, "not_compared"),
        ({"coverage": 0.95, "people_share": 0.3}, "not_compared"),
        ({"coverage": 0.3, "people_share": 0.9}, "better"),
    ],
)
def test_nothing_is_compared_with_a_figure_of_part_of_the_reporters(area: dict, facts: dict, word: str) -> None:
    """England's own row too: that it holds more than those that have a figure of their own is not known."""
    rows = (made.row("total", "All", 700, 1_000), made.row("total", "All", 5_000, 10_000, **area, **facts))
    found = _one(_run(*rows), area_type="icb")
    assert (found["comparator_value"], found["comparison"]) == (50.0, word)
    assert (PARTIAL_COMPARATOR in found["note"]) is (word == "not_compared")
    assert PARTIAL not in found["note"]


def test_all_boards_short_of_reporters_do_not_give_way_to_england() -> None:
    rows = [made.row("total", "All", 700, 1_000), made.row("total", "All", 5_000, 10_000, coverage=0.3, **BOARDS)]
    found = _one(_run(*rows, made.row("total", "All", 6_000, 10_000, **made.ENGLAND)), area_type="icb")
    assert (found["comparator"], found["comparison"]) == (ALL_BOARDS, "not_compared")


SHORT = "12 of 30 practices, 40.0% of patients are in this figure"


def _reported(rows: list[dict], *facts: tuple[float, float | None], said: str = SHORT) -> list[dict]:
    """Give rows their coverage and share of people; those that are short say so."""
    return [
        row | {"coverage": share, "people_share": people, "note": said if share < 1 else ""}
        for row, (share, people) in zip(rows, facts, strict=True)
    ]


@pytest.mark.parametrize(
    ("place", "short"),
    [(0, {"gap", "ratio", "sii", "rii"}), (4, {"gap", "ratio", "sii", "rii"}), (2, {"sii", "rii"})],
)
def test_a_measure_between_groups_is_as_whole_as_the_least_of_the_groups_in_it(place: int, short: set[str]) -> None:
    facts = [(1.0, 1.0)] * 5
    facts[place] = (0.6, 0.4)
    rows = _reported(_fifths([300.0, 280, 260, 240, 200], [20] * 5), *facts)
    rows += _fifths([250.0, 250, 250, 250, 250], [900] * 5, **BOARDS)
    results = _run(*rows, indicator=ATTENDANCE).filter(area_type="icb")
    for measure in ("gap", "ratio", "sii", "rii"):
        found, lacks = _one(results, measure=measure), measure in short
        assert found["status"] == "ok"
        assert (found["coverage"], found["people_share"]) == ((0.6, 0.4) if lacks else (1.0, 1.0)), measure
        assert (f"{QUINTILES[place]}: {SHORT}" in found["note"]) is lacks
        assert (PARTIAL in found["note"]) is lacks
        assert (found["comparison"] == "not_compared") is (lacks or measure in ("sii", "rii"))


def test_the_note_of_a_measure_names_the_group_that_lacks_most_and_one_without_people_counts_by_its_reporters() -> None:
    facts = [(0.95, 0.99), (0.8, None), (0.97, 0.95), (1.0, 1.0), (0.98, 0.99)]
    rows = _reported(
        _fifths([300.0, 280, 260, 240, 200], [20] * 5), *facts, said="8 of 10 practices are in this figure"
    )
    results = _run(*rows, indicator=ATTENDANCE)
    assert _one(results, measure="gap")["people_share"] == 0.99 and _one(results, measure="gap")["coverage"] == 0.95
    slope = _one(results, measure="sii")
    assert (slope["coverage"], slope["people_share"]) == (0.8, 0.8)
    assert slope["note"].count("practices are in this figure") == 1 and f"{QUINTILES[1]}: 8 of 10" in slope["note"]


@pytest.mark.parametrize("short", ["Mixed", "White: British"])
def test_a_difference_between_ethnic_groups_is_as_whole_as_the_lesser_of_the_two(short: str) -> None:
    def rows(**area: object) -> list[dict]:
        groups = (("White: British", 500.0), ("Mixed", 450.0), ("Black or Black British", 400.0))
        return [made.row("ethnicity", word, x, 1_000, **area) for word, x in groups]

    own = [r | {"coverage": 0.5, "note": SHORT} if r["category"] == short else r | {"coverage": 1.0} for r in rows()]
    results = _run(*own, *rows(**made.ENGLAND)).filter(area_type="icb", measure="difference")
    mixed, black = _one(results, category="Mixed"), _one(results, category="Black or Black British")
    assert (mixed["coverage"], mixed["comparison"]) == (0.5, "not_compared")
    assert f"{short}: {SHORT}" in mixed["note"] and PARTIAL in mixed["note"]
    assert (black["coverage"] == 0.5) is (black["comparison"] == "not_compared") is (short == "White: British")


@pytest.mark.parametrize(("high", "word"), [(7.0, "better"), (60.0, "not_compared")])
def test_a_hidden_count_is_compared_where_its_bounds_are_clear(high: float, word: str) -> None:
    hidden = made.row("total", "All", None, 10_000, numerator_low=0.0, numerator_high=high)
    results = _run(hidden, made.row("total", "All", 5_000, 1_000_000, **made.ENGLAND), indicator=TEETH)
    found = _one(results, area_type="icb")
    assert (found["status"], found["value"], found["comparison"]) == ("suppressed", None, word)
    assert (found["figure_low"], found["figure_high"]) == (0.0, high * 10)
    assert ("whatever its value" in found["note"]) is (word == "better")


def _printed(x: float, n: float, percent: float, **extra: object) -> dict:
    return made.row(
        "total", "All", x, n, published_value=percent, published_rounding=0.5, **{**made.rounded(x, n), **extra}
    )


def test_the_publishers_figure_is_the_headline_where_ours_lies_outside_its_rounding() -> None:
    ours = _one(_run(_printed(50, 120, 42.0)), measure="value")
    assert ours["value"] == pytest.approx(125 / 3) == ours["computed_value"]
    assert ours["method"] == "Wilson"
    theirs = _one(_run(_printed(10, 25, 57.0)), measure="value")
    assert (theirs["value"], theirs["computed_value"], theirs["published_value"]) == (57.0, 40.0, 57.0)
    assert theirs["method"] == "published, Wilson" and PUBLISHERS in theirs["note"]
    assert theirs["lower_95"] < 57.0 < theirs["upper_95"]


def test_more_events_than_people_by_rounding_gives_way_to_the_printed_figure() -> None:
    found = _one(_run(_printed(10, 8, 95.0)), measure="value")
    assert (found["status"], found["value"], found["method"]) == ("ok", 95.0, "published, Wilson")
    assert found["upper_95"] <= 100.0


def test_a_printed_figure_narrows_what_rounding_leaves_open() -> None:
    found = _one(_run(_printed(50, 120, 42.0)), measure="value")
    assert (found["figure_low"], found["figure_high"]) == (41.5, 42.5)
    bare = _one(_run(made.row("total", "All", 50, 120, **made.rounded(50, 120))), measure="value")
    assert bare["figure_low"] == pytest.approx(4_800 / 124) and bare["figure_high"] == pytest.approx(5_200 / 116)


def test_a_rate_of_another_population_is_the_publishers_and_keeps_its_relative_limits() -> None:
    row = made.row("total", "All", 500, 1_000_000, published_value=49.0, published_rounding=0.05)
    found = _one(_run(row, indicator=DETENTION), measure="value")
    bare = _one(_run(made.row("total", "All", 500, 1_000_000), indicator=DETENTION), measure="value")
    assert (found["value"], found["computed_value"], found["method"]) == (49.0, 50.0, "published, Byar")
    assert found["lower_95"] / 49.0 == pytest.approx(bare["lower_95"] / 50.0)


def test_measures_between_groups_use_the_headline() -> None:
    rows = [
        made.row("deprivation", word, 500, 1_000, published_value=50.0, published_rounding=0.5) for word in DECILES[:-1]
    ]
    rows.append(made.row("deprivation", DECILES[-1], 500, 1_000, published_value=60.0, published_rounding=0.5))
    assert _one(_run(*rows), measure="gap")["value"] == pytest.approx(10.0)
    assert _one(_run(*rows), measure="ratio")["value"] == pytest.approx(50 / 60)


@pytest.mark.parametrize("p", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("n", [30, 100, 2_000])
def test_limits_of_rounded_counts_cover_what_they_say(p: float, n: int) -> None:
    """Counts rounded to 5, the printed percentage made before rounding, value chosen by the rule: 94 to 98%."""
    draw = np.random.default_rng(5)
    x = draw.binomial(n, p, 3_000)
    shown, total = 5 * np.round(x / 5), 5.0 * round(n / 5)
    printed = np.round(100 * x / n)
    rows = [
        _printed(float(s), total, float(q), numerator_low=max(s - 2.0, 0.0), denominator_low=total - 2,
                 denominator_high=total + 2, icb_code=f"E{i:08d}", area_type="authority")
        for i, (s, q) in enumerate(zip(shown, printed, strict=True))
    ]  # fmt: skip
    results = _run(*rows).filter(status="ok", measure="value")
    assert results.height == 3_000
    held = ((results["lower_95"] <= 100 * p) & (100 * p <= results["upper_95"])).mean()
    assert 0.94 <= held <= 0.98


def test_the_unknown_and_the_indeterminate_are_no_groups() -> None:
    england = [made.row("sex", word, 500, 1_000, **made.ENGLAND) for word in ("Female", "Indeterminate", "Unknown")]
    board = [made.row("sex", word, 900, 1_000) for word in ("Female", "Indeterminate", "Unknown")]
    found = _run(*england, *board).filter(area_type="icb")
    words = dict(found.select("category", "comparison").rows())
    assert words == {"Female": "better", "Indeterminate": "not_compared", "Unknown": "not_compared"}


def test_residents_without_a_decile_have_no_rate() -> None:
    """2026-11: 86.7 per 100,000 rests on 3.30 million residents who only lack a decile."""
    row = made.row("deprivation", "Unknown", 2_862, 3_300_000, published_value=86.7, published_rounding=0.05)
    found = _one(_run(row, indicator=DETENTION), category="Unknown")
    assert (found["status"], found["value"], found["numerator"]) == ("not_applicable", None, 2_862)
    assert found["note"] == NO_POPULATION and found["published_value"] == 86.7


def test_a_contested_gap_is_positive_where_the_most_deprived_are_higher() -> None:
    falling = [float(120 - 8 * n) for n in range(10)]
    rows = [made.row("deprivation", w, x, 100_000) for w, x in zip(DECILES, falling, strict=True)]
    gap = _one(_run(*rows, indicator=DETENTION), measure="gap")
    assert gap["value"] == pytest.approx(72.0) and "higher among the most deprived" in gap["note"]
