"""Learning disabilities health check scheme: registers and checks of practices, in the year to the end of March."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_determines, validate_names
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import (
    ONCE,
    add_bounds,
    add_financial_year,
    check_within,
    to_observations,
    unverified,
)
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables, Token
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers

TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED}
# Both counts of a practice are hidden where at most one person is left in the denominator and somebody declined.
HIDDEN_ELIGIBLE, HIDDEN_DECLINED = (0, 1), (1, None)

FOURTEEN_TO_17, ADULTS = "14 to 17", "18 and over"
_CHECKS, _ELIGIBLE, _DECLINED, _REGISTER = "health_checks", "eligible", "declined", "register"
MEASURES = (_CHECKS, _ELIGIBLE, _DECLINED, _REGISTER)
# An indicator and a count of it, as the two columns say them, to the age and the measure here.
_READ: Mapping[tuple[str, str], tuple[str, str]] = {
    ("LDHCMI034", "Numerator"): (FOURTEEN_TO_17, _CHECKS),
    ("LDHCMI034", "Denominator"): (FOURTEEN_TO_17, _ELIGIBLE),
    ("LDHCMI034", "HLTHCHKDEC"): (FOURTEEN_TO_17, _DECLINED),
    ("LDHCMI035", "Numerator"): (ADULTS, _CHECKS),
    ("LDHCMI035", "Denominator"): (ADULTS, _ELIGIBLE),
    ("LDHCMI035", "HLTHCHKDEC"): (ADULTS, _DECLINED),
    ("LD_REG_1417", "Count"): (FOURTEEN_TO_17, _REGISTER),
    ("LD_REG_18OV", "Count"): (ADULTS, _REGISTER),
}
INDICATOR_LABELS: Mapping[str, str] = {
    "LDHCMI034": "checks",
    "LDHCMI035": "checks",
    "LD_REG_1417": "register",
    "LD_REG_18OV": "register",
    # The same two ages counted in other ways, and the payment count: what they mean was not seen.
    "LDHC021": "",
    "LDHCMI036": "",
    "LDHCMI037": "",
}
MEASURE_LABELS: Mapping[str, str] = {
    "Numerator": _CHECKS,
    "Denominator": _ELIGIBLE,
    "HLTHCHKDEC": _DECLINED,
    "Count": _REGISTER,
}
_KEY = ["PRACTICE_CODE", "IND_CODE", "MEASURE"]
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return checks, people eligible, people who declined and registers by practice, by two ages and in all.

    Raises:
        LayoutError: a file of another date than the last day of the financial year, or a practice code of no form.
        ValidationError: a count that stands there twice, a register that is not its eligible and declined people, more
            checks than people eligible.
    """
    (year,) = release.financial_years
    raw = tables["counts"][0]
    where = f"ld_health_checks {release.edition}, {raw.member}"
    account = Account()
    _check_date(raw.frame, year, where)
    frame = map_labels(number_rows(raw), "IND_CODE", labels=INDICATOR_LABELS, into="kind", account=account)
    other = frame.filter(pl.col("kind") == "")
    account.left_out("rows of indicators of the scheme that are not read", other.height)
    frame = map_labels(frame.filter(pl.col("kind") != ""), "MEASURE", labels=MEASURE_LABELS, into="m", account=account)
    frame = read_numbers(_named(frame, where), "VALUE", tokens=TOKENS, where=where, whole=True)
    figures = _with_bounds(_figures(frame))
    _check_registers(figures, where)
    whole_year = unverified(add_financial_year(pl.concat([figures, _totals(figures)]), year))
    observations = to_observations(whole_year)
    for part, whole in ((_CHECKS, _ELIGIBLE), (_ELIGIBLE, _REGISTER), (_DECLINED, _REGISTER)):
        check_within(observations, part=part, whole=whole, where=where)
    return {
        "observations": observations,
        ROW_INDEX: row_index_of(whole_year, release),
        "practices": _practices(raw, where),
        ACCOUNT: account.frame(),
    }


def _check_date(frame: pl.DataFrame, year: str, where: str) -> None:
    """The counts run from April: only the file of the year's last day holds the year."""
    said = frame["ACH_DATE"].unique().to_list()
    last = period(year)[1]
    if said != [f"{last:%Y%m%d}"]:
        raise LayoutError(
            f"{where}: the dates of achievement are {said[:_MAX_SHOWN]}, expected {last:%Y%m%d} alone: another month's "
            f"counts are not those of {year}"
        )


def _named(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Name age and measure of each row; an indicator without one of its counts is another layout."""
    read = pl.DataFrame(
        [(*pair, *named) for pair, named in _READ.items()],
        schema={"IND_CODE": pl.String, "MEASURE": pl.String, "category": pl.String, "measure": pl.String},
        orient="row",
    )
    named = frame.join(read, on=["IND_CODE", "MEASURE"], how="left", validate="m:1")
    odd = named.filter(pl.col("measure").is_null())
    if odd.height:
        pairs = odd.select("IND_CODE", "MEASURE").unique().rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: {odd.height} rows pair an indicator with a count that is not its own: {pairs}")
    lacking = set(_READ) - set(named.select("IND_CODE", "MEASURE").unique().rows())
    if lacking:
        raise LayoutError(f"{where}: no rows at all of {sorted(lacking)}; fetch the file again")
    twice = named.filter(pl.struct(_KEY).is_duplicated())
    if twice.height:
        shown = twice.select(_KEY).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{where}: {twice.height} counts stand there twice: {shown}. {ONCE}", failures=twice)
    return named


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.lit("practice").alias("area_level"),
        pl.col("PRACTICE_CODE").alias("area_code"),
        pl.col("PRACTICE_NAME").fill_null("").alias("area_name"),
        pl.lit(Dimension.AGE.value).alias("dimension"),
        "category",
        "measure",
        pl.col("VALUE_value").alias("value"),
        pl.col("VALUE_status").alias("status"),
        pl.lit("").alias("note"),
        cells(frame, "VALUE"),
    )


def _with_bounds(figures: pl.DataFrame) -> pl.DataFrame:
    def hidden(at: int) -> pl.Expr:
        return (
            pl.when(pl.col("measure") == _ELIGIBLE)
            .then(pl.lit(HIDDEN_ELIGIBLE[at], dtype=pl.Float64))
            .when(pl.col("measure") == _DECLINED)
            .then(pl.lit(HIDDEN_DECLINED[at], dtype=pl.Float64))
        )

    return add_bounds(figures, half_width=pl.lit(0.0), hidden_low=hidden(0), hidden_high=hidden(1))


def _check_registers(figures: pl.DataFrame, where: str) -> None:
    """The publisher makes a register as the people eligible and those who declined: held where all three are there."""
    wide = figures.pivot(on="measure", index=["area_code", "category"], values="value")
    wrong = wide.filter(pl.col(_REGISTER) != pl.col(_ELIGIBLE) + pl.col(_DECLINED))
    if wrong.height:
        shown = wrong.select("area_code", "category", _REGISTER, _ELIGIBLE, _DECLINED).head(_MAX_SHOWN).rows()
        raise ValidationError(
            f"{where}: {wrong.height} registers are not the sum of people eligible and declined: (practice, age, "
            f"register, eligible, declined) {shown}. The register has another meaning now, or the file is damaged.",
            failures=wrong,
        )


def _totals(figures: pl.DataFrame) -> pl.DataFrame:
    """Add the two ages of each practice; where one is absent or hidden so is the total, with the bounds of both."""
    key = ["area_level", "area_code", "measure"]
    there = (pl.len() == 2) & (pl.col("status") == Status.OK).all()
    # pl.sum passes over nulls: a bound is known only where both are.
    bound = {name: pl.when(pl.len() + pl.col(name).count() == 4).then(pl.col(name).sum()) for name in ("low", "high")}
    return (
        figures.group_by(key, maintain_order=True)
        .agg(
            pl.col("area_name").first(),
            pl.lit(Dimension.TOTAL.value).alias("dimension"),
            pl.lit(ALL).alias("category"),
            pl.when(there).then(pl.col("value").sum()).alias("value"),
            pl.when(there)
            .then(pl.lit(Status.OK.value))
            .when((pl.col("status") == Status.SUPPRESSED).any())
            .then(pl.lit(Status.SUPPRESSED.value))
            .otherwise(pl.lit(Status.MISSING.value))
            .alias("status"),
            *(expr.alias(name) for name, expr in bound.items()),
            pl.lit("ages 14 and over: the sum of both ages").alias("note"),
            together(),
        )
        .select(figures.columns)
    )


def _practices(raw: RawTable, where: str) -> pl.DataFrame:
    """Return where each practice belongs; every row of a practice says the same."""
    places = ["SUB_ICB_LOC_CODE", "ONS_SUB_ICB_LOC_CODE", "ICB_CODE", "ONS_ICB_CODE"]
    validate_determines(raw.frame, ["PRACTICE_CODE"], places, where=where)
    validate_determines(raw.frame, ["SUB_ICB_LOC_CODE"], ["ICB_CODE"], where=where)
    for code, ons in (places[:2], places[2:]):
        validate_determines(raw.frame, [code], [ons], where=where)
        validate_determines(raw.frame, [ons], [code], where=where)
    names = [("PRACTICE_CODE", "PRACTICE_NAME"), ("SUB_ICB_LOC_CODE", "SUB_ICB_LOC_NAME"), ("ICB_CODE", "ICB_NAME")]
    validate_names(raw.frame, names, where=where)
    return (
        raw.frame.select(
            pl.col("PRACTICE_CODE").alias("practice_code"),
            pl.col("SUB_ICB_LOC_CODE").alias("sub_icb_ods"),
            pl.col("ONS_SUB_ICB_LOC_CODE").alias("sub_icb_ons"),
            pl.col("ICB_CODE").alias("icb_ods"),
            pl.col("ONS_ICB_CODE").alias("icb_ons"),
        )
        .unique()
        .sort("practice_code")
    )
