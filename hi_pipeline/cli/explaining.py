"""hi explain: the figures of an area with their inputs and releases; of one figure, all the way to its rows."""

import polars as pl
from rich.table import Table

from hi_pipeline.cli.explaining_figure import explain_figure
from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.selecting import select
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import BOARDS, board, is_valid, vintage_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.status import Measure
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.marks import notes_of, trail, unaccepted
from hi_pipeline.engine.releases.replacements import Replacement
from hi_pipeline.engine.tracing.figure import ID as ROW_ID
from hi_pipeline.engine.tracing.figure import Row, area_codes, find_row, read_rows
from hi_pipeline.indicators.kind import statistics_of

ONE = "Explain one of them to its rows: add --dimension and --category, or --measure."
_BOARDS = {found.ons for found in BOARDS}
_BY_DEPRIVATION = ("gap", "ratio", "sii", "rii")
_PARTS = 7  # of a row's id; the words of a category may hold a slash


def explain_command(
    console: Printer,
    source: str | None,
    *,
    indicator: str,
    year: str,
    icb: str,
    dimension: str = "",
    category: str = "",
    measure: str = "",
    full: bool = False,
) -> int:
    """Explain the figures of an area, or one of them; return the exit code.

    Args:
        console: where to print.
        source: as of every command.
        indicator: its id; or the id of a row, which names all the rest.
        year: financial year.
        icb: a board, a region or England.
        dimension: of the one figure; with it, or with category or measure, one figure is explained.
        category: of the one figure; the whole area when not given.
        measure: of the one figure; ``value`` when not given.
        full: print all rows behind the one figure, as CSV, and nothing else.
    """
    one = ROW_ID in indicator or dimension or category or measure or full

    def command() -> int:
        session = Session(source, console)
        if one:
            return explain_figure(
                session, _row(session, indicator, year, icb, (dimension, category, measure)), full=full
            )
        catalogue = session.pipeline.catalogue
        if not year or not icb:
            raise SelectionError(f"hi explain {indicator} needs --year and --icb, or the id of a row")
        codes = area_codes(icb)
        if not any(code in _BOARDS for code in codes):
            return _explain_area(session, indicator, year, codes)
        chosen = select(years=[year], icbs=[icb], indicators=[indicator], catalogue=catalogue.indicators)
        (name,) = chosen.indicators or ()
        valid = [code for code in chosen.icbs or () if is_valid(code, year)]
        return _explain(session, catalogue.indicators_by_id[name], year, valid[0])

    return said_clearly(command, console)


def _row(session: Session, indicator: str, year: str, icb: str, words: tuple[str, str, str]) -> Row:
    """Find the one figure: by the id of its row, or by what was typed."""
    if ROW_ID in indicator:
        parts = indicator.split(ROW_ID)
        if len(parts) < _PARTS:
            raise SelectionError(
                f"{indicator!r} is no id of a row; expected indicator/year/footprint/area/dimension/category/measure"
            )
        name, year, footprint, area, dimension = parts[:5]
        category, measure = ROW_ID.join(parts[5:-1]), parts[-1]
        codes: tuple[str, ...] = (area,)
    else:
        if not year or not icb:
            raise SelectionError("one figure is named by --year, --icb and its group, or by the id of its row")
        (name,) = (
            select(
                years=[year], icbs=[], indicators=[indicator], catalogue=session.pipeline.catalogue.indicators
            ).indicators
            or ()
        )
        codes, footprint = area_codes(icb), ""
        dimension, category, measure = words
        measure = measure or Measure.VALUE.value
        dimension = dimension or (Dimension.DEPRIVATION.value if measure in _BY_DEPRIVATION else Dimension.TOTAL.value)
    return find_row(
        session.pipeline,
        indicator=name,
        year=year,
        codes=codes,
        dimension=dimension,
        category=category or ALL,
        measure=measure,
        footprint=footprint,
    )


def _explain_area(session: Session, indicator: str, year: str, codes: tuple[str, ...]) -> int:
    """Show the figures of England or a region, which have no cell of their own."""
    rows = read_rows(session.pipeline, indicator, year, codes).filter(geography_vintage=vintage_of(year).value)
    if rows.is_empty():
        raise SelectionError(f"nothing of {indicator} for {year} is published of {', '.join(codes)}; see hi status")
    session.console.print(session.title(f"{indicator}: {rows.row(0, named=True)['icb_name']}, {year}"))
    session.console.print(_figures(rows))
    session.console.print(ONE)
    return 0


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
    console.print(ONE)
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
