"""Headers with known further columns: those may stand anywhere, all others still stop."""

import pytest

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.source import Member
from hi_pipeline.core.text_tables import check_header

NAMED = Member(table="t", columns=("a", "b"), also=("c", "d"), also_pattern=r"x\d+")
EXACT = Member(table="t", columns=("a", "b"))


@pytest.mark.parametrize("found", [("a", "b"), ("b", "a"), ("c", "a", "d", "b"), ("a", "x1", "b", "x22")])
def test_known_columns_may_stand_anywhere(found: tuple[str, ...]) -> None:
    check_header(found, NAMED, where="here")


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (("a", "b", "e"), r"New: \['e'\]"),
        (("a", "c"), r"Missing: \['b'\]"),
        (("a", "b", "x1y"), r"New: \['x1y'\]"),
        (("a", "b", "c", "c"), r"Twice there: \['c'\]"),
        (("a", "b", "NHS_Number"), "person-level"),
    ],
)
def test_other_columns_stop(found: tuple[str, ...], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        check_header(found, NAMED, where="here")


def test_without_them_the_order_counts() -> None:
    check_header(("a", "b"), EXACT, where="here")
    with pytest.raises(LayoutError, match="another order"):
        check_header(("b", "a"), EXACT, where="here")
