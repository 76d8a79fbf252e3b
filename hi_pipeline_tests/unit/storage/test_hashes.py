"""A file is known by the sha256 of its bytes."""

import hashlib
from pathlib import Path

import pytest

from hi_pipeline.storage.hashes import hash_of


def test_the_hash_of_a_file(tmp_path: Path) -> None:
    content = b"a" * 3_000_000
    (tmp_path / "file").write_bytes(content)
    assert hash_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()
    with pytest.raises(FileNotFoundError):
        hash_of(tmp_path / "none")
