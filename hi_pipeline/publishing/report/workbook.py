"""The pack as worksheets, the same for xlsx and ods: one table a sheet, by the Analysis Function's guidance.

Row 1 holds the title, row 2 what the sheet is, row 3 the header. Numbers are rounded as they are printed elsewhere.
"""

import re
import textwrap
from dataclasses import dataclass
from decimal import Decimal

from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME
from hi_pipeline.core.status import Measure, Status
from hi_pipeline.publishing.report import sentences
from hi_pipeline.publishing.report.document import Document, Heading, OwnWords, Paragraph, Table
from hi_pipeline.publishing.report.facts import IndicatorFacts, PackFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.missing import missing
from hi_pipeline.publishing.report.numbers import MINUS, day_words, rounded, unit_words
from hi_pipeline.publishing.report.pages.opening import covered
from hi_pipeline.publishing.report.pages.parts import group_name
from hi_pipeline.publishing.report.wording import STANDS

Cell = str | Decimal | None
OWN_SHEET = "Own words"
_NUMBER = re.compile(rf"{MINUS}?\d[\d,]*(?:\.\d+)?")
# The Analysis Function's symbols; the status beside them tells the kinds of absence apart.
SYMBOLS = {
    Status.SUPPRESSED.value: "[c]",
    Status.TOO_FEW.value: "[u]",
    Status.MISSING.value: "[x]",
    Status.NOT_PUBLISHED.value: "[x]",
    Status.NOT_APPLICABLE.value: "[z]",
    Status.OK.value: "",
}
MEASURES = {
    Measure.VALUE.value: "value",
    Measure.GAP.value: "gap",
    Measure.RATIO.value: "ratio",
    Measure.DIFFERENCE.value: "difference from the reference group",
    Measure.SII.value: "slope index of inequality",
    Measure.RII.value: "relative index of inequality",
    Measure.RATE_RATIO.value: "ratio to the reference group",
    Measure.DISPROPORTIONALITY.value: "disproportionality",
}
_LEGEND = (
    ("[c]", "suppressed: hidden because few people are counted"),
    ("[u]", "too few events or practices for the statistic"),
    ("[x]", "missing or not published; the column Status says which"),
    ("[z]", "not applicable"),
)
_FIGURES = (
    "Indicator",
    "Area of the statement",
    "Financial year",
    "Board or England",
    "Breakdown",
    "Group",
    "Measure",
    "Value",
    "Lower 95% limit",
    "Upper 95% limit",
    "Unit",
    "Symbol",
    "Status",
    "Number",
    "Of",
    "England",
    "Against England",
    "Period begins",
    "Period ends",
    "Indices of Deprivation",
    "Note",
    "Row of the results",
)
_EVIDENCE = (
    "Indicator",
    "What the data show",
    "Who stands where by deprivation",
    "What is not known",
    "Source",
    "Effect of the plan (for the board)",
)
_NOT_SHOWN = (
    "Indicator",
    "Statement",
    "Breakdown",
    "Group",
    "Why it is not shown",
    "More about the reason",
    "Held by",
    "How it could be supplied",
)
_TABLES = {
    "Coverage": "coverage",
    "Ages": "ages",
    "Ethnic groups": "ethnic-groups",
    "Fifths": "fifths",
    "Places": "places",
    "Overview": "overview",
    "Pockets": "pockets",
    "Comparators": "comparators",
    "Unknown groups": "completeness",
    "Hidden and reporting": "quality",
    "Not shown": "cannot-say",
    "Sources": "sources",
    "Glossary": "glossary",
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One worksheet.

    Attributes:
        name: at most 31 characters.
        rows: each as long as the header; a Decimal is a number, "" an empty text.
        widths: of the columns, in characters.
    """

    name: str
    title: str
    about: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]

    @property
    def grid(self) -> list[list[Cell]]:
        """Return all cells as they stand, row by row."""
        return [[self.title], [self.about], list(self.header), *(list(row) for row in self.rows)]

    def lines_of(self, row: tuple[Cell, ...]) -> int:
        """Return how many lines the tallest cell of a row takes: not every program measures wrapped text itself."""
        texts = ((str(cell), width) for cell, width in zip(row, self.widths, strict=True) if cell is not None)
        return max((len(textwrap.wrap(text, width)) for text, width in texts), default=1) or 1

    @property
    def table_name(self) -> str:
        """Return the name of the sheet's table."""
        return "table_" + self.name.lower().replace(" ", "_")


def sheets_of(document: Document, facts: PackFacts) -> tuple[Sheet, ...]:
    """Return the worksheets of a pack."""
    tables = {block.anchor: block for block in document.blocks if isinstance(block, Table)}
    content = [
        _sheet(document, "Sentences", "Every sentence of the pack", ("Section", "Sentence"), _sentences(document)),
        _sheet(document, "Figures", "Every figure of the pack", _FIGURES, _figures(facts)),
        _sheet(document, "Evidence", "Evidence for the assess stage of HEAT", _EVIDENCE, _evidence(facts)),
    ]
    for name, anchor in _TABLES.items():
        if anchor in tables:
            table = tables[anchor]
            header, rows = _with_numbers(table)
            # The report leaves out what has nothing of the board, and counts; the workbook lists everything.
            if anchor == "coverage" and facts.coverage is not None:
                rows = tuple(covered(facts.coverage, facts.cards))
            if anchor == "cannot-say":
                header, rows = _NOT_SHOWN, tuple(cell.cells for cell in missing(facts))
            content.append(_sheet(document, name, table.caption, header, rows))
    content.append(_sheet(document, OWN_SHEET, "The board's own words", ("Box", "Words"), _own(document)))
    cover = _sheet(document, "Cover", document.title, tables["about"].header, tables["about"].rows)
    names = [(sheet.name, sheet.title) for sheet in content]
    contents = _sheet(document, "Contents", "Contents", ("Sheet", "Title"), names)
    notes = _sheet(document, "Notes", "Symbols", ("Symbol", "Meaning"), _LEGEND)
    return (cover, contents, notes, *content)


def _with_numbers(table: Table) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Return a table with its numbers as numbers; a column of percentages alone has its unit in the header."""
    header, columns = list(table.header), [list(column) for column in zip(*table.rows, strict=True)]
    made: list[list[Cell]] = [list(column) for column in columns]
    for place in sorted(table.numeric) if columns else ():
        figures = [cell for cell in columns[place] if _NUMBER.match(cell)]
        units = {_NUMBER.sub("", cell, count=1) for cell in figures}
        if units == {"%"}:
            header[place] += " (%)"
        elif units != {""}:
            continue
        made[place] = [_number(cell) for cell in columns[place]]
    return tuple(header), tuple(zip(*made, strict=True))


def _number(cell: str) -> Cell:
    bare = cell.rstrip("%")
    return Decimal(bare.replace(",", "").replace(MINUS, "-")) if _NUMBER.fullmatch(bare) else cell


def _sheet(
    document: Document,
    name: str,
    title: str,
    header: tuple[str, ...],
    rows: tuple[tuple[Cell, ...], ...] | list[tuple[str, str]],
) -> Sheet:
    marked = f"SYNTHETIC, made-up figures: {title}" if document.notice else title
    about = f"{document.title}, {document.subtitle}. This worksheet contains one table."
    return Sheet(
        name=name,
        title=marked,
        about=f"{about} {document.notice}".strip(),
        header=header,
        rows=tuple(tuple(row) for row in rows),
        widths=tuple(_width(header[n], [row[n] for row in rows]) for n in range(len(header))),
    )


def _width(header: str, cells: list[Cell]) -> int:
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return max(10, min(60, max(longest, len(header) // 2) + 3))


def _sentences(document: Document) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[Cell, ...]] = []
    section = ""
    for block in document.blocks:
        if isinstance(block, Heading):
            section = block.text
        elif isinstance(block, Paragraph):
            rows += [(section, sentence.text) for sentence in block.sentences]
    return tuple(rows)


def _figures(facts: PackFacts) -> tuple[tuple[Cell, ...], ...]:
    return tuple(_figure(facts, found, figure) for found in facts.indicators for figure in found.figures)


def _figure(facts: PackFacts, found: IndicatorFacts, figure: Figure) -> tuple[Cell, ...]:
    def number(value: float | None, decimals: int = figure.decimals) -> Cell:
        return None if value is None else rounded(value, decimals)

    def count(value: float | None) -> Cell:
        return None if value is None else rounded(value, 0)

    return (
        found.card.short,
        found.card.area,
        figure.year,
        ENGLAND_NAME if figure.area == ENGLAND else facts.board.short_name,
        figure.dimension,
        group_name(figure),
        MEASURES[figure.measure],
        number(figure.value, figure.value_decimals),
        number(figure.lower),
        number(figure.upper),
        unit_words(figure.unit),
        SYMBOLS[figure.status],
        figure.status.replace("_", " "),
        count(figure.numerator),
        count(figure.denominator if figure.counted_of else None),
        number(figure.comparator),
        figure.comparison.replace("_", " "),
        day_words(figure.period_start),
        day_words(figure.period_end),
        figure.imd_vintage and f"edition {figure.imd_vintage}",
        figure.note,
        figure.id,
    )


def _evidence(facts: PackFacts) -> tuple[tuple[Cell, ...], ...]:
    board, rows = facts.board.short_name, []
    named = {r["id"]: f"{s['title']}, {r['edition']}" for s in facts.sources for r in s["releases"]}
    for found in facts.shown:
        shown = [*sentences.level(found, board), *sentences.gap(found), *sentences.ethnicity(found)]
        word = sentences.direction(found)
        dark = [d for d in ("deprivation", "ethnicity", "age", "sex") if d not in found.groups]
        unknown = f"No figures by {' or '.join(dark)}." if dark else "Every breakdown has figures."
        releases = "; ".join(named[r] for r in found.total.releases) if found.total is not None else ""
        said = " ".join(sentence.text for sentence in shown)
        rows.append((found.card.short, said, STANDS[word], unknown, releases, ""))
    return tuple(rows)


def _own(document: Document) -> tuple[tuple[Cell, ...], ...]:
    boxes = [block for block in document.blocks if isinstance(block, OwnWords)]
    return tuple((box.title, text) for box in boxes for text in box.paragraphs or ("",))
