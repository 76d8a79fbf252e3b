"""Why a computed indicator has no figure in a year, from what is declared, kept and built: for coverage."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from hi_pipeline.core.coverage import FIRST_STATED_YEAR, Cover, YearFact
from hi_pipeline.core.financial_year import ALL_YEARS, LAST_YEAR
from hi_pipeline.core.indicator import Attribution, Indicator
from hi_pipeline.core.provenance import Input
from hi_pipeline.core.source import Release, Source
from hi_pipeline.engine.layers.linked import why_nothing
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.calendar import expected_by

# The day on which the declared releases were last looked up, not today: the same input gives the same bytes.
DECLARED_ON = date(2026, 11, 26)
_NAMED = 3  # editions of a publication that are named one by one
Facts = dict[tuple[str, str], YearFact]


def year_facts(pipeline: Pipeline) -> Facts:
    """Return, by indicator and year from its first declared release to the current year, why it has no figure then."""
    kept = {
        (source.name, release.edition)
        for source in pipeline.catalogue.sources.values()
        for release in source.releases
        if pipeline.snapshots.latest(source.name, release.edition) is not None
    }
    facts: Facts = {}
    for indicator in pipeline.catalogue.indicators:
        sources = [pipeline.catalogue.sources[name] for name in indicator.sources]
        declared = [(source, release) for source in sources for release in _own(source, indicator)]
        built = pipeline.cells.parts(indicator.id)
        for year in _years(indicator, declared, built):
            of_year = [(s, r) for s, r in declared if year in r.financial_years or not s.by_year]
            if year in built and any((s.name, r.edition) in kept for s, r in of_year):
                facts[indicator.id, year] = YearFact(cover=None, reason="")
            else:
                facts[indicator.id, year] = _why_none(pipeline, indicator, year, of_year, kept)
    return facts


def facts_input(facts: Facts) -> Input:
    """Return the facts as an input of what is published, so that it is written again when they change."""
    told = sorted((*key, fact.cover or "", fact.reason) for key, fact in facts.items())
    return Input(name="coverage/facts", sha256=hashlib.sha256(json.dumps(told).encode()).hexdigest())


def _years(indicator: Indicator, declared: Iterable[tuple[Source, Release]], built: Iterable[str]) -> tuple[str, ...]:
    """Return the years since the first declared release; of reference data, which holds no years, all of them."""
    stated = (FIRST_STATED_YEAR,) if indicator.attribution is Attribution.EXTRACT else ()
    first = min([*(year for _, r in declared for year in r.financial_years), *stated, *built], default=ALL_YEARS[0])
    return tuple(year for year in ALL_YEARS if year >= first)


def _own(source: Source, indicator: Indicator) -> Iterator[Release]:
    """Yield the releases that hold the indicator's measures."""
    origins = [origin for origin in indicator.by_origin if origin.source == source.name]
    return (release for release in source.releases if any(origin.rests_on(release.edition) for origin in origins))


def _why_none(
    pipeline: Pipeline,
    indicator: Indicator,
    year: str,
    declared: list[tuple[Source, Release]],
    all_kept: Collection[tuple[str, str]],
) -> YearFact:
    """Judge a year in which an indicator has no figure.

    Args:
        pipeline: the data root and its declarations.
        indicator: the declaration.
        year: financial year.
        declared: the releases that can hold its measures of that year.
        all_kept: source and edition of every release that is kept.
    """
    sources = [pipeline.catalogue.sources[name] for name in indicator.sources]
    if not declared and indicator.attribution is Attribution.EXTRACT:
        return YearFact(cover=Cover.NOT_PUBLIC, reason=f"not public: held by {indicator.held_by}")
    if not declared:
        return _undeclared(sources[0], year)
    kept = [(s, r) for s, r in declared if (s.name, r.edition) in all_kept]
    if not kept:
        names = named(declared)
        coming = [r.published for _, r in declared if r.published and r.published > DECLARED_ON]
        cover = Cover.NOT_YET_DUE if len(coming) == len(declared) else Cover.NOT_IN_HAND
        return YearFact(cover=cover, reason=f"no file in hand of {names}")
    table = pipeline.catalogue.counts_of(indicator)
    nothing = why_nothing(pipeline, table, year, indicator)
    absent = [(s, r) for s, r in declared if s.by_year and (s, r) not in kept]
    lacking = [*([named(absent)] if absent else []), *_tables_not_held(pipeline, kept, year)]
    if nothing and lacking:
        return YearFact(cover=Cover.NOT_IN_HAND, reason=f"not in hand: {'; '.join(lacking)}")
    if nothing:
        # Reference data have no years of their own: what is nearest to the year is not in hand. A census has its day.
        dated = sources[0].by_year or indicator.attribution is Attribution.CENSUS
        cover = Cover.NOT_PUBLISHED_THAT_YEAR if dated else Cover.NOT_IN_HAND
        return YearFact(cover=cover, reason=nothing)
    return YearFact(cover=Cover.FAILED, reason=f"its file is in hand and no figure was built from it: {named(kept)}")


def named(releases: Iterable[tuple[Source, Release]]) -> str:
    """Name releases as a reader knows them: the title of each publication, and its edition or editions."""
    by_title: dict[str, list[str]] = {}
    for source, release in releases:
        by_title.setdefault(source.title, []).append(release.edition)
    return "; ".join(f"{title}, {_editions(editions)}" for title, editions in by_title.items())


def _editions(editions: list[str]) -> str:
    if len(editions) <= _NAMED:
        return " and ".join([", ".join(editions[:-1]), editions[-1]] if len(editions) > 1 else editions)
    return f"{len(editions)} editions from {min(editions)} to {max(editions)}"


def _tables_not_held(pipeline: Pipeline, kept: Iterable[tuple[Source, Release]], year: str) -> list[str]:
    """Name the tables that a file may lack and that the one in hand lacks (2026-11: copies of QOF, achievement)."""
    return [
        f"{member.table.replace('_', ' ')} of {source.title}, {release.edition}"
        for source, release in kept
        for member in source.layouts[release.layout].members
        if member.optional
        and source.by_year
        and member.table in source.schemas
        and not pipeline.lake.exists("clean", source.name, year, member.table)
    ]


def _undeclared(source: Source, year: str) -> YearFact:
    """Judge a year without a release by the calendar of the publication."""
    expected = expected_by(source, year)
    if expected is not None and expected > DECLARED_ON:
        return YearFact(cover=Cover.NOT_YET_DUE, reason=f"the edition of {year} is expected by {expected}")
    if expected is None and year == LAST_YEAR:
        return YearFact(cover=Cover.NOT_YET_DUE, reason=f"{year} is not over, and no edition of it is declared")
    return YearFact(
        cover=Cover.NOT_IN_HAND, reason=f"no edition of {source.title} that holds it is declared or in hand for {year}"
    )
