"""A data root in a temporary folder, with the miniature pipeline on it."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.cli.serving import start, stop
from hi_pipeline.engine.pipeline import Catalogue, Pipeline, open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.engine.sample_files import write_sample
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.settings import Settings
from hi_pipeline_tests.conftest import Once
from hi_pipeline_tests.flow.served import free_port, wait_until_up
from hi_pipeline_tests.flow.tiny import (
    WRONG_BOARD,
    YEARS,
    make_catalogue,
    rows_of,
    with_too_many_helped,
    write_release,
)

TINY_DEFINITIONS = "hi_pipeline_tests.flow.tiny_definitions"


@dataclass
class Bench:
    """One data root: its mirror, its pipeline and its instance."""

    mirror: Path
    settings: Settings
    pipeline: Pipeline
    instance: dg.DagsterInstance

    def run(self, **selection: object) -> Report:
        return Runner(self.pipeline, self.instance, module=TINY_DEFINITIONS).run(Selection(**selection))  # type: ignore[arg-type]

    def on_disk(self, indicator_id: str = "tiny_1_pct") -> set[str]:
        """Cells whose rows stand in the files of an indicator."""
        return set(cells_of(self.pipeline, indicator_id))

    def built(self, layer: str, name: str) -> set[str]:
        """Partitions that Dagster knows as materialised."""
        return set(self.instance.get_materialized_partitions(dg.AssetKey([layer, name])))


def cells_of(pipeline: Pipeline, indicator_id: str) -> dict[str, str]:
    """Return the hash of each cell's rows, by the cell's key."""
    return {
        f"{year}|{icb}": known.sha256
        for year in pipeline.cells.parts(indicator_id)
        for icb, known in pipeline.cells.provenance(indicator_id, year).items()
    }


def _settings(folder: Path) -> Settings:
    return Settings(source=f"mirror:{folder / 'mirror'}", data_dir=folder / "data")


def open_bench(folder: Path, catalogue: Catalogue | None = None) -> Bench:
    mirror = folder / "mirror"
    mirror.mkdir(parents=True, exist_ok=True)
    settings = _settings(folder)
    pipeline = open_pipeline(settings, catalogue or make_catalogue())
    return Bench(mirror=mirror, settings=settings, pipeline=pipeline, instance=open_instance(settings))


@pytest.fixture(scope="session")
def empty_home(once: Once) -> Path:
    """Dagster's home with its databases made and empty: making them takes longer than many a test."""

    def make(folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            open_bench(folder).instance.dispose()

    return _settings(once("home", make)).dagster_home


@pytest.fixture
def bench(tmp_path: Path, empty_home: Path) -> Iterator[Bench]:
    shutil.copytree(empty_home, _settings(tmp_path).dagster_home)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        made = open_bench(tmp_path)
        yield made
        made.instance.dispose()


@pytest.fixture(scope="session")
def sample(once: Once) -> Path:
    """The folder of the embedded sample; tests link its files and never write to them."""
    return once("sample", write_sample)


@dataclass
class Served:
    """The miniature pipeline with Dagster's webserver and daemon running on it.

    Built before: 2021-22 and 2022-23 for one board; in 2023-24 another board's row is wrong, so its cell failed.
    """

    bench: Bench
    port: int


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    bench = open_bench(tmp_path_factory.mktemp("served"))
    for year in YEARS:
        rows = rows_of(year)
        if year == "2023-24":
            rows = with_too_many_helped(rows, WRONG_BOARD)
        write_release(bench.mirror, year, rows)
    bench.run(icbs=("E54000008",))
    bench.run(years=("2023-24",), icbs=(WRONG_BOARD,))
    with serving(bench) as port:
        yield Served(bench=bench, port=port)


@contextmanager
def serving(bench: Bench, *, read_only: bool = False) -> Iterator[int]:
    """Run Dagster's webserver and daemon on a data root; yields the port, and nothing is left running."""
    port = free_port()
    children = start(bench.settings, port, module_name=TINY_DEFINITIONS, read_only=read_only)
    try:
        wait_until_up(port)
        yield port
    finally:
        stop(children)
        bench.instance.dispose()
    assert all(child.poll() is not None for child in children)
