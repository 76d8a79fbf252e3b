"""Superseded files go only where nothing rests on them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hi_pipeline.core.source import ReleaseStatus
from hi_pipeline.operating.superseded import remove, superseded_files
from hi_pipeline_tests.unit.storage.releases import CSV, OTHER, Mirror, sha, source_of

LATER = datetime.now(UTC) + timedelta(days=1)
THIRD = CSV + b"E99999,1\n"


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """An edition of which three files came, one after the other; the second is what the third is compared with."""
    made = Mirror(tmp_path)
    for content, status in ((CSV, "provisional"), (OTHER, "provisional"), (THIRD, "final")):
        made.put(content)
        made.store.fetch(*source_of(status=ReleaseStatus(status)))
    return made


def names(mirror: Mirror, **how: datetime) -> list[str]:
    return [f.path.name[:16] for f in superseded_files(mirror.store.store, **{"before": LATER, **how})]


def test_only_what_nothing_is_compared_with_may_go(mirror: Mirror) -> None:
    assert names(mirror) == [sha(CSV)[:16]]
    remove(mirror.store.store, superseded_files(mirror.store.store, before=LATER))
    assert [s.sha256 for s in mirror.store.history("made_up", "2023-24")] == [sha(OTHER), sha(THIRD)]
    assert mirror.store.verify() == []
    assert names(mirror) == []


def test_a_file_that_is_not_old_stays(mirror: Mirror) -> None:
    assert names(mirror, before=datetime.now(UTC) - timedelta(days=1)) == []


@pytest.mark.parametrize(
    "place",
    ["published/results.parquet.json", "packs/2023-24/E54000010/facts.json", "indicator/a/2023-24.parquet.json"],
)
@pytest.mark.parametrize("digits", [64, 16, 12])
def test_a_file_that_a_figure_rests_on_stays(mirror: Mirror, place: str, digits: int) -> None:
    path = mirror.store.root / place
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"kept": {"made_up:2023-24": sha(CSV)[:digits]}}))
    assert names(mirror) == []


def test_what_was_accepted_or_waits_stays(mirror: Mirror) -> None:
    pointer = next((mirror.store.root / "snapshots").glob("*/*/current.json"))
    facts = json.loads(pointer.read_text())
    accepted = {"sha256": sha(CSV), "address": "a", "over": "", "on": "2026-11-01"}
    pointer.write_text(json.dumps(facts | {"accepted": accepted}))
    assert names(mirror) == []
    pending = next(p.name for p in pointer.parent.iterdir() if p.name.startswith(sha(CSV)[:16]) and p.suffix != ".json")
    pointer.write_text(json.dumps(facts | {"pending": pending}))
    assert names(mirror) == []
