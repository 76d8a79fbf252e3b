"""Databases of records are opened by an address in which the characters of a folder's name mean nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hi_pipeline.core.errors import StoreError
from hi_pipeline.operating.backup import _copy_database
from hi_pipeline.orchestration.instance.health import _database
from hi_pipeline.orchestration.instance.revisions import _revision


@pytest.mark.parametrize("name", ["Team #3", "a%41", "what? a folder"])
def test_a_folder_of_any_name_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    good, bad = folder / "good.db", folder / "bad.db"
    with closing(sqlite3.connect(good)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('abc')")
        connection.commit()
    bad.write_bytes(b"no database at all, " * 200)
    assert _revision(good) == "abc"
    assert _database(good) is None and _database(bad) is not None
    _copy_database(good, folder / "copy.db")
    assert _revision(folder / "copy.db") == "abc"
    with pytest.raises(StoreError, match="cannot be copied"):
        _copy_database(bad, folder / "other.db")
    assert {p.name for p in tmp_path.iterdir()} == {name}, "no stray file beside the folder"
