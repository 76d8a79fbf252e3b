"""Publications of which nobody has seen a file: their synthetic editions give figures, each of which says so."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.status import LAYOUT_UNVERIFIED
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline.sources import SOURCES
from hi_pipeline_tests.flow.broken import link_releases, narrowed, run_steps

YEAR = "2023-24"
# The area and breakdowns of which each has figures, one indicator of each publication at least.
EXPECTED = {
    "htn_to_threshold_pct": ("icb", {"total", "age", "sex", "ethnicity", "deprivation"}),
    "stroke_adm_htn_rate": ("icb", {"total", "age", "sex", "ethnicity", "deprivation"}),
    "qof_hyp008_pct": ("icb", {"total", "deprivation"}),
    "ld_checks_pct": ("icb", {"total", "age", "deprivation"}),
    "lda_inpatient_rate": ("icb", {"total"}),
    "restrictive_intervention_rate": ("england", {"total", "age", "ethnicity"}),
    "continuity_of_carer_pct": ("icb", {"total", "deprivation"}),
}
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
def published(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    settings = Settings(source="sample", data_dir=tmp_path_factory.mktemp("unverified"))
    dated = [
        (source, release.edition)
        for source in {name for indicator in CATALOGUE.indicators for name in indicator.sources}
        for release in SOURCES[source].releases
        if YEAR in release.financial_years and (sample / release.mirror_file).exists()
    ]
    link_releases(sample, Path(settings.mirror), [*dated, *REFERENCE])
    run_steps(open_pipeline(settings, CATALOGUE), (YEAR,))
    return pl.read_parquet(settings.root / "published" / "results.parquet", glob=False)


@pytest.mark.parametrize("indicator", EXPECTED)
def test_a_synthetic_edition_gives_figures_that_say_it(published: pl.DataFrame, indicator: str) -> None:
    area_type, dimensions = EXPECTED[indicator]
    figures = published.filter(indicator_id=indicator, area_type=area_type, status="ok", measure="value")
    assert set(figures["dimension"]) == dimensions
    assert figures["note"].str.contains(LAYOUT_UNVERIFIED).all()
    # A small count of inpatients is hidden in a board or two.
    assert area_type == "england" or figures.filter(dimension="total")["icb_code"].n_unique() >= 40


def test_every_publication_of_an_unverified_layout_that_gives_boards_is_here() -> None:
    unverified = {
        name for name, source in SOURCES.items() if any(layout.unverified for layout in source.layouts.values())
    }
    # Admitted care by group has its totals by board from another table.
    assert unverified - {source for i in CATALOGUE.indicators for source in i.sources} == {"hes_admitted"}
