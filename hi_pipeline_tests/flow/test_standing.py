"""Stale partitions and overdue releases show as checks in the UI, without a run of their assets."""

from dataclasses import replace
from datetime import date
from typing import Any

import dagster as dg

from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.checks import judge
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, make_catalogue, rows_of, with_too_many_helped, write_release

TODAY = date(2024, 1, 1)


def _check(bench: Bench, layer: str, name: str, check: str) -> tuple[bool, str, Any]:
    """Return whether a check passed when it was last asked, its severity and its metadata."""
    key = dg.AssetCheckKey(dg.AssetKey([layer, name]), check)
    (record,) = bench.instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
    assert record.event is not None
    found = record.event.dagster_event.asset_check_evaluation_data  # type: ignore[union-attr]
    return found.passed, found.severity.value, found.metadata


def _rebuild(bench: Bench) -> Report:
    return Runner(bench.pipeline, bench.instance).run(Selection(stale=True))


def test_a_new_release_makes_what_rests_on_it_stale_and_only_that_is_rebuilt(bench: Bench) -> None:
    for year in ("2021-22", "2022-23"):
        write_release(bench.mirror, year)
    assert bench.run().success
    assert _check(bench, "clean", "tiny", "stale_partitions")[0]
    assert _rebuild(bench).runs == 0, "nothing is stale"

    changed = [[*row[:4], str(int(row[4]) + 1)] for row in rows_of("2022-23")]
    changed[0][4] = str(sum(int(row[4]) for row in changed[1:]))
    write_release(bench.mirror, "2022-23", changed)
    Runner(bench.pipeline, bench.instance).fetch(Selection())
    passed, severity, metadata = _check(bench, "clean", "tiny", "stale_partitions")
    assert (passed, severity) == (False, "WARN")
    assert "1 partitions are stale" in metadata["found"].value
    assert "| 2022-23 | its releases changed |" in metadata["first_failing_rows"].value

    report = _rebuild(bench)
    assert report.success
    assert {part for (key, part) in report.outcomes if key[0] != "published" for part in [part.split("|")[0]]} == {
        "2022-23"
    }
    assert len(report.outcomes) == 1 + 1 + 49 + 1
    for layer, name in (("clean", "tiny"), ("linked", "tiny_counts"), ("indicator", "tiny_1_pct")):
        assert _check(bench, layer, name, "stale_partitions")[0], (layer, name)
    assert _rebuild(bench).runs == 0


def test_a_newer_program_makes_figures_stale(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    bench.run()
    (indicator,) = make_catalogue().indicators
    newer = replace(make_catalogue(), indicators=(replace(indicator, version="2"),))
    bench.pipeline.catalogue = newer
    judge(bench.pipeline, bench.instance, today=TODAY)
    passed, _, metadata = _check(bench, "indicator", "tiny_1_pct", "stale_partitions")
    assert not passed
    assert metadata["failing_rows"].value == 49
    assert "built by an older program" in metadata["first_failing_rows"].value


def test_a_table_that_the_parser_no_longer_gives_goes_and_nothing_stays_stale(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    catalogue = make_catalogue()
    (source,) = catalogue.sources.values()

    def with_more(raw: RawTables, release: Release) -> Tables:
        tables = source.parse(raw, release)
        return {**tables, "more": tables["observations"]}

    schemas = {**source.schemas, "more": source.schemas["observations"]}
    older = replace(source, parse=with_more, schemas=schemas, parser_version="0")
    bench.pipeline = open_pipeline(bench.settings, replace(catalogue, sources={"tiny": older}))
    assert bench.run().success
    assert bench.pipeline.lake.parts("clean", "tiny") == [("2021-22", "more"), ("2021-22", "observations")]
    bench.pipeline = open_pipeline(bench.settings, catalogue)
    assert _rebuild(bench).success
    assert bench.pipeline.lake.parts("clean", "tiny") == [("2021-22", "observations")]
    assert not list(bench.settings.root.glob("clean/tiny/*/more*"))
    assert _rebuild(bench).runs == 0


def test_a_cell_that_failed_is_stale_and_says_so(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24")
    bench.run()
    write_release(bench.mirror, "2023-24", with_too_many_helped(rows_of("2023-24"), WRONG_BOARD))
    bench.run()
    passed, _, metadata = _check(bench, "indicator", "tiny_1_pct", "stale_partitions")
    assert not passed
    assert f"2023-24\\|{WRONG_BOARD}" in metadata["first_failing_rows"].value


def test_a_release_becomes_overdue_while_nobody_does_anything(bench: Bench) -> None:
    write_release(bench.mirror, "2023-24")
    bench.run()
    judge(bench.pipeline, bench.instance, today=date(2025, 10, 1))
    assert _check(bench, "snapshot", "tiny", "freshness")[2]["found"].value.count("overdue") == 2, "the years before"
    judge(bench.pipeline, bench.instance, today=date(2025, 12, 25))
    passed, severity, metadata = _check(bench, "snapshot", "tiny", "freshness")
    assert (passed, severity) == (False, "WARN")
    assert "2024-25 overdue by 55 days" in metadata["found"].value


def test_a_revision_stays_a_warning_whatever_else_runs_until_the_declaration_accepts_it(bench: Bench) -> None:
    for year in ("2021-22", "2022-23"):
        write_release(bench.mirror, year)
    bench.run()
    assert _check(bench, "snapshot", "tiny", "revisions")[0]
    fewer = [[*row[:4], str(int(row[4]) - 1)] for row in rows_of("2021-22")]
    revised = hash_of(write_release(bench.mirror, "2021-22", fewer))
    bench.run()
    assert not _check(bench, "snapshot", "tiny", "revisions")[0]
    write_release(bench.mirror, "2023-24")
    report = bench.run(years=("2023-24",))
    assert ("snapshot", "tiny") in {key for key, _ in report.outcomes}
    passed, severity, metadata = _check(bench, "snapshot", "tiny", "revisions")
    assert (passed, severity) == (False, "WARN")
    assert "tiny:2021-22" in metadata["found"].value

    catalogue = make_catalogue()
    releases = tuple(
        replace(r, sha256=revised) if r.edition == "2021-22" else r for r in catalogue.sources["tiny"].releases
    )
    accepting = {"tiny": replace(catalogue.sources["tiny"], releases=releases)}
    bench.pipeline = open_pipeline(bench.settings, replace(catalogue, sources=accepting))
    assert bench.run(years=("2021-22",)).success
    assert _check(bench, "snapshot", "tiny", "revisions")[0]


def test_the_job_judges_every_asset_and_builds_none(bench: Bench) -> None:
    write_release(bench.mirror, "2021-22")
    bench.run()
    before = bench.built("clean", "tiny")
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    result = definitions.resolve_job_def("judge_standing").execute_in_process(instance=bench.instance)
    assert result.success
    assert bench.built("clean", "tiny") == before
    for layer, name in (("clean", "tiny"), ("linked", "tiny_counts"), ("published", "results")):
        assert _check(bench, layer, name, "stale_partitions")[0]
    assert not _check(bench, "snapshot", "tiny", "freshness")[0]
    schedule = definitions.resolve_schedule_def("judge_standing_daily")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 7 * * *", "Europe/London")
