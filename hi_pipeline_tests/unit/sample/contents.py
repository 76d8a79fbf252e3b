"""What the sample holds, as one hash a publication.

``make docs`` writes the file anew; read the difference before committing it. Archives and workbooks count by their
members, because the same text is packed into other bytes by another build of zlib.
"""

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path

from hi_pipeline.engine.sample_files import write_sample
from hi_pipeline.sources import SOURCES

FILE = Path(__file__).parent / "contents.json"


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of each publication's files, names included, by its source; "" holds what is of no release."""
    owners = {release.mirror_file: name for name, source in SOURCES.items() for release in source.releases}
    digests = {name: hashlib.sha256() for name in ["", *SOURCES]}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_file() and "/" in place:
            for name, data in _members(path):
                digests[owners.get(place, "")].update(f"{place}/{name} {len(data)}\n".encode() + data)
    return {name: digest.hexdigest() for name, digest in digests.items()}


def _members(path: Path) -> list[tuple[str, bytes]]:
    if not zipfile.is_zipfile(path):
        return [("", path.read_bytes())]
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def text(found: dict[str, str]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        write_sample(Path(temporary))
        FILE.write_text(text(contents(Path(temporary))))
