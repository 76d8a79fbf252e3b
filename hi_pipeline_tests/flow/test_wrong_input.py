"""Deliberately broken input stops at the right place with a useful message and changes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hi_pipeline.engine.outcome import State
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import COLUMNS, WRONG_BOARD, rows_of, write_release

YEAR = "2023-24"
Rows = list[list[str]]


def _cells(column: int, text: str) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        return [[text if n == column and row[1] == WRONG_BOARD else cell for n, cell in enumerate(row)] for row in rows]

    return change


def _without_a_board(rows: Rows) -> Rows:
    return [row for row in rows if row[1] != WRONG_BOARD]


def _twice(rows: Rows) -> Rows:
    return [*rows, rows[5]]


@pytest.mark.parametrize(
    ("change", "layer", "said"),
    [
        (_cells(3, "-5"), "clean", "negative"),
        (_cells(3, "many"), "clean", "neither numbers nor declared tokens"),
        (_cells(0, "district"), "clean", "district"),
        (_twice, "clean", "unique"),
        (_without_a_board, "indicator", "hold no row of NHS Staffordshire"),
        (_cells(4, "99999"), "indicator", "plausible range"),
    ],
    ids=["negative number", "text in a number column", "unknown label", "duplicated key", "missing ICB", "above whole"],
)
def test_wrong_rows_change_nothing(bench: Bench, change: Callable[[Rows], Rows], layer: str, said: str) -> None:
    write_release(bench.mirror, YEAR)
    assert bench.run().success
    good = _files(bench, layer)
    write_release(bench.mirror, YEAR, change(rows_of(YEAR)))
    report = bench.run()
    assert report.failures, "the run must fail"
    assert {key[0] for key, _ in report.failures} == {layer}
    assert all(said in o.reason for o in report.failures.values()), report.failures
    failed = {partition for _, partition in report.failures}
    assert failed in ({YEAR}, {f"{YEAR}|{WRONG_BOARD}"})
    kept = {path: data for path, data in good.items() if layer == "clean" or WRONG_BOARD in path}
    assert kept.items() <= _files(bench, layer).items(), "the last good files stay, byte by byte"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Sorry, not found</body></html>", "HTML"),
    ],
    ids=["empty file", "HTML error page"],
)
def test_what_is_no_such_file_is_not_kept(bench: Bench, content: bytes, said: str) -> None:
    path = write_release(bench.mirror, YEAR)
    assert bench.run().success
    before = _files(bench, "snapshots") | _files(bench, "clean") | _files(bench, "indicator")
    path.write_bytes(content)
    report = bench.run()
    assert [(key, o.state) for (key, _), o in report.failures.items()] == [(("snapshot", "tiny"), State.FAILED)]
    assert said.lower() in next(iter(report.failures.values())).reason.lower()
    after = _files(bench, "snapshots") | _files(bench, "clean") | _files(bench, "indicator")
    assert before.items() <= after.items()
    assert bench.pipeline.snapshots.latest("tiny", YEAR) is not None


def test_a_renamed_column_is_named(bench: Bench) -> None:
    write_release(bench.mirror, YEAR, header=(*COLUMNS[:-1], "ASSISTED"))
    report = bench.run()
    (outcome,) = report.failures.values()
    assert "Missing: ['HELPED']. New: ['ASSISTED']" in outcome.reason
    assert not bench.built("clean", "tiny")


def test_a_failed_year_does_not_stop_the_others(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    write_release(bench.mirror, "2022-23", _cells(3, "many")(rows_of("2022-23")))
    write_release(bench.mirror, YEAR)
    report = bench.run()
    assert {place for place in report.failures} == {(("clean", "tiny"), "2022-23")}
    assert bench.built("clean", "tiny") == {"2021-22", YEAR}
    assert {cell.split("|")[0] for cell in bench.built("indicator", "tiny_1_pct")} == {"2021-22", YEAR}


def test_an_absent_release_is_no_failure(bench: Bench) -> None:
    write_release(bench.mirror, YEAR)
    report = bench.run()
    assert report.success
    assert bench.built("snapshot", "tiny") == {YEAR}


def _files(bench: Bench, layer: str) -> dict[str, bytes]:
    folder: Path = bench.settings.root / layer
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.suffix in (".parquet", ".csv")}
