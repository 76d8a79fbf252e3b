"""The pack and its one-page summary as web pages: one file each, no script, nothing fetched."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hi_pipeline.publishing.report.document import (
    OWN_BEGINS,
    OWN_ENDS,
    Block,
    Chart,
    Document,
    Heading,
    OwnWords,
    Paragraph,
    Table,
)

_ENVIRONMENT = Environment(
    loader=PackageLoader("hi_pipeline.publishing.report"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=True,
)
_KINDS = {Heading: "heading", Paragraph: "paragraph", Table: "table", Chart: "chart", OwnWords: "own"}


def report_page(document: Document) -> bytes:
    """Return report.html."""
    return _page(document, document.blocks)


def summary_page(document: Document) -> bytes:
    """Return summary.html: the cover and the summary alone."""
    return _page(document, document.blocks[: document.summary])


def _page(document: Document, blocks: Sequence[Block]) -> bytes:
    page = _ENVIRONMENT.get_template("report.html.jinja").render(
        document=document,
        blocks=[(_KINDS[type(block)], block) for block in blocks],
        contents=[b for b in blocks if isinstance(b, Heading) and b.level == 1],
        drawings={b.anchor: Markup(b.svg) for b in blocks if isinstance(b, Chart)},
        own_begins=OWN_BEGINS,
        own_ends=OWN_ENDS,
    )
    return page.encode()
