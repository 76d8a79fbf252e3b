"""The file of attendances by age and sex: the rows over all specialties."""

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import SEX_THEN_AGE, UNKNOWN, Dimension
from hi_pipeline.core.observations import ONCE
from hi_pipeline.core.row_index import CELLS, cells, together
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.sources.hes_outpatients.labels import AGE_SEX_LABELS, AGES, ALL_SEXES, SEXES, TOKENS

ALL_SPECIALTIES = "All"
_MAX_SHOWN = 8


def read_age_sex(raw: RawTable, release: Release, account: Account, where: str) -> pl.DataFrame:
    """Return dimension, category, measure, value and cells: by age, by sex (of all ages), and by both at once.

    "All Genders" holds people of unknown sex too, who have no rows of their own: over all ages they are what the two
    sexes leave of it, which is no hidden figure and stands in no cell.

    Raises:
        LayoutError: another year or token than declared, or an age or sex without a row.
        ValidationError: a figure twice there, or more women and men of an age than people.
    """
    validate_year(raw.frame, release, where)
    frame = map_labels(number_rows(raw), "MEASURE_TYPE", labels=AGE_SEX_LABELS, into="measure", account=account)
    every = pl.col("MAINSPEF_CODE") == ALL_SPECIALTIES
    account.left_out("rows of single specialties, which the rows of all sum", frame.filter(~every).height)
    frame = read_numbers(frame.filter(every), "MEASURE_VALUE", tokens=TOKENS, where=where, whole=True)
    words = {f"{age} {sex}": age for age in AGES for sex in (ALL_SEXES, *SEXES)}
    frame = map_labels(frame, "MEASURE", labels=words, into="age", account=account)
    frame = frame.select(
        "measure",
        pl.col("age").replace_strict(dict(AGES), return_dtype=pl.String).alias("age"),
        pl.col("MEASURE").str.extract(f"({'|'.join((ALL_SEXES, *SEXES))})$").alias("sex"),
        pl.col("MEASURE_VALUE_value").alias("value"),
        cells(frame, "MEASURE_VALUE"),
    )
    _check_unique(frame, where)
    complete = not account.has_unknown_labels
    if complete:
        _check_whole(frame, where)
    people, by_both = frame.filter(sex=ALL_SEXES), frame.filter(pl.col("sex") != ALL_SEXES)
    return pl.concat(
        [
            _figures(people, Dimension.AGE, pl.col("age")),
            _figures(by_both, Dimension.AGE_AND_SEX, pl.concat_str("sex", pl.lit(SEX_THEN_AGE), "age")),
            # An age whose label is unknown would be missing from the sum over ages.
            *([_figures(_over_ages(frame), Dimension.SEX, pl.col("sex"))] if complete else []),
        ]
    )


def validate_year(frame: pl.DataFrame, release: Release, where: str) -> None:
    """Refuse a CSV of another year: 2023-24 is written 2324.

    Raises:
        LayoutError: naming the years found.
    """
    year = release.financial_years[0]
    expected, found = f"{year[2:4]}{year[5:]}", frame["REPORTING_PERIOD"].unique().to_list()
    if found != [expected]:
        raise LayoutError(f"{where}: REPORTING_PERIOD reads {found[:_MAX_SHOWN]}; expected {expected} alone")


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    key = ["measure", "age", "sex"]
    twice = frame.filter(pl.struct(key).is_duplicated())
    if twice.height:
        shown = twice.select(key).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{where}: {twice.height} figures stand there twice: {shown}. {ONCE}", failures=twice)


def _check_whole(frame: pl.DataFrame, where: str) -> None:
    expected = len(AGE_SEX_LABELS) * len(AGES) * (1 + len(SEXES))
    if frame.height != expected:
        raise LayoutError(f"{where}: {frame.height} figures of all specialties; expected {expected}, each age and sex")
    everyone = pl.col("sex") == ALL_SEXES
    sums = frame.group_by("measure", "age", maintain_order=True).agg(
        pl.col("value").filter(everyone).sum().alias("all"), pl.col("value").filter(~everyone).sum().alias("sexes")
    )
    wrong = sums.filter(pl.col("sexes") > pl.col("all"))
    if wrong.height:
        raise ValidationError(
            f"{where}: more women and men than people: (measure, age, all, women and men) "
            f"{wrong.head(_MAX_SHOWN).rows()}",
            failures=wrong,
        )


def _over_ages(frame: pl.DataFrame) -> pl.DataFrame:
    summed = frame.group_by("measure", "sex", maintain_order=True).agg(pl.col("value").sum(), together())
    wide = summed.pivot("sex", index="measure", values="value")
    unknown = pl.col(ALL_SEXES) - pl.sum_horizontal(SEXES)
    figures = wide.select("measure", *SEXES, unknown.alias(UNKNOWN)).unpivot(
        index="measure", variable_name="sex", value_name="value"
    )
    behind = summed.select("measure", "sex", CELLS)
    return figures.join(behind, on=["measure", "sex"], how="left", validate="1:1", maintain_order="left").with_columns(
        pl.col(CELLS).fill_null([])
    )


def _figures(frame: pl.DataFrame, dimension: Dimension, category: pl.Expr) -> pl.DataFrame:
    return frame.select(
        pl.lit(dimension.value).alias("dimension"), category.alias("category"), "measure", "value", CELLS
    )
