"""Publishing after a change: only the years that changed are made anew, and the bytes are those of making all anew."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline_tests.flow.broken import hashes_of
from hi_pipeline_tests.flow.conftest import Bench, cells_of, open_bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, YEARS, make_catalogue, rows_of, with_too_many_helped, write_release

STALE = "stale: the last good figure"


class Compute:
    """The real computation, which notes the years it was asked for and can fail for one board."""

    # Its code counts as that of the real one.
    __module__ = compute_results.__module__

    def __init__(self) -> None:
        self.failing, self.years = "", []

    def __call__(self, indicator: Indicator, counts: pl.DataFrame, *, synthetic: bool) -> pl.DataFrame:
        if self.failing in counts["icb_code"].to_list():
            raise ValueError("out of luck")
        self.years += sorted(set(counts["financial_year"]))
        return compute_results(indicator, counts, synthetic=synthetic)


def published(bench: Bench) -> dict[str, str]:
    return hashes_of(bench.settings.root, "published")


def later(bench: Bench, compute: object = compute_results) -> Bench:
    """The same root in another process, as far as memory goes."""
    bench.instance.dispose()
    return open_bench(bench.mirror.parent, make_catalogue(compute=compute))


def with_fewer_helped(rows: list[list[str]], icb: str) -> list[list[str]]:
    return [[*row[:4], str(int(row[4]) - 1)] if row[1] == icb else row for row in rows]


@pytest.fixture
def twice(tmp_path: Path) -> Bench:
    """A root on which everything was published, then a board of one year changed."""
    first = open_bench(tmp_path)
    for year in YEARS:
        write_release(first.mirror, year)
    assert first.run().success
    write_release(first.mirror, "2022-23", with_fewer_helped(rows_of("2022-23"), WRONG_BOARD))
    return first


def test_only_the_year_that_changed_is_computed_and_the_bytes_are_those_of_a_whole_publication(twice: Bench) -> None:
    before, compute = published(twice), Compute()
    second = later(twice, compute)
    assert second.run().success
    assert set(compute.years) == {"2022-23"}
    after = published(second)
    assert after["published/results.parquet"] != before["published/results.parquet"]
    shutil.rmtree(second.settings.root / "published")
    third = later(second)
    assert third.run().success
    assert published(third) == after
    third.instance.dispose()


@pytest.mark.parametrize("broken", ["results.parquet", "results.parquet.json"])
def test_nothing_is_taken_from_a_publication_that_is_not_whole(twice: Bench, broken: str) -> None:
    (twice.settings.root / "published" / broken).write_bytes(b"{}")
    second = later(twice)
    assert second.run().success
    after = published(second)
    shutil.rmtree(second.settings.root / "published")
    third = later(second)
    assert third.run().success
    assert published(third) == after
    third.instance.dispose()


def test_a_stale_mark_goes_once_the_cell_is_rebuilt_even_with_the_same_bytes(twice: Bench) -> None:
    # Another board's row changes the input; this board's own figures stay what they were.
    write_release(twice.mirror, "2022-23", with_fewer_helped(rows_of("2022-23"), "E54000030"))
    before, compute = cells_of(twice.pipeline, "tiny_1_pct")[f"2022-23|{WRONG_BOARD}"], Compute()
    compute.failing = WRONG_BOARD
    second = later(twice, compute)
    assert {partition for _, partition in second.run().failures} == {f"2022-23|{WRONG_BOARD}"}
    marked = second.pipeline.lake.read("published", "results").filter(pl.col("note").str.contains(STALE))
    assert set(marked["icb_code"]) == {WRONG_BOARD}
    compute.failing = ""
    third = later(second, compute)
    assert third.run().success
    assert cells_of(third.pipeline, "tiny_1_pct")[f"2022-23|{WRONG_BOARD}"] == before
    assert not third.pipeline.lake.read("published", "results")["note"].str.contains(STALE).any()
    third.instance.dispose()


def test_a_stale_mark_of_another_year_stays(twice: Bench) -> None:
    write_release(twice.mirror, "2021-22", with_too_many_helped(rows_of("2021-22"), WRONG_BOARD))
    second = later(twice)
    second.run(years=("2021-22",))
    third = later(second)
    assert third.run(years=("2022-23",)).success
    marked = third.pipeline.lake.read("published", "results").filter(pl.col("note").str.contains(STALE))
    assert set(marked.select("financial_year", "icb_code").rows()) == {("2021-22", WRONG_BOARD)}
    third.instance.dispose()
