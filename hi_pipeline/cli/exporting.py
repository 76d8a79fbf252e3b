"""hi export: the tidy rows of areas as one small file, with the meaning of its columns beside it."""

from collections.abc import Sequence
from pathlib import Path

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.selecting import select
from hi_pipeline.cli.session import Session
from hi_pipeline.core.area_search import codes_of, find_areas
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.publishing.board_rows import FORMATS, board_rows, dictionary, export_bytes
from hi_pipeline.storage.atomic import write_bytes


def export_command(
    console: Printer,
    source: str | None,
    *,
    icbs: Sequence[str],
    years: Sequence[str],
    indicators: Sequence[str],
    form: str,
    to: Path | None,
) -> int:
    """Write the rows of areas; return the exit code."""

    def command() -> int:
        if form not in FORMATS:
            raise SelectionError(f"{form!r} is no format; expected one of {', '.join(FORMATS)}")
        if not icbs:
            raise SelectionError("no area is asked for; name one with --icb")
        session = Session(source, console)
        found = [find_areas(text) for text in icbs]
        codes = codes_of(area for each in found for area in each.areas)
        chosen = select(years=years, icbs=(), indicators=indicators, catalogue=session.pipeline.catalogue.indicators)
        rows = board_rows(
            session.lake.read("published", "results"),
            icbs=codes,
            years=chosen.years or (),
            indicators=chosen.indicators or (),
        )
        if rows.is_empty():
            raise SelectionError(f"no figure of {', '.join(icbs)} is published for what was asked; see hi coverage")
        made_up = "SYNTHETIC-" if session.settings.synthetic else ""
        default = session.settings.root / "exports" / f"{made_up}{'-'.join(codes)}.{form}"
        path = to or default
        write_bytes(path, export_bytes(rows, form))
        beside = path.with_name(f"{path.stem}-columns.csv")
        write_bytes(beside, dictionary(rows).write_csv(include_bom=True).encode())
        for note in dict.fromkeys(each.note for each in found if each.note):
            console.print(f"Note: {note}")
        console.print(session.title(f"{rows.height} rows"))
        console.whole_line(str(path))
        console.whole_line(str(beside))
        return 0

    return said_clearly(command, console)
