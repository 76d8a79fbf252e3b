"""What the tests of the sample get: its folder, its text tables and its clean tables."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hi_pipeline.core.source import RawTable, Release, Source
from hi_pipeline.engine.sample_files import SampleManifest


@dataclass
class Sample:
    """The folder and, for each release that it holds, the text tables and the clean tables."""

    folder: Path
    manifest: SampleManifest
    releases: list[tuple[Source, Release]] = field(default_factory=list)
    raw: dict[tuple[str, str], dict[str, tuple[RawTable, ...]]] = field(default_factory=dict)
    clean: dict[tuple[str, str], dict[str, pl.DataFrame]] = field(default_factory=dict)

    def observations(self, source: str, edition: str) -> pl.DataFrame:
        return self.clean[source, edition]["observations"]
