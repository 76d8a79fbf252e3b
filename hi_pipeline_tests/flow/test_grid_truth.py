"""Exactly the written cells are recorded as materialised: all good, one wrong, cells that cannot exist, all wrong."""

from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value

from hi_pipeline.core.geography import boards_of, boards_of_year, footprints_of, vintage_of
from hi_pipeline.engine.grid import RANGE_END, RANGE_START
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.partitions import GRID
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.orchestration.runs import Runner
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import (
    WRONG_BOARD,
    YEARS,
    make_catalogue,
    rows_of,
    with_too_many_helped,
    write_release,
)

KEY = dg.AssetKey(["indicator", "tiny_1_pct"])
WHOLE = {RANGE_START: GRID.get_first_partition_key(), RANGE_END: GRID.get_last_partition_key()}


def prepare(bench: Bench, wrong_in: tuple[str, ...] = (), years: tuple[str, ...] = YEARS) -> None:
    """Build everything before the grid, by running a selection in which no cell exists."""
    for year in years:
        rows = rows_of(year)
        write_release(bench.mirror, year, with_too_many_helped(rows, WRONG_BOARD) if year in wrong_in else rows)
    runner = Runner(bench.pipeline, bench.instance)
    runner.run(Selection(indicators=(), stale=True))
    runner.run(Selection(icbs=("E54000071",)))


def materialise(bench: Bench, tags: dict[str, str]) -> dg.ExecuteInProcessResult:
    definitions = build_definitions(bench.settings, pipeline=bench.pipeline)
    job = definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(instance=bench.instance, asset_selection=[KEY], tags=tags, raise_on_error=False)


def statuses(bench: Bench) -> tuple[set[str], set[str], set[str]]:
    """Cells that Dagster shows as materialised, failed and in progress."""
    value = get_and_update_asset_status_cache_value(bench.instance, KEY, GRID)
    if value is None:
        return set(), set(), set()
    return (
        set(value.deserialize_materialized_partition_subsets(GRID).get_partition_keys()),
        set(value.deserialize_failed_partition_subsets(GRID).get_partition_keys()),
        set(value.deserialize_in_progress_partition_subsets(GRID).get_partition_keys()),
    )


def cells(years: tuple[str, ...]) -> set[str]:
    return {f"{year}|{board.ons}" for year in years for board in boards_of_year(year)}


def on_disk(bench: Bench) -> set[str]:
    return bench.on_disk()


def test_all_good_marks_the_cells_that_exist_and_no_other(bench: Bench) -> None:
    prepare(bench)
    result = materialise(bench, WHOLE)
    assert result.success
    assert statuses(bench) == (cells(YEARS), set(), set())
    assert on_disk(bench) == cells(YEARS)


def test_one_wrong_cell_reads_failed_and_the_others_good(bench: Bench) -> None:
    prepare(bench, wrong_in=("2022-23",))
    wrong = {f"2022-23|{WRONG_BOARD}"}
    result = materialise(bench, WHOLE)
    assert not result.success
    assert statuses(bench) == (cells(YEARS) - wrong, wrong, set())
    assert on_disk(bench) == cells(YEARS) - wrong


def test_cells_outside_a_footprint_or_without_a_release_are_neither_good_nor_failed(bench: Bench) -> None:
    prepare(bench, wrong_in=("2022-23",), years=("2022-23",))
    tags = {RANGE_START: "2022-23|E54000010", RANGE_END: "2023-24|E54000064"}
    result = materialise(bench, tags)
    assert not result.success
    good, failed, going = statuses(bench)
    assert failed == {f"2022-23|{WRONG_BOARD}"}
    assert not going
    assert "2022-23|E54000064" not in good, "a board that begins in April 2023"
    assert not {cell for cell in good if cell.startswith("2023-24")}, "a year whose release is absent"
    assert good == on_disk(bench)


def test_a_mended_cell_becomes_good_and_a_newly_wrong_one_keeps_its_last_good_file(bench: Bench) -> None:
    prepare(bench)
    assert materialise(bench, WHOLE).success
    before = bench.pipeline.cells.read("tiny_1_pct", "2022-23", [WRONG_BOARD])
    write_release(bench.mirror, "2022-23", with_too_many_helped(rows_of("2022-23"), WRONG_BOARD))
    report = bench.run()
    assert set(report.failures) == {(("indicator", "tiny_1_pct"), f"2022-23|{WRONG_BOARD}")}
    assert bench.pipeline.cells.read("tiny_1_pct", "2022-23", [WRONG_BOARD]).equals(before)
    assert statuses(bench)[1] == {f"2022-23|{WRONG_BOARD}"}
    published = bench.pipeline.lake.read("published", "results").filter(
        (pl.col("financial_year") == "2022-23") & (pl.col("icb_code") == WRONG_BOARD)
    )
    assert published["geography_vintage"].sort().to_list() == [v.value for v in footprints_of("2022-23")]
    assert published["note"].str.contains("stale").all(), "downstream shows the last good figure, marked"
    write_release(bench.mirror, "2022-23")
    assert not bench.run().failures
    assert statuses(bench) == (cells(YEARS), set(), set())


def test_a_cell_that_never_had_a_figure_is_published_as_missing(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year, with_too_many_helped(rows_of(year), WRONG_BOARD))
    report = bench.run()
    assert len(report.failures) == len(YEARS)
    rows = bench.pipeline.lake.read("published", "results").filter(pl.col("icb_code") == WRONG_BOARD)
    assert rows["status"].unique().to_list() == ["missing"]
    assert rows["value"].null_count() == rows.height == sum(len(footprints_of(year)) for year in YEARS)


def test_when_every_figure_is_wrong_no_cell_with_one_is_recorded(bench: Bench) -> None:
    rows = rows_of("2023-24")
    write_release(bench.mirror, "2023-24", [[*row[:4], str(int(row[3]) + 1)] for row in rows])
    bench.run()
    with_figures = {f"2023-24|{board.ons}" for board in boards_of(vintage_of("2023-24"))}
    without = cells(("2023-24",)) - with_figures
    assert without, "boards of the footprint in force, of which only the reason is said"
    assert statuses(bench) == (without, with_figures, set())
    assert on_disk(bench) == without


def test_a_failing_indicator_does_not_stop_the_other(tmp_path: Path, bench: Bench) -> None:
    from hi_pipeline.indicators.compute import compute_results

    def one_breaks(indicator: object, counts: pl.DataFrame, *, synthetic: bool) -> pl.DataFrame:
        if indicator.id == "tiny_2_pct":  # type: ignore[attr-defined]
            raise RuntimeError("a defect")
        return compute_results(indicator, counts, synthetic=synthetic)  # type: ignore[arg-type]

    bench.pipeline.catalogue = make_catalogue(indicators=2, compute=one_breaks)
    write_release(bench.mirror, "2023-24")
    report = bench.run()
    assert {key[1] for key, _ in report.failures} == {"tiny_2_pct"}
    assert "unexpected RuntimeError" in next(iter(report.failures.values())).reason
    assert bench.built("indicator", "tiny_1_pct") == cells(("2023-24",))
    assert bench.built("indicator", "tiny_2_pct") == set()


@pytest.mark.parametrize("second", [{}, {"stale": True}])
def test_a_second_run_does_nothing_at_all(bench: Bench, second: dict[str, object]) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    assert bench.run().runs > 0
    files = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in bench.settings.root.rglob("*.parquet*")}
    again = bench.run(**second)
    assert again.runs == 0
    assert not again.outcomes
    assert files == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in bench.settings.root.rglob("*.parquet*")}


def test_a_broken_release_stops_its_year_alone_and_marks_the_figures_that_it_leaves_behind(bench: Bench) -> None:
    for year in YEARS:
        write_release(bench.mirror, year)
    assert bench.run().success
    before = bench.pipeline.lake.read("published", "results")
    assert not before["note"].str.contains("stale").any()
    write_release(bench.mirror, "2022-23", [[*row[:3], "many", row[4]] for row in rows_of("2022-23")])
    write_release(bench.mirror, "2023-24", [[*row[:4], str(int(row[4]) - 1)] for row in rows_of("2023-24")])
    report = bench.run()
    assert set(report.failures) == {(("clean", "tiny"), "2022-23")}
    after = bench.pipeline.lake.read("published", "results")
    marked = after.filter(pl.col("note").str.contains("stale: the last good figure"))
    assert marked["financial_year"].unique().to_list() == ["2022-23"]
    assert marked["area_type"].unique().sort().to_list() == ["england", "icb"], "England's is as old as the boards'"
    year_before, year_after = before.filter(financial_year="2022-23"), after.filter(financial_year="2022-23")
    assert marked.equals(year_after.filter(pl.col("value").is_not_null())), "every figure, and no row without one"
    assert year_after.drop("note").equals(year_before.drop("note"))
    newer = after.filter(financial_year="2023-24", area_type="icb", measure="value")["numerator"]
    assert (newer - before.filter(financial_year="2023-24", area_type="icb", measure="value")["numerator"] == -1).all()
    assert bench.run().runs == 1, "only the wrong release is tried again"
    write_release(bench.mirror, "2022-23")
    bench.run()
    assert (
        bench.pipeline.lake.read("published", "results")
        .filter(financial_year="2022-23")
        .equals(before.filter(financial_year="2022-23"))
    )
