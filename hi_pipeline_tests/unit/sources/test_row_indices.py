"""Every publication that an indicator reads leads each figure back to its cells, and the cells are in the file."""

import importlib
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.columns import OBSERVATION_KEY
from hi_pipeline.core.row_index import ROW_INDEX, spreadsheet_column
from hi_pipeline.core.source import RawTables, Release, Source
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.sources import SOURCES
from hi_pipeline.sources.healthy_life_expectancy.parse import SHARE
from hi_pipeline.storage.archives import read_tables
from hi_pipeline_tests.unit.sources.editions import parsed

READ = {o.source for i in INDICATORS for o in i.by_origin}
KEPT = sorted(name for name, source in SOURCES.items() if "observations" in source.schemas)
# Read without a row index: patients and residents have no observations and are traced by practice and area; rows of a
# board's own extract may be true small counts, so `hi explain` shows none of them.
WITHOUT = {"census_ethnicity", "gp_registrations", "local_extracts"}
# Measures that are kept in another unit than the file prints: a spreadsheet's fraction as a percentage, thousands.
SCALE = {("covid_vaccinations", "first_dose_pct"): 100.0, ("homelessness", "households"): 1000.0}
SEVERAL = " and all above"  # the waiting list's bands from one on, of which the text is the sum
HEADERS_WITHIN = 15


def _newest_of_each_layout(source: Source, folder: Path) -> list[Release]:
    importlib.import_module(f"hi_pipeline.sources.{source.name}.sample").write(folder)
    there = [r for r in source.releases if (r.address or r.mirror_path) and (folder / r.mirror_file).is_file()]
    return list({release.layout: release for release in sorted(there, key=lambda r: r.edition)}.values())


def _of_indicators(source: str, observations: pl.DataFrame) -> pl.DataFrame:
    """Return the figures that indicators read; all of a publication that none reads."""
    origins = [o for i in INDICATORS for o in i.by_origin if o.source == source]
    read = {name for o in origins for name in (*o.numerator, *o.denominator, *o.denominator_less, o.published)}
    return observations.filter(pl.col("measure").is_in([name for name in read if name])) if read else observations


def _texts_of_the_file(raw: RawTables, columns: set[str]) -> pl.DataFrame:
    """Return member, row, column and text of every cell of some columns, by their name, header or letters."""
    blocks = []
    for table in {table.member: table for members in raw.values() for table in members}.values():
        numbered = table.frame.with_row_index("row", offset=table.first_row)
        for column in table.frame.columns:
            names = {column}
            if column.startswith("column_"):
                names |= {spreadsheet_column(column), *table.frame[column].head(HEADERS_WITHIN).drop_nulls()}
            blocks += [
                numbered.select(pl.lit(table.member).alias("member"), "row", pl.lit(name).alias("column"), text=column)
                for name in sorted(names & columns)
            ]
    return pl.concat(blocks)


def _printed() -> pl.Expr:
    """Read a printed text: a number, or the sum of several."""
    number = pl.element().str.replace_all(",", "").cast(pl.Float64, strict=False)
    return pl.col("text").str.split(" + ").list.eval(number).list.sum().sum().alias("printed")


def test_every_publication_that_an_indicator_reads_keeps_its_rows() -> None:
    assert READ - set(KEPT) == WITHOUT


@pytest.mark.parametrize("name", KEPT)
def test_every_figure_leads_back_to_cells_that_are_in_the_file(name: str, tmp_path: Path) -> None:
    source = SOURCES[name]
    checked = 0
    for release in _newest_of_each_layout(source, tmp_path):
        path = tmp_path / release.mirror_file
        tables = parsed(source, release, path).tables
        observations = _of_indicators(name, tables["observations"])
        _check_cells(tables[ROW_INDEX], read_tables(path, source.layouts[release.layout]))
        scale = {measure: factor for (source_name, measure), factor in SCALE.items() if source_name == name}
        checked += _check_sums(observations, tables[ROW_INDEX], scale)
    assert checked


def _check_cells(index: pl.DataFrame, raw: RawTables) -> None:
    """Each cell of the index stands in the file as it says."""
    cells = index.filter(~pl.col("column").str.ends_with(SEVERAL))
    there = _texts_of_the_file(raw, set(cells["column"])).with_columns(known=True)
    seen = cells.join(there, on=["member", "row", "column"], how="left", validate="m:1", suffix="_there")
    wrong = pl.col("known").is_null() | (pl.col("text").ne_missing(pl.col("text_there")) & (pl.col("correction") == ""))
    assert seen.height
    assert seen.filter(wrong).is_empty(), seen.filter(wrong).head(5)


def _check_sums(observations: pl.DataFrame, index: pl.DataFrame, factors: dict[str, float]) -> int:
    """Each figure has cells, which add up to it; return how many were added up.

    A 0 may be a row that the file leaves out, and "Unknown" what is left of a total: neither is printed anywhere. Nor
    are a total that is none, and the tenth of people that each decile is.
    """
    without = observations.join(index, on=OBSERVATION_KEY, how="anti").filter(
        pl.col("value").ne_missing(0.0), pl.col("status") != "not_applicable", pl.col("measure") != SHARE
    )
    assert set(without["category"]) <= {"Unknown"}, without.head(5)
    sums = index.group_by(OBSERVATION_KEY).agg(_printed())
    known = observations.filter(status="ok").join(sums, on=OBSERVATION_KEY, how="inner", validate="1:1")
    scale = pl.col("measure").replace_strict(factors, default=1.0, return_dtype=pl.Float64)
    apart = known.filter((pl.col("value") - scale * pl.col("printed")).abs() > 1e-6 * pl.col("value").abs().clip(1.0))
    assert apart.is_empty(), apart.select(*OBSERVATION_KEY, "value", "printed").head(5)
    return known.height
