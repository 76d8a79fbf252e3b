"""An extract that left its folder: its counts, its figures and its packs leave the data root, before anything is built.

Only the rest of its year is built again here, so that other boards' figures stay; what is published follows in the run.
"""

from hi_pipeline.core.source import Source
from hi_pipeline.engine.layers.clean import build_clean, parts_of
from hi_pipeline.engine.layers.indicator import build_indicator, wanted_provenance
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.layers.packs import remove_packs
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.editions import look_in_folder
from hi_pipeline.extracts.parse import parts_of_edition

TAKEN_OUT = (
    "withdrawn: {} is no longer in the folder of extracts. Its counts and figures are taken out; what was handed on is "
    "not within reach"
)


def withdraw(pipeline: Pipeline) -> tuple[str, ...]:
    """Take out whatever rests on extracts that are no longer in their folder, which is looked at for this.

    Returns:
        One line for each extract, and one for each file of a pack that somebody edited and that stays.

    Raises:
        StoreError: something could not be removed; the rest is tried again by the next call.
    """
    look_in_folder(pipeline)
    said: list[str] = []
    for source in pipeline.catalogue.sources.values():
        if source.local:
            said += _withdrawn(pipeline, source)
    return tuple(said)


def _withdrawn(pipeline: Pipeline, source: Source) -> list[str]:
    # A folder that is not there at all is a disk that is not, and no wish of anybody.
    if not pipeline.settings.extracts.is_dir():
        return []
    there = {release.edition for release in source.releases}
    kept = pipeline.snapshots.editions(source.name)
    gone = [edition for edition in kept if edition not in there]
    if not gone:
        return []
    said = [TAKEN_OUT.format(edition) for edition in gone]
    for year in sorted({parts_of_edition(edition)[2] for edition in gone}):
        _without(pipeline, source, year)
    for edition in gone:
        indicator, _, year = parts_of_edition(edition)
        _figures_again(pipeline, indicator, year)
        said += remove_packs(pipeline, f"{source.name}:{edition}")
    _unpublish(pipeline)
    # Last: as long as the snapshot is there, a call that was cut short is taken up again.
    for edition in gone:
        pipeline.snapshots.drop(source.name, edition)
    return said


def _without(pipeline: Pipeline, source: Source, year: str) -> None:
    """Remove the tables that hold the counts, and build them from the extracts that are left."""
    table = next(t for t in pipeline.catalogue.tables if t.indicators_of == source.name)
    for place in list(pipeline.lake.parts("clean", source.name)):
        if place[0] == year:
            pipeline.lake.remove("clean", source.name, *place)
    pipeline.lake.remove("linked", table.name, year)
    if year in parts_of(source) and build_clean(pipeline, source, year).good:
        build_linked(pipeline, table, year)


def _figures_again(pipeline: Pipeline, name: str, year: str) -> None:
    """Remove the indicator's figures of the year, and build those of the extracts that are left."""
    indicator = pipeline.catalogue.indicators_by_id[name]
    pipeline.lake.remove("indicator", name, year)
    if wanted_provenance(pipeline, indicator, year) is not None:
        build_indicator(pipeline, indicator, year)


def _unpublish(pipeline: Pipeline) -> None:
    """Remove what is published where no figure is left at all: nothing would be written in its place."""
    folder = pipeline.settings.root / "published"
    pipeline.lake.store.fresh_below(folder)
    if any(pipeline.cells.parts(indicator.id) for indicator in pipeline.catalogue.indicators) or not folder.is_dir():
        return
    pipeline.lake.store.remove(folder, [path.name for path in sorted(folder.iterdir()) if path.is_file()])
