"""What several pages share: anchors, plain text as sentences, tables of figures."""

import re
from collections.abc import Sequence

from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.status import Unit
from hi_pipeline.publishing.report.document import Block, Heading, Paragraph, Sentence, Table
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.numbers import NO_FIGURE, printed, unit_words
from hi_pipeline.publishing.report.wording import DIMENSION_WORDS

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def anchor_of(*words: str) -> str:
    """Return words as the id of an element."""
    return _NOT_WORD.sub("-", " ".join(words).lower()).strip("-")


def heading(level: int, text: str, *, new_page: bool = False) -> Heading:
    """Return a heading with its anchor."""
    return Heading(level=level, text=text, anchor=anchor_of("s", text), new_page=new_page)


def plain(text: str, *, role: str = "body", rows: Sequence[str] = ()) -> Paragraph:
    """Return a text that is no template's: a method, a note, a reason as the declaration words it."""
    return Paragraph(sentences=(Sentence(kind="plain", text=text, rows=tuple(rows)),), role=role)


def said(sentences: Sequence[Sentence], *, role: str = "body") -> list[Block]:
    """Return sentences as one paragraph; nothing where there are none."""
    return [Paragraph(sentences=tuple(sentences), role=role)] if sentences else []


def figures_table(figures: Sequence[Figure], *, anchor: str, caption: str) -> Table:
    """Return a table of figures of one unit with limits, counts and England's value, without columns of no figure."""
    unit = unit_words(figures[0].unit)
    header = ("Group", f"Value ({unit})", "95% limits", "Number", "Of", f"England ({unit})", "Against England")
    widths = (3.2, 1.3, 1.7, 1.1, 1.2, 1.3, 1.5)
    columns = list(zip(*(_row(figure) for figure in figures), strict=True))
    # The value of a number of people is that number.
    twice = {3} if figures[0].unit == Unit.COUNT.value else set()
    kept = [n for n, cells in enumerate(columns) if set(cells) not in _NOTHING and n not in twice]
    return Table(
        anchor=anchor,
        caption=caption,
        header=tuple(header[n] for n in kept),
        rows=tuple(zip(*(columns[n] for n in kept), strict=True)),
        widths=tuple(widths[n] for n in kept),
        numeric=frozenset(place for place, n in enumerate(kept) if 0 < n < 6),
    )


_NOTHING = ({NO_FIGURE}, {"not compared"})


def group_name(figure: Figure) -> str:
    """Return a group as a table of several breakdowns names it: "Unknown (ethnic group)"."""
    if figure.dimension == "total":
        return "Everybody"
    named = figure.category in (UNKNOWN, "Other")
    return f"{figure.category} ({DIMENSION_WORDS[figure.dimension]})" if named else figure.group


def _row(figure: Figure) -> tuple[str, ...]:
    counts = ["" if figure.numerator is None else printed(figure.numerator, 0), figure.counted_of]
    comparison = figure.comparison.replace("_", " ")
    return (
        group_name(figure),
        figure.text,
        figure.limits or NO_FIGURE,
        *(c or NO_FIGURE for c in counts),
        figure.comparator_text or NO_FIGURE,
        comparison,
    )
