"""Mirrors that are folders: ``<folder>/<host>/<decoded path>``; links may lead out of it only where that is asked."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.storage.atomic import Staged

MANIFEST = "SHA256SUMS"
_CHUNK = 1 << 20
_TRIES = 2


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Bytes that came and are not kept yet: a temporary file and what was said about it."""

    staged: Staged
    sha256: str
    size: int
    read_from: str
    etag: str | None = None
    last_modified: str | None = None
    stamp: str | None = None


class FolderMirror:
    """Reads a mirror's folder; links that lead out of it are followed only where the operator says so."""

    def __init__(self, folder: Path, *, follows_links: bool = False) -> None:
        self.folder = folder
        self._follows = follows_links

    def locate(self, mirror_file: str, *, where: str) -> Path:
        """Return the file at a place of the mirror.

        Raises:
            ReleaseUnavailable: there is no such file, or it is a link to nothing.
            FetchError: the mirror itself is not there, or the place leads out of it (by a link, too) or, as a link to
                itself, nowhere.
        """
        if not self.folder.is_dir():
            raise FetchError(f"{where}: the mirror {self.folder} is no folder; set HI_SOURCE=mirror:<folder>")
        place = PurePosixPath(mirror_file)
        if place.is_absolute() or ".." in place.parts:
            raise FetchError(f"{where}: the mirror path {mirror_file!r} leads out of the mirror; mend the declaration")
        path = self.folder / place
        if not self._holds(path, where=where):
            raise FetchError(
                f"{where}: {path} is, or lies behind, a link to {path.resolve()}, which is not in the mirror; refused. "
                "Put the file itself there, or set HI_MIRROR_LINKS=follow if you trust whoever can write to the mirror"
            )
        if path.is_file():
            return path
        why = f"is a link to {path.readlink()}, which is not there" if path.is_symlink() else "is not there"
        raise ReleaseUnavailable(f"{where}: {path} {why}; it runs when the file appears")

    def listing(self, host: str) -> tuple[str, ...]:
        """Return the places (host and decoded path) of all files of a host, in order.

        Links to folders are left out, and so is a host that is itself a link which ``locate`` would refuse.
        """
        start = self.folder / host
        try:
            if not self._holds(start, where=host):
                return ()
        except FetchError:
            return ()
        found = [Path(folder) / name for folder, _, names in os.walk(start) for name in names]
        return tuple(sorted(path.relative_to(self.folder).as_posix() for path in found))

    def _holds(self, path: Path, *, where: str) -> bool:
        """Tell whether a path stays in the mirror with all links followed; the mirror itself may be one.

        Raises:
            FetchError: nobody can say where it leads, such as a link to itself.
        """
        if self._follows:
            return True
        try:
            return path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, RuntimeError) as error:  # before Python 3.13 a link to itself is a RuntimeError
            raise FetchError(
                f"{where}: {path} is, or lies behind, a link that leads nowhere ({error}). Put the file itself there"
            ) from error

    def manifest(self, mirror_file: str) -> str | None:
        """Return the sha256 that the mirror's own manifest (``SHA256SUMS``) gives for a file, if it has one.

        Raises:
            FetchError: the manifest is a link that leads out of the mirror, or nowhere.
        """
        if not self._holds(self.folder / MANIFEST, where=mirror_file):
            raise FetchError(
                f"{self.folder / MANIFEST} is a link that leads out of the mirror; refused. Put the file itself there, "
                "or set HI_MIRROR_LINKS=follow"
            )
        try:
            lines = (self.folder / MANIFEST).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        hashes = {name.strip().removeprefix("*"): digest for digest, _, name in (line.partition(" ") for line in lines)}
        return hashes.get(mirror_file)


def stamp_of(path: Path) -> str:
    """Return size and time of change of a file, links followed."""
    now = path.stat()
    return f"{now.st_size}:{now.st_mtime_ns}"


def copy_in(path: Path, target: Path, *, max_bytes: int, where: str) -> Arrival:
    """Copy a file to a temporary one beside its later place, hashing on the way.

    Raises:
        FetchError: larger than declared, or it changes while it is read.
    """
    for _ in range(_TRIES):
        stamp = stamp_of(path)
        arrival = _copy_once(path, target, stamp, max_bytes=max_bytes, where=where)
        if stamp_of(path) == stamp:
            return arrival
        arrival.staged.discard()
    raise FetchError(f"{where}: {path} changes while it is read; wait until it is complete and run again")


def _copy_once(path: Path, target: Path, stamp: str, *, max_bytes: int, where: str) -> Arrival:
    digest, size = hashlib.sha256(), 0
    staged = Staged(target)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    raise FetchError(
                        f"{where}: {path} is larger than the {max_bytes:,} bytes that the release may have; if that is "
                        "right, raise max_bytes in the source's source.py"
                    )
                digest.update(chunk)
                staged.write(chunk)
    except OSError as error:
        staged.discard()
        raise FetchError(f"{where}: {path} cannot be read ({error})") from error
    except BaseException:
        staged.discard()
        raise
    return Arrival(staged=staged, sha256=digest.hexdigest(), size=size, read_from=str(path), stamp=stamp)
