"""The pack as a list of blocks, the same for every format: a layout only says how each kind of block looks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Between these two lines stands what the board itself wrote; it is never checked against figures.
OWN_BEGINS = "The board's own words begin."
OWN_ENDS = "The board's own words end."


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence and the rows that it speaks of.

    Attributes:
        kind: name of its template in ``wording``.
        rows: keys of the result rows it rests on.
    """

    kind: str
    text: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of level 1 to 3; ``new_page`` tells whether a page begins with it."""

    level: int
    text: str
    anchor: str
    new_page: bool = False


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Sentences that stand together; ``role`` is body, notice (in a frame) or small (methods, notes)."""

    sentences: tuple[Sentence, ...]
    role: str = "body"

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: the first cell of each row is its header.

    Attributes:
        widths: relative widths of the columns.
        numeric: which columns are set flush right.
    """

    anchor: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing and all that stands for it.

    Attributes:
        alt: at most 250 characters, made from the drawn numbers.
        svg: the drawing.
        drawn: header and rows of exactly what is drawn, as printed.
        labels: the words in the drawing, in order.
        height: of the drawing, by its width.
    """

    anchor: str
    title: str
    alt: str
    svg: str
    drawn: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    height: float


@dataclass(frozen=True, kw_only=True)
class OwnWords:
    """A box for the board's own words: what it asks for, and what the board wrote."""

    key: str
    title: str
    prompt: str
    paragraphs: tuple[str, ...] = ()


Block = Heading | Paragraph | Table | Chart | OwnWords


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole pack.

    Attributes:
        title, subtitle: of the cover.
        notice: what stands on every page; "" where the figures are real.
        edition: first characters of the hash of all facts.
        summary: how many of the first blocks make up the one-page summary.
        facts: everything of facts.json but the blocks' texts.
    """

    title: str
    subtitle: str
    notice: str
    edition: str
    blocks: tuple[Block, ...]
    summary: int
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence, in order."""
        return tuple(s for block in self.blocks if isinstance(block, Paragraph) for s in block.sentences)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Return every chart, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Chart))


def lines_of(blocks: Iterable[Block]) -> list[str]:
    """Return the texts of blocks in reading order, as every format must hold them.

    A chart gives its title and its alternative text; a box of the board's own words its title and its two marks.
    """
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading():
                lines.append(block.text)
            case Paragraph():
                lines.append(block.text)
            case Table():
                lines += [block.caption, *block.header, *(cell for row in block.rows for cell in row)]
            case Chart():
                lines += [block.title, block.alt]
            case OwnWords():
                lines += [block.title, OWN_BEGINS, OWN_ENDS]
    return lines
