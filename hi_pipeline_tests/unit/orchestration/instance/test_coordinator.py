"""Who asked for a run stands in its tags, in words that no header can break."""

import pytest

from hi_pipeline.orchestration.instance.coordinator import USER_TAG, tags_of_visitor


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("a.nalyst", "a.nalyst"),
        ("  A. Nalyst ", "A. Nalyst"),
        ("a\r\nX-Other: b", "aX-Other: b"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_visitor_is_named(header: str, name: str) -> None:
    assert tags_of_visitor(header) == {USER_TAG: name}


@pytest.mark.parametrize("header", [None, "", " ", "\x00"])
def test_without_a_name_there_is_no_tag(header: str | None) -> None:
    assert tags_of_visitor(header) == {}
