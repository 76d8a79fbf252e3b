"""Archives by layout: hostile and broken ones end in one clear message."""

import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hi_pipeline.core.errors import ArchiveError, LayoutError
from hi_pipeline.core.source import Container, Layout, Member
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.storage.limits import Limits

CSV = b"code,n\nX,1\n"
LAYOUT = Layout(
    name="zip",
    container=Container.ZIP,
    members=(Member(table="t", pattern=r"DATA_.*\.csv", columns=("code", "n")),),
    ignored=(r"notes\.txt",),
)


def write_zip(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the duplicate that a test wants
        for name, data in members:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return path


def test_members_of_one_table_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", ("DATA_B.csv", CSV), ("DATA_A.csv", CSV), ("notes.txt", b"x"), ("dir/", b""))
    tables = read_tables(path, LAYOUT)
    assert [table.member for table in tables["t"]] == ["DATA_A.csv", "DATA_B.csv"]
    assert tables["t"][0].frame.rows() == [("X", "1")]


def test_unknown_and_missing_members_are_named(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", ("data.csv", CSV))
    with pytest.raises(LayoutError, match=r"Unknown: \['data.csv'\].*Missing \(patterns\): \['DATA_"):
        read_tables(path, LAYOUT)


def test_an_optional_member_may_be_missing(tmp_path: Path) -> None:
    members = (*LAYOUT.members, Member(table="more", pattern="more.csv", optional=True))
    layout = Layout(name="zip", container=Container.ZIP, members=members)
    assert set(read_tables(write_zip(tmp_path / "a.zip", ("DATA_A.csv", CSV)), layout)) == {"t"}


def test_a_member_that_two_tables_claim_is_refused(tmp_path: Path) -> None:
    layout = Layout(name="zip", container=Container.ZIP, members=(*LAYOUT.members, Member(table="all")))
    with pytest.raises(LayoutError, match="matches .'t', 'all'"):
        read_tables(write_zip(tmp_path / "a.zip", ("DATA_A.csv", CSV)), layout)


def test_a_renamed_column_is_named_with_its_member(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", ("DATA_A.csv", b"code,number\nX,1\n"))
    with pytest.raises(LayoutError, match=r"member DATA_A.csv: .*Missing: \['n'\]. New: \['number'\]"):
        read_tables(path, LAYOUT)


def _named(name: str) -> Callable[[Path], None]:
    return lambda path: write_zip(path, ("DATA_A.csv", CSV), (name, CSV)) and None


def _linked(path: Path) -> None:
    info = zipfile.ZipInfo("DATA_L.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    write_zip(path, (info, b"/etc/passwd"))


def _bomb(path: Path) -> None:
    write_zip(path, ("DATA_A.csv", b"0" * 20_000_000))


def _truncated(path: Path) -> None:
    write_zip(path, ("DATA_A.csv", CSV * 1000))
    path.write_bytes(path.read_bytes()[:-40])


def _damaged(path: Path) -> None:
    write_zip(path, ("DATA_A.csv", bytes(range(1, 127)) * 50))
    data = bytearray(path.read_bytes())
    data[60:64] = b"\xff\xff\xff\xff"
    path.write_bytes(data)


def _encrypted(path: Path) -> None:
    write_zip(path, ("DATA_A.csv", CSV))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 8
    data[place : place + 2] = struct.pack("<H", 1)
    path.write_bytes(data)


def _understated(path: Path) -> None:
    """The list of members says 10 bytes; the packed data holds a million."""
    write_zip(path, ("DATA_A.csv", b"a,b\n" + b"1,2\n" * 250_000))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 10)
    path.write_bytes(data)


def _nested_by_content(path: Path) -> None:
    inner = write_zip(path.with_name("inner.zip"), ("DATA_A.csv", CSV)).read_bytes()
    write_zip(path, ("DATA_A.csv", inner))


def _nested_by_name(path: Path) -> None:
    layout_name = "DATA_A.zip.csv"
    write_zip(path, (layout_name, b"\x1f\x8b" + CSV))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_named("../DATA_B.csv"), "escaping"),
        (_named("/DATA_B.csv"), "absolute"),
        (_named("C:\\DATA_B.csv"), "absolute"),
        (_named("DATA_\x01.csv"), "unprintable"),
        (_named("DATA_A.csv"), "occurs twice"),
        (_named("data_a.CSV"), "occurs twice"),
        (_linked, "is a link"),
        (_bomb, "decompression bomb"),
        (_truncated, "truncated"),
        (_damaged, "damaged"),
        (_encrypted, "encrypted"),
        (_understated, "damaged"),
        (_nested_by_content, "itself an archive"),
        (_nested_by_name, "itself an archive"),
    ],
    ids=[
        "escaping", "absolute", "drive", "unprintable", "duplicate", "duplicate-case", "link", "bomb", "truncated",
        "damaged", "encrypted", "understated", "nested", "nested-gzip",
    ],
)  # fmt: skip
def test_hostile_and_broken_archives_are_refused(tmp_path: Path, make: Callable[[Path], None], said: str) -> None:
    path = tmp_path / "publication.zip"
    make(path)
    with pytest.raises(ArchiveError, match=said) as caught:
        read_tables(path, LAYOUT)
    assert str(caught.value).startswith("publication.zip")


def test_an_archive_by_name_is_refused_even_where_a_pattern_claims_it(tmp_path: Path) -> None:
    layout = Layout(name="zip", container=Container.ZIP, members=(Member(table="t"),))
    with pytest.raises(ArchiveError, match="nested archives"):
        read_tables(write_zip(tmp_path / "a.zip", ("inner.7z", CSV)), layout)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(member_bytes=1_000), "DATA_A.csv' unpacks to"),
        (Limits(total_bytes=1_000), "unpacks to"),
        (Limits(members=1), "at most 1 are allowed"),
    ],
)
def test_sizes_and_numbers_are_capped(tmp_path: Path, limits: Limits, said: str) -> None:
    path = write_zip(tmp_path / "a.zip", ("DATA_A.csv", CSV * 500), ("notes.txt", b"x"))
    with pytest.raises(ArchiveError, match=said):
        read_tables(path, LAYOUT, limits=limits)


def test_an_html_page_in_the_place_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"<html>Not found</html>")
    with pytest.raises(ArchiveError, match="not a whole zip archive"):
        read_tables(path, LAYOUT)


def test_an_empty_or_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with pytest.raises(ArchiveError, match="no such file"):
        read_tables(path, LAYOUT)
    path.touch()
    with pytest.raises(ArchiveError, match="empty"):
        read_tables(path, LAYOUT)


def test_a_bare_csv(tmp_path: Path) -> None:
    path = tmp_path / "0123-a.csv"
    path.write_bytes(CSV)
    layout = Layout(name="csv", container=Container.CSV, members=(Member(table="t", columns=("code", "n")),))
    (table,) = read_tables(path, layout)["t"]
    assert (table.member, table.frame.rows()) == ("0123-a.csv", [("X", "1")])
    with pytest.raises(ArchiveError, match="larger than"):
        read_tables(path, layout, limits=Limits(member_bytes=5))
    two = Layout(name="csv", container=Container.CSV, members=(Member(table="t"), Member(table="u")))
    with pytest.raises(LayoutError, match="must declare one member"):
        read_tables(path, two)
