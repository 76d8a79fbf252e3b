"""A revision from the fetch to the published files: both kept, what changed recorded, outputs marked, accepted."""

from typing import Any

import polars as pl

from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline_tests.flow.broken import hashes_of
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.revised import (
    AFTER,
    BEFORE,
    FIGURES,
    ID,
    OTHER,
    PLACE,
    YEAR,
    Publisher,
    declared_with,
    list_in_manifest,
    live_on,
    metadata_of,
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
    NOT_PUBLISHED,
    WRONG_BOARD,
    rows_of,
    write_release,
)


def _facts_of_release(bench: Bench) -> dict[str, Any] | None:
    (source,) = published_json(bench, "sources.json")["sources"]
    found: dict[str, dict[str, Any] | None] = {r["id"]: r["revised"] for r in source["releases"]}
    assert found[f"tiny:{OTHER}"] is None
    return found[ID]


def test_revised_bytes_in_a_mirror_are_used_recorded_and_marked_until_the_declaration_accepts_them(
    bench: Bench,
) -> None:
    first = released(bench)
    assert records_of(bench) == [], "the first file of an edition replaces nothing"
    assert published_json(bench, "datapackage.json")["revised"] == []
    assert _facts_of_release(bench) is None
    second = revise(bench)
    report = bench.run()
    assert report.success, "a revision is a warning, and builds go on"

    (record,) = records_of(bench)
    assert record.name == f"{second[:16]}-tiny-{YEAR}.csv.changes-from-{first[:16]}.csv"
    changes = pl.read_csv(record, infer_schema=False)
    boards = [row[1] for row in rows_of(YEAR)[1:3]]
    assert changes.select("figure", "table", "area_code", "measure", "column", "before", "after").rows() == [
        (str(n + 1), "observations", board, "helped", column, f"{400 + 3 * n}.0", f"{400 + 3 * n + by}.0")
        for n, (board, by) in enumerate(zip(boards, (5, -5), strict=True))
        for column in ("high", "low", "value")
    ]
    (said,) = warnings_of(report)
    assert f"{ID}: 2 figures differ, see {record}" in said
    assert f"pin the new sha256 {second} in hi_pipeline/sources/tiny/source.py" in said
    assert metadata_of(bench, "snapshot", "tiny")[f"changes {ID} from {first[:16]}"] == f"2 figures differ: {record}"

    assert notes_of(bench) == {AFTER: FIGURES}, "every board and England, on both footprints"
    assert set(notes_of(bench, OTHER)) == {""}
    assert metadata_of(bench, "published", "results")["notes"] == [
        f"{ID} is REVISED and not accepted: 2 figures differ"
    ]
    facts = {
        "address": PLACE,
        "accepted_sha256": first,
        "revised_sha256": second,
        "bytes_in_use": "revised",
        "changed_figures": 2,
    }
    assert published_json(bench, "datapackage.json")["revised"] == [{"release": ID, **facts}]
    assert _facts_of_release(bench) == facts

    before = hashes_of(bench.settings.root, "snapshots", "published")
    assert bench.run().runs == 0, "it is told, not built, again"
    assert hashes_of(bench.settings.root, "snapshots", "published") == before

    redeclare(bench, declared_with(sha256=second))
    report = bench.run()
    assert (report.success, warnings_of(report)) == (True, [])
    assert set(notes_of(bench)) == {""}
    assert published_json(bench, "datapackage.json")["revised"] == []
    assert records_of(bench) == [record]
    assert bench.run().runs == 0


def test_a_manifest_holds_figures_to_the_accepted_bytes_and_they_say_so(bench: Bench) -> None:
    first = released(bench, manifest=True)
    figures = hashes_of(bench.settings.root, "clean", "linked", "indicator")
    values = results_of(bench).drop("note")
    second = revise(bench)
    report = bench.run()
    (said,) = warnings_of(report)
    assert f"{ID}: 2 figures differ" in said
    assert f"pin the new sha256 {second} in the mirror's SHA256SUMS" in said
    assert hashes_of(bench.settings.root, "clean", "linked", "indicator") == figures
    assert results_of(bench).drop("note").equals(values)
    assert notes_of(bench) == {BEFORE: FIGURES}
    (facts,) = published_json(bench, "datapackage.json")["revised"]
    assert (facts["accepted_sha256"], facts["revised_sha256"]) == (first, second)
    assert (facts["bytes_in_use"], facts["changed_figures"]) == ("accepted", 2)
    assert bench.run().runs == 0

    list_in_manifest(bench)
    report = bench.run()
    assert (report.success, warnings_of(report)) == (True, [])
    assert set(notes_of(bench)) == {""}
    assert not results_of(bench).drop("note").equals(values), "the accepted bytes are built from"
    assert len(records_of(bench)) == 1


def _ask(bench: Bench) -> Report:
    return Runner(bench.pipeline, bench.instance).fetch(Selection(years=(YEAR,)), again=True)


def test_live_figures_stay_are_marked_and_change_once_the_declaration_names_the_new_bytes(bench: Bench) -> None:
    publisher = Publisher(bench.mirror)
    first = hash_of(write_release(bench.mirror, YEAR))
    live = live_on(bench, publisher, first)
    assert live.run().success
    values = results_of(live).drop("note")
    second = revise(bench)
    (said,) = warnings_of(_ask(live))
    assert f"{ID}: 2 figures differ" in said
    assert f"pin the new sha256 {second} in hi_pipeline/sources/tiny/source.py" in said
    assert live.run().runs == 1, "it is published again, and nothing else"
    assert notes_of(live) == {BEFORE: FIGURES}
    assert results_of(live).drop("note").equals(values)
    assert live.run().runs == 0

    asked = publisher.asked
    accepted = live_on(bench, publisher, second)
    assert accepted.run().success
    assert publisher.asked == asked, "the bytes are kept, nobody need be asked"
    assert set(notes_of(accepted)) == {""}
    assert not results_of(accepted).drop("note").equals(values)
    assert len(records_of(accepted)) == 1
    assert accepted.run().runs == 0


def test_what_a_publisher_takes_back_leaves_no_mark(bench: Bench) -> None:
    released(bench)
    before = hashes_of(bench.settings.root, "published")
    revise(bench)
    bench.run()
    assert hashes_of(bench.settings.root, "published") != before
    write_release(bench.mirror, YEAR)
    report = bench.run()
    assert (report.success, warnings_of(report)) == (True, [])
    assert hashes_of(bench.settings.root, "published") == before


def test_a_board_whose_revised_row_is_wrong_does_not_claim_to_rest_on_it(bench: Bench) -> None:
    released(bench)
    rows = [[*r[:4], "99999"] if r[1] == WRONG_BOARD else r for r in revised_rows(rows_of(YEAR))]
    write_release(bench.mirror, YEAR, rows)
    assert bench.run().failures
    found = results_of(bench).filter(pl.col("financial_year") == YEAR)
    (stale,) = set(found.filter(pl.col("icb_code") == WRONG_BOARD)["note"])
    assert stale.startswith("stale: the last good figure")
    assert stale.endswith(BEFORE)
    assert set(found.filter(pl.col("icb_code") != WRONG_BOARD)["note"]) == {AFTER, NOT_PUBLISHED}
