"""What makes the counts of a year stale: what is declared of that year, and of no other."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.source import Source
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.linked import build_linked, linked_staleness
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import TABLE, make_catalogue, make_source, write_release

YEAR, LATER = "2022-23", "2023-24"


def _with_indices(source: Source, year: str) -> Source:
    """State the Indices of Deprivation behind the groups of one year."""
    releases = (replace(r, imd_vintage="2019") if year in r.financial_years else r for r in source.releases)
    return replace(source, releases=tuple(releases))


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        (lambda source: make_source((YEAR, LATER)), False),
        (lambda source: _with_indices(make_source((YEAR, LATER)), LATER), False),
        (lambda source: _with_indices(source, YEAR), True),
    ],
)
def test_another_years_edition_makes_no_year_stale(
    tmp_path: Path, changed: Callable[[Source], Source], stale: bool
) -> None:
    settings = Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")
    source = make_source((YEAR,))
    pipeline = open_pipeline(settings, replace(make_catalogue(), sources={"tiny": source}))
    write_release(tmp_path / "mirror", YEAR)
    fetch_part(pipeline, source, YEAR)
    build_clean(pipeline, source, YEAR)
    assert build_linked(pipeline, TABLE, YEAR).state is State.WRITTEN

    pipeline = open_pipeline(settings, replace(make_catalogue(), sources={"tiny": changed(source)}))
    assert bool(linked_staleness(pipeline, TABLE, YEAR)) is stale
