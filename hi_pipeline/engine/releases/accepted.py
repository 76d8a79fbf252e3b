"""Which bytes of each release are accepted, from where and since when: what ``sources.json`` says of them."""

import json
from collections.abc import Collection, Mapping

from hi_pipeline.core.provenance import Input
from hi_pipeline.core.source import release_id
from hi_pipeline.engine.currency.code import text_digest
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.told import told_sha256

Facts = dict[str, dict[str, str]]


def accepted_facts(pipeline: Pipeline, releases: Collection[str]) -> Facts:
    """Return by release id: sha256 (accepted), address (the publisher's, or the place in a mirror), fetched (date).

    Args:
        pipeline: the data root.
        releases: ids of the releases that figures rest on; those of which nothing is kept any more are left out.
    """
    found: Facts = {}
    for source in pipeline.catalogue.sources.values():
        for release in source.releases:
            name = release_id(source, release)
            kept = pipeline.snapshots.latest(source.name, release.edition) if name in releases else None
            if kept is None:
                continue
            history = pipeline.snapshots.history(source.name, release.edition)
            accepted = next((s for s in history if s.sha256 == kept.accepted_sha256), kept)
            found[name] = {
                "sha256": told_sha256(pipeline, source, kept.accepted_sha256),
                "address": accepted.address,
                "fetched": accepted.fetched_at.date().isoformat(),
            }
    return found


def accepted_inputs(facts: Mapping[str, Mapping[str, str]]) -> tuple[Input, ...]:
    """Return what decides these facts, for the fingerprint of what is published."""
    return tuple(
        Input(name=f"accepted/{name}", sha256=text_digest(json.dumps(said, sort_keys=True)))
        for name, said in facts.items()
    )
