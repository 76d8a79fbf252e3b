"""What the commands and the published list of sources say of a revision."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.source import ReleaseStatus
from hi_pipeline.engine.pipeline import Catalogue
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline_tests.flow.commands import commands_on
from hi_pipeline_tests.flow.conftest import Bench, open_bench
from hi_pipeline_tests.flow.revised import (
    AFTER,
    ID,
    OTHER,
    YEAR,
    declared_with,
    published_json,
    records_of,
    redeclare,
    released,
    revise,
)
from hi_pipeline_tests.flow.tiny import (
    HOST,
    make_catalogue,
)


@pytest.fixture
def hi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The command line on the data root that ``open_bench`` opens in the same folder, with given declarations."""

    def said(*words: str, catalogue: Catalogue) -> str:
        commands_on(tmp_path, catalogue, monkeypatch, columns=250)
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return re.sub(r"\s+", " ", result.output)

    return said


CELL = ("explain", "tiny_1_pct", "--year", YEAR, "--icb", "QNC")


def test_status_and_explain_say_revised_until_it_is_accepted(tmp_path: Path, hi: Callable[..., str]) -> None:
    bench = open_bench(tmp_path)
    released(bench)
    second = revise(bench)
    bench.run()
    (record,) = records_of(bench)
    plain, accepted = make_catalogue(), declared_with(sha256=second)
    assert f"{ID} │ {YEAR} │ no address │" in hi("status", catalogue=plain)
    assert "REVISED, 2 figures differ" in hi("status", catalogue=plain)
    explained = hi(*CELL, catalogue=plain)
    assert f"Note: {AFTER}" in explained
    assert f"from snapshots/tiny/{YEAR} {second[:16]} REVISED, 2 figures differ, not accepted: {record};" in explained
    hi("run", catalogue=accepted)
    assert "REVISED" not in hi("status", catalogue=accepted)
    explained = hi(*CELL, catalogue=accepted)
    assert "REVISED" not in explained
    assert "not accepted" not in explained
    bench.instance.dispose()


def test_status_says_of_a_final_edition_that_it_replaced_its_provisional(
    tmp_path: Path, hi: Callable[..., str]
) -> None:
    bench = open_bench(tmp_path, declared_with(status=ReleaseStatus.PROVISIONAL))
    released(bench)
    final = declared_with(status=ReleaseStatus.FINAL)
    revise(bench)
    redeclare(bench, final)
    bench.run()
    said = hi("status", catalogue=final)
    assert "replaced its provisional" in said
    assert "REVISED" not in said
    bench.instance.dispose()


def test_sources_json_holds_the_accepted_hash_address_and_date_of_every_release_used(bench: Bench) -> None:
    first = released(bench)

    def held() -> dict[str, tuple[str, str, str]]:
        (source,) = published_json(bench, "sources.json")["sources"]
        return {r["id"]: (r["sha256"], r["address"], r["fetched"]) for r in source["releases"]}

    today = datetime.now(UTC).date().isoformat()
    other = hash_of(bench.mirror / HOST / f"tiny-{OTHER}.csv")
    assert held() == {
        f"tiny:{OTHER}": (other, f"{HOST}/tiny-{OTHER}.csv", today),
        ID: (first, f"{HOST}/tiny-{YEAR}.csv", today),
    }
    second = revise(bench)
    bench.run()
    assert held()[ID][0] == first, "the revision is used, marked and not accepted"
    redeclare(bench, declared_with(sha256=second))
    assert bench.run().success
    assert held()[ID][0] == second
