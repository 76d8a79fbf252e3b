"""What is tried again and what is not: a network that falters is, a file that cannot be parsed never is."""

from dataclasses import replace

import dagster as dg

from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.engine.grid import RANGE_END, RANGE_START
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.orchestration.runs import Runner, Selection
from hi_pipeline.settings import Settings
from hi_pipeline.storage.download import HttpLimits
from hi_pipeline.storage.http import Downloader
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import YEARS, rows_of, write_release
from hi_pipeline_tests.unit.storage.fault_server import body, reset, serving, status


def counting(bench: Bench) -> list[str]:
    """Note the editions that are parsed from now on."""
    parsed: list[str] = []
    catalogue = bench.pipeline.catalogue
    source = catalogue.sources["tiny"]

    def parse(raw: RawTables, release: Release) -> Tables:
        parsed.append(release.edition)
        return source.parse(raw, release)

    bench.pipeline.catalogue = replace(catalogue, sources={"tiny": replace(source, parse=parse)})
    return parsed


def one_wrong_year(bench: Bench) -> None:
    for year in YEARS:
        rows = rows_of(year)
        write_release(bench.mirror, year, [[*row[:3], "many", row[4]] for row in rows] if year == "2022-23" else rows)


def test_a_parse_error_is_not_tried_again(bench: Bench) -> None:
    one_wrong_year(bench)
    parsed = counting(bench)
    report = bench.run()
    assert list(report.failures) == [(("clean", "tiny"), "2022-23")]
    assert sorted(parsed) == list(YEARS), "each year once, the wrong one too"


def test_dagster_is_told_not_to_try_again(bench: Bench) -> None:
    """Even where somebody gives the step a policy of retries."""
    one_wrong_year(bench)
    parsed = counting(bench)
    Runner(bench.pipeline, bench.instance).fetch(Selection())
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    job = dg.define_asset_job("again", ["clean/tiny"], op_retry_policy=dg.RetryPolicy(max_retries=3))
    job = dg.Definitions(
        assets=list(definitions.assets or []), resources={"pipeline": bench.pipeline}, jobs=[job]
    ).resolve_job_def("again")
    tags = {RANGE_START: YEARS[0], RANGE_END: YEARS[-1]}
    result = job.execute_in_process(instance=bench.instance, tags=tags, raise_on_error=False)
    assert not result.success
    assert not [e for e in result.all_events if e.event_type is dg.DagsterEventType.STEP_UP_FOR_RETRY]
    assert sorted(parsed) == list(YEARS)
    assert bench.built("clean", "tiny") == {"2021-22", "2023-24"}


def test_a_faltering_network_is_tried_again_within_the_run(bench: Bench) -> None:
    data = write_release(bench.mirror, "2022-23").read_bytes()
    waits: list[float] = []
    with serving() as server:
        server.script = [status(503), reset, body(data)]
        settings = Settings(source=f"mirror:{server.address}", data_dir=bench.settings.data_dir / "http")
        pipeline = open_pipeline(settings, bench.pipeline.catalogue)
        downloader = Downloader(
            contact="", trusted_origin=server.address, limits=HttpLimits(first_wait=0.5), sleep=waits.append
        )
        pipeline.snapshots = Snapshots(
            settings.root, mode="mirror", mirror=server.address, contact="", downloader=downloader
        )
        report = Runner(pipeline, bench.instance).run(Selection(years=("2022-23",)))
        assert report.success, report.failures
        # The look before the run falters twice; then comes the fetch.
        assert len(server.requests) == 4
    assert len(waits) == 2
    assert pipeline.lake.provenance("clean", "tiny", "2022-23", "observations") is not None
