"""The step from counts to the figures of one indicator and year, a cell of its file for each board: no Dagster here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from hi_pipeline.core.geography import board
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.engine.currency.code import code_of, schema_version, text_digest
from hi_pipeline.engine.currency.inputs import files_behind
from hi_pipeline.engine.grid import ICBS, cell, valid_cells
from hi_pipeline.engine.layers.gate import Counts, compute_years
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.storage.cells import Cell


def indicator_code(compute: Callable[..., pl.DataFrame], indicator: Indicator) -> str:
    """Return the version of an indicator's declaration and of all code that computes its kind of figure."""
    return f"{indicator.version}+{text_digest(repr(indicator), code_of(compute, kind=indicator.kind.value))}"


def wanted_provenance(pipeline: Pipeline, indicator: Indicator, year: str) -> Provenance | None:
    """Return what the figures of a year would be made from now; None where there are no counts of it."""
    table = pipeline.catalogue.counts_of(indicator).name
    known = pipeline.lake.provenance("linked", table, year)
    counts = known.parts.get(indicator.id) if known else None
    if known is None or counts is None:
        return None
    releases = counts.releases
    return Provenance(
        inputs=(Input(name=f"linked/{table}/{year}/{indicator.id}", sha256=counts.sha256),),
        code_version=indicator_code(pipeline.catalogue.compute, indicator),
        schema_version=schema_version(pipeline.catalogue.result_schema),
        releases=releases,
        kept={name: sha256 for name, sha256 in files_behind(pipeline.lake, known).items() if name in releases},
        corrections=known.corrections,
        notes=known.notes,
        synthetic=pipeline.settings.synthetic,
    )


def counts_for(pipeline: Pipeline, indicator: Indicator, year: str) -> Counts | None:
    """Return the counts of an indicator and year; None where there are none."""
    wanted = wanted_provenance(pipeline, indicator, year)
    if wanted is None:
        return None
    table = pipeline.catalogue.counts_of(indicator).name
    rows = pipeline.lake.read("linked", table, year).filter(pl.col("indicator_id") == indicator.id)
    return Counts(frame=rows, wanted=wanted)


def cells_staleness(pipeline: Pipeline, indicator: Indicator, year: str, icbs: Collection[str]) -> dict[str, str]:
    """Return, by board, why its cell must be built, "" where it stands as it should; empty where there are no counts.

    Args:
        pipeline: the data root and its declarations.
        indicator: the declaration.
        year: financial year.
        icbs: ONS codes of boards that are valid in it.
    """
    wanted = wanted_provenance(pipeline, indicator, year)
    if wanted is None:
        return {}
    known, fingerprint = pipeline.cells.provenance(indicator.id, year), wanted.fingerprint()
    return {icb: _staleness(known.get(icb), wanted, fingerprint) for icb in icbs}


def _staleness(known: Provenance | None, wanted: Provenance, fingerprint: str) -> str:
    if known is None:
        return "not built"
    if known.fingerprint() == fingerprint:
        return ""
    return "its counts changed" if known.inputs != wanted.inputs else "built by an older program"


def build_indicator(pipeline: Pipeline, indicator: Indicator, year: str) -> dict[str, Outcome]:
    """Build the figures of all boards of one indicator and year: see ``build_years``."""
    return build_years(pipeline, indicator, {year: None})[year]


def build_years(
    pipeline: Pipeline, indicator: Indicator, asked: Mapping[str, Collection[str] | None]
) -> dict[str, dict[str, Outcome]]:
    """Build the figures of one indicator: one file for each year, with a cell for each board.

    A board whose rows are wrong fails alone; the others are built, and its last good rows stay. Years are
    computed, validated and written together: that costs much the same for one small frame as for twelve.

    Args:
        pipeline: the data root and its declarations.
        indicator: the declaration.
        asked: by financial year the ONS codes to build; None for all boards of the year.

    Returns:
        Outcome by year and ONS code, for every code asked for.
    """
    years = [_look(pipeline, indicator, year, icbs) for year, icbs in asked.items()]
    figures = compute_years(
        pipeline, indicator, {y.year: (y.waiting, y.counts) for y in years if y.waiting and y.counts is not None}
    )
    files = pipeline.cells.write(
        indicator.id,
        {
            year.year: {
                icb: Cell(frame=frame, provenance=year.wanted)
                for icb in year.waiting
                if isinstance(frame := figures[year.year][icb], pl.DataFrame)
            }
            for year in years
        },
    )
    for year in years:
        for icb in year.waiting:
            partition, rows, result = cell(year.year, icb), year.rows.get(icb), figures[year.year][icb]
            year.outcomes[icb] = (
                failed(partition, result, rows_before=rows)
                if isinstance(result, Exception)
                else Outcome(
                    partition=partition, state=State.WRITTEN, files={"": files[year.year, icb]}, rows_before=rows
                )
            )
    return {year.year: {icb: year.outcomes[icb] for icb in year.asked} for year in years}


@dataclass(kw_only=True)
class _Year:
    """What is to be built of a year.

    Attributes:
        outcomes: of the boards that need no building, or cannot be built; the others are added.
        waiting: the boards to build from ``counts``.
        rows: of the files that stand there now, by board.
    """

    year: str
    asked: list[str]
    outcomes: dict[str, Outcome]
    waiting: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    counts: Counts | None = None

    @property
    def wanted(self) -> Provenance:
        """Return what its figures are made from."""
        assert self.counts is not None
        return self.counts.wanted


def _look(pipeline: Pipeline, indicator: Indicator, year: str, icbs: Collection[str] | None) -> _Year:
    """Find out what there is to do in a year."""
    there = valid_cells((year,), ICBS)[year]
    asked = list(there if icbs is None else icbs)
    found = _Year(year=year, asked=asked, outcomes={})
    for icb in asked:
        if icb not in there:
            found.outcomes[icb] = absent(cell(year, icb), f"{board(icb).name} does not exist in {year}")
    valid = [icb for icb in asked if icb not in found.outcomes]
    try:
        found.counts = counts_for(pipeline, indicator, year)
    except Exception as error:
        found.outcomes |= {icb: failed(cell(year, icb), error) for icb in valid}
        return found
    if found.counts is None:
        reason = f"no counts of {indicator.id} for {year}: its release is absent or holds nothing for that year"
        found.outcomes |= {icb: absent(cell(year, icb), reason) for icb in valid}
        return found
    fingerprint, built = found.counts.wanted.fingerprint(), pipeline.cells.provenance(indicator.id, year)
    for icb in valid:
        known = built.get(icb)
        if known is not None:
            found.rows[icb] = known.rows
        if known is not None and known.fingerprint() == fingerprint:
            found.outcomes[icb] = Outcome(
                partition=cell(year, icb), state=State.UNCHANGED, files={"": known}, rows_before=known.rows
            )
        else:
            found.waiting.append(icb)
    return found
