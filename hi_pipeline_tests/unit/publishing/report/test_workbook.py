"""The worksheets: numbers to compute with, units in headers, all that is not shown, sources by their titles."""

from decimal import Decimal

import pytest

from hi_pipeline.core.status import Measure
from hi_pipeline.publishing.report.document import Table
from hi_pipeline.publishing.report.workbook import MEASURES, Cell, Sheet, sheets_of
from hi_pipeline_tests.unit.publishing.report import made_up


def sheets(seed: int = 7) -> dict[str, Sheet]:
    made = made_up.pack(made_up.rows_of(seed))
    return {sheet.name: sheet for sheet in sheets_of(made.document, made.facts)}


def column(sheet: Sheet, header: str) -> list[Cell]:
    return [row[sheet.header.index(header)] for row in sheet.rows]


def test_counts_and_shares_are_numbers_and_the_header_has_the_unit() -> None:
    ages = sheets()["Ages"]
    assert ages.header == ("Age", "Residents", "Share of the board (%)", "Share of England (%)")
    assert ages.rows[0][1:] == (Decimal(6300), Decimal("11.4"), Decimal("11.4"))


def test_a_column_of_several_units_stays_as_it_is_printed() -> None:
    overview = next(sheet for seed in range(9) if len((sheet := sheets(seed)["Overview"]).rows) == 2)
    assert overview.header[1] == "Most deprived"
    assert {type(cell) for cell in column(overview, "Most deprived")} == {str}


def test_a_word_in_a_column_of_numbers_stays_a_word() -> None:
    share = {"source": "made_up", "dimension": "sex", "status": "ok", "unknown_share": 0.05, "england_share": None}
    share |= {f"unknown_share_{end}": 0.05 for end in ("low", "high")}
    share |= {name: None for name in ("share_1_year_before", "share_2_years_before", "share_3_years_before")}
    made = made_up.pack(made_up.rows_of(7), completeness=[share])
    (sheet,) = [s for s in sheets_of(made.document, made.facts) if s.name == "Unknown groups"]
    assert column(sheet, "Board, 2023-24 (%)") == [Decimal("5.0")]
    assert column(sheet, "England, 2023-24") == ["no figure"]


def test_every_number_of_a_sheet_is_one_that_the_report_prints() -> None:
    made = made_up.pack(made_up.rows_of(3))
    printed = {
        cell.rstrip("%").replace(",", "").replace("\u2212", "-")
        for block in made.document.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    }
    known = {sheet.name: sheet for sheet in sheets_of(made.document, made.facts)}
    numbers = {str(cell) for name in ("Ages", "Places", "Pockets") for row in known[name].rows for cell in row[1:]
               if isinstance(cell, Decimal)}  # fmt: skip
    assert numbers and numbers <= printed


@pytest.mark.parametrize("seed", range(5))
def test_every_group_without_a_figure_is_listed(seed: int) -> None:
    made = made_up.pack(made_up.rows_of(seed))
    (sheet,) = [s for s in sheets_of(made.document, made.facts) if s.name == "Not shown"]
    hidden = {
        (found.card.short, f.group)
        for found in made.facts.shown
        for figures in found.groups.values()
        for f in figures
        if f.value is None
    }
    assert hidden == {(row[0], row[3]) for row in sheet.rows if row[3] != "all"}


def test_evidence_names_publications_and_every_measure_has_its_words() -> None:
    assert set(column(sheets()["Evidence"], "Source")) == {"Made-up statistics, 1"}
    assert set(MEASURES) == {measure.value for measure in Measure}
