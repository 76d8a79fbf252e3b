"""The time series of the mental health services monthly statistics: two measures to observations."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension
from hi_pipeline.core.observations import add_bounds, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import PeriodType
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.core.whole import validate_areas
from hi_pipeline.sources.mhsds.periods import read_periods

TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED}
# Below England counts under 5 are hidden and the others rounded to the nearest 5; England is exact.
ROUNDED_BY, HIDDEN_LOW, HIDDEN_HIGH = 2, 0, 4

ACCESS, CONTACT = "MHS95", "MHS01"
MEASURES: Mapping[str, str] = {ACCESS: "cyp_in_contact_12m", CONTACT: "people_in_contact"}
# Months that each measure's period covers. One id can stand for two lengths (2026-11: MHS32 for one month and three).
MONTHS: Mapping[str, int] = {ACCESS: 12, CONTACT: 1}
# Later editions repeat the months of this one, whose deciles were seen: they are read once.
CONTACT_EDITION = "2016-04_to_2022-11"

# The case of the words varies ("PROVIDER" in April 2016), so they are compared without it.
BREAKDOWN_LABELS: Mapping[str, str] = {
    "England": "england",
    "Region": "region",
    "STP": "stp",  # to July 2022
    "ICB": "icb",  # from August 2022
    "England; IMD Decile": "england",
}
LEFT_OUT_BREAKDOWNS = (
    "Provider",
    "Provider of Responsibility",
    "Provider; Ethnicity",
    # People are counted in each place they lived in or were registered in: these never add up to a board.
    "CCG - GP Practice or Residence",
    "CCG of Residence",
    "Sub ICB - GP Practice or Residence",
    "Sub ICB of Residence",
    "England; Accommodation Type",
    "England; Age",
    "England; Disability",
    "England; Employment Status",
    "England; Ethnicity",
    "England; Gender",
    "England; Sexual Orientation",
)
# Numbered from the most deprived, unlike the annual Talking Therapies and Mental Health Act files.
DECILE_LABELS: Mapping[str, str] = {
    "01 Most deprived": DECILES[0],
    "02 More deprived": DECILES[1],
    "03 More deprived": DECILES[2],
    "04 More deprived": DECILES[3],
    "05 More deprived": DECILES[4],
    "06 Less deprived": DECILES[5],
    "07 Less deprived": DECILES[6],
    "08 Less deprived": DECILES[7],
    "09 Less deprived": DECILES[8],
    "10 Least deprived": DECILES[9],
    "UNKNOWN": UNKNOWN,
    "Unknown": UNKNOWN,
}
STATUS_LABELS: Mapping[str, str] = {"Final": "", "Performance": "; performance figures, which final ones replace"}
UNKNOWN_AREA = "UNKNOWN"
_BY_DECILE = "england; imd decile"
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return children in contact in the twelve months to each March, and people in contact by decile where given.

    Raises:
        LayoutError: a code or token that is not declared, a period of another length, or
            another set of financial years than the release is declared to hold.
        ValidationError: a board or partnership without a row.
    """
    raw = tables["series"][0]
    where = f"mhsds {release.edition}, {raw.member}"
    account = Account()
    frame = number_rows(raw).filter(pl.col("MEASURE_ID").is_in(list(MEASURES)))
    account.left_out("rows of measures that no indicator uses", raw.frame.height - frame.height)
    frame = _breakdowns(frame, account)
    frame = read_periods(frame, months=MONTHS, where=where)
    frame = _periods_of(frame, release, account, where)
    frame = frame.with_columns(pl.col("STATUS").str.strip_chars())
    frame = map_labels(frame, "STATUS", labels=STATUS_LABELS, into="said", account=account)
    frame = read_numbers(frame, "MEASURE_VALUE", tokens=TOKENS, where=where, whole=True)
    figures = pl.concat([_areas(frame, account, where), _deciles(frame, account)])
    if not account.has_unknown_labels:
        _check_areas(figures, where)
    figures = _bound(figures, where)
    return {
        "observations": to_observations(figures),
        ROW_INDEX: row_index_of(figures, release),
        ACCOUNT: account.frame(),
    }


def _breakdowns(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Leave out the breakdowns that no indicator uses, and name the level of the others."""
    frame = frame.with_columns(pl.col("BREAKDOWN").str.strip_chars().str.to_lowercase())
    out = pl.col("BREAKDOWN").is_in([name.lower() for name in LEFT_OUT_BREAKDOWNS])
    account.left_out("rows of breakdowns that no indicator uses", frame.filter(out).height)
    lower = {label.lower(): level for label, level in BREAKDOWN_LABELS.items()}
    return map_labels(frame.filter(~out), "BREAKDOWN", labels=lower, into="area_level", account=account)


def _periods_of(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    """Keep the twelve months to March, and of people in contact the month-ends that have deciles.

    2026-11: the rows of boards begin with August 2022 and the series ends in November: no March of theirs is in it.
    """
    access = pl.col("MEASURE_ID") == ACCESS
    march = pl.col("period_end").dt.month() == 3
    other_months = frame.filter(access & ~march)
    account.left_out("rows whose twelve months do not end in March", other_months.height)
    with_deciles = frame.filter(~access & (pl.col("BREAKDOWN") == _BY_DECILE))["period_end"].unique()
    contact = ~access & pl.col("period_end").is_in(with_deciles.implode()) & pl.lit(release.edition == CONTACT_EDITION)
    unused = frame.filter(~access & ~contact)
    account.left_out("rows of people in contact at month-ends that are not read", unused.height)
    kept = frame.filter((access & march) | contact)
    declared = pl.col("financial_year").is_in(list(release.financial_years))
    account.left_out("rows of years for which another edition is declared", kept.filter(~declared).height)
    kept = kept.filter(declared)
    missing = sorted(set(release.financial_years) - set(kept["financial_year"]))
    if missing and not account.has_unknown_labels:
        raise LayoutError(f"{where}: no figures of {missing}, which the release is declared to hold; see source.py")
    crossed = kept.filter(pl.col("SECONDARY_LEVEL").str.strip_chars() != "NONE")
    if crossed.height:
        shown = crossed.select("BREAKDOWN", "PRIMARY_LEVEL", "SECONDARY_LEVEL").head(_MAX_SHOWN).rows()
        raise LayoutError(f"{where}: {crossed.height} rows are split by a second level, expected none: {shown}")
    return kept


def _areas(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    frame = frame.filter(pl.col("BREAKDOWN") != _BY_DECILE)
    unknown = pl.col("PRIMARY_LEVEL") == UNKNOWN_AREA
    account.left_out("rows of an unknown area, whose people may be counted in others too", frame.filter(unknown).height)
    frame = frame.filter(~unknown)
    schemes = {"england": "England", "region": r"Y\d\d", "stp": r"Q\w\w", "icb": r"Q\w\w"}
    for level, pattern in schemes.items():
        odd = frame.filter((pl.col("area_level") == level) & ~pl.col("PRIMARY_LEVEL").str.contains(f"^{pattern}$"))
        if odd.height:
            codes = odd["PRIMARY_LEVEL"].unique().to_list()[:_MAX_SHOWN]
            raise LayoutError(f"{where}: codes {codes} of level {level!r} are not of its scheme {pattern}")
    england = pl.col("area_level") == "england"
    return _figures(
        frame.with_columns(
            pl.when(england).then(pl.lit("")).otherwise(pl.col("PRIMARY_LEVEL")).alias("area_code"),
            pl.when(england)
            .then(pl.lit(ENGLAND_NAME))
            .otherwise(pl.col("PRIMARY_LEVEL_DESCRIPTION"))
            .alias("area_name"),
            pl.lit(Dimension.TOTAL.value).alias("dimension"),
            pl.lit(ALL).alias("category"),
        )
    )


def _deciles(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    frame = frame.filter(pl.col("BREAKDOWN") == _BY_DECILE).with_columns(
        pl.lit("").alias("area_code"),
        pl.lit(ENGLAND_NAME).alias("area_name"),
        pl.lit(Dimension.DEPRIVATION.value).alias("dimension"),
    )
    return _figures(map_labels(frame, "PRIMARY_LEVEL", labels=DECILE_LABELS, into="category", account=account))


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    access = pl.col("MEASURE_ID") == ACCESS
    snapshot = PeriodType.SNAPSHOT.value
    return frame.select(
        "financial_year",
        pl.when(access).then(pl.col("period_start")).otherwise(pl.col("period_end")).alias("period_start"),
        "period_end",
        pl.when(access).then(pl.lit(PeriodType.FINANCIAL_YEAR.value)).otherwise(pl.lit(snapshot)).alias("period_type"),
        "area_level",
        "area_code",
        "area_name",
        "dimension",
        "category",
        pl.col("MEASURE_ID").replace_strict(dict(MEASURES)).alias("measure"),
        pl.col("MEASURE_VALUE_value").alias("value"),
        pl.col("MEASURE_VALUE_status").alias("status"),
        pl.concat_str(
            pl.when(access).then(pl.lit("at least one contact in the twelve months to ")).otherwise(pl.lit("at ")),
            pl.col("period_end").dt.strftime("%-d %B %Y"),
            pl.col("said"),
        ).alias("note"),
        cells(frame, "MEASURE_VALUE"),
    )


def _check_areas(figures: pl.DataFrame, where: str) -> None:
    """No board, or partnership (which has the ODS code of a board of July 2022), may be absent."""
    access = figures.filter(pl.col("measure") == MEASURES[ACCESS])
    for year in access["financial_year"].unique().sort():
        codes = access.filter(pl.col("area_level").is_in(["stp", "icb"]), financial_year=year)["area_code"].to_list()
        validate_areas(codes, level="icb", financial_year=year, where=where)


def _bound(figures: pl.DataFrame, where: str) -> pl.DataFrame:
    england = pl.col("area_level") == "england"
    odd = figures.filter(~england & (pl.col("value") % 5 != 0))
    if odd.height:
        shown = odd.select("area_code", "measure", "value").head(_MAX_SHOWN).rows()
        raise LayoutError(f"{where}: {odd.height} counts below England are no multiples of 5: {shown}")
    return add_bounds(
        figures,
        half_width=pl.when(england).then(0).otherwise(ROUNDED_BY),
        hidden_low=pl.lit(HIDDEN_LOW),
        hidden_high=pl.lit(HIDDEN_HIGH),
    )
