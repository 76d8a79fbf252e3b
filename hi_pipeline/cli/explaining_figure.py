"""hi explain of one figure: from its value by the arithmetic and the counts back to the rows of the publishers' files.

Everything fits in 80 columns; no number is cut. A path, an address or a hash may be longer and is never broken.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap

import polars as pl

from hi_pipeline.cli.figures import figures_as_data, figures_to_read
from hi_pipeline.cli.printing import FAILED, Printer
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Column, Format, Sheet, show
from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.indicator import Attribution, DenominatorFrom
from hi_pipeline.core.notes import clauses_of
from hi_pipeline.core.status import Status
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.tracing.arithmetic import Steps, number, steps_of
from hi_pipeline.engine.tracing.figure import Figure, Group, Row, read_comparisons, trace
from hi_pipeline.engine.tracing.limit_lines import limits_of
from hi_pipeline.engine.tracing.limits_told import Limits
from hi_pipeline.engine.tracing.lineage import SIDES
from hi_pipeline.tables.placing.registry import PLACINGS

WIDTH = 79
SHOWN = 10
NO_ROWS = (
    "a figure without a row number stands in no cell: the file leaves out its row of 0, or it is what other cells "
    "leave of a total"
)
NOT_SHOWN = "the rows of the board's own extract are true counts and stay in the data folder"
BY_CODES = "the row of the file is the one with this code, or with both of them"
SUM_OF_BOARDS = "England's people are those of all boards and of what belongs to none: explain each of them"


def explain_figure(session: Session, row: Row, *, full: bool, form: Format) -> int:
    """Print one figure in words, its row as data, or with ``full`` all rows behind it (CSV unless asked otherwise).

    Returns:
        The exit code: it tells that something does not hold, the arithmetic or the way from the rows to the counts.
    """
    figure = trace(session.pipeline, row)
    steps, limits = steps_of(figure), limits_of(figure)
    console = session.console
    if full or form is not Format.TABLE:
        _show_data(session, figure, full=full, form=Format.CSV if form is Format.TABLE else form)
        return _verdict(console.errors, figure, steps, limits)
    _heading(session, figure)
    _section(console, "Arithmetic", [*steps.lines, *limits.lines])
    _section(console, "Compared with", _compared(row, read_comparisons(session.pipeline, row)))
    for group in figure.groups:
        _section(console, f"Counts: {group.count['dimension']}, {group.count['category']}", _counts(figure, group))
    _rows(console, figure)
    _section(console, "Where it was published", _publications(session.pipeline, figure))
    _section(console, "Corrections", _corrections(figure))
    _section(console, "Notes", clauses_of(str(row["note"] or "")) or ["none"])
    return _verdict(console, figure, steps, limits)


def _show_data(session: Session, figure: Figure, *, full: bool, form: Format) -> None:
    title = session.title(f"{figure.indicator.title}: {figure.row['icb_name']}, {figure.row['financial_year']}")
    row = pl.DataFrame([figure.row], schema=RESULTS, orient="row")
    if full:
        columns = [Column(key=name, label=name, number=kind.is_numeric()) for name, kind in figure.used.schema.items()]
        sheet = Sheet(name="rows", title=title, columns=columns, rows=figure.used.rows())
    else:
        sheet = figures_to_read(row, title) if form is Format.MD else figures_as_data(row, title)
    show(session.console, [sheet], form, synthetic=session.settings.synthetic)


def _heading(session: Session, figure: Figure) -> None:
    row, indicator = figure.row, figure.indicator
    _say(session.console, session.title(f"{indicator.title}: {row['icb_name']}, {row['financial_year']}"))
    _say(session.console, f"{row['dimension']}, {row['category']}, {row['measure']}")
    shown = "none" if row["value"] is None else f"{number(row['value'])} {row['unit']}"
    _say(session.console, f"Value: {shown} ({row['status']}; {row['comparison']})")
    _say(session.console, f"Row: {figure.id}")
    _say(session.console, indicator.definition)


def _compared(row: Row, others: Sequence[Row]) -> Iterator[str]:
    """Give the comparator of the results, then the further ones, each with its value and what it says of the figure."""
    own = [row] if row["comparator_value"] is not None else []
    further = [each for each in others if not own or each["comparator"] != row["comparator"]]
    for each in (*own, *further):
        value = each["comparator_value"]
        said = f"{number(value)}, {each['comparison']}" if value is not None else str(each["note"])
        if value is not None and each is not row and each["note"]:
            said += f" ({each['note']})"
        yield f"{each['comparator']}: {said}"
    if not own and not further:
        yield "nothing"


def _counts(figure: Figure, group: Group) -> Iterator[str]:
    """Give the steps from the publisher's figures to the counts, with their numbers."""
    count, used = group.count, group.used
    yield f"placed: {PLACINGS[figure.indicator.attribution].words}"
    for side in SIDES[:2]:
        words = [f"{side} = {number(count[side])}"]
        if count[f"{side}_low"] != count[f"{side}_high"]:
            words.append(f"between {number(count[f'{side}_low'])} and {number(count[f'{side}_high'])}")
        yield ", ".join(words)
        for name in (side, SIDES[2]) if side == SIDES[1] else (side,):
            yield from _summed(used.filter(pl.col("side") == name).unique("figure", maintain_order=True), name)
    if count["denominator"] is not None:
        yield from _people(figure.indicator.denominator_from, count)
    if count["published_value"] is not None:
        less = figure.indicator.published_less
        own = "the publisher's own figure, less the one taken from it" if less else "the publisher's own figure"
        yield f"{own}: {number(count['published_value'])}"
    said = str(count["note"])
    if count["status"] != Status.OK.value:
        yield f"status: {count['status']}{f' ({said})' if said else ''}"


def _summed(rows: pl.DataFrame, side: str) -> Iterator[str]:
    if rows.is_empty():
        return
    hidden, shared = rows.filter(pl.col("value").is_null()).height, rows.filter(pl.col("share") < 1).height
    total = rows.select((pl.col("share") * pl.col("value")).sum()).item()
    measures = ", ".join(rows["measure"].unique(maintain_order=True).to_list())
    words = f"{side}: {rows.height:,} figures ({measures}) add up to {number(total)}"
    words += f"; {shared:,} count by their share of residents" if shared else ""
    yield words + (
        f"; {hidden:,} hidden, within their bounds at the rate of the others, else at the middle" if hidden else ""
    )


def _people(found: DenominatorFrom, count: Row) -> Iterator[str]:
    """Say where a denominator comes from that is in none of the publication's own rows."""
    if found is DenominatorFrom.POPULATION_OR_RATE:
        yield from _population(count)
    elif found is DenominatorFrom.REGISTERED:
        yield (
            f"denominator: patients on the lists of the practices, linked table core20_population/"
            f"{count['financial_year']}; traced to that table"
        )
    elif found is DenominatorFrom.GROUPS:
        yield f"denominator: {count['note']}; traced to that publication"


def _population(count: Row) -> Iterator[str]:
    if "population implied" in str(count["note"]) and count["published_value"] is None:
        yield "denominator: the sum of the populations of its boards, each implied by its rate: explain each of them"
    elif "population implied" in str(count["note"]):
        yield "denominator = numerator / (the publisher's own rate / multiplier); it prints no population"
    else:
        yield (
            f"denominator: residents by age and sex, linked table population/{count['financial_year']}, made from "
            "ONS's mid-year estimates by LSOA; traced to that table"
        )


def _rows(console: Printer, figure: Figure) -> None:
    used = figure.used
    shown = used.head(SHOWN)
    title = f"Rows of the file: {used.height:,} cells" if used.height <= SHOWN else (
        f"Rows of the file: the first {SHOWN} of {used.height:,} cells (--full gives all as CSV)"
    )  # fmt: skip
    lines = [_cell(row) for row in shown.iter_rows(named=True)]
    by_codes = figure.indicator.attribution in (Attribution.CORE20, Attribution.CENSUS)
    if figure.indicator.controlled:
        lines.append(NOT_SHOWN)
    elif by_codes:
        lines.append(BY_CODES if used.height else SUM_OF_BOARDS)
    elif used["row"].null_count():
        lines.append(NO_ROWS)
    _section(console, title, lines or ["the figure rests on no figure of the publisher: see its status and note"])


def _cell(row: Row) -> str:
    """Give one cell: where it stands, what is printed, and what it is."""
    place = f"row {number(row['row'])}" if row["row"] is not None else "no row number"
    member = f" of {row['member']}" if row["member"] else ""
    printed = f'"{row["text"]}"' if row["text"] is not None else "a blank cell" if row["row"] else number(row["value"])
    area = " ".join(str(row[name]) for name in ("area_level", "area_code", "area_name") if row[name])
    share = f", share {number(row['share'])}" if row["share"] != 1 else ""
    column = f"{row['column']} " if row["column"] else ""
    return f"{place}{member}: {column}{printed}; {row['side']}, {row['measure']}, {row['status']}{share}; {area}"


def _publications(pipeline: Pipeline, figure: Figure) -> Iterator[str]:
    """Give the releases that hold the rows in full, and then by name those that only place them or rank areas."""
    named = [name for name in str(figure.row["source_releases"]).split(";") if name]
    own = figure.used["release"].drop_nulls().unique(maintain_order=True).to_list()
    own = own or [name for name in named if name.partition(":")[0] in figure.indicator.sources]
    for name in own:
        yield from _publication(pipeline, figure, name)
    for name in named:
        source = pipeline.catalogue.sources.get(name.partition(":")[0])
        if name not in own:
            yield f"placed or ranked by {name}" + (f": {source.publisher}, {source.title}" if source else "")


def _publication(pipeline: Pipeline, figure: Figure, name: str) -> Iterator[str]:
    source_name, _, edition = name.partition(":")
    source = pipeline.catalogue.sources[source_name]
    release, kept = source.release(edition), pipeline.snapshots.latest(source_name, edition)
    day = f"published {release.published.isoformat()}" if release.published else "publication date not declared"
    yield f"{name}: {source.publisher}, {source.title}, edition {edition}, {release.status}, {day}"
    yield f"address {release.address or f'not known; see {release.landing_page}'}"
    if kept is not None and source.local:
        # The name of a kept file begins with its sha256, from which true counts could be tried.
        yield "file kept by the board"
    elif kept is not None:
        yield f"file {kept.path}"
        yield f"sha256 {kept.sha256}"
    members = figure.used.filter(release=name)["member"].drop_nulls().unique(maintain_order=True).to_list()
    yield from (f"member or sheet {member}" for member in members)


def _corrections(figure: Figure) -> list[str]:
    touched = figure.used.filter(pl.col("correction").fill_null("") != "")
    return touched["correction"].unique(maintain_order=True).to_list() or ["none"]


def _verdict(console: Printer, figure: Figure, steps: Steps, limits: Limits) -> int:
    wrong = [f"{group.count['category']}: {group.apart}" for group in figure.groups if group.apart]
    stored = figure.row["value"]
    wrong += [f"{name} does not come from the counts" for name in limits.apart(figure.row)]
    if not steps.agrees(stored):
        wrong.append(f"the arithmetic gives {number(steps.value)}, the figure is {number(stored)}")
    for line in wrong:
        console.alarm("DOES NOT HOLD:", f"{line}. Is the figure stale? See hi status, then hi run.")
    return FAILED if wrong else 0


def _section(console: Printer, title: str, lines: object) -> None:
    console.whole_line("")
    _say(console, title)
    for line in lines:  # type: ignore[attr-defined]
        _say(console, line, indent="  ")


def _say(console: Printer, text: str, *, indent: str = "") -> None:
    """Print a text in lines of at most 79 characters, broken between words only."""
    spaced = text.removeprefix("      = ")
    lead = indent if spaced == text else f"{indent}      = "
    for line in wrap(spaced, WIDTH, initial_indent=lead, subsequent_indent=f"{indent}    ", break_long_words=False,
                     break_on_hyphens=False) or [""]:  # fmt: skip
        console.whole_line(line)
