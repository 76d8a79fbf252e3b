"""The linked tables that are published as they are: taken from the lake where they are built, left out where not."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.people_columns import POPULATION
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.layers.published_lists import LINKED_TABLES, list_places, listed, people_lists
from hi_pipeline.engine.pipeline import Pipeline, load_catalogue, open_pipeline
from hi_pipeline.publishing.package import LISTS
from hi_pipeline.settings import Settings
from hi_pipeline.tables.reference.similar_boards import LISTED_IN


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return open_pipeline(Settings(source="sample", data_dir=tmp_path))


def _write(pipeline: Pipeline, name: str, year: str, frame: pl.DataFrame) -> None:
    made = Provenance(inputs=(), code_version="1", schema_version="1", releases=(f"{name}:1",))
    pipeline.lake.write(frame, made, layer="linked", name=name, parts=(year,))


def _residents() -> pl.DataFrame:
    """Two ages of one band, the band of 90 and over, and the year before, which is no figure of this year."""
    rows = [
        ("2023-04", "E54000010", 2022, True, "Female", 0, "0 to 4", 30),
        ("2023-04", "E54000010", 2022, True, "Female", 4, "0 to 4", 40),
        ("2023-04", "E54000010", 2022, True, "Female", 90, "90 and over", 5),
        ("2023-04", "E54000010", 2021, False, "Female", 3, "0 to 4", 999),
        ("2023-04", None, 2022, True, "Male", 5, "5 to 9", 1),
    ]
    columns = ["geography_vintage", "icb_code", "mid_year", "of_year", "sex", "age", "age_band", "population"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def test_nothing_is_published_where_nothing_is_built(pipeline: Pipeline) -> None:
    assert people_lists(pipeline) == {}
    assert listed(pipeline, ("similar_boards", LISTED_IN)) is None
    assert [name for name, _ in list_places(pipeline)] == ["similar_boards", "lineage", "small_areas", "pockets"]


def test_residents_are_those_of_the_years_own_mid_year_by_band(pipeline: Pipeline) -> None:
    _write(pipeline, "population", "2023-24", _residents())
    assert ("population", "2023-24") in list_places(pipeline)
    found = people_lists(pipeline)["population"]
    assert found.columns == list(POPULATION)
    assert found.select("icb_code", "age_from", "age_band", "residents").rows() == [
        (None, 5, "5 to 9", 1),
        ("E54000010", 0, "0 to 4", 70),
        ("E54000010", 90, "90 and over", 5),
    ]
    assert found["source_releases"].unique().to_list() == ["population:1"]


def test_a_list_is_published_as_it_is_built(pipeline: Pipeline) -> None:
    frame = pl.DataFrame({"lsoa_code": ["E01000001"]})
    _write(pipeline, "small_areas", LISTED_IN, frame)
    assert people_lists(pipeline)["small_areas"].equals(frame)


def test_every_published_list_is_a_linked_table_that_the_catalogue_has() -> None:
    tables = load_catalogue().tables_by_name
    assert set(LISTS) <= set(LINKED_TABLES) <= set(tables)
