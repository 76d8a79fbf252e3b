"""The sha256 by which every file of a data root is known."""

import hashlib
from pathlib import Path


def hash_of(path: Path) -> str:
    """Return a file's sha256, in hexadecimal digits.

    Raises:
        OSError: it is not there or cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
