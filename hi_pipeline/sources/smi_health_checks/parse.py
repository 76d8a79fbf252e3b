"""Physical health checks for people with severe mental illness: the fourth quarter of each year."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_financial_year, check_within, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.status import Status
from hi_pipeline.core.submission import Submission, mark_not_submitted
from hi_pipeline.core.text_tables import Form, map_labels, number_rows, read_numbers

TOKENS: Mapping[str | None, Token] = {None: Token.MISSING}
MEASURES: Mapping[str, str] = {
    "All6PHC": "six_checks",
    "SMIRegister": "register",
    "Alcohol": "check_alcohol",
    "BloodGlucose": "check_blood_glucose",
    "BloodLipid": "check_blood_lipids",
    "BloodPressure": "check_blood_pressure",
    "BMIWeight": "check_weight",
    "Smoking": "check_smoking",
}
# 2026-11: Somerset printed 14 of 4,363 with all six checks in 2021-22 and 0 of 4,738 in 2020-21 (its blood pressure,
# weight and smoking alike), 09H and 09X 0 in 2018-19; the lowest that is not of this kind is 7% of the median (10C).
SUBMISSION = Submission(
    part=tuple(measure for measure in MEASURES.values() if measure != "register"),
    whole="register",
    share_of_median=0.05,
    expected=20,
)
# Each commissioner of these years is a sub-ICB location of July 2022 under the same code.
FIRST_SUB_ICB_YEAR = "2021-22"
SUB_ICB_CODES = frozenset(place.ods for place in SUB_ICB_LOCATIONS if Vintage.JULY_2022 in place.board)
_PERIOD = r"^SMI-Q([1-4])-(\d{4})-(\d{4})$"
_OF_ENGLAND = ["six_checks", "register"]
_NOTE = "position at the end of quarter 4: checks of the twelve months before, register of the day"


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the observations of all years of a time series: those of each year's fourth quarter.

    The file has no row for England: its six checks and register are the sums of the areas that submitted both.

    Raises:
        LayoutError: a period, question, commissioner or token outside the vocabulary, or a year without quarter 4.
        ValidationError: an answer that stands there twice, or more checks than people on the register.
    """
    raw = tables["answers"][0]
    where = f"smi_health_checks {release.edition}, {raw.member}"
    account = Account()
    frame = _fourth_quarters(number_rows(raw), release, account, where)
    frame = map_labels(frame, "Question", labels=MEASURES, into="measure", account=account)
    frame = read_numbers(frame, "Answer", tokens=TOKENS, where=where, form=Form.SHEET_COUNT)
    _check_unique(frame, where)
    figures = frame.select(
        "financial_year",
        _level().alias("area_level"),
        pl.col("CCG Code").alias("area_code"),
        pl.lit("").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        "measure",
        pl.col("Answer_value").alias("value"),
        pl.col("Answer_status").alias("status"),
        pl.lit(_NOTE).alias("note"),
        cells(frame, "Answer"),
    )
    _check_codes(figures, where)
    marked = mark_not_submitted(figures, SUBMISSION, by=["financial_year", "area_level"])
    _account_for(figures, marked, account)
    # With a label unknown, an area may lack the answer by which it counts: then there is no sum of England.
    figures = marked if account.has_unknown_labels else pl.concat([marked, _england(marked)])
    years = [
        add_financial_year(figures.filter(pl.col("financial_year") == year), year) for year in release.financial_years
    ]
    bounded = add_bounds(pl.concat(years), half_width=pl.lit(0.0))
    observations = to_observations(bounded)
    for part in sorted(set(MEASURES.values()) - {"register"}):
        check_within(observations, part=part, whole="register", where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(bounded, release), ACCOUNT: account.frame()}


def _account_for(before: pl.DataFrame, after: pl.DataFrame, account: Account) -> None:
    """Say in the account which areas count as not submitted, by year."""
    changed = after.filter((after["status"] != before["status"]) & (pl.col("measure") == "six_checks"))
    for year, areas in changed.group_by("financial_year").agg(pl.col("area_code").sort()).sort("financial_year").rows():
        account.note(f"{year}: all six checks of {len(areas)} areas count as not submitted: {', '.join(areas)}")


def _england(figures: pl.DataFrame) -> pl.DataFrame:
    """Sum all six checks and the register over the areas that have both, and say how many of all they are."""
    wide = figures.filter(pl.col("measure").is_in(_OF_ENGLAND)).pivot(
        on="measure", index=["financial_year", "area_code"], values="value"
    )
    there = pl.all_horizontal(pl.col(name).is_not_null() for name in _OF_ENGLAND)
    sums = wide.group_by("financial_year").agg(
        *(pl.col(name).filter(there).sum() for name in _OF_ENGLAND),
        there.sum().alias("reporting"),
        pl.len().alias("expected"),
    )
    note = pl.format(f"{_NOTE}; the sum of {{}} of {{}} areas, those that submitted", "reporting", "expected")
    rows = sums.with_columns(note.alias("note")).unpivot(
        on=_OF_ENGLAND, index=["financial_year", "note"], variable_name="measure"
    )
    summed = figures.join(wide.filter(there), on=["financial_year", "area_code"], how="semi")
    behind = summed.group_by("financial_year", "measure").agg(together())
    rows = rows.join(behind, on=["financial_year", "measure"], how="left", validate="1:1")
    fixed = {
        "area_level": "england",
        "area_code": "",
        "area_name": "England",
        "dimension": Dimension.TOTAL.value,
        "category": ALL,
        "status": Status.OK.value,
    }
    return rows.with_columns(pl.lit(text).alias(name) for name, text in fixed.items()).select(figures.columns)


def _fourth_quarters(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    start, end = pl.col("_period").struct["2"].cast(pl.Int32), pl.col("_period").struct["3"].cast(pl.Int32)
    frame = frame.with_columns(pl.col("Period").str.extract_groups(_PERIOD).alias("_period"))
    odd = frame.filter(start.is_null() | (end != start + 1))
    if odd.height:
        raise LayoutError(f"{where}: periods {odd['Period'].unique().to_list()[:6]}; expected such as SMI-Q4-2023-2024")
    short_end = (end % 100).cast(pl.String).str.pad_start(2, "0")
    frame = frame.with_columns(
        pl.concat_str(start.cast(pl.String), pl.lit("-"), short_end).alias("financial_year"),
        pl.col("_period").struct["1"].alias("_quarter"),
    )
    fourth = frame.filter(pl.col("_quarter") == "4")
    account.left_out("rows of quarters 1 to 3", frame.height - fourth.height)
    found = set(fourth["financial_year"].unique())
    if found != set(release.financial_years):
        raise LayoutError(
            f"{where}: fourth quarters of {sorted(found)}; the release is declared to hold "
            f"{list(release.financial_years)}. Declare the years that it holds in source.py."
        )
    return fourth


def _level() -> pl.Expr:
    start = pl.col("financial_year").str.slice(0, 4).cast(pl.Int32)
    return pl.when(start >= start_year(FIRST_SUB_ICB_YEAR)).then(pl.lit("sub_icb")).otherwise(pl.lit("ccg"))


def _check_codes(figures: pl.DataFrame, where: str) -> None:
    odd = figures.filter((pl.col("area_level") == "sub_icb") & ~pl.col("area_code").is_in(list(SUB_ICB_CODES)))
    odd = pl.concat([odd, figures.filter(~pl.col("area_code").str.contains(r"^\w{3}$|^\w{5}$"))])
    if odd.height:
        raise LayoutError(
            f"{where}: commissioners {odd['area_code'].unique().sort().to_list()[:8]} are no sub-ICB locations of "
            f"July 2022, as all are from {FIRST_SUB_ICB_YEAR} on, or no codes at all"
        )


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    key = ["Period", "CCG Code", "Question"]
    twice = frame.filter(pl.struct(key).is_duplicated())
    if twice.height:
        shown = twice.select(key).unique(maintain_order=True).head(5).rows()
        raise ValidationError(
            f"{where}: {twice.height} answers stand there twice: {shown}. {ONCE}",
            failures=twice.select(*key, "Answer"),
        )
