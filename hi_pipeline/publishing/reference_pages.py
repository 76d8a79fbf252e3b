"""Reference pages made from the declarations: one for each publication and each indicator, and their overviews."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from jinja2 import Environment, PackageLoader, StrictUndefined

from hi_pipeline.core.indicator import Absence, Attribution, Beside, Derived, Entry, Indicator, Level, Levels, Listed
from hi_pipeline.core.series import SAYS_NO_PERIOD, Series
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
_ABSENT = {
    Absence.NOT_PUBLIC: "not public",
    Absence.NOT_COLLECTED: "not collected",
    Absence.NOT_IN_HAND: "not in hand",
}


def source_page(source: Source) -> str:
    """Return the reference page of a publication (Markdown)."""
    return _ENVIRONMENT.get_template("source.md.jinja").render(source=source, new_editions=new_editions(source))


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
        published_at=published_at(indicator),
    )


def overview_page(entries: Sequence[Entry]) -> str:
    """Return the page of the whole list (Markdown): the statement's numbers, the annexes, and each area's entries."""
    areas = dict.fromkeys(e.area for e in sorted(entries, key=lambda e: e.statement_number or len(entries)))
    numbers = sorted({e.statement_number for e in entries if e.statement_number})
    annexes = sorted({annex for e in entries for annex in e.annex})
    by_number = [(n, [e for e in entries if e.statement_number == n]) for n in numbers]
    return _ENVIRONMENT.get_template("overview.md.jinja").render(
        entries=entries,
        stated_areas=len({e.area for e in entries if e.statement_number}),
        computed=sum(any(isinstance(e, Indicator) for e in of_number) for _, of_number in by_number),
        built=sum(not isinstance(e, Listed) for e in entries),
        by_number=by_number,
        by_annex=[(annex, [e for e in entries if annex in e.annex]) for annex in annexes],
        by_area=[(area, [e for e in entries if e.area == area]) for area in areas],
        linked=lambda e: f"[{e.title}]({e.id}.md)" if isinstance(e, Indicator) else e.title,
        published_at=published_at,
        built_of=built_of,
    )


def published_at(entry: Entry) -> str:
    """Return at which level each breakdown is published ("total: boards; age: England only")."""
    levels = [(f.name, getattr(entry.levels, f.name)) for f in fields(Levels)]
    return "; ".join(f"{name}: {level.value}" for name, level in levels if level is not Level.NONE) or "not published"


def built_of(entry: Entry) -> str:
    """Return what is built of an entry, and where nothing is, why.

    Raises:
        TypeError: it is of a kind that no page describes.
    """
    if isinstance(entry, Indicator):
        return f"computed from {', '.join(entry.sources)}"
    if isinstance(entry, Derived):
        return f"the measure {entry.measure.value} of {' and '.join(entry.of)}, by {entry.dimension.value}"
    if isinstance(entry, Beside):
        return f"the column {entry.column} of {entry.table}.parquet"
    if isinstance(entry, Listed):
        return f"{_ABSENT[entry.why]}: {entry.because}"
    raise TypeError(f"{entry.id}: {type(entry).__name__} is no kind of entry that a page describes")


def sources_page(sources: Mapping[str, Source]) -> str:
    """Return the index of the publications with how a new edition of each comes in (Markdown)."""
    in_order = [sources[name] for name in sorted(sources)]
    return _ENVIRONMENT.get_template("sources.md.jinja").render(sources=in_order, new_editions=new_editions)


def new_editions(source: Source) -> str:
    """Return how a new edition of a publication comes in: by which name a mirror's file is found, or why it is not."""
    if source.local:
        return "By `hi import`."
    said = [_found_by(series) for series in source.series]
    return " ".join([*said, *([f"By a line in its `source.py`. {source.needs_a_line}"] if source.needs_a_line else [])])


def _found_by(series: Series) -> str:
    if not series.names_its_period:
        return f"Live alone, where its page links to `{series.example}`; a mirror's is declared, as it says no period."
    alone = " The file itself says no period." if SAYS_NO_PERIOD in series.unconfirmed else ""
    return f"As `{series.example}` from `{series.host}`, from {series.first} on.{alone}"
