"""hi coverage: what stands of the whole list, by the statement's numbers and by year."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Cell, Column, Format, Sheet, show
from hi_pipeline.core.area_search import Area, find_each, when
from hi_pipeline.core.coverage import NO_BOARDS, PART_OF_A_YEAR, Cover
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import CURRENT, board, footprints_of, vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Entry
from hi_pipeline.core.status import AreaType

_NO_NUMBER = 99
_PLACE = ["indicator_id", "financial_year"]
_READ = [*_PLACE, "dimension", "geography_vintage", "area_type", "icb_code", "state"]
_WHY = ["state", "reason"]
_REMAINING = (Cover.NOT_IN_HAND.value, Cover.NOT_PUBLIC.value)
_THERE = (Cover.SHOWN.value, Cover.PARTLY_SHOWN.value)


def coverage_command(console: Printer, source: str | None, icbs: Sequence[str], form: Format) -> int:
    """Show for every entry of the list and every year how many boards have a figure, else why they have none.

    Of all boards together, what is not in hand and what is not public stand below with the reason of each.

    Args:
        console: where to print.
        source: as of every command.
        icbs: areas of which each has its own table, of its own states; none for all boards together.
        form: how it is printed.
    """

    def command() -> int:
        session = Session(source, console)
        catalogue = session.pipeline.catalogue
        entries = sorted((*catalogue.indicators, *catalogue.listed), key=_place)
        found = find_each(icbs)
        cells = _cells(session, entries)
        sheets = [_sheet_of(session, area, entries, cells) for each in found.values() for area in each.areas]
        if form in (Format.CSV, Format.JSON) and sheets:
            sheets = [_together(sheets)]
        sheets = sheets or [_sheet(session, entries, cells), _reasons(session, entries, cells)]
        show(console, sheets, form, synthetic=session.settings.synthetic)
        for note in dict.fromkeys(each.note for each in found.values() if each.note):
            (console if form is Format.TABLE else console.errors).print(f"Note: {note}")
        if icbs or form is not Format.TABLE:
            return 0
        states = dict(cells.group_by("state").len().sort("len", descending=True).rows())
        console.print(_of_the_statement(entries, cells))
        console.print(f"{len(entries)} entries, {cells.height:,} cells:")
        console.print(", ".join(f"{count:,} {_words(state)}" for state, count in states.items()))
        return 0

    return said_clearly(command, console)


def _of_the_statement(entries: Sequence[Entry], cells: pl.DataFrame) -> str:
    """Say how many numbers of the statement have an entry, and how many of them a figure of a board, or of anybody."""
    numbers = {entry.id: entry.statement_number for entry in entries if entry.statement_number}
    there = cells.filter(pl.col("state").is_in(_THERE))
    shown = {numbers.get(i) for i in there["indicator_id"].unique()} - {None}
    own = there.filter(pl.col("area_type") == AreaType.ICB.value)
    of_boards = {numbers.get(i) for i in own["indicator_id"].unique()} - {None}
    return (
        f"Of the 24 numbers of the statement {len(set(numbers.values()))} have an entry, {len(shown)} a figure here, "
        f"{len(of_boards)} a figure of a board"
    )


def _together(sheets: Sequence[Sheet]) -> Sheet:
    """Return the tables of areas as one, as data: two boards of one name differ by their code."""
    return replace(sheets[0], name="coverage", rows=[row for sheet in sheets for row in sheet.rows])


def _cells(session: Session, entries: Sequence[Entry]) -> pl.DataFrame:
    """Return the published coverage; before anything is published, that of no figure at all."""
    path = session.lake.path("published", "coverage")
    if path.exists():
        return pl.read_parquet(path, columns=[*_READ, "reason"], glob=False)
    from hi_pipeline.core.columns import RESULTS
    from hi_pipeline.engine.year_facts import year_facts
    from hi_pipeline.publishing.coverage import coverage

    return coverage(
        entries,
        pl.DataFrame(schema=RESULTS),
        year_facts(session.pipeline),
        beside={},
        synthetic=session.settings.synthetic,
    )


def _place(entry: Entry) -> tuple[int, str, str]:
    return entry.statement_number or _NO_NUMBER, min(entry.annex, default="~"), entry.id


def _sheet(session: Session, entries: Sequence[Entry], cells: pl.DataFrame) -> Sheet:
    told = _by_year(cells)
    rows: list[list[Cell]] = []
    for entry in entries:
        counts = [told.get((entry.id, year), ("", "")) for year in ALL_YEARS]
        why = dict.fromkeys(_words(state) for _, state in counts if state)
        rows.append([*_named(entry), *(there for there, _ in counts), ", ".join(why)])
    return Sheet(
        name="coverage",
        title=session.title(
            "Boards with a figure in total (of those on the footprint of the year); -: none, the last column says why; "
            "blank: nothing is declared for the year"
        ),
        columns=[*_columns(), Column(key="where_none", label="Where none")],
        rows=rows,
    )


def _reasons(session: Session, entries: Sequence[Entry], cells: pl.DataFrame) -> Sheet:
    """Return what is not in hand and what is not public, with every reason and the entries that it stands for."""
    places = {entry.id: number for number, entry in enumerate(entries)}
    # What follows in the notes of figures is of one area.
    reason = pl.col("reason").str.replace(f"({PART_OF_A_YEAR}|{NO_BOARDS}).*", "$1")
    remaining = cells.filter(pl.col("state").is_in(_REMAINING)).with_columns(reason)
    found = remaining.group_by(_WHY).agg(pl.col("indicator_id").unique()).sort(_WHY)
    rows = [[_words(state), why, ", ".join(sorted(ids, key=places.__getitem__))] for state, why, ids in found.rows()]
    return Sheet(
        name="reasons",
        title=session.title("Not in hand and not public: why, of any breakdown, year and area"),
        columns=[
            Column(key="state", label="State"),
            Column(key="reason", label="Reason"),
            Column(key="indicators", label="Indicators"),
        ],
        rows=rows,
    )


def _sheet_of(session: Session, area: Area, entries: Sequence[Entry], cells: pl.DataFrame) -> Sheet:
    """Return the state of one area by indicator and year: on the footprint of the year, else on the one in force."""
    places = [
        (year, vintage.value, area.codes[vintage])
        for year in ALL_YEARS
        for vintage in [v for v in footprints_of(year) if v in area.codes][:1]
    ]
    own = pl.DataFrame(places, schema=["financial_year", "geography_vintage", "icb_code"], orient="row")
    rows = _in_total(cells.filter(area_type=area.area_type.value).join(own, on=own.columns, how="semi"))
    told = {(i, year): _words(state) for i, year, state in rows.select(*_PLACE, "state").rows()}
    codes = list(dict.fromkeys(area.codes.values()))
    ended = [board(codes[0])] if area.area_type is AreaType.ICB and CURRENT not in area.codes else []
    return Sheet(
        name="coverage",
        title=session.title(
            f"{area.name} ({', '.join(codes)}): whether the figure in total is shown, or why not (years before a new "
            "board on its footprint of April 2026); blank: nothing is declared for the year"
            + "".join(f", or the board is no more: it exists {when(b)}" for b in ended)
        ),
        columns=[
            Column(key="icb_code", label="Area"),
            Column(key="icb_name", label="Name"),
            *_columns(),
        ],
        rows=[
            [codes[-1], area.name, *_named(entry), *(told.get((entry.id, year), "") for year in ALL_YEARS)]
            for entry in entries
        ],
    )


def _columns() -> list[Column]:
    return [
        Column(key="indicator", label="Indicator"),
        Column(key="statement_number", label="No", number=True),
        Column(key="annex", label="Annex"),
        *(Column(key=year, label=year, number=True) for year in ALL_YEARS),
    ]


def _named(entry: Entry) -> list[Cell]:
    return [entry.id, entry.statement_number, " ".join(entry.annex)]


def _words(state: str) -> str:
    return state.replace("_", " ")


def _in_total(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells, each area and year on one footprint, in total or of the breakdown that stands for it.

    A measure between groups has its own breakdown alone; where figures are of single groups alone, as of each sex, the
    first breakdown that has one speaks for them, or without any figure the first that there is.
    """
    there = cells.filter(pl.col("state") != Cover.NO_SUCH_BOARD.value)
    alone = pl.col("dimension").n_unique().over("indicator_id") == 1
    total = pl.col("dimension") == Dimension.TOTAL.value
    shown = pl.col("state").is_in(_THERE)
    some = pl.col("state") != Cover.NO_SUCH_BREAKDOWN.value
    lacks = ~(total & some).any().over("indicator_id")
    first = pl.coalesce(pl.col("dimension").filter(which).min().over("indicator_id") for which in (shown, some))
    return there.filter(
        pl.when(lacks & first.is_not_null()).then(pl.col("dimension") == first).otherwise(total | alone)
    )


def _by_year(cells: pl.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Return by indicator and year "36/42", or "-" and the commonest state of the boards of the year's footprint."""
    own = [f"{year}{vintage_of(year).value}" for year in ALL_YEARS]
    of_year = pl.concat_str("financial_year", "geography_vintage").is_in(own)
    counted = (
        _in_total(cells.filter(of_year, area_type=AreaType.ICB.value))
        .group_by(_PLACE)
        .agg(
            there=pl.col("state").is_in(_THERE).sum(),
            boards=pl.len(),
            why=pl.col("state").filter(~pl.col("state").is_in(_THERE)).mode().sort().first(),
        )
    )
    return {(i, year): (f"{n}/{of}", "") if n else ("-", why) for i, year, n, of, why in counted.rows()}
