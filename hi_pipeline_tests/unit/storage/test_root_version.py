"""A data folder says which program may open it."""

import hashlib
from pathlib import Path

import pytest

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.errors import StoreError
from hi_pipeline.engine.pipeline import open_store
from hi_pipeline.settings import Settings
from hi_pipeline.storage.root_version import CONTRACT, NOW, RootVersion, mark_version, version_of
from hi_pipeline.storage.store import Store

# By number of the contract, the columns as released. Until 0.1.0 is released, renew the line; then raise CONTRACT.
COLUMNS = {1: "8db340e785797637"}


def test_a_change_of_the_columns_raises_the_number_of_the_contract() -> None:
    columns = " ".join(f"{name}:{dtype}" for name, dtype in RESULTS.items())
    assert hashlib.sha256(columns.encode()).hexdigest()[:16] == COLUMNS[CONTRACT]


def test_a_folder_without_numbers_is_of_the_first_version(tmp_path: Path) -> None:
    assert version_of(tmp_path) == RootVersion(layout=1, contract=1)


def test_numbers_are_written_and_read(tmp_path: Path) -> None:
    mark_version(Store(tmp_path))
    assert version_of(tmp_path) == NOW


@pytest.mark.parametrize("numbers", ['{"layout": 99, "contract": 1}', '{"layout": 1, "contract": 99}'])
def test_a_folder_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path, numbers: str) -> None:
    settings = Settings(source="live", data_dir=tmp_path)
    settings.root.mkdir()
    (settings.root / "data-folder.json").write_text(numbers)
    with pytest.raises(StoreError, match="has the number 99, and this version of hi knows 1 to 1"):
        open_store(settings)
    with pytest.raises(StoreError, match="newer hi"):
        mark_version(Store(settings.root))
    assert (settings.root / "data-folder.json").read_text() == numbers


@pytest.mark.parametrize("text", ["", "[]", '{"layout": "a"}'])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "data-folder.json").write_text(text)
    with pytest.raises(StoreError, match="is not what this program writes"):
        version_of(tmp_path)
