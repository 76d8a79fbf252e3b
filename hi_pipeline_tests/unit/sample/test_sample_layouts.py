"""Every declared layout, token and label occurs in the sample, and all of it passes the live files' code."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

import polars as pl
import pytest

from hi_pipeline.core.source import Token
from hi_pipeline.core.status import LAYOUT_UNVERIFIED
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.archives import read_tables
from hi_pipeline_tests.unit.sample.sample_files import Sample

# Spellings that occur as two cells ("Asian or Asian British" and "Indian") or as parts of one, and are compared below.
_JOINED = {
    ("talking_therapies", "ETHNICITY_LABELS"),
    ("hes_outpatients", "KIND_LABELS"),
    ("hes_outpatients", "DECILE_LABELS"),
}
# The label of the decile that carries a wrong word in every area, as in the copy of the real file.
_NEVER_RIGHT = {"mental_health_act": {"01 Least deprived"}}


def _vocabulary(source: str) -> Iterator[tuple[str, Mapping[str | None, object]]]:
    """Yield the tokens and labels that the modules of a source declare, by name."""
    package = import_module(f"hi_pipeline.sources.{source}")
    for found in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, Mapping) and value:
                tokens = all(isinstance(meaning, Token) for meaning in value.values())
                if name.endswith("_LABELS") or tokens:
                    yield name, value


def _cells(sample: Sample, source: str) -> set[str | None]:
    cells: set[str | None] = set()
    for (name, _), tables in sample.raw.items():
        if name == source:
            for raws in tables.values():
                for raw in raws:
                    for column in raw.frame.iter_columns():
                        cells |= set(column.unique().to_list())
    return cells


def test_every_source_has_a_sample(sample: Sample) -> None:
    assert {source.name for source, _ in sample.releases} == set(SOURCES)


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_every_layout_is_written(sample: Sample, source: str) -> None:
    used = {release.layout for owner, release in sample.releases if owner.name == source}
    places = getattr(import_module(f"hi_pipeline.sources.{source}.sample"), "WITHOUT_RELEASE", {})
    assert set(places) == set(SOURCES[source].layouts) - used, f"layouts of {source} without a sample file, or with two"
    for name, place in places.items():
        assert SOURCES[source].layouts[name].kept_for, f"the layout {name} of {source} has no release and no reason"
        tables = read_tables(sample.folder / place, SOURCES[source].layouts[name])
        assert all(raw.frame.height for raws in tables.values() for raw in raws)


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_every_token_and_label_occurs(sample: Sample, source: str) -> None:
    cells = _cells(sample, source)
    for name, words in _vocabulary(source):
        if (source, name) in _JOINED:
            continue
        missing = {word for word in words if word not in cells and word != ""}
        assert missing == _NEVER_RIGHT.get(source, set()) & set(words), f"{source}.{name}"


def test_every_spelling_of_an_ethnic_group_occurs(sample: Sample) -> None:
    found: set[str] = set()
    for (name, _), tables in sample.raw.items():
        if name == "talking_therapies":
            rows = tables["main"][0].frame.filter(pl.col("VariableType") == "Ethnic Group")
            found |= {f"{a}: {b}" for a, b in rows.select("VariableA", "VariableB").unique().rows()}
    labels = dict(_vocabulary("talking_therapies"))["ETHNICITY_LABELS"]
    assert found == set(labels)


def test_every_kind_and_tenth_of_outpatients_occurs(sample: Sample) -> None:
    parts = {part for cell in _cells(sample, "hes_outpatients") if cell for part in (cell, *cell.split(" - "))}
    for name in ("KIND_LABELS", "DECILE_LABELS"):
        assert set(dict(_vocabulary("hes_outpatients"))[name]) <= parts


def test_corrections_find_what_they_expect(sample: Sample) -> None:
    account = sample.clean["mental_health_act", "2023-24"]["account"]
    assert 70 in account.filter(pl.col("kind") == "correction").to_series(2).to_list()
    for edition in ("2020-21", "2021-22", "2022-23"):
        above = sample.observations("qof", edition).filter(pl.col("area_code") == "Y05750")
        values = dict(above.select("measure", "value").rows())
        assert values["register_ld"] > values["list_ld"]


def test_the_oddities_of_the_real_files_are_there(sample: Sample) -> None:
    prevalence = {e: sample.raw["qof", e]["prevalence"][0].frame["REGISTER"] for e in ("2020-21", "2022-23")}
    assert not prevalence["2020-21"].str.ends_with(".0").any()
    assert prevalence["2022-23"].str.ends_with(".0").all()
    misspelt = sample.raw["ons_population", "mid-2021-mid-2022"]["ICB 2023"][1]
    assert misspelt.member == "Mid-2022 ICB 2023" and "NSHER 2023 Name" in misspelt.frame.columns
    extract = sample.raw["rtt", "2026-01"]["extract"][0].frame
    assert extract["Commissioner Parent Org Code"].null_count() and extract["Total"].null_count()
    lists = sample.clean["gp_registrations", "2022-07-lsoa"]["practice_lsoa"]
    assert set(lists["lsoa_kind"].unique()) == {"england", "wales", "none"}
    fingertips = sample.raw["fingertips", "93930"]["data"][0].frame
    plain = (pl.col("Area Type") == "England") & (pl.col("Sex") == "Persons") & pl.col("Category").is_null()
    assert fingertips.filter(plain & (pl.col("Time period") == "2021/22")).height == 2
    assert fingertips["Value note"].is_not_null().sum() == 1
    hubs = sample.raw["talking_therapies", "2020-21"]["main"][0].frame.filter(pl.col("OrgType") == "CCG")["OrgCode"]
    assert {"13Q", "14R", "UNKNOWN", "05A"} <= set(hubs)
    practices = {e: set(sample.clean["qof", e]["practices"]["practice_code"]) for e in ("2020-21", "2022-23")}
    listed = set(lists["practice_code"])
    assert practices["2020-21"] - practices["2022-23"], "no practice closed"
    assert practices["2022-23"] - listed, "no practice is missing from the list"
    assert listed - set(sample.observations("qof", "2022-23")["area_code"]), "every listed practice has registers"


def test_every_figure_of_a_table_that_nobody_has_seen_says_so(sample: Sample) -> None:
    declared = {(source.name, release.edition): source.layouts[release.layout] for source, release in sample.releases}
    assert any(layout.unverified for layout in declared.values())
    for key, layout in declared.items():
        if "observations" in sample.clean[key]:
            marked = sample.clean[key]["observations"]["note"].str.contains(LAYOUT_UNVERIFIED, literal=True)
            unseen = [name for name in layout.unverified if name in sample.raw[key]]
            assert marked.any() == bool(unseen), key
            assert not unseen or marked.all() == (len(unseen) == len(sample.raw[key])), key
