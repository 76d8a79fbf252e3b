"""The first live day, rehearsed: every declared address and series against a replica of the publishers' sites."""

import csv
import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.engine.layers.clean import build_clean, clean_inputs, fetch_release, parts_of
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.releases.editions import look_for_editions
from hi_pipeline.engine.releases.watch import places, read_page
from hi_pipeline.settings import Settings
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.download import HttpLimits
from hi_pipeline_tests.flow.commands import commands_on
from hi_pipeline_tests.flow.live.network import Internet, connected
from hi_pipeline_tests.flow.live.publishers import (
    FILES,
    PAGE_OF_A_LAYER,
    declared,
    first_asked,
    hosts_of_all,
    next_editions,
    open_sites,
    pinned_to,
    put_next_editions,
    put_page,
)
from hi_pipeline_tests.unit.storage.fault_server import Answer, body, cut, redirect, status
from hi_pipeline_tests.unit.storage.releases import HTML

TODAY = date(2026, 11, 27)
# No wait between requests: the hub's Crawl-delay is tested where a clock stands still.
LIMITS = HttpLimits(
    connect=60, idle=60, tries=3, first_wait=0.01, preparing=0.01, longest_wait=2.0, between=0.0, longest_between=0.0
)


@pytest.fixture
def internet(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    made = Internet()
    open_sites(made, sample, today=TODAY)
    monkeypatch.setattr("hi_pipeline.storage.http.HttpLimits", lambda: LIMITS)
    with connected(made, hosts_of_all(), tmp_path / "certificate", monkeypatch):
        yield made


def live(tmp_path: Path, sample: Path, **settings: object) -> Pipeline:
    said = {"contact": "someone@board.nhs.uk", **settings}
    made = Settings(source="live", data_dir=tmp_path / "data", **said)  # type: ignore[arg-type]
    return open_pipeline(made, pinned_to(sample))


def fetched(pipeline: Pipeline) -> dict[str, Outcome]:
    sources = pipeline.catalogue.sources
    return {
        f"{name}:{release.edition}": fetch_release(pipeline, sources[name], release)
        for name in sorted(sources)
        for release in sources[name].releases
        if release.address
    }


def built(pipeline: Pipeline) -> dict[str, Outcome]:
    return {
        f"{source.name} {part}": build_clean(pipeline, source, part)
        for source in pipeline.catalogue.sources.values()
        for part in parts_of(source)
        if clean_inputs(pipeline, source, part)
    }


def in_state(outcomes: dict[str, Outcome], state: State) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome.state is state}


def wrong(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {name: o.reason for name, o in outcomes.items() if not o.good}


def test_every_address_is_fetched_kept_and_read_and_a_second_look_brings_nothing(
    internet: Internet, sample: Path, tmp_path: Path
) -> None:
    pipeline = live(tmp_path, sample, robots="ignore")
    first = fetched(pipeline)
    assert wrong(first) == {}
    assert in_state(first, State.WRITTEN) == {f"{s.name}:{r.edition}" for s, r in declared()}
    assert {f"https://{host}/robots.txt" for host in hosts_of_all()}.isdisjoint(internet.asked_for())
    tables = built(pipeline)
    assert wrong(tables) == {}
    assert in_state(tables, State.WRITTEN) == set(tables)
    assert pipeline.snapshots.verify() == []
    pipeline.looks_again = True
    again = fetched(pipeline)
    assert wrong(again) == {}
    assert in_state(again, State.UNCHANGED) == set(first)
    assert in_state(built(pipeline), State.UNCHANGED) == set(tables)


def test_a_layer_is_asked_for_page_by_page_and_kept_as_one_table(
    internet: Internet, sample: Path, tmp_path: Path
) -> None:
    pipeline = live(tmp_path, sample)
    source = pipeline.catalogue.sources["ons_geography"]
    release = source.release("2024-lsoa")
    assert fetch_release(pipeline, source, release).state is State.WRITTEN
    kept = pipeline.snapshots.latest("ons_geography", "2024-lsoa")
    assert kept is not None
    with kept.path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    codes = [row["LSOA21CD"] for row in rows]
    assert codes == sorted(set(codes))
    pages = -(-len(codes) // PAGE_OF_A_LAYER)
    assert pages > 10
    asked = internet.asked_for("services1.arcgis.com")
    assert asked.count(first_asked(release)) == 2, "counted before and after"
    assert len(asked) == 1 + 2 + pages, "its robots.txt, which is not there, the counts and the pages"


@pytest.fixture
def typed(tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """The pipeline of the commands as they are typed on the first day, nothing set but what docs/operators.md asks."""
    commands_on(tmp_path, pinned_to(sample), monkeypatch, columns=400)
    monkeypatch.setenv("HI_SOURCE", "live")
    monkeypatch.setenv("HI_CONTACT", "someone@board.nhs.uk")
    return open_pipeline(Settings(), pinned_to(sample))


def hi(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_the_first_day_as_it_is_typed(internet: Internet, typed: Pipeline) -> None:
    forbidden = {f"{s.name}:{r.edition}" for s, r in declared() if f"//{FILES}/" in str(r.address)}
    said = hi("fetch", code=1)
    assert len(re.findall("^failed ", said, flags=re.MULTILINE)) == 1, said
    assert f"https://{FILES}/robots.txt asks programs not to fetch their files" in said
    assert internet.asked_for(FILES) == [f"https://{FILES}/robots.txt"]
    kept = {f"{s.name}:{r.edition}" for s, r in declared() if typed.snapshots.latest(s.name, r.edition)}
    assert kept == {f"{s.name}:{r.edition}" for s, r in declared()} - forbidden

    looked = hi("fetch", "--dry-run", code=1)
    assert re.findall("^cannot be asked .*", looked, flags=re.MULTILINE) == [
        line for line in looked.splitlines() if f"{len(forbidden)} files and pages: https://{FILES}/robots.txt" in line
    ]

    rows = {row["release"]: row for row in json.loads(hi("status", "--format", "json"))["releases"]}
    wanting = {f"{s.name}:{r.edition}": r for s in SOURCES.values() for r in s.releases if not r.address}
    assert all(f"by hand to by-hand/{r.mirror_file}" in rows[name]["standing"] for name, r in wanting.items())

    found = json.loads(hi("doctor", "--format", "json", "--port", "1", code=1))["doctor"]
    fails = [row for row in found if row["state"] == "fails"]
    assert [row["name"] for row in fails] == [FILES]
    assert f"{len(forbidden)} of {len(forbidden)} files" in fails[0]["said"]
    assert "docs/operators.md, The first live day" in fails[0]["remedy"]
    assert {row["name"] for row in found if row["what"] == "host"} <= hosts_of_all()

    # A file that somebody downloaded is taken from where the message wants it.
    source = typed.catalogue.sources["qof"]
    release = source.release("2023-24")
    refused = fetch_release(typed, source, release)
    place = typed.settings.root / "by-hand" / release.mirror_file
    assert f"by hand from {release.landing_page} to {place}" in refused.reason
    place.parent.mkdir(parents=True)
    place.write_bytes(internet_file(internet, str(release.address)))
    assert fetch_release(typed, source, release).state is State.WRITTEN


def internet_file(internet: Internet, address: str) -> bytes:
    """Return the bytes at an address, as a browser brings them."""
    request = urllib.request.Request(address, headers={"User-Agent": "a browser"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def test_who_does_not_say_who_asks_is_told_to(internet: Internet, sample: Path, tmp_path: Path) -> None:
    pipeline = live(tmp_path, sample, contact="")
    source = pipeline.catalogue.sources["rtt"]
    refused = fetch_release(pipeline, source, source.release("2026-06"))
    assert "answers 403 Forbidden" in refused.reason and "Set HI_CONTACT" in refused.reason
    known = live(tmp_path, sample)
    assert fetch_release(known, source, source.release("2026-06")).state is State.WRITTEN


def test_every_page_is_read_and_new_editions_and_links_are_seen(
    internet: Internet, sample: Path, tmp_path: Path
) -> None:
    pipeline = live(tmp_path, sample, robots="ignore")
    pages = [place for place in places(pipeline, today=TODAY) if place.page]
    assert {place.page for place in pages} >= {r.landing_page for s, r in declared()}
    assert [new for p in pages for new in read_page(pipeline, p.source, p.page, today=TODAY)] == []
    assert look_for_editions(pipeline, today=TODAY) == ()
    assert not [r for s in pipeline.catalogue.sources.values() for r in s.releases if r.found]

    put_next_editions(internet, sample, today=TODAY)
    assert look_for_editions(pipeline, today=TODAY) == ()
    found = {(s.name, r.edition): r for s in pipeline.catalogue.sources.values() for r in s.releases if r.found}
    wanted = {key: address for key, (_, _, address) in next_editions().items()}
    assert {key: release.address for key, release in found.items()} == wanted
    for (name, _), release in found.items():
        assert fetch_release(pipeline, pipeline.catalogue.sources[name], release).state is State.WRITTEN

    page, link = SOURCES["iod2025"].landing_page, "https://assets.publishing.service.gov.uk/media/1/File_7_v3.csv"
    put_page(internet, page, [*(str(r.address) for r in SOURCES["iod2025"].releases), link])
    assert read_page(pipeline, pipeline.catalogue.sources["iod2025"], page, today=TODAY) == (link,)


ANSWER = b"a,b\n" + b"1,2\n" * 5_000
FAULTS: dict[str, tuple[list[Answer], str]] = {
    "rtt:2026-06": ([status(429, Retry_After=3600)], "another 3,600 s of waiting .* run again later"),
    "rtt:2026-01": ([status(503)], "failed 3 times, last because it answered 503 .* run again later"),
    "ons_population:mid-2022-mid-2024": ([cut(ANSWER, after=900)], "failed 3 times, .* run again later"),
    "fingertips:93930": ([body(HTML, Content_Type="text/csv")], "an HTML or XML page titled 'Page not found"),
    "fingertips:200": ([body(b"")], "is empty .0 bytes"),
    "iod2025:2025-file-7": ([status(404)], "may have moved it, look at https://www.gov.uk/government/statistics/"),
    "iod2019:2019-file-7": ([redirect("https://www.example.org/x.csv")], "add the host to allowed_hosts in"),
    "ons_geography:2026-lsoa": ([status(202)], "202 Accepted: the file is not ready yet.* run again later"),
    "ons_geography:2024-lsoa": (
        [body(b'{"error": {"code": 400, "message": "Invalid URL", "details": ["Invalid URL"]}}')],
        "answers 200 and in it an error: .*Invalid URL.* run again later.* its page is https://geoportal.statistics",
    ),
    "cvdprevent:2024-25": ([body(b'{"error": "moved"}')], "expected a list .*look at https://www.cvdprevent.nhs.uk/"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_says_what_to_do_and_the_next_day_all_is_well(
    internet: Internet, sample: Path, tmp_path: Path, name: str
) -> None:
    pipeline = live(tmp_path, sample, robots="ignore")
    source = pipeline.catalogue.sources[name.partition(":")[0]]
    release = source.release(name.partition(":")[2])
    script, said = FAULTS[name]
    well = dict(internet.scripts)
    internet.put(first_asked(release), *script)
    wrong_day = fetch_release(pipeline, source, release)
    assert wrong_day.state is State.FAILED
    assert re.search(said, wrong_day.reason), wrong_day.reason
    assert pipeline.snapshots.latest(source.name, release.edition) is None
    internet.scripts = well
    assert fetch_release(pipeline, source, release).state is State.WRITTEN
