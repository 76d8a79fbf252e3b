"""Zip archives: names and sizes looked at before anything is unpacked, the real size counted while it is."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from hi_pipeline.core.errors import ArchiveError
from hi_pipeline.storage.limits import LIMITS, Limits

_CHUNK = 1 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_IF_RIGHT = "If the publisher's file is that large, raise the limit in storage/limits.py"
_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def open_zip(path: Path, *, limits: Limits = LIMITS) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose list of members is sound.

    Raises:
        ArchiveError: truncated or no zip at all; a member that escapes, links, is encrypted, occurs twice or is
            larger than it may be.
    """
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise ArchiveError(f"{path}: there is no such file") from None
    except BROKEN as error:
        raise ArchiveError(
            f"{path.name}: not a whole zip archive ({error}); it is truncated or something else. Fetch it again."
        ) from error
    with archive:
        _check_list(archive.infolist(), path.name, limits)
        yield archive


def files_of(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of an archive's files in order, folders left out."""
    return sorted(info.filename for info in archive.infolist() if not info.is_dir())


def read_member(archive: zipfile.ZipFile, name: str, *, where: str, limits: Limits = LIMITS) -> bytes:
    """Unpack one member, no more than its cap.

    Raises:
        ArchiveError: damaged, larger than allowed, or itself an archive.
    """
    data = b"".join(chunks_of(archive, name, where=where, limits=limits))
    if data.startswith(_MAGIC):
        raise ArchiveError(f"{where}: the member is itself an archive; nested archives are not opened")
    return data


def chunks_of(archive: zipfile.ZipFile, name: str, *, where: str, limits: Limits = LIMITS) -> Iterator[bytes]:
    """Unpack one member piece by piece, counting what really comes out.

    Raises:
        ArchiveError: damaged, or larger than allowed.
    """
    size = 0
    try:
        with archive.open(name) as member:
            while chunk := member.read(_CHUNK):
                size += len(chunk)
                if size > limits.member_bytes:
                    raise ArchiveError(f"{where}: unpacks to more than {limits.member_bytes:,} bytes")
                yield chunk
    except BROKEN as error:
        raise ArchiveError(f"{where}: the member is damaged ({error}). Fetch the archive again.") from error


def _check_list(infos: list[zipfile.ZipInfo], where: str, limits: Limits) -> None:
    if len(infos) > limits.members:
        raise ArchiveError(f"{where}: {len(infos)} members, at most {limits.members} are allowed. {_IF_RIGHT}")
    seen: set[str] = set()
    for info in infos:
        _check_name(info, where)
        _check_size(info, where, limits)
        if info.filename.lower() in seen:
            raise ArchiveError(
                f"{where}: member {info.filename!r} occurs twice; which one is meant cannot be known. Fetch it again"
            )
        seen.add(info.filename.lower())
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        raise ArchiveError(
            f"{where}: unpacks to {total:,} bytes, at most {limits.total_bytes:,} are allowed. {_IF_RIGHT}"
        )


def _check_name(info: zipfile.ZipInfo, where: str) -> None:
    name = info.orig_filename
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or not name.isprintable():
        raise ArchiveError(f"{where}: member {name!r} has an absolute, escaping or unprintable name")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"{where}: member {name!r} is a link or a device, not a file")
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{where}: member {name!r} is encrypted")
    if info.compress_type not in _METHODS:
        raise ArchiveError(f"{where}: member {name!r} is packed by method {info.compress_type}, expected deflate")


def _check_size(info: zipfile.ZipInfo, where: str, limits: Limits) -> None:
    if info.file_size > limits.member_bytes:
        raise ArchiveError(
            f"{where}: member {info.filename!r} unpacks to {info.file_size:,} bytes, at most "
            f"{limits.member_bytes:,} are allowed. {_IF_RIGHT}"
        )
    if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(info.compress_size, 1):
        raise ArchiveError(
            f"{where}: member {info.filename!r} is {info.file_size / max(info.compress_size, 1):,.0f} times its packed "
            f"size, at most {limits.ratio} times is allowed; this is a decompression bomb"
        )
