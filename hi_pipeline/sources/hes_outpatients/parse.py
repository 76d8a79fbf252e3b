"""Hospital outpatient activity of England by group: four files of two years to observations."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_financial_year, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.sources.hes_outpatients.age_sex import read_age_sex, validate_year
from hi_pipeline.sources.hes_outpatients.labels import (
    ALL_GROUPS,
    ALL_KINDS,
    DECILE_LABELS,
    ETHNICITY_LABELS,
    KIND_COLUMNS,
    KIND_LABELS,
    KIND_UNKNOWN,
    KIND_UNKNOWN_BY_DECILE,
    KIND_UNKNOWN_BY_ETHNICITY,
    KINDS,
    PERCENTAGE,
    TOKENS,
)

BY_ETHNICITY, BY_DECILE = "Activity by Ethnicity", "Activity by IMD Decile"
DIMENSIONS = {BY_ETHNICITY: Dimension.ETHNICITY.value, BY_DECILE: Dimension.DEPRIVATION.value}
CATEGORIES = {Dimension.ETHNICITY.value: ETHNICITY_LABELS, Dimension.DEPRIVATION.value: DECILE_LABELS}
_KEY = ("dimension", "category", "measure")
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return attendances of England by kind, and by ethnicity, tenth of deprivation, age and sex, as the file has them.

    The figure over all groups is taken from the file by ethnicity; that by deprivation must fit its own total.

    Raises:
        LayoutError: another year or token than declared, or a group without a row.
        ValidationError: a figure that stands there twice, groups that do not add up to their total, or kinds that do
            not add up to all attendances.
    """
    where = f"hes_outpatients {release.edition}"
    account = Account()
    if "age_sex" in tables:
        figures = read_age_sex(tables["age_sex"][0], release, account, where)
    elif "groups" in tables:
        figures = _long(tables["groups"][0], release, account, where)
    elif "deciles" in tables:
        figures = _wide(tables["deciles"][0], BY_DECILE, KIND_UNKNOWN_BY_DECILE, account, where)
    else:
        figures = _wide(tables["ethnicity"][0], BY_ETHNICITY, KIND_UNKNOWN_BY_ETHNICITY, account, where)
    if "age_sex" not in tables:
        if not account.has_unknown_labels:
            _check_kinds(figures, where)
            _check_totals(figures, where)
        figures = _one_total(figures, account)
    exact = add_bounds(
        figures.with_columns(
            pl.lit("england").alias("area_level"),
            pl.lit("").alias("area_code"),
            pl.lit(ENGLAND_NAME).alias("area_name"),
            pl.lit("ok").alias("status"),
        ),
        half_width=pl.lit(0.0),
    )
    whole = add_financial_year(exact, release.financial_years[0])
    return {
        "observations": to_observations(whole),
        ROW_INDEX: row_index_of(whole, release),
        ACCOUNT: account.frame(),
    }


def _long(raw: RawTable, release: Release, account: Account, where: str) -> pl.DataFrame:
    """Read the CSV, whose MEASURE holds kind and group: "All Attendances - Irish (White)"."""
    validate_year(raw.frame, release, where)
    frame = map_labels(number_rows(raw), "MEASURE_TYPE", labels=DIMENSIONS, into="dimension", account=account)
    parts = pl.col("MEASURE").str.splitn(" - ", 2).struct
    frame = frame.with_columns(parts.field("field_0").alias("kind"), parts.field("field_1").alias("group"))
    percentages = frame.filter(pl.col("kind") == PERCENTAGE)
    account.left_out("percentages of all attendances, which follow from the counts", percentages.height)
    frame = frame.filter(pl.col("kind").ne_missing(PERCENTAGE))
    frame = map_labels(frame, "kind", labels=KIND_LABELS, into="measure", account=account)
    frame = read_numbers(frame, "MEASURE_VALUE", tokens=TOKENS, where=where, whole=True)
    value = pl.col("MEASURE_VALUE_value").alias("value")
    return _groups(frame.with_columns(value, cells(frame, "MEASURE_VALUE")), account, where)


def _wide(raw: RawTable, breakdown: str, unknown: str, account: Account, where: str) -> pl.DataFrame:
    """Read a workbook: one row a group, one column a kind."""
    # By ethnicity the first column holds the group's letter under the heading, the second its words under none.
    group = raw.frame.columns[0] if breakdown == BY_DECILE else raw.frame.columns[1]
    account.left_out("percentages of all attendances, which follow from the counts", raw.frame.height)
    frame = number_rows(raw)
    blocks = []
    for column, measure in (*KIND_COLUMNS.items(), (unknown, KIND_UNKNOWN)):
        read = read_numbers(frame, column, tokens=TOKENS, where=where, whole=True)
        blocks.append(
            read.select(
                pl.col(group).alias("group"),
                pl.lit(measure).alias("measure"),
                pl.col(f"{column}_value").alias("value"),
                cells(read, column),
            )
        )
    figures = pl.concat(blocks).with_columns(pl.lit(DIMENSIONS[breakdown]).alias("dimension"))
    return _groups(figures, account, where)


def _groups(figures: pl.DataFrame, account: Account, where: str) -> pl.DataFrame:
    """Name the groups; the row over all of them has the category All."""
    parts = []
    for dimension, labels in CATEGORIES.items():
        rows = figures.filter(pl.col("dimension") == dimension)
        known = {**labels, **dict.fromkeys(ALL_GROUPS, ALL)}
        parts.append(map_labels(rows, "group", labels=known, into="category", account=account))
    named = pl.concat(parts)
    twice = named.filter(pl.struct("dimension", "group", "measure").is_duplicated())
    if twice.height:
        shown = twice.select("dimension", "group", "measure").unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{where}: {twice.height} figures stand there twice: {shown}. {ONCE}", failures=twice)
    absent = {
        dimension: sorted(set(CATEGORIES[dimension].values()) - set(rows["category"]))
        for (dimension,), rows in named.group_by("dimension")
        if isinstance(dimension, str)
    }
    if any(absent.values()) and not account.has_unknown_labels:
        raise LayoutError(f"{where}: groups without a row: {absent}; expected all. Fetch the file again.")
    # "Not stated" and "not known" are one group here.
    return named.group_by(_KEY, maintain_order=True).agg(pl.col("value").sum(), together())


def _check_kinds(figures: pl.DataFrame, where: str) -> None:
    """All attendances of a group are those of its five kinds."""
    everything = pl.col("measure") == ALL_KINDS
    sums = figures.group_by("dimension", "category", maintain_order=True).agg(
        pl.col("value").filter(everything).sum().alias("all"),
        pl.col("value").filter(pl.col("measure").is_in(list(KINDS))).sum().alias("kinds"),
    )
    wrong = sums.filter(pl.col("all") != pl.col("kinds"))
    if wrong.height:
        raise ValidationError(
            f"{where}: kinds of attendance do not add up to all of them: (breakdown, group, all, sum) "
            f"{wrong.head(_MAX_SHOWN).rows()}",
            failures=wrong,
        )


def _check_totals(figures: pl.DataFrame, where: str) -> None:
    """The groups add up to the row over all of them."""
    ethnicity = Dimension.ETHNICITY.value
    everyone = pl.col("category") == ALL
    sums = figures.group_by("dimension", "measure", maintain_order=True).agg(
        pl.col("value").filter(~everyone).sum().alias("groups"), pl.col("value").filter(everyone).first().alias("all")
    )
    # The CSV has no row over all tenths; they then have to add up to the one over all ethnic groups.
    other = sums.filter(dimension=ethnicity).select("measure", pl.col("all").alias("other"))
    sums = sums.join(other, on="measure", how="left", validate="m:1").with_columns(pl.coalesce("all", "other"))
    wrong = sums.filter(pl.col("all").is_null() | (pl.col("groups") != pl.col("all")))
    if wrong.height:
        raise ValidationError(
            f"{where}: groups do not add up to the row over all of them: (breakdown, kind, sum, all) "
            f"{wrong.select('dimension', 'measure', 'groups', 'all').head(_MAX_SHOWN).rows()}",
            failures=wrong,
        )


def _one_total(figures: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Give the row over all groups as the total where it is by ethnicity."""
    everyone = pl.col("category") == ALL
    totals = figures.filter(everyone)
    used = totals.filter(dimension=Dimension.ETHNICITY.value).with_columns(
        pl.lit(Dimension.TOTAL.value).alias("dimension")
    )
    account.left_out("figures over all tenths of deprivation, equal to their sum", totals.height - used.height)
    return pl.concat([figures.filter(~everyone), used])
