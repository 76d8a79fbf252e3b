"""The rows of each indicator, whatever their order."""

import polars as pl
from polars.testing import assert_frame_equal

from hi_pipeline.core.views import by_indicator

ROWS = pl.DataFrame({"indicator_id": ["b", "b", "a", "b", "c"], "value": [1, 2, 3, 4, 5]})


def test_each_indicator_has_its_rows_in_their_order_although_they_stand_apart() -> None:
    found = by_indicator(ROWS)
    assert list(found) == ["b", "a", "c"]
    for name, own in found.items():
        assert_frame_equal(own, ROWS.filter(indicator_id=name))


def test_no_rows_are_no_indicators() -> None:
    assert by_indicator(ROWS.clear()) == {}
