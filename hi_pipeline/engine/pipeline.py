"""What every step needs in hand: the declarations, the lake, the snapshots and the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.indicator import Entry, Indicator
from hi_pipeline.core.schema import Schema
from hi_pipeline.core.source import Release, Source, Tables
from hi_pipeline.engine.currency.imported import Imported
from hi_pipeline.engine.outcome import Outcome
from hi_pipeline.settings import Settings
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.storage.cells import CellFiles
from hi_pipeline.storage.lake import Lake
from hi_pipeline.storage.root_version import version_of
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline.storage.store import Store, refuse_working_copy

ReadTables = Callable[[Any, Any], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All declarations: what can be fetched, linked and computed.

    Attributes:
        compute: ``compute_results(indicator, counts, *, synthetic)``.
        result_schema: of its frame.
        beside: ``tables_beside(results, similar, indicators)``: by name, what is said of the results as a whole.
        listed: what is on the list and not computed by itself.
        publish: ``publish(lake, *, results, beside, lists, provenance, indicators, listed, facts, sources, revised,
            accepted)``.
    """

    sources: Mapping[str, Source]
    tables: tuple[LinkedTable, ...]
    indicators: tuple[Indicator, ...]
    compute: Callable[..., pl.DataFrame]
    result_schema: Schema
    beside: Callable[..., dict[str, pl.DataFrame]]
    publish: Callable[..., Any]
    listed: tuple[Entry, ...] = ()

    @cached_property
    def tables_by_name(self) -> dict[str, LinkedTable]:
        """Return the linked tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def indicators_by_id(self) -> dict[str, Indicator]:
        """Return the indicators by id."""
        return {indicator.id: indicator for indicator in self.indicators}

    def counts_of(self, indicator: Indicator) -> LinkedTable:
        """Return the linked table that holds an indicator's counts."""
        return self.tables_by_name[f"{indicator.source}_counts"]

    def is_of_extracts(self, table: LinkedTable) -> bool:
        """Tell whether a linked table holds the counts of boards' own extracts."""
        source = self.sources.get(table.indicators_of)
        return source is not None and source.local

    def table_levels(self) -> list[list[LinkedTable]]:
        """Return the linked tables in levels: those of a level read only those of the levels before.

        Raises:
            ValueError: a table reads one that is not declared, or tables read one another in a circle.
        """
        done: set[str] = set()
        waiting = list(self.tables)
        levels = []
        while waiting:
            level = [table for table in waiting if set(table.linked) <= done]
            if not level:
                raise ValueError(f"linked tables cannot be ordered: {[(t.name, t.linked) for t in waiting]}")
            levels.append(level)
            done |= {table.name for table in level}
            waiting = [table for table in waiting if table.name not in done]
        return levels


@dataclass(kw_only=True)
class Pipeline:
    """The declarations bound to one data root.

    Attributes:
        ask_again: ask publishers for the bytes even of what is kept.
        looks_again: ask publishers whether what is kept has changed (ETag, Last-Modified, then the hash).
        others: by indicator and year, the rows of areas that are no board, as last computed for this process and not
            published yet, after the fingerprint of what they were made from.
        helped: what a step of an asset did already in another process (``orchestration.helpers``); None where none did.
        told: called with the asset's key and each outcome as it comes, for progress bars.
    """

    settings: Settings
    catalogue: Catalogue
    lake: Lake
    snapshots: Snapshots
    read: ReadTables = read_tables
    ask_again: bool = False
    looks_again: bool = False
    helped: Callable[[Any], Any] = lambda step: None
    told: Callable[[tuple[str, ...], Outcome], None] = lambda key, outcome: None
    others: dict[tuple[str, str], tuple[str, pl.DataFrame]] = field(default_factory=dict)
    _parsed: dict[tuple[str, str, str], Tables] = field(default_factory=dict)

    def look(self) -> "Pipeline":
        """See what other machines have written since the last look; return itself."""
        self.lake.store.look()
        return self

    @cached_property
    def cells(self) -> CellFiles:
        """Return the figures' files: one for each indicator and year, whose cells are the boards."""
        return CellFiles(self.lake, layer="indicator", column="icb_code")

    def parse(self, source: Source, release: Release, *, path: Any, sha256: str) -> Tables:
        """Return a release's clean tables; the last one is remembered, for series that hold many years."""
        key = (source.name, release.edition, sha256)
        if key not in self._parsed:
            raw = self.read(path, source.layouts[release.layout])
            self._parsed.clear()
            self._parsed[key] = source.parse(raw, release)
        return self._parsed[key]


def load_catalogue() -> Catalogue:
    """Return the project's own declarations."""
    from hi_pipeline.extracts.source import SOURCE as EXTRACTS
    from hi_pipeline.indicators.catalogue import INDICATORS, LISTED
    from hi_pipeline.indicators.schema import RESULTS_SCHEMA
    from hi_pipeline.publishing.release import publish
    from hi_pipeline.sources import SOURCES
    from hi_pipeline.tables.declared import linked_tables

    return Catalogue(
        sources={**SOURCES, EXTRACTS.name: EXTRACTS},
        tables=linked_tables(INDICATORS),
        indicators=tuple(INDICATORS),
        compute=Imported("hi_pipeline.indicators.compute", "compute_results"),
        result_schema=RESULTS_SCHEMA,
        beside=Imported("hi_pipeline.indicators.beside", "tables_beside"),
        publish=publish,
        listed=LISTED,
    )


def open_pipeline(settings: Settings, catalogue: Catalogue | None = None, store: Store | None = None) -> Pipeline:
    """Return the pipeline of a data root, with the editions found so far; nothing is fetched.

    Args:
        settings: of the root.
        catalogue: the declarations; the project's own when not given.
        store: what ``open_store`` gave, where it is open already.
    """
    from hi_pipeline.engine.releases.editions import with_editions

    store = store or open_store(settings)
    return bind(settings, with_editions(catalogue or load_catalogue(), store, settings.extracts), store)


def bind(settings: Settings, catalogue: Catalogue, store: Store) -> Pipeline:
    """Return declarations, whose editions are found already, bound to a data root."""
    return Pipeline(
        settings=settings,
        catalogue=catalogue,
        lake=Lake(settings.root, store),
        snapshots=open_snapshots(settings, store),
    )


def open_store(settings: Settings) -> Store:
    """Return what keeps the files of a data root: its disk, or the object store that HI_STORE names.

    Raises:
        StoreError: a newer program wrote there; the data folder is not the one of this store; it cannot be reached.
    """
    store = _object_store(settings) if settings.store else Store(settings.root)
    if not settings.store:
        refuse_working_copy(settings.root)
    store.fresh(settings.root)
    version_of(settings.root).check(settings.root)
    return store


def _object_store(settings: Settings) -> Store:
    from hi_pipeline.storage.bucket import Bucket
    from hi_pipeline.storage.object_store import ObjectStore

    return ObjectStore(settings.root, Bucket(settings.store_of_kind))


def open_snapshots(settings: Settings, store: Store) -> Snapshots:
    """Return the kept files of a data root."""
    return Snapshots(
        settings.root,
        mode=settings.kind,  # type: ignore[arg-type]
        mirror=settings.mirror if settings.kind != "live" else "",
        contact=settings.contact,
        obeys_robots=settings.robots == "obey",
        follows_links=settings.mirror_links == "follow",
        asks_first=settings.accept == "ask",
        extracts=settings.extracts,
        store=store,
    )
