"""The Dagster instance of a data root: its dagster.yaml, opened with telemetry off and a batched event log."""

import hashlib
import os
import re
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._check import CheckError
from yaml import YAMLError

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.profiles import dagster_yaml
from hi_pipeline.orchestration.instance.revisions import check_revisions
from hi_pipeline.orchestration.instance.run_storage import HOME, naming
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.locks import locked

Instance = dg.DagsterInstance

_DATABASES = ("history", "schedules")
_INSTALL = "For PostgreSQL and Celery: pip install 'hi_pipeline[scale]'"
# The file as hi wrote it before, renewed where nobody has edited it: until 2026-11 with the folder's path twice in it,
# and then without the run coordinator that names who started a run.
_FORMER_PATH = re.compile(r"(?m)^(    base_dir: ).*(/history(?:/runs)?)$")
_FORMER_SHA256 = (
    "4753b0e8f4a89e3bfc33679e3f540bed1f052e35f11c72ba6e509aa5e1e53ec7",
    "0a61960ad10a6e563daf297a70433bd5afc8e7b7eb136d9a021c7663dc7d6f1c",
)


def prepare_home(settings: Settings) -> Path:
    """Write the profile's dagster.yaml where there is none, and return the instance's folder."""
    home = settings.dagster_home
    path = home / "dagster.yaml"
    if not path.is_file() or _is_former(path.read_bytes()):
        home.mkdir(parents=True, exist_ok=True)
        write_bytes(path, dagster_yaml(settings.profile).encode())
    return home


def _is_former(content: bytes) -> bool:
    plain = _FORMER_PATH.sub(r"\1\2", content.decode(errors="replace"))
    return hashlib.sha256(plain.encode()).hexdigest() in _FORMER_SHA256


def open_home(home: Path) -> dg.DagsterInstance:
    """Open the instance that a folder's dagster.yaml describes.

    Raises:
        StoreError: the file cannot be used, or the databases cannot be read or written; names them.
    """
    try:
        with _as_home(home), naming(home / _DATABASES[0]):
            return dg.DagsterInstance.from_config(str(home))
    except (dg.DagsterError, CheckError, YAMLError, UnicodeDecodeError) as error:
        is_text = not isinstance(error, UnicodeDecodeError)
        said = " ".join(str(error).split()) if is_text else "it is not written in UTF-8"
        missing = isinstance(error.__context__, ModuleNotFoundError)
        remedy = _INSTALL if missing else "Mend it, or move it away to have the usual one written"
        raise StoreError(f"{home / 'dagster.yaml'} cannot be used: {said}. {remedy}.") from error


@contextmanager
def _as_home(home: Path) -> Iterator[None]:
    """Let dagster.yaml mean a folder, whatever the environment names."""
    before = os.environ.get(HOME)
    os.environ[HOME] = str(home)
    try:
        yield
    finally:
        if before is None:
            del os.environ[HOME]
        else:
            os.environ[HOME] = before


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the persistent instance of a data root; make it where there is none.

    One process after the other: Dagster's databases do not bear being made by two at once, nor being left half made.

    Raises:
        StoreError: its files cannot be read or written, or a newer Dagster wrote them; names them.

    """
    with locked(settings.root / "locks", "dagster"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        home = prepare_home(settings)
        begun = home / "being_made"
        if begun.exists():
            # Whoever made it died on the way, before anything was recorded.
            for folder in _DATABASES:
                shutil.rmtree(home / folder, ignore_errors=True)
        check_revisions(home)
        is_new = not (home / _DATABASES[0]).exists()
        if is_new:
            write_bytes(begun, b"")
        instance = open_home(home)
        if is_new:
            begun.unlink()
    return instance
