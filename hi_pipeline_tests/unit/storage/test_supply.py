"""Where a release's bytes come from, under each setting of HI_SOURCE."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import ReleaseUnavailable
from hi_pipeline.storage.supply import Mode, Supply
from hi_pipeline_tests.unit.storage.releases import CSV, PLACE, sha, source_of

ADDRESS = "https://files.digital.nhs.uk/AA/BBBBBB/data%20file.csv"


def supply(root: Path, mode: Mode, mirror: str = "") -> Supply:
    return Supply(root, mode=mode, mirror=mirror, follows_links=False)


def test_the_publisher_is_asked_at_its_address(tmp_path: Path) -> None:
    _, release = source_of(address=ADDRESS, sha256="a" * 64)
    live = supply(tmp_path, "live", mirror="https://not.used")
    assert live.asks_network
    assert not live.is_here(release)
    assert live.locate(release, where="x") is None
    assert live.address(release) == ADDRESS
    assert live.declared_sha256(release) == ("a" * 64, "the declaration")
    assert live.by_hand(release) == f"to {tmp_path / 'by-hand' / PLACE}"


def test_a_mirror_over_http_is_asked_by_the_encoded_place(tmp_path: Path) -> None:
    _, release = source_of(address=ADDRESS, sha256="a" * 64)
    mirror = supply(tmp_path, "mirror", mirror="https://mirror.example/files/")
    assert mirror.asks_network
    assert mirror.address(release) == "https://mirror.example/files/files.digital.nhs.uk/AA/BBBBBB/data%20file.csv"
    assert mirror.declared_sha256(release) == ("", "the mirror's SHA256SUMS"), "the pin is of the publisher's own bytes"


def test_a_mirrors_folder_is_looked_at(tmp_path: Path) -> None:
    _, release = source_of(address=ADDRESS)
    folder = supply(tmp_path / "root", "sample", mirror=str(tmp_path))
    assert not folder.asks_network
    assert folder.is_here(release)
    with pytest.raises(ReleaseUnavailable, match="is not there"):
        folder.locate(release, where="x")
    path = tmp_path / PLACE
    path.parent.mkdir(parents=True)
    path.write_bytes(CSV)
    (tmp_path / "SHA256SUMS").write_text(f"{sha(CSV)}  {PLACE}\n")
    assert folder.locate(release, where="x") == path
    assert folder.declared_sha256(release) == (sha(CSV), "the mirror's SHA256SUMS")
