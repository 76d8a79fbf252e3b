"""Reference pages made from the declarations: one for each publication and each indicator."""

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from hi_pipeline.core.indicator import Attribution, Indicator
from hi_pipeline.core.source import Source
from hi_pipeline.core.unread import Unread

_ENVIRONMENT = Environment(
    loader=PackageLoader("hi_pipeline.publishing"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)
# The level of area at which figures are published, in words.
_LEVELS = {
    Attribution.PUBLISHED: "board (before July 2022 partnership or CCG)",
    Attribution.SUB_ICB: "sub-ICB location or CCG",
    Attribution.PRACTICE: "general practice",
    Attribution.LOCAL_AUTHORITY: "local authority",
    Attribution.LSOA: "small area (LSOA)",
    Attribution.CENSUS: "small area (LSOA)",
    Attribution.CORE20: "general practice and small area (LSOA)",
    Attribution.ENGLAND: "England only",
    Attribution.REGION: "region only",
    Attribution.PROVIDER: "provider only",
    Attribution.AUTHORITY: "local authority, of which boards are not made",
    Attribution.EXTRACT: "not published: each board's own extract",
}


def source_page(source: Source) -> str:
    """Return the reference page of a publication (Markdown)."""
    return _ENVIRONMENT.get_template("source.md.jinja").render(source=source)


def unread_page(publications: Sequence[Unread]) -> str:
    """Return the page of the publications that are declared and not read (Markdown)."""
    return _ENVIRONMENT.get_template("unread.md.jinja").render(publications=publications)


def indicator_page(indicator: Indicator, sources: Mapping[str, Source]) -> str:
    """Return the method card of an indicator (Markdown).

    Args:
        indicator: the declaration.
        sources: the declared publications by name.
    """
    publications = [sources[name] for name in indicator.sources]
    return _ENVIRONMENT.get_template("indicator.md.jinja").render(
        indicator=indicator,
        publications=publications,
        levels=list(dict.fromkeys(_LEVELS[origin.attribution] for origin in indicator.by_origin)),
        years=sorted({year for source in publications for year in source.years}),
    )


def index_page(title: str, entries: Sequence[tuple[str, str]]) -> str:
    """Return an index: file stem and title of each page."""
    return _ENVIRONMENT.get_template("index.md.jinja").render(title=title, entries=entries)
