"""The step from counts to the figures of one indicator and year, a file for each board: no Dagster here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.errors import StoreError, ValidationError
from hi_pipeline.core.geography import board, boards_of, is_valid, vintage_of
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.status import AreaType
from hi_pipeline.core.validation import validate
from hi_pipeline.orchestration.findings import check_range
from hi_pipeline.orchestration.outcome import Outcome, State, absent, failed
from hi_pipeline.orchestration.pipeline import Pipeline
from hi_pipeline.orchestration.versions import code_digest, schema_version, text_digest
from hi_pipeline.storage.lake import Item

_BOARD_CODES = "E54"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of one indicator and year, and the facts that decide every figure made from them."""

    frame: pl.DataFrame
    wanted: Provenance


def cell(year: str, icb: str) -> str:
    """Return the key of a cell of the grid: "2023-24|E54000010"."""
    return f"{year}|{icb}"


def indicator_code(indicator: Indicator) -> str:
    """Return the version of an indicator's declaration and of all code that computes it."""
    return f"{indicator.version}+{text_digest(repr(indicator), code_digest('indicators', 'stats', 'core'))}"


def wanted_provenance(pipeline: Pipeline, indicator: Indicator, year: str) -> Provenance | None:
    """Return what the figures of a year would be made from now; None where its counts are not built."""
    table = pipeline.catalogue.counts_of(indicator)
    known = pipeline.lake.provenance("linked", table.name, year)
    if known is None:
        return None
    return Provenance(
        inputs=(Input(name=f"linked/{table.name}/{year}", sha256=known.sha256),),
        code_version=indicator_code(indicator),
        schema_version=schema_version(pipeline.catalogue.result_schema),
        releases=known.releases,
        corrections=known.corrections,
        notes=known.notes,
        synthetic=pipeline.settings.synthetic,
    )


def counts_for(pipeline: Pipeline, indicator: Indicator, year: str) -> Counts | None:
    """Return the counts of an indicator and year; None where there are none."""
    wanted = wanted_provenance(pipeline, indicator, year)
    if wanted is None:
        return None
    table = pipeline.catalogue.counts_of(indicator)
    rows = pipeline.lake.read("linked", table.name, year).filter(pl.col("indicator_id") == indicator.id)
    return None if rows.is_empty() else Counts(frame=rows, wanted=wanted)


def cell_staleness(pipeline: Pipeline, indicator: Indicator, year: str, icb: str, wanted: Provenance) -> str:
    """Return why the file of a cell must be built, "" where it stands as it should."""
    known = pipeline.lake.provenance("indicator", indicator.id, year, icb)
    if known is None:
        return "not built"
    return "" if known.fingerprint() == wanted.fingerprint() else "its inputs or its program changed"


def build_indicator(
    pipeline: Pipeline, indicator: Indicator, year: str, *, icbs: Collection[str] | None = None
) -> dict[str, Outcome]:
    """Build the figures of one indicator and year: one file for each board of that year's footprint.

    A board whose rows are wrong fails alone; the others are built, and its last good file stays.

    Args:
        pipeline: the data root and its declarations.
        indicator: the declaration.
        year: financial year.
        icbs: ONS codes to build; all boards of the year's footprint when not given.

    Returns:
        Outcome by ONS code, for every code asked for.
    """
    asked = [b.ons for b in boards_of(vintage_of(year))] if icbs is None else list(icbs)
    outside = {
        icb: absent(cell(year, icb), f"{board(icb).name} does not exist in {year}")
        for icb in asked
        if not is_valid(icb, year)
    }
    valid = [icb for icb in asked if icb not in outside]
    try:
        counts = counts_for(pipeline, indicator, year)
    except Exception as error:
        return outside | {icb: failed(cell(year, icb), error) for icb in valid}
    if counts is None:
        reason = f"no counts of {indicator.id} for {year}: its release is absent or holds nothing for that year"
        return outside | {icb: absent(cell(year, icb), reason) for icb in valid}
    return outside | _build(pipeline, indicator, year, valid, counts)


def _build(
    pipeline: Pipeline, indicator: Indicator, year: str, icbs: Collection[str], counts: Counts
) -> dict[str, Outcome]:
    known = {icb: pipeline.lake.provenance("indicator", indicator.id, year, icb) for icb in icbs}
    fingerprint = counts.wanted.fingerprint()
    outcomes = {
        icb: Outcome(partition=cell(year, icb), state=State.UNCHANGED, files={"": p}, rows_before=p.rows)
        for icb, p in known.items()
        if p is not None and p.fingerprint() == fingerprint
    }
    todo = [icb for icb in icbs if icb not in outcomes]
    if not todo:
        return outcomes
    figures = compute_boards(pipeline, indicator, year, todo, counts.frame)
    good = {icb: frame for icb, frame in figures.items() if isinstance(frame, pl.DataFrame)}
    written = pipeline.lake.write_many(
        Item(frame=frame, provenance=counts.wanted, layer="indicator", name=indicator.id, parts=(year, icb))
        for icb, frame in good.items()
    )
    files = dict(zip(good, written, strict=True))
    for icb in todo:
        before = known[icb]
        rows = before.rows if before else None
        result = figures[icb]
        if isinstance(result, Exception):
            outcomes[icb] = failed(cell(year, icb), result, rows_before=rows)
        else:
            outcomes[icb] = Outcome(
                partition=cell(year, icb), state=State.WRITTEN, files={"": files[icb]}, rows_before=rows
            )
    return {icb: outcomes[icb] for icb in icbs}


def compute_boards(
    pipeline: Pipeline, indicator: Indicator, year: str, icbs: Collection[str], counts: pl.DataFrame
) -> dict[str, pl.DataFrame | Exception]:
    """Compute all boards at once; where that fails, in halves, so that a wrong one fails alone."""
    where = f"{indicator.id} {year}"
    # A board's figures follow from its own rows and England's: the others need not be computed with it.
    foreign = (pl.col("area_type") == AreaType.ICB.value) & ~pl.col("icb_code").is_in(list(icbs))
    counts = counts.filter(~foreign)
    try:
        rows = pipeline.catalogue.compute(indicator, counts, synthetic=pipeline.settings.synthetic)
        wrong = _wrong_boards(pipeline, rows, where=where)
    except Exception:
        return _halved(pipeline, indicator, list(icbs), counts, where=where)
    boards = rows.filter((pl.col("area_type") == AreaType.ICB.value) & ~pl.col("icb_code").is_in(list(wrong)))
    by_icb = {str(key[0]): frame for key, frame in boards.partition_by("icb_code", as_dict=True).items()}
    if check_range({year: boards}, {indicator.id: indicator}).passed:
        return {icb: wrong.get(icb) or _there(by_icb.get(icb), icb, where=where) for icb in icbs}
    return {icb: wrong.get(icb) or _gated(indicator, by_icb.get(icb), icb, where=where) for icb in icbs}


def _wrong_boards(pipeline: Pipeline, rows: pl.DataFrame, *, where: str) -> dict[str, Exception]:
    """Return the boards whose rows break the schema, each with its error; the rows of all others satisfy it.

    Raises:
        ValidationError: the failures belong to no single board, or there are others without them.
    """
    schema = pipeline.catalogue.result_schema
    try:
        validate(rows, schema, where=where)
    except ValidationError as error:
        failures = error.failures
        if not isinstance(failures, pl.DataFrame) or failures["index"].null_count():
            raise
        named = failures.with_columns(icb_code=rows["icb_code"].gather(failures["index"].cast(pl.UInt32)))
        found = sorted(icb for icb in set(named["icb_code"].to_list()) if icb and icb.startswith(_BOARD_CODES))
        validate(rows.filter(~pl.col("icb_code").is_in(found) | pl.col("icb_code").is_null()), schema, where=where)
        return {icb: _of_board(named, icb, where=where) for icb in found}
    return {}


def _of_board(failures: pl.DataFrame, icb: str, *, where: str) -> ValidationError:
    own = failures.filter(pl.col("icb_code") == icb)
    shown = own.select("column", "check").unique(maintain_order=True).head(5).rows()
    return ValidationError(
        f"{where} {icb}: {own.height} failures against the schema (column, check): {shown}. Nothing was written for "
        "this board; look at its rows in the source's file.",
        failures=own,
    )


def read_cells(pipeline: Pipeline, indicator: Indicator, year: str, icbs: Sequence[str]) -> pl.DataFrame:
    """Return the rows of several boards' files, in the order asked for.

    Raises:
        StoreError: a file cannot be read.
    """
    paths = [pipeline.lake.path("indicator", indicator.id, year, icb) for icb in icbs]
    try:
        return pl.read_parquet(paths, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{paths[0].parent}: a file cannot be read ({error}); run hi verify, then hi run") from error


def _halved(
    pipeline: Pipeline, indicator: Indicator, icbs: list[str], counts: pl.DataFrame, *, where: str
) -> dict[str, pl.DataFrame | Exception]:
    """Compute boards with the rows that belong to none, in halves until the wrong ones stand alone."""
    is_board = pl.col("area_type") == AreaType.ICB.value
    own = counts.filter(~is_board | pl.col("icb_code").is_in(icbs))
    try:
        rows = _computed(pipeline, indicator, own, where=f"{where} {' '.join(icbs)}")
    except Exception as error:
        if len(icbs) <= 1:
            return dict.fromkeys(icbs, error)
        middle = len(icbs) // 2
        first = _halved(pipeline, indicator, icbs[:middle], counts, where=where)
        return first | _halved(pipeline, indicator, icbs[middle:], counts, where=where)
    boards = rows.filter(is_board).partition_by("icb_code", as_dict=True)
    return {icb: _gated(indicator, boards.get((icb,)), icb, where=where) for icb in icbs}


def _gated(indicator: Indicator, rows: pl.DataFrame | None, icb: str, *, where: str) -> pl.DataFrame | Exception:
    """Return a board's figures, or why they may not be written: the store is the gate, not the check."""
    if rows is None or rows.is_empty():
        return _no_rows(where, icb)
    outside = check_range({icb: rows}, {indicator.id: indicator})
    if outside.passed or outside.rows is None:
        return rows
    low, high = indicator.plausible
    return ValidationError(
        f"{where} {icb}: {outside.count} figures lie outside the plausible range {low:g} to {high:g} or count more "
        f"people than their whole: {outside.rows.head(3).rows()}. Look at the board's rows in the source's file.",
        failures=outside.rows,
    )


def _computed(pipeline: Pipeline, indicator: Indicator, counts: pl.DataFrame, *, where: str) -> pl.DataFrame:
    rows = pipeline.catalogue.compute(indicator, counts, synthetic=pipeline.settings.synthetic)
    return validate(rows, pipeline.catalogue.result_schema, where=where)


def _there(rows: pl.DataFrame | None, icb: str, *, where: str) -> pl.DataFrame | Exception:
    return _no_rows(where, icb) if rows is None else rows


def _no_rows(where: str, icb: str) -> ValidationError:
    return ValidationError(
        f"{where}: the counts hold no row of {board(icb).name} ({icb}). Every board of the footprint must be there, "
        "with a status where it has no figure; look at the source's file for a missing area."
    )
