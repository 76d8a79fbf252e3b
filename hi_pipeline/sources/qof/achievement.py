"""Achievement in the Quality and Outcomes Framework: how many of the patients of an indicator it was done for."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, unverified
from hi_pipeline.core.row_index import cells
from hi_pipeline.core.source import RawTable, Token
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import MEMBER, ROW, Form, map_labels, number_rows, read_numbers
from hi_pipeline.core.validation import join_exactly

NO_TOKENS: Mapping[str | None, Token] = {}
ACHIEVEMENT_MEASURES: Mapping[str, str] = {
    "REGISTER": "register",
    "NUMERATOR": "numerator",
    "DENOMINATOR": "denominator",
    "PCAS": "personalised_care_adjustments",
    "ACHIEVED_POINTS": "achieved_points",
    "NEWLY_DIAGNOSED": "newly_diagnosed",  # 2024-25, depression
}
ACHIEVEMENT_COLUMNS = ("practice_code", "indicator_code", "measure", "value")
# Indicators whose counts become observations, by the years that have them. A code that changes is another definition:
# HYP003 and HYP007 (to 2022-23) are not HYP008 and HYP009 (patients aged 79 and under, 80 and over; readings at home
# count by their own thresholds), AF007 is not AF008 (which medicines count). Codes marked * are recalled, not seen.
ACHIEVED: Mapping[str, tuple[str, ...]] = {
    "hypertension": ("HYP003", "HYP007", "HYP008", "HYP009"),
    "atrial fibrillation": ("AF006", "AF007", "AF008"),
    "cholesterol": ("CHOL001", "CHOL002", "CHOL003", "CHOL004"),  # * CHOL004
    "cervical screening": ("CS005", "CS006"),
    "diabetes": (
        *("DM006", "DM012", "DM014", "DM018", "DM019", "DM020", "DM021", "DM022", "DM023"),
        *("DM033", "DM034", "DM035", "DM036"),  # *
    ),
    "severe mental illness": ("MH002", "MH003", "MH006", "MH007", "MH011", "MH012", "MH021"),
}
ACHIEVED_CODES = tuple(code for codes in ACHIEVED.values() for code in codes)
_COUNTS: Mapping[str, str] = {
    "numerator": "achieved",
    "denominator": "eligible",
    "personalised_care_adjustments": "adjusted",
}
_MAX_SHOWN = 8


def achievement_names(code: str) -> tuple[str, str, str]:
    """Return the measures of an indicator: done for, eligible, left out by a personalised care adjustment.

    ``hyp008_achieved``, ``hyp008_eligible`` and ``hyp008_adjusted`` for "HYP008". Eligible patients are those after
    the adjustments: add the adjusted ones for all patients whom the indicator speaks of.
    """
    achieved, eligible, adjusted = (f"{code.lower()}_{name}" for name in _COUNTS.values())
    return achieved, eligible, adjusted


def read_achievement(raws: tuple[RawTable, ...], account: Account, where: str) -> pl.DataFrame:
    """Return the achievement of all files of the edition: one of England, or one a region.

    The columns are ACHIEVEMENT_COLUMNS and, for the row index, VALUE as printed with its member and row.

    Raises:
        LayoutError: a value that is no number, a count that is not whole.
        ValidationError: a value that stands there twice.
    """
    columns = ("PRACTICE_CODE", "INDICATOR_CODE", "MEASURE", "VALUE")
    frame = pl.concat([number_rows(raw).select(MEMBER, ROW, *columns) for raw in raws])
    here = f"{where}, {', '.join(raw.member for raw in raws)}"
    frame = map_labels(
        frame, "MEASURE", labels=ACHIEVEMENT_MEASURES, into="measure", account=account, table="achievement"
    )
    # Points have decimals, the others are counts ("200.0").
    points = pl.col("measure") == "achieved_points"
    read = pl.concat(
        read_numbers(frame.filter(kind), "VALUE", tokens=NO_TOKENS, where=here, form=form)
        for kind, form in ((points, Form.DECIMAL), (~points, Form.COUNT))
    )
    key = ["PRACTICE_CODE", "INDICATOR_CODE", "measure"]
    twice = read.filter(pl.struct(key).is_duplicated())
    if twice.height:
        shown = twice.select(key).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{here}: {twice.height} values stand there twice: {shown}. {ONCE}", failures=twice)
    return read.select(
        pl.col("PRACTICE_CODE").alias("practice_code"),
        pl.col("INDICATOR_CODE").alias("indicator_code"),
        "measure",
        pl.col("VALUE_value").alias("value"),
        "VALUE",
        MEMBER,
        ROW,
    ).sort("practice_code", "indicator_code", "measure")


def achievement_figures(
    achievement: pl.DataFrame, practices: pl.DataFrame, indicators: pl.DataFrame, *, where: str
) -> pl.DataFrame:
    """Return the counts of the indicators that are read, by practice.

    Args:
        achievement: as ``read_achievement`` gives it, with its cells.
        practices: practice_code and practice_name of the edition.
        indicators: indicator_code of all indicators of the edition.
        where: source and edition, for errors.

    Raises:
        LinkageError: a practice that the geography mapping lacks.
        LayoutError: an indicator of the edition without any row.
    """
    listed, found = set(indicators["indicator_code"]), set(achievement["indicator_code"])
    lacking = [code for code in ACHIEVED_CODES if code in listed and code not in found]
    if lacking:
        raise LayoutError(
            f"{where}: the list of indicators has {lacking}, the achievement files have no row of them; see whether "
            "the files are whole and of one edition"
        )
    own = achievement.filter(pl.col("indicator_code").is_in(ACHIEVED_CODES) & pl.col("measure").is_in(list(_COUNTS)))
    named = join_exactly(
        own,
        practices.select("practice_code", "practice_name"),
        on=["practice_code"],
        cardinality="m:1",
        where=f"{where}: practices of the achievement files and of the geography mapping",
    )
    suffix = pl.col("measure").replace_strict(dict(_COUNTS), return_dtype=pl.String)
    figures = named.select(
        pl.lit("practice").alias("area_level"),
        pl.col("practice_code").alias("area_code"),
        pl.col("practice_name").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.lit(Status.OK.value).alias("status"),
        pl.lit("").alias("note"),
        pl.concat_str(pl.col("indicator_code").str.to_lowercase(), pl.lit("_"), suffix).alias("measure"),
        "value",
        cells(named, "VALUE"),
    )
    return unverified(figures)
