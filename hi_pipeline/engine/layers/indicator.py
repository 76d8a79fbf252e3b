"""The step from counts to the figures of one indicator and year, a file for each board: no Dagster here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from hi_pipeline.core.errors import StoreError
from hi_pipeline.core.geography import board, boards_of_year, is_valid
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.engine.currency.code import code_digest, schema_version, text_digest
from hi_pipeline.engine.grid import cell
from hi_pipeline.engine.layers.gate import Counts, compute_years
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.storage.lake import Item


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
    """Build the figures of one indicator and year: see ``build_years``; all boards of the year by default."""
    return build_years(pipeline, indicator, {year: icbs})[year]


def build_years(
    pipeline: Pipeline, indicator: Indicator, asked: Mapping[str, Collection[str] | None]
) -> dict[str, dict[str, Outcome]]:
    """Build the figures of one indicator: one file for each year and board.

    A board whose rows are wrong fails alone; the others are built, and its last good file stays. Years are
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
    good = [
        (year, icb, frame)
        for year in years
        for icb in year.waiting
        if isinstance(frame := figures[year.year][icb], pl.DataFrame)
    ]
    written = pipeline.lake.write_many(
        Item(frame=frame, provenance=year.wanted, layer="indicator", name=indicator.id, parts=(year.year, icb))
        for year, icb, frame in good
    )
    files = {(year.year, icb): file for (year, icb, _), file in zip(good, written, strict=True)}
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
    asked = [b.ons for b in boards_of_year(year)] if icbs is None else list(icbs)
    found = _Year(year=year, asked=asked, outcomes={})
    for icb in asked:
        if not is_valid(icb, year):
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
    fingerprint = found.counts.wanted.fingerprint()
    for icb in valid:
        known = pipeline.lake.provenance("indicator", indicator.id, year, icb)
        if known is not None:
            found.rows[icb] = known.rows
        if known is not None and known.fingerprint() == fingerprint:
            found.outcomes[icb] = Outcome(
                partition=cell(year, icb), state=State.UNCHANGED, files={"": known}, rows_before=known.rows
            )
        else:
            found.waiting.append(icb)
    return found


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
