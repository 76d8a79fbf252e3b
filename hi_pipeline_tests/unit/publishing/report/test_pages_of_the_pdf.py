"""How report.pdf breaks into pages: a heading stays with what it heads, and nothing runs over the foot of a page."""

import pytest

from hi_pipeline.publishing.report.document import Block, Document, Heading, OwnWords, Paragraph, Sentence, Table
from hi_pipeline.publishing.report.layouts.pdf import report_pdf
from hi_pipeline.publishing.report.verifying.tagged_pdf import read_pdf

FILLER = "Filler of a line that is long enough to take all of the width of a page and to be one line and no more."


def pages(*blocks: Block) -> list[str]:
    """The words of each page."""
    first = Heading(level=1, text="Opening", anchor="opening")
    document = Document(title="T", subtitle="S", notice="", edition="e", blocks=(first, *blocks), summary=0)
    return read_pdf(report_pdf(document)).pages


def paragraph(text: str) -> Paragraph:
    return Paragraph(sentences=(Sentence(kind="plain", text=text),))


def own(*texts: str) -> OwnWords:
    return OwnWords(key="k", title="Box", prompt="p", paragraphs=texts)


def page_of(words: str, found: list[str]) -> int:
    (page,) = [number for number, text in enumerate(found) if words in text]
    return page


@pytest.mark.parametrize("lines", range(34, 50, 2))
def test_no_heading_stands_alone_at_the_foot_of_a_page(lines: int) -> None:
    headings = [Heading(level=n, text=f"Heading of level {n}", anchor=f"h{n}") for n in (1, 2)]
    found = pages(*[paragraph(FILLER)] * lines, *headings, paragraph("What it speaks of."))
    assert page_of("Heading of level 1", found) == page_of("Heading of level 2", found) == page_of("speaks of", found)


def test_a_box_longer_than_a_page_goes_on_on_the_next() -> None:
    words = [f"word{n:05d}" for n in range(2_000)]
    found = pages(paragraph(FILLER), own(" ".join(words)))
    assert len(found) > 2
    assert all(page_of(word, found) >= 0 for word in words[::100])
    assert max(text.count("word") for text in found) < 1_500


def test_a_box_below_a_heading_does_not_keep_it_from_breaking() -> None:
    words = " ".join(f"word{n:05d}" for n in range(2_000))
    found = pages(Heading(level=2, text="Area", anchor="a"), paragraph("Text."), own(words))
    assert len(found) > 2


def test_a_table_with_tall_rows_breaks_and_a_short_one_does_not() -> None:
    def table(rows: int, words: int) -> Table:
        body = tuple((f"row{n:03d}", "tall " * words) for n in range(rows))
        return Table(anchor="t", caption="C", header=("A", "B"), rows=body, widths=(1, 1))

    tall = pages(table(12, 300))
    assert len(tall) > 1 and max(text.count("tall") for text in tall) < 12 * 300
    for lines in (30, 36, 40, 42):
        short = pages(*[paragraph(FILLER)] * lines, table(10, 1))
        assert page_of("row000", short) == page_of("row009", short)


@pytest.mark.parametrize("lines", range(36, 47))
def test_a_long_table_does_not_begin_with_a_row_or_two_at_the_foot_of_a_page(lines: int) -> None:
    body = tuple((f"row{n:03d}", "1") for n in range(60))
    table = Table(anchor="t", caption="Caption", header=("A", "B"), rows=body, widths=(1, 1))
    found = pages(*[paragraph(FILLER)] * lines, table)
    first = found[page_of("Caption", found)]
    assert first.count("row0") >= 4
    # Nothing is lost and nothing is drawn over what stands before it.
    assert sum(text.count("row0") for text in found) == 60
    assert first.startswith("T, S") and sum(text.count("Filler") for text in found) == lines
