"""What a data root holds: its files, and whether Dagster's records say the same."""

import json
import sqlite3
from collections.abc import Collection
from pathlib import Path

import dagster as dg

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.orchestration.instance.opening import Instance
from hi_pipeline_tests.flow.tiny import YEARS

Tree = dict[str, bytes]
_NOT_DATA = ("dagster/", "locks/")


def tree_of(root: Path) -> Tree:
    """Return every data file and sidecar; of a snapshot's sidecar all but the moment at which it was fetched."""
    paths = (path for path in sorted(root.rglob("*")) if path.is_file())
    named = {str(path.relative_to(root)): path for path in paths}
    return {name: _timeless(name, path.read_bytes()) for name, path in named.items() if not name.startswith(_NOT_DATA)}


def _timeless(name: str, data: bytes) -> bytes:
    if not (name.startswith("snapshots/") and name.endswith(".json")):
        return data
    facts = json.loads(data)
    facts.pop("fetched_at", None)
    return json.dumps(facts, sort_keys=True).encode()


def check_whole(now: Tree, old: Tree, new: Tree, *, taken_back: Collection[str] = ()) -> None:
    """Each file is that of the old tree or that of the new one, no old file is gone, no name is a stranger's.

    Args:
        now: what stands there.
        old: what stood there before.
        new: what an undisturbed run leaves.
        taken_back: files that may be gone, because a start lets what they vouch for count as not built.
    """
    for name, data in now.items():
        if name.endswith(".tmp"):
            continue
        assert name in old or name in new, f"{name}: neither tree has it"
        assert data in (old.get(name), new.get(name)), f"{name}: neither old nor new"
    gone = sorted(set(old) - set(now) - set(taken_back))
    assert not gone, f"lost: {gone}"


def vouches_wrongly(now: Tree, old: Tree, new: Tree) -> list[str]:
    """Return the sidecar of the published folder where old files stand there beside new ones, else nothing."""
    changed = {name for name in (*old, *new) if name.startswith("published/") and old.get(name) != new.get(name)}
    is_new = {now.get(name) == new.get(name) for name in changed}
    return ["published/results.parquet.json"] if len(is_new) == 2 else []


def check_records(pipeline: Pipeline, instance: Instance) -> None:
    """Every file that counts as built has its record, with its hash; every record has its file."""
    for asset, on_disk in _on_disk(pipeline).items():
        recorded = _recorded(instance, asset)
        assert set(on_disk) <= set(recorded), f"{asset}: without a record: {sorted(set(on_disk) - set(recorded))}"
        other = [p for p, sha256 in on_disk.items() if sha256 is not None and recorded[p] != sha256]
        assert not other, f"{asset}: recorded with other bytes: {other}"
        missing = sorted(set(recorded) - set(on_disk))
        assert not missing, f"{asset}: recorded without a file: {missing}"


def check_instance(instance: Instance, home: Path) -> None:
    """No run is left open, and the databases are sound."""
    done = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
    assert {run.status for run in instance.get_runs()} <= done
    for database in (home / "history" / "runs.db", home / "history" / "runs" / "index.db"):
        with sqlite3.connect(database) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",), database
        connection.close()


def _on_disk(pipeline: Pipeline) -> dict[tuple[str, str], dict[str, str | None]]:
    """Return the hash of each partition's file by asset; None where the pair of file and sidecar disagrees."""
    lake = pipeline.lake
    found: dict[tuple[str, str], dict[str, str | None]] = {}
    for indicator in pipeline.catalogue.indicators:
        years = pipeline.cells.parts(indicator.id)
        found["indicator", indicator.id] = {
            f"{year}|{icb}": known.sha256
            for year in years
            for icb, known in pipeline.cells.provenance(indicator.id, year).items()
        }
    years = [year for (year,) in lake.parts("linked", "tiny_counts")]
    found["linked", "tiny_counts"] = {year: _sha(pipeline, "linked", "tiny_counts", year) for year in years}
    years = [year for year, _ in lake.parts("clean", "tiny")]
    found["clean", "tiny"] = {year: _sha(pipeline, "clean", "tiny", year, "observations") for year in years}
    kept = {year: pipeline.snapshots.latest("tiny", year) for year in YEARS}
    found["snapshot", "tiny"] = {year: snapshot.sha256 for year, snapshot in kept.items() if snapshot}
    published = lake.path("published", "results").is_file()
    found["published", "results"] = {"": _sha(pipeline, "published", "results")} if published else {}
    return found


def _sha(pipeline: Pipeline, *place: str) -> str | None:
    known = pipeline.lake.provenance(*place)
    return known.sha256 if known else None


def _recorded(instance: Instance, asset: tuple[str, str]) -> dict[str, str]:
    records = instance.fetch_materializations(dg.AssetKey(list(asset)), limit=10_000).records
    found: dict[str, str] = {}
    for record in records:
        materialization = record.asset_materialization
        assert materialization is not None
        said = materialization.metadata.get("sha256")
        sha256 = said.value if said else (materialization.tags or {})["dagster/data_version"]
        found.setdefault(materialization.partition or "", str(sha256))
    return found
