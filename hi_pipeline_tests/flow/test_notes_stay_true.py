"""After a run of a part, and after a broken release, each published row says of itself what is true."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.status import OLDER, STALE
from hi_pipeline.engine.currency import code
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, YEARS, make_catalogue, rows_of, write_release


def notes_of(bench: Bench) -> pl.DataFrame:
    return bench.pipeline.lake.read("published", "results").select(
        "indicator_id", "financial_year", "icb_code", "area_type", "value", "note"
    )


@pytest.fixture
def built(tmp_path: Path) -> Bench:
    bench = open_bench(tmp_path, make_catalogue(indicators=2))
    for year in YEARS:
        write_release(bench.mirror, year)
    assert bench.run().success
    return bench


def test_changed_code_and_a_run_of_one_figure_call_no_row_stale(built: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    before = notes_of(built)
    assert not before["note"].str.contains("stale|earlier version").any()
    monkeypatch.setattr("hi_pipeline.engine.layers.indicator.code_of", lambda *_, **__: "another version")
    assert built.run(years=("2022-23",), icbs=(WRONG_BOARD,), indicators=("tiny_1_pct",)).success
    after = notes_of(built)
    one = (pl.col("icb_code") == WRONG_BOARD) & (pl.col("financial_year") == "2022-23")
    rebuilt = one & (pl.col("indicator_id") == "tiny_1_pct")
    assert not after["note"].str.contains("stale").any()
    boards, without = after.filter(area_type="icb"), pl.col("value").is_null()
    assert boards.filter(without).height, "boards of the footprint in force, of which only the reason is said"
    assert not boards.filter(without)["note"].str.contains(OLDER, literal=True).any()
    assert boards.filter(~rebuilt & ~without)["note"].str.contains(OLDER, literal=True).all()
    assert not boards.filter(rebuilt)["note"].str.contains(OLDER, literal=True).any()


def test_a_broken_release_is_named_and_only_by_rows_that_rest_on_it(built: Bench) -> None:
    write_release(built.mirror, "2022-23", [[*row[:3], "many", row[4]] for row in rows_of("2022-23")])
    built.run()
    said = notes_of(built)
    stale = said.filter(pl.col("note").str.contains("stale"))
    assert set(stale["financial_year"]) == {"2022-23"}
    assert stale["note"].str.contains(STALE.format("tiny:2022-23"), literal=True).all()


def test_one_more_indicator_leaves_the_figures_of_the_others_as_they_are(built: Bench) -> None:
    files = {p: p.stat().st_mtime_ns for p in built.settings.root.glob("indicator/*/*")}
    built.pipeline.catalogue = make_catalogue(indicators=3)
    report = built.run()
    assert report.success
    assert {key[1] for (key, _), o in report.outcomes.items() if key[0] == "indicator"} == {"tiny_3_pct"}
    assert {p: p.stat().st_mtime_ns for p in files} == files


def test_the_code_of_a_figure_is_that_of_its_own_kind(built: Bench) -> None:
    (first, _) = built.pipeline.catalogue.indicators
    known = built.pipeline.cells.provenance(first.id, "2022-23")[WRONG_BOARD]
    wanted = code.code_of(built.pipeline.catalogue.compute, kind=first.kind.value)
    assert known.code_version == f"{first.version}+{code.text_digest(repr(first), wanted)}"
