"""What the sensor looks at: a short mark for each release's place, so that a new or changed file is noticed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hi_pipeline.core.source import Release, Source, release_id
from hi_pipeline.orchestration.pipeline import Pipeline
from hi_pipeline.storage.folder_mirror import stamp_of

Marks = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A release whose place looks otherwise than at the last look."""

    source: Source
    release: Release
    mark: str


def watches_files(pipeline: Pipeline) -> bool:
    """Tell whether releases come from a folder, where a look costs nothing."""
    settings = pipeline.settings
    return settings.kind != "live" and not settings.mirror.startswith(("http://", "https://"))


def look(pipeline: Pipeline) -> Marks:
    """Return a mark for each release that is at its place now (size and time of a mirror's file).

    Publishers' own pages are not looked at here: a live release is asked for by its schedule, which fetches only
    what changed (ETag, Last-Modified, then the hash).
    """
    settings = pipeline.settings
    if not watches_files(pipeline):
        return {}
    marks: Marks = {}
    for source in pipeline.catalogue.sources.values():
        for release in source.releases:
            place = _place(Path(settings.mirror), release)
            if place is not None:
                marks[release_id(source, release)] = stamp_of(place)
    return marks


def changes(pipeline: Pipeline, before: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Return the releases that are new or changed between two looks, in declared order."""
    return [
        Change(source=source, release=release, mark=mark)
        for source in pipeline.catalogue.sources.values()
        for release in source.releases
        if (mark := now.get(release_id(source, release))) and before.get(release_id(source, release)) != mark
    ]


def run_key(change: Change, part: str) -> str:
    """Return a key that stays the same for the same change of the same part."""
    text = f"{release_id(change.source, change.release)} {part} {change.mark}"
    return f"{release_id(change.source, change.release)}:{part}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _place(mirror: Path, release: Release) -> Path | None:
    try:
        place = mirror / release.mirror_file
    except ValueError:
        return None
    return place if place.is_file() else None
