"""Files of cells: each cell is replaced by itself, whoever writes beside; kills and changed rows lose no other."""

import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.core.provenance import read_sidecar
from hi_pipeline.storage.lake import Lake
from hi_pipeline_tests.unit.storage.cells_writer import ROWS, YEARS, cell_of, cells_of, files_in

REPOSITORY = Path(__file__).parents[3]
WRITER = [sys.executable, "-m", "hi_pipeline_tests.unit.storage.cells_writer"]
YEAR = YEARS[0]


def generations(root: Path, year: str = YEAR) -> dict[str, int]:
    """The generation of each cell that counts as built; its rows are all there and of that one."""
    files, found = files_in(root), {}
    for name, known in files.provenance("made_up", year).items():
        rows = files.read("made_up", year, [name])
        assert (rows.height, rows["generation"].n_unique()) == (ROWS, 1)
        found[name] = rows["generation"][0]
        assert known.inputs == cell_of(name, found[name]).provenance.inputs
    return found


def bytes_below(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.glob("indicator/**/*")) if p.is_file()}


def test_a_file_holds_all_cells_and_its_sidecar_says_shared_facts_once(tmp_path: Path) -> None:
    written = files_in(tmp_path).write("made_up", cells_of(["a", "b"], 1))
    assert set(written) == {(year, name) for year in YEARS for name in "ab"}
    assert written[YEAR, "a"].rows == ROWS
    assert files_in(tmp_path).provenance("made_up", YEAR) == {n: written[YEAR, n] for n in "ab"}
    text = (tmp_path / "indicator" / "made_up" / f"{YEAR}.parquet.json").read_text()
    assert text.count("code_version") == 1
    assert read_sidecar(text).to_json() == text
    assert files_in(tmp_path).parts("made_up") == list(YEARS)
    assert Lake(tmp_path).verify() == []


def test_cells_that_are_not_given_stay_and_the_bytes_do_not_depend_on_the_order(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    files_in(one).write("made_up", cells_of(["c", "a"], 1))
    files_in(one).write("made_up", cells_of(["b"], 2))
    assert generations(one) == {"a": 1, "b": 2, "c": 1}
    files_in(other).write("made_up", cells_of(["b", "a"], 2))
    files_in(other).write("made_up", cells_of(["a"], 1))
    files_in(other).write("made_up", cells_of(["c"], 1))
    assert bytes_below(one) == bytes_below(other)


def test_rows_of_another_cell_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    files_in(tmp_path).write("made_up", cells_of(["a"], 1))
    before = bytes_below(tmp_path)
    with pytest.raises(StoreError, match="given for the cell b"):
        files_in(tmp_path).write("made_up", {YEAR: {"a": cell_of("a", 2), "b": cell_of("a", 2)}})
    assert bytes_below(tmp_path) == before


def test_rows_of_an_earlier_version_with_other_columns_are_not_mixed_in(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    files.write("made_up", cells_of(["a", "b"], 1))
    before = bytes_below(tmp_path)
    wider = {
        year: {
            name: replace(made, frame=made.frame.with_columns(more=pl.lit(1)))
            for name, made in cells_of(["a", "b"], 2)[year].items()
        }
        for year in YEARS
    }
    with pytest.raises(StoreError, match="rows with other columns; run hi run --stale"):
        files.write("made_up", {year: {"a": made["a"]} for year, made in wider.items()})
    assert bytes_below(tmp_path) == before
    files.write("made_up", wider)
    assert generations(tmp_path) == {"a": 2, "b": 2}


def test_a_changed_row_costs_its_cell_and_no_other(tmp_path: Path) -> None:
    files_in(tmp_path).write("made_up", cells_of(["a", "b"], 1))
    path = tmp_path / "indicator" / "made_up" / f"{YEAR}.parquet"
    changed = pl.when(pl.col("icb_code") == "a").then(pl.col("row") + 1).otherwise("row").alias("row")
    pl.read_parquet(path).with_columns(changed).write_parquet(path)
    assert len(Lake(tmp_path).verify()) == 1
    assert generations(tmp_path) == {"b": 1}
    files_in(tmp_path).write("made_up", {YEAR: {"a": cell_of("a", 1)}})
    assert Lake(tmp_path).verify() == []
    assert generations(tmp_path) == {"a": 1, "b": 1}


def test_a_process_that_died_between_file_and_sidecar_loses_no_cell(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for root in (old, new):
        files_in(root).write("made_up", cells_of(["a", "b"], 1))
    files_in(new).write("made_up", cells_of(["a"], 2))
    name = f"indicator/made_up/{YEAR}.parquet"
    # As the dead left it: the new file in place, its sidecar still under its temporary name.
    (old / name).write_bytes((new / name).read_bytes())
    left = old / "indicator" / "made_up" / f".{YEAR}.parquet.json.0123456789ab.tmp"
    left.write_bytes((new / f"{name}.json").read_bytes())
    assert generations(old) == {"b": 1}
    files_in(old).write("made_up", {YEAR: {"b": cell_of("b", 3)}})
    assert generations(old) == {"a": 2, "b": 3}
    assert not left.exists()


def test_two_processes_that_write_different_cells_lose_none(tmp_path: Path) -> None:
    writers = [subprocess.Popen([*WRITER, tmp_path, "1", "8", name], cwd=REPOSITORY) for name in ("a", "b", "c")]
    assert [writer.wait(timeout=300) for writer in writers] == [0, 0, 0]
    for year in YEARS:
        assert generations(tmp_path, year) == {"a": 8, "b": 8, "c": 8}


def run_trials(root: Path, *, trials: int) -> None:
    chance = random.Random(2026)
    files_in(root).write("made_up", cells_of(["a", "b", "c"], 0))
    for number in range(trials):
        process = subprocess.Popen(
            [*WRITER, root, str(1 + number * 100_000), "100000", "a", "b"],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        Lake(root).sweep()
        assert Lake(root).verify() == []
        assert not list(root.rglob("*.tmp"))
        for year in YEARS:
            found = generations(root, year)
            assert found["c"] == 0
            assert found["a"] == found["b"], "cells that are written together stand together"


def test_killed_three_times(tmp_path: Path) -> None:
    run_trials(tmp_path, trials=3)


@pytest.mark.slow
def test_killed_fifty_times(tmp_path: Path) -> None:
    run_trials(tmp_path, trials=50)


def test_files_of_one_cell_each_go_and_the_files_of_cells_stay(tmp_path: Path) -> None:
    files_in(tmp_path).write("made_up", cells_of(["a"], 1))
    kept = bytes_below(tmp_path)
    older = tmp_path / "indicator" / "made_up" / YEAR
    older.mkdir()
    for name in ("E54000008.parquet", "E54000008.parquet.json", "E54000010.parquet"):
        (older / name).write_bytes(b"older")
    assert files_in(tmp_path).drop_older_layout() == 2
    assert bytes_below(tmp_path) == kept and not older.exists()
    assert files_in(tmp_path).drop_older_layout() == 0
