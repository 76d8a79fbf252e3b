"""Boards' figures from counts, and the gate before the store: what breaks the rules fails alone. No Dagster here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import board
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.status import AreaType
from hi_pipeline.core.validation import validate
from hi_pipeline.engine.checks.findings import check_range
from hi_pipeline.engine.pipeline import Pipeline

_BOARD_CODES = "E54"
Boards = dict[str, pl.DataFrame | Exception]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of one indicator and year, and the facts that decide every figure made from them."""

    frame: pl.DataFrame
    wanted: Provenance


def compute_years(
    pipeline: Pipeline, indicator: Indicator, asked: Mapping[str, tuple[Collection[str], Counts]]
) -> dict[str, Boards]:
    """Compute boards of several years; each year is looked at by itself only where not all satisfy the schema.

    Args:
        pipeline: the declarations.
        indicator: the declaration.
        asked: by financial year, the boards and the year's counts of all areas.

    Returns:
        By year and board its rows, or why they may not be written.
    """
    counts = {year: _without_foreign(held.frame, icbs) for year, (icbs, held) in asked.items()}
    drafts = _drafts(pipeline, indicator, counts)
    for year, rows in drafts.items():
        if rows is not None:
            # Those of England, regions and remainders are published from here, if that follows in this process.
            others = rows.filter(pl.col("area_type") != AreaType.ICB.value)
            pipeline.others[indicator.id, year] = (asked[year][1].wanted.fingerprint(), others)
    valid = _all_valid(pipeline, [rows for rows in drafts.values() if rows is not None], where=indicator.id)
    return {
        year: _boards(pipeline, indicator, year, icbs, counts[year], drafts[year], valid=valid)
        for year, (icbs, _) in asked.items()
    }


def _without_foreign(counts: pl.DataFrame, icbs: Collection[str]) -> pl.DataFrame:
    """Leave the other boards out: a board's figures follow from its own rows and England's."""
    foreign = (pl.col("area_type") == AreaType.ICB.value) & ~pl.col("icb_code").is_in(list(icbs))
    return counts.filter(~foreign)


def _drafts(
    pipeline: Pipeline, indicator: Indicator, counts: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame | None]:
    """Return the rows of each year, not validated yet: computed at once, one by one only where that fails."""
    rows = _draft(pipeline, indicator, pl.concat(counts.values())) if counts else None
    if rows is None:
        return {year: _draft(pipeline, indicator, frame) for year, frame in counts.items()}
    by_year = rows.partition_by("financial_year", as_dict=True)
    return {year: by_year.get((year,)) for year in counts}


def _draft(pipeline: Pipeline, indicator: Indicator, counts: pl.DataFrame) -> pl.DataFrame | None:
    """Return the rows of all areas, not validated yet; None where they cannot be computed together."""
    try:
        return pipeline.catalogue.compute(indicator, counts, synthetic=pipeline.settings.synthetic)
    except Exception:
        return None


def _all_valid(pipeline: Pipeline, drafts: list[pl.DataFrame], *, where: str) -> bool:
    """Tell whether all rows satisfy the schema: it judges row by row and key by key, and years share no key."""
    try:
        validate(pl.concat(drafts), pipeline.catalogue.result_schema, where=where)
    except Exception:
        return False
    return True


def _boards(
    pipeline: Pipeline,
    indicator: Indicator,
    year: str,
    icbs: Collection[str],
    counts: pl.DataFrame,
    rows: pl.DataFrame | None,
    *,
    valid: bool,
) -> Boards:
    """Return a draft's boards, where it fails in halves; ``valid`` says that it is known to satisfy the schema."""
    where = f"{indicator.id} {year}"
    if rows is None:
        return _halved(pipeline, indicator, list(icbs), counts, where=where)
    try:
        wrong = {} if valid else _wrong_boards(pipeline, rows, where=where)
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


def _halved(pipeline: Pipeline, indicator: Indicator, icbs: list[str], counts: pl.DataFrame, *, where: str) -> Boards:
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
