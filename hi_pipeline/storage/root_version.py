"""Which program may open a data folder: the numbers of its layout and of its result contract.

The numbers stand in ``data-folder.json`` of the root. A folder without it is of the first version (2026-11).
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.store import Store

# How files lie in a root: raised when an older program could not read what this one writes.
LAYOUT = 1
# Of the columns of a result, ``core.columns.RESULTS``: raised with each released change of them; a test holds both.
CONTRACT = 1
VERSION_FILE = "data-folder.json"


@dataclass(frozen=True, kw_only=True)
class RootVersion:
    """The numbers of a data folder, or of a backup of one."""

    layout: int = 1
    contract: int = 1

    def check(self, where: Path) -> None:
        """Refuse what a newer program wrote; what an older one wrote can be read.

        Raises:
            StoreError: this program does not know one of the numbers.
        """
        for word, found, known in (("layout", self.layout, LAYOUT), ("result contract", self.contract, CONTRACT)):
            if not 1 <= found <= known:
                raise StoreError(
                    f"{where}: its {word} has the number {found}, and this version of hi knows 1 to {known}: a newer "
                    "hi wrote it. Nothing was read or changed. Install that version, or set HI_DATA_DIR"
                )


NOW = RootVersion(layout=LAYOUT, contract=CONTRACT)


def version_of(root: Path) -> RootVersion:
    """Return the numbers of a data folder.

    Raises:
        StoreError: the file that holds them is not what this program writes.
    """
    path = root / VERSION_FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return RootVersion(layout=int(facts["layout"]), contract=int(facts["contract"]))
    except (FileNotFoundError, NotADirectoryError):
        return RootVersion()
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"{path}: is not what this program writes ({error}); restore it from the last backup, or remove it if no "
            "newer hi has written here"
        ) from error


def mark_version(store: Store) -> None:
    """Write this program's numbers into a data root that it is about to write to.

    Raises:
        StoreError: a newer program wrote there, or the file cannot be written.
    """
    root = store.root
    store.fresh(root)
    version_of(root).check(root)
    if not (root / VERSION_FILE).is_file() or version_of(root) != NOW:
        store.write(root, {VERSION_FILE: (json.dumps(asdict(NOW), sort_keys=True) + "\n").encode()})
