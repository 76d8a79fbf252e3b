"""CSV bytes to text tables: what is read as it stands, and what is refused with its place."""

import csv
import subprocess
import sys
import time

import pytest

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.storage.text import read_csv

W = "file.csv"


def rows(data: bytes) -> list[tuple[str | None, ...]]:
    return read_csv(data, where=W).rows()


def test_every_cell_is_text_as_printed() -> None:
    frame = read_csv(b"code,n\n00T,0112\n1E05,112.0\n", where=W)
    assert frame.columns == ["code", "n"]
    assert [str(t) for t in frame.dtypes] == ["String", "String"]
    assert frame.rows() == [("00T", "0112"), ("1E05", "112.0")]


def test_only_an_empty_cell_is_null() -> None:
    assert rows(b'a,b,c\nNULL,,NA\n"","null"," "\n') == [("NULL", None, "NA"), (None, "null", " ")]


def test_byte_order_mark_is_dropped() -> None:
    assert read_csv(b"\xef\xbb\xbfcode,n\nX,1\n", where=W).columns == ["code", "n"]


def test_missing_final_newline_is_fine() -> None:
    assert rows(b"a,b\n1,2\n3,4") == [("1", "2"), ("3", "4")]


def test_blank_lines_at_the_end_are_left_out() -> None:
    assert rows(b"a,b\n1,2\n\n\n") == [("1", "2")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_any_one_line_end_is_read(end: bytes) -> None:
    assert rows(end.join([b"a,b", b"1,2", b"3,4", b""])) == [("1", "2"), ("3", "4")]


def test_quotes_hold_commas_line_ends_and_quotes() -> None:
    assert rows(b'a,b\n"x, ""y""","two\nlines"\n1,2\n') == [('x, "y"', "two\nlines"), ("1", "2")]


def test_header_names_stay_as_printed() -> None:
    assert read_csv(b'" a ","Male \n(FCE)",\n1,2,3\n', where=W).columns == [" a ", "Male \n(FCE)", ""]


def test_empty_columns_without_a_name_are_left_out() -> None:
    frame = read_csv(b"a,b,,,\n1,2,,,\n3,,,,\n", where=W)
    assert (frame.columns, frame.rows()) == (["a", "b"], [("1", "2"), ("3", None)])


def test_values_in_columns_without_a_name_are_not_lost() -> None:
    with pytest.raises(LayoutError, match="2 columns hold values and have no name"):
        read_csv(b"a,,\n1,2,3\n", where=W)


def test_header_alone_gives_no_rows() -> None:
    assert read_csv(b"a,b\n", where=W).shape == (0, 2)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n ", "is empty"),
        (b"a,b\n1,\x002\n", "NUL byte at byte 6"),
        (b"a,b\n1,caf\xe9\n", r"byte 9 \(0xe9"),
        ("a,b\n1,café\n".encode() + b"2,caf\xe9\n", r"byte 17 \(0xe9"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n3\n4,5\n", "Row #3: Expected 2 columns, got 1"),
        (b"a,b\n1,2\n3,4,5\n", "Row #3: Expected 2 columns, got 3"),
        (b'a,b\n1,"2\n3,4\n', "opened and never closed"),
        (b"a,b\n1,2\r3,4\n", "1 lines end in a lone CR"),
    ],
    ids=["empty", "blank", "nul", "cp1252", "mixed", "utf16", "short", "long", "quote", "line-ends"],
)
def test_broken_text_is_refused_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(ArchiveError, match=said) as caught:
        read_csv(data, where=W)
    assert str(caught.value).startswith(W)


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(LayoutError, match=r"occur twice: \['a'\]"):
        read_csv(b"a,b,a\n1,2,3\n", where=W)


@pytest.mark.parametrize("first", [b"a,", b'"a\nb",', b"a\n"], ids=["plain", "second-line", "one-column"])
def test_a_million_columns_are_refused_at_once(first: bytes) -> None:
    wide = b",".join(b"c%d" % i for i in range(1_000_000))
    began = time.process_time()
    with pytest.raises(ArchiveError, match="more than 4000 columns|Expected 1 columns, got 1000000"):
        read_csv(first + wide + b"\n", where=W)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("limit", [131_072, 10_000_000], ids=["as-python-has-it", "raised-by-another-library"])
@pytest.mark.parametrize("size", [20_000, 2_000_000])
def test_a_header_cell_of_many_characters_is_refused(limit: int, size: int) -> None:
    before = csv.field_size_limit(limit)
    try:
        with pytest.raises(ArchiveError, match="the header cannot be read"):
            read_csv(b'a,"' + b"x" * size + b'",c\n1,2,3\n', where=W)
    finally:
        csv.field_size_limit(before)


# The peak of the process itself: getrusage would count that of the tests, from which it was forked.
_LARGE = """
import re
from pathlib import Path
from hi_pipeline.core.source import Container, Layout, Member
from hi_pipeline.storage.archives import read_tables
layout = Layout(name="l", container=Container.ZIP, members=(Member(table="t"),))
(table,) = read_tables(Path(__import__("sys").argv[1]), layout)["t"]
print(*table.frame.shape, re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_the_largest_real_file_is_read_within_its_memory(real_mirror) -> None:
    (path,) = real_mirror.glob("www.england.nhs.uk/**/Full-CSV-data-file-Jan26*.zip")
    done = subprocess.run([sys.executable, "-c", _LARGE, path], capture_output=True, text=True, check=True)
    height, width, kilobytes = done.stdout.split()
    assert (int(height), int(width)) == (183_417, 121)
    assert int(kilobytes) < 2_000_000
