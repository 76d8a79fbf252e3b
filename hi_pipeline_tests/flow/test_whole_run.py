"""The embedded sample from fetch to publication through Dagster: repeatable to the byte, idle when nothing changed."""

import math
import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hi_pipeline.core.beside import JUDGING
from hi_pipeline.engine.layers.published import publish_results
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.plan import Plan, Selection
from hi_pipeline.orchestration.instance.opening import open_instance
from hi_pipeline.orchestration.runs import Report, Runner
from hi_pipeline.sample.planted import DETENTIONS, PREVALENCE, RECOVERY, Gradient
from hi_pipeline.settings import Settings
from hi_pipeline.storage.cells import Cell
from hi_pipeline_tests.flow.broken import LAYERS, hashes_of, link_releases, narrowed, run_steps

RECOVERED, DETAINED, COPD = "tt_recovery_pct", "mha_detention_rate", "copd_prevalence_pct"
YEARS = ("2022-23", "2023-24")
ASKED = Selection(years=YEARS)
# What these need, and no other of the sample's files.
NEEDED = (
    *(("talking_therapies", year) for year in YEARS),
    *(("qof", year) for year in YEARS),
    ("mental_health_act", "2023-24"),
    ("ons_population", "mid-2022-mid-2024"),
    ("gp_registrations", "2022-07-lsoa"),
    ("iod2019", "2019-file-1"),
    ("ons_geography", "2011-2021-lsoa"),
    ("census_ethnicity", "2021-csv"),
)
CATALOGUE = narrowed((RECOVERED, DETAINED, COPD))


@dataclass(frozen=True)
class Whole:
    """A data root of its own, what two runs on it did, and how its files stood after each."""

    settings: Settings
    reports: tuple[Report, ...]
    stamps: tuple[dict[str, int], ...]

    @property
    def results(self) -> pl.DataFrame:
        return pl.read_parquet(self.settings.root / "published" / "results.parquet")


def _run(settings: Settings) -> Report:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        instance = open_instance(settings)
        report = Runner(open_pipeline(settings, CATALOGUE), instance).run(ASKED)
        instance.dispose()
    return report


def _stamps(root: Path) -> dict[str, int]:
    """Return when each kept or built file was last written."""
    found = (path for layer in ("snapshots", *LAYERS) for path in (root / layer).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.stat().st_mtime_ns for path in found}


@pytest.fixture(scope="module")
def whole(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    settings = Settings(source="sample", data_dir=tmp_path_factory.mktemp("whole"))
    link_releases(sample, Path(settings.mirror), NEEDED)
    done = [(_run(settings), _stamps(settings.root)) for _ in range(2)]
    return Whole(settings, tuple(report for report, _ in done), tuple(stamps for _, stamps in done))


def test_a_run_builds_every_cell_that_was_asked_for(whole: Whole) -> None:
    first = whole.reports[0]
    assert first.success, (first.failures, first.broken, first.failed_checks)
    written = {(key, partition) for (key, partition), o in first.outcomes.items() if o.state is State.WRITTEN}
    cells = {(name, part.split("|")[0]) for (layer, name), part in written if layer == "indicator"}
    assert cells == {(RECOVERED, "2022-23"), (RECOVERED, "2023-24"), (DETAINED, "2023-24")} | {
        (COPD, year) for year in YEARS
    }
    assert sum(key == ("indicator", RECOVERED) for key, _ in written) == 2 * 49
    assert (("published", "results"), "") in written
    assert whole.results["synthetic"].all()


def test_a_second_run_with_nothing_changed_does_nothing(whole: Whole) -> None:
    second = whole.reports[1]
    assert (second.runs, second.outcomes, second.failed_checks, second.broken) == (0, {}, [], [])
    assert whole.stamps[1] == whole.stamps[0], "no file is written again, not even with the same bytes"
    plan = Plan(open_pipeline(whole.settings, CATALOGUE), ASKED)
    levels = plan.pipeline.catalogue.table_levels()
    assert not [*plan.snapshots(), *plan.clean(), *(s for level in levels for s in plan.linked(level))]
    assert not [*plan.figures(), *plan.published()]


def test_another_run_writes_the_same_bytes(whole: Whole, sample: Path, tmp_path: Path) -> None:
    """In another root and by the plain steps: neither places, nor the clock, nor Dagster leave a trace in a file."""
    again = Settings(source="sample", data_dir=tmp_path)
    link_releases(sample, Path(again.mirror), NEEDED)
    done = run_steps(open_pipeline(again, CATALOGUE), YEARS)
    assert State.FAILED not in {outcome.state for outcome in done.values()}
    ours, theirs = hashes_of(whole.settings.root, *LAYERS), hashes_of(again.root, *LAYERS)
    figures = {f"{RECOVERED}/{YEARS[0]}", f"{COPD}/{YEARS[0]}", *(f"{i.id}/{YEARS[1]}" for i in CATALOGUE.indicators)}
    named = {f"indicator/{name}.parquet" for name in figures} | {
        "published/results.parquet",
        "published/slopes.parquet",
        *(f"published/{name}.parquet" for name in JUDGING),
    }
    assert named <= ours.keys()
    assert [path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)] == []


def test_publishing_in_a_process_of_its_own_writes_the_same_bytes(whole: Whole) -> None:
    """A run publishes England's rows as it computed them beside the boards; here they are computed alone."""
    before = hashes_of(whole.settings.root, "published")
    (whole.settings.root / "published" / "results.parquet").unlink()
    pipeline = open_pipeline(whole.settings, CATALOGUE)
    assert not pipeline.others
    assert publish_results(pipeline).state is State.WRITTEN
    assert hashes_of(whole.settings.root, "published") == before


def _log(share: float) -> float:
    return math.log(share)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _planted_slope(planted: Gradient, *, groups: int, scale: Callable[[float], float]) -> float:
    """Most less least deprived end of the line through equal groups, fitted on the method's scale."""
    middles = [(n + 0.5) / groups for n in range(groups)]
    heights = [scale(planted.at(middle)) for middle in middles]
    middle = sum(heights) / groups
    slope = sum((x - 0.5) * y for x, y in zip(middles, heights, strict=True)) / sum((x - 0.5) ** 2 for x in middles)
    top, bottom = (math.exp(middle + turn * slope / 2) for turn in (-1, 1))
    return top / (1 + top) - bottom / (1 + bottom) if scale is _logit else top - bottom


# The band is what chance does to England's counts. Recovery is better where it is higher: its index is turned.
@pytest.mark.parametrize(
    ("indicator", "year", "planted", "scale", "per", "band"),
    [
        *((RECOVERED, year, RECOVERY, _logit, -100, 1.0) for year in YEARS),
        (DETAINED, "2023-24", DETENTIONS, _log, 100_000, 50.0),
    ],
    ids=[*(f"{RECOVERED} {year}" for year in YEARS), DETAINED],
)
def test_englands_slope_index_is_the_planted_one(
    whole: Whole,
    indicator: str,
    year: str,
    planted: Gradient,
    scale: Callable[[float], float],
    per: float,
    band: float,
) -> None:
    rows = _england_by_deprivation(whole, indicator, year)
    expected = per * _planted_slope(planted, groups=10, scale=scale)
    assert expected == pytest.approx(per * planted.slope, rel=0.06), "the scale bends the planted line a little"
    sii = rows["sii"]
    assert sii["value"] == pytest.approx(expected, abs=band)
    assert sii["lower_95"] < sii["value"] < sii["upper_95"]
    assert rows["gap"]["value"] == pytest.approx(0.9 * per * planted.slope, rel=0.05), "middles of tenths 1 and 10"


def test_practices_show_most_of_the_planted_slope(whole: Whole) -> None:
    """Ecological: the mean rank of a practice's patients spans less than the patients do."""
    planted = PREVALENCE["COPD"]
    for year in YEARS:
        sii = _england_by_deprivation(whole, COPD, year)["sii"]["value"]
        assert 0.7 < sii / (100 * planted.slope) < 1.0


def _england_by_deprivation(whole: Whole, indicator: str, year: str) -> dict[str, dict[str, Any]]:
    rows = whole.results.filter(
        (pl.col("measure") != "value"),
        indicator_id=indicator,
        financial_year=year,
        area_type="england",
        dimension="deprivation",
    )
    return {row["measure"]: row for row in rows.to_dicts()}


def test_figures_of_an_earlier_version_with_other_columns_stop_publishing(whole: Whole, tmp_path: Path) -> None:
    shutil.copytree(whole.settings.root, tmp_path / whole.settings.root.name)
    pipeline = open_pipeline(Settings(source=whole.settings.source, data_dir=tmp_path), CATALOGUE)
    place = pipeline.lake.path("published", "results")
    before = place.read_bytes()
    year = YEARS[0]
    known = pipeline.cells.provenance(COPD, year)
    cells = {
        icb: Cell(frame=pipeline.cells.read(COPD, year, [icb]).drop("unconfirmed"), provenance=made)
        for icb, made in known.items()
    }
    pipeline.cells.write(COPD, {year: cells})
    outcome = publish_results(pipeline)
    assert outcome.state is State.FAILED
    assert f"{COPD} {year}: an earlier version" in outcome.reason and "hi run --stale" in outcome.reason
    assert place.read_bytes() == before
