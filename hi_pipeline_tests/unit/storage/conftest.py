"""A mirror's folder, and a disk that is soon full."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hi_pipeline_tests.disks import mounted
from hi_pipeline_tests.unit.storage.releases import Mirror


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", size="400k") as disk:
        yield disk
