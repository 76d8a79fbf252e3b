"""Live, a file that somebody downloaded is taken from its place below the root, and nobody is asked for it."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.storage.download import Download
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.unit.storage.releases import CSV, OTHER, sha, source_of

PLACE = "www.example.org/AA/data.csv"
NOWHERE = {"address": None, "mirror_path": PLACE}


class Nobody:
    """In the place of the network: every question is a fault of the test."""

    def fetch(self, download: Download, known: object) -> None:
        raise AssertionError(f"{download.address} was asked for")

    glance = fetch


@pytest.fixture
def live(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path, mode="live", mirror="", contact="", downloader=Nobody())  # type: ignore[arg-type]


def put(root: Path, data: bytes, place: str = PLACE) -> Path:
    path = root / "by-hand" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("changes", [NOWHERE, {"mirror_path": PLACE}], ids=["no address", "an address"])
def test_it_is_used_looked_at_and_kept(live: Snapshots, tmp_path: Path, changes: dict[str, object]) -> None:
    source, release = source_of(**changes)
    path = put(tmp_path, CSV)
    assert live.supply.is_here(release)
    assert live.news(source, release) is not None
    first = live.fetch(source, release)
    assert first.path.read_bytes() == CSV
    assert live.news(source, release) is None
    assert live.fetch(source, release) == first
    path.unlink()
    assert not live.supply.is_here(release)
    assert live.latest(source.name, release.edition) == first, "the kept file does not need it any more"


def test_other_bytes_of_it_are_a_revision_that_waits(live: Snapshots, tmp_path: Path) -> None:
    source, release = source_of(**NOWHERE)
    put(tmp_path, CSV)
    live.fetch(source, release)
    put(tmp_path, OTHER)
    assert live.fetch(source, release).sha256 == sha(CSV)
    assert live.waits(source.name, release.edition)


def test_it_is_held_to_the_declared_hash(live: Snapshots, tmp_path: Path) -> None:
    source, release = source_of(**NOWHERE, sha256=sha(OTHER))
    put(tmp_path, CSV)
    with pytest.raises(FetchError, match="the declaration says"):
        live.fetch(source, release)


def test_it_does_not_lead_out_of_its_folder(live: Snapshots, tmp_path: Path) -> None:
    source, release = source_of(**NOWHERE)
    secret = tmp_path / "secret.csv"
    secret.write_bytes(CSV)
    path = put(tmp_path, b"")
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(FetchError, match="refused"):
        live.fetch(source, release)


def test_without_it_the_message_says_where_to_put_it(live: Snapshots, tmp_path: Path) -> None:
    place = tmp_path / "by-hand" / PLACE
    with pytest.raises(ReleaseUnavailable, match=f"download it from https://digital.nhs.uk/landing to {place}"):
        live.fetch(*source_of(**NOWHERE))
    assert live.news(*source_of(**NOWHERE)) is None
    assert not place.parent.exists()


def test_a_mirror_has_no_such_folder(tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    put(tmp_path / "data", CSV)
    mirror = Snapshots(tmp_path / "data", mode="mirror", mirror=str(tmp_path / "mirror"), contact="")
    with pytest.raises(ReleaseUnavailable, match="is not there"):
        mirror.fetch(*source_of(**NOWHERE))
