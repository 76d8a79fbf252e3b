"""Where the files of a data root are kept, a folder at a time: here on this machine's disk.

Whatever reads or writes snapshots and tables goes through this seam and then works with files of a folder. On disk the
folder is the truth. With an object store (``storage.object_store``) it is a working copy: brought up to date before it
is read, and changed only after the store has taken the change.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.atomic import Staged, reporting, stage, sync_folder

# Says in a data folder which object store it is the working copy of.
WORKING_COPY = "working-copy.json"
Names = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """How much was removed, or would be."""

    count: int
    bytes: int


class Store:
    """The folders of a data root on disk."""

    # Whether a sidecar that a dead writer left beside its data may be put into place (see ``Lake.sweep``).
    finishes = True

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.locks = self.root / "locks"

    def look(self) -> None:
        """See what other machines have written since the last look; on disk there is nothing to do."""

    def fresh(self, folder: Path) -> None:
        """Bring the files of a folder to what was seen at the last look."""

    def fresh_below(self, folder: Path) -> None:
        """Bring a folder and all below it to what was seen at the last look."""

    def newest(self, folder: Path) -> Names | None:
        """Look at one folder now and bring it up to date; return the sha256 of its files by name, None on disk.

        Given to ``place`` it says what a change rests on. On disk a lock keeps others away meanwhile.
        """
        return None

    def place(self, folder: Path, files: Mapping[str, Staged], *, over: Names | None = None) -> Names | None:
        """Put synced temporary files into their places, in the order given.

        Args:
            folder: where; the temporary files lie there.
            files: by name.
            over: what ``newest`` said: the files of these names must still be those.

        Returns:
            What ``newest`` would say now.

        Raises:
            Overtaken: another writer has changed one of the names meanwhile; nothing was changed.
            StoreError: naming what could not be written.
        """
        for name, file in files.items():
            file.commit(folder / name)
        sync_folder(folder)
        return None

    def write(self, folder: Path, files: Mapping[str, bytes], *, over: Names | None = None) -> Names | None:
        """Write small files of a folder, each whole or not at all; see ``place``."""
        with discarding() as staged:
            for name, data in files.items():
                staged.append(stage(folder / name, data))
            for file in staged:
                file.sync()
            return self.place(folder, dict(zip(files, staged, strict=True)), over=over)

    def remove(self, folder: Path, names: Collection[str]) -> None:
        """Remove files of a folder, in the order given; those that are not there do not count.

        Raises:
            StoreError: naming the file that could not be removed.
        """
        for name in names:
            with reporting(folder / name):
                (folder / name).unlink(missing_ok=True)
        if folder.is_dir():
            sync_folder(folder)

    def refuse_careless(self) -> None:
        """Refuse an object store in which one machine could overwrite what another wrote."""

    def repair(self) -> None:
        """Make the working copy what the store says, file by file; on disk there is nothing to compare with."""

    def clear(self, *, before: datetime, dry_run: bool) -> Cleared:
        """Remove what an object store held before a moment and no list needs any more; on disk there is no such thing.

        Args:
            before: what was written later stays, as somebody may still read it, or be about to name it.
            dry_run: only say how much it is.
        """
        return Cleared(count=0, bytes=0)

    def verify(self) -> list[str]:
        """Read what the store keeps back; return one line for each object that is not what it should be."""
        return []


@contextmanager
def discarding() -> Iterator[list[Staged]]:
    """Yield a list for temporary files; on an error those that are not in their places are gone."""
    staged: list[Staged] = []
    try:
        yield staged
    except BaseException:
        for file in staged:
            file.discard()
        raise


def refuse_working_copy(root: Path) -> None:
    """Refuse a data folder that is the working copy of an object store, where none is set.

    Raises:
        StoreError: it is one.
    """
    if (root / WORKING_COPY).is_file():
        raise StoreError(
            f"{root}: is the working copy of an object store ({WORKING_COPY} names it), and HI_STORE is not set. "
            "Set HI_STORE, or set HI_DATA_DIR to another folder"
        )
