"""The last step: all figures of all boards with those of England, regions and remainders, handed to publishing."""

import hashlib
import json
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.coverage import NOT_BUILT
from hi_pipeline.core.errors import StoreError
from hi_pipeline.core.geography import board, footprints_of, region_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.status import AreaType, Comparison, Measure, Method, Status
from hi_pipeline.core.validation import validate
from hi_pipeline.engine.currency.code import code_of, own_code, schema_version
from hi_pipeline.engine.grid import ICBS, valid_cells
from hi_pipeline.engine.layers.indicator import counts_for, wanted_provenance
from hi_pipeline.engine.layers.published_lists import list_places, people_lists
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.accepted import accepted_facts, accepted_inputs
from hi_pipeline.engine.releases.marks import Marks, marks_of
from hi_pipeline.engine.releases.newer import NewerFiles
from hi_pipeline.engine.releases.notes import YearNotes, annotated, annotated_others, notes_of_year
from hi_pipeline.engine.year_facts import Facts, facts_input, year_facts
from hi_pipeline.publishing.release import in_file_order, read_published
from hi_pipeline.storage.cells import other_columns

_MISSING = f"missing: no figure of this board {NOT_BUILT}"
_OWN_CODE = (
    "hi_pipeline.engine.layers.published",
    "hi_pipeline.engine.layers.published_lists",
    "hi_pipeline.engine.releases.accepted",
    "hi_pipeline.engine.releases.marks",
    "hi_pipeline.engine.releases.newer",
    "hi_pipeline.engine.releases.notes",
    "hi_pipeline.engine.releases.replacements",
    "hi_pipeline.engine.year_facts",
)
# Blanked in a row that stands for a figure which is not there.
_NUMBERS = [
    name for name, dtype in RESULTS.items() if dtype == pl.Float64 and name not in ("multiplier", "comparator_value")
]


@dataclass(frozen=True, kw_only=True)
class Year:
    """The cells of one indicator and year as they stand, and what their rows are to say of it.

    Attributes:
        known: what each board's cell is made from, None where there is none.
        wanted: what they should be made from now.
    """

    indicator: Indicator
    year: str
    known: dict[str, Provenance | None]
    wanted: Provenance
    notes: YearNotes

    @property
    def name(self) -> str:
        """Return the name by which it is an input of what is published."""
        return f"indicator/{self.indicator.id}/{self.year}"

    def hash(self) -> str:
        """Return one hash over all that decides the year's published rows, under one program and schema."""
        cells = [(icb, p and p.sha256, p and p.fingerprint()) for icb, p in sorted(self.known.items())]
        facts = [cells, self.wanted.fingerprint(), self.notes.facts()]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Publication:
    """All that is to be published, beside what was published last.

    Attributes:
        facts: why indicators have no figure in a year, for coverage.
        wanted: what the published tables would be made from now.
        known: what those that stand there were made from.
    """

    years: tuple[Year, ...]
    marks: Marks
    facts: Facts
    wanted: Provenance
    known: Provenance | None

    @property
    def is_current(self) -> bool:
        """Tell whether what is published is what it would be now."""
        return self.known is not None and self.known.fingerprint() == self.wanted.fingerprint()


def publication_of(pipeline: Pipeline) -> Publication:
    """Gather the years for which at least one board has a figure, and the notes of their rows."""
    found = [
        (indicator, year, known, wanted)
        for indicator in pipeline.catalogue.indicators
        for year in pipeline.cells.parts(indicator.id)
        if any((known := _cells(pipeline, indicator, year)).values())
        and (wanted := wanted_provenance(pipeline, indicator, year)) is not None
    ]
    marks = marks_of(pipeline, {(indicator.id, year): wanted for indicator, year, _, wanted in found})
    newer = NewerFiles(pipeline)
    years = tuple(
        Year(
            indicator=indicator,
            year=year,
            known=known,
            wanted=wanted,
            notes=notes_of_year(
                newer,
                year,
                known={icb: p for icb, p in known.items() if p is not None},
                wanted=wanted,
                revised=marks.of(indicator.id, year),
            ),
        )
        for indicator, year, known, wanted in found
    )
    known_last = pipeline.lake.provenance("published", "results")
    facts = year_facts(pipeline)
    wanted = _wanted(pipeline, years, marks, facts)
    return Publication(years=years, marks=marks, facts=facts, wanted=wanted, known=known_last)


def _cells(pipeline: Pipeline, indicator: Indicator, year: str) -> dict[str, Provenance | None]:
    built = pipeline.cells.provenance(indicator.id, year)
    return {icb: built.get(icb) for icb in valid_cells((year,), ICBS)[year]}


def _wanted(pipeline: Pipeline, years: tuple[Year, ...], marks: Marks, facts: Facts) -> Provenance:
    inputs = {Input(name=year.name, sha256=year.hash()) for year in years}
    inputs |= {i for year in years for i in year.wanted.inputs}
    kept = {r: sha for year in years for r, sha in year.wanted.kept.items()}
    used = {r for year in years for r in year.wanted.releases}
    for place in list_places(pipeline):
        built = pipeline.lake.provenance("linked", *place)
        if built is not None:
            inputs.add(Input(name="/".join(("linked", *place)), sha256=built.sha256))
            used |= set(built.releases)
            kept = built.kept | kept
    releases = tuple(sorted(used))
    inputs |= {facts_input(facts), *marks.inputs, *accepted_inputs(accepted_facts(pipeline, releases))}
    code = code_of(pipeline.catalogue.publish, pipeline.catalogue.beside, validate)
    return Provenance(
        inputs=tuple(sorted(inputs, key=lambda i: i.name)),
        code_version=f"{code}+{own_code(*_OWN_CODE)}",
        schema_version=schema_version(pipeline.catalogue.result_schema),
        releases=releases,
        kept=dict(sorted(kept.items())),
        corrections=tuple(sorted({c for year in years for c in year.wanted.corrections})),
        notes=marks.lines,
        synthetic=pipeline.settings.synthetic,
    )


def publish_results(pipeline: Pipeline) -> Outcome:
    """Collect every figure and write the published folder.

    A board whose newest input is wrong keeps its last good figure, with a note that it is stale; one that never had a
    good figure gets a row that says missing. England's figures come from the publisher's own rows. Figures that rest
    on a release with an unaccepted revision say so.
    """
    catalogue, publication = pipeline.catalogue, publication_of(pipeline)
    known, wanted = publication.known, publication.wanted
    before = known.rows if known else None
    if not publication.years:
        return absent("", "no indicator has a figure yet")
    if known is not None and publication.is_current:
        return Outcome(partition="", state=State.UNCHANGED, files={"": known}, rows_before=before)
    try:
        every = in_file_order(_every(pipeline, publication))
        results = validate(every, catalogue.result_schema, where="published results")
        lists = people_lists(pipeline)
        catalogue.publish(
            pipeline.lake,
            results=results,
            beside=catalogue.beside(results, lists.get("similar_boards"), catalogue.indicators_by_id),
            lists=lists,
            provenance=wanted,
            indicators=catalogue.indicators,
            listed=catalogue.listed,
            facts=publication.facts,
            sources=catalogue.sources.values(),
            revised=publication.marks.facts,
            accepted=accepted_facts(pipeline, publication.wanted.releases),
        )
    except Exception as error:
        return failed("", error, rows_before=before)
    written = pipeline.lake.provenance("published", "results") or wanted
    return Outcome(partition="", state=State.WRITTEN, files={"": written}, rows_before=before)


def _every(pipeline: Pipeline, publication: Publication) -> pl.DataFrame:
    """Return the rows of all years in one frame; the parts that it is made of are not kept beside it."""
    held = _held(pipeline, publication.known, publication.wanted)
    return pl.concat([held[year.name] if year.name in held else _rows(pipeline, year) for year in publication.years])


def _held(pipeline: Pipeline, known: Provenance | None, wanted: Provenance) -> dict[str, pl.DataFrame]:
    """Return the rows, by the name of their input, that stand in the published file as they would be made now."""
    if known is None or known.program != wanted.program:
        return {}
    same = {i.name for i in {*known.inputs} & {*wanted.inputs}}
    by_year = read_published(pipeline.lake).partition_by("indicator_id", "financial_year", as_dict=True)
    return {name: f for (i, year), f in by_year.items() if (name := f"indicator/{i}/{year}") in same}


def _rows(pipeline: Pipeline, year: Year) -> pl.DataFrame:
    """Return all rows of an indicator and year: boards from their cells, the other areas computed here."""
    there = [icb for icb, known in year.known.items() if known is not None]
    missing = [icb for icb, known in year.known.items() if known is None]
    boards = pipeline.cells.read(year.indicator.id, year.year, there)
    if boards.columns != list(RESULTS):
        raise StoreError(other_columns(f"{year.indicator.id} {year.year}"))
    others = _others(pipeline, year.indicator, year.year, year.wanted.fingerprint())
    absent = _missing(boards, year.year, missing)
    return pl.concat([annotated(boards, year.notes), absent, annotated_others(others, year.notes)])


def _others(pipeline: Pipeline, indicator: Indicator, year: str, fingerprint: str) -> pl.DataFrame:
    """Return the rows of England, regions and remainders; they do not depend on which boards are computed beside."""
    # Taken, not looked at: here is the most memory in use, and nobody asks for them again.
    made_from, rows = pipeline.others.pop((indicator.id, year), ("", None))
    if rows is not None and made_from == fingerprint:
        return rows
    counts = counts_for(pipeline, indicator, year)
    rest = counts.frame.filter(pl.col("area_type") != AreaType.ICB.value) if counts is not None else None
    if rest is None or rest.is_empty():
        return pl.DataFrame(schema=RESULTS)
    return pipeline.catalogue.compute(indicator, rest, synthetic=pipeline.settings.synthetic)


def _missing(boards: pl.DataFrame, year: str, icbs: list[str]) -> pl.DataFrame:
    """Return a row that says missing for each board and footprint that it stands on, like that of a board there."""
    total = (
        (pl.col("dimension") == Dimension.TOTAL.value)
        & (pl.col("category") == ALL)
        & (pl.col("measure") == Measure.VALUE.value)
    )
    areas = [(a, v) for a in map(board, icbs) for v in footprints_of(year) if v in a.vintages]
    names = {
        "icb_code": [a.ons for a, _ in areas],
        "icb_ods_code": [a.ods for a, _ in areas],
        "icb_name": [a.name for a, _ in areas],
        "region_code": [region_of(a.ons, v).ons[v] for a, v in areas],
        "geography_vintage": [v.value for _, v in areas],
    }
    return (
        boards.filter(total)
        .head(1)
        .drop(*names)
        .join(pl.DataFrame(names, schema=dict.fromkeys(names, pl.String)), how="cross")
        .with_columns(
            *(pl.lit(None, pl.Float64).alias(name) for name in _NUMBERS),
            status=pl.lit(Status.MISSING.value),
            method=pl.lit(Method.NONE.value),
            comparison=pl.lit(Comparison.NOT_COMPARED.value),
            units=pl.lit(None, pl.Int32),
            note=pl.lit(_MISSING),
        )
        .select(boards.columns)
    )
