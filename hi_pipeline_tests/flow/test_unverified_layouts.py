"""Publications of which nobody has seen a file: synthetic editions are read, refused if changed, and give figures.

Each figure says that its layout is unverified. What a parser makes of its fixture stands in its own tests.
"""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.status import LAYOUT_UNVERIFIED
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline.sources import SOURCES
from hi_pipeline_tests.flow.broken import link_releases, narrowed, run_steps
from hi_pipeline_tests.unit.sources import flows
from hi_pipeline_tests.unit.sources.editions import parsed
from hi_pipeline_tests.unit.sources.flows import Changes, altered

# By indicator, one of each publication at least.
EXPECTED = {figures.indicator: figures for _, figures in flows.figures()}
YEARS = sorted({figures.year for figures in EXPECTED.values()})
CATALOGUE = narrowed(EXPECTED)
REFERENCE = (
    ("ons_population", "mid-2022-mid-2024"),
    ("gp_registrations", "2022-07-lsoa"),
    ("gp_registrations", "2024-10-map"),
    ("iod2019", "2019-file-1"),
    ("ons_geography", "2011-2021-lsoa"),
    ("ons_geography", "2024-lsoa"),
    ("ons_geography", "2026-lsoa"),
    ("ons_geography", "2026-sub-icb"),
)


@pytest.fixture(scope="module")
def folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(source="sample", data_dir=tmp_path_factory.mktemp("unverified"))
    dated = [
        (source, release.edition)
        for source, year in {(name, figures.year) for name, figures in flows.figures()}
        for release in SOURCES[source].releases
        if year in release.financial_years
        if (sample / release.mirror_file).exists()
    ]
    link_releases(sample, Path(settings.mirror), [*dated, *REFERENCE])
    run_steps(open_pipeline(settings, CATALOGUE), YEARS)
    return settings.root / "published"


@pytest.fixture(scope="module")
def published(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "results.parquet", glob=False)


@pytest.mark.parametrize("indicator", EXPECTED)
def test_a_synthetic_edition_gives_figures_that_say_it(published: pl.DataFrame, indicator: str) -> None:
    of = EXPECTED[indicator]
    every = published.filter(indicator_id=indicator, area_type=of.area_type, status="ok", measure="value")
    figures = every.filter(~pl.col("dimension").is_in(list(of.seen)), financial_year=of.year)
    assert set(figures["dimension"]) == of.dimensions
    assert figures["note"].str.contains(LAYOUT_UNVERIFIED).all()
    # A small count of inpatients is hidden in a board or two.
    assert of.area_type == "england" or figures.filter(dimension="total")["icb_code"].n_unique() >= 40


def test_the_slope_of_healthy_life_is_published(published: pl.DataFrame) -> None:
    slopes = published.filter(indicator_id="hle_birth_female_years", measure="sii", status="ok")
    assert slopes["icb_code"].unique().to_list() == ["E92000001"] and (slopes["value"] > 10).all()


def test_interventions_of_unknown_ethnic_groups_stand_in_the_completeness(folder: Path) -> None:
    """A fortieth of the sample's uses is of each of two kinds of unknown."""
    shares = pl.read_parquet(folder / "completeness.parquet", glob=False).filter(
        source="restrictive_interventions", dimension="ethnicity"
    )
    assert shares.height and set(shares["status"]) == {"ok"}
    assert shares["unknown_share"].to_list() == pytest.approx([0.05] * shares.height, abs=0.005)


def test_every_publication_of_an_unverified_layout_is_here() -> None:
    unverified = {
        name for name, source in SOURCES.items() if any(layout.unverified for layout in source.layouts.values())
    }
    assert unverified == {name for name, _ in flows.figures()}
    assert unverified == {source for i in CATALOGUE.indicators for source in i.sources}


def test_every_layout_that_nobody_has_seen_has_its_changes() -> None:
    declared = {(n, x.name) for n, source in SOURCES.items() for x in source.layouts.values() if x.unverified}
    tried = {(name, SOURCES[name].release(each.edition).layout) for name, each in flows.changes()}
    # The layouts of the framework differ by the names of their files and areas; their achievement is one table.
    assert {layout for layout in declared if layout[0] != "qof"} <= tried <= declared


@pytest.mark.parametrize(
    ("name", "case"), [pytest.param(name, each, id=f"{name}-{each.edition}") for name, each in flows.changes()]
)
def test_a_layout_is_read_and_a_changed_one_refused(sample: Path, tmp_path: Path, name: str, case: Changes) -> None:
    source = SOURCES[name]
    path = sample / source.release(case.edition).mirror_file
    found = parsed(source, case.edition, path)
    observations = found.tables["observations"].filter(pl.col("note").str.contains(LAYOUT_UNVERIFIED))
    assert observations.filter(status="ok").height and not any(found.unknown_labels.values())
    with pytest.raises(LayoutError):
        parsed(source, case.edition, altered(path, tmp_path, *case.column))
    renamed = altered(path, tmp_path, *case.label)
    if case.stops:
        with pytest.raises(LayoutError):
            parsed(source, case.edition, renamed)
    else:
        assert any(parsed(source, case.edition, renamed).unknown_labels.values())
    old, new, said = case.total
    with pytest.raises(ValidationError, match=said):
        parsed(source, case.edition, altered(path, tmp_path, old, new))
