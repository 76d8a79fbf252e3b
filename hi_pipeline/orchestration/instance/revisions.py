"""Whether Dagster's databases are of a revision that the installed Dagster knows.

Dagster itself does not look: it opens the databases of a newer version, and fails later at some column (2026-11, 1.13).
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from dagster._core.storage import alembic

from hi_pipeline.core.errors import StoreError

_REVISION = re.compile(r'(?m)^revision = "(\w+)"')


def check_revisions(home: Path) -> None:
    """Refuse databases that a newer Dagster has changed.

    Raises:
        StoreError: names the database.
    """
    paths = [home / "history" / "runs.db", home / "history" / "runs" / "index.db", home / "schedules" / "schedules.db"]
    found = {path: revision for path in paths if path.is_file() and (revision := _revision(path))}
    unknown = set(found.values()) - _known() if found else set()
    for path, revision in found.items():
        if revision in unknown:
            raise StoreError(
                f"{path}: its schema is of revision {revision}, which the installed Dagster does not know: a newer one "
                "wrote it. Nothing was changed. Install the newer version of hi, or restore the backup from before it"
            )


def _known() -> set[str]:
    folder = Path(next(iter(alembic.__path__))) / "versions"
    return {match[1] for path in folder.glob("*.py") if (match := _REVISION.search(path.read_text(encoding="utf-8")))}


def _revision(path: Path) -> str:
    """Return a database's revision, "" where it says none or cannot be read (whoever opens it then says why)."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""
