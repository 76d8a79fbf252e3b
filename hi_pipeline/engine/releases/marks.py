"""What is known of the releases that figures rest on where a publisher revised one and nobody accepted it.

The files of the cells are left as they are: ``notes`` adds the words as figures are published.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.source import release_id
from hi_pipeline.core.status import NOT_ACCEPTED
from hi_pipeline.engine.currency.inputs import current_hash, made_from
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.replacements import Replacement, alarm_of

_SNAPSHOTS = "snapshots/"
Notes = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The unaccepted revisions behind the published figures.

    Attributes:
        revisions: by release.
        notes: by indicator and year the note of each such release.
    """

    revisions: dict[str, Replacement]
    notes: dict[tuple[str, str], Notes]

    def of(self, indicator: str, year: str) -> Notes:
        """Return the notes of an indicator's figures of a year."""
        return self.notes.get((indicator, year), {})

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Return what decides the marks, for the fingerprint of what is published."""
        return tuple(Input(name=f"revised/{name}", sha256=self._digest(name)) for name in self.revisions)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return a line for each revision, for the metadata of what is published."""
        return tuple(f"{name} is REVISED and not accepted: {r.difference}" for name, r in self.revisions.items())

    @property
    def facts(self) -> tuple[dict[str, Any], ...]:
        """Return the facts of each revision, for those who read the published files."""
        return tuple(_facts(r) for r in self.revisions.values())

    def _digest(self, name: str) -> str:
        said = [(*place, notes[name]) for place, notes in sorted(self.notes.items()) if name in notes]
        return hashlib.sha256(json.dumps([_facts(self.revisions[name]), said]).encode()).hexdigest()


def marks_of(pipeline: Pipeline, made_from: Mapping[tuple[str, str], Provenance]) -> Marks:
    """Return the marks of figures, by indicator and year, from what the figures of that year are made from now."""
    revised = unaccepted(pipeline)
    notes = {place: notes_of(pipeline, known, revised) for place, known in made_from.items()} if revised else {}
    used = {release for found in notes.values() for release in found}
    return Marks(
        revisions={name: r for name, r in revised.items() if name in used},
        notes={place: found for place, found in notes.items() if found},
    )


def unaccepted(pipeline: Pipeline) -> dict[str, Replacement]:
    """Return the revisions that nobody has accepted, by release."""
    return {
        release_id(source, release): found
        for source in pipeline.catalogue.sources.values()
        for release in source.releases
        if (found := alarm_of(pipeline, source, release)) is not None
    }


def notes_of(pipeline: Pipeline, known: Provenance, revised: Mapping[str, Replacement]) -> Notes:
    """Return the note of each revised release behind a file.

    It says that the file rests on the revised bytes only if it does by every input on the way to them: a figure whose
    newer input failed rests on those of before.
    """
    used = [name for name in known.releases if name in revised]
    fresh = bool(used) and all(same for _, same in trail(pipeline, known))
    return {
        name: f"rests on revised bytes of {name}, {NOT_ACCEPTED}"
        if fresh and not revised[name].pending
        else cautious(name)
        for name in used
    }


def trail(pipeline: Pipeline, known: Provenance) -> Iterator[tuple[Input, bool]]:
    """Yield what a file was made from, back to the publishers' files, each with whether it is still the same."""
    waiting, shown = list(known.inputs), set()
    while waiting:
        item = waiting.pop(0)
        if item.name in shown:
            continue
        shown.add(item.name)
        yield item, _current(pipeline, item.name) == item.sha256
        behind = made_from(pipeline.lake, item.name)
        waiting += behind.inputs if behind else ()


def _current(pipeline: Pipeline, name: str) -> str:
    if name.startswith(_SNAPSHOTS):
        _, source, edition = name.split("/")
        kept = pipeline.snapshots.latest(source, edition)
        return kept.sha256 if kept else ""
    return current_hash(pipeline.lake, name)


def cautious(release: str) -> str:
    """Say that a figure rests on a revised release, and not on which of its bytes."""
    return f"rests on {release}, which its publisher has revised; {NOT_ACCEPTED}"


def _facts(found: Replacement) -> dict[str, Any]:
    return {
        "release": found.release,
        "address": found.address,
        "accepted_sha256": found.older_sha256,
        "revised_sha256": found.newer_sha256,
        "bytes_in_use": "accepted" if found.pending else "revised",
        "changed_figures": found.figures,
    }
