"""A board's rows open rightly in Excel: codes are text, footprints no dates, no text begins like a formula."""

import io
from pathlib import Path

import fastexcel
import polars as pl

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.publishing.board_rows import board_rows, dictionary, export_bytes, for_excel
from hi_pipeline_tests.unit.publishing.report import made_up


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
    assert pl.read_parquet(io.BytesIO(export_bytes(mine(), "parquet"))).equals(mine())


def test_csv_is_safe_for_a_spreadsheet() -> None:
    data = export_bytes(mine(), "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    read = pl.read_csv(io.BytesIO(data), infer_schema=False)
    assert set(read["geography_vintage"]) == {"footprint 2023-04"}
    assert "'=1+1" in read["note"].to_list()
    assert read.filter(pl.col("note") == "'=1+1")["value"].to_list() == ["0.333333"]
    texts = [name for name, dtype in RESULTS.items() if dtype == pl.String]
    assert not [v for name in texts for v in read[name].drop_nulls() if v.startswith(("=", "+", "-", "@"))]


def test_xlsx_holds_the_same_and_its_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "board.xlsx"
    path.write_bytes(export_bytes(mine(), "xlsx"))
    assert path.read_bytes() == export_bytes(mine(), "xlsx")
    book = fastexcel.read_excel(str(path))
    read = book.load_sheet("Figures", dtypes="string").to_polars()
    assert read.height == mine().height
    assert read["icb_code"].unique().to_list() == [made_up.ICB]
    assert read["geography_vintage"].to_list() == for_excel(mine())["geography_vintage"].to_list()
    words = book.load_sheet("Dictionary").to_polars()
    assert words["column"].to_list() == mine().columns == dictionary(mine())["column"].to_list()
