"""Coverage: what stands in each cell of indicator, breakdown, year and area, with no blank.

Made from the results, the list and what is in hand alone: pure functions, no clock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from hi_pipeline.core.columns import COVERAGE, COVERAGE_KEY
from hi_pipeline.core.coverage import (
    COVER_OF,
    FIRST_STATED_YEAR,
    NO_BOARDS,
    NOT_BUILT,
    PART_OF_A_YEAR,
    Cover,
    YearFact,
)
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, NHS_REGIONS, boards_of_year, footprints_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Attribution, Beside, Derived, Entry, Indicator, Level, Listed
from hi_pipeline.core.status import AreaType, Measure, Status

# The statement's first year, for what no publication dates.
STATED_YEARS = tuple(year for year in ALL_YEARS if year >= FIRST_STATED_YEAR)
SPLITS = (Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION)
_AREAS = (AreaType.ICB.value, AreaType.REGION.value, AreaType.ENGLAND.value)
_CELL = ["financial_year", "geography_vintage", "area_type", "icb_code"]
# Levels above an area's own: what is published there says nothing of the area.
_ABOVE = {
    Level.ENGLAND: (AreaType.ICB, AreaType.REGION),
    Level.PROVIDER: (AreaType.ICB, AreaType.REGION),
    Level.AUTHORITY: (AreaType.ICB, AreaType.REGION),
    Level.REGION: (AreaType.ICB,),
}
_BOARDLESS = (Attribution.ENGLAND, Attribution.REGION, Attribution.PROVIDER, Attribution.AUTHORITY)
_ABSENCES = {
    Absence.NOT_PUBLIC: Cover.NOT_PUBLIC,
    Absence.NOT_COLLECTED: Cover.NOT_COLLECTED,
    Absence.NOT_IN_HAND: Cover.NOT_IN_HAND,
}
NO_BOARD = "not on this footprint"
UNVERIFIED = "whether it is published at all is not verified"
# States of a cell that nobody can supply: it is there, or there is no such thing.
_NOT_SUPPLIED = [
    cover.value
    for cover in (
        Cover.SHOWN,
        Cover.COUNTED_OTHERWISE,
        Cover.NO_SUCH_BOARD,
        Cover.NO_SUCH_BREAKDOWN,
        Cover.NOT_YET_DUE,
    )
]
_CASE = {
    "indicator_id": pl.String,
    "dimension": pl.String,
    "financial_year": pl.String,
    "area_type": pl.String,
    "level": pl.String,
    "otherwise": pl.String,
    "because": pl.String,
    "unprinted": pl.String,
    "held_by": pl.String,
    "how_to_supply": pl.String,
}


def coverage(
    entries: Sequence[Entry],
    results: pl.DataFrame,
    facts: Mapping[tuple[str, str], YearFact],
    *,
    beside: Mapping[str, pl.DataFrame],
    synthetic: bool,
) -> pl.DataFrame:
    """Return one row for each indicator, breakdown, financial year and area, with its state and the reason.

    Args:
        entries: the whole list.
        results: all figures, in the RESULTS contract.
        facts: by id of a computed indicator and financial year, from its first declared release to the current year,
            why it has no figure then.
        beside: the tables beside the results by name, in which some entries have their figures; none before anything is
            published.
        synthetic: true for the embedded sample.

    Returns:
        Columns COVERAGE, sorted by key.

    Raises:
        ValidationError: a cell without a state, twice, or shown where the results have no figure (or the reverse).
    """
    by_id = {entry.id: entry for entry in entries}
    rows = [case for entry in entries for case in _cases(entry, by_id, facts)]
    cases = pl.DataFrame(rows, schema=_CASE, orient="row")
    areas = _areas(cases["financial_year"].unique().sort().to_list())
    found = _found(results, beside, entries)
    cells = cases.join(areas, on=["financial_year", "area_type"], how="inner", validate="m:m").join(
        found, on=["indicator_id", "dimension", *_CELL], how="left", validate="1:1"
    )
    cells = cells.join(_other_lists(found, entries), on=["indicator_id", *_CELL], how="left", validate="m:1")
    marked = {entry.id: bool(entry.unconfirmed) for entry in entries}
    unconfirmed = pl.col("indicator_id").replace_strict(marked, return_dtype=pl.Boolean)
    return validate_coverage(_settled(cells.with_columns(synthetic=pl.lit(synthetic), unconfirmed=unconfirmed)), found)


def _cases(
    entry: Entry, by_id: Mapping[str, Entry], facts: Mapping[tuple[str, str], YearFact]
) -> Iterator[tuple[str, ...]]:
    """Yield what each breakdown and year of an entry says of a kind of area without a figure of its own."""
    base = by_id[entry.of[0]] if isinstance(entry, Derived) else entry
    years = {year: fact for (name, year), fact in facts.items() if name == base.id}
    if isinstance(base, Beside):
        named = {year for name, year in facts if name in base.of or not base.of}
        years = dict.fromkeys(sorted(named), YearFact(cover=None, reason=""))
    elif not isinstance(base, Indicator):
        years = dict.fromkeys(STATED_YEARS, YearFact(cover=None, reason=""))
    for dimension in (entry.dimension,) if isinstance(entry, Derived) else SPLITS:
        for year, fact in years.items():
            for area_type in _AREAS:
                cover, why = _otherwise(entry, base, dimension, area_type, fact)
                yield (
                    entry.id,
                    dimension.value,
                    year,
                    area_type,
                    entry.levels.of(dimension).value,
                    cover.value,
                    why,
                    _unprinted(entry, base, dimension, area_type).value,
                    entry.held_by or base.held_by,
                    entry.how_to_supply or base.how_to_supply,
                )


def _otherwise(entry: Entry, base: Entry, dimension: Dimension, area_type: str, fact: YearFact) -> tuple[Cover, str]:
    """Return what a cell without any result is, and why."""
    level = entry.levels.of(dimension)
    undivided = dict(entry.undivided).get(dimension)
    if undivided and fact.cover is None:
        return Cover.NOT_IN_HAND, undivided
    extract = isinstance(base, Indicator) and base.attribution is Attribution.EXTRACT
    if extract and level is Level.NONE and isinstance(base, Indicator) and dimension in base.dimensions:
        return Cover.NOT_PUBLIC, f"not public: held by {base.held_by}"
    if level is Level.NONE:
        if isinstance(base, Listed) and base.levels.total is Level.NONE:
            return _ABSENCES[base.why], base.because
        return Cover.NO_SUCH_BREAKDOWN, "in no public file"
    if area_type in _ABOVE.get(level, ()):
        return Cover.ENGLAND_ONLY, f"published for {level.value}"
    if isinstance(base, Listed):
        # A level that nobody has verified is no publication: the reason for its total is that of the breakdown too.
        return (_ABSENCES[base.why] if level is Level.UNVERIFIED else Cover.NOT_IN_HAND), base.because
    if isinstance(base, Beside):
        return Cover.NOT_IN_HAND, base.absent
    if extract:
        return Cover.NOT_IN_HAND, f"published for {level.value}; it is in no file that is read"
    if fact.cover is not None:
        return fact.cover, fact.reason
    below = level in (Level.BOARD, Level.PART)
    if isinstance(base, Indicator) and base.attribution in _BOARDLESS and below:
        return Cover.NOT_IN_HAND, f"published for {level.value}; no file of them is in hand"
    if level is not Level.UNVERIFIED and isinstance(base, Indicator) and dimension in base.dimensions:
        return Cover.NOT_PUBLISHED_THAT_YEAR, "the files of the year have no such figure of this area"
    if level is Level.UNVERIFIED:
        return Cover.NOT_IN_HAND, UNVERIFIED
    return Cover.NOT_IN_HAND, f"published for {level.value}; it is in no file that is read"


def _unprinted(entry: Entry, base: Entry, dimension: Dimension, area_type: str) -> Cover:
    """Return what "not published" means of an area: of publications without boards it is no matter of the year."""
    if isinstance(base, Indicator) and base.attribution is Attribution.EXTRACT:
        return Cover.NOT_PUBLIC
    if not (isinstance(base, Indicator) and base.attribution in _BOARDLESS):
        return Cover.NOT_PUBLISHED_THAT_YEAR
    above = area_type in _ABOVE.get(entry.levels.of(dimension), ())
    return Cover.ENGLAND_ONLY if above else Cover.NOT_IN_HAND


def _areas(years: Iterable[str]) -> pl.DataFrame:
    """Return every area of each year on each of its footprints; a board that is on another one only is there too."""
    rows = []
    for year in years:
        for vintage in footprints_of(year):
            known = {region.ons[vintage]: region.name for region in NHS_REGIONS}
            rows += [
                (year, vintage.value, _AREAS[0], b.ons, b.short_name, vintage in b.vintages)
                for b in boards_of_year(year)
            ]
            rows += [(year, vintage.value, _AREAS[1], ons, name, True) for ons, name in known.items()]
            rows.append((year, vintage.value, _AREAS[2], ENGLAND, ENGLAND_NAME, True))
    schema = dict.fromkeys([*_CELL, "area_name"], pl.String) | {"exists": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _found(results: pl.DataFrame, beside: Mapping[str, pl.DataFrame], entries: Sequence[Entry]) -> pl.DataFrame:
    """Return what the results say of each cell: how many groups have a figure, and the reason of most others."""
    derived = [(e.id, of, e.measure.value, e.dimension.value) for e in entries if isinstance(e, Derived) for of in e.of]
    named = pl.DataFrame(
        derived, schema=dict.fromkeys(("entry", "indicator_id", "measure", "dimension"), pl.String), orient="row"
    )
    of_areas = results.filter(pl.col("area_type").is_in(_AREAS), pl.col("dimension").is_in([d.value for d in SPLITS]))
    groups = pl.concat(
        [
            of_areas.filter(measure=Measure.VALUE.value).with_columns(entry="indicator_id").select(*_CELL, *_OF_GROUP),
            of_areas.join(named, on=["indicator_id", "measure", "dimension"], how="inner", validate="m:m").select(
                *_CELL, *_OF_GROUP
            ),
            *(_beside(entry, {**beside, "results": results}) for entry in entries if isinstance(entry, Beside)),
        ]
    )
    ranks = {status.value: rank for rank, status in enumerate(COVER_OF)}
    there = pl.col("status") == Status.OK.value
    applies = pl.col("status") != Status.NOT_APPLICABLE.value
    # Of several reasons the one of most groups counts; of as many, the first by rank.
    cell = ["entry", "dimension", *_CELL]
    bare = groups.with_columns(alike=pl.len().over(*cell, "status")).sort(
        ~applies,
        pl.col("alike"),
        pl.col("status").replace_strict(ranks, return_dtype=pl.Int32),
        descending=[False, True, False],
        maintain_order=True,
    )
    return bare.group_by(pl.col("entry").alias("indicator_id"), "dimension", *_CELL, maintain_order=True).agg(
        figures=there.sum(),
        groups=applies.sum(),
        status=pl.col("status").filter(~there).first(),
        note=pl.col("note").filter(~there).first(),
    )


def _other_lists(found: pl.DataFrame, entries: Sequence[Entry]) -> pl.DataFrame:
    """Return, of entries that count the same by several lists of codes, by which other one an area counts."""
    shared = {e.id: e.one_of for e in entries if isinstance(e, Indicator) and e.one_of}
    pairs = [(own, other) for own in shared for other in shared if own != other and shared[own] == shared[other]]
    named = pl.DataFrame(pairs, schema={"entry": pl.String, "other": pl.String}, orient="row")
    given = found.filter(pl.col("status").fill_null("") != Status.NOT_PUBLISHED.value)
    given = given.select("indicator_id", *_CELL).unique()
    joined = named.join(given, left_on="other", right_on="indicator_id", how="inner", validate="m:m")
    # A board gives one of them: a second one would have stopped the build.
    return joined.select(pl.col("entry").alias("indicator_id"), *_CELL, "other")


def _beside(entry: Beside, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return what a table beside the results, or a column of them, says of each cell of an entry."""
    rows = tables.get(entry.table)
    if rows is None:
        return pl.DataFrame(schema=dict.fromkeys([*_CELL, *_OF_GROUP], pl.String))
    splits = [dimension.value for dimension in SPLITS if entry.levels.of(dimension) is not Level.NONE]
    rows = rows.filter(pl.col("area_type").is_in(_AREAS), pl.col("dimension").is_in(splits))
    rows = rows.filter(pl.col("indicator_id").is_in(entry.of)) if entry.of else rows
    there, ok = pl.col(entry.column).is_not_null(), pl.col("status") == Status.OK.value
    if entry.table == "results":
        # Status and note of a figure are its own and say nothing of the column beside it.
        rows = rows.filter(there)
    said = pl.when(ok | (pl.col("note") == "")).then(pl.lit(entry.absent)).otherwise("note")
    bare = pl.when(ok).then(pl.lit(Status.NOT_PUBLISHED.value)).otherwise("status")
    return rows.select(
        *_CELL,
        pl.lit(entry.id).alias("entry"),
        "dimension",
        pl.when(there).then(pl.lit(Status.OK.value)).otherwise(bare).alias("status"),
        pl.when(there).then(pl.lit("")).otherwise(said).alias("note"),
    )


_OF_GROUP = ["entry", "dimension", "status", "note"]


def _settled(cells: pl.DataFrame) -> pl.DataFrame:
    """Choose the state of each cell: no board, what the results say, what is known otherwise."""
    note = pl.col("note").fill_null("")
    covers = {status.value: cover.value for status, cover in COVER_OF.items()}
    of_status = (
        pl.when(note.str.contains(PART_OF_A_YEAR, literal=True))
        .then(pl.lit(Cover.NOT_IN_HAND.value))
        .when(note.str.contains(NOT_BUILT, literal=True))
        .then(pl.lit(Cover.FAILED.value))
        .when((pl.col("status") == Status.NOT_PUBLISHED.value) & (note.str.contains(NO_BOARDS, literal=True)))
        .then("unprinted")
        .otherwise(pl.col("status").replace_strict(covers, default=None, return_dtype=pl.String))
    )
    shown = pl.col("figures") >= pl.col("groups")
    some = pl.col("figures") > 0
    has_results = pl.col("figures").is_not_null()
    otherwise = pl.col("other").is_not_null()
    state = (
        pl.when(~pl.col("exists"))
        .then(pl.lit(Cover.NO_SUCH_BOARD.value))
        .when(some & shown)
        .then(pl.lit(Cover.SHOWN.value))
        .when(some)
        .then(pl.lit(Cover.PARTLY_SHOWN.value))
        .when(otherwise)
        .then(pl.lit(Cover.COUNTED_OTHERWISE.value))
        .when(has_results)
        .then(of_status)
        .otherwise("otherwise")
    )
    partly = pl.format("{} of {} groups; of the others: {}", "figures", "groups", note)
    reason = (
        pl.when(~pl.col("exists"))
        .then(pl.lit(NO_BOARD))
        .when(some & shown)
        .then(pl.lit(""))
        .when(some)
        .then(partly)
        .when(otherwise)
        .then(pl.format("the board counts it by another list of codes: {}", "other"))
        .when(has_results)
        .then(note)
        .otherwise("because")
    )
    supplied = ~pl.col("state").is_in(_NOT_SUPPLIED)
    settled = cells.with_columns(state=state, reason=reason).with_columns(
        pl.when(supplied).then(name).otherwise(pl.lit("")).alias(name) for name in ("held_by", "how_to_supply")
    )
    return settled.select(pl.col(name).cast(dtype) for name, dtype in COVERAGE.items()).sort(COVERAGE_KEY)


def validate_coverage(frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return coverage that has no blank and shows exactly what the results have.

    Raises:
        ValidationError: a cell without a state or reason, twice, or shown otherwise than in the results.
    """
    words = [cover.value for cover in Cover]
    silent = (pl.col("reason") == "") & (pl.col("state") != Cover.SHOWN.value)
    blank = frame.filter(~pl.col("state").is_in(words).fill_null(False) | silent)
    twice = frame.filter(frame.select(COVERAGE_KEY).is_duplicated())
    here = ["indicator_id", "dimension", *_CELL]
    shown = frame.filter(pl.col("state").is_in([Cover.SHOWN.value, Cover.PARTLY_SHOWN.value])).select(here)
    with_figure = found.filter(pl.col("figures") > 0).select(here)
    apart = pl.concat([shown.join(with_figure, on=here, how="anti"), with_figure.join(shown, on=here, how="anti")])
    for what, rows in (("have no state or no reason", blank), ("stand twice", twice), ("disagree with results", apart)):
        if rows.height:
            raise ValidationError(
                f"coverage: {rows.height} cells {what}, such as {rows.head(2).to_dicts()}. Every indicator of the "
                "results must be on the list, and its years among those declared.",
                failures=rows,
            )
    return frame
