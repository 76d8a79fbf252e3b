"""A new edition of every publication whose file name says its period is found in a mirror and built, undeclared.

The sample's file of a held edition is written again as that of the next period, under the name that the publisher would
give it. The file of another period under that name is refused, where the file says its period.
"""

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

TODAY = date(2026, 11, 26)
# A folder that no publisher has: who keeps a mirror may not know the publisher's.
FOLDER = "brought/in/by/hand"


@dataclass(frozen=True, kw_only=True)
class Next:
    """The next edition of a series: that of its example.

    Attributes:
        held: an edition of the sample in the same layout.
        edition: what it is called here; part: its financial year, or the edition again where there are no years.
        said: the words of the held period in the held file, with those of the next one.
        again: the words cannot be replaced, as the held file has faults of its own: the sample writes the edition anew.
        undeclared: areas change with the next period: the held edition is taken out of the declarations and found.
        other: an edition whose file must be refused; the held one where it is not given.
    """

    held: str
    edition: str
    part: str
    said: Mapping[str, str] = field(default_factory=dict)
    again: bool = False
    undeclared: bool = False
    other: str = ""

    def source(self, name: str) -> Source:
        """Return the declarations among which the edition is not."""
        declared = SOURCES[name]
        left = tuple(r for r in declared.releases if not (self.undeclared and r.edition == self.held))
        return replace(declared, releases=left)


NEXT: dict[tuple[str, str], Next] = {
    ("ae_monthly", "providers"): Next(
        held="2025-03",
        edition="2025-04",
        part="2025-26",
        said={"MARCH-2025": "APRIL-2025"},
    ),
    ("cvdprevent", "year"): Next(held="2025-26", edition="2025-26", part="2025-26", undeclared=True, other="2024-25"),
    ("fuel_poverty", "tables"): Next(
        held="2023",
        edition="2024",
        part="2024-25",
        said={", 2021": ", 2022"},
    ),
    ("gp_registrations", "lsoa"): Next(
        held="2026-01-lsoa",
        edition="2026-07-lsoa",
        part="2026-07-lsoa",
        said={"01Jan2026": "01Jul2026"},
    ),
    ("hes_admitted", "diagnoses"): Next(
        held="2024-25-diagnoses",
        edition="2025-26-diagnoses",
        part="2025-26",
        said={"2024-25": "2025-26"},
    ),
    ("hes_admitted", "icb"): Next(
        held="2024-25-icb",
        edition="2025-26-icb",
        part="2025-26",
        said={"2024-25": "2025-26"},
    ),
    ("hes_admitted", "groups"): Next(
        held="2024-25-groups",
        edition="2025-26-groups",
        part="2025-26",
    ),
    ("hes_admitted", "ages"): Next(
        held="2024-25-ages",
        edition="2025-26-ages",
        part="2025-26",
        said={",2425,": ",2526,"},
    ),
    ("hes_outpatients", "groups"): Next(
        held="2023-24-groups",
        edition="2025-26-groups",
        part="2025-26",
        said={"2324,": "2526,"},
    ),
    ("hes_outpatients", "age-sex"): Next(
        held="2023-24-age-sex",
        edition="2025-26-age-sex",
        part="2025-26",
        said={"2324,": "2526,"},
    ),
    ("hes_outpatients", "deciles"): Next(
        held="2024-25-deciles",
        edition="2025-26-deciles",
        part="2025-26",
    ),
    ("hes_outpatients", "ethnicity"): Next(
        held="2024-25-ethnicity",
        edition="2025-26-ethnicity",
        part="2025-26",
    ),
    ("homelessness", "detailed"): Next(
        held="2025-03",
        edition="2025-06",
        part="2025-26",
        said={"January to March 2025": "April to June 2025", "31st March 2025": "30th June 2025"},
    ),
    ("ld_health_checks", "march"): Next(
        held="2025-03",
        edition="2026-03",
        part="2025-26",
        said={"20250331": "20260331"},
    ),
    ("lda_inpatients", "march"): Next(held="2025-03", edition="2026-03", part="2025-26"),
    ("maternity_annual", "data"): Next(
        held="2022-23",
        edition="2023-24",
        part="2023-24",
        said={"2022-23": "2023-24"},
    ),
    ("maternity_monthly", "data"): Next(
        held="2024-03-data",
        edition="2024-04-data",
        part="2024-25",
        said={"2024-03-01": "2024-04-01", "2024-03-31": "2024-04-30"},
    ),
    ("maternity_monthly", "measures"): Next(
        held="2024-03-measures",
        edition="2024-04-measures",
        part="2024-25",
        said={"2024-03-01": "2024-04-01", "2024-03-31": "2024-04-30"},
    ),
    ("mbrrace", "trusts"): Next(
        held="2023",
        edition="2024",
        part="2024-25",
        said={"2023": "2024"},
    ),
    ("mental_health_act", "data"): Next(held="2023-24", edition="2024-25", part="2024-25", again=True),
    ("mhsds", "to_april"): Next(
        held="2016-04_to_2024-04",
        edition="2025-04",
        part="2024-25",
        said={"01/04/2023": "01/04/2024", "31/03/2024": "31/03/2025", "Apr_2024": "Apr_2025"},
    ),
    ("qof", "raw_data"): Next(held="2024-25", edition="2025-26", part="2025-26", said={"_2425": "_2526"}),
    ("restrictive_interventions", "march"): Next(
        held="2025-03",
        edition="2026-03",
        part="2025-26",
        said={"2025-03-": "2026-03-", "/03/2025": "/03/2026"},
    ),
    ("rtt", "full_extract"): Next(
        held="2026-06",
        edition="2026-07",
        part="2026-27",
        said={"June-2026": "July-2026", "20260630": "20260731"},
    ),
    ("talking_therapies", "annual"): Next(
        held="2024-25",
        edition="2025-26",
        part="2025-26",
        said={"-2024-25-main2": "-2025-26-main"},
    ),
    ("wlmds", "geography"): Next(
        held="2026-04",
        edition="2026-05",
        part="2026-27",
    ),
}
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
