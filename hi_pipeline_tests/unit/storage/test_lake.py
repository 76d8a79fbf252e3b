"""The lake: the same bytes every time, whole files or none, sidecars that tell the truth."""

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage import atomic
from hi_pipeline.storage.lake import Item, Lake, to_parquet
from hi_pipeline.storage.locks import locked
from hi_pipeline_tests.unit.storage.lake_writer import frame_of, items_of, provenance_of

REPOSITORY = Path(__file__).parents[3]
WRITER = [sys.executable, "-m", "hi_pipeline_tests.unit.storage.lake_writer"]
PLACE = {"layer": "clean", "name": "qof", "parts": ("2023-24", "observations")}
KEY = ("clean", "qof", "2023-24", "observations")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "data")


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_what_is_written_is_read_with_its_provenance(lake: Lake) -> None:
    given = provenance_of(1)
    written = lake.write(frame_of(1), given, **PLACE)
    assert lake.read(*KEY).equals(frame_of(1))
    assert written == replace(given, rows=20_000, sha256=written.sha256)
    assert lake.provenance(*KEY) == written
    assert lake.exists(*KEY)
    assert lake.path(*KEY) == lake.root / "clean/qof/2023-24/observations.parquet"
    assert files_below(lake.root) == {f"clean/qof/2023-24/observations.parquet{end}" for end in ("", ".json")}
    assert lake.verify() == []


def test_a_layer_may_hold_a_single_file(lake: Lake) -> None:
    lake.write(frame_of(1), provenance_of(1), layer="published", name="results", parts=())
    assert lake.path("published", "results") == lake.root / "published/results.parquet"


def test_the_same_frame_gives_the_same_bytes(lake: Lake) -> None:
    whole = frame_of(1)
    pieces = pl.concat([whole[:7], whole[7:]], rechunk=False)
    assert pieces.n_chunks() == 2
    assert to_parquet(whole) == to_parquet(pieces)
    first = lake.write(whole, provenance_of(1), **PLACE)
    sidecar = lake.path(*KEY).with_suffix(".parquet.json")
    text = sidecar.read_bytes()
    assert lake.write(pieces, provenance_of(1), **PLACE) == first
    assert sidecar.read_bytes() == text


def test_parts_are_listed_in_order(lake: Lake) -> None:
    assert lake.parts("indicator", "made_up") == []
    lake.write_many(reversed(items_of(1)))
    assert lake.parts("indicator", "made_up") == [("2023-24", f"E{n}") for n in range(6)]


def test_many_are_written_in_their_order_and_over_several_batches(lake: Lake) -> None:
    def items():
        for n in range(300):
            part = (f"{2000 + n % 7}", f"E{n:03}")
            frame = pl.DataFrame({"n": [n]})
            yield Item(frame=frame, provenance=provenance_of(n), layer="indicator", name="x", parts=part)

    written = lake.write_many(items())
    assert [p.inputs for p in written] == [provenance_of(n).inputs for n in range(300)]
    assert lake.read("indicator", "x", "2003", "E003").item() == 3
    assert len(lake.parts("indicator", "x")) == 300
    assert lake.verify() == []


def test_what_is_not_built_says_what_to_do(lake: Lake) -> None:
    assert lake.provenance(*KEY) is None
    assert not lake.exists(*KEY)
    with pytest.raises(StoreError, match=r"observations.parquet: not built yet; run the step"):
        lake.read(*KEY)


def test_a_damaged_file_is_an_error_that_names_it(lake: Lake) -> None:
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    lake.path(*KEY).write_bytes(b"PAR1 but not really")
    with pytest.raises(StoreError, match=r"observations.parquet: cannot be read"):
        lake.read(*KEY)


def test_verify_names_what_is_wrong(lake: Lake) -> None:
    lake.write_many(items_of(1))
    first, second, third = (lake.path("indicator", "made_up", "2023-24", f"E{n}") for n in range(3))
    first.unlink()
    second.write_bytes(b"x")
    third.with_suffix(".parquet.json").write_text("{}")
    wrong = lake.verify()
    assert len(wrong) == 3
    assert f"{first}.json: the file it describes is missing" in wrong[2]
    assert f"{second}: sha256" in wrong[0]
    assert f"{third}: no readable sidecar" in wrong[1]


@pytest.mark.parametrize("part", ["", "..", ".hidden", "a/b", "a\\b", "a\0"])
def test_a_part_cannot_leave_its_folder(lake: Lake, part: str) -> None:
    with pytest.raises(StoreError, match="cannot be a name in the lake"):
        lake.path("clean", "qof", part)


def test_a_new_file_never_counts_with_an_old_sidecar(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop between the two renames: not built, until the next start finishes the second one."""
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    _die_before_sidecar(lake, monkeypatch)
    assert lake.read(*KEY).equals(frame_of(2))
    assert lake.provenance(*KEY) is None
    assert len(lake.verify()) == 1
    (gone,) = Lake(lake.root).sweep()
    assert gone.name.startswith(".observations.parquet.json.")
    assert lake.provenance(*KEY).inputs == provenance_of(2).inputs
    assert lake.verify() == []


def _die_before_sidecar(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    with _dying_at_rename(1, monkeypatch), pytest.raises(KeyboardInterrupt):
        lake.write(frame_of(2), provenance_of(2), **PLACE)


@contextmanager
def _dying_at_rename(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stop as a kill does: so many renames are done, the temporary files of the others lie there unlocked."""
    commit, done = atomic.Staged.commit, []

    def stop(self: atomic.Staged, path: Path | None = None) -> None:
        if len(done) == number:
            raise KeyboardInterrupt
        commit(self, path)
        done.append(self.path)

    with monkeypatch.context() as patch:
        patch.setattr(atomic.Staged, "commit", stop)
        patch.setattr(atomic.Staged, "discard", lambda self: self.file.close())
        yield


@pytest.mark.parametrize("renames", range(6))
@pytest.mark.parametrize("before", [False, True], ids=["first", "again"])
def test_tables_of_one_part_never_look_whole_when_one_of_them_is_not(
    lake: Lake, renames: int, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of which there is no trace would not be missed: a part is the tables that lie in its folder."""
    tables = ("areas", "names", "observations")

    def items(generation: int) -> list[Item]:
        given = provenance_of(generation)
        frame = pl.DataFrame({"n": [generation]})
        return [Item(frame=frame, provenance=given, layer="clean", name="x", parts=("2023-24", t)) for t in tables]

    if before:
        lake.write_many(items(1))
    with _dying_at_rename(renames, monkeypatch), pytest.raises(KeyboardInterrupt):
        lake.write_many(items(2))
    for _ in ("before the sweep", "after it"):
        found = {part: lake.provenance("clean", "x", *part) for part in lake.parts("clean", "x")}
        if found and None not in found.values():
            assert len(found) == len(tables)
        lake.sweep()
    lake.write_many(items(2))
    assert lake.verify() == []


def test_a_sidecar_without_its_data_is_dropped(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    stale = atomic.stage(lake.path(*KEY).with_suffix(".parquet.json"), provenance_of(3).to_json().encode())
    stale.file.close()
    assert lake.sweep() == [stale.temporary]
    assert lake.provenance(*KEY).inputs == provenance_of(1).inputs


def test_temporary_files_of_the_living_are_left_alone(lake: Lake) -> None:
    alive = atomic.stage(lake.path(*KEY), b"half")
    assert not alive.temporary.name.endswith(".parquet")
    assert lake.sweep() == []
    assert alive.temporary.exists()
    alive.file.close()  # what the kernel does when a process dies
    assert lake.sweep() == [alive.temporary]
    assert files_below(lake.root) == set()


def test_a_write_that_fails_leaves_the_old_file(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    before = files_below(lake.root)

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StoreError, match=r"observations.parquet: could not be written: Input/output error"):
        lake.write(frame_of(2), provenance_of(2), **PLACE)
    assert files_below(lake.root) == before
    assert lake.read(*KEY).equals(frame_of(1))


def test_every_file_and_folder_is_synced(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    lake.write_many(items_of(1))
    assert len([name for name in synced if ".parquet." in name and ".json." not in name]) == 6
    assert len([name for name in synced if ".json." in name]) == 6
    assert synced.count("2023-24") == 1


def test_a_file_larger_than_allowed_loses_nothing(lake: Lake) -> None:
    """The kernel refuses the bytes, as it does on a full disk."""
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    before = files_below(lake.root)
    script = (
        "import resource, signal, sys; from pathlib import Path;"
        "from hi_pipeline.storage.lake import Lake;"
        "from hi_pipeline_tests.unit.storage.lake_writer import frame_of, provenance_of;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        "Lake(Path(sys.argv[1])).write(frame_of(2), provenance_of(2), layer='clean', name='qof',"
        " parts=('2023-24', 'observations'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, lake.root], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert "StoreError" in done.stderr
    assert "observations.parquet: could not be written: File too large; make room" in done.stderr
    assert files_below(lake.root) == before
    assert lake.read(*KEY).equals(frame_of(1))
    assert lake.verify() == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20_000


def test_a_full_disk_is_named_and_loses_nothing(small_disk: Path) -> None:
    lake = Lake(small_disk / "data")
    lake.write(pl.DataFrame({"n": range(1_000)}), provenance_of(1), **PLACE)
    before = files_below(small_disk)
    big = pl.DataFrame({"text": [f"row {n * 7919 % 99991}" for n in range(100_000)]})
    with pytest.raises(StoreError, match=r"data/clean/qof/2023-24/obs.*No space left on device; make room"):
        lake.write(big, provenance_of(2), **PLACE)
    assert files_below(small_disk) == before
    assert lake.read(*KEY).height == 1_000
    assert lake.verify() == []
    lake.write(pl.DataFrame({"n": range(2_000)}), provenance_of(3), **PLACE)
    assert lake.read(*KEY).height == 2_000


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from hi_pipeline.storage.locks import locked\n"
        "with locked(Path(sys.argv[1]), 'x'): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with (
        pytest.raises(subprocess.TimeoutExpired),
        subprocess.Popen([sys.executable, "-c", script, tmp_path], cwd=REPOSITORY, stdout=subprocess.DEVNULL) as waiter,
    ):
        try:
            waiter.wait(timeout=0.7)
        finally:
            waiter.kill()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(tmp_path, "x"):
        pass


def test_two_writers_at_once_end_with_one_whole_result(lake: Lake) -> None:
    writers = [subprocess.Popen([*WRITER, lake.root, str(first), "15"], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
               for first in (100, 200)]  # fmt: skip
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    assert lake.verify() == []
    for part in lake.parts("indicator", "made_up"):
        (generation,) = lake.read("indicator", "made_up", *part)["generation"].unique()
        assert generation in (114, 214)
        assert lake.provenance("indicator", "made_up", *part).inputs == provenance_of(generation).inputs
    assert len(lake.parts("indicator", "made_up")) == 6
    assert not [name for name in files_below(lake.root) if name.endswith(".tmp")]


@pytest.mark.parametrize("change", ["damaged", "rewritten", "gone", "without sidecar"])
def test_what_another_process_changes_is_seen_at_once(lake: Lake, change: str) -> None:
    """Sidecars and hashes are remembered, for as long as it is the same file."""
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    path, other = lake.path(*KEY), Lake(lake.root)
    assert lake.provenance(*KEY).inputs == provenance_of(1).inputs
    if change == "damaged":
        path.write_bytes(bytes(path.stat().st_size))
    elif change == "rewritten":
        other.write(frame_of(2), provenance_of(2), **PLACE)
    else:
        (path if change == "gone" else path.with_suffix(".parquet.json")).unlink()
    if change == "rewritten":
        assert lake.provenance(*KEY).inputs == provenance_of(2).inputs
    else:
        assert lake.provenance(*KEY) is None
        lake.write(frame_of(1), provenance_of(1), **PLACE)
        assert lake.provenance(*KEY).inputs == provenance_of(1).inputs


def test_the_sidecar_is_plain_json_without_a_clock(lake: Lake) -> None:
    lake.write(frame_of(1), provenance_of(1), **PLACE)
    facts = json.loads(lake.path(*KEY).with_suffix(".parquet.json").read_text())
    assert facts["rows"] == 20_000
    assert not [name for name in facts if "time" in name or name.endswith("_at")]
