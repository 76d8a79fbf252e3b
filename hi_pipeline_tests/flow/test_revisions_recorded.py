"""What a revision changed is recorded once: after a kill, where it cannot be read, and where the comparison breaks."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.source import Layout, Member
from hi_pipeline.engine.layers import clean as steps
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.releases import replacements as revising
from hi_pipeline.engine.releases.notes import STALE
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.revised import (
    AFTER,
    BEFORE,
    FIGURES,
    ID,
    YEAR,
    Publisher,
    catalogue_with,
    live_on,
    notes_of,
    published_json,
    records_of,
    redeclare,
    released,
    results_of,
    revise,
    revised_rows,
    warnings_of,
)
from hi_pipeline_tests.flow.tiny import (
    COLUMNS,
    make_catalogue,
    rows_of,
    write_release,
)


class _Killed(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.mark.parametrize("mode", ["mirror", "live"])
def test_what_changed_is_recorded_later_where_a_kill_came_between(
    bench: Bench, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hash_of(write_release(bench.mirror, YEAR))
    if mode == "live":
        bench = live_on(bench, Publisher(bench.mirror), first)
    assert bench.run().success
    revise(bench)

    def killed(*args: object) -> Path:
        raise _Killed

    source = bench.pipeline.catalogue.sources["tiny"]
    with monkeypatch.context() as patch:
        patch.setattr(revising, "write_changes", killed)
        with pytest.raises(_Killed):
            steps.fetch_part(bench.pipeline, source, YEAR, again=mode == "live")
    kept = bench.pipeline.snapshots.latest("tiny", YEAR)
    assert kept is not None and kept.revised, "the fetch itself was done"
    assert records_of(bench) == []
    report = bench.run()
    assert len(records_of(bench)) == 1
    assert "2 figures differ" in warnings_of(report)[0]
    assert published_json(bench, "datapackage.json")["revised"][0]["changed_figures"] == 2
    assert bench.run().runs == 0


def test_a_record_is_made_once_and_again_with_the_same_bytes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    released(bench)
    revise(bench)
    source = bench.pipeline.catalogue.sources["tiny"]
    steps.fetch_part(bench.pipeline, source, YEAR)
    (record,) = records_of(bench)
    written = record.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(revising, "_compared", lambda *args: pytest.fail("compared again"))
        steps.fetch_part(bench.pipeline, source, YEAR)
    record.unlink()
    steps.fetch_part(open_pipeline(bench.settings, make_catalogue()), source, YEAR)
    assert record.read_bytes() == written


def test_a_revision_that_cannot_be_read_is_recorded_in_words_and_compared_once_it_can(bench: Bench) -> None:
    released(bench)
    values = results_of(bench).drop("note")
    renamed = ("LEVEL", "CODE", "NAME", "SEEN", "AIDED")
    path = write_release(bench.mirror, YEAR, revised_rows(rows_of(YEAR)), header=renamed)
    report = bench.run()
    assert {key[0] for key, _ in report.failures} == {"clean"}, "the fetch stands"
    (record,) = records_of(bench)
    assert record.suffix == ".txt"
    assert re.fullmatch(r"not compared, because LayoutError: .*'AIDED'.*\n", record.read_text())
    assert str(bench.settings.root) not in record.read_text()
    assert "the two files cannot be compared" in warnings_of(report)[0]
    stale = STALE.format(ID)
    assert notes_of(bench) == {f"{stale}; {BEFORE}": FIGURES}, "figures rest on the bytes of before, and say so"
    assert results_of(bench).drop("note").equals(values)
    (facts,) = published_json(bench, "datapackage.json")["revised"]
    assert facts["changed_figures"] is None

    members = tuple(Member(table="rows", columns=c, aliases={"AIDED": "HELPED"}) for c in (COLUMNS,))
    with_alias = catalogue_with(
        lambda s: replace(
            s,
            layouts={"plain": Layout(name="plain", container=s.layouts["plain"].container, members=members)},
            parse=lambda raw, release: s.parse(
                {
                    "rows": tuple(
                        replace(t, frame=t.frame.rename({"AIDED": "HELPED"}, strict=False)) for t in raw["rows"]
                    )
                },
                release,
            ),
        )
    )
    redeclare(bench, with_alias)
    os.utime(path)
    bench.run()
    (record,) = records_of(bench)
    assert record.suffix == ".csv"
    assert notes_of(bench) == {AFTER: FIGURES}
    assert published_json(bench, "datapackage.json")["revised"][0]["changed_figures"] == 2


def test_a_comparison_that_breaks_never_stops_a_fetch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    released(bench)
    second = revise(bench)

    def full(*args: object) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(revising, "write_changes", full)
    outcome = steps.fetch_part(bench.pipeline, bench.pipeline.catalogue.sources["tiny"], YEAR)
    assert (outcome.state, outcome.sha256) == (State.WRITTEN, second)
