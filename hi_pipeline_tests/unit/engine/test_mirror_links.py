"""HI_MIRROR_LINKS comes to where the mirror is read."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import FetchError
from hi_pipeline.engine.pipeline import open_snapshots, open_store
from hi_pipeline.settings import Settings
from hi_pipeline_tests.unit.storage.releases import CSV, PLACE, source_of


@pytest.mark.parametrize("said", ["", "refuse", "follow"])
def test_links_out_of_a_mirror_are_followed_only_where_the_setting_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    if said:
        monkeypatch.setenv("HI_MIRROR_LINKS", said)
    (tmp_path / "elsewhere.csv").write_bytes(CSV)
    place = tmp_path / "mirror" / PLACE
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "elsewhere.csv")
    settings = Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")
    snapshots = open_snapshots(settings, open_store(settings))
    if said == "follow":
        assert snapshots.fetch(*source_of()).path.read_bytes() == CSV
    else:
        with pytest.raises(FetchError, match="not in the mirror; refused"):
            snapshots.fetch(*source_of())
