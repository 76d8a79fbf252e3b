"""The two tables at the end of a run: what was read, what was made."""

from collections.abc import Iterable

import polars as pl
from rich.table import Table

from hi_pipeline.core.indicator import Attribution
from hi_pipeline.core.status import AreaType, Measure, Status
from hi_pipeline.engine.layers.clean import parts_of
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.extracts.parse import parts_of_edition


def publications(pipeline: Pipeline, title: str) -> Table:
    """Return the table publication, release, rows: what is in the clean layer."""
    table = Table(title=title, title_justify="left")
    table.add_column("Publication", no_wrap=True)
    table.add_column("Release", no_wrap=True)
    table.add_column("Rows", justify="right")
    for source in pipeline.catalogue.sources.values():
        rows: dict[str, int] = {}
        for place in pipeline.lake.parts("clean", source.name):
            known = pipeline.lake.provenance("clean", source.name, *place)
            if known is not None and place[0] in parts_of(source):
                editions = ", ".join(r.split(":")[1] for r in known.releases)
                label = editions if not source.by_year or editions == place[0] else f"{editions}, {place[0]}"
                rows[label] = rows.get(label, 0) + known.rows
        for label, count in rows.items():
            table.add_row(source.name, label, f"{count:,}")
    return table


def indicators(pipeline: Pipeline, failed_checks: dict[str, int], title: str) -> Table:
    """Return the table indicator, years, boards with a figure, figures, suppressed, failed checks."""
    table = Table(title=title, title_justify="left")
    table.add_column("Indicator", no_wrap=True)
    table.add_column("Years", no_wrap=True)
    for name in ("ICBs", "Figures", "Suppressed", "Failed checks"):
        table.add_column(name, justify="right")
    results, withdrawn = _published(pipeline), _without_extract(pipeline)
    for indicator in pipeline.catalogue.indicators:
        own = results.filter(pl.col("indicator_id") == indicator.id)
        failed = failed_checks.get(indicator.id, 0)
        if own.is_empty() and (not failed or indicator.id in withdrawn):
            continue
        years = own["financial_year"].unique().sort().to_list()
        figure = (pl.col("measure") == Measure.VALUE.value) & (pl.col("status") == Status.OK.value)
        boards = own.filter((pl.col("area_type") == AreaType.ICB.value) & figure)["icb_code"].n_unique()
        figures = own.filter(figure).height
        hidden = own.filter(pl.col("status") == Status.SUPPRESSED.value).height
        table.add_row(indicator.id, _span(years), f"{boards}", f"{figures:,}", f"{hidden:,}", f"{failed}")
    return table


def _without_extract(pipeline: Pipeline) -> frozenset[str]:
    """Return the indicators of extracts that no board gives (now): nothing answers their checks any more."""
    own = [i.id for i in pipeline.catalogue.indicators if i.attribution is Attribution.EXTRACT]
    local = [source for source in pipeline.catalogue.sources.values() if source.local]
    given = {parts_of_edition(release.edition)[0] for source in local for release in source.releases}
    return frozenset(own) - given


def published_paths(pipeline: Pipeline) -> list[str]:
    """Return the paths of the published files."""
    folder = pipeline.lake.path("published", "results").parent
    return [str(p) for p in sorted(folder.glob("*")) if p.is_file() and not p.name.startswith(".")]


def _published(pipeline: Pipeline) -> pl.DataFrame:
    columns = ["indicator_id", "financial_year", "area_type", "icb_code", "measure", "status"]
    if not pipeline.lake.exists("published", "results"):
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pipeline.lake.read("published", "results").select(columns)


def _span(years: Iterable[str]) -> str:
    listed = list(years)
    if len(listed) > 2 and int(listed[-1][:4]) - int(listed[0][:4]) == len(listed) - 1:
        return f"{listed[0]} to {listed[-1]}"
    return ", ".join(listed)
