"""What a pack says of figures that are not there: the reason, who holds them, and how they could be supplied."""

from dataclasses import replace

import polars as pl

from hi_pipeline.publishing.report.document import Table
from hi_pipeline.publishing.report.facts import facts_of
from hi_pipeline.publishing.report.pages import closing
from hi_pipeline_tests.unit.publishing.report import made_up


def not_shown(**cell: str) -> list[tuple[str, ...]]:
    """The rows of the table for an indicator without rows in the results."""
    place = {"icb_code": made_up.ICB, "financial_year": made_up.YEAR, "geography_vintage": made_up.VINTAGE.value}
    coverage = pl.DataFrame([place | {"indicator_id": "detention", "dimension": "total"} | cell])
    published = replace(made_up.published([made_up.figure("recovery", 40.0, 2.0, 50.0)]), coverage=coverage)
    facts = facts_of(published, icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE)
    return [row for block in closing.cannot_say(facts) if isinstance(block, Table) for row in block.rows]


def test_who_holds_a_figure_and_how_to_supply_it_are_said_to_be_that() -> None:
    cell = {"reason": "admissions by age are not published.", "held_by": "The trusts", "how_to_supply": "Counts by age"}
    assert not_shown(state="not_public", **cell) == [
        (
            "Admissions by age are not published. Held by: The trusts. To supply it: Counts by age",
            "Made-up detention (total)",
        )
    ]


def test_nothing_is_said_of_a_holder_whom_nobody_knows() -> None:
    ((reason, _),) = not_shown(state="not_public", reason="no file", held_by="", how_to_supply="")
    assert reason == "No file"


def test_what_is_shown_is_not_listed() -> None:
    assert not_shown(state="shown", reason="", held_by="The trusts", how_to_supply="") == []
