"""Tables: whole at 80 columns, and the same values as data."""

import io
import json

import pytest

from hi_pipeline.cli.printing import Printer
from hi_pipeline.cli.status import unverified_words
from hi_pipeline.cli.tables import Column, Format, Sheet, show
from hi_pipeline.sources import SOURCES

YEARS = [f"{year}-{year - 1999}" for year in range(2013, 2026)]
SHEET = Sheet(
    name="coverage",
    title="Boards",
    columns=[Column(key="indicator", label="Indicator"), *(Column(key=y, label=y, number=True) for y in YEARS),
             Column(key="why", label="Why")],
    rows=[["learning_disability_prevalence_pct_of_all_patients", *range(1_234_500, 1_234_513), "words " * 30]],
)  # fmt: skip


def printed(form: Format, width: int) -> str:
    stream = io.StringIO()
    show(Printer(file=stream, width=width), [SHEET], form, synthetic=True)
    return stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120, 1000])
def test_no_number_is_cut_and_no_column_lost(width: int) -> None:
    said = printed(Format.TABLE, width)
    assert max(map(len, said.splitlines())) <= width
    for year, value in zip(YEARS, range(1_234_500, 1_234_513), strict=True):
        assert said.count(f" {year} ") == 1
        assert said.count(f" {value} ") == 1
    assert "\u2026" not in said
    assert said.count("words") == 30
    # Each part names what its rows are.
    assert said.count("Indicator") == said.count("\u250f")


def test_the_same_values_as_data() -> None:
    found = json.loads(printed(Format.JSON, 80))
    assert found["synthetic"] is True
    assert found["coverage"][0]["2013-14"] == 1_234_500
    head, row = printed(Format.CSV, 80).splitlines()
    assert head.split(",")[:2] == ["indicator", "2013-14"]
    assert head.endswith(",why,synthetic") and row.endswith(",true")
    assert "1234500" in row
    assert "| 1234512 |" in printed(Format.MD, 80)


def test_the_status_says_of_which_tables_nobody_has_seen_a_file() -> None:
    assert unverified_words(SOURCES["cvdprevent"].layouts["answers"]) == ["layout unverified"]
    assert unverified_words(SOURCES["qof"].layouts["raw_2425"]) == ["layout unverified of achievement"]
    assert unverified_words(SOURCES["iod2019"].layouts[SOURCES["iod2019"].releases[0].layout]) == []


def test_as_markdown_a_publishers_words_are_no_markup() -> None:
    stream = io.StringIO()
    sheet = Sheet(
        name="x", title="tiny_1_pct: [all]", columns=[Column(key="a", label="A"), Column(key="b", label="B")],
        rows=[["![pix](http://x)", "a\\|b\n<b>"]],
    )  # fmt: skip
    show(Printer(file=stream, width=1000), [sheet], Format.MD, synthetic=False)
    assert stream.getvalue().splitlines() == [
        "tiny_1_pct: \\[all\\]", "", "| A | B |", "|---|---|", "| !\\[pix\\](http://x) | a\\\\\\|b \\<b> |",
    ]  # fmt: skip
