"""The sample is the same on every run, small, and knows whether it is whole."""

import io
import json
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hi_pipeline.cli.printing import Printer
from hi_pipeline.cli.session import Session
from hi_pipeline.engine.sample_files import is_current, write_sample
from hi_pipeline_tests.unit.sample.contents import FILE, contents, text
from hi_pipeline_tests.unit.sample.sample_files import Sample


def test_size(written: Sample) -> None:
    sizes = [path.stat().st_size for path in written.folder.rglob("*") if path.is_file()]
    # Of it 2.1 MB are the 24 files of monthly maternity statistics, which need twelve months of every board and decile.
    assert sum(sizes) < 14_000_000


def test_a_whole_folder_is_current(written: Sample) -> None:
    assert is_current(written.folder)
    text = json.loads((written.folder / "manifest.json").read_text())
    assert text["note"].startswith("SYNTHETIC")
    assert text["files"] == written.manifest.files


def test_a_changed_missing_or_older_file_is_noticed(written: Sample, tmp_path: Path) -> None:
    assert not is_current(tmp_path)
    shutil.copytree(written.folder, tmp_path, dirs_exist_ok=True)
    first = tmp_path / sorted(written.manifest.files)[0]
    kept = first.read_bytes()
    first.write_bytes(kept + b"\n")
    assert not is_current(tmp_path)
    first.unlink()
    assert not is_current(tmp_path)
    first.write_bytes(kept)
    assert is_current(tmp_path)
    text = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps({**text, "version": "0"}))
    assert not is_current(tmp_path)


def test_the_same_bytes_again_and_nothing_left_of_an_earlier_version(written: Sample, tmp_path: Path) -> None:
    left = tmp_path / "www.example.org" / "old.csv"
    left.parent.mkdir()
    left.write_text("a\n1\n")
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "0", "files": {"www.example.org/old.csv": "0"}}))
    assert write_sample(tmp_path) == written.manifest
    assert (tmp_path / "manifest.json").read_bytes() == (written.folder / "manifest.json").read_bytes()
    assert not left.exists()


def test_the_sums_are_a_mirrors_own_manifest(written: Sample) -> None:
    lines = (written.folder / "SHA256SUMS").read_text().splitlines()
    assert dict(reversed(line.split("  ", 1)) for line in lines) == dict(written.manifest.files)


def test_the_sample_is_as_committed(written: Sample) -> None:
    """On every interpreter: each wrote the same text when the hashes were last renewed."""
    assert text(contents(written.folder)) == FILE.read_text(), (
        "the sample holds other text than was committed; if that is meant, run make docs, read the difference and "
        "commit it. If nothing was changed, it depends on the interpreter: see share_out in sample/chance.py"
    )


def test_of_two_commands_that_begin_together_one_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path))
    ready, written = threading.Barrier(2), []

    def write(folder: Path) -> None:
        written.append(folder)
        time.sleep(0.2)

    monkeypatch.setattr("hi_pipeline.engine.sample_files.write_sample", write)
    monkeypatch.setattr("hi_pipeline.engine.sample_files.is_current", lambda folder: folder in written)

    def begin() -> None:
        ready.wait(timeout=60)
        Session("sample", Printer(file=io.StringIO(), width=80))._write_sample()

    with ThreadPoolExecutor(2) as pool:
        for begun in [pool.submit(begin), pool.submit(begin)]:
            begun.result(timeout=60)
    assert len(written) == 1
