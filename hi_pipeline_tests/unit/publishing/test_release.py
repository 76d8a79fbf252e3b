"""The published folder: one parquet, the same as CSV, described and attributed, the same bytes twice."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from frictionless import Package

from hi_pipeline.core.columns import RESULT_KEY, RESULT_MEANINGS, RESULTS
from hi_pipeline.core.coverage import YearFact
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS, LISTED
from hi_pipeline.indicators.comparisons import comparisons
from hi_pipeline.publishing.release import publish, read_published
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.lake import Lake

ACCEPTED = {"sha256": "ab" * 32, "address": "https://example.org/a.zip", "fetched": "2026-11-26"}
FACTS = {(indicator.id, "2023-24"): YearFact(cover=None, reason="") for indicator in INDICATORS}
APART = {"providers.parquet", "authorities.parquet", "comparators.parquet"}
BESIDE = {"comparisons.parquet", "slopes.parquet", "coverage.parquet", "coverage.csv"}
EXPECTED = (
    APART
    | BESIDE
    | {
        "results.parquet",
        "results.csv",
        "datapackage.json",
        "indicators.json",
        "sources.json",
        "ATTRIBUTION.md",
    }
)


def _row(**changes: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(RESULTS)
    row |= {
        "indicator_id": "tt_recovery_pct",
        "indicator_version": "1",
        "financial_year": "2023-24",
        "period_start": date(2023, 4, 1),
        "period_end": date(2024, 3, 31),
        "area_type": "icb",
        "icb_code": "E54000010",
        "icb_name": "Stafford, “Stoke”",
        "geography_vintage": "2023-04",
        "dimension": "total",
        "category": "All",
        "measure": "value",
        "value": 1 / 3,
        "status": "ok",
        "source_releases": "talking_therapies:2023-24;ons_population:2024-07",
        "synthetic": True,
    }
    return row | changes


@pytest.fixture
def results() -> pl.DataFrame:
    rows = [
        _row(icb_code="E54000011"),
        _row(),
        _row(icb_code=None, icb_name="Unknown", area_type="remainder", value=None, status="suppressed"),
    ]
    return pl.DataFrame(rows, schema=RESULTS)


def _publish(root: Path, results: pl.DataFrame, *, synthetic: bool = True) -> tuple[Path, ...]:
    provenance = Provenance(inputs=(), code_version="1", schema_version="1", synthetic=synthetic)
    beside = comparisons(results, None, {i.id: i for i in INDICATORS})
    return publish(
        Lake(root),
        results=results,
        comparisons=beside,
        provenance=provenance,
        indicators=INDICATORS,
        listed=LISTED,
        facts=FACTS,
        sources=SOURCES.values(),
        accepted={"talking_therapies:2023-24": ACCEPTED},
    )


def test_the_folder_holds_each_figure_once_and_nothing_else(tmp_path: Path, results: pl.DataFrame) -> None:
    paths = _publish(tmp_path, results)
    assert {p.name for p in paths} == EXPECTED
    assert {p.name for p in (tmp_path / "published").iterdir()} == EXPECTED | {"results.parquet.json"}
    tidy = pl.read_parquet(paths[0])
    assert tidy.height == tidy.select(RESULT_KEY).n_unique() == 3
    assert tidy["icb_code"].to_list() == ["E54000010", "E54000011", None]


def test_providers_and_authorities_stand_in_files_of_their_own(tmp_path: Path, results: pl.DataFrame) -> None:
    more = [
        _row(icb_code="RBK", icb_name="A trust", area_type="provider", source_releases="rtt:2026-01"),
        _row(icb_code="E06000047", icb_name="County Durham", area_type="authority"),
        _row(icb_code="E92000001", icb_name="All boards", area_type="boards"),
    ]
    _publish(tmp_path, pl.concat([results, pl.DataFrame(more, schema=RESULTS)]))
    folder = tmp_path / "published"
    for name, code in (("providers", "RBK"), ("authorities", "E06000047"), ("comparators", "E92000001")):
        apart = pl.read_parquet(folder / f"{name}.parquet")
        assert apart["icb_code"].to_list() == [code] and apart.columns == list(RESULTS)
        resources = json.loads((folder / "datapackage.json").read_text())["resources"]
        (described,) = (r for r in resources if r["path"] == f"{name}.parquet")
        assert described["rows"] == 1 and len(described["schema"]["fields"]) == len(RESULTS)
    assert set(pl.read_parquet(folder / "results.parquet")["area_type"]) == {"icb", "remainder"}
    assert read_published(Lake(tmp_path)).height == results.height + 3
    assert SOURCES["rtt"].attribution in (folder / "ATTRIBUTION.md").read_text()


def test_the_csv_is_utf8_and_says_the_same(tmp_path: Path, results: pl.DataFrame) -> None:
    _publish(tmp_path, results)
    folder = tmp_path / "published"
    assert "Stafford, “Stoke”" in (folder / "results.csv").read_text(encoding="utf-8")
    read = pl.read_csv(folder / "results.csv", schema=RESULTS, null_values=[""], try_parse_dates=True)
    assert read.equals(pl.read_parquet(folder / "results.parquet"))


def test_the_package_describes_every_file_and_column(tmp_path: Path, results: pl.DataFrame) -> None:
    _publish(tmp_path, results)
    folder = tmp_path / "published"
    package = json.loads((folder / "datapackage.json").read_text())
    by_path = {r["path"]: r for r in package["resources"]}
    assert set(by_path) == EXPECTED - {"datapackage.json"}
    for name, resource in by_path.items():
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert resource["hash"] == f"sha256:{digest}", name
    fields = by_path["results.csv"]["schema"]["fields"]
    assert [f["name"] for f in fields] == list(RESULTS) == list(RESULT_MEANINGS)
    assert package["licenses"] and all(s["path"].startswith("https://") for s in package["sources"])


def test_another_programs_reader_finds_the_package_valid(tmp_path: Path, results: pl.DataFrame) -> None:
    _publish(tmp_path, results)
    package = tmp_path / "published" / "datapackage.json"
    report = _validated(package)
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])
    table = package.with_name("results.csv")
    table.write_text(table.read_text(encoding="utf-8").replace(",suppressed,", ",hushed,"), encoding="utf-8")
    spoilt = {kind for (kind,) in _validated(package).flatten(["type"])}
    assert {"constraint-error", "hash-count"} & spoilt


def _validated(package: Path) -> Any:
    """Validate by frictionless; of the resources those that are tables (it reads neither parquet nor our JSON)."""
    described = Package(str(package))
    for name in [r.name for r in described.resources if not str(r.path).endswith(".csv")]:
        described.remove_resource(name)
    return described.validate()


def test_only_what_was_used_is_catalogued_and_attributed(tmp_path: Path, results: pl.DataFrame) -> None:
    _publish(tmp_path, results)
    folder = tmp_path / "published"
    # The whole list is told, computed or not; publications only where a figure names them.
    declared = {i["id"]: i["declared"] for i in json.loads((folder / "indicators.json").read_text())["indicators"]}
    assert set(declared) == {entry.id for entry in ENTRIES}
    assert (declared["tt_recovery_pct"], declared["lung_checks_n"]) == ("computed", "not computed")
    sources = json.loads((folder / "sources.json").read_text())["sources"]
    assert [s["name"] for s in sources] == ["ons_population", "talking_therapies"]
    assert [r["id"] for r in sources[1]["releases"]] == ["talking_therapies:2023-24"]
    assert {name: sources[1]["releases"][0][name] for name in ACCEPTED} == ACCEPTED
    text = (folder / "ATTRIBUTION.md").read_text()
    assert SOURCES["talking_therapies"].attribution in text
    assert SOURCES["rtt"].title not in text


def test_the_same_results_give_the_same_bytes(tmp_path: Path, results: pl.DataFrame) -> None:
    first = _publish(tmp_path / "a", results)
    second = _publish(tmp_path / "b", results.reverse())
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


@pytest.mark.parametrize("synthetic", [True, False])
def test_every_file_of_the_sample_says_synthetic(tmp_path: Path, results: pl.DataFrame, synthetic: bool) -> None:
    marked = results.with_columns(pl.lit(synthetic).alias("synthetic"))
    _publish(tmp_path, marked, synthetic=synthetic)
    folder = tmp_path / "published"
    for name in ("datapackage.json", "ATTRIBUTION.md"):
        assert ("SYNTHETIC" in (folder / name).read_text()) is synthetic
    for name in ("indicators.json", "sources.json"):
        assert json.loads((folder / name).read_text())["synthetic"] is synthetic
    assert pl.read_csv(folder / "results.csv")["synthetic"].unique().to_list() == [synthetic]
