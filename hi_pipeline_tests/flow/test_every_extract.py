"""One board gives every extract that there is: its coverage, what stands in its folder, and in nobody else's."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import Vintage
from hi_pipeline.engine.extracts import take_in
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.indicator import build_indicator
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.layers.published import publish_results
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.extracts.contract import EXTRACTS
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS
from hi_pipeline.publishing.report.facts import facts_of
from hi_pipeline.publishing.report.published import read_published
from hi_pipeline.settings import Settings
from hi_pipeline_tests.unit.extracts import made

YEAR, QHM, QWO, QMJ = "2024-25", "E54000050", "E54000054", "E54000028"
STROKE = "stroke_adm_i60_i69_dsr"
# A board gives one of the four lists of codes of stroke.
GIVEN = [name for name in EXTRACTS if not name.startswith("stroke_") or name == STROKE]
STATED = {entry.id for entry in ENTRIES if entry.statement_number}


def build(pipeline: Pipeline) -> None:
    """Build the extracts of the year, and publish."""
    source = pipeline.catalogue.sources["local_extracts"]
    table = pipeline.catalogue.tables_by_name["local_extracts_counts"]
    fetched, cleaned = fetch_part(pipeline, source, YEAR), build_clean(pipeline, source, YEAR)
    linked = build_linked(pipeline, table, YEAR)
    assert {fetched.state, cleaned.state, linked.state} <= {State.WRITTEN, State.UNCHANGED}, (fetched, cleaned, linked)
    for indicator in pipeline.catalogue.indicators:
        if indicator.source == "local_extracts":
            for outcome in build_indicator(pipeline, indicator, YEAR).values():
                assert outcome.state in (State.WRITTEN, State.UNCHANGED, State.ABSENT), outcome.reason
    published = publish_results(pipeline)
    assert published.state in (State.WRITTEN, State.UNCHANGED), published.reason


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Return a sample root in which one board gave every extract: a trial, and nothing else is built."""
    root = tmp_path_factory.mktemp("every")
    settings = Settings(source="sample", data_dir=root / "data")
    for name in GIVEN:
        made.filled(name).write_csv(root / f"{name}.csv")
        take_in(settings, root / f"{name}.csv")
    pipeline = open_pipeline(settings)
    build(pipeline)
    return pipeline


def _coverage(pipeline: Pipeline) -> pl.DataFrame:
    cells = pl.read_parquet(pipeline.lake.path("published", "coverage"))
    return cells.filter(
        pl.col("indicator_id").is_in(STATED), financial_year=YEAR, geography_vintage="2023-04", icb_code=QHM
    )


def test_nothing_that_an_extract_gives_is_left_as_not_public(built: Pipeline) -> None:
    cells = _coverage(built)
    assert cells["indicator_id"].n_unique() == len(STATED)
    assert cells.filter(state="not_public").select("indicator_id", "dimension").rows() == []
    shown = cells.filter(state="shown").select("indicator_id", "dimension").rows()
    declared = [(i.id, d.value) for i in INDICATORS if i.id in GIVEN and i.id in STATED for d in i.dimensions]
    assert sorted(shown) == sorted(declared)


def test_the_other_lists_of_codes_say_by_which_the_board_counts(built: Pipeline) -> None:
    others = _coverage(built).filter(pl.col("indicator_id").str.starts_with("stroke_adm_i"), state="counted_otherwise")
    assert others["indicator_id"].n_unique() == 3 and others["dimension"].n_unique() == 5
    assert set(others["reason"]) == {f"the board counts it by another list of codes: {STROKE}"}
    assert set(others["held_by"]) == {""}


def test_the_command_shows_it(built: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_SOURCE", "sample")
    monkeypatch.setenv("HI_DATA_DIR", str(built.settings.data_dir))
    said = CliRunner().invoke(app, ["coverage", "--icb", "QHM", "--format", "csv"], catch_exceptions=False).stdout
    lines = {row["indicator"]: ",".join(row.values()) for row in csv.DictReader(io.StringIO(said))}
    assert all("shown" in lines[name] for name in GIVEN) and "counted otherwise" in lines["stroke_adm_i60_i64_dsr"]


def test_everything_of_a_trial_is_synthetic(built: Pipeline) -> None:
    results = pl.read_parquet(built.lake.path("published", "results"))
    assert results["synthetic"].all() and results.filter(status="ok").height > 1_000


def test_gaps_and_slopes_of_standardised_rates_are_made_from_what_is_shown(built: Pipeline) -> None:
    rows = pl.read_parquet(built.lake.path("published", "results")).filter(
        indicator_id=STROKE, icb_code=QHM, dimension="deprivation", geography_vintage="2023-04"
    )
    found = {row["measure"]: row for row in rows.filter(category="All").iter_rows(named=True)}
    assert set(found) == {"gap", "ratio", "sii", "rii"}
    assert {row["status"] for row in found.values()} == {"ok"}
    # Every decile has the same rate.
    assert found["gap"]["value"] == pytest.approx(0, abs=1e-9) and found["rii"]["value"] == pytest.approx(1)


def test_nothing_of_one_board_reaches_the_folder_of_another(built: Pipeline) -> None:
    published = read_published(built.settings.root / "published")
    own = facts_of(published, icb=QHM, year=YEAR, vintage=Vintage.APRIL_2023)
    assert any(i.card.id == STROKE and i.total is not None for i in own.shown)
    other = facts_of(published, icb=QMJ, year=YEAR, vintage=Vintage.APRIL_2023)
    assert not [i.card.id for i in other.shown]
    assert "local_extracts" not in json.dumps([dict(s) for s in other.sources], default=str)
    told = json.dumps([asdict(i) for i in other.indicators], default=str)
    assert "local_extracts:" not in told and "made-up counts" not in told
    assert {r["comparator_value"] for r in other.comparisons or ()} <= {None}


def test_a_second_list_of_codes_is_not_taken_in(built: Pipeline, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    made.filled("stroke_adm_i60_i64_dsr").write_csv(file)
    with pytest.raises(SelectionError, match="by another list of codes"):
        take_in(built.settings, file)
    made.filled("stroke_adm_i60_i64_dsr", board="QMJ").write_csv(file)
    taken = take_in(built.settings, file)
    taken.path.unlink()
