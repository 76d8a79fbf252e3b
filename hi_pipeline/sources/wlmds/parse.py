"""The waiting list by age, sex, ethnicity and deprivation: the geography file of a month to observations."""

import re
from datetime import date, datetime

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import boards_of, vintage_of
from hi_pipeline.core.observations import ONCE, add_bounds, add_snapshot, check_within, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.core.whole import validate_areas
from hi_pipeline.sources.wlmds.areas import map_areas, validate_gaps
from hi_pipeline.sources.wlmds.labels import (
    BAND_LABELS,
    CATEGORIES,
    GAPS,
    HIDDEN_HIGH,
    HIDDEN_LOW,
    METRIC_LABELS,
    NOT_READ,
    ROUNDED_BY,
    SMALLEST_PRINTED,
    SUBMISSIONS_READ,
    TOKENS,
    Gap,
)

MEASURES = tuple(BAND_LABELS.values())
_AREA = ("area_level", "area_code", "area_name")
_ROW = ("Code", "Geography", "Metric", "Category", "Waiting Bands")
_DAY = re.compile(r".*-to-(\d{1,2}-[A-Z][a-z]+-\d{4})-v\d+\.csv")
_BASIS = "provider based: NHS acute trusts that lie in the area, without the independent sector"
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return pathways by group and waiting band, of England, regions, boards and NHS acute trusts.

    The file leaves out rows of 0: a band that a group lacks beside a total is 0; a group without a total stays absent.

    Raises:
        LayoutError: another week than the edition's, a sector, area or token that is not declared.
        ValidationError: a row that stands there twice, a board without rows, or bands that do not fit their total.
        CorrectionError: a trust that is declared as missing is there.
    """
    raw = tables["pathways"][0]
    where = f"wlmds {release.edition}, {raw.member}"
    account = Account()
    day = _week_end(release, where)
    frame = map_labels(number_rows(raw), "Waiting Bands", labels=BAND_LABELS, into="measure", account=account)
    frame = map_labels(frame, "Metric", labels=METRIC_LABELS, into="dimension", account=account)
    frame = read_numbers(frame, "Count", tokens=TOKENS, where=where, whole=True)
    _check_unique(frame, where)
    _check_rounding(frame, where)
    gaps = tuple(gap for gap in GAPS if release.edition in gap.editions)
    validate_gaps(frame, gaps, where)
    figures = _map_groups(map_areas(frame, day, account, where), account)
    figures = _bounded(figures if account.has_unknown_labels else _with_zeros(figures, where))
    known = release.edition in SUBMISSIONS_READ
    figures = add_snapshot(_with_notes(_one_unknown(figures), gaps, day, known=known), day)
    observations = to_observations(figures)
    for part in MEASURES[1:]:
        check_within(observations, part=part, whole=MEASURES[0], where=where)
    if not account.has_unknown_labels:
        boards = observations.filter(area_level="icb")["area_code"].unique().to_list()
        validate_areas(boards, level="icb", financial_year=label_of_date(day), where=where)
        _check_sums(observations, where)
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _week_end(release: Release, where: str) -> date:
    """Return the last day of the week, which only the file's name says.

    Raises:
        LayoutError: the name holds no day, or a day of another month than the edition's.
    """
    found = _DAY.fullmatch(release.mirror_file)
    if not found:
        raise LayoutError(
            f"{where}: {release.mirror_file} names no week; expected a name such as -to-25-January-2026-v1"
        )
    day = datetime.strptime(found[1], "%d-%B-%Y").date()
    if f"{day:%Y-%m}" != release.edition:
        raise LayoutError(f"{where}: the file's name says {day}; expected a week that ends in {release.edition}")
    return day


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    twice = frame.filter(pl.struct(_ROW).is_duplicated())
    if twice.height:
        shown = twice.select(_ROW).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{where}: {twice.height} rows stand there twice: {shown}. {ONCE}", failures=twice)


def _check_rounding(frame: pl.DataFrame, where: str) -> None:
    value = pl.col("Count_value")
    odd = frame.filter(((value % 5 != 0) | (value < SMALLEST_PRINTED)).fill_null(False))
    if odd.height:
        shown = odd.select(*_ROW, "Count").head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: {odd.height} counts are no multiples of 5 from {SMALLEST_PRINTED} on, as the publisher rounds: "
            f"{shown}. If the rule changed, say so in labels.py."
        )


def _map_groups(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    parts = [
        map_labels(
            frame.filter(pl.col("Metric") == metric),
            "Category",
            labels=labels,
            into="category",
            account=account,
        )
        for metric, labels in CATEGORIES.items()
    ]
    frame = pl.concat(parts)
    return frame.select(
        *_AREA,
        "dimension",
        "category",
        "Category",
        "measure",
        pl.col("Count_value").alias("value"),
        pl.col("Count_status").alias("status"),
        cells(frame, "Count"),
    )


def _with_zeros(figures: pl.DataFrame, where: str) -> pl.DataFrame:
    """Add the bands of 0 that the file leaves out; which they are is known only where every band's label is."""
    group = [*_AREA, "dimension", "category", "Category"]
    all_bands = figures.select(group).unique(maintain_order=True).join(pl.DataFrame({"measure": MEASURES}), how="cross")
    full = all_bands.join(figures, on=[*group, "measure"], how="left", validate="1:1")
    added = pl.col("status").is_null()
    no_total = full.filter(added & (pl.col("measure") == "pathways_total"))
    if no_total.height:
        shown = no_total.select("area_code", "Category").head(_MAX_SHOWN).rows()
        raise LayoutError(
            f"{where}: bands of {no_total.height} groups have no Total beside them: (area, group) {shown}"
        )
    return full.with_columns(
        pl.when(added).then(0.0).otherwise(pl.col("value")).alias("value"),
        pl.col("status").fill_null("ok"),
        pl.col(CELLS).fill_null([]),
    )


def _bounded(figures: pl.DataFrame) -> pl.DataFrame:
    """Add each figure's bounds; rounding leaves a 0 as it is."""
    return add_bounds(
        figures,
        half_width=pl.when(pl.col("value") == 0).then(0).otherwise(ROUNDED_BY),
        hidden_low=pl.lit(HIDDEN_LOW),
        hidden_high=pl.lit(HIDDEN_HIGH),
    )


def _check_sums(observations: pl.DataFrame, where: str) -> None:
    """Hold the bands of each group against its total: their bounds must meet."""
    key = ["area_level", "area_code", "dimension", "category"]
    total = pl.col("measure") == MEASURES[0]
    bounds = observations.group_by(key, maintain_order=True).agg(
        pl.col("low").filter(total).sum().alias("total_low"),
        pl.col("high").filter(total).sum().alias("total_high"),
        pl.col("low").filter(~total).sum().alias("bands_low"),
        pl.col("high").filter(~total).sum().alias("bands_high"),
    )
    wrong = bounds.filter((pl.col("bands_low") > pl.col("total_high")) | (pl.col("bands_high") < pl.col("total_low")))
    if wrong.height:
        raise ValidationError(
            f"{where}: the bands of {wrong.height} groups do not add up to their Total: (level, area, dimension, "
            f"group, bounds of Total, bounds of the bands) {wrong.head(_MAX_SHOWN).rows()}",
            failures=wrong,
        )


def _one_unknown(figures: pl.DataFrame) -> pl.DataFrame:
    """Add up "not stated" and "not known", which are one group here; with a hidden part the sum is hidden."""
    key = [*_AREA, "dimension", "category", "measure"]
    hidden = (pl.col("status") == "suppressed").any()
    return figures.group_by(key, maintain_order=True).agg(
        pl.when(hidden).then(None).otherwise(pl.col("value").sum()).alias("value"),
        pl.col("low").sum(),
        pl.col("high").sum(),
        pl.when(hidden).then(pl.lit("suppressed")).otherwise(pl.lit("ok")).alias("status"),
        together(),
    )


def _with_notes(figures: pl.DataFrame, gaps: tuple[Gap, ...], day: date, *, known: bool) -> pl.DataFrame:
    """Say of what day and basis a figure is, and which missing trusts understate it, or that nobody has read it."""
    regions = {board.ods: board.region_ods for board in boards_of(vintage_of(label_of_date(day)))}
    note = pl.concat_str(
        pl.lit(f"waiting at the end of the week to {day.day} {day:%B %Y}"),
        pl.when(pl.col("area_level") == "england").then(pl.lit("")).otherwise(pl.lit(f"; {_BASIS}")),
        pl.lit("" if known else f"; {NOT_READ}"),
    )
    for gap in gaps:
        dimensions = [METRIC_LABELS[metric] for metric in gap.metrics]
        lacks = pl.col("dimension").is_in(dimensions) & (
            (pl.col("area_level") == "england") | pl.col("area_code").is_in([gap.board, regions[gap.board]])
        )
        note = pl.concat_str(note, pl.when(lacks).then(pl.lit(f"; {gap.words}")).otherwise(pl.lit("")))
    return figures.with_columns(note.alias("note"))
