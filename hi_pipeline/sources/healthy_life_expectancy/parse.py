"""The sheet of deciles to observations of England: years in good health at birth, by sex and decile."""

import re
from collections.abc import Mapping
from datetime import date

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import label_of
from hi_pipeline.core.groups import ALL, DECILES, Dimension
from hi_pipeline.core.observations import add_bounds, to_observations, unverified
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import PeriodType, Status
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers

NO_TOKENS: Mapping[str | None, Token] = {}
SEXES: Mapping[str, str] = {"Female": "hle_birth_female", "Male": "hle_birth_male"}
SHARE = "small_area_share"
MEASURES = (*SEXES.values(), SHARE)
# Deciles are numbers here and words nowhere; that 1 is the most deprived is what two readers of the file take it for.
DECILE_LABELS: Mapping[str, str] = {str(number): word for number, word in enumerate(DECILES, 1)}
AT_BIRTH = "<1"
OF_DECILES = "the publication prints deciles; England as a whole is in another one"
TENTH = "a tenth of England's small areas, as deciles are made"
_PERIOD = re.compile(r"(\d{4}) to (\d{4})")
_LIMITS: Mapping[str, str] = {"lower_95": "LCI", "upper_95": "UCI"}
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return healthy life expectancy at birth by decile, with the publisher's 95% limits, of the declared years.

    Measures are hle_birth_female and hle_birth_male in years, and small_area_share, the share of England's small areas
    in a decile, with which it weighs in a slope. Periods are three calendar years and stand in the financial year that
    begins in the last of them. England as a whole has a total that says it is not printed here. Other ages and
    periods of years that the release does not declare are left out and counted.

    Raises:
        LayoutError: a period that is not three years in a row, a declared year without rows, a text for a number.
        ValidationError: a decile that is absent or stands there twice, a figure outside its limits, or an order of the
            deciles that cannot be (the last one has the shorter healthy life).
    """
    raw = tables["deciles"][0]
    where = f"healthy_life_expectancy {release.edition}, {raw.member}"
    account = Account()
    frame = number_rows(raw)
    at_birth = frame.filter(pl.col("Age group") == AT_BIRTH)
    if at_birth.is_empty():
        found = frame["Age group"].unique().sort().to_list()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: no row of the age group {AT_BIRTH!r}, at birth; it has {found}")
    account.left_out("rows of other ages than at birth", frame.height - at_birth.height)
    frame = _with_periods(at_birth, release, account, where)
    frame = map_labels(frame, "Sex", labels=SEXES, into="measure", account=account)
    frame = map_labels(frame, "IMD decile", labels=DECILE_LABELS, into="category", account=account)
    for column in ("HLE", *_LIMITS.values()):
        frame = read_numbers(frame, column, tokens=NO_TOKENS, where=where)
    if not account.has_unknown_labels:
        _check_deciles(frame, where)
    figures = _figures(frame)
    return {
        "observations": to_observations(figures),
        ROW_INDEX: row_index_of(figures, release),
        ACCOUNT: account.frame(),
    }


def _with_periods(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    """Add the period of each row and keep the years that the release declares."""
    meanings = []
    for text in frame["Period"].unique().sort().to_list():
        found = _PERIOD.fullmatch(text or "")
        first, last = (int(year) for year in found.groups()) if found else (0, 0)
        if last != first + 2:
            raise LayoutError(f"{where}: the period {text!r}; expected three calendar years, as '2022 to 2024'")
        meanings.append((text, label_of(last), date(first, 1, 1), date(last, 12, 31)))
    columns = {"Period": pl.String, "financial_year": pl.String, "period_start": pl.Date, "period_end": pl.Date}
    dated = frame.join(
        pl.DataFrame(meanings, schema=columns, orient="row"), on="Period", how="left", validate="m:1",
        maintain_order="left",
    )  # fmt: skip
    kept = dated.filter(pl.col("financial_year").is_in(list(release.financial_years)))
    absent = set(release.financial_years) - set(kept["financial_year"])
    if absent:
        raise LayoutError(f"{where}: no period ends in {sorted(absent)}, which the release is declared to hold")
    account.left_out("rows of periods that the release does not declare", dated.height - kept.height)
    return kept.with_columns(pl.lit(PeriodType.THREE_YEARS.value).alias("period_type"))


def _check_deciles(frame: pl.DataFrame, where: str) -> None:
    """Refuse deciles that are not ten, figures outside their limits, and deciles in the other direction."""
    by = ["financial_year", "measure"]
    value = pl.col("HLE_value")
    each = frame.group_by(by, maintain_order=True).agg(
        rows=pl.len(),
        deciles=pl.col("category").n_unique(),
        gain=value.filter(pl.col("category") == DECILES[-1]).first()
        - value.filter(pl.col("category") == DECILES[0]).first(),
    )
    odd = each.filter((pl.col("rows") != len(DECILES)) | (pl.col("deciles") != len(DECILES)))
    if odd.height or each.height != len(SEXES) * frame["financial_year"].n_unique():
        raise ValidationError(f"{where}: expected each decile once of each sex and period, found {each.rows()}")
    turned = each.filter(pl.col("gain") <= 0)
    if turned.height:
        raise ValidationError(
            f"{where}: decile 10 has no longer healthy life than decile 1 in {turned.rows()}: 1 is not the most "
            "deprived in this file, or it is another one"
        )
    inside = (pl.col("LCI_value") <= value) & (value <= pl.col("UCI_value"))
    outside = frame.filter(~inside.fill_null(False))
    if outside.height:
        shown = outside.select("Period", "IMD decile", "Sex", "HLE", *_LIMITS.values()).rows()[:_MAX_SHOWN]
        raise ValidationError(f"{where}: {outside.height} figures are outside their limits: {shown}", failures=outside)


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of deciles, England's totals that say there is none, and the weights of the deciles."""
    named = frame.with_columns(
        pl.lit("england").alias("area_level"),
        pl.lit("").alias("area_code"),
        pl.lit("England").alias("area_name"),
        pl.lit(Dimension.DEPRIVATION.value).alias("dimension"),
        pl.lit("").alias("note"),
    )
    printed = named.with_columns(
        pl.col("HLE_value").alias("value"),
        pl.col("HLE_status").alias("status"),
        *(pl.col(f"{column}_value").alias(name) for name, column in _LIMITS.items()),
        cells(named, "HLE"),
    )
    figures = add_bounds(printed, half_width=pl.lit(0.0)).select(_SHAPE)
    weights = figures.unique([*_PERIOD_COLUMNS, "category"], keep="first", maintain_order=True).with_columns(
        pl.lit(SHARE).alias("measure"),
        *(pl.lit(1 / len(DECILES)).alias(name) for name in ("value", "low", "high")),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in _LIMITS),
        pl.lit(Status.OK.value).alias("status"),
        pl.lit(TENTH).alias("note"),
        pl.col(CELLS).list.head(0),
    )
    totals = figures.unique([*_PERIOD_COLUMNS, "measure"], keep="first", maintain_order=True).with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", "low", "high", *_LIMITS)),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.lit(Status.NOT_APPLICABLE.value).alias("status"),
        pl.lit(OF_DECILES).alias("note"),
        pl.col(CELLS).list.head(0),
    )
    return unverified(pl.concat([figures, weights, totals]))


_PERIOD_COLUMNS = ["financial_year", "period_start", "period_end", "period_type"]
_SHAPE = [
    *_PERIOD_COLUMNS, "area_level", "area_code", "area_name", "dimension", "category", "measure", "value", "status",
    "low", "high", *_LIMITS, "note", CELLS,
]  # fmt: skip
