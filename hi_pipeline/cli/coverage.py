"""hi coverage: what stands of the whole list, by the statement's numbers and by year."""

from collections.abc import Sequence

import polars as pl
from rich.table import Table

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Entry
from hi_pipeline.core.status import AreaType

_NO_NUMBER = 99
_READ = ["indicator_id", "dimension", "financial_year", "geography_vintage", "area_type", "state"]
_THERE = (Cover.SHOWN.value, Cover.PARTLY_SHOWN.value)


def coverage_command(console: Printer, source: str | None) -> int:
    """Show for every entry of the list and every year how many boards have a figure, else why they have none."""

    def command() -> int:
        session = Session(source, console)
        catalogue = session.pipeline.catalogue
        entries = (*catalogue.indicators, *catalogue.listed)
        cells = _cells(session, entries)
        console.print(_table(session, sorted(entries, key=_place), cells))
        stated = {entry.statement_number for entry in entries if entry.statement_number}
        states = dict(cells.group_by("state").len().sort("len", descending=True).rows())
        console.print(f"{len(stated)} of 24 of the statement, {len(entries)} entries, {cells.height:,} cells:")
        console.print(", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in states.items()))
        return 0

    return said_clearly(command, console)


def _cells(session: Session, entries: Sequence[Entry]) -> pl.DataFrame:
    """Return the published coverage; before anything is published, that of no figure at all."""
    path = session.lake.path("published", "coverage")
    if path.exists():
        return pl.read_parquet(path, columns=_READ, glob=False)
    from hi_pipeline.core.columns import RESULTS
    from hi_pipeline.engine.year_facts import year_facts
    from hi_pipeline.publishing.coverage import coverage

    return coverage(
        entries, pl.DataFrame(schema=RESULTS), year_facts(session.pipeline), synthetic=session.settings.synthetic
    )


def _place(entry: Entry) -> tuple[int, str, str]:
    return entry.statement_number or _NO_NUMBER, min(entry.annex, default="~"), entry.id


def _table(session: Session, entries: Sequence[Entry], cells: pl.DataFrame) -> Table:
    title = "Boards with a figure in total (of those on the footprint of the year), or why there is none"
    # Without lines, so that a year and the reasons have room.
    table = Table(title=session.title(title), title_justify="left", box=None, padding=(0, 1, 0, 0))
    for name in ("No", "Annex", "Indicator"):
        table.add_column(name, min_width=2, no_wrap=True)
    for year in ALL_YEARS:
        table.add_column(year.removeprefix("20"), justify="right", min_width=5)
    table.add_column("Where none")
    told = _by_year(cells)
    for entry in entries:
        number = str(entry.statement_number or "")
        counts = [told.get((entry.id, year), ("", "")) for year in ALL_YEARS]
        why = dict.fromkeys(state.replace("_", " ") for _, state in counts if state)
        table.add_row(number, " ".join(entry.annex), entry.id, *(there for there, _ in counts), ", ".join(why))
    return table


def _by_year(cells: pl.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Return by indicator and year "36/42", or "-" and the commonest state of the boards."""
    own = [f"{year}{vintage_of(year).value}" for year in ALL_YEARS]
    boards = cells.filter(
        pl.concat_str("financial_year", "geography_vintage").is_in(own),
        pl.col("state") != Cover.NO_SUCH_BOARD.value,
        area_type=AreaType.ICB.value,
    )
    # A measure between groups has no total: its own breakdown stands for it.
    first = (pl.col("dimension") == Dimension.TOTAL.value) | (pl.col("dimension").n_unique().over("indicator_id") == 1)
    counted = (
        boards.filter(first)
        .group_by("indicator_id", "financial_year")
        .agg(
            there=pl.col("state").is_in(_THERE).sum(),
            boards=pl.len(),
            why=pl.col("state").filter(~pl.col("state").is_in(_THERE)).mode().sort().first(),
        )
    )
    return {(i, year): (f"{n}/{of}", "") if n else ("-", why) for i, year, n, of, why in counted.rows()}
