"""Board packs as an asset by year and board: made, read back and shown; or skipped, and it is said."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from hi_pipeline.core.geography import CURRENT, board
from hi_pipeline.engine.checks.packs import of_packs
from hi_pipeline.engine.layers import packs
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.orchestration.assets import packs_asset
from hi_pipeline.orchestration.instance.records import PACKS, reconcile
from hi_pipeline.settings import Settings
from hi_pipeline_tests.unit.publishing.report import made_up

CELL = f"{made_up.YEAR}|{made_up.ICB}"


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """A data root with a published folder of made-up figures, and nothing else."""
    found = open_pipeline(Settings(source="sample", data_dir=tmp_path))
    folder = found.settings.root / "published"
    folder.mkdir(parents=True)
    published = made_up.published(made_up.rows_of(7))
    published.results.write_parquet(folder / "results.parquet")
    (folder / "indicators.json").write_text(json.dumps(made_up.catalogue()))
    (folder / "sources.json").write_text(json.dumps({"sources": made_up.SOURCES}))
    for name in ("small_areas", "pockets", "population"):
        getattr(published, name).write_parquet(folder / f"{name}.parquet")
    return found


def made(pipeline: Pipeline, instance: dg.DagsterInstance, cell: str = CELL) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [packs_asset()], partition_key=cell, resources={"pipeline": pipeline}, instance=instance, raise_on_error=False
    )


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {found.check_name: found for found in result.get_asset_check_evaluations()}


def test_a_pack_is_made_checked_and_its_summary_shown(pipeline: Pipeline) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = made(pipeline, instance)
        assert result.success
        assert {name: found.passed for name, found in checks(result).items()} == {
            "verified": True,
            "accessible": True,
            "complete": True,
        }
        (event,) = result.asset_materializations_for_node("published__packs")
        folder = pipeline.settings.root / "packs" / made_up.YEAR / made_up.ICB
        assert event.partition == CELL
        assert event.metadata["folder"].value == (
            f"sample/packs/{made_up.YEAR}/{made_up.ICB} in the data folder (HI_DATA_DIR)"
        )
        assert "figures by deprivation." in str(event.metadata["summary"].value)
        assert event.metadata["SYNTHETIC"].value is True
        assert (folder / "report.pdf").is_file()
        # Again: nothing changed, and the record is of the same pack.
        (again,) = made(pipeline, instance).asset_materializations_for_node("published__packs")
        assert again.tags == event.tags


def test_a_pack_that_hi_pack_made_is_recorded_at_the_next_start(pipeline: Pipeline) -> None:
    list(packs.build_packs(pipeline, packs.open_published(pipeline), [(made_up.YEAR, made_up.ICB)]))
    with dg.DagsterInstance.ephemeral() as instance:
        reconcile(pipeline, instance)
        assert instance.get_materialized_partitions(PACKS) == {CELL}
        assert reconcile(pipeline, instance) == 0


def test_a_board_without_figures_and_one_of_no_footprint_do_not_apply(pipeline: Pipeline) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for cell in (f"2019-20|{made_up.ICB}", f"2026-27|{made_up.ICB}"):
            result = made(pipeline, instance, cell)
            assert result.success and not result.asset_materializations_for_node("published__packs")
            assert "no pack was made" in str(checks(result)["complete"].metadata["found"].value)


def test_without_the_libraries_of_reports_packs_are_skipped_and_it_is_said(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(packs.NEEDS, "no_such_library", "no-such-library")
    with dg.DagsterInstance.ephemeral() as instance:
        result = made(pipeline, instance)
    assert result.success
    assert not (pipeline.settings.root / "packs").exists()
    said = str(checks(result)["verified"].metadata["found"].value)
    assert "packs are skipped: no-such-library are not installed" in said


def test_what_was_changed_in_a_placed_pack_fails_its_check(pipeline: Pipeline) -> None:
    published = packs.open_published(pipeline)
    (pack,) = packs.build_packs(pipeline, published, [(made_up.YEAR, made_up.ICB)])
    assert pack.order is not None and all(f.passed for f in of_packs(published, [pack]))
    page = pack.order.folder / "summary.html"
    whole = page.read_text(encoding="utf-8")
    broken: dict[str, Any] = {
        "verified": whole.replace("Largest gaps", "Smallest gaps", 1),
        "accessible": whole.replace('lang="en-GB"', ""),
    }
    for check, text in broken.items():
        page.write_text(text, encoding="utf-8")
        found = {f.check: f for f in of_packs(published, [pack])}
        assert not found[check].passed and "summary.html" in found[check].said, check
        assert not found["complete"].passed
    page.unlink()
    found = {f.check: f for f in of_packs(published, [pack])}
    assert "summary.html is missing" in found["complete"].said


def test_a_pack_that_contradicts_its_facts_fails_and_the_others_are_made(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hi_pipeline.publishing.report import packs as report

    monkeypatch.setattr(report, "faults_of", lambda pack, files: ["report.html: the numeral 7 belongs to no fact"])
    with dg.DagsterInstance.ephemeral() as instance:
        result = made(pipeline, instance)
    assert not result.success
    assert not checks(result)["verified"].passed
    assert not (pipeline.settings.root / "packs" / made_up.YEAR / made_up.ICB).exists()


def test_a_board_that_is_on_the_footprint_in_force_alone_has_its_pack_there(pipeline: Pipeline) -> None:
    new = next(b for b in map(board, ("E54000066", "E54000068")) if b.vintages == {CURRENT})
    order = packs.order_of(pipeline, made_up.YEAR, new.ons)
    assert order is not None and order.folder.parent.name == f"{made_up.YEAR}-on-{CURRENT.value}"
    (pack,) = packs.build_packs(pipeline, packs.open_published(pipeline), [(made_up.YEAR, new.ons)])
    assert pack.outcome.state is State.ABSENT and "no figure" in pack.outcome.reason


def test_nothing_published_is_said(tmp_path: Path) -> None:
    empty = open_pipeline(Settings(source="sample", data_dir=tmp_path))
    (pack,) = packs.build_packs(empty, packs.open_published(empty), [(made_up.YEAR, made_up.ICB)])
    assert pack.outcome.reason == "nothing is published yet; run hi run first"
    assert pl.DataFrame(of_packs(None, [pack])[0].rows or {}).is_empty()
