"""The steps from a publication to its clean tables: plain functions, no Dagster.

Each reads, calls, validates, and only then writes. Wrong input writes nothing and leaves the last good file; a step
whose inputs are as they were does nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import polars as pl

from hi_pipeline.core.account import Accounted, take_account
from hi_pipeline.core.errors import HiPipelineError, LayoutError, ReleaseUnavailable, ValidationError
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.row_index import ROW_INDEX, schema_of, validate_row_index
from hi_pipeline.core.schema import Schema
from hi_pipeline.core.source import Release, ReleaseStatus, Source, Tables, release_id
from hi_pipeline.core.validation import validate
from hi_pipeline.core.whole import validate_whole
from hi_pipeline.engine.currency.code import code_of, schema_version, text_digest
from hi_pipeline.engine.extracts import look_at_laid
from hi_pipeline.engine.outcome import Outcome, State, absent, failed, failed_together
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.replacements import record_changes
from hi_pipeline.engine.releases.told import told_sha256
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.storage.kept import Snapshot
from hi_pipeline.storage.keyed import make_key
from hi_pipeline.storage.lake import Item


def parts_of(source: Source) -> tuple[str, ...]:
    """Return the partitions of a source's clean tables: financial years, or editions of reference data."""
    return source.years if source.by_year else tuple(release.edition for release in source.releases)


def releases_for(source: Source, part: str) -> tuple[Release, ...]:
    """Return the releases behind a financial year or an edition.

    A final one replaces its provisional; where the newest edition stands for its year, it alone.
    """
    found = _candidates(source, part)
    return found[-1:] if source.newest_of_year else found


def _candidates(source: Source, part: str) -> tuple[Release, ...]:
    """Return all that may stand behind a part, oldest edition first where the newest stands for its year."""
    if not source.by_year:
        return (source.release(part),)
    found = source.releases_of(part)
    final = tuple(r for r in found if r.status is ReleaseStatus.FINAL) or found
    return tuple(sorted(final, key=lambda r: r.edition)) if source.newest_of_year else final


def fetch_release(pipeline: Pipeline, source: Source, release: Release, *, again: bool = False) -> Outcome:
    """Bring one release into the snapshots, and keep what changed where it has other bytes than before.

    Args:
        pipeline: the data root and its declarations.
        source: the publication.
        release: the pinned file.
        again: ask the publisher even though a snapshot is there (a mirror's folder is looked at in any case, by
            size and time of its files). Without asking, kept bytes that the declaration accepts by now are taken.

    Returns:
        Written, unchanged (the bytes are already kept), absent (nothing at its place, no address) or failed.
    """
    outcome = _bring(pipeline, source, release, again=again)
    # What changed in a board's own extract would be true counts, and small differences of them.
    if outcome.good and not source.local:
        record_changes(pipeline, source, release)
    return outcome


def _bring(pipeline: Pipeline, source: Source, release: Release, *, again: bool) -> Outcome:
    known = pipeline.snapshots.latest(source.name, release.edition)
    asks = again or pipeline.looks_again or source.local or pipeline.snapshots.supply.is_here(release)
    try:
        if source.local:
            look_at_laid(pipeline, release)
        if known is None or asks:
            snapshot = pipeline.snapshots.fetch(source, release, force=again)
        else:
            snapshot = pipeline.snapshots.accept(source, release) or known
    except ReleaseUnavailable as error:
        if known is not None:
            return _fetched(source, release, known, State.UNCHANGED)
        return absent(release.edition, str(error))
    except Exception as error:
        return failed(release.edition, error)
    same = known is not None and known.sha256 == snapshot.sha256
    return _fetched(source, release, snapshot, State.UNCHANGED if same else State.WRITTEN)


def fetch_part(
    pipeline: Pipeline, source: Source, part: str, *, again: bool = False, editions: Collection[str] | None = None
) -> Outcome:
    """Bring the releases of a financial year (or edition) into the snapshots: one outcome for them together.

    Args:
        pipeline: the data root and its declarations.
        source: the publication.
        part: financial year, or edition of reference data.
        again: ask for the bytes even of what is kept.
        editions: the only ones to ask for; the others count as they are kept. All when not given.
    """
    outcomes = [
        fetch_release(pipeline, source, release, again=again)
        if editions is None or release.edition in editions
        else _as_kept(pipeline, source, release)
        for release in releases_for(source, part)
    ]
    wrong = [o for o in outcomes if o.state is State.FAILED]
    there = [o for o in outcomes if o.good]
    if wrong:
        return failed_together(part, wrong)
    if not there:
        return absent(part, "; ".join(o.reason for o in outcomes) or f"no release of {source.name} holds {part}")
    state = State.WRITTEN if any(o.state is State.WRITTEN for o in there) else State.UNCHANGED
    files = {name: p for o in there for name, p in o.files.items()}
    return Outcome(partition=part, state=state, files=files, rows_before=None)


def _as_kept(pipeline: Pipeline, source: Source, release: Release) -> Outcome:
    known = pipeline.snapshots.latest(source.name, release.edition)
    if known is None:
        return absent(release.edition, f"{release_id(source, release)} was not asked for in this run")
    return _fetched(source, release, known, State.UNCHANGED)


def clean_code(source: Source) -> str:
    """Return the version of all code that makes a source's clean tables: reader, parser, validation."""
    return f"{source.parser_version}+{code_of(source.parse, read_tables, take_account, validate, validate_whole)}"


def clean_version(source: Source, part: str) -> str:
    """Return the version of the code that makes the tables of one part, and of what is declared of its releases."""
    releases = releases_for(source, part)
    layouts = [source.layouts[name] for name in sorted({release.layout for release in releases})]
    return f"{clean_code(source)}+{text_digest(repr(releases), repr(layouts), repr(source.whole_levels))}"


def clean_inputs(pipeline: Pipeline, source: Source, part: str) -> tuple[tuple[Release, Snapshot], ...]:
    """Return the releases of a part that have a snapshot, each with it; one that waits leaves the place to the last."""
    found = [(r, pipeline.snapshots.latest(source.name, r.edition)) for r in _candidates(source, part)]
    held = tuple((release, snapshot) for release, snapshot in found if snapshot is not None)
    return held[-1:] if source.newest_of_year else held


def clean_staleness(pipeline: Pipeline, source: Source, part: str) -> str | None:
    """Return why the clean tables of a part must be built, "" where they need not, None where they cannot."""
    held = clean_inputs(pipeline, source, part)
    if not held:
        return None
    known = _known(pipeline, source, part)
    if not known:
        return "not built"
    if any(p.code_version.rpartition("+")[0] != clean_code(source) for p in known.values()):
        return "built by an older program"
    if any(p.schema_version != schema_version(schema_of(source, t)) for t, p in known.items()):
        return "built for an older schema"
    wanted = _inputs(source, held)
    if any(p.inputs != wanted for p in known.values()):
        return "its releases changed"
    version = clean_version(source, part)
    declared = all(p.code_version == version for p in known.values())
    return "" if declared else "what is declared of its releases changed"


def build_clean(pipeline: Pipeline, source: Source, part: str) -> Outcome:
    """Build a source's clean tables for a financial year or an edition.

    Returns:
        Written, unchanged, absent (no release fetched) or failed (layout, tokens, schema): then nothing is written.
    """
    stale = clean_staleness(pipeline, source, part)
    known = _known(pipeline, source, part)
    before = sum(p.rows for p in known.values()) if known else None
    if stale is None:
        return absent(part, f"no release of {source.name} for {part} has been fetched", rows_before=before)
    if not stale:
        return Outcome(partition=part, state=State.UNCHANGED, files=known, rows_before=before)
    held = clean_inputs(pipeline, source, part)
    try:
        if source.local:
            make_key(pipeline.lake.store)
        parsed = [take_account(_parse(pipeline, source, release, snapshot)) for release, snapshot in held]
        tables = _tables_of(source, part, parsed)
    except Exception as error:
        return failed(part, error, rows_before=before)
    provenance = Provenance(
        inputs=_inputs(source, held),
        code_version=clean_version(source, part),
        schema_version="",
        releases=tuple(sorted(release_id(source, release) for release, _ in held)),
        kept={
            release_id(source, release): told_sha256(pipeline, source, snapshot.sha256) for release, snapshot in held
        },
        corrections=tuple(sorted({c for a in parsed for c in a.corrections})),
        dropped_rows=dict(sum((Counter(a.left_out) for a in parsed), Counter())),
        notes=tuple(dict.fromkeys(note for a in parsed for note in a.notes)),
        synthetic=pipeline.settings.synthetic,
    )
    unknown = _unknown_labels(source, [(release, a) for (release, _), a in zip(held, parsed, strict=True)])
    written = pipeline.lake.write_many(
        Item(
            frame=frame,
            provenance=replace(
                provenance,
                schema_version=schema_version(schema_of(source, name)),
                unknown_labels=unknown.get(name, {}),
            ),
            layer="clean",
            name=source.name,
            parts=(part, name),
        )
        for name, frame in tables.items()
    )
    for place in pipeline.lake.parts("clean", source.name):
        if place[0] == part and place[1] not in tables:
            # A table that the parser no longer gives would be read as if it were of now.
            pipeline.lake.remove("clean", source.name, *place)
    files = dict(zip(tables, written, strict=True))
    before = sum(p.rows for name, p in known.items() if name in tables) if known else None
    return Outcome(partition=part, state=State.WRITTEN, files=files, rows_before=before)


def _unknown_labels(source: Source, parsed: Iterable[tuple[Release, Accounted]]) -> dict[str, dict[str, int]]:
    """Return by clean table how many rows each unknown label cost, in words: release, column and label."""
    found: dict[str, dict[str, int]] = {}
    for release, account in parsed:
        for table, labels in account.unknown_labels.items():
            named = {f"{release_id(source, release)}: {label}": rows for label, rows in labels.items()}
            found.setdefault(table, {}).update(named)
    return found


def _parse(pipeline: Pipeline, source: Source, release: Release, snapshot: Snapshot) -> Tables:
    try:
        return pipeline.parse(source, release, path=snapshot.path, sha256=snapshot.sha256)
    except HiPipelineError as error:
        place = f"{release_id(source, release)} ({snapshot.path.name})"
        if str(error).startswith(place):
            raise
        wrapped = type(error)(f"{place}: {error}")
        if isinstance(error, ValidationError) and isinstance(wrapped, ValidationError):
            wrapped.failures = error.failures
        raise wrapped from error


def _tables_of(source: Source, part: str, parsed: Sequence[Accounted]) -> Tables:
    """Return the tables of one part, each validated; tables of several releases are put together."""
    collected: dict[str, list[pl.DataFrame]] = {}
    schemas: dict[str, Schema] = {}
    for account in parsed:
        for name, frame in account.tables.items():
            schema = schema_of(source, name)
            if schema is None:
                raise LayoutError(f"{source.name}: the parser gives a table {name!r} that has no schema")
            schemas[name] = schema
            of_year = source.by_year and "financial_year" in frame.columns
            collected.setdefault(name, []).append(frame.filter(pl.col("financial_year") == part) if of_year else frame)
    tables = {name: pl.concat(frames) for name, frames in sorted(collected.items())}
    valid = {
        name: validate(frame, schemas[name], where=f"{source.name} {part}, table {name}")
        for name, frame in tables.items()
    }
    if not any(account.unknown_labels.get("observations") for account in parsed):
        # Areas whose rows were left out for their label are absent for that reason, which the check of labels names.
        where = f"{source.name} {part}, table observations"
        validate_whole(valid, source.whole_levels, financial_year=part, where=where)
    if ROW_INDEX in valid:
        validate_row_index(valid[ROW_INDEX], valid["observations"], where=f"{source.name} {part}")
    return valid


def kept_provenance(source: Source, release: Release, snapshot: Snapshot) -> Provenance:
    """Return the facts by which a kept file is recorded."""
    return Provenance(
        inputs=(),
        code_version="",
        schema_version="",
        releases=(release_id(source, release),),
        notes=("revised",) if snapshot.revised else (),
        sha256=snapshot.sha256,
    )


def _fetched(source: Source, release: Release, snapshot: Snapshot, state: State) -> Outcome:
    files = {release.edition: kept_provenance(source, release, snapshot)}
    return Outcome(partition=release.edition, state=state, files=files)


def _inputs(source: Source, held: Iterable[tuple[Release, Snapshot]]) -> tuple[Input, ...]:
    return tuple(
        sorted(
            (Input(name=f"snapshots/{source.name}/{release.edition}", sha256=snap.sha256) for release, snap in held),
            key=lambda i: i.name,
        )
    )


def _known(pipeline: Pipeline, source: Source, part: str) -> dict[str, Provenance]:
    """Return the provenance of a part's tables as they stand; empty unless all of them are whole."""
    found = {
        place[1]: pipeline.lake.provenance("clean", source.name, *place)
        for place in pipeline.lake.parts("clean", source.name)
        if place[0] == part
    }
    whole = {name: p for name, p in found.items() if p is not None}
    return whole if len(whole) == len(found) else {}
