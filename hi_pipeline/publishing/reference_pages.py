"""Reference pages made from the declarations: one for each publication and each indicator."""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.source import Source

_ENVIRONMENT = Environment(
    loader=PackageLoader("hi_pipeline.publishing"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)


def source_page(source: Source) -> str:
    """Return the reference page of a publication (Markdown)."""
    return _ENVIRONMENT.get_template("source.md.jinja").render(source=source)


def indicator_page(indicator: Indicator, sources: Mapping[str, Source]) -> str:
    """Return the method card of an indicator (Markdown).

    Args:
        indicator: the declaration.
        sources: the declared publications by name.
    """
    return _ENVIRONMENT.get_template("indicator.md.jinja").render(
        indicator=indicator, source=sources.get(indicator.source)
    )


def index_page(title: str, entries: Sequence[tuple[str, str]]) -> str:
    """Return an index: file stem and title of each page."""
    return _ENVIRONMENT.get_template("index.md.jinja").render(title=title, entries=entries)
