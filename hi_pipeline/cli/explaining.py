"""hi explain: one figure with its counts, limits, inputs, releases, formula and notes."""

import polars as pl
from rich.table import Table

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.selecting import select
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import board, is_valid
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.marks import notes_of, trail, unaccepted
from hi_pipeline.engine.releases.replacements import Replacement
from hi_pipeline.indicators.kind import statistics_of


def explain_command(console: Printer, source: str | None, *, indicator: str, year: str, icb: str) -> int:
    """Explain the figures of a cell; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        catalogue = session.pipeline.catalogue
        chosen = select(years=[year], icbs=[icb], indicators=[indicator], catalogue=catalogue.indicators)
        (name,) = chosen.indicators or ()
        valid = [code for code in chosen.icbs or () if is_valid(code, year)]
        return _explain(session, catalogue.indicators_by_id[name], year, valid[0])

    return said_clearly(command, console)


def _explain(session: Session, indicator: Indicator, year: str, icb: str) -> int:
    console, lake = session.console, session.pipeline.lake
    known = session.pipeline.cells.provenance(indicator.id, year).get(icb)
    if known is None:
        raise SelectionError(
            f"{indicator.id} of {board(icb).name} for {year} is not built. Run hi run --year {year} --icb {icb} "
            f"--indicator {indicator.id}, or see hi status for why it cannot be."
        )
    rows = session.pipeline.cells.read(indicator.id, year, [icb])
    console.print(session.title(f"{indicator.title}: {board(icb).name} ({icb}), {year}"))
    console.print(indicator.definition)
    words = f"numerator: {indicator.numerator_words}; denominator: {indicator.denominator_words or 'none'}"
    formula = statistics_of(indicator.kind).formula.format(m=indicator.multiplier)
    console.print(f"Formula: {formula} ({words})")
    console.print(_figures(rows))
    revised = _revised(session.pipeline, rows)
    notes = [*notes_of(session.pipeline, known, revised).values(), *known.notes]
    for line in dict.fromkeys([*rows["note"].unique().sort().to_list(), *notes, *indicator.caveats]):
        if line:
            console.print(f"Note: {line}")
    console.print(f"Releases: {', '.join(known.releases)}")
    if known.corrections:
        console.print(f"Corrections: {', '.join(known.corrections)}")
    file = lake.path("indicator", indicator.id, year)
    console.print(f"File: {file}, the rows of {icb}, sha256 {known.sha256}")
    return 0 if _inputs(session, known, revised) else FAILED


def _figures(rows: pl.DataFrame) -> Table:
    table = Table(title_justify="left")
    table.add_column("Figure", no_wrap=True)
    for name in ("Value", "95% limits", "Count", "Of", "Published", "England"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Status")
    for row in rows.iter_rows(named=True):
        group = " ".join(w for w in (row["dimension"], row["category"], row["measure"]) if w)
        limits = "" if row["lower_95"] is None else f"{row['lower_95']:.4g} to {row['upper_95']:.4g}"
        numbers = [row[n] for n in ("numerator", "denominator", "published_value", "comparator_value")]
        shown = ["" if number is None else f"{number:,.6g}" for number in numbers]
        value = "" if row["value"] is None else f"{row['value']:.6g} {row['unit']}"
        table.add_row(group, value, limits, *shown, f"{row['status']}, {row['comparison']}")
    return table


def _revised(pipeline: Pipeline, rows: pl.DataFrame) -> dict[str, Replacement]:
    """Return the unaccepted revisions of the releases that the figures name."""
    named = {name for text in rows["source_releases"].unique() for name in text.split(";")}
    return {name: found for name, found in unaccepted(pipeline).items() if name in named}


def _inputs(session: Session, known: Provenance, revised: dict[str, Replacement]) -> bool:
    """Print what the figure was made from, back to the publishers' files; tell whether all of it still holds."""
    holds = True
    for item, same in trail(session.pipeline, known):
        holds &= same
        changed = "" if same else "  CHANGED since: the figure is stale"
        found = revised.get(item.name.removeprefix("snapshots/").replace("/", ":"))
        if found is not None and item.name.startswith("snapshots/"):
            changed += f"  {found.words}, not accepted: {found.record or found.newer}; {found.acceptance}"
        session.console.whole_line(f"  from {item.name} {item.sha256[:16]}{changed}")
    return holds
