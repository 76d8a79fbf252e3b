"""The last step: all figures of all boards with those of England, regions and remainders, handed to publishing."""

import hashlib
import json
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.geography import board, boards_of_year, footprints_of, region_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.status import AreaType, Comparison, Measure, Method, Status
from hi_pipeline.core.validation import validate
from hi_pipeline.engine.currency.code import code_digest, schema_version
from hi_pipeline.engine.layers.indicator import counts_for, read_cells, wanted_provenance
from hi_pipeline.engine.layers.linked import rests_on_older_inputs
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.accepted import accepted_facts, accepted_inputs
from hi_pipeline.engine.releases.marks import Marks, Notes, marked, marks_of, with_note
from hi_pipeline.publishing.release import read_published

_STALE = "stale: the last good figure, because its newer input is wrong"
_MISSING = "missing: no figure of this board has been built for the year"
_OWN_CODE = (
    "engine/layers/published.py",
    "engine/releases/accepted.py",
    "engine/releases/marks.py",
    "engine/releases/replacements.py",
)
# Blanked in a row that stands for a figure which is not there.
_NUMBERS = [
    name for name, dtype in RESULTS.items() if dtype == pl.Float64 and name not in ("multiplier", "comparator_value")
]


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The cells of one indicator and year as they stand.

    Attributes:
        known: provenance by board, None where there is no file.
        wanted: what they should be made from now.
        superseded: there is a newer release, and it did not get through to the counts.
    """

    year: str
    known: dict[str, Provenance | None]
    wanted: Provenance
    superseded: bool

    def hash(self, notes: Notes) -> str:
        """Return one hash over all that decides the year's published rows, under one program and schema.

        Args:
            notes: what the rows say of revised releases, by release.
        """
        files = [(icb, p and p.sha256, p and p.fingerprint()) for icb, p in sorted(self.known.items())]
        facts = [files, self.wanted.fingerprint(), self.superseded, sorted(notes.items())]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def cells_of(pipeline: Pipeline, indicator: Indicator) -> list[Cells]:
    """Return the years of an indicator for which at least one board has a file, in order."""
    found = []
    for year in sorted({part[0] for part in pipeline.lake.parts("indicator", indicator.id)}):
        wanted = wanted_provenance(pipeline, indicator, year)
        known = {b.ons: pipeline.lake.provenance("indicator", indicator.id, year, b.ons) for b in boards_of_year(year)}
        if wanted is not None and any(known.values()):
            superseded = rests_on_older_inputs(pipeline, pipeline.catalogue.counts_of(indicator).name, year)
            found.append(Cells(year=year, known=known, wanted=wanted, superseded=superseded))
    return found


def published_wanted(pipeline: Pipeline, cells: dict[str, list[Cells]]) -> Provenance:
    """Return what the published tables would be made from now, the unaccepted revisions of releases included."""
    return _wanted(pipeline, cells, _marks(pipeline, cells))


def _marks(pipeline: Pipeline, cells: dict[str, list[Cells]]) -> Marks:
    return marks_of(pipeline, {(name, c.year): c.wanted for name, years in cells.items() for c in years})


def _wanted(pipeline: Pipeline, cells: dict[str, list[Cells]], marks: Marks) -> Provenance:
    inputs = [_year_input(name, c, marks) for name, years in cells.items() for c in years]
    inputs += [i for years in cells.values() for c in years for i in c.wanted.inputs]
    releases = tuple(sorted({r for years in cells.values() for c in years for r in c.wanted.releases}))
    inputs += [*marks.inputs, *accepted_inputs(accepted_facts(pipeline, releases))]
    return Provenance(
        inputs=tuple(sorted({*inputs}, key=lambda i: i.name)),
        code_version=code_digest("publishing", "indicators", "stats", "core", *_OWN_CODE),
        schema_version=schema_version(pipeline.catalogue.result_schema),
        releases=releases,
        corrections=tuple(sorted({r for years in cells.values() for c in years for r in c.wanted.corrections})),
        notes=marks.lines,
        synthetic=pipeline.settings.synthetic,
    )


def _year_input(name: str, cells: Cells, marks: Marks) -> Input:
    return Input(name=f"indicator/{name}/{cells.year}", sha256=cells.hash(marks.of(name, cells.year)))


def publish_results(pipeline: Pipeline) -> Outcome:
    """Collect every figure and write the published folder.

    A board whose newest input is wrong keeps its last good figure, with a note that it is stale; one that never had a
    good figure gets a row that says missing. England's figures come from the publisher's own rows. Figures that rest
    on a release with an unaccepted revision say so.
    """
    catalogue = pipeline.catalogue
    known = pipeline.lake.provenance("published", "results")
    before = known.rows if known else None
    cells = {i.id: found for i in catalogue.indicators if (found := cells_of(pipeline, i))}
    if not cells:
        return absent("", "no indicator has a figure yet")
    marks = _marks(pipeline, cells)
    wanted = _wanted(pipeline, cells, marks)
    if known is not None and known.fingerprint() == wanted.fingerprint():
        return Outcome(partition="", state=State.UNCHANGED, files={"": known}, rows_before=before)
    try:
        held = _held(pipeline, known, wanted)
        frames = [
            held[name, c.year]
            if (name, c.year) in held
            else _year(pipeline, catalogue.indicators_by_id[name], c, marks.of(name, c.year))
            for name, years in cells.items()
            for c in years
        ]
        results = validate(pl.concat(frames), catalogue.result_schema, where="published results")
        catalogue.publish(
            pipeline.lake,
            results=results,
            provenance=wanted,
            indicators=catalogue.indicators,
            sources=catalogue.sources.values(),
            revised=marks.facts,
            accepted=accepted_facts(pipeline, wanted.releases),
        )
    except Exception as error:
        return failed("", error, rows_before=before)
    written = pipeline.lake.provenance("published", "results") or wanted
    return Outcome(partition="", state=State.WRITTEN, files={"": written}, rows_before=before)


def _held(pipeline: Pipeline, known: Provenance | None, wanted: Provenance) -> dict[tuple[str, str], pl.DataFrame]:
    """Return the rows, by indicator and year, that stand in the published file as they would be made now."""
    if known is None or known.program != wanted.program:
        return {}
    same = {i.name for i in {*known.inputs} & {*wanted.inputs}}
    by_year = read_published(pipeline.lake).partition_by("indicator_id", "financial_year", as_dict=True)
    return {(str(name), str(year)): f for (name, year), f in by_year.items() if f"indicator/{name}/{year}" in same}


def _year(pipeline: Pipeline, indicator: Indicator, cells: Cells, notes: Notes) -> pl.DataFrame:
    """Return all rows of an indicator and year: boards from their files, the other areas computed here."""
    fingerprint = cells.wanted.fingerprint()
    others = _others(pipeline, indicator, cells.year, fingerprint)
    there = [icb for icb, known in cells.known.items() if known is not None]
    stale = [icb for icb, known in cells.known.items() if known and known.fingerprint() != fingerprint]
    missing = [icb for icb, known in cells.known.items() if known is None]
    boards = with_note(read_cells(pipeline, indicator, cells.year, there), pl.col("icb_code").is_in(stale), _STALE)
    template = boards.filter(
        (pl.col("icb_code") == there[0])
        & (pl.col("dimension") == Dimension.TOTAL.value)
        & (pl.col("category") == ALL)
        & (pl.col("measure") == Measure.VALUE.value)
    ).head(1)
    if cells.superseded:
        # All of them, England's row too, come from the last good release.
        unmarked = ~pl.col("note").str.contains(_STALE, literal=True)
        boards, others = with_note(boards, unmarked, _STALE), with_note(others, unmarked, _STALE)
    boards, others = marked(boards, notes, stale=stale), marked(others, notes)
    return pl.concat([boards, _missing(template, cells.year, missing), others])


def _others(pipeline: Pipeline, indicator: Indicator, year: str, fingerprint: str) -> pl.DataFrame:
    """Return the rows of England, regions and remainders; they do not depend on which boards are computed beside."""
    made_from, rows = pipeline.others.get((indicator.id, year), ("", None))
    if rows is not None and made_from == fingerprint:
        return rows
    counts = counts_for(pipeline, indicator, year)
    rest = counts.frame.filter(pl.col("area_type") != AreaType.ICB.value) if counts is not None else None
    if rest is None or rest.is_empty():
        return pl.DataFrame(schema=RESULTS)
    return pipeline.catalogue.compute(indicator, rest, synthetic=pipeline.settings.synthetic)


def _missing(template: pl.DataFrame, year: str, icbs: list[str]) -> pl.DataFrame:
    """Return a row that says missing for each board and footprint, like the row of a board that is there."""
    areas = [(a, v) for a in map(board, icbs) for v in footprints_of(year) if v in a.vintages]
    names = {
        "icb_code": [a.ons for a, _ in areas],
        "icb_ods_code": [a.ods for a, _ in areas],
        "icb_name": [a.name for a, _ in areas],
        "region_code": [region_of(a.ons, v).ons[v] for a, v in areas],
        "geography_vintage": [v.value for _, v in areas],
    }
    return (
        template.drop(*names)
        .join(pl.DataFrame(names, schema=dict.fromkeys(names, pl.String)), how="cross")
        .with_columns(
            *(pl.lit(None, pl.Float64).alias(name) for name in _NUMBERS),
            status=pl.lit(Status.MISSING.value),
            method=pl.lit(Method.NONE.value),
            comparison=pl.lit(Comparison.NOT_COMPARED.value),
            note=pl.lit(_MISSING),
        )
        .select(template.columns)
    )
