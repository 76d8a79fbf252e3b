"""hi coverage: what stands of the whole list, by the statement's numbers and by year."""

from collections.abc import Sequence

import polars as pl

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Column, Format, Sheet, show
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Entry
from hi_pipeline.core.status import AreaType

_NO_NUMBER = 99
_READ = ["indicator_id", "dimension", "financial_year", "geography_vintage", "area_type", "state"]
_THERE = (Cover.SHOWN.value, Cover.PARTLY_SHOWN.value)


def coverage_command(console: Printer, source: str | None, form: Format) -> int:
    """Show for every entry of the list and every year how many boards have a figure, else why they have none."""

    def command() -> int:
        session = Session(source, console)
        catalogue = session.pipeline.catalogue
        entries = (*catalogue.indicators, *catalogue.listed)
        cells = _cells(session, entries)
        sheet = _sheet(session, sorted(entries, key=_place), cells)
        show(console, [sheet], form, synthetic=session.settings.synthetic)
        if form is not Format.TABLE:
            return 0
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


def _sheet(session: Session, entries: Sequence[Entry], cells: pl.DataFrame) -> Sheet:
    told = _by_year(cells)
    rows: list[list[str]] = []
    for entry in entries:
        counts = [told.get((entry.id, year), ("", "")) for year in ALL_YEARS]
        why = dict.fromkeys(state.replace("_", " ") for _, state in counts if state)
        number = str(entry.statement_number or "")
        rows.append([entry.id, number, " ".join(entry.annex), *(there for there, _ in counts), ", ".join(why)])
    return Sheet(
        name="coverage",
        title=session.title(
            "Boards with a figure in total (of those on the footprint of the year), or why there is none"
        ),
        columns=[
            Column(key="indicator", label="Indicator"),
            Column(key="statement_number", label="No", number=True),
            Column(key="annex", label="Annex"),
            *(Column(key=year, label=year, number=True) for year in ALL_YEARS),
            Column(key="where_none", label="Where none"),
        ],
        rows=rows,
    )


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
