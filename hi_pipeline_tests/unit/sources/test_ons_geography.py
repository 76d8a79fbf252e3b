"""ONS lookups: every layout written from the project's own table of areas, and the files of the mirror."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import (
    SUB_ICB_LOCATIONS,
    SUB_ICBS_GROWN,
    SUB_ICBS_RECODED,
    Vintage,
    board,
    boards_of,
    region_of,
    vintage_of,
)
from hi_pipeline.core.icb_codes import SUB_ICBS_PARTED
from hi_pipeline.sources.ons_geography.source import LSOA_COLUMNS, SOURCE, SUB_ICB_COLUMNS
from hi_pipeline_tests.unit.sources.reading import changed, clean

EXACT = Path(__file__).parents[2] / "fixtures" / "ons_geography" / "lsoa_2011_2021.csv"
EDITIONS = {
    r.edition: int(r.edition[2:4])
    for r in SOURCE.releases
    if r.edition.endswith(("-lsoa", "-sub-icb")) and r.edition != "2011-2021-lsoa"
}


def _vintage(edition: str) -> Vintage:
    return vintage_of(f"{edition[:4]}-{EDITIONS[edition] + 1}")


def _areas(edition: str) -> list[dict[str, str]]:
    year, vintage = EDITIONS[edition], _vintage(edition)
    rows = []
    for number, sub in enumerate(s for s in SUB_ICB_LOCATIONS if vintage in s.board):
        icb, region = board(sub.board[vintage]), region_of(sub.board[vintage], vintage)
        row = {
            f"LSOA11CD LSOA21CD|E0100{number:04}": "",
            f"LSOA11NM LSOA21NM|Somewhere {number}": "",
            f"SICBL{year}CD LOC{year}CD|{sub.ons}": "",
            f"SICBL{year}CDH LOC{year}CDH|{sub.ods}": "",
            f"SICBL{year}NM LOC{year}NM|A place - {sub.ods}": "",
            f"ICB{year}CD|{icb.ons}": "",
            f"ICB{year}CDH|{icb.ods}": "",
            f"ICB{year}NM|{icb.name}": "",
            f"NHSER{year}CD|{region.ons[vintage]}": "",
            f"NHSER{year}CDH|{region.ods}": "",
            f"NHSER{year}NM|{region.name}": "",
            f"LAD{year}CD|E09000001": "",
            f"LAD{year}NM|City of London": "",
            f"ObjectId|{number}": "",
        }
        rows.append({name: key.split("|")[1] for key in row for name in key.split("|")[0].split()})
    return rows


def _write(path: Path, edition: str, *, extra: tuple[str, ...] = (), **change: str) -> Path:
    columns = (LSOA_COLUMNS if edition.endswith("-lsoa") else SUB_ICB_COLUMNS)[EDITIONS[edition]] + extra
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    rows = _areas(edition)
    rows[0].update(change)
    writer.writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    return path


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_layout_is_read(tmp_path: Path, edition: str) -> None:
    ((name, table),) = clean(SOURCE, edition, _write(tmp_path / "a.csv", edition)).items()
    assert name == ("lsoa_areas" if edition.endswith("-lsoa") else "sub_icb_areas")
    assert set(table["icb_ons"]) == {b.ons for b in boards_of(_vintage(edition))}
    if name == "lsoa_areas":
        assert table["lad_code"].unique().to_list() == [None if edition == "2024-lsoa" else "E09000001"]


def test_authorities_are_read_where_the_file_has_them(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", "2024-lsoa", extra=("LAD24CD", "LAD24NM", "ObjectId"))
    assert clean(SOURCE, "2024-lsoa", path)["lsoa_areas"]["lad_code"].unique().to_list() == ["E09000001"]


@pytest.mark.parametrize(
    ("edition", "change", "message"),
    [
        ("2022-lsoa", {"ICB22CD": "E54000099"}, "E54000099"),
        ("2022-lsoa", {"SICBL22CDH": "99Z"}, "99Z"),
        ("2022-lsoa", {"LSOA11CD": "W01000001"}, "no LSOA of England"),
        ("2022-sub-icb", {"ICB22CD": "E54000008"}, "are not in core.geography"),
        ("2026-sub-icb", {"NHSER26CD": "E40000003"}, "core.geography has"),
    ],
)
def test_areas_that_the_footprint_does_not_have_are_refused(
    tmp_path: Path, edition: str, change: dict[str, str], message: str
) -> None:
    with pytest.raises(LayoutError, match=message):
        clean(SOURCE, edition, _write(tmp_path / "a.csv", edition, **change))


@pytest.mark.parametrize("edition", ["2024-lsoa", "2026-sub-icb"])
def test_a_board_without_an_area_is_refused(tmp_path: Path, edition: str) -> None:
    path = _write(tmp_path / "a.csv", edition)
    # Somerset is one sub-ICB location in every footprint.
    kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if "E54000038" not in line]
    path.write_text("".join(kept), "utf-8")
    with pytest.raises(LayoutError, match="nothing stands for .*not whole"):
        clean(SOURCE, edition, path)


def test_a_renamed_column_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", "2022-sub-icb")
    with pytest.raises(LayoutError, match=r"Missing: \['LOC22CDH'\]"):
        clean(SOURCE, "2022-sub-icb", changed(path, tmp_path, old="LOC22CDH", new="SICBL22CDH"))


def test_a_column_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", "2024-lsoa", extra=("LAD24CD",))
    with pytest.raises(LayoutError, match=r"New: \['WARD24'\]"):
        clean(SOURCE, "2024-lsoa", changed(path, tmp_path, old="LAD24CD", new="WARD24"))


CCGS_2021 = (
    "FID,CCG21CD,CCG21CDH,CCG21NM,STP21CD,STP21CDH,STP21NM,NHSER21CD,NHSER21CDH,NHSER21NM\n"
    "1,E38000220,15E,NHS One CCG,E54000017,QHL,One,E40000008,Y60,Midlands\n"
)
CCGS_2020 = "FID,CCG20CD,CCG20CDH,CCG20NM\n1,E38000004,07L,NHS Two CCG\n"
CCGS_2019 = (
    "LSOA11CD,LSOA11NM,CCG19CD,CCG19CDH,CCG19NM,LAD19CD,LAD19NM,FID\n"
    "E01000002,Two 001B,E38000004,07L,NHS Two CCG,E09000002,Two,2\n"
    "E01000001,Two 001A,E38000004,07L,NHS Two CCG,E09000002,Two,1\n"
)


@pytest.mark.parametrize(
    ("edition", "text", "row"),
    [
        ("2021-ccg", CCGS_2021, ("E38000220", "15E", "NHS One CCG", "E54000017", "QHL")),
        ("2020-ccg", CCGS_2020, ("E38000004", "07L", "NHS Two CCG", None, None)),
        ("2019-ccg", CCGS_2019, ("E38000004", "07L", "NHS Two CCG", None, None)),
    ],
)
def test_ccgs_and_their_partnerships(tmp_path: Path, edition: str, text: str, row: tuple[str | None, ...]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8-sig")
    tables = clean(SOURCE, edition, path)
    assert tables["ccg_areas"].rows() == [row]
    if edition == "2019-ccg":
        assert tables["lsoa_ccgs"].rows() == [("E01000001", "E38000004"), ("E01000002", "E38000004")]


def test_a_ccg_with_two_codes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CCGS_2019.replace("E38000004", "E38000005", 1), "utf-8-sig")
    with pytest.raises(ValidationError, match="ccg_ods"):
        clean(SOURCE, "2019-ccg", path)


def test_a_region_is_the_same_area_on_every_footprint() -> None:
    """Its figure may stand for the footprint in force; what was recoded or divided stayed in its region."""
    held = [
        {(board(s.board[v]).region_ods, s.ons) for s in SUB_ICB_LOCATIONS if v in s.board and s.board[v]}
        for v in Vintage
    ]
    moved = {ons for one in held for _, ons in one ^ held[0]}
    known = {
        **SUB_ICBS_RECODED,
        **SUB_ICBS_GROWN,
        **{new: old for old, parts in SUB_ICBS_PARTED.items() for new in parts},
    }
    assert moved == {*known, *known.values()}
    assert {region for one in held for region, ons in one if ons in moved} == {"Y59"}


def test_the_exact_lookup_keeps_every_pair() -> None:
    table = clean(SOURCE, "2011-2021-lsoa", EXACT)["lsoa_2011_2021"]
    assert table.rows()[1] == ("E01000002", "E01035001", "S", "E09000001")
    assert table.height == 4


def test_the_exact_lookup_of_the_service_is_read(tmp_path: Path) -> None:
    copy = changed(EXACT, tmp_path, old="LSOA11CD", new="F_LSOA11CD")
    assert clean(SOURCE, "2011-2021-lsoa", copy)["lsoa_2011_2021"].height == 4


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (",M,", ",Z,", LayoutError, "none of"),
        (",S,", ",U,", ValidationError, "keeps its code"),
        ("E01035002", "E01035001", ValidationError, "multiple_fields_uniqueness"),
    ],
)
def test_an_exact_lookup_that_contradicts_itself_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, "2011-2021-lsoa", changed(EXACT, tmp_path, old=old, new=new))


def _real(real_mirror: Path, edition: str) -> pl.DataFrame:
    (table,) = clean(SOURCE, edition, real_mirror / SOURCE.release(edition).mirror_file).values()
    return table


@pytest.mark.parametrize(("edition", "lsoas", "boards"), [("2022-lsoa", 32_844, 42), ("2024-lsoa", 33_755, 42)])
def test_the_lsoa_lookups_of_the_mirror(real_mirror: Path, edition: str, lsoas: int, boards: int) -> None:
    table = _real(real_mirror, edition)
    assert (table.height, table["icb_ons"].n_unique(), table["sub_icb_ons"].n_unique()) == (lsoas, boards, 106)
    assert set(table["icb_ons"]) == {b.ons for b in boards_of(_vintage(edition))}


@pytest.mark.parametrize(("edition", "boards"), [("2022-sub-icb", 42), ("2026-sub-icb", 36)])
def test_the_sub_icb_lookups_of_the_mirror(real_mirror: Path, edition: str, boards: int) -> None:
    table = _real(real_mirror, edition)
    assert (table.height, table["icb_ons"].n_unique(), table["region_ons"].n_unique()) == (106, boards, 7)
    names = {(b.ons, b.ods, b.name) for b in boards_of(_vintage(edition))}
    assert set(table.select("icb_ons", "icb_ods", "icb_name").rows()) == names


def test_the_exact_lookup_of_the_mirror(real_mirror: Path) -> None:
    table = _real(real_mirror, "2011-2021-lsoa")
    assert dict(table["change"].value_counts().rows()) == {"U": 33_647, "S": 1_900, "M": 239, "X": 9}
    england = table.filter(pl.col("lsoa11_code").str.starts_with("E"))
    assert (england["lsoa11_code"].n_unique(), england["lsoa21_code"].n_unique()) == (32_844, 33_755)
    assert set(england["lsoa11_code"]) == set(_real(real_mirror, "2022-lsoa")["lsoa_code"])
    assert set(england["lsoa21_code"]) == set(_real(real_mirror, "2024-lsoa")["lsoa_code"])
