"""The miniature pipeline on an object store: the bytes of a run on disk, whichever machine built them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.standing import asset_standings
from hi_pipeline.engine.tracing.figure import read_rows
from hi_pipeline.engine.verify import altered_of
from hi_pipeline.operating.backup import restore
from hi_pipeline.operating.examined import State as Standing
from hi_pipeline.operating.places import OBJECT_STORE, examine_places
from hi_pipeline.orchestration.instance.backing_up import back_up_root
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.recovery import mend
from hi_pipeline.settings import Settings
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.working_copy import IN_STORE
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.standing import Tree, check_records, tree_of
from hi_pipeline_tests.flow.test_command_line_backfill import hi
from hi_pipeline_tests.flow.tiny import make_catalogue, rows_of, write_release
from hi_pipeline_tests.flow.whole_process import Root, finish, go, start_process, undisturbed, write_mirror

CELL = "2023-24|E54000010"
ONE = {"years": ("2023-24",), "icbs": ("E54000010",)}


def shared(root: Path) -> Tree:
    """What lies in the store, as a machine has it in its folder."""
    tree = tree_of(root)
    return {n: b for n, b in tree.items() if n.startswith(IN_STORE) and not n.endswith("/.generation")}


@contextmanager
def machine(mirror: Path, data: Path) -> Iterator[Bench]:
    """A machine with a data folder and records of its own, and the publishers' files that all see."""
    settings = Settings(source=f"mirror:{mirror}", data_dir=data)
    pipeline = open_pipeline(settings, make_catalogue())
    bench = Bench(mirror=mirror, settings=settings, pipeline=pipeline, instance=open_instance(settings))
    try:
        yield bench
    finally:
        bench.instance.dispose()


def test_a_run_ends_with_the_bytes_of_a_run_on_disk_and_other_machines_have_them(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    write_release(mirror, "2023-24")
    with machine(mirror, tmp_path / "disk") as bench:
        assert bench.run(**ONE).success
        on_disk = shared(bench.settings.root)
    monkeypatch.setenv("HI_STORE", store_url)
    with machine(mirror, tmp_path / "here") as here:
        assert here.run(**ONE).success
        assert shared(here.settings.root) == on_disk != {}
        with machine(mirror, tmp_path / "there") as there:
            assert mend(there.pipeline, there.instance).altered == ()
            check_records(there.pipeline, there.instance)
            assert there.on_disk() == {CELL}
            assert there.run(**ONE).runs == 0, "what another machine has built is not built again"
            _check_reads(there)
            explained = hi(there, "explain", "tiny_1_pct", "--year", "2023-24", "--icb", "E54000010")
            assert (explained.returncode, "from snapshots/tiny/2023-24" in explained.stdout) == (0, True), (
                explained.stdout
            )
            verified = hi(there, "verify")
            assert (verified.returncode, "0 files disagree" in verified.stdout) == (0, True), verified.stderr
            pruned = hi(there, "prune", "--dry-run")
            assert "Would remove 0 objects of the store" in pruned.stdout, pruned.stderr
            write_release(mirror, "2023-24", _revised())
            assert there.run(**ONE).success
            later = here.run(**ONE)
            assert later.success, "its plan is of its last look"
            assert {o.state for o in later.outcomes.values()} == {State.UNCHANGED}, "but each step looks when it begins"
            _check_reads(here)
            assert here.run(**ONE).runs == 0
            assert shared(here.settings.root) == shared(there.settings.root)


def _revised() -> list[list[str]]:
    """The counts of 2023-24 with five more people helped by each board."""
    england, *boards = [[*row[:4], str(int(row[4]) + 5)] for row in rows_of("2023-24")]
    return [[*england[:4], str(sum(int(row[4]) for row in boards))], *boards]


def _check_reads(bench: Bench) -> None:
    """Status, explain and verify say of a machine's copy what they say of a disk."""
    pipeline = bench.pipeline
    pipeline.lake.store.fresh_below(bench.settings.root)
    assert altered_of(pipeline.lake) == ()
    assert pipeline.snapshots.verify() == pipeline.lake.store.verify() == []
    standing = {s.key: s for s in asset_standings(pipeline)}
    assert (standing["indicator", "tiny_1_pct"].built, standing["published", "results"].built) == (1, 1)
    assert read_rows(pipeline, "tiny_1_pct", "2023-24", ("E54000010",))["status"].to_list() == ["ok", "ok"]
    assert pipeline.lake.sweep() == pipeline.snapshots.sweep() == []


def test_a_published_file_that_was_changed_by_hand_is_brought_again(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_STORE", store_url)
    write_release(tmp_path / "mirror", "2023-24")
    with machine(tmp_path / "mirror", tmp_path / "here") as here:
        assert here.run(**ONE).success
        before = shared(here.settings.root)
        path = here.settings.root / "published" / "results.csv"
        path.write_text("x" * path.stat().st_size)
        assert mend(here.pipeline, here.instance).altered
        assert shared(here.settings.root) == before
        assert here.run(**ONE).runs == 0, "nobody has to build it again"


@pytest.mark.slow
def test_two_machines_at_once(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each runs everything from nothing; both end well, with the one result of a run on disk."""
    mirror, alone = tmp_path / "mirror", tmp_path / "alone"
    write_mirror(mirror, later=False)
    undisturbed(mirror, alone)
    monkeypatch.setenv("HI_STORE", store_url)
    both = [start_process(mirror, tmp_path / name) for name in ("a", "b")]
    for process in both:
        go(process)
    ends = [finish(process) for process in both]
    assert [code for code, _ in ends] == [0, 0], ends
    for name in ("a", "b", "c"):
        root = Root(mirror, tmp_path / name)
        assert root.start().altered == ()
        assert root.run() == []
        check_records(root.pipeline, root.instance)
        root.pipeline.lake.store.fresh_below(root.settings.root)
        assert shared(root.settings.root) == shared(alone / "mirror")
        assert root.pipeline.lake.store.verify() == []
        root.close()


def test_hi_says_what_is_wrong_with_a_store(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mirror").mkdir()
    with machine(tmp_path / "mirror", tmp_path / "data") as bench:
        monkeypatch.setenv("HI_STORE", "s3://nobody-made-this/figures")
        refused = hi(bench, "status")
        assert refused.returncode == 2, refused.stderr
        assert "NoSuchBucket: there is no such bucket: make it, or mend HI_STORE" in " ".join(refused.stderr.split())
        doctor = hi(bench, "doctor", "--format", "csv")
        assert (doctor.returncode, "object store,s3://nobody-made-this/figures,fails" in doctor.stdout) == (1, True)


def test_a_doctor_says_whether_a_store_answers(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = f"mirror:{tmp_path}"
    absent = "s3://nobody-made-this/figures"
    monkeypatch.setenv("HI_STORE", absent)
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path / "copy"))
    (found,) = [e for e in examine_places(Settings(source=source)) if e.what == OBJECT_STORE]
    assert (found.state, found.name) == (Standing.FAILS, absent)
    assert "NoSuchBucket" in found.said and found.remedy == "make it, or mend HI_STORE"
    assert not (tmp_path / "copy").exists(), "a doctor changes nothing"
    monkeypatch.setenv("HI_STORE", store_url)
    (found,) = [e for e in examine_places(Settings(source=source)) if e.what == OBJECT_STORE]
    assert (found.state, found.said) == (Standing.GOOD, "holds 0 folders")


def test_a_backup_of_a_disk_is_restored_into_a_store_and_back(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of an installation from disk to a store, and the way back."""
    mirror = tmp_path / "mirror"
    write_release(mirror, "2023-24")
    with machine(mirror, tmp_path / "disk") as bench:
        assert bench.run(**ONE).success
        on_disk = shared(bench.settings.root)
        back_up_root(bench.settings, tmp_path / "of-disk")
    with monkeypatch.context() as patch:
        patch.setenv("HI_STORE", store_url)
        settings = Settings(source=f"mirror:{mirror}", data_dir=tmp_path / "here")
        restore(settings, tmp_path / "of-disk")
        with machine(mirror, tmp_path / "there") as there:
            assert mend(there.pipeline, there.instance).altered == ()
            assert shared(there.settings.root) == on_disk
            assert there.run(**ONE).runs == 0
            assert there.pipeline.lake.store.verify() == []
            back_up_root(there.settings, tmp_path / "of-store")
        with pytest.raises(StoreError, match="is not empty; empty it, or set HI_STORE to another prefix"):
            restore(Settings(source=f"mirror:{mirror}", data_dir=tmp_path / "third"), tmp_path / "of-disk")
        patch.setenv("HI_STORE", f"{store_url}/other")
        (next((tmp_path / "of-disk" / "published").glob("results.csv"))).write_bytes(b"altered")
        with pytest.raises(StoreError, match="is not the file that was backed up"):
            restore(Settings(source=f"mirror:{mirror}", data_dir=tmp_path / "fourth"), tmp_path / "of-disk")
        assert list(Bucket(f"{store_url}/other").list("")) == []
        assert not (tmp_path / "fourth" / "mirror").exists()
    restore(Settings(source=f"mirror:{mirror}", data_dir=tmp_path / "back"), tmp_path / "of-store")
    with machine(mirror, tmp_path / "back") as back:
        assert shared(back.settings.root) == on_disk
        assert back.run(**ONE).runs == 0
