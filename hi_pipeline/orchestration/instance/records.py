"""Files on disk without their record in the event log, or with one of other bytes: recorded at the next start.

A run that dies between writing a file and writing its record leaves such files. A partition whose input was wrong
kept its last good file and that file's record, so nothing here makes a failure look mended.
"""

from collections.abc import Iterator

import dagster as dg

from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.source import Source
from hi_pipeline.engine.grid import cell
from hi_pipeline.engine.layers.clean import clean_staleness, kept_provenance, parts_of, releases_for
from hi_pipeline.engine.layers.packs import placed_packs
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.orchestration.events import materialization

PACKS = dg.AssetKey(["published", "packs"])
_DATA_VERSION = "dagster/data_version"
Files = dict[str, Provenance]


def reconcile(pipeline: Pipeline, instance: dg.DagsterInstance) -> int:
    """Record what is on disk and not in the event log; return how many records that took."""
    events = list(_unrecorded(pipeline, instance))
    for event in events:
        instance.report_runless_asset_event(event)
    return len(events)


def _unrecorded(pipeline: Pipeline, instance: dg.DagsterInstance) -> Iterator[dg.AssetMaterialization]:
    for key, by_partition in _on_disk(pipeline):
        outcomes = [
            Outcome(partition=partition, state=State.WRITTEN, files=files) for partition, files in by_partition.items()
        ]
        recorded = _recorded(instance, key) if outcomes else {}
        for outcome in outcomes:
            # "" is a record that does not say of which bytes: one that another program made.
            known = recorded.get(outcome.partition)
            # Of several files of a publisher one may have failed and the others come: that must go on reading failed.
            settled = known is not None and key.path[0] == "snapshot" and len(outcome.files) > 1
            if known not in ("", outcome.sha256) and not settled:
                yield materialization(key, outcome, {"reconciled": "its file was there without this record"})


def _on_disk(pipeline: Pipeline) -> Iterator[tuple[dg.AssetKey, dict[str, Files]]]:
    """Yield each asset with the files of its partitions; files that count as not built are left out."""
    catalogue = pipeline.catalogue
    for source in catalogue.sources.values():
        yield dg.AssetKey(["snapshot", source.name]), _kept(pipeline, source)
        yield dg.AssetKey(["clean", source.name]), _clean(pipeline, source)
    for table in catalogue.tables:
        yield dg.AssetKey(["linked", table.name]), _linked(pipeline, table.name)
    for indicator in catalogue.indicators:
        yield dg.AssetKey(["indicator", indicator.id]), _cells(pipeline, indicator.id)
    published = pipeline.lake.provenance("published", "results")
    yield dg.AssetKey(["published", "results"]), {"": {"": published}} if published else {}
    yield PACKS, {partition: {"": known} for partition, known in placed_packs(pipeline).items()}


def _linked(pipeline: Pipeline, name: str) -> dict[str, Files]:
    known = {year: pipeline.lake.provenance("linked", name, year) for (year,) in pipeline.lake.parts("linked", name)}
    return {year: {"": provenance} for year, provenance in known.items() if provenance is not None}


def _cells(pipeline: Pipeline, indicator_id: str) -> dict[str, Files]:
    return {
        cell(year, icb): {"": known}
        for year in pipeline.cells.parts(indicator_id)
        for icb, known in pipeline.cells.provenance(indicator_id, year).items()
    }


def _clean(pipeline: Pipeline, source: Source) -> dict[str, Files]:
    by_part: dict[str, dict[str, Provenance | None]] = {}
    for part, table in pipeline.lake.parts("clean", source.name):
        by_part.setdefault(part, {})[table] = pipeline.lake.provenance("clean", source.name, part, table)
    whole = {part: {t: p for t, p in files.items() if p} for part, files in by_part.items() if all(files.values())}
    if source.by_year or not whole:
        return whole
    # All editions are one partition. Where one is not as it should be, its step failed and must go on reading failed.
    if any(clean_staleness(pipeline, source, part) for part in parts_of(source)):
        return {}
    return {"": {f"{part}/{table}": p for part, files in whole.items() for table, p in files.items()}}


def _kept(pipeline: Pipeline, source: Source) -> dict[str, Files]:
    """Return a source's kept files by partition, as the step that fetches them tells of them."""
    found: dict[str, Files] = {}
    for part in parts_of(source):
        for release in releases_for(source, part):
            snapshot = pipeline.snapshots.latest(source.name, release.edition)
            if snapshot is not None:
                partition, name = (part, "") if source.by_year else ("", f"{part}/")
                found.setdefault(partition, {})[name + release.edition] = kept_provenance(source, release, snapshot)
    return found


def _recorded(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, str]:
    """Return the hash in the newest record of each partition, "" where it holds none."""
    if key.path[0] == "indicator" or key == PACKS:
        # Thousands of records: only their tags are read, which hold the same hash.
        return _tagged(instance, key)
    storage = instance.event_log_storage
    ids = storage.get_latest_storage_id_by_partition(key, dg.DagsterEventType.ASSET_MATERIALIZATION)
    newest = instance.get_latest_materialization_event(key)
    found = {"": _hash_in(newest.asset_materialization if newest else None)} if newest else {}
    if ids:
        chosen = dg.AssetRecordsFilter(asset_key=key, storage_ids=list(ids.values()))
        records = instance.fetch_materializations(chosen, limit=len(ids)).records
        found |= {r.partition_key: _hash_in(r.asset_materialization) for r in records if r.partition_key}
    return found


def _tagged(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[str, str]:
    found = dict.fromkeys(instance.get_materialized_partitions(key), "")
    tags = instance.event_log_storage.get_latest_tags_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, [_DATA_VERSION]
    )
    return found | {partition: values.get(_DATA_VERSION, "") for partition, values in tags.items()}


def _hash_in(materialization: dg.AssetMaterialization | None) -> str:
    said = materialization.metadata.get("sha256") if materialization else None
    return str(said.value) if said is not None else ""
