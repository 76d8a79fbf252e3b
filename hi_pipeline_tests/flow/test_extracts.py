"""Rows of records to an extract by the documented queries, to the pipeline's figures, against the rows themselves."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.engine.extracts import check_extract, take_in
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline.stats.standardisation.european import EUROPEAN_STANDARD_POPULATION_2013

PAGE = Path(__file__).parents[2] / "docs" / "local-extracts.md"
YEAR, NAME, QHM = "2024-25", "act_emergency_dsr", "E54000050"
EMERGENCY = ("21", "22", "2A", "2D", "28")
ROWS = 30_000


def _queries() -> list[str]:
    return re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def _population() -> pl.DataFrame:
    """Made-up people by sex, age and decile: the young live where it is most deprived."""
    rows = [
        (sex, age, decile, 40 + (20 - decile if age < 40 else decile) - age // 4)
        for sex in ("1", "2")
        for age in range(100)
        for decile in range(1, 11)
    ]
    return pl.DataFrame(rows, schema=["sex", "age", "imd_decile", "people"], orient="row")


def _episodes() -> pl.DataFrame:
    """Made-up episodes in the layout of hospital records, some elective, not dominant, of other years or unknown."""
    chance = random.Random(13)
    rows = []
    for _ in range(ROWS):
        age = chance.choice([chance.randint(0, 99), chance.randint(60, 99), 7001, 7003])
        rows.append(
            {
                "person": chance.randint(1, 12_000),
                "admidate": f"202{chance.choice('4444445')}-{chance.randint(4, 12):02d}-{chance.randint(1, 28):02d}",
                "admimeth": chance.choice([*EMERGENCY, "11", "12"]),
                "sex": chance.choice(["1", "2"] * 50 + ["9"]),
                "startage": age,
                "dominant": chance.choice([1, 1, 1, 0]),
                "imd_decile": chance.choice([*range(1, 11)] * 20 + [None]),
            }
        )
    return pl.DataFrame(rows).with_columns(pl.col("admidate").str.to_date())


def _counted(episodes: pl.DataFrame) -> pl.DataFrame:
    return episodes.filter(
        pl.col("admimeth").is_in(EMERGENCY) & (pl.col("dominant") == 1) & (pl.col("admidate").dt.year() == 2024)
    ).with_columns(age=pl.when(pl.col("startage") > 120).then(0).otherwise("startage"))


def _directly(episodes: pl.DataFrame, population: pl.DataFrame) -> float:
    """Standardise from the rows themselves, one stratum after the other."""
    rate = 0.0
    for start, weight in EUROPEAN_STANDARD_POPULATION_2013:
        last = 200 if start == 90 else start + 4
        for sex in ("1", "2"):
            within = (pl.col("sex") == sex) & pl.col("age").is_between(start, last)
            events = episodes.filter(within).height
            rate += weight / 2 * events / population.filter(within)["people"].sum()
    return rate


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pipeline, Path]:
    """Return a pipeline whose linked table holds the extract that the documented query wrote."""
    root = tmp_path_factory.mktemp("extract")
    (root / "mirror").mkdir()
    file = root / "emergency.csv"
    with duckdb.connect() as database:
        database.register("episodes", _episodes().to_arrow())
        database.register("population", _population().to_arrow())
        database.sql(_queries()[0]).write_csv(str(file))
    settings = Settings(source=f"mirror:{root / 'mirror'}", data_dir=root / "data")
    assert [str(problem) for problem in check_extract(file, open_pipeline(settings)).problems] == []
    taken = take_in(settings, file)
    assert taken.path == root / "data" / "local" / NAME / f"QHM_{YEAR}.csv"
    pipeline = open_pipeline(settings)
    source = pipeline.catalogue.sources["local_extracts"]
    table = pipeline.catalogue.tables_by_name["local_extracts_counts"]
    for outcome in (
        fetch_part(pipeline, source, YEAR), build_clean(pipeline, source, YEAR), build_linked(pipeline, table, YEAR)
    ):  # fmt: skip
        assert outcome.state is State.WRITTEN, outcome.reason
    return pipeline, file


def _results(pipeline: Pipeline, indicator: Indicator) -> pl.DataFrame:
    counts = pipeline.lake.read("linked", "local_extracts_counts", YEAR).filter(geography_vintage="2023-04")
    found = validate_results(compute_results(indicator, counts, synthetic=False), indicator)
    others = found.filter(pl.col("icb_code") != QHM)
    assert set(others["status"]) == {"not_published"} and others["note"].str.contains("no extract of this board").all()
    return found.filter(icb_code=QHM)


def test_figures_are_those_of_the_rows_before_anything_is_hidden(built: tuple[Pipeline, Path]) -> None:
    pipeline, _ = built
    indicator = replace(pipeline.catalogue.indicators_by_id[NAME], controlled=False)
    found = _results(pipeline, indicator)
    episodes, population = _counted(_episodes()), _population()
    total = found.filter(dimension="total").row(0, named=True)
    assert total["value"] == pytest.approx(_directly(episodes, population), rel=1e-9)
    for decile, word in ((1, "Decile 1 (most deprived)"), (7, "Decile 7")):
        own = _directly(episodes.filter(imd_decile=decile), population.filter(imd_decile=decile))
        assert found.filter(category=word)["value"].item() == pytest.approx(own, rel=1e-9)
    women = 2 * _directly(episodes.filter(sex="2"), population)
    assert found.filter(category="Female")["value"].item() == pytest.approx(women, rel=1e-9)


def test_what_is_shown_is_rounded_marked_and_compared_with_nobody(built: tuple[Pipeline, Path]) -> None:
    pipeline, _ = built
    found = _results(pipeline, pipeline.catalogue.indicators_by_id[NAME])
    shown = found.filter(status="ok", measure="value")
    for side in ("numerator", "denominator"):
        assert (shown[side] % 5 == 0).all() and (shown[side] >= 10).all()
    whole = shown.filter(pl.col("dimension") != "age").select("value", "lower_95", "upper_95", "lower_998", "upper_998")
    assert (whole == whole.select(pl.all().round(0))).to_series().all() and whole.height > 10
    assert shown["note"].str.contains("source: local extract", literal=True).all()
    assert set(found["comparison"]) == {"not_compared"} and set(found["area_type"]) == {"icb"}
    assert set(found["source_releases"]) == {f"local_extracts:{NAME}.QHM.{YEAR}"}
    assert found.filter(category="Unknown").height >= 2, "people of no known group are reported"


def test_people_with_several_events_are_counted_by_how_many(tmp_path: Path) -> None:
    with duckdb.connect() as database:
        database.register("episodes", _episodes().to_arrow())
        found = database.sql(_queries()[1]).pl()
    events = (found["numerator"] * found["events_per_person"]).sum()
    assert events == _counted(_episodes()).height and found["events_per_person"].max() > 1


def test_a_newer_file_takes_the_place_of_the_older(built: tuple[Pipeline, Path]) -> None:
    pipeline, file = built
    source = pipeline.catalogue.sources["local_extracts"]
    assert fetch_part(pipeline, source, YEAR).state is State.UNCHANGED
    table = pl.read_csv(file, infer_schema=False)
    table = table.with_columns(source_note=pl.lit("counted again"))
    again = file.with_name("again.csv")
    table.write_csv(again)
    assert take_in(pipeline.settings, again).replaced
    assert pipeline.snapshots.news(source, source.releases[0]) is not None
    assert fetch_part(pipeline, source, YEAR).state is State.WRITTEN
    kept = pipeline.settings.root / "snapshots" / "local_extracts"
    assert not list(kept.rglob("*changes*")), "true counts and their differences are not recorded"


def test_the_sensor_asks_for_an_extract_that_came(built: tuple[Pipeline, Path], tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    settings = Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")
    pipeline = open_pipeline(settings)
    definitions = build_definitions(settings, pipeline=pipeline)
    take_in(settings, built[1])
    context = dg.build_sensor_context(
        instance=dg.DagsterInstance.ephemeral(), definitions=definitions, resources={"pipeline": pipeline}
    )
    found = definitions.resolve_sensor_def("new_releases").evaluate_tick(context)
    (request,) = found.run_requests or []
    assert (request.partition_key, request.asset_selection) == (
        YEAR,
        [dg.AssetKey(["snapshot", "local_extracts"]), dg.AssetKey(["clean", "local_extracts"])],
    )
    assert f"{NAME}.QHM.{YEAR}" in json.dumps(dict(request.tags))
