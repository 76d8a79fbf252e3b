"""The step from clean tables to a linked table of one financial year: a plain function, no Dagster."""

from pathlib import Path

import polars as pl

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Part, Provenance
from hi_pipeline.core.validation import validate
from hi_pipeline.engine.currency.code import code_of, schema_version, text_digest
from hi_pipeline.engine.currency.inputs import LakeReader, built_parts, still_holds
from hi_pipeline.engine.extracts import hold_against_residents
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.storage.cells import rows_sha256


def linked_code(table: LinkedTable) -> str:
    """Return the version of all code that makes a linked table."""
    return f"{table.version}+{code_of(table.build)}"


def linked_version(pipeline: Pipeline, table: LinkedTable, year: str) -> str:
    """Return the version of a linked table's code and of what is declared of its counts and of its year.

    Another year's editions are not asked for, so that a new one makes no earlier year stale.
    """
    sources = pipeline.catalogue.sources
    declared = [repr(i) for i in pipeline.catalogue.indicators if i.source == table.indicators_of]
    declared += [
        f"{name} {year} {sources[name].imd_vintage(year)}"
        for name in table.sources
        if declared and name in sources and year in sources[name].years
    ]
    return f"{linked_code(table)}+{text_digest(*declared)}" if declared else linked_code(table)


def missing_sources(pipeline: Pipeline, table: LinkedTable, year: str) -> tuple[str, ...]:
    """Return the required sources that hold nothing for a year."""
    sources = pipeline.catalogue.sources
    return tuple(
        name
        for name in table.required
        if not (year in built_parts(pipeline.lake, name) if sources[name].by_year else built_parts(pipeline.lake, name))
    )


def linked_staleness(pipeline: Pipeline, table: LinkedTable, year: str) -> str | None:
    """Return why a linked table must be built, "" where it need not, None where it cannot be."""
    if year not in table.years or missing_sources(pipeline, table, year):
        return None
    known = pipeline.lake.provenance("linked", table.name, year)
    code, schema = linked_version(pipeline, table, year), schema_version(table.schema)
    if not still_holds(pipeline.lake, _nothing(pipeline, table, year), code=code, schema=schema):
        return None
    return still_holds(pipeline.lake, known, code=code, schema=schema)


def build_linked(pipeline: Pipeline, table: LinkedTable, year: str) -> Outcome:
    """Build a linked table of one financial year.

    Returns:
        Written, unchanged, absent (a required source holds nothing for the year) or failed (linkage, schema, a
        table that it reads is not built): then nothing is written.
    """
    if year not in table.years:
        return absent(year, f"{table.name} is not made for {year}")
    known = pipeline.lake.provenance("linked", table.name, year)
    before = known.rows if known else None
    missing = missing_sources(pipeline, table, year)
    if missing:
        return absent(year, f"nothing of {', '.join(missing)} is built for {year}", rows_before=before)
    code, schema = linked_version(pipeline, table, year), schema_version(table.schema)
    if known and not still_holds(pipeline.lake, known, code=code, schema=schema):
        return Outcome(partition=year, state=State.UNCHANGED, files={"": known}, rows_before=before)
    reader = LakeReader(pipeline.lake, pipeline.catalogue.indicators, pipeline.catalogue.sources)
    held_against: tuple[Input, ...] = ()
    try:
        if pipeline.catalogue.is_of_extracts(table):
            held_against = hold_against_residents(pipeline, year)
        built = table.build(reader, year)
        frame = validate(built.frame, table.schema, where=f"linked table {table.name} {year}")
    except NothingToBuild as error:
        facts = Provenance(
            inputs=reader.inputs, code_version=code, schema_version=schema, notes=(str(error),), sha256="nothing"
        )
        path = _nothing_path(pipeline, table, year)
        pipeline.lake.store.write(path.parent, {path.name: facts.to_json().encode()})
        return absent(year, str(error), rows_before=before)
    except Exception as error:
        return failed(year, error, rows_before=before)
    releases = built.releases or reader.releases_read
    provenance = Provenance(
        inputs=tuple(sorted({*reader.inputs, *held_against}, key=lambda item: item.name)),
        code_version=code,
        schema_version=schema,
        releases=releases,
        kept={name: sha256 for name, sha256 in reader.kept.items() if name in releases},
        corrections=tuple(sorted(reader.corrections)),
        dropped_rows=built.counted,
        notes=built.notes,
        parts=_parts(frame) if table.indicators_of else {},
        synthetic=pipeline.settings.synthetic,
    )
    written = pipeline.lake.write(frame, provenance, layer="linked", name=table.name, parts=(year,))
    return Outcome(partition=year, state=State.WRITTEN, files={"": written}, rows_before=before)


def _parts(counts: pl.DataFrame) -> dict[str, Part]:
    """Return the hash and the releases of each indicator's rows: its figures rest on these and no others."""
    return {
        str(name): Part(sha256=rows_sha256(rows), releases=_named(rows))
        for (name,), rows in counts.partition_by("indicator_id", as_dict=True).items()
    }


def _named(counts: pl.DataFrame) -> tuple[str, ...]:
    return tuple(sorted({r for text in counts["source_releases"].unique() for r in text.split(";") if r}))


def _nothing_path(pipeline: Pipeline, table: LinkedTable, year: str) -> Path:
    """Return where it is noted that a year's inputs hold nothing, so that it is not tried again until they change."""
    return pipeline.lake.path("linked", table.name, year).with_suffix(".nothing.json")


def _nothing(pipeline: Pipeline, table: LinkedTable, year: str) -> Provenance | None:
    try:
        return Provenance.from_json(_nothing_path(pipeline, table, year).read_text())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def why_nothing(pipeline: Pipeline, table: LinkedTable, year: str, indicator: Indicator) -> str:
    """Return why the counts of a year hold nothing of an indicator, as its last build noted it; "" where it did not."""
    notes = [
        note
        for known in (pipeline.lake.provenance("linked", table.name, year), _nothing(pipeline, table, year))
        if known is not None
        for note in known.notes
    ]
    named = f"{indicator.id}: "
    said = [piece.rpartition(named)[2] for note in notes for piece in note.split("; ") if named in piece]
    return next(iter(said), "")
