"""Fingertips: the CSV of an indicator to observations of England and practices."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, add_financial_year, check_within, melt_figures, to_observations
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_exactly, map_labels, read_numbers
from hi_pipeline.sources.fingertips.figures import DEFAULT, FIGURES, Figures

TOKENS: Mapping[str | None, Token] = {None: Token.MISSING}
SUPPRESSED_NOTE = "Value suppressed for disclosure control reasons"
# Note of the publisher to what the observation says.
VALUE_NOTES: Mapping[str, str] = {
    "": "",
    SUPPRESSED_NOTE: "suppressed by the publisher",
    "Aggregated from all known lower geography values": "aggregated by the publisher from smaller areas",
}
LEVELS: Mapping[str, str] = {"England": "england", "GPs": "practice"}
LEFT_OUT_LEVELS = r"PCNs.*"  # the practices again, by network, named by the day of the networks' list
PERSONS = "Persons"
SEXES = (PERSONS, "Female", "Male")
_PERIOD = r"^(\d{4})/(\d\d)$"
_KEY = ("Area Code", "Sex", "Age", "Category Type", "Category", "Time period")
_PARENTS = ("Parent Code", "Parent Name")


def parse(tables: RawTables, release: Release) -> Tables:
    """Return value, count and denominator of one indicator, by area and year.

    Measures are value_<id>, count_<id> and denominator_<id>. Rows of deprivation deciles of areas, of single sexes
    beside persons, of networks and of years that the release does not declare are left out and counted.

    Raises:
        LayoutError: another indicator than asked for, several ages, or a note, area type or period not known.
        ValidationError: one figure that stands there twice with different contents.
    """
    raw = tables["data"][0]
    where = f"fingertips {release.edition}, {raw.member}"
    account = Account()
    frame = raw.frame.with_columns(pl.col("Value note").fill_null(""), pl.col(*_KEY).fill_null(""))
    map_exactly(frame, "Indicator ID", labels={release.edition: release.edition}, into="id", where=where)
    frame = _unique(frame, account, where)
    frame = _one_group(_plain_areas(frame, account, where), account, where)
    frame = _declared_years(frame, release, account, where)
    frame = map_labels(frame, "Value note", labels=VALUE_NOTES, into="note", account=account)
    for column in ("Value", "Count", "Denominator"):
        frame = read_numbers(frame, column, tokens=TOKENS, where=where)
        hidden = (pl.col("Value note") == SUPPRESSED_NOTE) & (pl.col(f"{column}_status") == Token.MISSING)
        status = pl.when(hidden).then(pl.lit(Token.SUPPRESSED.value)).otherwise(pl.col(f"{column}_status"))
        frame = frame.with_columns(status.alias(f"{column}_status"))
    facts = FIGURES.get(release.edition, DEFAULT)
    _check_quotient(frame, facts, where)
    figures = _figures(frame, release.edition, facts)
    years = [add_financial_year(figures.filter(pl.col("financial_year") == y), y) for y in release.financial_years]
    observations = to_observations(pl.concat(years))
    if facts.proportion:
        part, whole = f"count_{release.edition}", f"denominator_{release.edition}"
        check_within(observations, part=part, whole=whole, where=where)
    return {"observations": observations, ACCOUNT: account.frame()}


def _unique(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """England stands there once for each parent: drop what repeats, refuse what contradicts."""
    comparisons = [name for name in frame.columns if name.startswith("Compared to ") or name == "Column not used"]
    plain = frame.drop(*_PARENTS, *comparisons)
    once = plain.unique(maintain_order=True)
    account.left_out("rows of one area repeated for each of its parents", plain.height - once.height)
    differ = once.filter(pl.struct(_KEY).is_duplicated())
    if differ.height:
        raise ValidationError(
            f"{where}: {differ.height} rows say one figure with different contents, such as "
            f"{differ.select(*_KEY, 'Value').head(4).rows()}",
            failures=differ,
        )
    return once


def _plain_areas(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    networks = pl.col("Area Type").str.contains(f"^(?:{LEFT_OUT_LEVELS})$")
    account.left_out("rows of primary care networks", frame.filter(networks).height)
    frame = map_labels(frame.filter(~networks), "Area Type", labels=LEVELS, into="area_level", account=account)
    plain = frame.filter(pl.col("Category Type") == "")
    account.left_out("rows of England by deprivation decile of areas", frame.height - plain.height)
    return plain


def _one_group(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Keep persons, or the one sex that the indicator has; an indicator has one age here."""
    frame = map_labels(frame, "Sex", labels={sex: sex for sex in SEXES}, into="sex", account=account)
    sexes, ages = frame["Sex"].unique().sort().to_list(), frame["Age"].unique().sort().to_list()
    if len(ages) != 1 or (PERSONS not in sexes and len(sexes) != 1):
        raise LayoutError(
            f"{where}: ages {ages[:6]} and sexes {sexes}; expected one age, and persons or one sex. Say in parse.py "
            "which of them the indicator is."
        )
    kept = frame.filter(pl.col("Sex") == (PERSONS if PERSONS in sexes else sexes[0]))
    account.left_out("rows of single sexes beside persons", frame.height - kept.height)
    return kept


def _declared_years(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    odd = frame.filter(~pl.col("Time period").str.contains(_PERIOD))
    if odd.height:
        raise LayoutError(
            f"{where}: time periods {odd['Time period'].unique().to_list()[:6]}; expected financial years, as 2021/22"
        )
    frame = frame.with_columns(pl.col("Time period").str.replace("/", "-").alias("financial_year"))
    kept = frame.filter(pl.col("financial_year").is_in(list(release.financial_years)))
    absent = set(release.financial_years) - set(kept["financial_year"].unique())
    if absent:
        raise LayoutError(f"{where}: no rows of {sorted(absent)}, which the release is declared to hold")
    account.left_out("rows of years that the release does not declare", frame.height - kept.height)
    return kept


def _check_quotient(frame: pl.DataFrame, facts: Figures, where: str) -> None:
    """The value is the printed count over the printed denominator, or the facts in figures.py are wrong."""
    quotient = facts.per * pl.col("Count_value") / pl.col("Denominator_value")
    wrong = frame.filter((quotient - pl.col("Value_value")).abs() > 1e-4 * facts.per) if facts.per else frame.clear()
    if wrong.height:
        shown = wrong.select("Area Code", "Time period", "Value", "Count", "Denominator").head(4).rows()
        raise ValidationError(
            f"{where}: {wrong.height} values are not {facts.per:g} times count over denominator: (area, period, "
            f"value, count, denominator) {shown}",
            failures=wrong,
        )


def _figures(frame: pl.DataFrame, indicator: str, facts: Figures) -> pl.DataFrame:
    """Return three measures in rows, with what rounding and hiding leave open of counts and, by them, of values."""
    england = pl.col("area_level") == "england"
    named = frame.with_columns(
        pl.when(england).then(pl.lit("")).otherwise(pl.col("Area Code")).alias("area_code"),
        pl.col("Area Name").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
    )
    half_width = pl.when(england).then(0.0).otherwise(facts.half_width)
    nothing = pl.lit(None, dtype=pl.Float64)
    low, high = (pl.lit(facts.hidden[0]), pl.lit(facts.hidden[1])) if facts.hidden else (nothing, nothing)
    # The value moves with its count; one that is no such quotient is taken as it is printed.
    per_one = facts.per / pl.col("Denominator_value") if facts.per else pl.lit(0.0)
    zero = pl.lit(0.0)
    shapes = (
        ("Value", "value", half_width * per_one, low * per_one, high * per_one if facts.per else nothing),
        ("Count", "count", half_width, low, high),
        ("Denominator", "denominator", zero, nothing, nothing),
    )
    keep = ("financial_year", "area_level", "area_code", "area_name", "dimension", "category", "note")
    blocks = []
    for column, measure, width, hidden_low, hidden_high in shapes:
        block = melt_figures(named, measures={f"{measure}_{indicator}": column}, keep=(*keep, "Denominator_value"))
        bounded = add_bounds(block, half_width=width, hidden_low=hidden_low, hidden_high=hidden_high)
        blocks.append(bounded.drop("Denominator_value"))
    return pl.concat(blocks)
