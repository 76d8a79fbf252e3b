"""Draws the page of the board pack that README.md shows, from the embedded sample: python -m docs.pack_picture.

Run it after ``hi run`` with HI_SOURCE=sample.
"""

from pathlib import Path

from hi_pipeline.core.geography import vintage_of
from hi_pipeline.publishing.report.document import Document, Heading
from hi_pipeline.publishing.report.layouts.pdf import page_pictures, report_pdf
from hi_pipeline.publishing.report.packs import Order, pack_of
from hi_pipeline.publishing.report.published import read_published
from hi_pipeline.publishing.report.verifying.tagged_pdf import read_pdf
from hi_pipeline.settings import Settings

PLACE = Path(__file__).parent / "pictures" / "pack.png"
ICB, YEAR, AREA = "E54000010", "2022-23", "Mental health"


def main() -> None:
    """Write the picture of the page on which an area begins."""
    settings = Settings(source="sample")
    order = Order(icb=ICB, year=YEAR, vintage=vintage_of(YEAR), root=settings.root, local=settings.local)
    document = pack_of(read_published(settings.root / "published"), order).document
    titles = [block.text for block in document.blocks if isinstance(block, Heading)]
    # The heading of the area and, with nothing between, that of its first indicator.
    opening = AREA + titles[titles.index(AREA) + 1]
    page = next(n for n, text in enumerate(_pages(document)) if opening in text)
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_bytes(page_pictures(document)[page])


def _pages(document: Document) -> list[str]:
    """Return the words of each page below its head, from the PDF that is read back."""
    return [text.removeprefix(document.notice) for text in read_pdf(report_pdf(document)).pages]


if __name__ == "__main__":
    main()
