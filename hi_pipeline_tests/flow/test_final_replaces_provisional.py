"""A final edition replaces its provisional one without alarm."""

from dataclasses import replace

import polars as pl
import pytest

from hi_pipeline.core.source import Release, ReleaseStatus
from hi_pipeline.orchestration.runs import Report
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.revised import (
    OTHER,
    YEAR,
    catalogue_with,
    declared_with,
    list_in_manifest,
    metadata_of,
    notes_of,
    published_json,
    records_of,
    redeclare,
    released,
    revise,
    warnings_of,
)
from hi_pipeline_tests.flow.tiny import (
    HOST,
    rows_of,
    write_release,
)


def _without_alarm(bench: Bench, report: Report, newer: str) -> None:
    assert (report.success, warnings_of(report)) == (True, [])
    (record,) = records_of(bench)
    assert record.name.startswith(newer[:16])
    assert pl.read_csv(record)["figure"].max() == 2
    assert set(notes_of(bench)) == {""}
    assert published_json(bench, "datapackage.json")["revised"] == []
    details = metadata_of(bench, "snapshot", "tiny")
    assert any(str(value) == f"2 figures differ: {record}" for value in details.values())
    assert len(bench.pipeline.snapshots.history("tiny", YEAR)) >= 1
    assert bench.run().runs == 0


@pytest.mark.parametrize("manifest", [False, True])
def test_a_final_edition_replaces_its_provisional_at_the_same_address_without_alarm(
    bench: Bench, manifest: bool
) -> None:
    redeclare(bench, declared_with(status=ReleaseStatus.PROVISIONAL))
    first = released(bench, manifest=manifest)
    redeclare(bench, declared_with(status=ReleaseStatus.FINAL))
    second = revise(bench)
    if manifest:
        list_in_manifest(bench)
    _without_alarm(bench, bench.run(), second)
    assert [s.sha256 for s in bench.pipeline.snapshots.history("tiny", YEAR)] == [first, second]


def test_a_final_release_replaces_the_provisional_release_of_its_year_without_alarm(bench: Bench) -> None:
    provisional = Release(
        edition=f"{YEAR}-provisional",
        layout="plain",
        landing_page=f"https://{HOST}/tiny",
        financial_years=(YEAR,),
        mirror_path=f"{HOST}/tiny-{YEAR}-provisional.csv",
        status=ReleaseStatus.PROVISIONAL,
    )
    alone = catalogue_with(lambda s: replace(s, releases=(*(r for r in s.releases if r.edition != YEAR), provisional)))
    both = catalogue_with(lambda s: replace(s, releases=(*s.releases, provisional)))
    redeclare(bench, alone)
    write_release(bench.mirror, f"{YEAR}-provisional", rows_of(YEAR))
    write_release(bench.mirror, OTHER)
    assert bench.run().success
    redeclare(bench, both)
    second = revise(bench)
    _without_alarm(bench, bench.run(), second)
    assert len(bench.pipeline.snapshots.history("tiny", f"{YEAR}-provisional")) == 1
