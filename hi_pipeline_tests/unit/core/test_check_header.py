"""A header is the declared one, but for declared aliases and, where allowed, columns beside the declared."""

import pytest

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.source import Member
from hi_pipeline.core.text_tables import check_header

EXACT = Member(table="t", columns=("a", "b", "c"))
EXTRA = Member(table="t", columns=("a", "c"), extra_columns=True)
ALIAS = Member(table="t", columns=("a", "b"), aliases={"A": "a"})


@pytest.mark.parametrize(
    ("found", "member"),
    [
        (["a", "b", "c"], EXACT),
        (["a", "c"], EXTRA),
        (["x", "a", "b", "c", "y"], EXTRA),
        (["A", "b"], ALIAS),
        (["anything"], Member(table="matrix")),
    ],
)
def test_the_declared_header_passes(found: list[str], member: Member) -> None:
    check_header(found, member, where="file")


@pytest.mark.parametrize(
    ("found", "member", "message"),
    [
        (["a", "b"], EXACT, r"Missing: \['c'\]. New: none"),
        (["a", "b", "c", "d"], EXACT, r"Missing: none. New: \['d'\]"),
        (["a", "c", "b"], EXACT, "another order"),
        (["b", "c"], EXTRA, r"Missing: \['a'\]. New: \['b'\]"),
        (["c", "a"], EXTRA, "another order"),
        (["a", "x", "a", "c"], EXTRA, r"Twice there: \['a'\]"),
        (["A", "a", "b"], ALIAS, r"Twice there: \['a'\]"),
        (["B", "a"], ALIAS, r"Missing: \['b'\]. New: \['B'\]"),
        (["a", "NHS_Number", "c"], EXTRA, "person-level"),
    ],
)
def test_any_other_header_is_refused_by_name(found: list[str], member: Member, message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        check_header(found, member, where="file")
