"""Why the clean tables of a year must be built again, in words that name the true cause."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.core.source import ReleaseStatus, Source
from hi_pipeline.engine.layers.clean import build_clean, clean_staleness, fetch_part
from hi_pipeline.engine.outcome import State
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import HOST, make_catalogue, make_source, rows_of, write_release

YEAR = "2022-23"


def _with_final(source: Source) -> Source:
    """Add the final edition of the year, which takes the place of the one held."""
    (held,) = source.releases
    final = replace(held, edition=f"{YEAR} final", status=ReleaseStatus.FINAL, mirror_path=f"{HOST}/tiny-final.csv")
    return replace(source, releases=(replace(held, status=ReleaseStatus.PROVISIONAL), final))


def _declared_again(source: Source) -> Source:
    """Declare the release of the year otherwise; its file stays."""
    (held,) = source.releases
    return replace(source, releases=(replace(held, status=ReleaseStatus.PROVISIONAL),))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (lambda source: source, ""),
        (_with_final, "its releases changed"),
        (_declared_again, "what is declared of its releases changed"),
        (lambda source: replace(source, parser_version="2"), "built by an older program"),
        (lambda source: replace(_with_final(source), parser_version="2"), "built by an older program"),
    ],
)
def test_a_new_edition_is_no_newer_program(tmp_path: Path, changed: Callable[[Source], Source], why: str) -> None:
    settings = Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")
    source = make_source((YEAR,))
    pipeline = open_pipeline(settings, replace(make_catalogue(), sources={"tiny": source}))
    file = write_release(tmp_path / "mirror", YEAR)
    fetch_part(pipeline, source, YEAR)
    assert build_clean(pipeline, source, YEAR).state is State.WRITTEN
    more = [[*row[:3], str(int(row[3]) + 1), row[4]] for row in rows_of(YEAR)]
    write_release(tmp_path / "mirror", "final", more)

    later = changed(source)
    pipeline = open_pipeline(settings, replace(make_catalogue(), sources={"tiny": later}))
    fetch_part(pipeline, later, YEAR)
    assert file.exists() and clean_staleness(pipeline, later, YEAR) == why
