"""A new edition goes from the mirror to the published figures by hi run alone; hi accept lets revised bytes in."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline_tests.flow.commands import commands_on
from hi_pipeline_tests.flow.tiny import HOST, rows_of, write_release
from hi_pipeline_tests.unit.engine.releases.test_editions import catalogue

NEW = "2022-23"


@pytest.fixture
def hi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command line on a mirror of which one year is declared and later ones are a series."""

    def said(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    commands_on(tmp_path, catalogue("2021-22"), monkeypatch, columns=250)
    return said


def _values(folder: Path) -> dict[str, float]:
    results = pl.read_parquet(folder / "data" / "mirror" / "published" / "results.parquet")
    england = results.filter(pl.col("area_type") == "england", pl.col("measure") == "value")
    return dict(england.select("financial_year", "numerator").rows())


def _sources(folder: Path) -> dict[str, str]:
    (source,) = json.loads((folder / "data/mirror/published/sources.json").read_text())["sources"]
    return {r["id"]: r["sha256"] for r in source["releases"]}


def _helped(rows: list[list[str]], by: int) -> list[list[str]]:
    """England and its first board helped more people."""
    return [[*row[:4], str(int(row[4]) + by)] if n < 2 else row for n, row in enumerate(rows)]


def test_a_new_edition_is_built_and_its_revision_waits_for_hi_accept(tmp_path: Path, hi: Callable[..., str]) -> None:
    mirror = tmp_path / "mirror"
    write_release(mirror, "2021-22")
    hi("run")
    assert set(_values(tmp_path)) == {"2021-22"}
    first = write_release(mirror, NEW)
    accepted = hash_of(first)
    hi("run")
    before = _values(tmp_path)
    assert set(before) == {"2021-22", NEW} and _sources(tmp_path)[f"tiny:{NEW}"] == accepted
    assert f"tiny:{NEW}" in hi("status")

    revised = hash_of(write_release(mirror, NEW, _helped(rows_of(NEW), 7)))
    said = hi("run")
    assert f"tiny:{NEW} waits" in said and f"hi accept tiny:{NEW}" in said
    assert _values(tmp_path) == before and _sources(tmp_path)[f"tiny:{NEW}"] == accepted
    assert "is no release" in hi("accept", "tiny:2022-24", code=2)
    assert revised in hi("accept", f"tiny:{NEW}")
    assert "waits" not in hi("run")
    assert _values(tmp_path) == before | {NEW: before[NEW] + 7}
    assert _sources(tmp_path)[f"tiny:{NEW}"] == revised


def test_hi_accept_ask_keeps_a_new_edition_out_until_it_is_accepted(
    tmp_path: Path, hi: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_ACCEPT", "ask")
    for year in ("2021-22", NEW):
        write_release(tmp_path / "mirror", year)
    misnamed = write_release(tmp_path / "mirror", "2023-24").rename(tmp_path / "mirror" / HOST / "tiny-2023-25.csv")
    near = f"{HOST}/{misnamed.name} looks like an edition of tiny"
    assert all(text in hi("fetch", "--dry-run") for text in (f"would fetch tiny:{NEW}", near))
    assert all(text in hi("fetch") for text in (f"tiny:{NEW} waits", near))
    status = json.dumps(json.loads(hi("status", "--format", "json")))
    assert "a new edition, waits for hi accept" in status and near in status
    hi("run")
    assert set(_values(tmp_path)) == {"2021-22"}
    hi("accept", f"tiny:{NEW}")
    hi("run")
    assert set(_values(tmp_path)) == {"2021-22", NEW}
