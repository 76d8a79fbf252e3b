"""hi import: a board's own extract taken in, looked through, or its template written."""

from difflib import get_close_matches
from pathlib import Path

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.engine.extracts import check_extract, take_in
from hi_pipeline.extracts.contract import EXTRACTS
from hi_pipeline.extracts.problem import Problem
from hi_pipeline.extracts.template import template

_ROOTS = {
    "sample": "the sample's own folder, as a trial: all that comes of it stays SYNTHETIC, and no other root reads it",
    "mirror": "the folder of extracts, which roots of kind mirror and live read",
    "live": "the folder of extracts, which roots of kind mirror and live read",
}


def import_command(console: Printer, source: str | None, file: Path | None, *, check: bool, template_of: str) -> int:
    """Take an extract in, or say what is wrong with it, or write a template; return the exit code."""

    def command() -> int:
        if template_of:
            console.file.write(_template(template_of))
            return 0
        if file is None:
            raise SelectionError("name the file, or ask for a template with --template <indicator>")
        session = Session(source, console)
        checked = check_extract(file, session.pipeline)
        if checked.problems:
            _complain(console, file, checked.problems)
            return FAILED
        for line in filter(None, (checked.unjudged, checked.ends)):
            console.whole_line(line)
        if check:
            console.whole_line(f"{file}: nothing is wrong with it. Nothing was changed; hi import {file} takes it in.")
            return 0
        return _take(session, file)

    return said_clearly(command, console)


def _template(indicator: str) -> str:
    if indicator not in EXTRACTS:
        near = get_close_matches(indicator, EXTRACTS, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else f"There are templates for {', '.join(EXTRACTS)}."
        raise SelectionError(f"no extract of {indicator!r} is read. {hint}")
    return template(indicator)


def _complain(console: Printer, file: Path, problems: list[Problem]) -> None:
    things = "thing is" if len(problems) == 1 else "things are"
    console.whole_line(f"{file}: {len(problems)} {things} wrong. Nothing was taken in or changed.")
    for problem in problems:
        console.alarm("wrong:", str(problem))


def _take(session: Session, file: Path) -> int:
    settings, console = session.settings, session.console
    taken = take_in(settings, file)
    again = "in place of the extract that was there" if taken.replaced else "as a new extract"
    console.whole_line(f"Taken in, {again}: {taken.indicator}, {taken.board}, {taken.financial_year}.")
    if taken.fewer:
        console.alarm(
            "look:",
            f"it has fewer groups than the extract that was there ({taken.fewer}), whose figures go. If that is meant, "
            "nothing is to be done; if not, count them again and import the whole file.",
            style="yellow",
        )
    console.whole_line(f"It lies in {taken.path}: {_ROOTS[settings.kind]}.")
    console.whole_line(f"Next: hi run --indicator {taken.indicator} --year {taken.financial_year}")
    return 0
