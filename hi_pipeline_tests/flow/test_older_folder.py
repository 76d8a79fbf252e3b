"""A data folder of each released version opens with this one: nothing is lost, and what is stale is built again.

To keep that of a new version: ``hi backup`` of a root of the miniature pipeline without its ``dagster`` folder, into
``data_folders/<version>``; in the sidecars of the kept files, the mirror's folder as ``read_from: mirror/...``.
"""

from pathlib import Path

import pytest

from hi_pipeline.engine.verify import altered_of
from hi_pipeline.operating.backup import restore
from hi_pipeline.settings import Settings
from hi_pipeline.storage.root_version import NOW, mark_version, version_of
from hi_pipeline_tests.flow.conftest import open_bench
from hi_pipeline_tests.flow.tiny import write_release

FOLDERS = Path(__file__).parent / "data_folders"
VERSIONS = sorted(path.name for path in FOLDERS.iterdir())
CELL = "2023-24|E54000010"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_folder_of_a_released_version_opens_and_is_built_on(version: str, tmp_path: Path) -> None:
    settings = Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")
    settings.data_dir.mkdir()
    restore(settings, FOLDERS / version)
    write_release(tmp_path / "mirror", "2023-24")
    bench = open_bench(tmp_path)
    try:
        assert not altered_of(bench.pipeline.lake)
        assert not bench.pipeline.snapshots.verify()
        assert bench.on_disk() == {CELL}
        mark_version(bench.pipeline.lake.store)
        assert bench.run(icbs=("E54000010",)).success
        assert bench.on_disk() == {CELL}
        assert version_of(settings.root) == NOW
    finally:
        bench.instance.dispose()


def test_there_is_a_folder_of_this_version() -> None:
    from importlib.metadata import version

    assert version("hi_pipeline") in VERSIONS
