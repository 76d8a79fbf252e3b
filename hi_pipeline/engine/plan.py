"""What a run has to do: the partitions that are missing or stale, layer by layer, within what was asked for."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.source import Release, Source
from hi_pipeline.engine.grid import ICBS, cell, grid_ranges, keys_between, valid_cells, year_ranges
from hi_pipeline.engine.layers.clean import clean_staleness, parts_of, releases_for
from hi_pipeline.engine.layers.indicator import cells_staleness
from hi_pipeline.engine.layers.linked import linked_staleness
from hi_pipeline.engine.layers.published import publication_of
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.replacements import lacks_record

NOT_BUILT = "not built"
Key = tuple[str, str]
Work = dict[Key, dict[str, str]]


class Layer(StrEnum):
    """The layers of the house, in the order of flow."""

    SNAPSHOT = "snapshot"
    CLEAN = "clean"
    LINKED = "linked"
    INDICATOR = "indicator"
    PUBLISHED = "published"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for; None means all.

    Attributes:
        stale: only what was built before and is stale now, nothing that is missing.
    """

    years: tuple[str, ...] | None = None
    icbs: tuple[str, ...] | None = None
    indicators: tuple[str, ...] | None = None
    stale: bool = False

    def asks_for(self, why: str | None) -> bool:
        """Tell whether a partition with this staleness is to be built."""
        return bool(why) and not (self.stale and why == NOT_BUILT)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One run: assets of one layer and the partitions of one range.

    Attributes:
        tags: range of partitions; empty for unpartitioned assets.
        partitions: how many outcomes it gives.
    """

    layer: Layer
    keys: tuple[Key, ...]
    tags: dict[str, str]
    partitions: int

    def by_asset(self) -> list["Stage"]:
        """Return its parts for several workers: one for each asset."""
        each = self.partitions // len(self.keys)
        return [replace(self, keys=(key,), partitions=each) for key in self.keys]


class Plan:
    """Finds the work of each layer; ask again after each layer, because its files decide what the next has to do."""

    def __init__(self, pipeline: Pipeline, selection: Selection) -> None:
        self.pipeline = pipeline
        self.selection = selection
        catalogue = pipeline.catalogue
        wanted = selection.indicators
        self.indicators = [i for i in catalogue.indicators if wanted is None or i.id in wanted]
        self.tables = _tables(pipeline, None if wanted is None else self.indicators)
        names = {name for table in self.tables for name in table.sources}
        self.sources = [s for s in catalogue.sources.values() if wanted is None or s.name in names]

    def snapshots(self, *, again: bool = False) -> list[Stage]:
        """Return the runs that bring in what is not there or looks changed; all of them if again."""
        if self.selection.stale:
            return []
        work: Work = {}
        for source in self.sources:
            for part in self._parts(source):
                if again or any(self._is_due(source, release) for release in releases_for(source, part)):
                    work.setdefault(("snapshot", source.name), {})[part] = "not fetched, or changed"
        return self._by_year(Layer.SNAPSHOT, work)

    def _is_due(self, source: Source, release: Release) -> bool:
        """Tell whether a release is to be fetched; publishers are not asked about what is kept (sensors do that)."""
        snapshots = self.pipeline.snapshots
        kept = snapshots.latest(source.name, release.edition) is not None
        # A mirror may lack what is declared, so an http mirror is asked first.
        ask = not kept and self.pipeline.settings.kind != "live"
        unrecorded = not source.local and lacks_record(self.pipeline, source, release)
        return snapshots.news(source, release, ask=ask) is not None or unrecorded

    def clean(self) -> list[Stage]:
        """Return the runs that build clean tables."""
        work: Work = {}
        for source in self.sources:
            for part in self._parts(source):
                why = clean_staleness(self.pipeline, source, part)
                if self.selection.asks_for(why):
                    work.setdefault(("clean", source.name), {})[part] = why or ""
        return self._by_year(Layer.CLEAN, work)

    def linked(self, level: Collection[LinkedTable]) -> list[Stage]:
        """Return the runs that build a level of linked tables."""
        work: Work = {}
        for table in self.tables:
            if table.name in {t.name for t in level}:
                for year in self._years(table.years):
                    why = linked_staleness(self.pipeline, table, year)
                    if self.selection.asks_for(why):
                        work.setdefault(("linked", table.name), {})[year] = why or ""
        return self._by_year(Layer.LINKED, work)

    def figures(self, failed: Callable[[str], Collection[str]] = lambda indicator: ()) -> list[Stage]:
        """Return the runs that build cells: as few rectangles as hold all of them and no cell that cannot exist.

        Args:
            failed: the cells of an indicator that read failed; they are run again although their file holds, when
                the input that was wrong has become what it was before.
        """
        by_indicator = {i.id: stale_cells(self.pipeline, i, self.selection, failed(i.id)) for i in self.indicators}
        stages: list[Stage] = []
        groups: dict[str, list[str]] = {}
        for name, cells in by_indicator.items():
            groups.setdefault(json.dumps(cells, sort_keys=True), []).append(name)
        for text, names in groups.items():
            cells = {year: tuple(icbs) for year, icbs in json.loads(text).items()}
            keys = tuple(("indicator", name) for name in names)
            for tags in grid_ranges(cells):
                count = len(keys_between(tags)) * len(keys)
                stages.append(Stage(layer=Layer.INDICATOR, keys=keys, tags=tags, partitions=count))
        return stages

    def published(self) -> list[Stage]:
        """Return the run that publishes, if anything changed since the last time."""
        publication = publication_of(self.pipeline)
        if not publication.years or publication.is_current:
            return []
        return [Stage(layer=Layer.PUBLISHED, keys=(("published", "results"),), tags={}, partitions=1)]

    def _parts(self, source: Source) -> tuple[str, ...]:
        if not source.by_year:
            return parts_of(source)
        # A table that may take the nearest list needs all of them, whichever year is asked for.
        anywhere = any(source.name in t.sources and source.name not in t.required for t in self.tables)
        return parts_of(source) if anywhere else self._years(parts_of(source))

    def _years(self, years: tuple[str, ...]) -> tuple[str, ...]:
        known = tuple(y for y in years if y in ALL_YEARS)
        return known if self.selection.years is None else tuple(y for y in known if y in self.selection.years)

    def _by_year(self, layer: Layer, work: Work) -> list[Stage]:
        """Return a run for the unpartitioned assets, and one for each range of years of the others."""
        sources = self.pipeline.catalogue.sources
        whole = tuple(key for key in work if layer is not Layer.LINKED and not sources[key[1]].by_year)
        stages = []
        if whole:
            count = sum(len(parts_of(sources[name])) for _, name in whole)
            stages.append(Stage(layer=layer, keys=whole, tags={}, partitions=count))
        yearly = {key: parts for key, parts in work.items() if key not in whole}
        for tags in year_ranges({y for parts in yearly.values() for y in parts if y in ALL_YEARS}):
            years = keys_between(tags)
            keys = tuple(key for key, parts in yearly.items() if any(y in years for y in parts))
            stages.append(Stage(layer=layer, keys=keys, tags=tags, partitions=len(keys) * len(years)))
        return stages


def stale_cells(
    pipeline: Pipeline, indicator: Indicator, selection: Selection, failed: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Return, by year, the boards whose cell must be built."""
    years = catalogue_years(pipeline, indicator, selection)
    found: dict[str, tuple[str, ...]] = {}
    for year, icbs in valid_cells(years, selection.icbs or ICBS).items():
        judged = cells_staleness(pipeline, indicator, year, icbs)
        stale = tuple(icb for icb, why in judged.items() if cell(year, icb) in failed or selection.asks_for(why))
        if stale:
            found[year] = stale
    return found


def catalogue_years(pipeline: Pipeline, indicator: Indicator, selection: Selection) -> tuple[str, ...]:
    """Return the years of an indicator's counts within the selection."""
    years = tuple(y for y in pipeline.catalogue.counts_of(indicator).years if y in ALL_YEARS)
    return years if selection.years is None else tuple(y for y in years if y in selection.years)


def _tables(pipeline: Pipeline, indicators: list[Indicator] | None) -> list[LinkedTable]:
    """Return the linked tables that some indicators need, with all that those need."""
    catalogue = pipeline.catalogue
    if indicators is None:
        return list(catalogue.tables)
    needed: set[str] = set()
    waiting = [catalogue.counts_of(i).name for i in indicators]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += catalogue.tables_by_name[name].linked
    return [table for table in catalogue.tables if table.name in needed]
