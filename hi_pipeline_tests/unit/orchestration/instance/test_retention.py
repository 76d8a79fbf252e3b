"""A year of looks and releases, pruned: what is newest of each thing stays, the rest goes and gives its room back."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent, StepMaterializationData
from dagster._core.events.log import EventLogEntry

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.instance.retention import old_runs, remove_runs
from hi_pipeline.settings import Settings

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BOARDS = [f"E540{n:05}" for n in range(49)]
CHECK = dg.AssetKey(["published", "results"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(source="live", data_dir=tmp_path)


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    made = open_instance(settings)
    yield made
    made.dispose()


def make_run(
    instance: dg.DagsterInstance, day: datetime, status: dg.DagsterRunStatus = dg.DagsterRunStatus.SUCCESS
) -> str:
    run = dg.DagsterRun(job_name="a_job", run_id=str(uuid.uuid4()), status=status)
    instance.run_storage.add_historical_run(run, day)
    return run.run_id


def store(instance: dg.DagsterInstance, run_id: str, day: datetime, event: DagsterEvent) -> None:
    instance.event_log_storage.store_event(
        EventLogEntry(
            error_info=None, level=20, user_message="", run_id=run_id, timestamp=day.timestamp(), step_key="a",
            job_name="a_job", dagster_event=event,
        )
    )  # fmt: skip


def release(instance: dg.DagsterInstance, day: datetime, indicator: str, year: str) -> str:
    """A run that builds an indicator's cells of a year, with records of the size of real ones."""
    run_id, key = make_run(instance, day), dg.AssetKey(["indicator", indicator])
    for board in BOARDS:
        partition = f"{year}|{board}"
        planned = AssetMaterializationPlannedData(key, partition=partition)
        store(
            instance, run_id, day, DagsterEvent("ASSET_MATERIALIZATION_PLANNED", "a_job", event_specific_data=planned)
        )
        made = dg.AssetMaterialization(key, partition=partition, metadata={"facts": "x" * 3000})
        store(
            instance, run_id, day,
            DagsterEvent("ASSET_MATERIALIZATION", "a_job", event_specific_data=StepMaterializationData(made)),
        )  # fmt: skip
    return run_id


def look(instance: dg.DagsterInstance, day: datetime) -> str:
    """A run that judges an asset."""
    run_id = make_run(instance, day)
    evaluation = dg.AssetCheckEvaluation(CHECK, "freshness", True, {"found": dg.MetadataValue.text("x" * 500)})
    event = DagsterEvent("ASSET_CHECK_EVALUATION", "a_job", event_specific_data=evaluation)
    store(instance, run_id, day, event)
    return run_id


def size_of(settings: Settings) -> int:
    return sum(path.stat().st_size for path in settings.dagster_home.rglob("*.db*"))


def test_a_year_ends_under_its_size_and_every_newest_record_stays(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    start = NOW - timedelta(days=365)
    looks = [look(instance, start + timedelta(days=7 * n)) for n in range(52)]
    looks += [look(instance, start + timedelta(days=30 * n, hours=1)) for n in range(12)]
    looks += [look(instance, start + timedelta(days=91 * n, hours=2)) for n in range(4)]
    # 30 releases: a yearly one of its own year in the spring, the rest monthly editions of the same year.
    once = release(instance, start, "yearly_pct", "2023-24")
    monthly = [release(instance, start + timedelta(days=12 * n), "monthly_pct", "2025-26") for n in range(1, 30)]
    instance.event_log_storage.flush()  # type: ignore[attr-defined]
    before = size_of(settings)

    limit = NOW - timedelta(days=180)
    old = old_runs(instance, before=limit)
    assert once not in old.run_ids
    assert monthly[-1] not in old.run_ids
    assert old.kept == 1
    assert set(old.run_ids) < {*looks, *monthly}
    remove_runs(instance, old, before=limit)
    instance.dispose()

    again = open_instance(settings)
    try:
        for name, year in (("yearly_pct", "2023-24"), ("monthly_pct", "2025-26")):
            key = dg.AssetKey(["indicator", name])
            assert set(again.get_materialized_partitions(key)) == {f"{year}|{board}" for board in BOARDS}
        assert again.get_latest_materialization_event(dg.AssetKey(["indicator", "yearly_pct"]))
        check = dg.AssetCheckKey(CHECK, "freshness")
        found = again.event_log_storage.get_latest_asset_check_execution_by_key([check])
        assert found[check].run_id in looks
        assert again.get_runs_count() == 98 - len(old.run_ids)
        left = {path.stem for path in settings.dagster_home.rglob("history/runs/*.db")}
        assert not left & set(old.run_ids)
        assert size_of(settings) < 0.65 * before
        # As in docs/operators.md.
        assert size_of(settings) < 30_000_000
    finally:
        again.dispose()


def test_runs_that_have_not_ended_or_are_young_stay(instance: dg.DagsterInstance) -> None:
    make_run(instance, NOW - timedelta(days=400), dg.DagsterRunStatus.STARTED)
    young = make_run(instance, NOW - timedelta(days=10))
    old = make_run(instance, NOW - timedelta(days=400), dg.DagsterRunStatus.FAILURE)
    assert old_runs(instance, before=NOW - timedelta(days=180)).run_ids == (old,)
    assert young not in old_runs(instance, before=NOW - timedelta(days=180)).run_ids


def test_a_planned_check_does_not_let_its_last_answer_go(instance: dg.DagsterInstance) -> None:
    answered = look(instance, NOW - timedelta(days=400))
    planned = make_run(instance, NOW)
    event = DagsterEvent(
        "ASSET_CHECK_EVALUATION_PLANNED",
        "a_job",
        event_specific_data=AssetCheckEvaluationPlanned(asset_key=CHECK, check_name="freshness"),
    )
    store(instance, planned, NOW, event)
    assert answered not in old_runs(instance, before=NOW - timedelta(days=180)).run_ids


def test_nothing_goes_while_a_run_goes_on(instance: dg.DagsterInstance) -> None:
    make_run(instance, NOW - timedelta(days=400))
    make_run(instance, NOW, dg.DagsterRunStatus.STARTED)
    old = old_runs(instance, before=NOW - timedelta(days=180))
    with pytest.raises(StoreError, match="wait for its end"):
        remove_runs(instance, old, before=NOW - timedelta(days=180))
    assert instance.get_runs_count() == 2
