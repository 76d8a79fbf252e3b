"""With the daemon running and both sensors on, a new file in the mirror becomes published figures by itself."""

import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline_tests.flow.conftest import TINY_DEFINITIONS, Bench, Served, open_bench, serving
from hi_pipeline_tests.flow.served import ask
from hi_pipeline_tests.flow.tiny import rows_of, write_release

# A refresh and three layers, each a tick of the daemon (30 s) and a run's start (up to 10 s on a busy machine).
PATIENCE_S = 1_200
START = """
mutation start($selector: SensorSelector!) {
  startSensor(sensorSelector: $selector) { __typename ... on PythonError { message } }
}
"""


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Served]:
    bench = open_bench(tmp_path)
    write_release(bench.mirror, "2021-22")
    assert bench.run().success
    with serving(bench) as port:
        yield Served(bench=bench, port=port)


def _years(bench: Bench) -> dict[str, float]:
    """Return England's count of people seen, by year, as published."""
    path = bench.settings.root / "published" / "results.parquet"
    england = pl.read_parquet(path).filter(area_type="england", measure="value")
    return dict(england.select("financial_year", "denominator").rows())


@pytest.mark.slow
def test_a_new_file_becomes_published_figures_by_itself(alone: Served) -> None:
    bench, port = alone.bench, alone.port
    repository = {"repositoryName": "__repository__", "repositoryLocationName": TINY_DEFINITIONS}
    write_release(bench.mirror, "2022-23")
    for name in ("new_releases", "rebuild_stale"):
        answer = ask(port, START, {"selector": {**repository, "sensorName": name}})["startSensor"]
        assert answer["__typename"] == "Sensor", answer
    expected = float(rows_of("2022-23")[0][3])
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and _years(bench).get("2022-23") != expected:
        time.sleep(2)
    assert _years(bench).get("2022-23") == expected
    assert "2022-23" in bench.built("snapshot", "tiny"), "the records are Dagster's own"
    assert len([cell for cell in bench.built("indicator", "tiny_1_pct") if cell.startswith("2022-23|")]) == 49
