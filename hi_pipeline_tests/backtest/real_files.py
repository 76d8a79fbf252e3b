"""The real files through parsing, linking and computing, without the lake and without Dagster: one pass a run."""

import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from hi_pipeline.core.account import take_account
from hi_pipeline.core.build import Built
from hi_pipeline.core.geography import vintage_of
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.row_index import schema_of
from hi_pipeline.core.source import Release, release_id
from hi_pipeline.core.validation import validate
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.tables.declared import linked_tables
from hi_pipeline_tests.conftest import Once


class RealFiles:
    """A Reader over the mirror: parses each file once, builds each linked table once, for all workers of a run."""

    def __init__(self, mirror: Path, once: Once) -> None:
        self.mirror = mirror
        self._once = once
        self.parsed = cache(self._parsed)
        self.built = cache(self._built)
        self.results = cache(self._results)
        self.clean = cache(self._clean)

    def _releases(self, source: str, part: str) -> list[Release]:
        declared = SOURCES[source]
        if declared.by_year:
            found = [r for r in declared.releases_of(part) if self._file(r).is_file()]
        else:
            found = [r for r in declared.releases if r.edition == part and self._file(r).is_file()]
        return found

    def _file(self, release: Release) -> Path:
        return self.mirror / release.mirror_file if release.mirror_path or release.address else Path("absent")

    def _made_once(self, name: str, make: Callable[[], Any]) -> Any:
        folder = self._once(name, lambda folder: (folder / "made.pickle").write_bytes(pickle.dumps(make())))
        return pickle.loads((folder / "made.pickle").read_bytes())

    def _parsed(self, source: str, edition: str) -> dict[str, pl.DataFrame]:
        found: dict[str, pl.DataFrame] = self._made_once(
            f"parsed-{source}-{edition}", lambda: self._parse(source, edition)
        )
        return found

    def _parse(self, source: str, edition: str) -> dict[str, pl.DataFrame]:
        declared = SOURCES[source]
        release = declared.release(edition)
        tables = declared.parse(read_tables(self._file(release), declared.layouts[release.layout]), release)
        found = take_account(tables).tables
        for name, frame in found.items():
            validate(frame, schema_of(declared, name), where=f"{source} {edition} {name}")
        return found

    def parts(self, source: str) -> tuple[str, ...]:
        declared = SOURCES[source]
        wanted = declared.years if declared.by_year else tuple(r.edition for r in declared.releases)
        return tuple(part for part in sorted(wanted) if self._releases(source, part))

    def holds(self, source: str, part: str) -> bool:
        return part in self.parts(source)

    def _clean(self, source: str, table: str, part: str) -> pl.DataFrame:
        frames = []
        for release in self._releases(source, part):
            found = self.parsed(source, release.edition)
            if table not in found:
                continue
            frame = found[table]
            frames.append(frame.filter(financial_year=part) if "financial_year" in frame.columns else frame)
        return pl.concat(frames)

    def linked(self, name: str, financial_year: str) -> pl.DataFrame:
        return self.built(name, financial_year).frame

    def releases(self, name: str, part: str) -> tuple[str, ...]:
        if name not in SOURCES:
            return self.built(name, part).releases
        return tuple(release_id(SOURCES[name], release) for release in self._releases(name, part))

    def imd_vintage(self, source: str, financial_year: str) -> str | None:
        return SOURCES[source].imd_vintage(financial_year)

    def indicators(self, source: str) -> tuple[Indicator, ...]:
        return tuple(indicator for indicator in INDICATORS if indicator.source == source)

    def _built(self, name: str, financial_year: str) -> Built:
        found: Built = self._made_once(f"linked-{name}-{financial_year}", lambda: self._build(name, financial_year))
        return found

    def _build(self, name: str, financial_year: str) -> Built:
        table = next(table for table in linked_tables(INDICATORS) if table.name == name)
        built = table.build(self, financial_year)
        validate(built.frame, table.schema, where=f"{name} {financial_year}")  # type: ignore[arg-type]
        return built

    def _results(self, indicator_id: str, financial_year: str) -> pl.DataFrame:
        indicator = next(i for i in INDICATORS if i.id == indicator_id)
        counts = self.linked(f"{indicator.source}_counts", financial_year).filter(indicator_id=indicator_id)
        return validate_results(compute_results(indicator, counts, synthetic=False), indicator)

    def own_results(self, indicator_id: str, financial_year: str) -> pl.DataFrame:
        """Return the figures on the footprint of the year, without those on the one in force."""
        return self.results(indicator_id, financial_year).filter(geography_vintage=vintage_of(financial_year).value)


Results = Callable[[str, str], pl.DataFrame]
