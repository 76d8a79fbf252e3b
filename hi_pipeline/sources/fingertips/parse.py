"""Fingertips: the CSV of an indicator to observations of England, regions, authorities, boards and practices."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import one_spelling, validate_between, validate_names
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import add_bounds, check_within, melt_figures, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import ROW, map_exactly, map_labels, number_rows, read_numbers
from hi_pipeline.sources.fingertips.areas import note_authorities, note_boards, read_areas
from hi_pipeline.sources.fingertips.figures import DEFAULT, FIGURES, Figures
from hi_pipeline.sources.fingertips.periods import PERIOD, declared_years
from hi_pipeline.sources.fingertips.ranges import range_of_authorities

TOKENS: Mapping[str | None, Token] = {None: Token.MISSING}
SUPPRESSED_NOTE = "Value suppressed for disclosure control reasons"
# Note of the publisher to what the observation says.
VALUE_NOTES: Mapping[str, str] = {
    "": "",
    SUPPRESSED_NOTE: "suppressed by the publisher",
    "Aggregated from all known lower geography values": "aggregated by the publisher from smaller areas",
    "Aggregated from values for merged local authorities": "added up by the publisher from merged authorities",
    "Value for North Yorkshire Cty applied to North Yorkshire UA": "value of the former county of the same area",
    "Value for Somerset Cty applied to Somerset UA": "value of the former county of the same area",
}
PERSONS = "Persons"
SEXES: Mapping[str, str] = {PERSONS: ALL, "Female": "Female", "Male": "Male"}
SEXES_ALONE = "printed for each sex alone"
LIMITS: Mapping[str, str] = {"lower_95": "Lower CI 95.0 limit", "upper_95": "Upper CI 95.0 limit"}
_KEY = ("Area Code", "Sex", "Age", "Category Type", "Category", "Time period")
_PARENTS = ("Parent Code", "Parent Name")


def parse(tables: RawTables, release: Release) -> Tables:
    """Return value, count and denominator of one indicator, by area, year and, of some, sex.

    Measures are value_<id>, count_<id> and denominator_<id>; a value has the publisher's 95% limits. The release is
    named by the indicator, or by the indicator and the area type whose rows alone it is read for ("93560-221").
    Rows of deprivation deciles of areas, of single sexes beside persons, of areas that no indicator reads and of
    years that the release does not declare are left out and counted.

    Where ``figures.py`` says so, single sexes are read too; an area without persons then has a total that says so.

    Raises:
        LayoutError: another indicator than asked for, several ages, or a period not known.
        ValidationError: one figure that stands there twice with different contents.
    """
    raw = tables["data"][0]
    where = f"fingertips {release.edition}, {raw.member}"
    indicator, _, area_type = release.edition.partition("-")
    facts = FIGURES.get(indicator, DEFAULT)
    account = Account()
    frame = number_rows(raw).with_columns(pl.col("Value note").fill_null(""), pl.col(*_KEY).fill_null(""))
    map_exactly(frame, "Indicator ID", labels={indicator: indicator}, into="id", where=where)
    frame = read_areas(_unique(frame, account, where), area_type, facts, account, where)
    frame = _one_age(_no_deciles(frame, account), account, where)
    frame = frame if facts.by_sex else _one_sex(frame, account, where)
    frame = declared_years(frame, release, facts, account, where)
    frame = map_labels(frame, "Value note", labels=VALUE_NOTES, into="note", account=account)
    for column in ("Value", "Count", "Denominator", *LIMITS.values()):
        frame = read_numbers(frame, column, tokens=TOKENS, where=where)
        hidden = (pl.col("Value note") == SUPPRESSED_NOTE) & (pl.col(f"{column}_status") == Token.MISSING)
        status = pl.when(hidden).then(pl.lit(Token.SUPPRESSED.value)).otherwise(pl.col(f"{column}_status"))
        frame = frame.with_columns(status.alias(f"{column}_status"))
    _check_quotient(frame, facts, where)
    figures = _figures(frame, indicator, facts)
    if facts.range_of_authorities:
        figures = pl.concat([figures, range_of_authorities(figures, indicator)])
    if facts.by_sex:
        figures = pl.concat([figures, _without_persons(figures)])
    observations = to_observations(figures)
    if facts.proportion:
        check_within(observations, part=f"count_{indicator}", whole=f"denominator_{indicator}", where=where)
    note_boards(observations, f"value_{indicator}", account)
    note_authorities(observations, f"denominator_{indicator}", account)
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _unique(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """England stands there once for each parent: drop what repeats, refuse what contradicts."""
    validate_names(frame, [("Area Code", "Area Name"), ("Parent Code", "Parent Name")], where=where)
    frame = one_spelling(frame, ["Area Code"], "Area Name", where=where)
    comparisons = [name for name in frame.columns if name.startswith("Compared to ") or name == "Column not used"]
    plain = frame.drop(*_PARENTS, *comparisons)
    once = plain.unique([name for name in plain.columns if name != ROW], keep="first", maintain_order=True)
    account.left_out("rows of one area repeated for each of its parents", plain.height - once.height)
    differ = once.filter(pl.struct(_KEY).is_duplicated())
    if differ.height:
        raise ValidationError(
            f"{where}: {differ.height} rows say one figure with different contents, such as "
            f"{differ.select(*_KEY, 'Value').head(4).rows()}",
            failures=differ,
        )
    return once


def _no_deciles(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    plain = frame.filter(pl.col("Category Type") == "")
    account.left_out("rows of England by deprivation decile of areas", frame.height - plain.height)
    return plain


def _one_age(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Read the sexes; an indicator has one age here."""
    frame = map_labels(frame, "Sex", labels=SEXES, into="sex", account=account)
    ages = frame["Age"].unique().sort().to_list()
    if len(ages) != 1:
        raise LayoutError(
            f"{where}: ages {ages[:6]}; expected one age. Say in parse.py which of them the indicator is."
        )
    return frame


def _one_sex(frame: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Keep persons, or the one sex that the indicator has, as everybody whom it speaks of."""
    sexes = frame["Sex"].unique().sort().to_list()
    if PERSONS not in sexes and len(sexes) != 1:
        raise LayoutError(
            f"{where}: sexes {sexes}; expected persons or one sex. Say in figures.py that it is read by sex."
        )
    kept = frame.filter(pl.col("Sex") == (PERSONS if PERSONS in sexes else sexes[0]))
    account.left_out("rows of single sexes beside persons", frame.height - kept.height)
    return kept.with_columns(sex=pl.lit(ALL))


def _without_persons(figures: pl.DataFrame) -> pl.DataFrame:
    """Return a total that says so for each figure that is printed of single sexes alone."""
    area = [*PERIOD, "area_level", "area_code", "measure"]
    everybody = figures.filter(category=ALL)
    alone = figures.join(everybody, on=area, how="anti").unique(area, keep="first", maintain_order=True)
    numbers = [pl.lit(None, dtype=pl.Float64).alias(n) for n in ("value", "low", "high", *LIMITS)]
    return alone.with_columns(
        *numbers,
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.lit(Token.NOT_APPLICABLE.value).alias("status"),
        pl.lit(SEXES_ALONE).alias("note"),
        pl.col(CELLS).list.head(0),
    )


def _check_quotient(frame: pl.DataFrame, facts: Figures, where: str) -> None:
    """The value is the printed count over the printed denominator, or the facts in figures.py are wrong."""
    if not facts.per:
        return
    quotient, slack = facts.per * pl.col("Count_value") / pl.col("Denominator_value"), 1e-4 * facts.per
    validate_between(
        frame,
        pl.col("Value_value"),
        quotient - slack,
        quotient + slack,
        shown=("Area Code", "Time period", "Value", "Count", "Denominator"),
        apart=f"the value is not {facts.per:g} times count over denominator",
        where=where,
    )


def _figures(frame: pl.DataFrame, indicator: str, facts: Figures) -> pl.DataFrame:
    """Return three measures in rows, with what rounding and hiding leave open of counts and, by them, of values."""
    england = pl.col("area_level") == "england"
    named = frame.with_columns(
        pl.when(england).then(pl.lit("")).otherwise(pl.col("Area Code")).alias("area_code"),
        pl.col("Area Name").alias("area_name"),
        pl.when(pl.col("sex") == ALL)
        .then(pl.lit(Dimension.TOTAL.value))
        .otherwise(pl.lit(Dimension.SEX.value))
        .alias("dimension"),
        pl.col("sex").alias("category"),
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
    keep = (*PERIOD, "area_level", "area_code", "area_name", "dimension", "category", "note", "Denominator_value")
    limits = [f"{column}_value" for column in LIMITS.values()]
    blocks = []
    for column, measure, width, hidden_low, hidden_high in shapes:
        block = melt_figures(named, measures={f"{measure}_{indicator}": column}, keep=(*keep, *limits))
        bounded = add_bounds(block, half_width=width, hidden_low=hidden_low, hidden_high=hidden_high)
        printed = pl.lit(measure == "value") & pl.col("value").is_not_null()
        blocks.append(
            bounded.with_columns(
                pl.when(printed).then(f"{limit}_value").alias(name) for name, limit in LIMITS.items()
            ).drop("Denominator_value", *limits)
        )
    return pl.concat(blocks)
