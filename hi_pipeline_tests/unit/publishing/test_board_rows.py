"""A board's rows open rightly in Excel: codes are text, footprints no dates, no text begins like a formula."""

import io
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.publishing.board_rows import board_rows, export_bytes, for_workbook, with_polarity
from hi_pipeline_tests.unit.publishing.report import made_up

POLARITIES = {entry["id"]: entry["polarity"] for entry in made_up.catalogue()["indicators"]}


def results() -> pl.DataFrame:
    rows = made_up.rows_of(7)
    rows[1] |= {"note": "=1+1", "value": 1 / 3}
    return pl.DataFrame(rows, schema=RESULTS, orient="row")


def mine(**asked: list[str]) -> pl.DataFrame:
    wanted = {"icbs": [made_up.ICB], "years": [], "indicators": []} | asked
    return board_rows(results(), **wanted)


def test_only_what_was_asked_for_is_given() -> None:
    assert set(mine()["icb_code"]) == {made_up.ICB}
    assert set(mine(years=["2022-23"], indicators=["list"])["indicator_id"]) == {"list"}
    assert mine(years=["2018-19"]).is_empty()


def test_the_parquet_is_as_published() -> None:
    assert pl.read_parquet(io.BytesIO(export_bytes(mine(), "parquet", beside={}))).equals(mine())


def test_csv_is_safe_for_a_spreadsheet() -> None:
    data = export_bytes(mine(), "csv", beside={})
    assert data.startswith(b"\xef\xbb\xbf")
    read = pl.read_csv(io.BytesIO(data), infer_schema=False)
    assert set(read["geography_vintage"]) == {"footprint 2023-04"}
    assert read.filter(pl.col("note") == '="=1+1"')["value"].to_list() == ["0.333333"]
    assert set(read["financial_year"]) == {f'="{year}"' for year in mine()["financial_year"]}
    texts = [name for name, dtype in RESULTS.items() if dtype == pl.String]
    shown = [v for name in texts for v in read[name].drop_nulls() if not (v.startswith('="') and v.endswith('"'))]
    assert not [v for v in shown if v.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("word", ["January 2026", "15", "10-14", "2022-07", "1E5", "5 Jun", "Mar-21", "TRUE", "9am"])
def test_csv_keeps_words_that_look_like_dates_or_numbers(word: str) -> None:
    rows = mine().head(1).with_columns(category=pl.lit(word))
    read = pl.read_csv(io.BytesIO(export_bytes(rows, "csv", beside={})), infer_schema=False)
    assert read["category"].to_list() == [f'="{word}"']


def test_xlsx_holds_the_same_and_its_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "board.xlsx"
    rows, trends = with_polarity(mine(), POLARITIES), pl.DataFrame({"icb_code": [made_up.ICB], "points": [5]})
    path.write_bytes(export_bytes(rows, "xlsx", beside={"Trends": trends}))
    assert path.read_bytes() == export_bytes(rows, "xlsx", beside={"Trends": trends})
    book = fastexcel.read_excel(str(path))
    read = book.load_sheet("Figures", dtypes="string").to_polars()
    assert read.height == mine().height
    assert read["icb_code"].unique().to_list() == [made_up.ICB]
    assert read["geography_vintage"].to_list() == for_workbook(mine())["geography_vintage"].to_list()
    words = book.load_sheet("Dictionary").to_polars()
    assert words["column"].to_list() == [*mine().columns, "polarity", "points"]
    assert words["meaning"].null_count() == 0
    assert book.load_sheet("Trends").to_polars()["points"].to_list() == [5]
    assert set(read.select("indicator_id", "polarity").unique().rows()) <= set(POLARITIES.items())
