"""JSON members of an archive: numbers as they are written, every object with the same fields, nothing guessed."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.core.source import Container, Layout, Member
from hi_pipeline.sample.containers import zip_bytes
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.storage.json_rows import read_json

LAYOUT = Layout(
    name="answers",
    container=Container.ZIP,
    members=(Member(table="rows", pattern=r".*\.json", columns=("code", "n"), also=("note",), json_rows="list"),),
)


def _tables(tmp_path: Path, text: str) -> list[tuple[object, ...]]:
    path = tmp_path / "answers.zip"
    path.write_bytes(zip_bytes({"a.json": text.encode()}))
    return read_tables(path, LAYOUT)["rows"][0].frame.rows()


def test_cells_are_the_text_of_the_file() -> None:
    text = b'{"list": [{"code": "1E5", "n": 1.50}, {"code": null, "n": 12345678901234567890}], "more": 1}'
    assert read_json(text, rows="list", where="a").rows() == [("1E5", "1.50"), (None, "12345678901234567890")]
    assert read_json(b'\xef\xbb\xbf{"list": [{"a": true, "b": ""}]}', rows="list", where="a").rows() == [("true", "")]


def test_fields_have_no_order(tmp_path: Path) -> None:
    text = '{"list": [{"n": 1, "note": "x", "code": "A"}, {"code": "B", "n": 2, "note": null}]}'
    assert _tables(tmp_path, text) == [("A", "1", "x"), ("B", "2", None)]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{", ArchiveError, "no whole JSON"),
        ("\udcff", ArchiveError, "no whole JSON"),
        ('{"list": [{"code": "A", "n": NaN}]}', ArchiveError, "NaN is no number"),
        ('{"list": [{"code": "A", "n": 1, "n": 2}]}', ArchiveError, r"stand twice in an object: \['n'\]"),
        ("[1]", LayoutError, "expected an object with the list 'list', found list"),
        ('{"rows": []}', LayoutError, r"found \['rows'\]"),
        ('{"list": []}', LayoutError, "is empty"),
        ('{"list": [1]}', LayoutError, "no objects"),
        ('{"list": [{"code": "A", "n": 1}, {"code": "A"}]}', LayoutError, r"row 2 has other fields.*\['n'\]"),
        ('{"list": [{"code": "A", "n": [1]}]}', LayoutError, "'n' holds a list"),
        ('{"list": [{"code": "A"}]}', LayoutError, r"Missing: \['n'\]"),
        ('{"list": [{"code": "A", "n": 1, "m": 1}]}', LayoutError, r"New: \['m'\]"),
        ('{"list": [{"code": "A", "n": 1, "NHS number": 1}]}', LayoutError, "person-level"),
    ],
)
def test_what_is_no_list_of_flat_objects_is_refused(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    path = tmp_path / "answers.zip"
    path.write_bytes(zip_bytes({"a.json": text.encode("utf-8", "surrogateescape")}))
    with pytest.raises(error, match=message):
        read_tables(path, LAYOUT)
