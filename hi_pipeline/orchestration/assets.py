"""Every step as an asset: read, call, validate, write, report. The work is in plain functions next door."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import dagster as dg

from hi_pipeline.core.account import ACCOUNT
from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import CURRENT, Vintage, boards_of
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.plain_text import in_markdown
from hi_pipeline.core.source import Source
from hi_pipeline.engine.checks import by_layer as found
from hi_pipeline.engine.checks.findings import Finding
from hi_pipeline.engine.checks.packs import PACK_CHECKS, of_packs
from hi_pipeline.engine.layers.clean import clean_code, fetch_part, parts_of
from hi_pipeline.engine.layers.indicator import indicator_code
from hi_pipeline.engine.layers.linked import linked_code
from hi_pipeline.engine.layers.packs import PackMade, build_packs, open_published, summary_of
from hi_pipeline.engine.layers.published import publish_results
from hi_pipeline.engine.layers.published_lists import LINKED_TABLES
from hi_pipeline.engine.outcome import Outcome, State, failed_together
from hi_pipeline.engine.pipeline import Catalogue, Pipeline
from hi_pipeline.engine.plan import Layer
from hi_pipeline.engine.steps import Done, Step, do
from hi_pipeline.orchestration.events import Events, report
from hi_pipeline.orchestration.partitions import GRID, YEAR_PARTITIONS
from hi_pipeline.orchestration.requests import editions_asked_for

OWNER = "team:hi_pipeline"
_SAME_YEAR = dg.IdentityPartitionMapping()
_ANY_YEAR = dg.AllPartitionMapping()
Body = Callable[[dg.AssetExecutionContext], Events]


def snapshot_asset(source: Source) -> dg.AssetsDefinition:
    """Return the asset of a publication's kept files."""

    def body(context: dg.AssetExecutionContext) -> Events:
        pipeline = _pipeline(context).look()
        only = editions_asked_for(context.run.tags)
        outcomes = [
            _told(context, fetch_part(pipeline, source, part, again=pipeline.ask_again, editions=only))
            for part in _parts(context, source)
        ]
        asked = partial(found.of_snapshot, pipeline, source, outcomes, today=date.today())
        yield from report(context, _shaped(context, outcomes), *found.guarded(found.SNAPSHOT_CHECKS, asked))

    return _asset(
        body,
        key=("snapshot", source.name),
        partitions=YEAR_PARTITIONS if source.by_year else None,
        checks=found.SNAPSHOT_CHECKS,
        description=f"{source.title}. The publisher's files, kept by hash. {source.disclosure}",
        kinds={"file"},
        owner=source.owner,
        code_version="1",
        metadata={
            "publisher": source.publisher,
            "landing_page": dg.MetadataValue.url(source.landing_page),
            "licence": source.licence,
            "attribution": source.attribution,
            "releases": dg.MetadataValue.json({r.edition: r.address or r.landing_page for r in source.releases}),
        },
    )


def clean_asset(source: Source) -> dg.AssetsDefinition:
    """Return the asset of a publication's clean tables."""

    def body(context: dg.AssetExecutionContext) -> Events:
        done = _done(context, Layer.CLEAN, _parts(context, source))
        yield from report(context, _shaped(context, done.outcomes), done.findings, done.details)

    tables = ", ".join(sorted(name for name in source.schemas if name != ACCOUNT))
    return _asset(
        body,
        key=("clean", source.name),
        deps=[dg.AssetDep(["snapshot", source.name], partition_mapping=_SAME_YEAR if source.by_year else None)],
        partitions=YEAR_PARTITIONS if source.by_year else None,
        checks=found.CLEAN_CHECKS,
        description=f"{source.title}: clean tables ({tables}) in the project's words.",
        kinds={"polars", "parquet"},
        owner=source.owner,
        code_version=clean_code(source),
        metadata={"tables": tables, "disclosure": source.disclosure},
    )


def linked_asset(catalogue: Catalogue, linked: LinkedTable) -> dg.AssetsDefinition:
    """Return the asset of a linked table."""

    def body(context: dg.AssetExecutionContext) -> Events:
        done = _done(context, Layer.LINKED, context.partition_keys)
        yield from report(context, done.outcomes, done.findings, done.details)

    def mapping(name: str) -> dg.PartitionMapping | None:
        if not catalogue.sources[name].by_year:
            return None
        # A table that does not require a source's own year may take the nearest one.
        return _SAME_YEAR if name in linked.required else _ANY_YEAR

    deps = [dg.AssetDep(["clean", name], partition_mapping=mapping(name)) for name in linked.sources]
    deps += [dg.AssetDep(["linked", name], partition_mapping=_SAME_YEAR) for name in linked.linked]
    return _asset(
        body,
        key=("linked", linked.name),
        deps=deps,
        partitions=YEAR_PARTITIONS,
        checks=found.linked_checks(linked),
        description=linked.description,
        kinds={"polars", "parquet"},
        code_version=linked_code(linked),
        metadata={"years": dg.MetadataValue.json(list(linked.years))},
    )


def indicator_asset(catalogue: Catalogue, indicator: Indicator) -> dg.AssetsDefinition:
    """Return the asset of an indicator's figures, by financial year and board."""

    def body(context: dg.AssetExecutionContext) -> Events:
        done = _done(context, Layer.INDICATOR, [str(key) for key in context.partition_keys])
        yield from report(context, done.outcomes, done.findings, done.details, one_by_one=True)

    table = catalogue.counts_of(indicator)
    with _beta_allowed():
        year_of_cell = dg.MultiToSingleDimensionPartitionMapping("financial_year")
    return _asset(
        body,
        key=("indicator", indicator.id),
        deps=[dg.AssetDep(["linked", table.name], partition_mapping=year_of_cell)],
        partitions=GRID,
        checks=found.INDICATOR_CHECKS,
        description=f"{indicator.title}. {indicator.definition}\n\n{_cells_that_can_exist(table)}",
        kinds={"polars", "parquet"},
        code_version=indicator_code(catalogue.compute, indicator),
        metadata={
            "area": indicator.area,
            "unit": indicator.unit.value,
            "polarity": indicator.polarity.value,
            "source": indicator.source,
            "caveats": dg.MetadataValue.json(list(indicator.caveats)),
        },
    )


def _cells_that_can_exist(counts: LinkedTable) -> str:
    """Return which cells of the grid can hold figures, so that nobody takes the others for a fault."""
    years = [year for year in counts.years if year in ALL_YEARS]
    own = ", ".join(f"{len(boards_of(v))} from {v.value}" for v in Vintage)
    return (
        f"Cells that can exist: {years[0]} to {years[-1]}; in each year the boards of its own footprint ({own}) and "
        f"those in force since {CURRENT.value}. A cell that stays empty has no release or no such board: that is no "
        "fault. hi coverage shows what there is."
    )


def published_asset(catalogue: Catalogue) -> dg.AssetsDefinition:
    """Return the asset of the published folder."""

    def body(context: dg.AssetExecutionContext) -> Events:
        pipeline = _pipeline(context).look()
        outcome = _told(context, publish_results(pipeline))
        asked = partial(found.of_published, pipeline, outcome)
        yield from report(context, [outcome], *found.guarded(found.PUBLISHED_CHECKS, asked))

    read = [table.name for table in catalogue.tables if table.name in LINKED_TABLES]
    return _asset(
        body,
        key=("published", "results"),
        deps=[
            *(dg.AssetDep(["indicator", i.id], partition_mapping=_ANY_YEAR) for i in catalogue.indicators),
            *(dg.AssetDep(["linked", name], partition_mapping=_ANY_YEAR) for name in read),
        ],
        partitions=None,
        checks=found.PUBLISHED_CHECKS,
        description="Every figure once, with England, regions and remainders: parquet, CSV, data package.",
        kinds={"parquet", "csv"},
        code_version="1",
        metadata={},
    )


def packs_asset() -> dg.AssetsDefinition:
    """Return the asset of board packs, by financial year and board."""

    def body(context: dg.AssetExecutionContext) -> Events:
        pipeline = _pipeline(context).look()
        published = open_published(pipeline)
        cells = [tuple(str(key).split("|")) for key in context.partition_keys]
        made = []
        for pack in build_packs(pipeline, published, [(year, icb) for year, icb in cells]):
            _told(context, pack.outcome)
            made.append(pack)
        asked = partial(_of_packs, pipeline, published, made)
        outcomes = [pack.outcome for pack in made]
        yield from report(context, outcomes, *found.guarded(PACK_CHECKS, asked), one_by_one=True)

    return _asset(
        body,
        key=("published", "packs"),
        deps=[dg.AssetDep(["published", "results"])],
        partitions=GRID,
        checks=PACK_CHECKS,
        description=(
            "What a board takes away, from the published figures: report (HTML, PDF, Word), workbooks, one-page "
            "summary. Made on the footprint of the year, or on the one in force for boards that are on that alone. "
            "hi run does not make them: materialise the boards that are wanted, or use hi pack."
        ),
        kinds={"html", "pdf", "excel"},
        code_version="1",
        metadata={},
    )


def _of_packs(pipeline: Pipeline, published: Any, made: Sequence[PackMade]) -> tuple[list[Finding], found.Details]:
    """Return the findings about packs, and by cell what the UI shows of each: its summary, and where it lies."""
    shown = {
        pack.outcome.partition: {
            "summary": dg.MetadataValue.md("\n".join(f"- {in_markdown(s)}" for s in summary_of(pack.order.folder))),
            "folder": pipeline.settings.place_of(pack.order.folder),
        }
        for pack in made
        if pack.order is not None and pack.outcome.good
    }
    return of_packs(published, made), shown


def build_assets(catalogue: Catalogue, *, synthetic: bool = False) -> list[dg.AssetsDefinition]:
    """Return all assets, in the order in which data flows; those of the embedded sample say SYNTHETIC."""
    sources = list(catalogue.sources.values())
    assets = [
        *(snapshot_asset(source) for source in sources),
        *(clean_asset(source) for source in sources),
        *(linked_asset(catalogue, table) for table in catalogue.tables),
        *(indicator_asset(catalogue, indicator) for indicator in catalogue.indicators),
        published_asset(catalogue),
        packs_asset(),
    ]
    return [_labelled(asset) for asset in assets] if synthetic else assets


def _labelled(asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
    return asset.map_asset_specs(
        lambda spec: spec.replace_attributes(
            description=f"SYNTHETIC (embedded sample). {spec.description}", tags={**spec.tags, "SYNTHETIC": "true"}
        )
    )


def _asset(
    body: Body,
    *,
    key: tuple[str, str],
    partitions: dg.PartitionsDefinition | None,
    checks: Sequence[tuple[str, str]],
    description: str,
    kinds: set[str],
    code_version: str,
    metadata: dict[str, Any],
    owner: str = OWNER,
    deps: Sequence[dg.AssetDep] = (),
) -> dg.AssetsDefinition:
    asset_key = dg.AssetKey(list(key))
    with _beta_allowed():
        return dg.asset(
            key=asset_key,
            deps=deps,
            partitions_def=partitions,
            backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
            check_specs=[dg.AssetCheckSpec(name, asset=asset_key, description=words) for name, words in checks],
            output_required=False,
            group_name=key[0],
            kinds=kinds,
            owners=[owner],
            description=description,
            code_version=code_version,
            tags={"layer": key[0]},
            metadata=metadata,
            required_resource_keys={"pipeline"},
        )(_named(body))


@contextmanager
def _beta_allowed() -> Iterator[None]:
    """Let pass what Dagster calls beta (2026-11: backfill_policy, the mapping of a dimension); pinned and tested."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield


def _named(body: Body) -> Any:
    def asset_body(context: dg.AssetExecutionContext) -> Events:
        yield from body(context)

    return asset_body


def _pipeline(context: dg.AssetExecutionContext) -> Pipeline:
    pipeline: Pipeline = context.resources.pipeline
    return pipeline


def _done(context: dg.AssetExecutionContext, layer: Layer, partitions: Sequence[str]) -> Done:
    """Return what the asset's step did: a helper before now, or else this process."""
    pipeline = _pipeline(context).look()
    step = Step(layer=layer, name=context.asset_key.path[1], partitions=tuple(partitions))
    done: Done = pipeline.helped(step) or do(pipeline, step)
    pipeline.others.update(done.others)
    for outcome in done.outcomes:
        _told(context, outcome)
    return done


def _told(context: dg.AssetExecutionContext, outcome: Outcome) -> Outcome:
    """Pass an outcome on to whoever shows progress."""
    _pipeline(context).told(tuple(context.asset_key.path), outcome)
    return outcome


def _parts(context: dg.AssetExecutionContext, source: Source) -> Sequence[str]:
    return context.partition_keys if source.by_year else parts_of(source)


def _shaped(context: dg.AssetExecutionContext, outcomes: list[Outcome]) -> list[Outcome]:
    """Return one outcome for an unpartitioned asset: its editions together; absent ones do not count."""
    if context.assets_def.partitions_def is not None:
        return outcomes
    wrong = [o for o in outcomes if o.state is State.FAILED]
    good = [o for o in outcomes if o.good]
    if wrong:
        return [failed_together("", wrong)]
    if not good:
        return [replace(outcomes[0], partition="")]
    state = State.WRITTEN if any(o.state is State.WRITTEN for o in good) else State.UNCHANGED
    files = {f"{o.partition}/{name}".rstrip("/"): p for o in good for name, p in o.files.items()}
    before = [o.rows_before for o in good if o.rows_before is not None]
    return [Outcome(partition="", state=state, files=files, rows_before=sum(before) if before else None)]
