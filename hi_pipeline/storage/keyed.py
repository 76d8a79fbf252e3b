"""Digests of files whose content must not be guessed: with a key that stays in the data folder.

A file of counts is known but for a few of them, and what is shown leaves little room: whoever has its plain sha256 can
try them all (2026-11: ten million tries, 16 s). So what leaves the data folder says a keyed digest, which tells two
files apart and nothing else.
"""

import hmac
import secrets
from pathlib import Path

from hi_pipeline.core.errors import Overtaken, StoreError
from hi_pipeline.storage.locks import locked
from hi_pipeline.storage.store import Store

KEY_FILE = "extracts-key.txt"
_KEY_BYTES = 32


def make_key(store: Store) -> None:
    """Make the key of a data root, once; where several make it at the same time, the first one's is everybody's.

    Raises:
        StoreError: it cannot be written.
    """
    with locked(store.locks, "extracts-key"):
        over = store.newest(store.root)
        if (store.root / KEY_FILE).is_file():
            return
        try:
            store.write(store.root, {KEY_FILE: f"{secrets.token_hex(_KEY_BYTES)}\n".encode()}, over=over)
        except Overtaken:
            store.newest(store.root)


def keyed(root: Path, sha256: str) -> str:
    """Return 64 digits that stand for a sha256 in this data root; "" where it has no key.

    Raises:
        StoreError: the key is not what this program writes.
    """
    path = root / KEY_FILE
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except ValueError as error:
        raise StoreError(f"{path}: is not what this program writes ({error}); restore it from a backup") from error
    if len(key) != _KEY_BYTES:
        raise StoreError(f"{path}: holds {len(key)} bytes, expected {_KEY_BYTES}; restore it from a backup")
    return hmac.new(key, sha256.encode(), "sha256").hexdigest()
