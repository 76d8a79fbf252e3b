"""Why a computed indicator has no figure in a year, from what is declared, kept and built: for coverage."""

import hashlib
import json
from collections.abc import Iterable, Iterator
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
Facts = dict[tuple[str, str], YearFact]


def year_facts(pipeline: Pipeline) -> Facts:
    """Return, by indicator and year from its first declared release to the current year, why it has no figure then."""
    return {
        (indicator.id, year): _fact(pipeline, indicator, year)
        for indicator in pipeline.catalogue.indicators
        for year in _years(pipeline, indicator)
    }


def facts_input(facts: Facts) -> Input:
    """Return the facts as an input of what is published, so that it is written again when they change."""
    told = sorted((*key, fact.cover or "", fact.reason) for key, fact in facts.items())
    return Input(name="coverage/facts", sha256=hashlib.sha256(json.dumps(told).encode()).hexdigest())


def _years(pipeline: Pipeline, indicator: Indicator) -> tuple[str, ...]:
    """Return the years since the first declared release; of reference data, which holds no years, all of them."""
    sources = [pipeline.catalogue.sources[name] for name in indicator.sources]
    declared = [year for source in sources for release in _own(source, indicator) for year in release.financial_years]
    built = pipeline.cells.parts(indicator.id)
    if indicator.attribution is Attribution.EXTRACT:
        declared.append(FIRST_STATED_YEAR)
    first = min([*declared, *built], default=ALL_YEARS[0])
    return tuple(year for year in ALL_YEARS if year >= first)


def _own(source: Source, indicator: Indicator) -> Iterator[Release]:
    """Yield the releases that hold the indicator's measures."""
    origins = [origin for origin in indicator.by_origin if origin.source == source.name]
    return (release for release in source.releases if any(origin.rests_on(release.edition) for origin in origins))


def _fact(pipeline: Pipeline, indicator: Indicator, year: str) -> YearFact:
    sources = [pipeline.catalogue.sources[name] for name in indicator.sources]
    declared = [(s, r) for s in sources for r in _own(s, indicator) if year in r.financial_years or not s.by_year]
    if not declared and indicator.attribution is Attribution.EXTRACT:
        return YearFact(cover=Cover.NOT_PUBLIC, reason=f"not public: held by {indicator.held_by}")
    if not declared:
        return _undeclared(sources[0], year)
    kept = [(s, r) for s, r in declared if pipeline.snapshots.latest(s.name, r.edition) is not None]
    if not kept:
        names = ", ".join(f"{s.name}:{r.edition}" for s, r in declared)
        coming = [r.published for _, r in declared if r.published and r.published > DECLARED_ON]
        cover = Cover.NOT_YET_DUE if len(coming) == len(declared) else Cover.NOT_IN_HAND
        return YearFact(cover=cover, reason=f"no file in hand of {names}")
    if year in pipeline.cells.parts(indicator.id):
        return YearFact(cover=None, reason="")
    table = pipeline.catalogue.counts_of(indicator)
    nothing = why_nothing(pipeline, table, year, indicator)
    lacking = [f"{s.name}:{r.edition}" for s, r in declared if s.by_year and (s, r) not in kept]
    lacking += _tables_not_held(pipeline, kept, year)
    if nothing and lacking:
        return YearFact(cover=Cover.NOT_IN_HAND, reason=f"{nothing}; not in hand: {', '.join(lacking)}")
    if nothing:
        # Reference data have no years of their own: what is nearest to the year is not in hand. A census has its day.
        dated = sources[0].by_year or indicator.attribution is Attribution.CENSUS
        cover = Cover.NOT_PUBLISHED_THAT_YEAR if dated else Cover.NOT_IN_HAND
        return YearFact(cover=cover, reason=nothing)
    names = ", ".join(f"{s.name}:{r.edition}" for s, r in kept)
    return YearFact(cover=Cover.FAILED, reason=f"its file is in hand and no figure was built from it: {names}")


def _tables_not_held(pipeline: Pipeline, kept: Iterable[tuple[Source, Release]], year: str) -> list[str]:
    """Name the tables that a file may lack and that the one in hand lacks (2026-11: copies of QOF, achievement)."""
    return [
        f"{member.table} of {source.name}:{release.edition}"
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
    return YearFact(cover=Cover.NOT_IN_HAND, reason=f"no edition of {source.name} for {year} is declared or in hand")
