"""The embedded list of runs: SQLite as Dagster ships it, whose errors name their file.

Dagster hands SQLite's errors on as they are ("database or disk is full"), with neither a path nor what to do.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import Field, StringSource
from dagster._core.storage.runs import SqliteRunStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from hi_pipeline.core.errors import StoreError

HOME = "DAGSTER_HOME"
# What dagster.yaml may say of our storages: another folder than the one that it lies in.
STORAGE_CONFIG = {"base_dir": Field(StringSource, is_required=False)}


def folder_of(config: Mapping[str, str], *below_home: str) -> str:
    """Return the folder of a database: as dagster.yaml says, else below the folder that DAGSTER_HOME names."""
    return config.get("base_dir") or str(Path(os.environ[HOME], *below_home))


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn a failed access to a database into an error that names it and says what to do."""
    try:
        yield
    except OperationalError as error:
        raise StoreError(
            f"{path}: could not be read or written: {error.orig}; make room on that disk, or look at the folder's "
            "permissions, and run again. Data files are whole; records that are missing are made up for then."
        ) from error


class NamingSqliteRunStorage(SqliteRunStorage):
    """SQLite list of runs; same file, same tables."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "NamingSqliteRunStorage":
        """Return the storage that dagster.yaml describes (the parent would return its own class)."""
        return cls.from_local(inst_data=inst_data, base_dir=folder_of(config_value, "history"))

    @classmethod
    def config_type(cls) -> Any:
        """Return what dagster.yaml may say."""
        return STORAGE_CONFIG

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a connection in a transaction."""
        with naming(Path(self._conn_string.removeprefix("sqlite:///"))), super().connect() as connection:
            yield connection
