"""Every check says what to do where it fails; a cell says of which board and figure it is."""

import polars as pl

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.engine.checks import by_layer
from hi_pipeline.engine.checks.advice import SEE, TO_DO, advice_on
from hi_pipeline.engine.checks.cells import facts_of_cells
from hi_pipeline.engine.checks.packs import PACK_CHECKS


def test_every_declared_check_says_what_to_do() -> None:
    declared = {
        name for checks in (by_layer.SNAPSHOT_CHECKS, by_layer.CLEAN_CHECKS, by_layer.LINKED_CHECKS,
                            by_layer.COUNTS_CHECKS, by_layer.INDICATOR_CHECKS, by_layer.PUBLISHED_CHECKS,
                            PACK_CHECKS)
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


def test_a_cell_shows_board_figure_england_notes_file_and_rows() -> None:
    rows = pl.DataFrame(
        [
            _row(dimension="sex", category="Female", value=None, status="suppressed", note="hidden by the publisher"),
            _row(),
            _row(measure="gap", note="positive = worse for the most deprived"),
            _row(measure="sii", value=None, status="too_few", note="hidden by the publisher; fewer than 3 groups"),
        ],
        schema=RESULTS,
    )
    (facts,) = facts_of_cells(rows, file="here.parquet").values()
    assert facts["board"] == "NHS Staffordshire and Stoke-on-Trent Integrated Care Board"
    assert facts["figure"] == "54.77 percent (95% limits 53.9 to 55.68); England 50.12 percent; better"
    assert facts["notes"] == "hidden by the publisher; fewer than 3 groups", (
        "each clause once, none on how to read a gap"
    )
    assert facts["file"] == "here.parquet"
    # Figures of groups come before measures between them, that of everybody first.
    assert [(row["group"], row["figure"]) for row in facts["first rows"]] == [
        ("total All value", facts["figure"].split(";")[0]), ("sex Female value", "no figure: suppressed"),
    ]  # fmt: skip
    (hidden,) = facts_of_cells(rows.filter(status="suppressed"), file="here.parquet").values()
    assert hidden["figure"] == "no figure: suppressed; England 50.12 percent; better"


def test_a_cell_speaks_in_words_and_shows_figures_that_are_there_first() -> None:
    rows = pl.DataFrame(
        [
            _row(dimension="sex", category="Female", value=None, status="too_few"),
            _row(dimension="sex", category="Male"),
            _row(value=None, status="not_published", comparator_value=None, comparison="not_compared"),
            _row(geography_vintage="2026-04"),
        ],
        schema=RESULTS,
    )
    (facts,) = facts_of_cells(rows, file="here.parquet").values()
    assert facts["figure"] == "no figure: not published; England no figure; not compared"
    assert [row["group"] for row in facts["first rows"]] == ["total All value", "sex Male value"]
    (few,) = facts_of_cells(rows.head(1), file="here.parquet").values()
    assert few["figure"].startswith("no figure: too few;")


def test_each_cell_of_a_file_has_its_own_facts() -> None:
    boards = {"E54000010": 54.76543, "E54000008": 41.0}
    rows = pl.DataFrame([_row(icb_code=icb, value=value) for icb, value in boards.items()], schema=RESULTS)
    facts = facts_of_cells(rows, file="here.parquet")
    assert list(facts) == list(boards)
    assert facts["E54000008"]["board"] == "NHS Cheshire and Merseyside Integrated Care Board"
    assert facts["E54000008"]["figure"].startswith("41 percent")
    assert len(facts["E54000008"]["first rows"]) == 1
