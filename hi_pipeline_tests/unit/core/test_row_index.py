"""The row index: the cells of each observation, and none of an observation that is not there."""

import polars as pl
import pytest

from hi_pipeline.core.columns import OBSERVATION_KEY, OBSERVATIONS
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.observations import add_bounds, add_financial_year, melt_figures, to_observations
from hi_pipeline.core.row_index import (
    ROW_INDEX_SCHEMA,
    row_index_of,
    spreadsheet_column,
    together,
    validate_row_index,
)
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.core.text_tables import number_rows, read_numbers
from hi_pipeline.core.validation import validate

RELEASE = Release(edition="2023-24", layout="a", landing_page="https://example.org", financial_years=("2023-24",))
AREA = ("area_level", "area_code", "area_name", "dimension", "category")


def figures(first_row: int = 2) -> pl.DataFrame:
    raw = pl.DataFrame(
        {
            **{name: ["X1", "Y1"] for name in AREA},
            "Seen": ["1,000", "7"],
            "Asked": ["2,000", "9"],
        }
    )
    frame = number_rows(RawTable("part.csv", raw, first_row=first_row))
    for column in ("Seen", "Asked"):
        frame = read_numbers(frame, column, tokens={}, where="here", whole=True)
    melted = melt_figures(frame, measures={"seen": "Seen", "asked": "Asked"}, keep=AREA)
    return add_financial_year(add_bounds(melted, half_width=pl.lit(0.0)), "2023-24")


def test_each_observation_has_the_cell_that_it_was_read_from() -> None:
    index = validate(row_index_of(figures(first_row=5), RELEASE), ROW_INDEX_SCHEMA, where="here")
    found = index.filter(area_code="Y1", measure="seen").row(0, named=True)
    assert (found["edition"], found["member"], found["row"]) == ("2023-24", "part.csv", 6)
    assert (found["column"], found["text"], found["correction"]) == ("Seen", "7", "")
    assert index.filter(area_code="X1", measure="asked")["text"].item() == "2,000"
    assert index.height == 4


def test_observations_themselves_keep_to_their_contract() -> None:
    assert list(to_observations(figures()).columns) == list(OBSERVATIONS)


def test_the_cells_of_a_sum_are_all_kept() -> None:
    key = [name for name in OBSERVATION_KEY if name != "area_code"]
    rows = figures().with_columns(area_level=pl.lit("england"), category=pl.lit("All"), dimension=pl.lit("total"))
    summed = rows.group_by(key).agg(together()).with_columns(area_code=pl.lit(""))
    index = row_index_of(summed, RELEASE)
    assert index.filter(measure="seen")["text"].to_list() == ["1,000", "7"]


def test_cells_of_no_observation_are_refused() -> None:
    observations = to_observations(figures())
    index = row_index_of(figures(), RELEASE)
    validate_row_index(index, observations, where="here")
    with pytest.raises(ValidationError, match="of no observation"):
        validate_row_index(index, observations.filter(area_code="X1"), where="here")


def test_a_spreadsheets_columns_have_its_letters() -> None:
    found = [spreadsheet_column(f"column_{n}") for n in (0, 25, 26, 51, 52, 701, 702)]
    assert found == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
