"""Keyed digests: one a root, steady, and nothing where there is no key."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.bucket import Bucket
from hi_pipeline.storage.keyed import KEY_FILE, keyed, make_key
from hi_pipeline.storage.object_store import ObjectStore
from hi_pipeline.storage.store import Store

SHA256 = "ab" * 32


def test_a_root_keeps_its_key_and_another_root_has_another(tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    for root in roots:
        root.mkdir()
        make_key(Store(root))
    first, second = (keyed(root, SHA256) for root in roots)
    assert len(first) == 64 and len({first, second, SHA256, keyed(roots[0], "cd" * 32)}) == 4
    make_key(Store(roots[0]))
    assert keyed(roots[0], SHA256) == first


def test_without_a_key_nothing_is_told(tmp_path: Path) -> None:
    assert keyed(tmp_path, SHA256) == ""


@pytest.mark.parametrize("content", ["no digits", "abcd"])
def test_a_damaged_key_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content)
    with pytest.raises(StoreError, match=KEY_FILE):
        keyed(tmp_path, SHA256)


def test_two_machines_that_make_the_key_at_once_have_one(tmp_path: Path, store_url: str) -> None:
    stores = [ObjectStore(tmp_path / name, Bucket(store_url)) for name in ("one", "two")]
    for store in stores:
        store.look()
    for store in stores:
        make_key(store)
    first, second = ((store.root / KEY_FILE).read_text() for store in stores)
    assert first == second
