"""The published folder: one parquet, the same as CSV, described and attributed, the same bytes twice."""

import csv
import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from frictionless import Package

from hi_pipeline.core.beside import JUDGING
from hi_pipeline.core.columns import RESULT_KEY, RESULT_MEANINGS, RESULTS
from hi_pipeline.core.coverage import YearFact
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.people_columns import SMALL_AREAS
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.indicators.beside import tables_beside
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS, LISTED
from hi_pipeline.publishing.for_excel import for_excel
from hi_pipeline.publishing.package import data_package
from hi_pipeline.publishing.release import CSV_TOO, in_file_order, publish, read_published
from hi_pipeline.publishing.whole import altered_files
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.lake import Lake

ACCEPTED = {"sha256": "ab" * 32, "address": "https://example.org/a.zip", "fetched": "2026-11-26"}
FACTS = {(indicator.id, "2023-24"): YearFact(cover=None, reason="") for indicator in INDICATORS}
APART = {"providers.parquet", "authorities.parquet", "comparators.parquet"}
BESIDE = {
    "comparisons.parquet",
    "slopes.parquet",
    "lineage.parquet",
    "population.parquet",
    *(f"{name}{end}" for name in CSV_TOO for end in (".parquet", ".csv", ".csv-metadata.json")),
    *(f"{name}.parquet" for name in JUDGING),
}
EXPECTED = (
    APART
    | BESIDE
    | {
        "results.parquet",
        "results.csv",
        "results.csv-metadata.json",
        "results-for-excel.csv",
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


def _publish(
    root: Path,
    results: pl.DataFrame,
    *,
    synthetic: bool = True,
    lists: dict[str, pl.DataFrame] | None = None,
    beside: dict[str, pl.DataFrame] | None = None,
) -> tuple[Path, ...]:
    provenance = Provenance(inputs=(), code_version="1", schema_version="1", synthetic=synthetic)
    beside = beside or tables_beside(results, None, {i.id: i for i in INDICATORS})
    return publish(
        Lake(root),
        results=in_file_order(results),
        beside=beside,
        lists=lists,
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


def test_figures_in_another_order_are_refused(tmp_path: Path, results: pl.DataFrame) -> None:
    apart = _row(icb_code="RBK", icb_name="A trust", area_type="provider")
    mixed = pl.concat([results.head(1), pl.DataFrame([apart], schema=RESULTS), results.tail(-1)])
    with pytest.raises(ValidationError, match="in_file_order"):
        publish(
            Lake(tmp_path),
            results=mixed,
            beside=tables_beside(mixed, None, {i.id: i for i in INDICATORS}),
            provenance=Provenance(inputs=(), code_version="1", schema_version="1", synthetic=True),
            indicators=INDICATORS,
            listed=LISTED,
            facts=FACTS,
            sources=SOURCES.values(),
            accepted={},
        )
    assert not (tmp_path / "published").exists()


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
        assert resource["bytes"] == (folder / name).stat().st_size
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
    assert (declared["tt_recovery_pct"], declared["ed_type1_conversion_std"]) == ("computed", "not computed")
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


def test_the_package_has_a_day_and_a_version_and_no_clock(tmp_path: Path, results: pl.DataFrame) -> None:
    released = [r.published for r in SOURCES["talking_therapies"].releases if r.edition == "2023-24"]
    other = [r.published for r in SOURCES["ons_population"].releases if r.edition == "2024-07"]
    newest = max((day for day in released + other if day), default=None)
    packages = []
    for name, rows in (("a", results), ("b", results), ("c", results.with_columns(note=pl.lit("other")))):
        _publish(tmp_path / name, rows)
        packages.append(json.loads((tmp_path / name / "published" / "datapackage.json").read_text()))
    assert packages[0].get("created") == (f"{newest}T00:00:00Z" if newest else None)
    assert packages[0]["version"] == packages[1]["version"] != packages[2]["version"]


def test_the_package_is_of_the_day_of_its_newest_release() -> None:
    package = data_package(files={}, rows={}, sources=[], revised=[], created=date(2026, 2, 12), synthetic=False)
    assert package["created"] == "2026-02-12T00:00:00Z"
    assert package["version"].startswith("2026.2.12+")


def test_csvw_describes_the_csv_beside_it(tmp_path: Path, results: pl.DataFrame) -> None:
    _publish(tmp_path, results)
    folder = tmp_path / "published"
    described = json.loads((folder / "results.csv-metadata.json").read_text())
    header = (folder / described["url"]).read_text(encoding="utf-8").splitlines()[0]
    columns = described["tableSchema"]["columns"]
    assert [c["name"] for c in columns] == header.split(",")
    assert {c["name"]: c["datatype"] for c in columns}["period_start"] == "date"
    assert described["dc:license"] and described["@context"][0] == "http://www.w3.org/ns/csvw"
    assert "SYNTHETIC" in described["dc:title"]


def test_excel_takes_no_code_or_year_for_a_date(tmp_path: Path, results: pl.DataFrame) -> None:
    rows = pl.DataFrame(
        [
            _row(financial_year="2011-12", geography_vintage="2022-07", dimension="age", category="10-14",
                 icb_ods_code="1E5", numerator=112.0, denominator=1234.56, unit="percent", value=54.83333,
                 denominator_low=1230.123456, between_variance=0.000123456),
            _row(financial_year="2012-13", imd_vintage="2019", category="=HYPERLINK(1)", unit="ratio", value=1.23456,
                 note='-1 "quoted"', icb_ods_code="QNC", lower_95=100.0),
            _row(financial_year="2013-14", category="5 Jun", note="-" * 300, value=None, status="suppressed"),
            _row(financial_year="2014-15", category="January 2026", unit="percent", value=0.004946, lower_95=0.00123,
                 upper_95=-0.0004, numerator=0.0312, comparator_value=0.999999, unknown_share=0.00004321),
        ],
        schema=RESULTS,
    )  # fmt: skip
    content = b"".join(for_excel(rows))
    assert content.startswith(b"\xef\xbb\xbf")
    first, second, third, small = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    shown = {name: first[name] for name in ("financial_year", "geography_vintage", "category", "icb_ods_code")}
    assert shown == {
        "financial_year": '="2011-12"', "geography_vintage": '="2022-07"', "category": '="10-14"',
        "icb_ods_code": '="1E5"',
    }  # fmt: skip
    assert (first["numerator"], first["denominator"], first["value"]) == ("112", "1234.6", "54.83")
    assert (first["denominator_low"], float(first["between_variance"])) == ("1230.1", 0.0001235)
    assert first["icb_name"] == "Stafford, \u201cStoke\u201d"
    assert (second["value"], second["lower_95"], second["icb_ods_code"]) == ("1.235", "100", "QNC")
    assert (second["category"], second["note"]) == ('="=HYPERLINK(1)"', '="-1 ""quoted"""')
    assert (second["imd_vintage"], third["category"]) == ('="2019"', '="5 Jun"')
    assert third["note"] == "'" + "-" * 300
    assert third["value"] == ""
    assert small["category"] == '="January 2026"'
    shown = {name: small[name] for name in ("value", "lower_95", "upper_95", "numerator", "comparator_value")}
    assert shown == {"value": "0.00495", "lower_95": "0.00123", "upper_95": "-0.0004", "numerator": "0.03",
                     "comparator_value": "1"}  # fmt: skip
    assert small["unknown_share"] == "0.0000432", "a figure that is not 0 is not shown as 0"
    # Key and labels of the files for programs stay as they are.
    _publish(tmp_path, results)
    folder = tmp_path / "published"
    tidy = results.filter(~pl.col("area_type").is_in(["provider", "authority", "boards"]))
    years = pl.read_parquet(folder / "results.parquet")["financial_year"]
    assert years.sort().to_list() == tidy["financial_year"].sort().to_list()
    assert '="' not in (folder / "results.csv").read_text().replace('"="', "")


def test_small_areas_are_published_described_and_attributed(tmp_path: Path, results: pl.DataFrame) -> None:
    area = dict.fromkeys(SMALL_AREAS) | {
        "lsoa_code": "E01000001",
        "lsoa_name": "Made up, 001A",
        "icb_code_2023_04": "E54000010",
        "residents": 1_500,
        "source_releases": "fuel_poverty:2023;iod2025:2025-file-7",
    }
    lists = {"small_areas": pl.DataFrame([area], schema=SMALL_AREAS)}
    _publish(tmp_path, results, lists=lists)
    folder = tmp_path / "published"
    read = pl.read_csv(folder / "small_areas.csv")
    assert read["lsoa_name"].to_list() == ["Made up, 001A"] and read["synthetic"].to_list() == [True]
    described = json.loads((folder / "small_areas.csv-metadata.json").read_text())
    assert [c["name"] for c in described["tableSchema"]["columns"]] == read.columns
    assert described["dc:title"].startswith("SYNTHETIC: Small areas")
    assert all(c["dc:description"] for c in described["tableSchema"]["columns"])
    # Whoever's figures went in is named, although no row of the results rests on them.
    assert SOURCES["fuel_poverty"].attribution in (folder / "ATTRIBUTION.md").read_text()
    assert pl.read_parquet(folder / "pockets.parquet").is_empty()
    assert not altered_files(Lake(tmp_path))
    (folder / "small_areas.csv").write_text("x")
    assert "small_areas.csv" in altered_files(Lake(tmp_path))[0]


@pytest.mark.parametrize("name", JUDGING)
def test_a_table_that_breaks_its_contract_is_not_published(tmp_path: Path, results: pl.DataFrame, name: str) -> None:
    _publish(tmp_path, results)
    before = {path.name: path.read_bytes() for path in (tmp_path / "published").iterdir()}
    whole = tables_beside(results, None, {i.id: i for i in INDICATORS})
    row = pl.DataFrame([dict.fromkeys(whole[name].columns)], schema=whole[name].schema)
    wrong = {"columns": whole[name].drop("note"), "twice": pl.concat([row, row])}
    for table in wrong.values():
        with pytest.raises(ValidationError, match=f"{name}.parquet"):
            _publish(tmp_path, results, beside=whole | {name: table})
    with pytest.raises(ValidationError, match="published tables"):
        _publish(tmp_path, results, beside={other: table for other, table in whole.items() if other != name})
    assert {path.name: path.read_bytes() for path in (tmp_path / "published").iterdir()} == before
