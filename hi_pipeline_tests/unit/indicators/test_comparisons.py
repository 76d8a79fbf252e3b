"""Boards beside England, their region and the boards most like them."""

import polars as pl
import pytest

from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compare import PARTIAL_COMPARATOR
from hi_pipeline.indicators.comparisons import LIKE, NO_FIGURE, NO_LIST, NOT_ALL, OTHERS, TOO_FEW_OTHERS, comparisons
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
AREAS = {"QNC": ("E54000010", 600.0), "A": ("E54000011", 500.0), "B": ("E54000015", 400.0), "C": ("E54000019", 300.0)}


def _results(**counts: float | None) -> pl.DataFrame:
    rows = [
        made.row("total", "All", counts.get(name, x), 1_000 if name != "B" else 3_000, icb_code=code, area_name=name)
        for name, (code, x) in AREAS.items()
    ]
    rows.append(made.row("total", "All", 450_000, 1_000_000, **made.ENGLAND))
    rows.append(made.row("total", "All", 6_500, 10_000, **made.ENGLAND | {
        "area_type": "region", "icb_code": "E40000011", "area_name": "Midlands"}))  # fmt: skip
    return compute_results(BY_ID["tt_recovery_pct"], made.counts(*rows), synthetic=True)


@pytest.mark.parametrize(
    ("area", "silent"),
    [
        ("England", {"England", "region", "most similar boards"}),
        ("Midlands", {"region"}),
        ("A", {"most similar boards"}),
        ("", set()),
    ],
)
def test_no_further_comparator_gives_a_word_where_it_lacks_reporters(area: str, silent: set[str]) -> None:
    """With England short the results themselves give no word, and then none is given here."""
    short = pl.col("icb_name") == area
    results = _results().with_columns(
        coverage=pl.when(short).then(0.3), comparison=pl.when(area == "England").then(pl.lit("not_compared"))
        .otherwise("comparison"),
    )  # fmt: skip
    found = comparisons(results, _lists(("QNC", "A"), ("QNC", "B")), BY_ID)
    for comparator in ("England", "region", "most similar boards"):
        row = _of(found, comparator)
        assert (row["comparison"] == "not_compared") is (comparator in silent), comparator
        assert row["comparator_value"] is not None
    named = {"A": "most similar boards", "Midlands": "region", "England": "England"}.get(area)
    assert {c for c in ("England", "region", "most similar boards") if _of(found, c)["note"] == PARTIAL_COMPARATOR} == (
        {named} if named else set()
    )


def _lists(*pairs: tuple[str, str]) -> pl.DataFrame:
    codes = [(AREAS[one][0], AREAS[two][0]) for one, two in pairs]
    frame = pl.DataFrame(codes, schema=["icb_code", "similar_code"], orient="row")
    return frame.with_columns(geography_vintage=pl.lit("2023-04"))


def _of(found: pl.DataFrame, comparator: str) -> dict:
    return found.filter(icb_code="E54000010", comparator=comparator).row(0, named=True)


def test_each_comparator_has_its_value_and_its_word() -> None:
    found = comparisons(_results(), _lists(("QNC", "A"), ("QNC", "B")), BY_ID)
    england, region, similar = (_of(found, c) for c in ("England", "region", "most similar boards"))
    assert (england["comparator_value"], england["comparison"]) == (45.0, "better")
    assert (region["comparator_value"], region["comparison"]) == (65.0, "worse")
    # 500 of 1,000 and 400 of 3,000 together.
    assert (similar["comparator_value"], similar["comparison"]) == (pytest.approx(22.5), "better")


def test_a_board_without_a_list_or_with_a_bare_neighbour_is_not_computed() -> None:
    lists = _lists(("A", "QNC"), ("A", "B"))
    assert _of(comparisons(_results(), lists, BY_ID), "most similar boards")["note"] == NO_LIST
    assert _of(comparisons(_results(), None, BY_ID), "most similar boards")["note"] == NO_LIST
    lists = _lists(("QNC", "A"), ("QNC", "C"))
    bare = _of(comparisons(_results(C=None), lists, BY_ID), "most similar boards")
    assert (bare["note"], bare["comparator_value"], bare["comparison"]) == (NOT_ALL, None, "not_compared")


def _extracts(*boards: tuple[str, float, float]) -> pl.DataFrame:
    """Return figures of boards' own extracts of uptake, and England's of the published entry of the same definition."""
    rows = [
        made.row("total", "All", x, n, icb_code=code, area_name=code, indicator_id="screening_bowel_own_pct")
        for code, x, n in boards
    ]
    own = compute_results(BY_ID["screening_bowel_own_pct"], made.counts(*rows), synthetic=False)
    england = made.row("total", "All", 70_000, 100_000, **made.ENGLAND, indicator_id="screening_bowel_cov")
    published = compute_results(BY_ID["screening_bowel_cov"], made.counts(england), synthetic=False)
    return pl.concat([own, published])


GIVEN = [("E54000010", 600.0, 1_000.0), ("E54000011", 500.0, 1_000.0), ("E54000015", 400.0, 1_000.0),
         ("E54000019", 300.0, 1_000.0)]  # fmt: skip


def test_an_extract_is_set_beside_the_published_england_of_the_same_definition() -> None:
    england = _of(comparisons(_extracts(*GIVEN), None, BY_ID), "England")
    assert (england["comparator_value"], england["comparison"]) == (70.0, "worse")
    assert england["note"] == LIKE.format("screening_bowel_cov")
    assert all(BY_ID[i.like].unit is i.unit and BY_ID[i.like].polarity is i.polarity for i in BY_ID.values() if i.like)


def test_an_extract_is_set_beside_the_middle_of_three_or_more_others() -> None:
    found = comparisons(_extracts(*GIVEN), None, BY_ID)
    others = _of(found, OTHERS)
    # Of 50, 40 and 30; the board's own 60 is not among them.
    assert (others["comparator_value"], others["comparison"], others["note"]) == (40.0, "better", "")
    few = _of(comparisons(_extracts(*GIVEN[:3]), None, BY_ID), OTHERS)
    assert (few["comparator_value"], few["comparison"], few["note"]) == (None, "not_compared", TOO_FEW_OTHERS)
    assert _of(found, "region")["note"] == NO_FIGURE


def test_published_figures_have_no_such_comparator() -> None:
    assert comparisons(_results(), None, BY_ID).filter(comparator=OTHERS).is_empty()
