"""hi pack and hi export: which boards are meant, what is said, which code is left with."""

import io
import json
import os
import signal
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from hi_pipeline.cli import packing
from hi_pipeline.cli.exporting import export_command
from hi_pipeline.cli.packing import Asked, pack_command, verify_pack_command
from hi_pipeline.cli.printing import FAILED, REFUSED, Printer
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.publishing.board_rows import BESIDE
from hi_pipeline.publishing.package import TABLES
from hi_pipeline.publishing.report.packs import Order
from hi_pipeline_tests.unit.publishing.report import made_up

NAMED = {"icbs": ["QNC"], "region": None, "every": False, "year": made_up.YEAR, "footprint": None}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sample root with a published folder."""
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HI_SOURCE", "sample")
    folder = tmp_path / "sample" / "published"
    folder.mkdir(parents=True)
    (folder / "indicators.json").write_text(json.dumps(made_up.catalogue()))
    (folder / "sources.json").write_text(json.dumps({"sources": list(made_up.SOURCES)}))
    made_up.published(made_up.rows_of(7)).results.write_parquet(folder / "results.parquet")
    return tmp_path / "sample"


def killed(order: Order) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return order.icb


def packed(**changes: object) -> tuple[int, str]:
    asked = Asked(**(NAMED | {"formats": "html", "png": False} | changes))  # type: ignore[arg-type]
    console = Printer(file=io.StringIO(), width=1000)
    code = pack_command(console, None, asked)
    return code, console.file.getvalue()  # type: ignore[attr-defined]


def test_a_pack_is_made_verified_and_found_stale(root: Path) -> None:
    code, said = packed()
    folder = root / "packs" / made_up.YEAR / made_up.ICB
    assert (code, "1 made; 0 failed - SYNTHETIC" in said) == (0, True)
    assert (folder / "report.html").is_file() and not (folder / "report.pdf").exists()
    assert "1 unchanged" in packed()[1]
    console = Printer(file=io.StringIO(), width=1000)
    assert verify_pack_command(console, None, folder) == 0
    page = folder / "report.html"
    words = page.read_text(encoding="utf-8")
    page.write_text(words.replace("deprived group is", "deprived group rose", 1), encoding="utf-8")
    assert verify_pack_command(console, None, folder) == FAILED
    assert "other words (rose)" in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"icbs": []}, "no board is asked for"),
        ({"icbs": ["QNX1"]}, "is no ONS code"),
        ({"icbs": [], "region": "Wessex"}, "is no region; expected one of East of England"),
        ({"year": ""}, "a pack is of one year"),
        ({"region": "Midlands"}, "one of them"),
        ({"every": True}, "one of them"),
        ({"year": "2023-25"}, "is no financial year"),
        ({"year": "2012-13"}, "outside the years"),
        ({"formats": "html,doc"}, "doc is no format"),
        ({"formats": ","}, "nothing is no format"),
        ({"footprint": "2025-04"}, "is no footprint"),
        ({"icbs": ["E54000071"]}, "use --footprint"),
        ({"icbs": ["Frimley"], "year": "2026-27"}, "exists to 2025-26, then NHS Hampshire and Isle of Wight"),
    ],
)
def test_what_cannot_be_meant_is_refused(root: Path, changes: dict[str, object], words: str) -> None:
    code, said = packed(**changes)
    assert (code, words in said) == (REFUSED, True), said
    assert not (root / "packs").exists()


def test_boards_without_figures_fail_alone(root: Path) -> None:
    code, said = packed(icbs=["QNC", "QWE"])
    assert code == FAILED
    assert "1 made; 1 failed" in said and "no figure of NHS South West London" in said


def test_a_region_and_all_are_the_boards_of_the_footprint(root: Path) -> None:
    midlands = packed(icbs=[], region="midlands", formats="xlsx")[1]
    assert "1 made; 10 failed" in midlands
    assert "1 unchanged; 10 failed" in packed(icbs=["Midlands"], formats="xlsx")[1]
    assert len(boards_of(Vintage.APRIL_2023)) == 42


def test_packs_whose_process_was_killed_are_said_and_made_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(packing, "_one", killed)
        code, said = packed(icbs=[], region="midlands", formats="xlsx")
    assert code == FAILED and "0 made" not in said
    assert "11 failed" in said and "ended from outside" in said
    assert "1 made; 10 failed" in packed(icbs=[], region="midlands", formats="xlsx")[1]


def test_the_rows_of_a_board_are_exported_with_their_meaning(root: Path, tmp_path: Path) -> None:
    console = Printer(file=io.StringIO(), width=1000)

    def export(**changes: object) -> int:
        asked = {"icbs": ["QNC"], "years": [], "indicators": [], "form": "csv", "to": None} | changes
        return export_command(console, None, **asked)  # type: ignore[arg-type]

    assert export() == 0
    assert (root / "exports" / f"SYNTHETIC-{made_up.ICB}.csv").is_file()
    for table in BESIDE.values():
        columns, _ = TABLES[table]
        one = {"icb_code": made_up.ICB, "icb_name": f"on {table}"} | {"financial_year": "2022-23"}
        rows = [dict.fromkeys(columns) | {name: word for name, word in each.items() if name in columns}
                for each in (one, one | {"icb_code": "E54000011"}, one | {"financial_year": "2021-22"})]  # fmt: skip
        pl.DataFrame(rows, schema=dict(columns)).write_parquet(root / "published" / f"{table}.parquet")
    assert export(form="xlsx", to=tmp_path / "mine.xlsx", years=["2022-23"]) == 0
    assert (tmp_path / "mine-columns.csv").is_file()
    book = fastexcel.read_excel(str(tmp_path / "mine.xlsx"))
    assert book.sheet_names == ["Figures", *BESIDE, "Dictionary"]
    for sheet, table in BESIDE.items():
        read = book.load_sheet(sheet, dtypes="string").to_polars()
        assert set(read["icb_code"]) == {made_up.ICB}
        assert read.height == (1 if "financial_year" in TABLES[table][0] else 2)
    figures = book.load_sheet("Figures", dtypes="string").to_polars()
    assert dict(figures.select("indicator_id", "polarity").rows())["detention"] == "lower_is_better"
    assert export(icbs=["England", "QNC"], to=tmp_path / "both.csv") == 0
    rows = pl.read_csv(tmp_path / "both.csv")
    assert set(rows["icb_code"]) == {"E92000001", made_up.ICB}
    assert export(form="doc") == export(icbs=[]) == export(years=["2018-19"]) == REFUSED
    assert export(icbs=["Frimley", "QNC"]) == 0
    assert "Not there: no figure of Frimley is published" in console.file.getvalue()  # type: ignore[attr-defined]
    assert export(icbs=["Frimley"], years=["2026-27"]) == REFUSED
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Frimley does not exist in 2026-27: NHS Frimley" in said and "then NHS Hampshire and Isle of Wight" in said
