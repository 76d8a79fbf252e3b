"""Boards that resemble each other, on residents made up for the purpose."""

import polars as pl
import pytest

from hi_pipeline.core.geography import Vintage
from hi_pipeline.tables.reference import similar_boards
from hi_pipeline.tables.reference.similar_boards import INPUTS, MOST_SIMILAR


def _profile(n: int) -> pl.DataFrame:
    """Boards on a line: each is one step from its neighbours in every input."""
    steps = [0.1 + 0.01 * i for i in range(n)]
    return pl.DataFrame({"icb_code": [f"E5400{i:04d}" for i in range(n)], **{name: steps for name in INPUTS}})


def test_the_nearest_stand_first_and_a_board_is_not_like_itself() -> None:
    found = similar_boards._nearest(_profile(12))
    assert found.filter(pl.col("icb_code") == pl.col("similar_code")).is_empty()
    first = found.filter(icb_code="E54000000").sort("place")
    assert first["similar_code"].to_list() == [f"E5400{i:04d}" for i in range(1, MOST_SIMILAR + 1)]
    assert first["distance"].is_sorted() and first["place"].to_list() == [1, 2, 3, 4, 5]


def test_both_boards_are_named_on_their_footprint() -> None:
    nearest = pl.DataFrame({"icb_code": ["E54000065"], "similar_code": ["E54000010"], "place": [1]})
    named = similar_boards._named(nearest, Vintage.APRIL_2026).row(0, named=True)
    assert (named["icb_name"], named["similar_name"]) == (
        "NHS Central East Integrated Care Board",
        "NHS Staffordshire and Stoke-on-Trent Integrated Care Board",
    )
    assert named["geography_vintage"] == "2026-04"


def test_the_distance_is_of_standardised_inputs() -> None:
    profile = _profile(10).with_columns(aged_65_share=100 * pl.col("aged_65_share"))
    found = similar_boards._nearest(profile).filter(icb_code="E54000000", place=1)
    step = 0.01 / _profile(10)["deprived_share"].std()  # type: ignore[operator]
    assert found["distance"].item() == pytest.approx((3 * step**2) ** 0.5)
