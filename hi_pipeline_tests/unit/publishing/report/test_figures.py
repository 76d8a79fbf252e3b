"""How one row is printed: the publisher's whole percentage without decimals, an estimated denominator as one."""

from typing import Any

import pytest

from hi_pipeline.publishing.report.document import Table
from hi_pipeline.publishing.report.figures import ESTIMATED, Figure
from hi_pipeline.tables.assemble import HIDDEN_DEDUCTION
from hi_pipeline_tests.unit.publishing.report import made_up

TAKEN = HIDDEN_DEDUCTION.format(0, 4)


def row(**changes: Any) -> dict[str, Any]:
    made = made_up.figure("recovery", 48.0, 3.0, 50.0)
    return made | {"published_value": 48.0, "published_rounding": 0.5, "computed_value": 48.6} | changes


def total(**changes: Any) -> Figure:
    (found,) = made_up.pack([row(**changes)]).facts.indicators
    assert found.total is not None
    return found.total


def test_the_publishers_whole_percentage_has_no_decimals_and_its_limits_have() -> None:
    found = total()
    assert (found.said, found.limits) == ("48%", "45.0 to 51.0")
    pack = made_up.pack([row()])
    texts = [s.text for s in pack.document.sentences]
    assert any(text.startswith("Made-up recovery: 48% (95% CI 45.0 to 51.0)") for text in texts)


@pytest.mark.parametrize(
    "changes",
    [{"computed_value": 48.0}, {"published_rounding": 0.05}, {"published_value": 48.4}, {"published_rounding": None}],
)
def test_a_figure_of_our_own_or_with_decimals_keeps_them(changes: dict[str, Any]) -> None:
    assert total(**changes).said == "48.0%"


@pytest.mark.parametrize(
    ("note", "number", "of", "said"),
    [("", 10.0, 100.0, "100"), (TAKEN, 10.0, 18.0, "about 18"), (TAKEN, 10.0, 8.0, ""), (TAKEN, 10.0, None, "")],
)
def test_a_denominator_that_lacks_a_hidden_deduction_is_said_to_be_an_estimate(
    note: str, number: float, of: float | None, said: str
) -> None:
    assert total(note=note, numerator=number, denominator=of).counted_of == said


def test_a_table_never_prints_a_number_out_of_fewer() -> None:
    place = {"dimension": "ethnicity", "category": "White", "category_order": 1}
    rows = [row(), row(note=TAKEN, numerator=10.0, denominator=8.0, **place)]
    (table,) = [
        block
        for block in made_up.pack(rows).document.blocks
        if isinstance(block, Table) and block.anchor == "table-recovery"
    ]
    assert [line[3:5] for line in table.rows] == [("10", "100"), ("10", "no figure")]


def test_the_note_of_a_hidden_deduction_is_the_one_that_is_looked_for() -> None:
    assert ESTIMATED in TAKEN
