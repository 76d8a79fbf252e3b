"""The sample is the same on every run, small, and knows whether it is whole."""

import json
import shutil
from pathlib import Path

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
