"""Which releases behind a figure have a newer file that the figure does not rest on: it failed, or waits to be built.

A figure's provenance names its releases and the hash of each one's file. They are compared with the files that would
be taken now, so it does not matter at which layer a newer one stopped.
"""

from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.source import Source, release_id
from hi_pipeline.engine.layers.clean import clean_inputs
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.told import told_sha256


class NewerFiles:
    """The files of now; each part of a publication is looked up once."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._now: dict[tuple[str, str], dict[str, str]] = {}
        self._behind: dict[tuple[object, ...], dict[str, str]] = {}

    def behind(self, known: Provenance, year: str) -> dict[str, str]:
        """Return, by release that a figure of a financial year rests on, the releases whose newer files it lacks."""
        # The boards of a year rest on the same files, as a rule.
        key = (year, *known.kept.items())
        if key not in self._behind:
            self._behind[key] = {
                name: name if name in now else " and ".join(sorted(now))
                for name, sha256 in known.kept.items()
                if (now := self._now_of(name, year)) and now.get(name) != sha256
            }
        return self._behind[key]

    def _now_of(self, name: str, year: str) -> dict[str, str]:
        """Return the releases, with the hashes of their files, that serve today what a release served."""
        source_name, _, edition = name.partition(":")
        source = self._pipeline.catalogue.sources.get(source_name)
        part = _part(source, edition, year) if source else None
        if source is None or part is None:
            return {}
        if (source_name, part) not in self._now:
            held = clean_inputs(self._pipeline, source, part)
            self._now[source_name, part] = {
                release_id(source, release): told_sha256(self._pipeline, source, kept.sha256) for release, kept in held
            }
        return self._now[source_name, part]


def _part(source: Source, edition: str, year: str) -> str | None:
    """Return the partition that a release serves for a financial year, None where it is not declared any more."""
    release = next((r for r in source.releases if r.edition == edition), None)
    if release is None:
        return None
    if not source.by_year:
        return edition
    # The nearest year's file may have been taken.
    return year if year in release.financial_years else release.financial_years[-1]
