"""A year of an installation on the miniature pipeline: its looks, its releases, a prune; then it is still small."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from hi_pipeline.engine.layers.clean import fetch_release
from hi_pipeline.engine.verify import altered_of
from hi_pipeline.operating.superseded import remove, superseded_files
from hi_pipeline.orchestration.instance.retention import old_runs, remove_runs
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.orchestration.requests import request_newest
from hi_pipeline.storage.store import Store
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import YEARS, rows_of, write_release

# A look a week for monthly, one a month for annual, one a quarter for irregular publications.
LOOKS = {"weekly": 52, "monthly": 12, "quarterly": 4}
RELEASES = 30
# As docs/operators.md says.
LARGEST_RECORDS, LARGEST_ROOT = 30_000_000, 35_000_000


def look(bench: Bench, job: dg.JobDefinition) -> None:
    """Do what a schedule and the daemon do: ask for the newest year, although nothing has changed."""
    source = bench.pipeline.catalogue.sources["tiny"]
    (request,) = request_newest(source, reason="schedule")
    done = job.execute_in_process(
        instance=bench.instance,
        partition_key=request.partition_key,
        tags=dict(request.tags),
        asset_selection=request.asset_selection,
    )
    assert done.success


def release(bench: Bench, number: int) -> None:
    """New bytes of a year come, are accepted, built and published."""
    source, year = bench.pipeline.catalogue.sources["tiny"], YEARS[number % len(YEARS)]
    boards = len(rows_of(year)) - 1
    rows = [[*row[:4], str(int(row[4]) + (number if row[1] else number * boards))] for row in rows_of(year)]
    write_release(bench.mirror, year, rows)
    fetch_release(bench.pipeline, source, source.release(year))
    bench.pipeline.snapshots.accept_kept(source, source.release(year))
    assert bench.run(years=(year,)).success


def days() -> list[str]:
    """Return the year's looks and releases in an even mixture."""
    found = [(number / many, what) for what, many in {**LOOKS, "release": RELEASES}.items() for number in range(many)]
    return [what for _, what in sorted(found)]


def size_of(folder: Path, pattern: str = "*") -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


@pytest.mark.slow
def test_a_year_stays_small_after_a_prune(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    assert bench.run().success
    job = build_definitions(bench.settings, pipeline=bench.pipeline).resolve_job_def("refresh_release")
    plan, released, half_a_year = days(), 0, datetime.now(UTC)
    for number, what in enumerate(plan):
        if number == len(plan) // 2:
            half_a_year = datetime.now(UTC)
        if what == "release":
            released += 1
            release(bench, released)
        else:
            look(bench, job)
    assert released == RELEASES
    built = {
        layer: bench.built(*layer.split("/")) for layer in ("clean/tiny", "linked/tiny_counts", "indicator/tiny_1_pct")
    }
    root, records = bench.settings.root, bench.settings.dagster_home
    before = size_of(records, "*.db*")

    old = old_runs(bench.instance, before=half_a_year)
    assert len(old.run_ids) > len(plan) // 2
    remove_runs(bench.instance, old, before=half_a_year)
    store = Store(root)
    remove(store, superseded_files(store, before=half_a_year))

    assert size_of(records, "*.db*") < 0.6 * before
    assert size_of(records, "*.db*") < LARGEST_RECORDS
    assert size_of(root) < LARGEST_ROOT
    for layer, partitions in built.items():
        assert bench.built(*layer.split("/")) == partitions
    assert not altered_of(bench.pipeline.lake)
    assert not bench.pipeline.snapshots.verify()
    assert not bench.run().runs, "everything is still built from what is there"
