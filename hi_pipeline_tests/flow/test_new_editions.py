"""A new edition of every publication whose file name says its period is found in a mirror and built, undeclared.

The sample's file of a held edition is written again as that of the next period, under the name that the publisher would
give it. The file of another period under that name is refused, where the file says its period.
"""

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from hi_pipeline.core.series import SAYS_NO_PERIOD, Series
from hi_pipeline.core.source import Source
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline, load_catalogue, open_pipeline
from hi_pipeline.engine.releases.editions import look_for_editions
from hi_pipeline.settings import Settings
from hi_pipeline.sources import SOURCES
from hi_pipeline_tests.unit.sources.flows import Next, next_editions

TODAY = date(2026, 11, 26)
# A folder that no publisher has: who keeps a mirror may not know the publisher's.
FOLDER = "brought/in/by/hand"


NEXT = next_editions()
ALL = [pytest.param(source, series, id=f"{source}-{series}") for source, series in NEXT]


def test_every_series_whose_names_say_a_period_has_its_next_edition_here() -> None:
    assert set(NEXT) == {
        (s.name, series.name) for s in SOURCES.values() for series in s.series if series.names_its_period
    }


@pytest.mark.parametrize("source", [pytest.param(s, id=name) for name, s in SOURCES.items()])
def test_a_new_edition_is_found_or_the_declaration_says_why_it_is_not(source: Source) -> None:
    assert source.series or source.needs_a_line
    assert not source.needs_a_line or source.needs_a_line.endswith(".")


def _series(source: str, name: str) -> Series:
    return next(series for series in SOURCES[source].series if series.name == name)


def _open(folder: Path, source: Source) -> Pipeline:
    settings = Settings(source=f"mirror:{folder / 'mirror'}", data_dir=folder / "data")
    return open_pipeline(settings, replace(load_catalogue(), sources={source.name: source}))


def _place(folder: Path, series: Series) -> Path:
    place = folder / "mirror" / series.host / FOLDER / series.example
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _built(folder: Path, source: Source, of: Next) -> Outcome:
    pipeline = _open(folder, source)
    assert look_for_editions(pipeline, today=TODAY) == ()
    found = pipeline.catalogue.sources[source.name]
    assert [r.edition for r in found.releases if r.found] == [of.edition]
    assert fetch_part(pipeline, found, of.part).state is State.WRITTEN
    outcome = build_clean(pipeline, found, of.part)
    assert outcome.state is not State.WRITTEN or outcome.releases == (f"{source.name}:{of.edition}",)
    return outcome


def _again(held: Path, place: Path, said: Mapping[str, str]) -> None:
    """Write a file again with other words, in the names and texts of its members where it is an archive."""
    counted = dict.fromkeys(said, 0)

    def other(data: bytes) -> bytes:
        for old, new in said.items():
            counted[old] += data.count(old.encode())
            data = data.replace(old.encode(), new.encode())
        return data

    if zipfile.is_zipfile(held):
        with zipfile.ZipFile(held) as before, zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as after:
            for name in before.namelist():
                after.writestr(other(name.encode()).decode(), other(before.read(name)))
    else:
        place.write_bytes(other(held.read_bytes()))
    assert not said or any(counted.values()), f"{held.name} holds none of {list(said)}"


@pytest.mark.parametrize(("source", "series"), ALL)
def test_the_next_edition_is_found_parsed_and_built_without_a_declaration(
    source: str, series: str, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, declared, run = NEXT[source, series], SOURCES[source], _series(source, series)
    place = _place(tmp_path, run)
    if of.again:
        address = f"https://{run.host}/{FOLDER}/{run.example}"
        release = declared.edition(run, of.edition, address=address, landing_page=declared.landing_page)
        module = import_module(f"hi_pipeline.sources.{source}.sample")
        monkeypatch.setattr(module, "SOURCE", replace(declared, releases=(release,)))
        module.write(tmp_path / "mirror")
    else:
        _again(sample / declared.release(of.held).mirror_file, place, of.said)
    outcome = _built(tmp_path, of.source(source), of)
    assert outcome.state is State.WRITTEN, outcome.reason


@pytest.mark.parametrize(("source", "series"), ALL)
def test_the_file_of_another_period_is_refused_where_files_say_their_period(
    source: str, series: str, sample: Path, tmp_path: Path
) -> None:
    of, declared, run = NEXT[source, series], SOURCES[source], _series(source, series)
    shutil.copy(sample / declared.release(of.other or of.held).mirror_file, _place(tmp_path, run))
    outcome = _built(tmp_path, of.source(source), of)
    assert (outcome.state is State.FAILED) != (SAYS_NO_PERIOD in run.unconfirmed), outcome.reason


def test_two_forms_of_the_same_figures_in_one_year_stop_it(sample: Path, tmp_path: Path) -> None:
    """Outpatients by group come as one CSV or as two workbooks; no figure is taken from one of them unsaid."""
    source = SOURCES["hes_outpatients"]
    for name in ("groups", "ethnicity"):
        of, run = NEXT[source.name, name], _series(source.name, name)
        _again(sample / source.release(of.held).mirror_file, _place(tmp_path, run), of.said)
    pipeline = _open(tmp_path, source)
    look_for_editions(pipeline, today=TODAY)
    found = pipeline.catalogue.sources[source.name]
    assert fetch_part(pipeline, found, "2025-26").state is State.WRITTEN
    outcome = build_clean(pipeline, found, "2025-26")
    assert outcome.state is State.FAILED and "hes_outpatients 2025-26" in outcome.reason
