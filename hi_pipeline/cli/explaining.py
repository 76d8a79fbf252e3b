"""hi explain: the figures of areas with their inputs and releases; of one figure, all the way to its rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from hi_pipeline.cli.explaining_figure import explain_figure
from hi_pipeline.cli.figures import figures_as_data, figures_to_read
from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.selecting import find_indicator, find_year
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Format, show
from hi_pipeline.core.area_search import Area, Found, codes_of, find_areas, find_each, no_such_board
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import is_valid, vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Beside, Derived, Indicator, Listed
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.status import AreaType
from hi_pipeline.engine.pipeline import Catalogue, Pipeline
from hi_pipeline.engine.releases.marks import notes_of, trail, unaccepted
from hi_pipeline.engine.releases.replacements import Replacement
from hi_pipeline.engine.tracing.figure import ID as ROW_ID
from hi_pipeline.engine.tracing.figure import Row, find_row
from hi_pipeline.indicators.kind import statistics_of

ONE = "Explain one of them to its rows: add --dimension and --category, or --measure."
_SNAPSHOTS = "snapshots/"
# What coverage says of a cell that has a figure, or should have one.
_THERE = (Cover.SHOWN.value, Cover.PARTLY_SHOWN.value, Cover.FAILED.value)
_PARTS = 7  # of a row's id; the words of a category may hold a slash


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The figures of one area and year, the file that they stand in with its hash, and what they were made from."""

    name: str
    code: str
    year: str
    rows: pl.DataFrame
    file: str
    sha256: str
    known: Provenance


def explain_command(
    console: Printer,
    source: str | None,
    *,
    indicator: str,
    years: Sequence[str],
    icbs: Sequence[str],
    words: tuple[str, str, str],
    full: bool,
    form: Format,
) -> int:
    """Explain the figures of areas and years, or one of them; return the exit code.

    Args:
        console: where to print.
        source: as of every command.
        indicator: its id or title; or the id of a row, which names all the rest.
        years: financial years; one for one figure.
        icbs: boards, regions or England; one for one figure.
        words: dimension, category and measure of the one figure; with any of them one figure is explained.
        full: print all rows behind the one figure, as CSV, and nothing else.
        form: to be read, or the figures as data: notes and what is stale then go to standard error.
    """
    one = ROW_ID in indicator or any(words) or full

    def command() -> int:
        session = Session(source, console)
        if one:
            return explain_figure(session, _row(session, indicator, years, icbs, words), full=full, form=form)
        if not years or not icbs:
            raise SelectionError(f"hi explain {indicator} needs --year and --icb, or the id of a row")
        catalogue = session.pipeline.catalogue
        asked = catalogue.indicators_by_id[_find(catalogue, indicator)]
        found = find_each(icbs)
        pieces, missing = _all_pieces(session.pipeline, asked, found, dict.fromkeys(find_year(year) for year in years))
        beside = console if form is Format.TABLE else console.errors
        for note in dict.fromkeys(each.note for each in found.values() if each.note):
            beside.print(f"Note: {note}")
        for line in missing:
            beside.print(f"Not there: {line}")
        holds = _explain(session, asked, pieces) if form is Format.TABLE else _as_data(session, asked, pieces, form)
        return 0 if holds else FAILED

    return said_clearly(command, console)


def _find(catalogue: Catalogue, text: str) -> str:
    """Return the id of a computed indicator.

    Raises:
        SelectionError: there is none; of one that is on the list only, where its figures stand or why there are none.
    """
    match next((entry for entry in catalogue.listed if entry.id == text), None):
        case Derived(of=of, measure=measure, dimension=dimension):
            one = f"--dimension {dimension.value} --measure {measure.value}"
            raise SelectionError(f"{text} is a measure of {' and '.join(of)}: hi explain {of[0]} with {one}")
        case Beside(table=table, column=column):
            raise SelectionError(f"the figures of {text} stand in the column {column} of published/{table}.parquet")
        case Listed(because=because):
            raise SelectionError(f"{text} is on the list and not computed. {because}")
    return find_indicator(text, catalogue.indicators)


def _row(
    session: Session, indicator: str, years: Sequence[str], icbs: Sequence[str], words: tuple[str, str, str]
) -> Row:
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
        if len(years) != 1 or len(icbs) != 1:
            raise SelectionError("one figure is named by one --year, one --icb and its group, or by the id of its row")
        name, year = _find(session.pipeline.catalogue, indicator), find_year(years[0])
        codes, footprint = codes_of(find_areas(icbs[0]).areas), ""
        dimension, category, measure = words
    return find_row(
        session.pipeline,
        indicator=name,
        year=year,
        codes=codes,
        dimension=dimension,
        category=category,
        measure=measure,
        footprint=footprint,
    )


def _all_pieces(
    pipeline: Pipeline, indicator: Indicator, found: Mapping[str, Found], years: Iterable[str]
) -> tuple[list[Piece], list[str]]:
    """Return the figures that are there, and a line for each area and year without.

    Raises:
        SelectionError: none is there.
    """
    pieces: list[Piece] = []
    missing: list[str] = []
    for text, each in found.items():
        for year in years:
            try:
                pieces += _pieces(pipeline, indicator, text, each.areas, year)
            except SelectionError as error:
                missing.append(str(error))
    if not pieces:
        raise SelectionError("; ".join(missing))
    return pieces, missing


def _pieces(pipeline: Pipeline, indicator: Indicator, text: str, areas: Sequence[Area], year: str) -> Iterator[Piece]:
    """Yield the figures of what a text means in a year.

    Raises:
        SelectionError: the areas do not exist in that year, or nothing of them is built.
    """
    made = [piece for area in areas for piece in [_piece(pipeline, indicator, area, year)] if piece]
    if made:
        yield from made
        return
    if absent := no_such_board(text, areas, year):
        raise SelectionError(absent)
    raise SelectionError(f"{indicator.id} of {areas[0].name} for {year}: {_why_not(pipeline, indicator, areas, year)}")


def _why_not(pipeline: Pipeline, indicator: Indicator, areas: Sequence[Area], year: str) -> str:
    """Return why there is no figure for everybody, as coverage tells; how to build it where coverage tells nothing."""
    codes = {code for area in areas for code in area.codes.values()}
    place = pipeline.lake.path("published", "coverage")
    if place.is_file():
        cells = pl.scan_parquet(place, glob=False).filter(indicator_id=indicator.id)
        first = cells.select(pl.col("financial_year").min()).collect().item()
        if first is not None and year < first:
            return f"nothing is declared for {year}; the first year of its publication here is {first}"
        cell = {"financial_year": year, "dimension": Dimension.TOTAL.value}
        told = cells.filter(pl.col("icb_code").is_in(list(codes)), **cell)
        said = told.filter(~pl.col("state").is_in(_THERE)).select("reason", "how_to_supply").unique().collect()
        if said.height == 1:
            return ". ".join(text for text in said.row(0) if text)
    return f"not built. Run hi run --year {year} --indicator {indicator.id}, or see hi status for why it cannot be"


def _piece(pipeline: Pipeline, indicator: Indicator, area: Area, year: str) -> Piece | None:
    """Return the figures of an area and year: a board's from its cell, others as published; None where not built."""
    if area.area_type is AreaType.ICB:
        (code,) = set(area.codes.values())
        known = pipeline.cells.provenance(indicator.id, year).get(code) if is_valid(code, year) else None
        if known is None:
            return None
        rows, behind = pipeline.cells.read(indicator.id, year, [code]), known
        file = f"{pipeline.lake.path('indicator', indicator.id, year)}, the rows of {code},"
    else:
        code, known = area.codes[vintage_of(year)], pipeline.lake.provenance("published", "results")
        if known is None:
            return None
        own = {"indicator_id": indicator.id, "financial_year": year, "icb_code": code}
        rows = pipeline.lake.read("published", "results").filter(**own, area_type=area.area_type.value)
        behind, file = _of_counts(pipeline, indicator, year, known), str(pipeline.lake.path("published", "results"))
        if rows.is_empty():
            return None
    return Piece(
        name=area.name,
        code=code,
        year=year,
        rows=_each_once(rows, year),
        file=file,
        sha256=known.sha256,
        known=behind,
    )


def _of_counts(pipeline: Pipeline, indicator: Indicator, year: str, published: Provenance) -> Provenance:
    """Return what published figures of England and regions rest on: the counts of their year, and nothing else."""
    table = pipeline.catalogue.counts_of(indicator).name
    known = pipeline.lake.provenance("linked", table, year)
    used = tuple(item for item in published.inputs if item.name.startswith(f"linked/{table}/{year}"))
    return replace(known or published, inputs=used)


def _each_once(rows: pl.DataFrame, year: str) -> pl.DataFrame:
    """Return the rows in order, without those of a further footprint that say the same as those of the year's own."""
    own = rows.filter(geography_vintage=vintage_of(year).value)
    place = ["geography_vintage", "region_code", "note"]
    figures = [name for name in rows.columns if name not in place]
    other = rows.filter(pl.col("geography_vintage") != vintage_of(year).value)
    other = other.join(own, on=figures, how="anti", nulls_equal=True)
    order = ["dimension", "category_order", "category", "measure"]  # groups in their own order: decile 10 after 9
    return pl.concat([frame.sort(order) for frame in (own, other)])


def _as_data(session: Session, indicator: Indicator, pieces: Sequence[Piece], form: Format) -> bool:
    """Print the figures alone, as Markdown those to be read; tell whether all that they were made from still holds."""
    if form is Format.MD:
        sheets = [figures_to_read(piece.rows, f"{session.title(indicator.title)}: {_named(piece)}") for piece in pieces]
    else:
        sheets = [figures_as_data(pl.concat([piece.rows for piece in pieces]), session.title(indicator.title))]
    show(session.console, sheets, form, synthetic=session.settings.synthetic)
    revised = unaccepted(session.pipeline)
    changed = [
        f"{_named(piece)}: {line.strip()}"
        for piece in pieces
        for line, holds in _inputs(session, piece, revised)
        if not holds
    ]
    for line in changed:
        session.console.errors.whole_line(line)
    return not changed


def _named(piece: Piece) -> str:
    return f"{piece.name} ({piece.code}), {piece.year}"


def _explain(session: Session, indicator: Indicator, pieces: Sequence[Piece]) -> bool:
    """Print each piece after what is alike for all; tell whether all that they were made from still holds."""
    console = session.console
    console.print(session.title(indicator.title))
    console.print(indicator.definition)
    words = f"numerator: {indicator.numerator_words}; denominator: {indicator.denominator_words or 'none'}"
    formula = statistics_of(indicator.kind).formula.format(m=indicator.multiplier)
    console.print(f"Formula: {formula} ({words})")
    for line in indicator.caveats:
        console.print(f"Note: {line}")
    holds = all([_explain_piece(session, piece) for piece in pieces])
    console.print(ONE)
    return holds


def _explain_piece(session: Session, piece: Piece) -> bool:
    console, known = session.console, piece.known
    sheet = figures_to_read(piece.rows, session.title(_named(piece)))
    show(console, [sheet], Format.TABLE, synthetic=session.settings.synthetic)
    releases = _releases(piece)
    revised = {name: found for name, found in unaccepted(session.pipeline).items() if name in releases}
    notes = [*notes_of(session.pipeline, known, revised).values(), *_own_notes(session.pipeline, piece)]
    for line in dict.fromkeys([*piece.rows["note"].unique().sort().to_list(), *notes]):
        if line:
            console.print(f"Note: {line}")
    if beside := [name for name in piece.rows["comparator"].unique().sort().to_list() if name]:
        console.print(f"Comparator: {' or '.join(beside)}")
    console.print(f"Releases: {', '.join(releases) or 'none'}")
    if known.corrections:
        console.print(f"Corrections: {', '.join(known.corrections)}")
    console.whole_line(f"File: {piece.file} sha256 {piece.sha256}")
    inputs = _inputs(session, piece, revised)
    for line, _ in inputs:
        console.whole_line(line)
    return all(holds for _, holds in inputs)


def _releases(piece: Piece) -> list[str]:
    return sorted({name for text in piece.rows["source_releases"].unique() for name in text.split(";") if name})


def _own_notes(pipeline: Pipeline, piece: Piece) -> list[str]:
    """Return the notes of the counts: a table holds several indicators, and a note of one begins with its id."""
    own = set(piece.rows["indicator_id"])
    others = tuple(f"{name}: " for name in pipeline.catalogue.indicators_by_id if name not in own)
    told = [note for note in piece.known.notes if not note.startswith(others)]
    return [note.removeprefix(f"{name}: ") for note in told for name in own]


def _inputs(session: Session, piece: Piece, revised: Mapping[str, Replacement]) -> list[tuple[str, bool]]:
    """Return a line for each thing that the figures were made from, back to the publishers' files, and if it holds.

    The tables between hold all boards' extracts: those of other boards and indicators are behind none of these figures,
    and who gave one is nobody else's matter.
    """
    lines, releases = [], _releases(piece)
    for item, same in trail(session.pipeline, piece.known):
        own = _is_extract(session.pipeline, item.name)
        release = item.name.removeprefix(_SNAPSHOTS).replace("/", ":")
        if own and item.name.startswith(_SNAPSHOTS) and release not in releases:
            continue
        changed = "" if same else "  CHANGED since: the figure is stale"
        found = revised.get(release) if item.name.startswith(_SNAPSHOTS) else None
        if found is not None:
            changed += f"  {found.words}, not accepted: {found.record or found.newer}; {found.acceptance}"
        digest = "kept by the board" if own else item.sha256[:16]
        lines.append((f"  from {item.name} {digest}{changed}", same))
    return lines


def _is_extract(pipeline: Pipeline, name: str) -> bool:
    """Tell whether an input is a file, or the counts, of boards' own extracts."""
    layer, source_name, *_ = name.split("/")
    source = pipeline.catalogue.sources.get(source_name)
    return layer in ("snapshots", "clean") and source is not None and source.local
