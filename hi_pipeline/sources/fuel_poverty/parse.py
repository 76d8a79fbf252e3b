"""Fuel poverty: households, and those in fuel poverty, of England, its authorities and its LSOAs of 2021."""

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_between
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, check_within, melt_figures, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables
from hi_pipeline.core.status import PeriodType
from hi_pipeline.core.text_tables import MEMBER, ROW, Form, number_rows, read_numbers

_FIGURES = ("Number of households", "Number of households in fuel poverty", "Proportion of households fuel poor (%)")
LSOA_COLUMNS = ("LSOA Code", "LSOA Name", "LA Code", "LA Name", "Region", *_FIGURES)
AREA_HEADER = ("Area Codes [Note 4]", "Area names", None, None, *_FIGURES)
BACK = "Back to contents"
MEASURES: Mapping[str, str] = dict(zip(("households", "fuel_poor", "fuel_poor_pct"), _FIGURES, strict=True))
# 2026-11: the edition of 2023 holds the households of 2021 (its titles say so) on the geography codes of April 2023,
# and is the newest of 2023-24; the period says 2021, and so does every note.
# The name of the file says both years, and the title of Table 2 that of the households.
_NAME = re.compile(r".*-tables-(\d{4})-(\d{4})-data\.xlsx")
NOTE = "estimates of a model for the households of {year}, in the edition of {edition}"
_CODES = {"england": r"^E92000001$", "local_authority": r"^E0[6-9]\d{6}$"}
# Counties, metropolitan counties, regions, and Inner and Outer London.
_OTHER_CODES = r"^E1[0-3]\d{6}$"
_HEADER_AT = 2
_SHARE_SLACK = 1e-6  # per cent


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the observations of a calendar year: England, local authorities and LSOAs.

    Raises:
        LayoutError: another header or year, a code of no known area, a cell that is no number.
        ValidationError: a figure that stands there twice, more households in fuel poverty than there are, or a
            proportion that its counts do not give.
    """
    where = f"fuel_poverty {release.edition}"
    account = Account()
    figures = pl.concat([_areas(tables["areas"][0], account, release, where), _lsoas(tables["lsoas"][0], where)])
    year = households_of(release)
    (financial_year,) = release.financial_years
    whole = add_bounds(figures, half_width=pl.lit(0.0)).with_columns(
        financial_year=pl.lit(financial_year),
        period_start=pl.lit(date(year, 1, 1)),
        period_end=pl.lit(date(year, 12, 31)),
        period_type=pl.lit(PeriodType.CALENDAR_YEAR.value),
        dimension=pl.lit(Dimension.TOTAL.value),
        category=pl.lit(ALL),
        note=pl.lit(NOTE.format(year=year, edition=release.edition)),
    )
    observations = to_observations(whole)
    check_within(observations, part="fuel_poor", whole="households", where=where)
    _check_shares(observations, where)
    return {"observations": observations, ROW_INDEX: row_index_of(whole, release), ACCOUNT: account.frame()}


def _check_shares(observations: pl.DataFrame, where: str) -> None:
    """A share is its own row's counts; 2026-11: all 34,052 of 2023 are, to nine digits."""
    quotient = 100 * pl.col("fuel_poor") / pl.col("households")
    validate_between(
        observations.pivot(on="measure", index=["area_level", "area_code"], values="value"),
        pl.col("fuel_poor_pct"),
        quotient - _SHARE_SLACK,
        quotient + _SHARE_SLACK,
        shown=("area_code", "fuel_poor_pct", "fuel_poor", "households"),
        apart="the proportion is not fuel poor households over all households",
        where=where,
    )


def households_of(release: Release) -> int:
    """Return the year of an edition's households, which its name says beside that of the edition.

    Raises:
        LayoutError: the name says no such years, or another edition.
    """
    found = _NAME.fullmatch(release.mirror_file)
    if found is None or found[1] != release.edition:
        raise LayoutError(
            f"fuel_poverty {release.edition}: {release.mirror_file} does not name the edition and the year of its "
            f"households; expected a name such as -tables-{release.edition}-2021-data.xlsx"
        )
    return int(found[2])


def _lsoas(raw: RawTable, where: str) -> pl.DataFrame:
    rows = _without_foot(number_rows(raw), "LSOA Code")
    _refuse_codes(rows.filter(~pl.col("LSOA Code").str.contains(r"^E01\d{6}$")), "LSOA Code", f"{where}, {raw.member}")
    named = rows.with_columns(area_level=pl.lit("lsoa"), area_code=pl.col("LSOA Code"), area_name=pl.col("LSOA Name"))
    return _figures(named, f"{where}, {raw.member}")


def _areas(raw: RawTable, account: Account, release: Release, where: str) -> pl.DataFrame:
    """Read England and the authorities; counties and regions are sums of them and are left out."""
    here, year = f"{where}, {raw.member}", households_of(release)
    title, header = raw.frame.row(0)[0] or "", [cell and cell.strip() for cell in raw.frame.row(_HEADER_AT)]
    if tuple(header) != AREA_HEADER or f"{year}" not in title:
        raise LayoutError(
            f"{here}: the title is {title!r} and the header {header}; expected the year "
            f"{year} and {list(AREA_HEADER)}. Is it the file of another year? If not, declare the layout."
        )
    code, *names = raw.frame.columns[:4]
    rows = _without_foot(number_rows(raw).slice(_HEADER_AT + 1), code)
    rows = rows.rename(dict(zip(raw.frame.columns[4:], _FIGURES, strict=True)))
    other = pl.col(code).str.contains(_OTHER_CODES)
    account.left_out("counties, regions and parts of London", rows.filter(other).height)
    england, authority = (pl.col(code).str.contains(pattern) for pattern in _CODES.values())
    level = pl.when(england).then(pl.lit("england")).when(authority).then(pl.lit("local_authority"))
    rows = rows.filter(~other).with_columns(area_level=level, area_name=pl.coalesce(*names))
    _refuse_codes(rows.filter(pl.col("area_level").is_null()), code, here)
    return _figures(rows.with_columns(area_code=pl.when(england).then(pl.lit("")).otherwise(code)), here)


def _without_foot(frame: pl.DataFrame, code: str) -> pl.DataFrame:
    """Leave out blank rows and the link at the foot of the sheet."""
    blank = pl.all_horizontal(pl.exclude(ROW, MEMBER).is_null())
    link = (pl.col(code) == BACK) & pl.all_horizontal(pl.exclude(code, ROW, MEMBER).is_null())
    return frame.filter(~blank & ~link.fill_null(False))


def _refuse_codes(odd: pl.DataFrame, code: str, where: str) -> None:
    if odd.height:
        raise LayoutError(
            f"{where}: {odd[code].unique().sort().to_list()[:8]} are codes of no area of that table. Expected England, "
            "counties, regions and authorities in Table 2 and LSOAs in Table 3; has the publisher moved the rows?"
        )


def _figures(rows: pl.DataFrame, where: str) -> pl.DataFrame:
    for measure, column in MEASURES.items():
        form = Form.DECIMAL if measure == "fuel_poor_pct" else Form.SHEET_COUNT
        rows = read_numbers(rows, column, tokens={}, where=where, form=form)
    keep = ["area_level", "area_code", "area_name"]
    return melt_figures(rows, measures=MEASURES, keep=keep).with_columns(pl.col("area_name").fill_null(""))
