"""How each asset stands against what it would be made from now: built, stale, missing, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.source import Source
from hi_pipeline.engine.grid import ICBS, cell, valid_cells
from hi_pipeline.engine.layers.clean import clean_staleness, parts_of
from hi_pipeline.engine.layers.indicator import cells_staleness
from hi_pipeline.engine.layers.linked import linked_staleness
from hi_pipeline.engine.layers.published import publication_of
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.plan import NOT_BUILT, Key


@dataclass(kw_only=True)
class Standing:
    """How one asset stands.

    Attributes:
        built: partitions that hold what their inputs say.
        stale: partitions built from other inputs, by an older program or for an older schema.
        missing: partitions that could be built and are not.
        reasons: why, by stale or missing partition.
    """

    key: Key
    built: int = 0
    stale: int = 0
    missing: int = 0
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def not_current(self) -> dict[str, str]:
        """Return the reason of each stale partition (those that are only missing left out)."""
        return {partition: why for partition, why in self.reasons.items() if why != NOT_BUILT}

    def add(self, partition: str, why: str | None) -> None:
        """Count a partition by its staleness (None where there is nothing to build from)."""
        if why is None:
            return
        if not why:
            self.built += 1
            return
        self.reasons[partition] = why
        if why == NOT_BUILT:
            self.missing += 1
        else:
            self.stale += 1


def asset_standings(pipeline: Pipeline) -> Iterable[Standing]:
    """Return the standing of every asset after the snapshots, in the order of flow."""
    catalogue = pipeline.catalogue
    for source in catalogue.sources.values():
        yield clean_standing(pipeline, source)
    for table in catalogue.tables:
        yield linked_standing(pipeline, table)
    for indicator in catalogue.indicators:
        yield indicator_standing(pipeline, indicator)
    yield published_standing(pipeline)


def clean_standing(pipeline: Pipeline, source: Source) -> Standing:
    """Return the standing of a publication's clean tables."""
    standing = Standing(key=("clean", source.name))
    for part in parts_of(source):
        standing.add(part, clean_staleness(pipeline, source, part))
    return standing


def linked_standing(pipeline: Pipeline, table: LinkedTable) -> Standing:
    """Return the standing of a linked table."""
    standing = Standing(key=("linked", table.name))
    for year in table.years:
        if year in ALL_YEARS:
            standing.add(year, linked_staleness(pipeline, table, year))
    return standing


def indicator_standing(pipeline: Pipeline, indicator: Indicator) -> Standing:
    """Return the standing of an indicator's cells."""
    standing = Standing(key=("indicator", indicator.id))
    years = tuple(y for y in pipeline.catalogue.counts_of(indicator).years if y in ALL_YEARS)
    for year, icbs in valid_cells(years, ICBS).items():
        for icb, why in cells_staleness(pipeline, indicator, year, icbs).items():
            standing.add(cell(year, icb), why)
    return standing


def published_standing(pipeline: Pipeline) -> Standing:
    """Return the standing of the published folder."""
    standing = Standing(key=("published", "results"))
    publication = publication_of(pipeline)
    if publication.years:
        why = "" if publication.is_current else "its figures changed"
        standing.add("", NOT_BUILT if publication.known is None else why)
    return standing
