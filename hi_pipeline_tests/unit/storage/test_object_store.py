"""An object store that machines share: a change is there whole or not at all, and of two writers nobody loses."""

import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import Overtaken, StoreError
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.cells import CellFiles
from hi_pipeline.storage.lake import Lake
from hi_pipeline.storage.lists import Lists
from hi_pipeline.storage.object_store import ObjectStore
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline.storage.store import WORKING_COPY, Store, refuse_working_copy
from hi_pipeline_tests.unit.storage.cells_writer import ROWS, YEARS, cell_of, cells_of, files_in
from hi_pipeline_tests.unit.storage.releases import CSV, OTHER, Mirror, source_of
from hi_pipeline_tests.unit.storage.store_writer import files_on, lake_on

REPOSITORY = Path(__file__).parents[3]
YEAR = YEARS[0]
PLACE = ("clean", "qof", "2023-24", "observations")
LATER = timedelta(days=1)


def frame_of(number: int) -> pl.DataFrame:
    return pl.DataFrame({"n": [number] * 3})


def write(lake: Lake, number: int, *, name: str = "observations") -> Provenance:
    made = Provenance(inputs=(), code_version=str(number), schema_version="1")
    return lake.write(frame_of(number), made, layer="clean", name="qof", parts=("2023-24", name))


def generations(root: Path, url: str) -> dict[str, dict[str, int]]:
    """By year the generation of each cell that counts as built; its rows are all there and of that one."""
    files: CellFiles = files_on(root, url)
    found: dict[str, dict[str, int]] = {}
    for year in files.parts("made_up"):
        for name, known in files.provenance("made_up", year).items():
            rows = files.read("made_up", year, [name])
            assert (rows.height, rows["generation"].n_unique()) == (ROWS, 1)
            found.setdefault(year, {})[name] = rows["generation"][0]
            assert known.inputs == cell_of(name, rows["generation"][0]).provenance.inputs
    return found


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for layer in ("clean", "indicator", "snapshots")
        for path in sorted((root / layer).rglob("*"))
        if path.is_file() and path.name != ".generation"
    }


def test_the_bytes_are_those_of_a_run_on_disk(tmp_path: Path, store_url: str) -> None:
    disk, here, there = tmp_path / "disk", tmp_path / "here", tmp_path / "there"
    write(Lake(disk), 1)
    write(lake_on(here, store_url), 1)
    files_in(disk).write("made_up", cells_of(["a", "b"], 1))
    files_on(here, store_url).write("made_up", cells_of(["a", "b"], 1))
    other = lake_on(there, store_url)
    other.store.fresh_below(there)
    assert tree(disk) == tree(here) == tree(there) != {}
    assert other.verify() == other.store.verify() == []


def test_another_machine_sees_a_change_at_its_next_look(tmp_path: Path, store_url: str) -> None:
    here, there = lake_on(tmp_path / "here", store_url), lake_on(tmp_path / "there", store_url)
    write(here, 1)
    assert there.read(*PLACE).equals(frame_of(1))
    made = write(here, 2)
    assert there.read(*PLACE).equals(frame_of(1)), "a process reads one state until it looks again"
    there.store.look()
    assert there.provenance(*PLACE) == made
    assert there.read(*PLACE).equals(frame_of(2))
    assert here.read(*PLACE).equals(frame_of(2))


def test_what_one_machine_removes_is_gone_on_another(tmp_path: Path, store_url: str) -> None:
    here, there = lake_on(tmp_path / "here", store_url), lake_on(tmp_path / "there", store_url)
    write(here, 1)
    write(here, 1, name="row_index")
    assert len(there.parts("clean", "qof")) == 2
    here.remove("clean", "qof", "2023-24", "row_index")
    there.store.look()
    for lake in (here, there):
        assert lake.parts("clean", "qof") == [("2023-24", "observations")]
        assert not lake.exists("clean", "qof", "2023-24", "row_index")


def test_of_two_changes_of_one_state_the_second_is_refused(tmp_path: Path, store_url: str) -> None:
    here, there = lake_on(tmp_path / "here", store_url).store, lake_on(tmp_path / "there", store_url).store
    folders = [store.root / "snapshots" / "a" / "b" for store in (here, there)]
    over = [store.newest(folder) for store, folder in zip((here, there), folders, strict=True)]
    here.write(folders[0], {"current.json": b"1"}, over=over[0])
    with pytest.raises(Overtaken, match="another writer"):
        there.write(folders[1], {"current.json": b"2"}, over=over[1])
    there.write(folders[1], {"other.json": b"3"}, over=over[1])
    assert (folders[1] / "current.json").read_bytes() == b"1", "another file of the folder is not in the way"
    assert not list(there.root.rglob("*.tmp"))


def test_the_loser_of_two_writers_of_a_file_reads_again_and_nothing_is_lost(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = files_on(tmp_path / "here", store_url), files_on(tmp_path / "there", store_url)
    here.write("made_up", cells_of(["a"], 1))
    create, creations = Lists.create, []

    def between(lists: Lists, folder: str, listed: object) -> bool:
        """Let the other machine write just before this one creates its list."""
        creations.append(folder)
        if len(creations) == 1:
            there.write("made_up", cells_of(["a", "b"], 2))
        return create(lists, folder, listed)  # type: ignore[arg-type]

    monkeypatch.setattr(Lists, "create", between)
    here.write("made_up", cells_of(["a"], 3))
    assert len(creations) == 3, "one was refused and tried again"
    assert generations(tmp_path / "third", store_url) == {year: {"a": 3, "b": 2} for year in YEARS}
    lists = Lists(Bucket(store_url))
    second, third = (lists.read("indicator/made_up", number).names for number in (2, 3))
    assert second.keys() == third.keys() and not set(second.values()) & set(third.values())
    assert lists.highest() == {"indicator/made_up": 3}, "what the other wrote is there as a generation of its own"


def test_many_writers_at_once_each_keep_their_cells(tmp_path: Path, store_url: str) -> None:
    def work(name: str) -> None:
        files = files_on(tmp_path / name, store_url)
        for generation in range(1, 4):
            files.write("made_up", cells_of([name], generation))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, "abc"))
    assert generations(tmp_path / "other", store_url) == {year: dict.fromkeys("abc", 3) for year in YEARS}


def test_a_put_that_was_taken_although_its_answer_was_lost_counts_once(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeated request finds its own object there: that is no other writer."""
    create = Lists.create
    monkeypatch.setattr(Lists, "create", lambda *args: create(*args) and False)
    files_on(tmp_path / "here", store_url).write("made_up", cells_of(["a"], 1))
    lists = Lists(Bucket(store_url))
    assert lists.highest() == {"indicator/made_up": 1}
    assert generations(tmp_path / "there", store_url)[YEAR] == {"a": 1}


def test_a_writer_that_stops_before_the_list_leaves_the_old_state(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = lake_on(tmp_path / "here", store_url)
    write(here, 1)
    before = tree(tmp_path / "here")

    def cut_off(*args: object) -> bool:
        raise StoreError("the network is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Lists, "create", cut_off)
        with pytest.raises(StoreError, match="the network is gone"):
            write(here, 2)
    assert tree(tmp_path / "here") == before
    assert lake_on(tmp_path / "there", store_url).read(*PLACE).equals(frame_of(1))
    assert here.sweep() == []
    assert write(here, 2).rows == 3


def test_a_copy_that_was_cut_off_or_changed_by_hand_is_brought_again(tmp_path: Path, store_url: str) -> None:
    here = lake_on(tmp_path / "here", store_url)
    write(here, 1)
    path = here.path(*PLACE)
    for spoil in (path.unlink, path.with_name(".generation").unlink, lambda: shutil.rmtree(path.parent)):
        spoil()
        assert lake_on(tmp_path / "here", store_url).read(*PLACE).equals(frame_of(1))
    path.write_bytes(bytes(path.stat().st_size))
    again = lake_on(tmp_path / "here", store_url)
    assert again.provenance(*PLACE) is None
    again.store.repair()
    assert again.read(*PLACE).equals(frame_of(1))


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_whole_states_and_another_goes_on(tmp_path: Path, store_url: str) -> None:
    files_on(tmp_path / "a", store_url).write("made_up", cells_of(["a", "b"], 1))
    for trial in range(2):
        writer = [sys.executable, "-m", "hi_pipeline_tests.unit.storage.store_writer"]
        process = subprocess.Popen(
            [*writer, str(tmp_path / "a"), store_url, str(2 + trial * 1000), "1000", "a"],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        files_on(tmp_path / "b", store_url).write("made_up", cells_of(["b"], 5 + trial))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = [generations(tmp_path / name, store_url) for name in (f"new{trial}", "a", "b")]
        assert found[0] == found[1] == found[2]
        assert {year: cells["b"] for year, cells in found[0].items()} == dict.fromkeys(YEARS, 5 + trial)
        assert len({cells["a"] for cells in found[0].values()}) == 1, "the years of one write are there together"
        lake = lake_on(tmp_path / "a", store_url)
        lake.sweep()
        assert lake.verify() == lake.store.verify() == []
        assert not list((tmp_path / "a").rglob("*.tmp"))


def snapshots_on(mirror: Mirror, root: Path, url: str) -> Snapshots:
    store = ObjectStore(root, Bucket(url))
    return Snapshots(root, mode="mirror", mirror=str(mirror.folder), contact="a@b.uk", store=store)


def test_kept_files_and_their_revisions_are_shared(tmp_path: Path, store_url: str) -> None:
    mirror = Mirror(tmp_path)
    here, there = (snapshots_on(mirror, tmp_path / name, store_url) for name in ("here", "there"))
    mirror.put(CSV)
    kept = here.fetch(*source_of())
    assert there.fetch(*source_of()).sha256 == kept.sha256
    mirror.put(OTHER)
    revised = there.fetch(*source_of())
    assert revised.revised and revised.path.read_bytes() == OTHER
    here.store.look()
    found = here.latest("made_up", "2023-24")
    assert found is not None and (found.sha256, found.revised) == (revised.sha256, True)
    assert [s.path.read_bytes() for s in here.history("made_up", "2023-24")] == [CSV, OTHER]
    here.accept_kept(*source_of())
    there.store.look()
    settled = there.latest("made_up", "2023-24")
    assert settled is not None and not settled.revised
    assert here.verify() == there.verify() == []


def test_two_machines_that_fetch_at_once_decide_one_after_the_other(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = Mirror(tmp_path)
    here, there = (snapshots_on(mirror, tmp_path / name, store_url) for name in ("here", "there"))
    mirror.put(CSV)
    here.fetch(*source_of())
    get = Snapshots._get

    def slow(store: Snapshots, *args: object, **how: object) -> object:
        """While here has decided nothing yet, there takes the publisher's revision in and accepts it."""
        arrival = get(store, *args, **how)  # type: ignore[arg-type]
        if store is here:
            monkeypatch.setattr(Snapshots, "_get", get)
            there.fetch(*source_of())
            there.accept_kept(*source_of())
        return arrival

    monkeypatch.setattr(Snapshots, "_get", slow)
    mirror.put(OTHER)
    found = here.fetch(*source_of())
    assert found.path.read_bytes() == OTHER
    assert not found.revised, "what was accepted elsewhere meanwhile stays accepted"


def test_what_the_store_lost_or_changed_is_said(tmp_path: Path, store_url: str) -> None:
    here = lake_on(tmp_path / "here", store_url)
    made = write(here, 1)
    bucket = Bucket(store_url)
    other = tmp_path / "other"
    other.write_bytes(b"other bytes")
    key = f"objects/{made.sha256[:2]}/{made.sha256}"
    bucket.put(key, other)
    (line,) = here.store.verify()
    assert "clean/qof/2023-24/observations.parquet" in line and "other bytes" in line
    with pytest.raises(StoreError, match="other bytes than the name says"):
        lake_on(tmp_path / "there", store_url).read(*PLACE)
    bucket.delete([key])
    assert "are gone" in here.store.verify()[0]
    with pytest.raises(StoreError, match="restore the bucket"):
        lake_on(tmp_path / "there", store_url).read(*PLACE)
    bucket.delete([found.key for found in bucket.list("")])
    with pytest.raises(StoreError, match="the bucket was emptied or restored"):
        write(lake_on(tmp_path / "here", store_url), 2)


def test_only_what_nobody_can_need_is_cleared(tmp_path: Path, store_url: str) -> None:
    here = lake_on(tmp_path / "here", store_url)
    for number in (1, 2, 3):
        write(here, number)
    count = len(list(Bucket(store_url).list("")))
    store, now = here.store, datetime.now(UTC)
    assert store.clear(before=now - LATER, dry_run=False).count == 0, "it may still be read"
    assert store.clear(before=now + LATER, dry_run=True).count == 6, "two lists, and data and sidecar of each"
    assert len(list(Bucket(store_url).list(""))) == count
    assert store.clear(before=now + LATER, dry_run=False).count == 6
    assert store.clear(before=now + LATER, dry_run=False).count == 0
    there = lake_on(tmp_path / "there", store_url)
    assert there.read(*PLACE).equals(frame_of(3))
    assert there.store.verify() == []
    write(there, 1)
    here.store.look()
    assert here.read(*PLACE).equals(frame_of(1)), "bytes that were cleared away can be written again"
    assert Lists(Bucket(store_url)).highest() == {"clean/qof/2023-24": 4}


def test_a_data_folder_belongs_to_one_store_or_to_none(tmp_path: Path, store_url: str) -> None:
    built = tmp_path / "built"
    write(Lake(built), 1)
    with pytest.raises(StoreError, match="built without an object store"):
        lake_on(built, store_url)
    lake_on(tmp_path / "copy", store_url)
    assert (tmp_path / "copy" / WORKING_COPY).is_file()
    with pytest.raises(StoreError, match="is the working copy of s3://"):
        lake_on(tmp_path / "copy", f"{store_url}/elsewhere")
    with pytest.raises(StoreError, match="HI_STORE is not set"):
        refuse_working_copy(tmp_path / "copy")
    refuse_working_copy(built)


def test_a_store_that_ignores_the_condition_is_refused(
    tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store: Store = lake_on(tmp_path, store_url).store
    store.refuse_careless()
    store.refuse_careless()
    monkeypatch.setattr(Bucket, "create", lambda self, key, data: True)
    with pytest.raises(StoreError, match="ignores If-None-Match"):
        store.refuse_careless()


def test_a_list_cannot_name_a_file_outside_its_folder(tmp_path: Path, store_url: str) -> None:
    Bucket(store_url).create(
        "lists/clean/qof/2023-24/generation-0000000001.json",
        b'{"generation": 1, "files": {"../../x": {"sha256": "00", "size": 1}}}',
    )
    with pytest.raises(StoreError, match="cannot be one; nothing was read"):
        lake_on(tmp_path, store_url).exists(*PLACE)
