"""An extract that left its folder: nothing of it stays, and what others gave stays as it was."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.engine.checks.by_layer import of_clean, of_linked
from hi_pipeline.engine.extracts import take_in
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.layers.published import publish_results
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.plan import Plan, Selection
from hi_pipeline.engine.releases.editions import look_for_editions
from hi_pipeline.engine.withdrawals import withdraw
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline_tests.conftest import Once
from hi_pipeline_tests.flow.test_every_extract import QHM, QMJ, YEAR, build
from hi_pipeline_tests.unit.extracts import made

LIVE_DAY = date(2026, 11, 26)
LUNG, UNDER_18 = "lung_checks_n", "emergency_adm_u18_rate"


def _settings(folder: Path) -> Settings:
    return Settings(source=f"mirror:{folder / 'mirror'}", data_dir=folder / "data")


@pytest.fixture(scope="module")
def built(once: Once) -> Path:
    """Return a folder with a mirror root of two boards' extracts, built and published, and no publisher's file."""
    return once("given", _given)


def _given(folder: Path) -> None:
    (folder / "mirror").mkdir()
    for name, board in ((LUNG, "QHM"), (LUNG, "QMJ"), (UNDER_18, "QHM")):
        made.filled(name, board=board, per_group=17).write_csv(folder / "mine.csv")
        take_in(_settings(folder), folder / "mine.csv")
    build(open_pipeline(_settings(folder)))


@pytest.fixture
def pipeline(built: Path, tmp_path: Path) -> Pipeline:
    shutil.copytree(built, tmp_path / "root")
    return open_pipeline(_settings(tmp_path / "root"))


def _file(pipeline: Pipeline, name: str, board: str) -> Path:
    return pipeline.settings.extracts / name / f"{board}_{YEAR}.csv"


def _figures(pipeline: Pipeline) -> set[tuple[str, str]]:
    rows = pl.read_parquet(pipeline.lake.path("published", "results")).filter(status="ok")
    return set(rows.select("indicator_id", "icb_code").unique().rows())


def _look(pipeline: Pipeline) -> tuple[str, ...]:
    look_for_editions(pipeline, today=LIVE_DAY, ask=False)
    return withdraw(pipeline)


def _texts(root: Path) -> str:
    held = [path for path in root.rglob("*") if path.is_file() and path.suffix in (".json", ".csv", ".md")]
    return "\n".join(path.read_text(encoding="utf-8") for path in held if "dagster" not in path.parts)


def test_what_is_withdrawn_goes_and_what_others_gave_stays(pipeline: Pipeline) -> None:
    assert _figures(pipeline) == {(LUNG, QHM), (LUNG, QMJ), (UNDER_18, QHM)}
    assert _look(pipeline) == ()
    _file(pipeline, LUNG, "QHM").unlink()
    (said,) = _look(pipeline)
    assert f"{LUNG}.QHM.{YEAR}" in said and "withdrawn" in said
    assert publish_results(pipeline).state is State.WRITTEN
    assert _figures(pipeline) == {(LUNG, QMJ), (UNDER_18, QHM)}
    assert f"{LUNG}.QHM" not in _texts(pipeline.settings.root)
    counts = pipeline.lake.read("linked", "local_extracts_counts", YEAR)
    assert counts.filter(indicator_id=LUNG, icb_code=QHM, status="ok").is_empty()
    assert _look(pipeline) == ()


def test_the_only_extract_of_an_indicator_leaves_no_row_of_it(pipeline: Pipeline) -> None:
    _file(pipeline, UNDER_18, "QHM").unlink()
    assert len(_look(pipeline)) == 1
    publish_results(pipeline)
    rows = pl.read_parquet(pipeline.lake.path("published", "results"))
    assert rows.filter(indicator_id=UNDER_18).is_empty() and _figures(pipeline) == {(LUNG, QHM), (LUNG, QMJ)}


def test_packs_that_rest_on_it_go_and_an_edited_document_is_named(pipeline: Pipeline) -> None:
    packs = pipeline.settings.root / "packs" / YEAR
    for board, releases in ((QHM, [f"local_extracts:{LUNG}.QHM.{YEAR}"]), (QMJ, ["qof:2024-25"])):
        files = {
            "facts.json": json.dumps({"sources": releases, "figures": [], "sentences": []}).encode(),
            "charts/gap.csv": b"a,b",
            "report.docx": b"as made",
        }
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        files["pack.json"] = json.dumps({"key": {}, "files": hashes}).encode()
        for name, data in files.items():
            (packs / board / name).parent.mkdir(parents=True, exist_ok=True)
            (packs / board / name).write_bytes(data)
    (packs / QHM / "report.docx").write_bytes(b"edited")
    _file(pipeline, LUNG, "QHM").unlink()
    _, said = _look(pipeline)
    assert "report.docx was edited" in said
    assert [path.name for path in (packs / QHM).rglob("*") if path.is_file()] == ["report.docx"]
    assert len([path for path in (packs / QMJ).rglob("*") if path.is_file()]) == 4


def test_a_pack_of_which_nobody_knows_what_it_wrote_is_named_whole(pipeline: Pipeline) -> None:
    """Without its list of files nothing can be told from what a board wrote itself."""
    folder = pipeline.settings.root / "packs" / YEAR / QHM
    folder.mkdir(parents=True)
    facts = {"sources": [f"local_extracts:{LUNG}.QHM.{YEAR}"], "figures": [], "sentences": []}
    (folder / "facts.json").write_text(json.dumps(facts))
    (folder / "report.html").write_text("a page")
    _file(pipeline, LUNG, "QHM").unlink()
    _, *said = _look(pipeline)
    assert [line.split(" was edited")[0].rpartition("/")[2] for line in said] == ["facts.json", "report.html"]


def test_the_last_extract_leaves_nothing_published(pipeline: Pipeline) -> None:
    for name, board in ((LUNG, "QHM"), (LUNG, "QMJ"), (UNDER_18, "QHM")):
        _file(pipeline, name, board).unlink()
    assert len(_look(pipeline)) == 3
    assert not list((pipeline.settings.root / "published").iterdir())
    assert "local_extracts:" not in _texts(pipeline.settings.root)


def test_a_folder_that_is_not_there_withdraws_nothing(pipeline: Pipeline, tmp_path: Path) -> None:
    """A disk that is not mounted is no wish of anybody."""
    pipeline.settings.extracts.rename(tmp_path / "elsewhere")
    assert _look(pipeline) == ()
    assert pipeline.snapshots.editions("local_extracts")


def test_the_sensor_takes_it_out_and_asks_for_what_follows(pipeline: Pipeline) -> None:
    _file(pipeline, LUNG, "QHM").unlink()
    definitions = build_definitions(pipeline.settings, pipeline=pipeline)
    context = dg.build_sensor_context(
        instance=dg.DagsterInstance.ephemeral(), definitions=definitions, resources={"pipeline": pipeline}
    )
    found = definitions.resolve_sensor_def("rebuild_stale").evaluate_tick(context)
    assert pipeline.snapshots.latest("local_extracts", f"{LUNG}.QHM.{YEAR}") is None
    # Layer by layer: this root lacks the tables of publications, which come first.
    assert found.run_requests and [stage.keys for stage in Plan(pipeline, Selection()).published()]


def test_a_call_that_was_cut_short_is_taken_up_again(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(pipeline, LUNG, "QHM").unlink()
    monkeypatch.setattr("hi_pipeline.engine.withdrawals.remove_packs", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _look(pipeline)
    monkeypatch.undo()
    assert len(_look(pipeline)) == 1 and _look(pipeline) == ()


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_workbook_or_parquet_laid_into_the_folder_is_read(pipeline: Pipeline, kind: str) -> None:
    before = _figures(pipeline)
    old = _file(pipeline, UNDER_18, "QHM")
    table = made.filled(UNDER_18, per_group=23)
    new = old.with_suffix(f".{kind}")
    if kind == "xlsx":
        table.write_excel(new)
    else:
        table.cast({"numerator": int, "denominator": int}, strict=False).write_parquet(new)
    double = look_for_editions(pipeline, today=LIVE_DAY, ask=False)
    assert sum("another file beside it is the same extract" in line for line in double) == 2
    old.unlink()
    assert _look(pipeline) == ()
    build(pipeline)
    assert _figures(pipeline) == before
    rows = pl.read_parquet(pipeline.lake.path("published", "results"))
    total = rows.filter(indicator_id=UNDER_18, icb_code=QHM, dimension="total", geography_vintage="2023-04")
    truth = int(table.filter(pl.all_horizontal(pl.col("sex", "age_band", "ethnic_group", "imd_decile").is_null()))
                ["numerator"].item())  # fmt: skip
    assert abs(total["numerator"].item() - truth) <= 2
    # Given to hi import, the CSV takes the place of the file that was laid there.
    again = pipeline.settings.data_dir / "again.csv"
    table.write_csv(again)
    assert take_in(pipeline.settings, again).replaced and not new.exists()


def test_explain_lists_the_extract_of_a_figure_and_nobody_elses(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_SOURCE", pipeline.settings.source)
    monkeypatch.setenv("HI_DATA_DIR", str(pipeline.settings.data_dir))
    result = CliRunner().invoke(app, ["explain", LUNG, "--icb", "QHM", "--year", YEAR], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert f"from snapshots/local_extracts/{LUNG}.QHM.{YEAR}" in result.output
    assert "QMJ" not in result.output and UNDER_18 not in result.output


def test_a_shorter_newer_extract_is_no_failed_check(pipeline: Pipeline, tmp_path: Path) -> None:
    """The board says by its newer file that there are fewer groups; hi import names them."""
    made.filled(LUNG, board="QHM", per_group=17).filter(pl.col("sex").is_null()).write_csv(tmp_path / "short.csv")
    assert take_in(pipeline.settings, tmp_path / "short.csv").fewer == "2 fewer by sex"
    look_for_editions(pipeline, today=LIVE_DAY, ask=False)
    source = pipeline.catalogue.sources["local_extracts"]
    table = pipeline.catalogue.tables_by_name["local_extracts_counts"]
    assert fetch_part(pipeline, source, YEAR).state is State.WRITTEN
    clean, linked = build_clean(pipeline, source, YEAR), build_linked(pipeline, table, YEAR)
    assert clean.rows_before is not None and clean.rows < clean.rows_before
    findings = [*of_clean(pipeline, source, [clean])[0], *of_linked(pipeline, table, [linked])[0]]
    assert [f.passed for f in findings if f.check == "coverage_did_not_shrink"] == [True, True]
