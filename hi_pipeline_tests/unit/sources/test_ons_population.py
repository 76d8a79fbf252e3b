"""ONS mid-year populations: workbooks written here with every area of the footprint, and the one of the mirror."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage
from hi_pipeline.sources.ons_population.parse import AGE_COLUMNS
from hi_pipeline.sources.ons_population.source import (
    CCG_2021_COLUMNS,
    HEADER_ROW,
    ICB_2023_COLUMNS,
    ICB_2024_COLUMNS,
    MISSPELT,
    SOURCE,
)
from hi_pipeline_tests.unit.sources.reading import clean

Rows = list[list[object]]
EDITION = "mid-2021-mid-2022"
AREAS = [(s.ons, s.board[Vintage.APRIL_2023]) for s in SUB_ICB_LOCATIONS if Vintage.APRIL_2023 in s.board]
# One person of each age and sex, and ten more girls of age 0.
AGES = [11, *[1] * (len(AGE_COLUMNS) - 1)]


def _rows() -> Rows:
    return [[sub, "A place", icb, "A board", "E40000003", "A region", sum(AGES), *AGES] for sub, icb in AREAS]


def _write(path: Path, sheets: dict[str, tuple[tuple[str, ...], Rows]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name in ("Cover sheet", "Contents", "Notes", "Related publications", "Mid-2022 LHB 2023"):
            book.add_worksheet(name).write(0, 0, name)
        for name, (header, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, "Estimates by single year of age and sex")
            for number, row in enumerate([header, *rows]):
                sheet.write_row(HEADER_ROW + number, 0, row)
    return path


def _misspelt(header: tuple[str, ...]) -> tuple[str, ...]:
    wrong = {right: wrong for wrong, right in MISSPELT.items()}
    return tuple(wrong.get(name, name) for name in header)


def test_each_sheet_becomes_a_year_and_geography(tmp_path: Path) -> None:
    ccg: Rows = [["E38000006", "A CCG", "E54000009", "An STP", "E40000009", "A region", sum(AGES), *AGES]]
    path = _write(
        tmp_path / "a.xlsx",
        {
            "Mid-2021 CCG 2021": (CCG_2021_COLUMNS, ccg),
            "Mid-2021 ICB 2023": (ICB_2023_COLUMNS, _rows()),
            "Mid-2022 ICB 2023": (_misspelt(ICB_2023_COLUMNS), _rows()),
        },
    )
    table = clean(SOURCE, EDITION, path)["population"]
    found = table.group_by("geography", "year").agg(pl.len(), pl.col("population").sum()).sort("geography", "year")
    assert found.rows() == [
        ("CCG 2021", 2021, 182, 192),
        ("ICB 2023", 2021, 182 * 106, 192 * 106),
        ("ICB 2023", 2022, 182 * 106, 192 * 106),
    ]
    assert table.row(0) == ("E38000006", "E54000009", 2021, "CCG 2021", "Female", 0, 11)
    assert table.filter(pl.col("age") == 90)["sex"].unique().sort().to_list() == ["Female", "Male"]


def test_the_geography_of_2024_is_read(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.xlsx", {"Mid-2024 ICB 2024": (ICB_2024_COLUMNS, _rows())})
    table = clean(SOURCE, "mid-2022-mid-2024", path)["population"]
    assert table.select("geography", "year").unique().rows() == [("ICB 2024", 2024)]


def _total(rows: Rows) -> None:
    rows[0][6] = 193


def _text(rows: Rows) -> None:
    rows[0][7] = "c"


def _negative(rows: Rows) -> None:
    rows[0][7], rows[0][8] = -1, 13


def _lost(rows: Rows) -> None:
    rows.pop()


def _strange(rows: Rows) -> None:
    rows[0][2] = "E54000099"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_total, "do not add up to Total"),
        (_text, "neither numbers nor declared tokens"),
        (_negative, "negative"),
        (_lost, r"Unknown: none. Missing: \[\('E38"),
        (_strange, "E54000099"),
    ],
)
def test_a_damaged_sheet_is_refused(tmp_path: Path, damage: Callable[[Rows], None], message: str) -> None:
    rows = _rows()
    damage(rows)
    with pytest.raises(LayoutError, match=message):
        clean(SOURCE, EDITION, _write(tmp_path / "a.xlsx", {"Mid-2022 ICB 2023": (ICB_2023_COLUMNS, rows)}))


@pytest.mark.parametrize(
    ("sheet", "header", "message"),
    [
        ("Mid-2022 ICB 2025", ICB_2023_COLUMNS, "Unknown: .*Mid-2022 ICB 2025"),
        ("Mid-2022 ICB 2023", ("SICBL Code", *ICB_2023_COLUMNS[1:]), r"Missing: \['SICBL 2023 Code'\]"),
    ],
)
def test_another_sheet_or_header_is_refused(tmp_path: Path, sheet: str, header: tuple[str, ...], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        clean(SOURCE, EDITION, _write(tmp_path / "a.xlsx", {sheet: (header, _rows())}))


def test_the_workbook_of_the_mirror(real_mirror: Path) -> None:
    table = clean(SOURCE, EDITION, real_mirror / SOURCE.release(EDITION).mirror_file)["population"]
    england = table.group_by("geography", "year").agg(pl.col("population").sum()).sort("geography", "year")
    assert england.rows() == [
        ("CCG 2021", 2021, 56_554_891),
        ("CCG 2021", 2022, 57_106_398),
        ("ICB 2023", 2021, 56_554_891),
        ("ICB 2023", 2022, 57_106_398),
    ]
    assert table.height == 4 * 106 * 182
    barnsley = table.filter(pl.col("sub_icb_ons") == "E38000006", pl.col("geography") == "ICB 2023", pl.col("age") == 0)
    assert barnsley.filter(pl.col("sex") == "Female").sort("year")["population"].to_list() == [1_233, 1_242]
