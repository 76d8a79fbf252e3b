"""The command line on declarations of a test."""

from pathlib import Path

import pytest

from hi_pipeline.cli import session
from hi_pipeline.engine.pipeline import Catalogue, Pipeline, open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline.storage.store import Store


def commands_on(folder: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, *, columns: int) -> None:
    """Let every command read the mirror and write the data of a folder, with given declarations, so many wide."""

    def opened(settings: Settings, store: Store) -> Pipeline:
        return open_pipeline(settings, catalogue, store)

    monkeypatch.setattr(session, "open_pipeline", opened)
    monkeypatch.setenv("HI_SOURCE", f"mirror:{folder / 'mirror'}")
    monkeypatch.setenv("HI_DATA_DIR", str(folder / "data"))
    monkeypatch.setenv("COLUMNS", str(columns))
