"""The declared linked tables fit the declared indicators, and the population table keeps its promises."""

import polars as pl
import pytest

from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage
from hi_pipeline.core.validation import validate
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.tables.declared import linked_tables
from hi_pipeline.tables.reference.population import build_population
from hi_pipeline.tables.schemas import POPULATION
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader

TABLES = linked_tables(INDICATORS)
BY_NAME = {table.name: table for table in TABLES}


def test_every_indicator_has_the_counts_of_its_source() -> None:
    for indicator in INDICATORS:
        table = BY_NAME[f"{indicator.source}_counts"]
        assert table.indicators_of == indicator.source
        assert set(indicator.sources) <= set(table.sources)


def test_names_are_unique_and_links_exist() -> None:
    assert len(BY_NAME) == len(TABLES)
    for table in TABLES:
        assert set(table.linked) <= set(BY_NAME)
        assert set(table.required) <= set(table.sources)


def _population(vintage: Vintage, years: list[int]) -> pl.DataFrame:
    codes = [s.ons for s in SUB_ICB_LOCATIONS if vintage in s.board]
    frame = pl.DataFrame({"sub_icb_ons": codes, "icb_ons": ["E54000010"] * len(codes)})
    groups = pl.DataFrame({"sex": ["Female", "Male", "Male"], "age": pl.Series([0, 4, 90], dtype=pl.Int32)})
    mid_years = pl.DataFrame({"year": pl.Series(years, dtype=pl.Int32)})
    return (
        frame.join(groups, how="cross")
        .join(mid_years, how="cross")
        .with_columns(geography=pl.lit("ICB 2023"), population=pl.lit(10, dtype=pl.Int64))
    )


def _built(year: str) -> pl.DataFrame:
    clean = {("ons_population", "population", "2022"): _population(Vintage.APRIL_2023, [2021, 2022])}
    built = build_population(FakeReader(clean), year)
    validate(built.frame, POPULATION, where="population")
    return built.frame.with_columns(pl.lit("; ".join(built.notes)).alias("notes"))


def test_population_of_the_mid_year_and_the_nearest_one() -> None:
    frame = _built("2021-22")
    assert frame.filter("of_year")["mid_year"].unique().to_list() == [2021]
    later = _built("2023-24")
    assert later.filter("of_year")["mid_year"].unique().to_list() == [2022]
    assert "nearest in hand to mid-2023" in later["notes"][0]
    assert set(later["icb_code"]) >= {"E54000063", "E54000064"}
    assert set(_built("2022-23")["icb_code"]) >= {"E54000052", "E54000053"}
    assert set(later["age_band"]) == {"0 to 4", "90 and over"}
    assert later.filter(geography_vintage="2023-04")["population"].sum() == 106 * 30
    assert later.filter(geography_vintage="2026-04")["population"].sum() == 106 * 30


def test_residents_of_a_parted_location_are_in_no_board_of_2026_and_not_lost() -> None:
    frame = _built("2026-27")
    assert frame["geography_vintage"].unique().to_list() == ["2026-04"]
    assert frame["population"].sum() == 106 * 30
    absent = {"E54000067", "E54000069", "E54000070"}  # Hampshire, Surrey and Sussex, Thames Valley
    assert frame["icb_code"].n_unique() == 36 - 3 + 1 and not absent & set(frame["icb_code"])
    # D4U1Y, D9Y0V with 10R, 92A with 70F, 09D and 97R, and the three of Thames Valley that are whole.
    assert frame.filter(pl.col("icb_code").is_null())["population"].sum() == 10 * 30


def test_a_location_of_no_footprint_is_fatal() -> None:
    rows = _population(Vintage.APRIL_2023, [2022]).with_columns(
        sub_icb_ons=pl.col("sub_icb_ons").replace("E38000006", "E38999999")
    )
    with pytest.raises(LinkageError, match="E38999999"):
        build_population(FakeReader({("ons_population", "population", "2022"): rows}), "2022-23")
