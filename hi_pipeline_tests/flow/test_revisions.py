"""A revision from the fetch to the published files: both kept, what changed recorded, outputs marked, accepted."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.geography import boards_of, footprints_of, vintage_of
from hi_pipeline.core.source import Layout, Member, Release, ReleaseStatus, Source
from hi_pipeline.engine.layers import clean as steps
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Catalogue, open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.engine.releases import replacements as revising
from hi_pipeline.engine.releases.notes import STALE
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.settings import Settings
from hi_pipeline.storage.download import Download, Known
from hi_pipeline.storage.folder_mirror import Arrival, copy_in
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.flow.broken import hashes_of
from hi_pipeline_tests.flow.commands import commands_on
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import (
    COLUMNS,
    HOST,
    NOT_PUBLISHED,
    WRONG_BOARD,
    make_catalogue,
    rows_of,
    write_release,
)

OTHER, YEAR = "2022-23", "2023-24"
PLACE = f"{HOST}/tiny-{YEAR}.csv"
ID = f"tiny:{YEAR}"
BEFORE = f"rests on {ID}, which its publisher has revised; not accepted yet"
AFTER = f"rests on revised bytes of {ID}, not accepted yet"
# England and every board that the publisher's file has, on each footprint of the year.
FIGURES = sum(1 + len({*boards_of(v)} & {*boards_of(vintage_of(YEAR))}) for v in footprints_of(YEAR))
Rows = list[list[str]]


def _revised(rows: Rows, more: int = 5) -> Rows:
    """Two boards helped as many more, or fewer, people as the other fewer, or more: England still adds up."""
    first, second = (row[1] for row in rows[1:3])
    by = {first: more, second: -more}
    return [[*row[:4], str(int(row[4]) + by.get(row[1], 0))] for row in rows]


def _catalogue(change: Callable[[Source], Source]) -> Catalogue:
    made = make_catalogue()
    return replace(made, sources={"tiny": change(made.sources["tiny"])})


def _declared(**facts: Any) -> Catalogue:
    """The miniature declarations with other facts of the year's release."""
    return _catalogue(
        lambda s: replace(s, releases=tuple(replace(r, **facts) if r.edition == YEAR else r for r in s.releases))
    )


def _redeclare(bench: Bench, catalogue: Catalogue) -> None:
    """Start the program again with other declarations."""
    bench.pipeline = open_pipeline(bench.settings, catalogue)


def _results(bench: Bench) -> pl.DataFrame:
    return pl.read_csv(bench.settings.root / "published" / "results.csv", infer_schema_length=None)


def _notes(bench: Bench, year: str = YEAR) -> dict[str, int]:
    """The notes of the rows that rest on a file, each with its rows; the others say their reason alone."""
    rows = _results(bench).filter(financial_year=year)
    silent = pl.col("status") == "not_published"
    assert set(rows.filter(silent)["note"]) == {NOT_PUBLISHED}
    return dict(rows.filter(~silent)["note"].fill_null("").value_counts().rows())


def _published(bench: Bench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bench.settings.root / "published" / name).read_text())
    return found


def _facts_of_release(bench: Bench) -> dict[str, Any] | None:
    (source,) = _published(bench, "sources.json")["sources"]
    found: dict[str, dict[str, Any] | None] = {r["id"]: r["revised"] for r in source["releases"]}
    assert found[f"tiny:{OTHER}"] is None
    return found[ID]


def _records(bench: Bench) -> list[Path]:
    return sorted((bench.settings.root / "snapshots").rglob("*.changes-from-*"))


def _warnings(report: Report) -> list[str]:
    return [c.said for c in report.failed_checks if c.check == "revisions"]


def _metadata(bench: Bench, *key: str) -> dict[str, Any]:
    event = bench.instance.get_latest_materialization_event(dg.AssetKey(list(key)))
    assert event is not None and event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def _released(bench: Bench, *, manifest: bool = False) -> str:
    """Run on two years; return the sha256 of the later one's file."""
    write_release(bench.mirror, OTHER)
    path = write_release(bench.mirror, YEAR)
    if manifest:
        _list_in_manifest(bench)
    assert bench.run().success
    return hash_of(path)


def _revise(bench: Bench, more: int = 5) -> str:
    return hash_of(write_release(bench.mirror, YEAR, _revised(rows_of(YEAR), more)))


def _list_in_manifest(bench: Bench) -> None:
    files = sorted((bench.mirror / HOST).iterdir())
    lines = [f"{hash_of(file)}  {HOST}/{file.name}\n" for file in files]
    (bench.mirror / "SHA256SUMS").write_text("".join(lines))


def test_revised_bytes_in_a_mirror_are_used_recorded_and_marked_until_the_declaration_accepts_them(
    bench: Bench,
) -> None:
    first = _released(bench)
    assert _records(bench) == [], "the first file of an edition replaces nothing"
    assert _published(bench, "datapackage.json")["revised"] == []
    assert _facts_of_release(bench) is None
    second = _revise(bench)
    report = bench.run()
    assert report.success, "a revision is a warning, and builds go on"

    (record,) = _records(bench)
    assert record.name == f"{second[:16]}-tiny-{YEAR}.csv.changes-from-{first[:16]}.csv"
    changes = pl.read_csv(record, infer_schema=False)
    boards = [row[1] for row in rows_of(YEAR)[1:3]]
    assert changes.select("figure", "table", "area_code", "measure", "column", "before", "after").rows() == [
        (str(n + 1), "observations", board, "helped", column, f"{400 + 3 * n}.0", f"{400 + 3 * n + by}.0")
        for n, (board, by) in enumerate(zip(boards, (5, -5), strict=True))
        for column in ("high", "low", "value")
    ]
    (said,) = _warnings(report)
    assert f"{ID}: 2 figures differ, see {record}" in said
    assert f"pin the new sha256 {second} in hi_pipeline/sources/tiny/source.py" in said
    assert _metadata(bench, "snapshot", "tiny")[f"changes {ID} from {first[:16]}"] == f"2 figures differ: {record}"

    assert _notes(bench) == {AFTER: FIGURES}, "every board and England, on both footprints"
    assert set(_notes(bench, OTHER)) == {""}
    assert _metadata(bench, "published", "results")["notes"] == [f"{ID} is REVISED and not accepted: 2 figures differ"]
    facts = {
        "address": PLACE,
        "accepted_sha256": first,
        "revised_sha256": second,
        "bytes_in_use": "revised",
        "changed_figures": 2,
    }
    assert _published(bench, "datapackage.json")["revised"] == [{"release": ID, **facts}]
    assert _facts_of_release(bench) == facts

    before = hashes_of(bench.settings.root, "snapshots", "published")
    assert bench.run().runs == 0, "it is told, not built, again"
    assert hashes_of(bench.settings.root, "snapshots", "published") == before

    _redeclare(bench, _declared(sha256=second))
    report = bench.run()
    assert (report.success, _warnings(report)) == (True, [])
    assert set(_notes(bench)) == {""}
    assert _published(bench, "datapackage.json")["revised"] == []
    assert _records(bench) == [record]
    assert bench.run().runs == 0


def test_a_manifest_holds_figures_to_the_accepted_bytes_and_they_say_so(bench: Bench) -> None:
    first = _released(bench, manifest=True)
    figures = hashes_of(bench.settings.root, "clean", "linked", "indicator")
    values = _results(bench).drop("note")
    second = _revise(bench)
    report = bench.run()
    (said,) = _warnings(report)
    assert f"{ID}: 2 figures differ" in said
    assert f"pin the new sha256 {second} in the mirror's SHA256SUMS" in said
    assert hashes_of(bench.settings.root, "clean", "linked", "indicator") == figures
    assert _results(bench).drop("note").equals(values)
    assert _notes(bench) == {BEFORE: FIGURES}
    (facts,) = _published(bench, "datapackage.json")["revised"]
    assert (facts["accepted_sha256"], facts["revised_sha256"]) == (first, second)
    assert (facts["bytes_in_use"], facts["changed_figures"]) == ("accepted", 2)
    assert bench.run().runs == 0

    _list_in_manifest(bench)
    report = bench.run()
    assert (report.success, _warnings(report)) == (True, [])
    assert set(_notes(bench)) == {""}
    assert not _results(bench).drop("note").equals(values), "the accepted bytes are built from"
    assert len(_records(bench)) == 1


class _Publisher:
    """Stands for the network: what lies in a folder, by the address's path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0

    def fetch(self, download: Download, known: Known | None) -> Arrival:
        self.asked += 1
        path = self.folder / download.address.removeprefix("https://")
        arrival = copy_in(path, download.into, max_bytes=10**6, where=download.where)
        return replace(arrival, read_from=download.address, stamp=None)


def _live(bench: Bench, publisher: _Publisher, sha256: str) -> Bench:
    """The same declarations with addresses, and the year's release pinned, on the publisher's own site."""
    found = _declared(sha256=sha256, address=f"https://{PLACE}", mirror_path="")
    settings = Settings(source="live", data_dir=bench.settings.data_dir)
    pipeline = open_pipeline(settings, found)
    pipeline.snapshots = Snapshots(settings.root, mode="live", mirror="", contact="", downloader=publisher)  # type: ignore[arg-type]
    return replace(bench, settings=settings, pipeline=pipeline)


def _ask(bench: Bench) -> Report:
    return Runner(bench.pipeline, bench.instance).fetch(Selection(years=(YEAR,)), again=True)


def test_live_figures_stay_are_marked_and_change_once_the_declaration_names_the_new_bytes(bench: Bench) -> None:
    publisher = _Publisher(bench.mirror)
    first = hash_of(write_release(bench.mirror, YEAR))
    live = _live(bench, publisher, first)
    assert live.run().success
    values = _results(live).drop("note")
    second = _revise(bench)
    (said,) = _warnings(_ask(live))
    assert f"{ID}: 2 figures differ" in said
    assert f"pin the new sha256 {second} in hi_pipeline/sources/tiny/source.py" in said
    assert live.run().runs == 1, "it is published again, and nothing else"
    assert _notes(live) == {BEFORE: FIGURES}
    assert _results(live).drop("note").equals(values)
    assert live.run().runs == 0

    asked = publisher.asked
    accepted = _live(bench, publisher, second)
    assert accepted.run().success
    assert publisher.asked == asked, "the bytes are kept, nobody need be asked"
    assert set(_notes(accepted)) == {""}
    assert not _results(accepted).drop("note").equals(values)
    assert len(_records(accepted)) == 1
    assert accepted.run().runs == 0


def test_what_a_publisher_takes_back_leaves_no_mark(bench: Bench) -> None:
    _released(bench)
    before = hashes_of(bench.settings.root, "published")
    _revise(bench)
    bench.run()
    assert hashes_of(bench.settings.root, "published") != before
    write_release(bench.mirror, YEAR)
    report = bench.run()
    assert (report.success, _warnings(report)) == (True, [])
    assert hashes_of(bench.settings.root, "published") == before


class _Killed(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.mark.parametrize("mode", ["mirror", "live"])
def test_what_changed_is_recorded_later_where_a_kill_came_between(
    bench: Bench, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hash_of(write_release(bench.mirror, YEAR))
    if mode == "live":
        bench = _live(bench, _Publisher(bench.mirror), first)
    assert bench.run().success
    _revise(bench)

    def killed(*args: object) -> Path:
        raise _Killed

    source = bench.pipeline.catalogue.sources["tiny"]
    with monkeypatch.context() as patch:
        patch.setattr(revising, "write_changes", killed)
        with pytest.raises(_Killed):
            steps.fetch_part(bench.pipeline, source, YEAR, again=mode == "live")
    kept = bench.pipeline.snapshots.latest("tiny", YEAR)
    assert kept is not None and kept.revised, "the fetch itself was done"
    assert _records(bench) == []
    report = bench.run()
    assert len(_records(bench)) == 1
    assert "2 figures differ" in _warnings(report)[0]
    assert _published(bench, "datapackage.json")["revised"][0]["changed_figures"] == 2
    assert bench.run().runs == 0


def test_a_record_is_made_once_and_again_with_the_same_bytes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _released(bench)
    _revise(bench)
    source = bench.pipeline.catalogue.sources["tiny"]
    steps.fetch_part(bench.pipeline, source, YEAR)
    (record,) = _records(bench)
    written = record.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(revising, "_compared", lambda *args: pytest.fail("compared again"))
        steps.fetch_part(bench.pipeline, source, YEAR)
    record.unlink()
    steps.fetch_part(open_pipeline(bench.settings, make_catalogue()), source, YEAR)
    assert record.read_bytes() == written


def test_a_revision_that_cannot_be_read_is_recorded_in_words_and_compared_once_it_can(bench: Bench) -> None:
    _released(bench)
    values = _results(bench).drop("note")
    renamed = ("LEVEL", "CODE", "NAME", "SEEN", "AIDED")
    path = write_release(bench.mirror, YEAR, _revised(rows_of(YEAR)), header=renamed)
    report = bench.run()
    assert {key[0] for key, _ in report.failures} == {"clean"}, "the fetch stands"
    (record,) = _records(bench)
    assert record.suffix == ".txt"
    assert re.fullmatch(r"not compared, because LayoutError: .*'AIDED'.*\n", record.read_text())
    assert str(bench.settings.root) not in record.read_text()
    assert "the two files cannot be compared" in _warnings(report)[0]
    stale = STALE.format(ID)
    assert _notes(bench) == {f"{stale}; {BEFORE}": FIGURES}, "figures rest on the bytes of before, and say so"
    assert _results(bench).drop("note").equals(values)
    (facts,) = _published(bench, "datapackage.json")["revised"]
    assert facts["changed_figures"] is None

    members = tuple(Member(table="rows", columns=c, aliases={"AIDED": "HELPED"}) for c in (COLUMNS,))
    with_alias = _catalogue(
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
    _redeclare(bench, with_alias)
    os.utime(path)
    bench.run()
    (record,) = _records(bench)
    assert record.suffix == ".csv"
    assert _notes(bench) == {AFTER: FIGURES}
    assert _published(bench, "datapackage.json")["revised"][0]["changed_figures"] == 2


def test_a_board_whose_revised_row_is_wrong_does_not_claim_to_rest_on_it(bench: Bench) -> None:
    _released(bench)
    rows = [[*r[:4], "99999"] if r[1] == WRONG_BOARD else r for r in _revised(rows_of(YEAR))]
    write_release(bench.mirror, YEAR, rows)
    assert bench.run().failures
    found = _results(bench).filter(pl.col("financial_year") == YEAR)
    (stale,) = set(found.filter(pl.col("icb_code") == WRONG_BOARD)["note"])
    assert stale.startswith("stale: the last good figure")
    assert stale.endswith(BEFORE)
    assert set(found.filter(pl.col("icb_code") != WRONG_BOARD)["note"]) == {AFTER, NOT_PUBLISHED}


def test_a_comparison_that_breaks_never_stops_a_fetch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _released(bench)
    second = _revise(bench)

    def full(*args: object) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(revising, "write_changes", full)
    outcome = steps.fetch_part(bench.pipeline, bench.pipeline.catalogue.sources["tiny"], YEAR)
    assert (outcome.state, outcome.sha256) == (State.WRITTEN, second)


def _without_alarm(bench: Bench, report: Report, newer: str) -> None:
    assert (report.success, _warnings(report)) == (True, [])
    (record,) = _records(bench)
    assert record.name.startswith(newer[:16])
    assert pl.read_csv(record)["figure"].max() == 2
    assert set(_notes(bench)) == {""}
    assert _published(bench, "datapackage.json")["revised"] == []
    details = _metadata(bench, "snapshot", "tiny")
    assert any(str(value) == f"2 figures differ: {record}" for value in details.values())
    assert len(bench.pipeline.snapshots.history("tiny", YEAR)) >= 1
    assert bench.run().runs == 0


@pytest.mark.parametrize("manifest", [False, True])
def test_a_final_edition_replaces_its_provisional_at_the_same_address_without_alarm(
    bench: Bench, manifest: bool
) -> None:
    _redeclare(bench, _declared(status=ReleaseStatus.PROVISIONAL))
    first = _released(bench, manifest=manifest)
    _redeclare(bench, _declared(status=ReleaseStatus.FINAL))
    second = _revise(bench)
    if manifest:
        _list_in_manifest(bench)
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
    alone = _catalogue(lambda s: replace(s, releases=(*(r for r in s.releases if r.edition != YEAR), provisional)))
    both = _catalogue(lambda s: replace(s, releases=(*s.releases, provisional)))
    _redeclare(bench, alone)
    write_release(bench.mirror, f"{YEAR}-provisional", rows_of(YEAR))
    write_release(bench.mirror, OTHER)
    assert bench.run().success
    _redeclare(bench, both)
    second = _revise(bench)
    _without_alarm(bench, bench.run(), second)
    assert len(bench.pipeline.snapshots.history("tiny", f"{YEAR}-provisional")) == 1


@pytest.fixture
def hi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command line on the data root that ``open_bench`` opens in the same folder, with given declarations."""

    def said(*words: str, catalogue: Catalogue) -> str:
        commands_on(tmp_path, catalogue, monkeypatch, columns=250)
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return re.sub(r"\s+", " ", result.output)

    return said


CELL = ("explain", "tiny_1_pct", "--year", YEAR, "--icb", "QNC")


def test_status_and_explain_say_revised_until_it_is_accepted(tmp_path: Path, hi: Callable[..., str]) -> None:
    bench = open_bench(tmp_path)
    _released(bench)
    second = _revise(bench)
    bench.run()
    (record,) = _records(bench)
    plain, accepted = make_catalogue(), _declared(sha256=second)
    assert f"{ID} │ {YEAR} │ no address │" in hi("status", catalogue=plain)
    assert "REVISED, 2 figures differ" in hi("status", catalogue=plain)
    explained = hi(*CELL, catalogue=plain)
    assert f"Note: {AFTER}" in explained
    assert f"from snapshots/tiny/{YEAR} {second[:16]} REVISED, 2 figures differ, not accepted: {record};" in explained
    hi("run", catalogue=accepted)
    assert "REVISED" not in hi("status", catalogue=accepted)
    explained = hi(*CELL, catalogue=accepted)
    assert "REVISED" not in explained
    assert "not accepted" not in explained
    bench.instance.dispose()


def test_status_says_of_a_final_edition_that_it_replaced_its_provisional(
    tmp_path: Path, hi: Callable[..., str]
) -> None:
    bench = open_bench(tmp_path, _declared(status=ReleaseStatus.PROVISIONAL))
    _released(bench)
    final = _declared(status=ReleaseStatus.FINAL)
    _revise(bench)
    _redeclare(bench, final)
    bench.run()
    said = hi("status", catalogue=final)
    assert "replaced its provisional" in said
    assert "REVISED" not in said
    bench.instance.dispose()


def test_sources_json_holds_the_accepted_hash_address_and_date_of_every_release_used(bench: Bench) -> None:
    first = _released(bench)

    def held() -> dict[str, tuple[str, str, str]]:
        (source,) = _published(bench, "sources.json")["sources"]
        return {r["id"]: (r["sha256"], r["address"], r["fetched"]) for r in source["releases"]}

    today = datetime.now(UTC).date().isoformat()
    other = hash_of(bench.mirror / HOST / f"tiny-{OTHER}.csv")
    assert held() == {
        f"tiny:{OTHER}": (other, f"{HOST}/tiny-{OTHER}.csv", today),
        ID: (first, f"{HOST}/tiny-{YEAR}.csv", today),
    }
    second = _revise(bench)
    bench.run()
    assert held()[ID][0] == first, "the revision is used, marked and not accepted"
    _redeclare(bench, _declared(sha256=second))
    assert bench.run().success
    assert held()[ID][0] == second
