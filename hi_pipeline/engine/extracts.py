"""Taking in a board's own extract: read as text, judged, and put where the pipeline finds it. Nothing else is kept."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from hi_pipeline.core.errors import (
    ArchiveError,
    HiPipelineError,
    LayoutError,
    NothingToBuild,
    SelectionError,
    ValidationError,
)
from hi_pipeline.core.geography import BOARDS, Vintage, vintage_of
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.people_columns import on_footprint
from hi_pipeline.core.provenance import Input
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.engine.currency.inputs import LakeReader
from hi_pipeline.engine.own_files import in_own_words, look_at_csv, look_for_header
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.extracts.contract import COLUMNS, DECILE_LABELS, EXTRACTS, GROUPS, SEX_LABELS, Below
from hi_pipeline.extracts.parse import named, parts_of_edition
from hi_pipeline.extracts.people import BoardPeople, judge_people
from hi_pipeline.extracts.problem import ROW, Problem, problem_of
from hi_pipeline.extracts.read import check, tidied, typed, validated
from hi_pipeline.extracts.rows import has_denominators
from hi_pipeline.extracts.source import KINDS, place_of
from hi_pipeline.extracts.tables import grains
from hi_pipeline.settings import Settings
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.limits import LIMITS
from hi_pipeline.storage.parquet import read_parquet_text
from hi_pipeline.storage.spreadsheets import read_sheets, table_of_sheet
from hi_pipeline.storage.text import read_csv


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An extract that was taken in.

    Attributes:
        path: the file that the pipeline reads: the same rows as CSV.
        replaced: there was an extract of the same indicator, board and year.
        fewer: by which columns that one had more rows, in words; "" where it had not.
    """

    path: Path
    indicator: str
    board: str
    financial_year: str
    replaced: bool
    fewer: str


def read_extract(path: Path, *, where: str = "") -> RawTable:
    """Return a file's cells as text, from CSV, xlsx (one sheet) or parquet.

    Args:
        path: the file.
        where: what errors call it; its name where not given.

    Raises:
        SelectionError: there is no such file, or it is of another kind.
        ArchiveError: it cannot be read, or is larger than it may be.
        LayoutError: a workbook with several sheets, no header, or cells that hold more than one value.
    """
    if not path.is_file():
        raise SelectionError(f"{path}: there is no such file")
    where = where or path.name
    if path.stat().st_size > LIMITS.member_bytes:
        raise ArchiveError(f"{where}: larger than {LIMITS.member_bytes:,} bytes; an extract is counts by group")
    kind = path.suffix.lower()
    with in_own_words():
        if kind == ".csv":
            data = path.read_bytes()
            look_at_csv(data, where)
            return RawTable(path.name, read_csv(data, where=where))
        if kind == ".xlsx":
            return RawTable(path.name, _sheet(path, where))
        if kind == ".parquet":
            return RawTable(path.name, read_parquet_text(path, where=where))
    raise SelectionError(
        f"{where}: an extract is a CSV, xlsx or parquet file, named .csv, .xlsx or .parquet: save it as one"
    )


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found of a file.

    Attributes:
        problems: everything that is wrong with it.
        unjudged: what of its denominators was not judged and why; "" where all was.
        ends: how its first and last decile were read, which no rule can judge; "" where it has none.
    """

    problems: list[Problem]
    unjudged: str = ""
    ends: str = ""


def check_extract(path: Path, pipeline: Pipeline) -> Checked:
    """Return everything that is wrong with a file; nothing is changed.

    Raises:
        SelectionError, ArchiveError, LayoutError: as ``read_extract``.
    """
    raw = read_extract(path)
    problems = check(raw.frame, first_row=raw.first_row)
    if problems:
        return Checked(problems=problems)
    rows = typed(tidied(raw.frame, first_row=raw.first_row))
    indicator, ons, year = named(rows)
    extract = EXTRACTS[indicator]
    ends = _ends(rows, pipeline.catalogue.indicators_by_id[indicator].multiplier)
    if extract.below is not Below.POPULATION or not has_denominators(rows):
        return Checked(problems=[], ends=ends)
    problems = [*_implausible(rows, pipeline.catalogue.indicators_by_id[indicator])]
    people, unjudged = people_of(pipeline, ons, year)
    if people and not problems:
        problems += judge_people(rows, extract, people)
    return Checked(problems=problems, unjudged=unjudged, ends=ends)


def _ends(rows: pl.DataFrame, multiplier: float) -> str:
    """Say how the first and the last decile are read: that they are the right way round, only who counted can tell."""
    tables = [table for grain, table in sorted(grains(rows).items(), key=lambda t: len(t[0])) if "imd_decile" in grain]
    said = []
    for label, words in ((DECILE_LABELS[0], "the most deprived"), (DECILE_LABELS[-1], "the least deprived")):
        own = tables[0].filter(imd_decile=label) if tables else rows.head(0)
        if own.is_empty() or own["numerator"].null_count():
            return ""
        events = int((own["numerator"] * own["events_per_person"].fill_null(1)).sum())
        people = int(own.unique(GROUPS)["denominator"].sum())
        counted = f"{events / people * multiplier:,.1f} per {multiplier:,.0f}" if people else f"{events:,} counted"
        said.append(f"decile {label}, {words}, {counted}")
    return f"Read as: {'; '.join(said)}. Look whether that is the right way round."


def _implausible(rows: pl.DataFrame, indicator: Indicator) -> Iterator[Problem]:
    """Refuse groups whose rate lies beyond what figures of the indicator may be; strata may lie beyond it."""
    low, high = indicator.plausible
    rate = pl.col("numerator") * pl.col("events_per_person").fill_null(1) / pl.col("denominator") * indicator.multiplier
    judged = rows.filter(pl.col("denominator") > 0).with_columns(rate=rate)
    if indicator.kind is Kind.DSR:
        judged = judged.filter(pl.all_horizontal(pl.col(name).is_null() for name in GROUPS))
    far = judged.filter(~pl.col("rate").is_between(low, high)).sort(ROW)
    if far.height:
        first = far.row(0, named=True)
        yield problem_of(
            far, column="denominator", value=f"{first['denominator']:,}",
            what=f"gives {first['rate']:,.0f} per {indicator.multiplier:,.0f} with its numerator "
            f"{first['numerator']:,}; figures of this indicator lie between {low:,.0f} and {high:,.0f}",
            remedy="Are denominators in thousands, or of another group? Write people",
        )  # fmt: skip


def look_at_laid(pipeline: Pipeline, release: Release) -> None:
    """Refuse a file in the folder of extracts, also one that was laid there by hand, that hi import would refuse.

    Residents are another matter: ``hold_against_residents``, once they are built.

    Raises:
        HiPipelineError: naming the file and everything that is wrong with it.
    """
    path = pipeline.settings.extracts / release.mirror_path
    if not path.is_file():
        return
    raw = read_extract(path, where=release.mirror_path)
    validated(raw.frame, where=release.mirror_path, first_row=raw.first_row)


def hold_against_residents(pipeline: Pipeline, financial_year: str) -> tuple[Input, ...]:
    """Hold the extracts of a year that are kept against the residents of their boards, as hi import does.

    Returns:
        The population that was asked for, built or not: when it changes, they are to be held against it again.

    Raises:
        ValidationError: naming each file and everything that is wrong with its denominators.
    """
    reader, wrong = LakeReader(pipeline.lake), []
    for source in pipeline.catalogue.sources.values():
        for release in source.releases_of(financial_year) if source.local else ():
            kept = pipeline.snapshots.latest(source.name, release.edition)
            extract = EXTRACTS[parts_of_edition(release.edition)[0]]
            if kept is None or extract.below is not Below.POPULATION or pipeline.settings.synthetic:
                continue
            with suppress(NothingToBuild):
                reader.linked("population", financial_year)
            found = check_extract(kept.path, pipeline).problems
            wrong += [f"{release.mirror_path}: {problem}" for problem in found]
    if wrong:
        said = "\n".join(f"  {line}" for line in wrong)
        raise ValidationError(
            f"nothing was counted from extracts whose people cannot be those of their boards:\n{said}"
        )
    return reader.inputs


def people_of(pipeline: Pipeline, ons: str, financial_year: str) -> tuple[BoardPeople | None, str]:
    """Return residents of a board by sex and age, and by decile, of what is built; or why there are none."""
    unjudged = "Denominators were not held against residents: "
    if pipeline.settings.synthetic:
        return None, unjudged + "those of the sample are made up."
    if (financial_year,) not in pipeline.lake.parts("linked", "population"):
        return None, unjudged + f"no population of {financial_year} is built here (hi run --year {financial_year})."
    own = vintage_of(financial_year)
    table = pipeline.lake.read("linked", "population", financial_year)
    board = table.filter(pl.col("of_year"), geography_vintage=own.value, icb_code=ons)
    if board.is_empty():
        return None, unjudged + f"the population of {financial_year} has no such board."
    words = {word: label for label, word in SEX_LABELS.items()}
    residents = board.select(pl.col("sex").replace_strict(words), "age", people="population")
    deciles = _deciles_of(pipeline, ons, own)
    said = f"residents of mid-{board['mid_year'][0]} (Office for National Statistics)"
    missing = "" if deciles else "Deciles were not held against residents: no table of small areas is built here."
    return BoardPeople(said=said, residents=residents, deciles=deciles), missing


def _deciles_of(pipeline: Pipeline, ons: str, vintage: Vintage) -> tuple[float, ...]:
    """Return a board's residents (Census 2021) by decile of the Indices of 2025; those of 2019 differ by little."""
    parts = pipeline.lake.parts("linked", "small_areas")
    if not parts:
        return ()
    areas = pipeline.lake.read("linked", "small_areas", *parts[-1])
    of_board = areas.filter(pl.col(on_footprint("icb_code", vintage)) == ons)
    held = dict(of_board.group_by("imd_decile").agg(pl.col("residents").sum()).rows())
    return tuple(float(held.get(int(label), 0)) for label in DECILE_LABELS) if held else ()


def take_in(settings: Settings, path: Path) -> Taken:
    """Put a right extract into the folder of extracts, under the name of its indicator, board and year.

    Raises:
        ValidationError: naming everything that is wrong; nothing is written then.
        SelectionError: as ``read_extract``; or the board's extract of the year by another list of codes is there.
        ArchiveError, LayoutError: as ``read_extract``.
    """
    raw = read_extract(path)
    indicator, ons, year = named(validated(raw.frame, where=path.name, first_row=raw.first_row))
    board = next(b for b in BOARDS if b.ons == ons)
    _refuse_other_list(settings, indicator, board.ods, year)
    into = settings.extracts / place_of(indicator, board.ods, year)
    there = [held for kind in KINDS if (held := into.with_suffix(kind)).exists()]
    fewer = _fewer(there, raw.frame)
    write_bytes(into, _in_contract(raw.frame).write_csv().encode())
    for older in there:
        # A file of another kind that somebody laid there: two files of one extract would both go unread.
        if older != into:
            older.unlink()
    replaced = bool(there)
    return Taken(path=into, indicator=indicator, board=board.name, financial_year=year, replaced=replaced, fewer=fewer)


def _fewer(there: list[Path], now: pl.DataFrame) -> str:
    """Say which tables have fewer rows than in the file that was there, if that can be read."""
    try:
        before = _tables_of(read_extract(there[0]).frame) if len(there) == 1 else {}
    except HiPipelineError:
        return ""
    after = _tables_of(now)
    return ", ".join(
        f"{rows - after.get(words, 0):,} fewer {words}" for words, rows in before.items() if rows > after.get(words, 0)
    )


def _tables_of(frame: pl.DataFrame) -> dict[str, int]:
    """Return the rows of each table of an extract, by words that name it."""
    counted = {grain: table.height for grain, table in grains(typed(tidied(frame))).items()}
    return {f"by {', '.join(grain)}" if grain else "in total": rows for grain, rows in counted.items()}


def _refuse_other_list(settings: Settings, indicator: str, board_ods: str, year: str) -> None:
    """Refuse a second extract that counts the same by another list of codes: their differences are small counts."""
    shared = EXTRACTS[indicator].one_of
    alike = [name for name, extract in EXTRACTS.items() if shared and extract.one_of == shared and name != indicator]
    for name in alike:
        for kind in KINDS:
            held = (settings.extracts / place_of(name, board_ods, year)).with_suffix(kind)
            if held.exists():
                raise SelectionError(
                    f"{held} counts {shared} of this board and year by another list of codes. What one list holds and "
                    "the other does not could be worked out, so that only one can stand: keep it, or remove it and "
                    "import this file again"
                )


def _in_contract(frame: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    return tidied(frame.with_columns(absent)).select(COLUMNS.keys())


def _sheet(path: Path, where: str) -> pl.DataFrame:
    names, frames = read_sheets(path, (".*",))
    held = [name for name in names if not frames[name].is_empty()]
    if len(held) != 1:
        raise LayoutError(
            f"{where}: {len(held)} sheets hold cells ({held[:4]}); an extract is one sheet: take the others away"
        )
    look_for_header(frames[held[0]].iter_rows(), where)
    return table_of_sheet(frames[held[0]], header_row=0, where=f"{where}, sheet {held[0]!r}")
