"""One pass over the real files for all back tests of a run."""

from pathlib import Path

import pytest

from hi_pipeline_tests.backtest.real_files import RealFiles
from hi_pipeline_tests.conftest import Once


@pytest.fixture(scope="session")
def real(real_mirror: Path, once: Once) -> RealFiles:
    return RealFiles(real_mirror, once)
