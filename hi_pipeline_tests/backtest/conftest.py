"""One pass over the real files for all back tests of a session."""

from pathlib import Path

import pytest

from hi_pipeline_tests.backtest.real_files import RealFiles


@pytest.fixture(scope="session")
def real(real_mirror: Path) -> RealFiles:
    return RealFiles(real_mirror)
