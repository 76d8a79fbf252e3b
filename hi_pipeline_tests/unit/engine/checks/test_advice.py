"""Every check says what to do where it fails; a cell says of which board and figure it is."""

import polars as pl

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.engine.checks import by_layer
from hi_pipeline.engine.checks.advice import SEE, TO_DO, advice_on
from hi_pipeline.engine.checks.cells import cell_facts


def test_every_declared_check_says_what_to_do() -> None:
    declared = {
        name for checks in (by_layer.SNAPSHOT_CHECKS, by_layer.CLEAN_CHECKS, by_layer.LINKED_CHECKS,
                            by_layer.COUNTS_CHECKS, by_layer.INDICATOR_CHECKS, by_layer.PUBLISHED_CHECKS)
        for name, _ in checks
    }  # fmt: skip
    assert set(TO_DO) == declared
    assert advice_on("another") == SEE


def _row(**changes: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(RESULTS)
    same = {"icb_code": "E54000010", "financial_year": "2023-24", "geography_vintage": "2023-04", "measure": "value",
            "dimension": "total", "category": "All", "unit": "percent", "status": "ok", "comparison": "better",
            "note": "", "value": 54.76543, "lower_95": 53.9012, "upper_95": 55.6789,
            "comparator_value": 50.1234}  # fmt: skip
    return row | same | changes


def test_a_cell_shows_board_figure_england_status_notes_file_and_rows() -> None:
    rows = pl.DataFrame(
        [
            _row(dimension="sex", category="Female", value=None, status="suppressed", note="hidden by the publisher"),
            _row(),
        ],
        schema=RESULTS,
    )
    facts = cell_facts(rows, file="here.parquet")
    assert facts["board"] == "NHS Staffordshire and Stoke-on-Trent Integrated Care Board (E54000010), 2023-24"
    assert facts["figure"] == "54.77 percent (95% limits 53.9 to 55.68)"
    assert facts["England"] == "50.12 percent; better"
    assert (facts["status"], facts["notes"], facts["file"]) == ("ok", "hidden by the publisher", "here.parquet")
    assert facts["first rows"]["figure"].to_list() == ["none: suppressed", facts["figure"]]
    hidden = cell_facts(rows.filter(status="suppressed"), file="here.parquet")
    assert hidden["figure"] == "none: suppressed"
