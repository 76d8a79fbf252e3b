"""Published tables, explanations, packs' facts and charts' data of two editions hold no small count."""

import hmac
import json
import random
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.geography import Vintage
from hi_pipeline.engine.extracts import take_in
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.extracts.contract import DECILE_LABELS
from hi_pipeline.publishing.report.building import facts_json
from hi_pipeline.publishing.report.document import Chart
from hi_pipeline.publishing.report.packs import Order, pack_of
from hi_pipeline.publishing.report.published import read_published
from hi_pipeline.settings import Settings
from hi_pipeline.storage.keyed import KEY_FILE
from hi_pipeline_tests.flow.test_every_extract import QHM, YEAR, build
from hi_pipeline_tests.unit.extracts import made

UNDER_18, STROKE, LUNG = "emergency_adm_u18_rate", "stroke_adm_i60_i64_dsr", "lung_checks_n"
COUNTS = re.compile(r"(?:numerator|denominator) = ([\d,]+)|between ([\d,]+) and ([\d,]+)")


def _few(table: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return an extract with small counts by decile, whose total is their sum."""
    chance = random.Random(seed)
    counts = [chance.choice([0, 1, 2, 3, 5, 7, 9, 14, 31, 31, 60, 60, 90, 90]) for _ in DECILE_LABELS]
    name = table["indicator_id"][0]
    rows = [made.row(sum(counts), 90_000, indicator_id=name)]
    rows += [made.row(n, 9_000, indicator_id=name, imd_decile=d) for n, d in zip(counts, DECILE_LABELS, strict=True)]
    frame = made.frame(rows)
    return frame.drop("denominator", "events_per_person") if name == LUNG else frame


def _small_strata(seed: int) -> pl.DataFrame:
    chance = random.Random(seed)
    table = made.standardised().with_columns(indicator_id=pl.lit(STROKE))
    counts = [str(chance.choice([0, 0, 1, 2, 3, 7, 12])) for _ in range(table.height)]
    return table.with_columns(numerator=pl.Series(counts))


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pipeline, list[Path]]:
    """Return a root after two editions of its extracts, and what was published of each."""
    root = tmp_path_factory.mktemp("attacked")
    (root / "mirror").mkdir()
    settings = Settings(source=f"mirror:{root / 'mirror'}", data_dir=root / "data")
    kept = []
    for edition in (1, 2):
        for name in (UNDER_18, LUNG):
            _few(made.filled(name), 10 * edition + len(name)).write_csv(root / "mine.csv")
            take_in(settings, root / "mine.csv")
        _small_strata(edition).write_csv(root / "mine.csv")
        take_in(settings, root / "mine.csv")
        pipeline = open_pipeline(settings)
        build(pipeline)
        kept.append(shutil.copytree(settings.root / "published", root / f"edition {edition}"))
    return pipeline, kept


def _is_safe(count: float | None) -> bool:
    """Tell whether a count that is shown, or an end of its bounds, tells no count of 1 to 7."""
    return count is None or count == 0 or count >= 8


def test_no_table_of_either_edition_holds_a_small_count(editions: tuple[Pipeline, list[Path]]) -> None:
    _, kept = editions
    looked = 0
    for folder in kept:
        for path in folder.glob("*.parquet"):
            table = pl.read_parquet(path)
            sides = [n for n in table.columns if n.startswith(("numerator", "denominator"))]
            for name in sides:
                assert all(_is_safe(x) for x in table[name].unique()), (path.name, name)
                looked += table[name].count()
        values = pl.read_parquet(folder / "results.parquet").filter(unit="count", status="ok")
        assert all(_is_safe(x) and x % 5 == 0 for x in values["value"])
    assert looked > 100


def test_no_explanation_holds_a_small_count(
    editions: tuple[Pipeline, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline, _ = editions
    monkeypatch.setenv("HI_SOURCE", pipeline.settings.source)
    monkeypatch.setenv("HI_DATA_DIR", str(pipeline.settings.data_dir))
    told = []
    asked = [(name, dimension) for name in (UNDER_18, STROKE, LUNG) for dimension in ("total", "deprivation")]
    for name, dimension in asked:
        words = ["--dimension", dimension]
        words += ["--category", "Decile 3"] if dimension == "deprivation" else []
        said = CliRunner().invoke(app, ["explain", name, "--year", YEAR, "--icb", QHM, *words], catch_exceptions=False)
        assert said.exit_code == 0, said.output
        told += [float(x.replace(",", "")) for found in COUNTS.findall(said.output) for x in found if x]
        whole = CliRunner().invoke(
            app, ["explain", name, "--year", YEAR, "--icb", QHM, *words, "--full"], catch_exceptions=False
        )
        assert not re.search(r"(?m)(^|,)[1-7](,|$)", whole.output), whole.output
    assert told and all(_is_safe(x) for x in told), told


def test_no_pack_and_no_chart_holds_a_small_count(editions: tuple[Pipeline, list[Path]]) -> None:
    pipeline, kept = editions
    for folder in kept:
        order = Order(
            icb=QHM, year=YEAR, vintage=Vintage.APRIL_2023, root=pipeline.settings.root, local=pipeline.settings.local
        )
        document = pack_of(read_published(folder), order).document
        facts = json.loads(facts_json(document))
        figures = [f for f in facts["figures"] if f["indicator"] in (UNDER_18, STROKE, LUNG)]
        assert len(figures) > 20
        for figure in figures:
            assert _is_safe(figure["numerator"]) and _is_safe(figure["denominator"]), figure
            if figure["status"] != "ok":
                assert figure["value"] is None and figure["lower"] is None
        charts = [block for block in document.blocks if isinstance(block, Chart)]
        # An indicator of the statement has charts; one of the annexes, such as lung checks, is told in sentences.
        assert len(charts) == 2
        for group, *numbers, _, unit, status in (row for chart in charts for row in chart.drawn[1:]):
            if status != "ok":
                assert not any(numbers), (group, numbers)
                continue
            drawn = float(numbers[0].replace(",", ""))
            assert unit != "number" or _is_safe(drawn), (group, drawn)
            # What is drawn is a figure that is shown, and nothing finer.
            own = [f for f in figures if f["category"].replace("Decile", "Tenth") == group]
            told = [f["value"] for f in own if f["value"] is not None]
            assert any(abs(drawn - value) <= 0.05 for value in told), (group, drawn)


def test_what_changed_between_two_files_is_recorded_nowhere(editions: tuple[Pipeline, list[Path]]) -> None:
    pipeline, _ = editions
    kept = pipeline.settings.root / "snapshots" / "local_extracts"
    assert not list(kept.rglob("*changes*"))


def test_nothing_that_leaves_the_folder_holds_a_digest_by_which_counts_could_be_tried(
    editions: tuple[Pipeline, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline, kept = editions
    source = next(s for s in pipeline.catalogue.sources.values() if s.local)
    files = [snap for r in source.releases for snap in pipeline.snapshots.history(source.name, r.edition)]
    tables = pipeline.lake.parts("clean", source.name)
    counts = [pipeline.lake.current_sha256("clean", source.name, *part) for part in tables]
    plain = [*(snap.sha256 for snap in files), *(sha for sha in counts if sha)]
    assert len(files) == 6 and len(plain) > 6
    key = bytes.fromhex((pipeline.settings.root / KEY_FILE).read_text())
    told = {hmac.new(key, snap.sha256.encode(), "sha256").hexdigest() for snap in files}
    published = [path for folder in kept for path in folder.iterdir()]
    order = Order(
        icb=QHM, year=YEAR, vintage=Vintage.APRIL_2023, root=pipeline.settings.root, local=pipeline.settings.local
    )
    document = pack_of(read_published(kept[-1]), order).document
    monkeypatch.setenv("HI_SOURCE", pipeline.settings.source)
    monkeypatch.setenv("HI_DATA_DIR", str(pipeline.settings.data_dir))
    said = CliRunner().invoke(app, ["explain", LUNG, "--year", YEAR, "--icb", QHM], catch_exceptions=False).output
    said += (
        CliRunner()
        .invoke(app, ["explain", LUNG, "--year", YEAR, "--icb", QHM, "--dimension", "total"], catch_exceptions=False)
        .output
    )
    out = {path.name: path.read_bytes() for path in published} | {"explain": said.encode()}
    out |= {"pack": repr(document).encode()}
    for name, data in out.items():
        assert not [sha for sha in plain if sha[:8].encode() in data], name
        assert key.hex().encode() not in data
    assert told & set(re.findall(r"[0-9a-f]{64}", out["sources.json"].decode()))
    assert "kept by the board" in said
