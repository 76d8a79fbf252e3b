"""Numbers are rounded once, halves away from zero, and printed alike everywhere."""

import pytest

from hi_pipeline.core.status import Unit
from hi_pipeline.publishing.report.numbers import decimals_of, numerals, printed, unit_words, with_unit


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (54.75, 1, "54.8"),
        (2.675, 2, "2.68"),
        (-0.04, 1, "0.0"),
        (-1.25, 1, "\u22121.3"),
        (138_727, 0, "138,727"),
        (0.05, 1, "0.1"),
        (1e-12, 2, "0.00"),
    ],
)
def test_a_number_is_printed_with_its_decimals(value: float, decimals: int, text: str) -> None:
    assert printed(value, decimals) == text


def test_every_unit_that_figures_of_boards_have_has_words() -> None:
    for unit in Unit:
        assert unit_words(unit.value)
        assert "13" in with_unit("13", unit.value)


def test_differences_of_percentages_are_in_points() -> None:
    assert with_unit("13.1", "pp") == "13.1 percentage points"
    assert with_unit("1.0", "pp") == "1.0 percentage point"


def test_small_percentages_have_two_decimals() -> None:
    assert (decimals_of("percent", most=5.0), decimals_of("percent", most=100.0), decimals_of("count")) == (2, 1, 0)


def test_numerals_are_found_whole() -> None:
    text = "In 2023-24, 1,234.5 per 100,000 (95% CI \u22121.3 to 7), or 3."
    assert numerals(text) == ["2023", "24", "1,234.5", "100,000", "95", "1.3", "7", "3"]
