"""A backup is whole or not there, and what comes back is what was there: files, records, figures."""

import json
import shutil
import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.verify import altered_of
from hi_pipeline.operating.backup import MANIFEST, read_backup, restore
from hi_pipeline.orchestration.instance.backing_up import back_up_root
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.recovery import PID_TAG
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import write_release

KEY = dg.AssetKey(["indicator", "tiny_1_pct"])


@pytest.fixture
def built(bench: Bench) -> Bench:
    write_release(bench.mirror, "2023-24")
    assert bench.run(icbs=("E54000010", "E54000011")).success
    return bench


def files_of(root: Path) -> dict[str, bytes]:
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file() and p.relative_to(root).parts[0] not in ("dagster", "locks")
    }


def test_what_is_restored_is_what_was_backed_up_and_nothing_is_built_again(built: Bench, tmp_path: Path) -> None:
    before, cells = files_of(built.settings.root), built.built("indicator", "tiny_1_pct")
    made = back_up_root(built.settings, tmp_path / "copy")
    assert made.records
    built.instance.dispose()
    shutil.rmtree(built.settings.root)
    restore(built.settings, tmp_path / "copy")
    assert files_of(built.settings.root) == before
    again = open_bench(tmp_path)
    try:
        assert again.built("indicator", "tiny_1_pct") == cells
        assert not altered_of(again.pipeline.lake)
        assert again.run(icbs=("E54000010", "E54000011")).runs == 0
    finally:
        again.instance.dispose()


def test_a_backup_is_refused_while_a_run_goes_on(built: Bench, tmp_path: Path) -> None:
    built.instance.add_run(dg.DagsterRun(job_name="publish", run_id="a" * 36, status=dg.DagsterRunStatus.STARTED))
    with pytest.raises(StoreError, match="wait for its end"):
        back_up_root(built.settings, tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


def test_a_run_that_begins_meanwhile_keeps_the_backup_from_its_place(
    built: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hi_pipeline.operating import backup

    real = backup._copy
    begun: list[str] = []

    def copy(source: Path, to: Path) -> str:
        if not begun:
            begun.append("now")
            run = dg.DagsterRun(job_name="publish", run_id="b" * 36, status=dg.DagsterRunStatus.SUCCESS)
            built.instance.add_run(run)
        return real(source, to)

    monkeypatch.setattr(backup, "_copy", copy)
    with pytest.raises(StoreError, match="a run began while"):
        back_up_root(built.settings, tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


def test_a_run_whose_process_died_is_no_reason_to_wait(built: Bench, tmp_path: Path) -> None:
    built.instance.add_run(
        dg.DagsterRun(
            job_name="publish", run_id="c" * 36, status=dg.DagsterRunStatus.STARTED, tags={PID_TAG: "999999999"}
        )
    )
    assert back_up_root(built.settings, tmp_path / "copy").files


def test_a_damaged_root_is_not_backed_up(built: Bench, tmp_path: Path) -> None:
    path = built.settings.root / "published" / "results.csv"
    path.write_bytes(path.read_bytes().replace(b"tiny", b"tinx"))
    with pytest.raises(StoreError, match="the copy is not whole, 1 files"):
        back_up_root(built.settings, tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.parametrize("place", ["copy", "data/mirror/copy"])
def test_a_place_that_would_be_overwritten_or_copied_into_itself_is_refused(
    built: Bench, tmp_path: Path, place: str
) -> None:
    (tmp_path / "copy").mkdir()
    with pytest.raises(StoreError, match="is there already|lies in the data folder"):
        back_up_root(built.settings, tmp_path / place)


@pytest.fixture
def copy(built: Bench, tmp_path: Path) -> Path:
    back_up_root(built.settings, tmp_path / "copy")
    return tmp_path / "copy"


def test_a_root_that_holds_something_is_never_overwritten(built: Bench, copy: Path) -> None:
    before = files_of(built.settings.root)
    with pytest.raises(StoreError, match="is not empty; move it away first"):
        restore(built.settings, copy)
    assert files_of(built.settings.root) == before


def elsewhere(tmp_path: Path, mirror: Path) -> Settings:
    return Settings(source=f"mirror:{mirror}", data_dir=tmp_path / "elsewhere")


def test_an_altered_or_missing_file_is_refused(built: Bench, copy: Path, tmp_path: Path) -> None:
    path = copy / "published" / "results.csv"
    whole = path.read_bytes()
    for alter in (lambda: path.write_bytes(whole[:-1]), path.unlink):
        alter()
        with pytest.raises(StoreError, match=r"results\.csv: is not the file that was backed up"):
            restore(elsewhere(tmp_path, built.mirror), copy)
        path.write_bytes(whole)
    assert not list((tmp_path / "elsewhere").glob("*"))


def test_synthetic_and_real_never_meet(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="a backup of mirror data, and HI_SOURCE is live"):
        restore(Settings(source="live", data_dir=tmp_path / "elsewhere"), copy)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "backup of the format 2"),
        ({"version": {"layout": 7, "contract": 1}}, "its layout has the number 7"),
        ({"version": {"layout": 1, "contract": 7}}, "its result contract has the number 7"),
        ({"files": {"../outside": "00"}}, "outside of its folder"),
        ({"files": {"/etc/passwd": "00"}}, "outside of its folder"),
        ({"unheard": 1}, "is not what hi backup writes"),
    ],
)
def test_what_is_unknown_is_refused_with_words(
    built: Bench, copy: Path, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    manifest = copy / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))
    with pytest.raises(StoreError, match=said):
        restore(elsewhere(tmp_path, built.mirror), copy)
    assert not (tmp_path / "elsewhere").exists()


def test_any_folder_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no backup"):
        read_backup(tmp_path)


def test_databases_of_a_newer_dagster_are_refused(built: Bench) -> None:
    built.instance.dispose()
    path = built.settings.dagster_home / "history" / "runs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'fffffffffff0'")
    connection.close()
    with pytest.raises(StoreError, match=r"runs\.db: its schema is of revision fffffffffff0"):
        open_instance(built.settings)
