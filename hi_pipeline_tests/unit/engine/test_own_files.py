"""A board's own file that cannot be read: what is wrong and what to do, never as if it were a download."""

import ast
from pathlib import Path

import pytest
import xlsxwriter

from hi_pipeline import storage
from hi_pipeline.core.errors import HiPipelineError, LayoutError
from hi_pipeline.engine.extracts import read_extract
from hi_pipeline_tests.unit.extracts import made

DOWNLOADS = ("etch it", "publisher")


def _csv() -> str:
    return made.filled("lung_checks_n").write_csv()


def _refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(HiPipelineError) as found:
        read_extract(path)
    said = str(found.value)
    assert not [word for word in DOWNLOADS if word in said], said
    return said


def _note(text: str) -> str:
    return _csv().replace("made-up counts", text, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_csv().replace(",", ";").encode(), ("separated by semicolons", "CSV UTF-8")),
        (_csv().replace(",", "\t").encode(), ("separated by tabs", "CSV UTF-8")),
        (f"Lung checks,,,\n{_csv()}".encode(), ("stands on row 2", "must be the first line")),
        (_csv().encode("utf-16"), ("UTF-16", "CSV UTF-8")),
        (_note("SUS \u2013 own").encode("cp1252"), ("row 2, cell ", "not UTF-8", "CSV UTF-8")),
        (f"{_csv()}(12 rows affected)\n".encode(), ("has 1 cell, and the header ", "Take the line away")),
        (_note("SUS, own").encode(), ("line 2 has ", "quotation marks")),
        (b"", ("empty", "export it again")),
        (_note('"open').encode(), ("never closed",)),
    ],
)
def test_a_csv_says_what_is_wrong_with_it_and_how_to_mend_it(
    data: bytes, words: tuple[str, ...], tmp_path: Path
) -> None:
    said = _refused(tmp_path / "mine.csv", data)
    for word in words:
        assert word in said, said


def test_a_comma_in_quotation_marks_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(b"\xef\xbb\xbf" + _note('"SUS, own"').encode())
    assert read_extract(path).frame["source_note"][0] == "SUS, own"


def test_a_title_above_the_header_of_a_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    table = made.filled("lung_checks_n")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Lung checks")
        for at, row in enumerate([tuple(table.columns), *table.rows()], start=2):
            sheet.write_row(at, 0, row)
    with pytest.raises(LayoutError, match=r"stands on row 3\. It must be the first line"):
        read_extract(path)


def test_a_broken_workbook_is_to_be_saved_again(tmp_path: Path) -> None:
    assert "save or export it again" in _refused(tmp_path / "mine.xlsx", b"PK\x03\x04 cut short")


@pytest.mark.parametrize("name", ["text", "zips", "workbook_guard", "spreadsheets", "parquet"])
def test_readers_say_apart_what_to_do_with_a_download(name: str) -> None:
    """What was found is said of anybody's file; the remedy for a download stands in an argument of its own."""
    tree = ast.parse(Path(f"{storage.__path__[0]}/{name}.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    errors = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id in ("ArchiveError", "LayoutError")]
    assert errors
    for call in errors:
        found = ast.unparse(call.args[0])
        assert not [word for word in DOWNLOADS if word in found], found
