"""England's episodes and admissions by ethnic group and tenth of deprivation, and episodes by age and sex: long CSVs.

No file of either was seen: columns and words are from public code that reads them (2026-11).
"""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND_NAME
from hi_pipeline.core.groups import DECILES, ETHNIC_DETAIL_2001, UNKNOWN, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_financial_year, to_observations, unverified
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.core.text_tables import Form, map_labels, number_rows, read_numbers
from hi_pipeline.sources.hes_admitted.layouts import ADMISSIONS, EPISODES, METHODS, TOKENS

# The two files write a measure in other cases: FAE_EMERGENCY_Sum and FAE_EMERGENCY_SUM.
MEASURES: Mapping[str, str] = {
    "FCE_SUM": EPISODES,
    "FAE_SUM": ADMISSIONS,
    "FAE_EMERGENCY_SUM": METHODS[0],
    "FAE_WAITLIST_SUM": METHODS[1],
    "FAE_PLANNED_SUM": METHODS[2],
    "FAE_OTHER_SUM": METHODS[3],
}
BREAKDOWNS: Mapping[str, Dimension] = {"ETHNICITY": Dimension.ETHNICITY, "IMD_Decile": Dimension.DEPRIVATION}
_ETHNIC = (
    "British (White)",
    "Irish (White)",
    "Any other White background",
    "White and Black Caribbean (Mixed)",
    "White and Black African (Mixed)",
    "White and Asian (Mixed)",
    "Any other Mixed background",
    "Indian (Asian or Asian British)",
    "Pakistani (Asian or Asian British)",
    "Bangladeshi (Asian or Asian British)",
    "Any other Asian background",
    "Caribbean (Black or Black British)",
    "African (Black or Black British)",
    "Any other Black background",
    "Chinese (other ethnic group)",
    "Any other ethnic group",
)
ETHNICITY_LABELS: Mapping[str, str] = dict(zip(_ETHNIC, ETHNIC_DETAIL_2001, strict=True)) | {
    "Not stated": UNKNOWN,
    "Not known": UNKNOWN,
}
# Without a number: "most", "more" and "less" and the share of people tell the tenth.
_TENTHS = (
    "Most deprived 10%",
    *(f"More deprived {n}-{n + 10}%" for n in range(10, 50, 10)),
    *(f"Less deprived {n}-{n + 10}%" for n in range(40, 0, -10)),
    "Least deprived 10%",
)
# What those without a tenth are called was not seen: the word is that of the outpatient files.
DECILE_LABELS: Mapping[str, str] = dict(zip(_TENTHS, DECILES, strict=True)) | {"Unknown/Non-UK Country": UNKNOWN}
CATEGORIES: Mapping[str, Mapping[str, str]] = {"ETHNICITY": ETHNICITY_LABELS, "IMD_Decile": DECILE_LABELS}

AGE_LABELS: Mapping[str, str] = {
    "Age_0_Sum": "Under 1",
    "Age_1_4_Sum": "1 to 4",
    "Age_5_9_Sum": "5 to 9",
    "Age_10_14_Sum": "10 to 14",
    **{f"Age_{age}_Sum": str(age) for age in range(15, 20)},
    **{f"Age_{low}_{low + 4}_Sum": f"{low} to {low + 4}" for low in range(20, 90, 5)},
    "Age_90_Over_Sum": "90 and over",
}
SEX_LABELS: Mapping[str, str] = {
    "FCE_MALE_SUM": "Male",
    "FCE_FEMALE_SUM": "Female",
    "FCE_UNKNOWN_GENDER_SUM": UNKNOWN,
}
_ENGLAND_LEVEL = "ENGLAND"
# Most of England's episodes whose age may be unknown; our own bound, as no file was seen (2026-11).
_AGE_NOT_KNOWN = 0.01
_MAX_SHOWN = 8


def read_groups(raw: RawTable, release: Release, account: Account, where: str) -> dict[str, pl.DataFrame]:
    """Return observations and row index: England's episodes and admissions by ethnic group and tenth of deprivation.

    The file names no year: it is the release's. It has no row over all groups, and none is made: England's total stands
    in another workbook.

    Raises:
        LayoutError: a group without a row, or a count that is none.
        ValidationError: a count that stands there twice, groups whose admissions are not their four methods.
    """
    frame = number_rows(raw)
    own = frame.filter(pl.col("Category").is_in(list(BREAKDOWNS)).fill_null(False))
    account.left_out("rows of specialties and causes, which nobody reads", frame.height - own.height)
    own = own.with_columns(pl.col("Measure").str.to_uppercase().alias("word"))
    read = own.filter(pl.col("word").is_in(list(MEASURES)).fill_null(False))
    account.left_out("rows of measures that nobody reads", own.height - read.height)
    parts = []
    for name, dimension in BREAKDOWNS.items():
        rows = read.filter(pl.col("Category") == name).with_columns(pl.lit(dimension.value).alias("dimension"))
        parts.append(map_labels(rows, "Code", labels=CATEGORIES[name], into="category", account=account))
    named = pl.concat(parts).with_columns(pl.col("word").replace_strict(dict(MEASURES)).alias("measure"))
    figures = _counted(named, "Code", "Measure_Value", where)
    if not account.has_unknown_labels:
        _check_groups(figures, where)
    return _found(figures, release)


def read_ages(raw: RawTable, release: Release, account: Account, where: str) -> dict[str, pl.DataFrame]:
    """Return observations and row index: England's episodes by age and by sex. Regions and providers are left out.

    Raises:
        LayoutError: another year, an age or a sex without a row, or a count that is none.
        ValidationError: a count that stands there twice, or ages that do not hold the episodes of both sexes.
    """
    frame, year = number_rows(raw), release.financial_years[0]
    said = frame["REPORTING_PERIOD"].unique().to_list()
    if said != [f"{year[2:4]}{year[5:]}"]:
        raise LayoutError(f"{where}: rows of the periods {said[:_MAX_SHOWN]}; expected {year[2:4]}{year[5:]} alone")
    england = frame.filter(pl.col("ORG_LEVEL") == _ENGLAND_LEVEL)
    account.left_out("rows of regions and providers", frame.height - england.height)
    aged = pl.col("MEASURE").str.starts_with("Age_").fill_null(False)
    sexed = pl.col("MEASURE").is_in(list(SEX_LABELS)).fill_null(False)
    account.left_out("rows of measures that nobody reads", england.filter(~aged & ~sexed).height)
    parts = [
        map_labels(england.filter(rows), "MEASURE", labels=labels, into="category", account=account).with_columns(
            pl.lit(dimension.value).alias("dimension")
        )
        for rows, labels, dimension in ((aged, AGE_LABELS, Dimension.AGE), (sexed, SEX_LABELS, Dimension.SEX))
    ]
    named = pl.concat(parts).with_columns(pl.lit(EPISODES).alias("measure"))
    absent = {*AGE_LABELS.values(), *SEX_LABELS.values()} - set(named["category"])
    if absent:
        raise LayoutError(f"{where}: no row of England of {sorted(absent)}; fetch the file again")
    figures = _counted(named, "MEASURE", "MEASURE_VALUE", where)
    _check_ages(figures, where)
    return _found(figures, release)


def _check_ages(figures: pl.DataFrame, where: str) -> None:
    """Ages hold the episodes of both sexes and of unknown sex, but for the few whose age is not known."""
    sums = dict(figures.group_by("dimension").agg(pl.col("value").sum()).rows())
    ages, sexes = sums[Dimension.AGE.value], sums[Dimension.SEX.value]
    if not (1 - _AGE_NOT_KNOWN) * sexes <= ages <= sexes:
        raise ValidationError(
            f"{where}: ages hold {ages:,.0f} episodes of England and sexes {sexes:,.0f}; expected as many, or at most "
            f"{_AGE_NOT_KNOWN:.0%} fewer by age"
        )


def _counted(named: pl.DataFrame, label: str, column: str, where: str) -> pl.DataFrame:
    """Read the counts and put groups of one name together: two kinds of unknown are one here."""
    key = ["dimension", label, "measure"]
    twice = named.filter(pl.struct(key).is_duplicated())
    if twice.height:
        shown = twice.select(key).unique(maintain_order=True).rows()[:_MAX_SHOWN]
        raise ValidationError(f"{where}: {twice.height} counts stand there twice: {shown}. {ONCE}", failures=twice)
    read = read_numbers(named, column, tokens=TOKENS, where=where, form=Form.COUNT)
    hidden = read.filter(pl.col(f"{column}_status") != "ok")
    if hidden.height:
        raise LayoutError(
            f"{where}: {hidden.height} counts of England are hidden, as none is in the publisher's other files: "
            f"{hidden.select(key).rows()[:_MAX_SHOWN]}"
        )
    read = read.with_columns(cells(read, column))
    return read.group_by("dimension", "category", "measure", maintain_order=True).agg(
        pl.col(f"{column}_value").sum().alias("value"), together()
    )


def _check_groups(figures: pl.DataFrame, where: str) -> None:
    """Every group has every measure; its admissions are its four methods, and no more than its episodes."""
    wide = figures.pivot(on="measure", index=["dimension", "category"], values="value")
    expected = {(d.value, c) for name, d in BREAKDOWNS.items() for c in CATEGORIES[name].values()}
    there = set(wide.select("dimension", "category").rows())
    # Whether those without a tenth have a row was not seen.
    absent = expected - there - {(Dimension.DEPRIVATION.value, UNKNOWN)}
    lacking = [name for name in MEASURES.values() if name not in wide.columns or wide[name].null_count()]
    if absent or lacking:
        raise LayoutError(
            f"{where}: groups without a row: {sorted(absent)[:_MAX_SHOWN]}, measures not whole: {lacking}"
        )
    wrong = wide.filter((pl.sum_horizontal(METHODS) != pl.col(ADMISSIONS)) | (pl.col(ADMISSIONS) > pl.col(EPISODES)))
    if wrong.height:
        raise ValidationError(
            f"{where}: {wrong.height} groups whose admissions are not the sum of {list(METHODS)}, or are more than "
            f"their episodes: {wrong.head(_MAX_SHOWN).rows()}",
            failures=wrong,
        )


def _found(figures: pl.DataFrame, release: Release) -> dict[str, pl.DataFrame]:
    named = figures.with_columns(
        area_level=pl.lit("england"),
        area_code=pl.lit(""),
        area_name=pl.lit(ENGLAND_NAME),
        status=pl.lit("ok"),
        note=pl.lit(""),
    )
    exact = add_bounds(named, half_width=pl.lit(0.0))
    dated = unverified(add_financial_year(exact, release.financial_years[0]))
    return {"observations": to_observations(dated), ROW_INDEX: row_index_of(dated, release)}
