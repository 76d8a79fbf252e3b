"""Monthly A&E attendances and emergency admissions: by provider, summed by region, and the file's own total."""

import re
from calendar import month_name, monthrange
from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_codes
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND_NAME, NHS_REGIONS
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_month, check_within, melt_figures, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_exactly, number_rows, read_numbers

# 2026-11: every cell of the two months in hand is a number; a trust that reports nothing has no row.
TOKENS: Mapping[str | None, Token] = {}
MEASURES: Mapping[str, str] = {
    "attendances_type1": "A&E attendances Type 1",
    "attendances_type2": "A&E attendances Type 2",
    "attendances_other": "A&E attendances Other A&E Department",
    "booked_type1": "A&E attendances Booked Appointments Type 1",
    "booked_type2": "A&E attendances Booked Appointments Type 2",
    "booked_other": "A&E attendances Booked Appointments Other Department",
    "over_4h_type1": "Attendances over 4hrs Type 1",
    "over_4h_type2": "Attendances over 4hrs Type 2",
    "over_4h_other": "Attendances over 4hrs Other Department",
    "booked_over_4h_type1": "Attendances over 4hrs Booked Appointments Type 1",
    "booked_over_4h_type2": "Attendances over 4hrs Booked Appointments Type 2",
    "booked_over_4h_other": "Attendances over 4hrs Booked Appointments Other Department",
    "waited_4_to_12h_for_bed": "Patients who have waited 4-12 hs from DTA to admission",
    "waited_12h_for_bed": "Patients who have waited 12+ hrs from DTA to admission",
    "admissions_type1": "Emergency admissions via A&E - Type 1",
    "admissions_type2": "Emergency admissions via A&E - Type 2",
    "admissions_other": "Emergency admissions via A&E - Other A&E department",
    "admissions_not_via_ae": "Other emergency admissions",
}
# 2026-11: most names of regions end in a blank, so they are compared without it.
REGION_LABELS: Mapping[str, str] = {f"NHS ENGLAND {region.name.upper()}": region.ods for region in NHS_REGIONS}
TOTAL = "TOTAL"  # in each of the first four columns of the last row
_FIGURE = ("measure", "value", "status", CELLS)
_PERIOD = re.compile(r"MSitAE-([A-Z]+)-(\d{4})")
_PARTS = tuple((f"over_4h_{kind}", f"attendances_{kind}") for kind in ("type1", "type2", "other"))


def parse(tables: RawTables, release: Release) -> Tables:
    """Return a month's figures by provider, by region (the sum of its providers) and for England (the TOTAL row).

    Raises:
        LayoutError: another month than the edition's, an unknown region, no TOTAL row, or text in a number's place.
        ValidationError: a provider that stands there twice, or a TOTAL that is not the sum of the providers.
    """
    raw = tables["providers"][0]
    where = f"ae_monthly {release.edition}, {raw.member}"
    frame = number_rows(raw)
    for column in MEASURES.values():
        frame = read_numbers(frame, column, tokens=TOKENS, where=where, whole=True)
    total = frame.filter(pl.col("Period") == TOTAL)
    if total.height != 1:
        raise LayoutError(f"{where}: {total.height} rows of {TOTAL}; expected one, the last. Fetch the file again.")
    providers = frame.filter(pl.col("Period").ne_missing(TOTAL))
    day = _month_end(providers, release, where)
    providers = map_exactly(
        providers.with_columns(pl.col("Parent Org").str.strip_chars()),
        "Parent Org",
        labels=REGION_LABELS,
        into="region",
        where=where,
    )
    validate_codes(providers, ["Org Code"], where=where)
    _check_unique(providers, where)
    _check_total(providers, total, where)
    areas = pl.concat([_providers(providers), _regions(providers), _england(total)]).with_columns(
        pl.lit(Dimension.TOTAL.value).alias("dimension"), pl.lit(ALL).alias("category")
    )
    figures = add_month(add_bounds(areas, half_width=pl.lit(0.0)), day)
    observations = to_observations(figures)
    for part, whole in _PARTS:
        check_within(observations, part=part, whole=whole, where=where)
    account = Account()
    account.note("a region's figures are the sum of its providers; attendances do not hold booked appointments")
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _month_end(frame: pl.DataFrame, release: Release, where: str) -> date:
    periods = frame["Period"].unique().to_list()
    found = _PERIOD.fullmatch(periods[0] or "") if len(periods) == 1 else None
    names = [name.upper() for name in month_name]
    if not found or found[1] not in names:
        raise LayoutError(f"{where}: Period reads {periods[:4]}; expected one month such as MSitAE-MARCH-2025")
    year, month = int(found[2]), names.index(found[1])
    if f"{year}-{month:02d}" != release.edition:
        raise LayoutError(f"{where}: the file is of {periods[0]}; expected {release.edition}. Is the address right?")
    return date(year, month, monthrange(year, month)[1])


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    twice = frame.filter(pl.col("Org Code").is_duplicated())
    if twice.height:
        codes = twice["Org Code"].unique(maintain_order=True).to_list()[:8]
        raise ValidationError(f"{where}: providers {codes} stand there twice. {ONCE}", failures=twice)


def _check_total(providers: pl.DataFrame, total: pl.DataFrame, where: str) -> None:
    names = [f"{column}_value" for column in MEASURES.values()]
    sums, printed = providers.select(pl.col(names).sum()).row(0), total.select(names).row(0)
    wrong = [(c, s, p) for c, s, p in zip(MEASURES.values(), sums, printed, strict=True) if s != p]
    if wrong:
        raise ValidationError(
            f"{where}: the providers do not add up to the {TOTAL} row: (column, sum, {TOTAL}) {wrong[:5]}. A provider "
            "is missing or a cell was changed: fetch the file again."
        )


def _providers(frame: pl.DataFrame) -> pl.DataFrame:
    return melt_figures(frame, measures=MEASURES, keep=["Org Code", "Org name"]).select(
        pl.lit("provider").alias("area_level"),
        pl.col("Org Code").alias("area_code"),
        pl.col("Org name").str.strip_chars().alias("area_name"),
        *_FIGURE,
    )


def _regions(frame: pl.DataFrame) -> pl.DataFrame:
    names = {region.ods: region.name for region in NHS_REGIONS}
    of_providers = melt_figures(frame, measures=MEASURES, keep=["region"])
    summed = of_providers.group_by("region", "measure", maintain_order=True).agg(
        pl.col("value").sum(), pl.col("status").first(), together()
    )
    return summed.select(
        pl.lit("region").alias("area_level"),
        pl.col("region").alias("area_code"),
        pl.col("region").replace_strict(names).alias("area_name"),
        *_FIGURE,
    )


def _england(total: pl.DataFrame) -> pl.DataFrame:
    return melt_figures(total, measures=MEASURES, keep=[]).select(
        pl.lit("england").alias("area_level"),
        pl.lit("").alias("area_code"),
        pl.lit(ENGLAND_NAME).alias("area_name"),
        *_FIGURE,
    )
