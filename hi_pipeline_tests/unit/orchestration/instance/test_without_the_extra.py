"""The embedded default needs nothing of what several workers need; who asks for them without it is told what to do."""

import os
import subprocess
import sys
from pathlib import Path

BLOCK = """
import sys
for name in ("celery", "dagster_celery", "dagster_postgres", "kombu", "psycopg2", "redis"):
    sys.modules[name] = None
"""
OPEN = """
import hi_pipeline.cli.commands, hi_pipeline.cli.serving, hi_pipeline.orchestration.web.server
from hi_pipeline.core.errors import StoreError
from hi_pipeline.definitions import defs
from hi_pipeline.orchestration.instance.health import examine_records
from hi_pipeline.orchestration.instance.launching import has_workers
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.settings import Settings
try:
    instance = open_instance(Settings())
except StoreError as error:
    print(error)
else:
    print("opened", has_workers(instance))
    instance.dispose()
"""


def opened(folder: Path, profile: str) -> str:
    environment = {
        **os.environ,
        "HI_PROFILE": profile,
        "HI_SOURCE": "sample",
        "HI_DATA_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
    }
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + OPEN], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_the_embedded_default_opens(tmp_path: Path) -> None:
    assert opened(tmp_path, "embedded") == "opened False"


def test_the_other_profiles_name_the_extra(tmp_path: Path) -> None:
    said = opened(tmp_path, "postgres")
    assert "dagster.yaml cannot be used" in said
    assert "pip install 'hi_pipeline[scale]'" in said
