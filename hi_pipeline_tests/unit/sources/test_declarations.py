"""Every declared publication is whole: addresses, licences, layouts, schemas, and nothing declared in vain."""

import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from hi_pipeline.core.columns import OBSERVATIONS
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.source import Cadence, Container, Member, Release, Source, Token
from hi_pipeline.extracts.source import SOURCE as EXTRACTS
from hi_pipeline.sources import SOURCES

PACKAGE = Path(__file__).parents[3] / "hi_pipeline" / "sources"
ALL = [pytest.param(source, id=name) for name, source in SOURCES.items()]
RELEASES = [
    pytest.param(source, release, id=f"{name}-{release.edition}")
    for name, source in SOURCES.items()
    for release in source.releases
]


def test_every_folder_is_a_whole_publication() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert set(SOURCES) == folders and len(folders) >= 18
    for name in folders:
        held = {path.name for path in (PACKAGE / name).iterdir()}
        assert {"source.py", "parse.py", "schema.py", "sample.py", "README.md"} <= held, name


@pytest.mark.parametrize("source", ALL)
def test_says_what_it_is_and_whom_to_thank(source: Source) -> None:
    for text in (source.title, source.publisher, source.attribution, source.licence, source.disclosure, source.owner):
        assert text.strip() == text and len(text) > 3
    assert source.licence in source.attribution or "Open Government Licence" in source.attribution
    assert urlsplit(source.licence_url).scheme == urlsplit(source.landing_page).scheme == "https"
    assert source.parser_version


@pytest.mark.parametrize("source", ALL)
def test_has_a_readme_that_names_what_is_unconfirmed(source: Source) -> None:
    readme = (PACKAGE / source.name / "README.md").read_text(encoding="utf-8")
    assert len(readme) > 400
    for subject in ("layout|edition", "oddit|mind", "unconfirmed"):
        assert re.search(subject, readme, re.IGNORECASE), subject


@pytest.mark.parametrize("source", ALL)
def test_every_layout_is_used_or_says_why_it_is_kept(source: Source) -> None:
    used = {release.layout for release in source.releases}
    for name, layout in source.layouts.items():
        assert layout.name == name
        assert (name in used) != bool(layout.kept_for), f"layout {name} is used and kept for nothing, or neither"
    assert used <= set(source.layouts)


@pytest.mark.parametrize("source", ALL)
def test_layouts_can_be_opened(source: Source) -> None:
    for layout in source.layouts.values():
        assert len({member.table for member in layout.members}) == len(layout.members), "two members, one table"
        assert any(not member.optional for member in layout.members)
        assert layout.container is not Container.CSV or (len(layout.members) == 1 and not layout.ignored)
        for member in layout.members:
            _check_member(member, layout.container)
        for pattern in layout.ignored:
            re.compile(pattern)


def _check_member(member: Member, container: Container) -> None:
    re.compile(member.pattern)
    re.compile(member.also_pattern)
    assert container in (Container.XLSX, Container.ODS) or not member.header_row
    if member.columns is None:
        assert not (member.also or member.also_pattern or member.aliases or member.extra_columns)
        return
    assert len(set(member.columns)) == len(member.columns)
    assert not set(member.also) & set(member.columns)
    assert set(member.aliases.values()) <= set(member.columns)
    assert not member.extra_columns or not (member.also or member.also_pattern), "open headers need no names"


@pytest.mark.parametrize(("source", "release"), RELEASES)
def test_a_release_can_be_found(source: Source, release: Release) -> None:
    assert re.match(r"https://[\w-]+\.[\w.-]+(/|$)", release.landing_page)
    host, _, path = release.mirror_file.partition("/")
    assert "." in host and path and "%" not in path
    assert not {"", ".", ".."} & set(release.mirror_file.split("/")), "a place below the mirror stays below it"
    if release.address is not None:
        parts = urlsplit(release.address)
        assert parts.scheme == "https" and parts.hostname
        assert release.mirror_path or (parts.hostname, unquote(parts.path)) == (host, f"/{path}")
    else:
        assert release.unconfirmed, "a release without an address says what is not known of it"
    if release.sha256 is not None:
        assert re.fullmatch(r"[0-9a-f]{64}", release.sha256)
        assert release.address, "a hash is pinned only for the publisher's own bytes at a known address"
    assert release.published is None or release.published.year >= 2015


@pytest.mark.parametrize("source", ALL)
def test_places_below_a_mirror_differ(source: Source) -> None:
    places = [release.mirror_file for release in source.releases]
    assert len(set(places)) == len(places)
    addresses = [release.address for release in source.releases if release.address]
    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize("source", ALL)
def test_statistics_have_years_and_observations(source: Source) -> None:
    assert source.by_year == ("observations" in source.schemas)
    assert bool(source.years) == source.by_year
    assert set(source.years) <= set(ALL_YEARS)
    if source.by_year:
        assert list(source.schemas["observations"].columns) == list(OBSERVATIONS)
        assert all(release.financial_years for release in source.releases)


@pytest.mark.parametrize("source", ALL)
def test_schemas_know_their_key(source: Source) -> None:
    assert source.schemas
    for name, schema in source.schemas.items():
        assert schema.key or any(column.unique for column in schema.columns.values()), f"{name} has no key"


@pytest.mark.parametrize("source", ALL)
def test_the_calendar_ends_with_a_declared_edition(source: Source) -> None:
    calendar = source.calendar
    assert calendar.usual_month is None or 1 <= calendar.usual_month <= 12
    assert calendar.cadence is not Cadence.MONTHLY or calendar.usual_month is None
    assert calendar.last_known_edition in {release.edition for release in source.releases}


def test_no_field_of_the_vocabulary_is_unused() -> None:
    """A field that no declaration ever sets is a promise that nobody keeps."""
    members = [member for s in SOURCES.values() for layout in s.layouts.values() for member in layout.members]
    layouts = [layout for s in SOURCES.values() for layout in s.layouts.values()]
    for kind, found in ((Member, members), (type(layouts[0]), layouts)):
        for field in fields(kind):
            values = {repr(getattr(item, field.name)) for item in found}
            assert len(values) > 1, f"{kind.__name__}.{field.name} is {values} everywhere"
    of_extracts = [layout.container for layout in EXTRACTS.layouts.values()]
    assert {*(layout.container for layout in layouts), *of_extracts} == set(Container)


def test_tokens_have_meanings_that_the_contract_knows() -> None:
    assert {token.value for token in Token} <= {"suppressed", "missing", "not_applicable"}


@pytest.mark.parametrize(("source", "release"), RELEASES)
def test_the_indices_behind_the_publishers_groups_are_known_or_not_stated(source: Source, release: Release) -> None:
    assert release.imd_vintage in (None, "2019", "2025")
    for year in release.financial_years:
        assert source.imd_vintage(year) == release.imd_vintage


def test_detentions_are_by_the_indices_of_2019_and_courses_of_treatment_by_nobody_knows() -> None:
    assert SOURCES["mental_health_act"].imd_vintage("2023-24") == "2019"
    assert SOURCES["talking_therapies"].imd_vintage("2023-24") is None
    assert SOURCES["talking_therapies"].imd_vintage("1999-00") is None
