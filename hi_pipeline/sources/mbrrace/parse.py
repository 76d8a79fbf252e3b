"""MBRRACE-UK's rows of trusts to observations: counts, and stabilised rates with their intervals as printed."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_between
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import label_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, add_calendar_year, check_within, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_exactly, number_rows, read_numbers

TOKENS: Mapping[str | None, Token] = {"-1": Token.SUPPRESSED}
HIDDEN = "Suppressed due to small numbers"
ENGLAND, OTHER_NATIONS = "England", "another nation"
COUNTRY_LABELS: Mapping[str, str] = {
    "England": ENGLAND,
    "Scotland": OTHER_NATIONS,
    "Wales": OTHER_NATIONS,
    "Northern Ireland": OTHER_NATIONS,
    "Crown Dependencies": OTHER_NATIONS,
}
# 2026-11: the smallest count that is printed is 3; the rule itself was not seen.
SMALLEST_PRINTED = 3

BIRTHS, PERINATAL = "total_births", "extended_perinatal_deaths"
BIRTHS_COLUMN, LIVE_COLUMN = "TotalBirths", "TotalLiveBirths"
# Measure of deaths: the column of the count, the word in the columns of its rates.
DEATHS: Mapping[str, tuple[str, str]] = {
    "stillbirths": ("TotalStillbirths", "Stillbirth"),
    "neonatal_deaths": ("TotalNeonatalDeaths", "NeonatalDeath"),
    PERINATAL: ("TotalPerinatalDeaths", "PerinatalDeath"),
}
RATES: Mapping[str, str] = {
    "stillbirth_rate_stabilised": "Stillbirth",
    "neonatal_death_rate_stabilised": "NeonatalDeath",
    "extended_perinatal_mortality_rate_stabilised": "PerinatalDeath",
}
MEASURES = (BIRTHS, *DEATHS, *RATES)

_INTERVAL = r"^(\d+\.\d\d) to (\d+\.\d\d)$"
_TRUST = "the code is MBRRACE-UK's own, not the ODS code of the trust"
_HALF_OF_LAST_DIGIT = 0.005
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return births, deaths and stabilised rates (per 1,000 births) of England's trusts in a calendar year.

    England is the sum of its trusts, which is ours: the file has no row for it. Where a trust's count is hidden,
    England's is too, and its bounds say what is known.

    Raises:
        LayoutError: another year, a nation, token or interval outside the vocabulary, or a count below the smallest.
        ValidationError: parts that do not add up, a trust twice, or a rate outside its interval.
    """
    raw = tables["trusts"][0]
    where = f"mbrrace {release.edition}, {raw.member}"
    account = Account()
    frame = _england(number_rows(raw), release, account, where)
    for column in (BIRTHS_COLUMN, LIVE_COLUMN, *(column for column, _ in DEATHS.values())):
        frame = read_numbers(frame, column, tokens=TOKENS, where=where, whole=True)
    _check_counts(frame, where)
    _check_crude_rates(frame, where)
    year = label_of(int(release.edition))
    trusts = pl.concat([_counts(frame), _rates(frame, where)])
    figures = add_calendar_year(pl.concat([trusts, _sum_of(trusts)]), year)
    observations = to_observations(figures)
    check_within(observations, part=PERINATAL, whole=BIRTHS, where=where)
    account.note(
        "live births and crude rates are read only to be held against the counts, as births less live births would "
        "give stillbirths that the publisher hides; categories, group averages and places on the map are not read"
    )
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _england(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    years = frame["ReportYear"].unique().to_list()
    if years != [release.edition]:
        raise LayoutError(f"{where}: report years {years[:_MAX_SHOWN]}; expected {release.edition}")
    frame = map_exactly(frame, "CountryName", labels=COUNTRY_LABELS, into="nation", where=where)
    kept = frame.filter(nation=ENGLAND)
    account.left_out("rows of trusts and health boards of other nations", frame.height - kept.height)
    twice = kept.filter(pl.col("OrganisationCode").is_duplicated() | pl.col("OrganisationCode").is_null())
    if twice.height:
        raise ValidationError(f"{where}: codes twice or blank: {twice['OrganisationCode'].to_list()[:_MAX_SHOWN]}")
    return kept


def _check_counts(frame: pl.DataFrame, where: str) -> None:
    """Hold the counts against each other and against the words that say which of them are hidden."""
    births, live, still, neonatal, perinatal = (
        pl.col(f"{column}_value") for column in (BIRTHS_COLUMN, LIVE_COLUMN, *(column for column, _ in DEATHS.values()))
    )
    shown = pl.all_horizontal(still.is_not_null(), neonatal.is_not_null(), perinatal.is_not_null())
    wrong = {
        "births that are hidden": births.is_null() | live.is_null(),
        f"{LIVE_COLUMN} above {BIRTHS_COLUMN}": live > births,
        "deaths that do not add up": shown & (still + neonatal != perinatal),
        f"{BIRTHS_COLUMN} that are not {LIVE_COLUMN} and stillbirths": still.is_not_null() & (births != live + still),
    }
    for column, word in DEATHS.values():
        named = pl.col(f"Crude{word}CategoryName").eq_missing(HIDDEN)
        wrong[f"{column} hidden without {HIDDEN!r}, or the reverse"] = pl.col(f"{column}_value").is_null() != named
        wrong[f"{column} printed below {SMALLEST_PRINTED}"] = pl.col(f"{column}_value") < SMALLEST_PRINTED
    for what, rule in wrong.items():
        rows = frame.filter(rule.fill_null(False))
        if rows.height:
            names = rows["OrganisationName"].to_list()[:_MAX_SHOWN]
            raise ValidationError(f"{where}: {rows.height} trusts have {what}: {names}", failures=rows)


def _check_crude_rates(frame: pl.DataFrame, where: str) -> None:
    """A crude rate is its row's own deaths per 1,000 births, to two decimals; hidden with its count.

    2026-11: so are all rates of 2023, those of neonatal deaths per 1,000 live births.
    """
    of = {"NeonatalDeath": LIVE_COLUMN}
    for column, word in DEATHS.values():
        rate, births = f"Crude{word}Rate", of.get(word, BIRTHS_COLUMN)
        read = read_numbers(frame, rate, tokens=TOKENS, where=where)
        quotient = 1000 * pl.col(f"{column}_value") / pl.col(f"{births}_value")
        alone = read.filter(pl.col(f"{rate}_value").is_null() != pl.col(f"{column}_value").is_null())
        if alone.height:
            shown = alone.select("OrganisationName", rate, column)
            raise ValidationError(
                f"{where}: in {alone.height} rows one of {rate} and {column} is hidden and the other is printed: "
                f"{shown.head(_MAX_SHOWN).rows()}. Expected both or none: fetch the file again.",
                failures=shown,
            )
        validate_between(
            read,
            pl.col(f"{rate}_value"),
            quotient - _HALF_OF_LAST_DIGIT,
            quotient + _HALF_OF_LAST_DIGIT,
            shown=("OrganisationName", rate, column, births),
            apart=f"{rate} is not {column} per 1,000 {births}",
            where=where,
        )


def _counts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return births and deaths; a hidden part lies between 0 and the deaths of both kinds together."""
    both = pl.col(f"{DEATHS[PERINATAL][0]}_value").fill_null(SMALLEST_PRINTED - 1)
    blocks = []
    for measure, column in {BIRTHS: BIRTHS_COLUMN, **{m: c for m, (c, _) in DEATHS.items()}}.items():
        block = frame.with_columns(
            pl.col(f"{column}_value").alias("value"), pl.col(f"{column}_status").alias("status"), cells(frame, column)
        )
        bounded = add_bounds(block, half_width=pl.lit(0.0), hidden_low=pl.lit(0.0), hidden_high=both)
        blocks.append(_shaped(bounded.with_columns(pl.lit(measure).alias("measure"))))
    return pl.concat(blocks)


def _rates(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    blocks = []
    for measure, word in RATES.items():
        column = f"Stabilised{word}Rate"
        block = read_numbers(frame, column, tokens={}, where=where).with_columns(
            pl.col(f"Stabilised{word}CI").str.extract_groups(_INTERVAL).alias("interval")
        )
        block = block.with_columns(
            pl.col(f"{column}_value").alias("value"),
            pl.col(f"{column}_status").alias("status"),
            pl.col("interval").struct["1"].cast(pl.Float64).alias("lower_95"),
            pl.col("interval").struct["2"].cast(pl.Float64).alias("upper_95"),
            pl.lit(measure).alias("measure"),
            cells(block, column),
        )
        inside = (pl.col("lower_95") <= pl.col("value")) & (pl.col("value") <= pl.col("upper_95"))
        odd = block.filter(~inside.fill_null(False))
        if odd.height:
            shown = odd.select("OrganisationName", column, f"Stabilised{word}CI").rows()[:_MAX_SHOWN]
            raise LayoutError(f"{where}: expected rates inside intervals such as '1.82 to 3.55', found {shown}")
        # A stabilised rate is modelled: no rounding of counts bounds it, only its own last digit.
        blocks.append(_shaped(add_bounds(block, half_width=pl.lit(0.0))))
    return pl.concat(blocks)


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    limits = [name for name in ("lower_95", "upper_95") if name not in frame.columns]
    hidden = pl.col("status") == Token.SUPPRESSED.value
    return frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in limits).select(
        pl.lit("provider").alias("area_level"),
        pl.col("OrganisationCode").alias("area_code"),
        pl.col("OrganisationName").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        "measure",
        "value",
        "status",
        "low",
        "high",
        "lower_95",
        "upper_95",
        pl.when(hidden).then(pl.lit(f"hidden by the publisher; {_TRUST}")).otherwise(pl.lit(_TRUST)).alias("note"),
        CELLS,
    )


def _sum_of(trusts: pl.DataFrame) -> pl.DataFrame:
    """Return England's births and deaths: sums of its trusts, hidden where one of theirs is."""
    counts = trusts.filter(pl.col("measure").is_in([BIRTHS, *DEATHS]))
    hidden = pl.col("value").null_count()
    # Deaths of both kinds are hidden in few trusts, each kind in many: the sum of the two kinds says less.
    summed = counts.group_by("measure", maintain_order=True).agg(
        pl.when(hidden == 0).then(pl.col("value").sum()).alias("value"),
        pl.when(hidden == 0).then(pl.lit("ok")).otherwise(pl.lit(Token.SUPPRESSED.value)).alias("status"),
        pl.col("low").sum(),
        pl.col("high").sum(),
        pl.format(
            "added up over {} trusts by hi_pipeline, as the file has no row of England; hidden in {} of them",
            pl.len(),
            hidden,
        ).alias("note"),
        together(),
    )
    named = summed.with_columns(
        pl.lit("england").alias("area_level"),
        pl.lit("").alias("area_code"),
        pl.lit("England").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.lit(None, dtype=pl.Float64).alias("lower_95"),
        pl.lit(None, dtype=pl.Float64).alias("upper_95"),
    )
    return named.select(trusts.columns)
