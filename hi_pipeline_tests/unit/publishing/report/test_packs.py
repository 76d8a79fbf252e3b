"""A pack is made where its facts changed, placed whole or not at all, and never over the board's own edits."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, SelectionError, StoreError, ValidationError
from hi_pipeline.core.geography import Vintage
from hi_pipeline.publishing.report import packs
from hi_pipeline.publishing.report.making import FORMATS
from hi_pipeline.publishing.report.packs import Order, Outcome, fulfil, ordered_vintage, verify_folder
from hi_pipeline.publishing.report.published import Published, read_published
from hi_pipeline.publishing.report.words import words_path
from hi_pipeline_tests.unit.publishing.report import made_up

QUICK = ("html", "docx")


def order(root: Path, **changes: object) -> Order:
    asked = {"icb": made_up.ICB, "year": made_up.YEAR, "vintage": made_up.VINTAGE, "formats": QUICK}
    return Order(**(asked | {"root": root, "local": root / "local"} | changes))  # type: ignore[arg-type]


def results(seed: int = 7) -> Published:
    return made_up.published(made_up.rows_of(seed))


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_same_facts_give_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    first, second = (order(tmp_path / n, formats=tuple(FORMATS), png=True) for n in ("a", "b"))
    assert fulfil(results(), first) is Outcome.MADE
    assert fulfil(results(), second) is Outcome.MADE
    made = content(first.folder)
    assert made == content(second.folder)
    assert {*FORMATS.values(), "summary.html", "facts.json", "pack.json"} <= set(made)
    charts = {Path(name).suffix for name in made if name.startswith("charts/")}
    assert charts == {".svg", ".png", ".csv", ".txt"}


def test_only_a_pack_whose_facts_changed_is_made_anew(tmp_path: Path) -> None:
    fulfil(results(), order(tmp_path))
    assert fulfil(results(), order(tmp_path)) is Outcome.UNCHANGED
    assert fulfil(results(8), order(tmp_path)) is Outcome.MADE
    assert fulfil(results(8), order(tmp_path, formats=("html",))) is Outcome.MADE
    (order(tmp_path).folder / "summary.html").write_text("changed by hand")
    assert fulfil(results(8), order(tmp_path, formats=("html",))) is Outcome.MADE


def test_a_pack_whose_list_of_sources_changed_is_made_anew(tmp_path: Path) -> None:
    known = results()
    fulfil(known, order(tmp_path))
    release = known.sources[0]["releases"][0] | {"sha256": "cd" * 32}
    revised = replace(known, sources=({**known.sources[0], "releases": [release]},))
    assert fulfil(revised, order(tmp_path)) is Outcome.MADE
    assert b"cdcdcdcdcdcd" in (order(tmp_path).folder / "report.html").read_bytes()
    assert fulfil(revised, order(tmp_path)) is Outcome.UNCHANGED


def test_the_boards_words_go_into_every_format_and_make_the_pack_anew(tmp_path: Path) -> None:
    every = order(tmp_path, formats=tuple(FORMATS))
    fulfil(results(), every)
    path = words_path(every.local, every.icb, every.year)
    path.parent.mkdir(parents=True)
    path.write_text("## What we are doing: Mental health\n\nWe asked 40 people.\n", encoding="utf-8")
    assert fulfil(results(), every) is Outcome.MADE
    assert b"We asked 40 people." in (every.folder / "report.html").read_bytes()
    assert verify_folder(results(), every.folder, root=tmp_path, local=every.local) == []
    path.write_text("## What we plan\n\nMuch.\n", encoding="utf-8")
    with pytest.raises(LayoutError, match="What we plan is the title of no box"):
        fulfil(results(), every)


def test_an_edited_word_document_is_kept_and_the_new_one_stands_beside_it(tmp_path: Path) -> None:
    fulfil(results(), order(tmp_path))
    word = order(tmp_path).folder / "report.docx"
    edited = word.read_bytes() + b"edited"
    word.write_bytes(edited)
    (word.parent / "minutes.txt").write_text("the board's own file")
    for seed in (8, 9):
        assert fulfil(results(seed), order(tmp_path)) is Outcome.BESIDE
        assert word.read_bytes() == edited
        assert (word.parent / "report-new.docx").is_file()
    assert (word.parent / "minutes.txt").read_text() == "the board's own file"


def test_a_pack_that_contradicts_its_facts_is_not_placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fulfil(results(), order(tmp_path))
    before = content(order(tmp_path).folder)
    whole = packs.make

    def wrong(*args: object, **kwargs: object) -> dict[str, bytes]:
        files = whole(*args, **kwargs)  # type: ignore[arg-type]
        return {**files, "report.html": files["report.html"].replace(b"deprived group is", b"deprived group rose", 1)}

    monkeypatch.setattr(packs, "make", wrong)
    with pytest.raises(ValidationError, match=r"report.html.*rose"):
        fulfil(results(8), order(tmp_path))
    assert content(order(tmp_path).folder) == before


def test_a_write_that_fails_leaves_the_pack_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fulfil(results(), order(tmp_path))
    before = content(order(tmp_path).folder)
    whole, written = packs.write_bytes, []

    def full(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) > 3:
            raise StoreError("no room")
        whole(path, data)

    monkeypatch.setattr(packs, "write_bytes", full)
    with pytest.raises(StoreError, match="no room"):
        fulfil(results(8), order(tmp_path))
    assert content(order(tmp_path).folder) == before
    monkeypatch.undo()
    assert fulfil(results(8), order(tmp_path)) is Outcome.MADE


def test_a_process_that_died_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    fulfil(results(), order(tmp_path))
    folder = order(tmp_path).folder
    before = content(folder)
    folder.rename(folder.with_name(f".{folder.name}.old"))
    assert fulfil(results(), order(tmp_path)) is Outcome.UNCHANGED
    assert content(folder) == before
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_a_stale_pack_fails_and_names_the_row(tmp_path: Path) -> None:
    fulfil(results(), order(tmp_path))
    rows = made_up.rows_of(7)
    mine = next(r for r in rows if r["financial_year"] == made_up.YEAR and r["value"] is not None and r["lower_95"])
    mine["value"] += 0.01
    faults = verify_folder(made_up.published(rows), order(tmp_path).folder, root=tmp_path, local=tmp_path / "local")
    assert any(f"the row {mine['indicator_id']}/{made_up.YEAR}" in fault for fault in faults)
    with pytest.raises(StoreError, match="holds no pack"):
        verify_folder(results(), tmp_path, root=tmp_path, local=tmp_path)


def test_each_footprint_has_a_place_of_its_own(tmp_path: Path) -> None:
    own, other = order(tmp_path), order(tmp_path, vintage=Vintage.APRIL_2026)
    assert (own.folder.parent.name, other.folder.parent.name) == ("2023-24", "2023-24-on-2026-04")
    assert ordered_vintage([made_up.ICB], None, "2026-27") is Vintage.APRIL_2026
    with pytest.raises(SelectionError, match="is no footprint"):
        ordered_vintage([], "2025-04", "2023-24")
    with pytest.raises(SelectionError, match="use --footprint"):
        ordered_vintage(["E54000071"], None, "2023-24")
    with pytest.raises(SelectionError, match="no figure of"):
        fulfil(results(), other)


def test_the_published_folder_is_read_or_its_absence_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run hi run first"):
        read_published(tmp_path)
    (tmp_path / "indicators.json").write_text(json.dumps(made_up.catalogue()))
    (tmp_path / "sources.json").write_text(json.dumps({"sources": list(made_up.SOURCES)}))
    results().results.write_parquet(tmp_path / "results.parquet")
    read = read_published(tmp_path)
    assert (read.synthetic, read.coverage, sorted(read.cards)) == (True, None, ["detention", "list", "recovery"])
    (tmp_path / "coverage.parquet").write_bytes(b"broken")
    with pytest.raises(StoreError, match="coverage.parquet: cannot be read"):
        read_published(tmp_path)
    assert isinstance(read.results, pl.DataFrame)
