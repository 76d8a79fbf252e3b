"""NHS Talking Therapies, annual reports: text table to observations."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import one_spelling, validate_between
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension
from hi_pipeline.core.observations import add_bounds, add_financial_year, check_within, melt_figures, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers

TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED, "NULL": Token.MISSING}

# Measure to the publisher's column (2019-20 writes it without the underscore).
MEASURES: Mapping[str, str] = {
    "finished_course_treatment": "Count_FinishedCourseTreatment",
    "not_at_caseness": "Count_NotAtCaseness",
    "recovery": "Count_Recovery",
    "reliable_recovery": "Count_ReliableRecovery",
    "recovery_pct": "Percentage_Recovery",
    "reliable_recovery_pct": "Percentage_ReliableRecovery",
}

LEVELS: Mapping[str, str] = {
    "England": "england",
    "Commissioning Region": "region",
    "ICB": "icb",
    "STP": "stp",
    "CCG": "ccg",
}
LEFT_OUT_LEVELS = ("Provider",)
# 2026-11: sustainability and transformation partnerships carry ONS codes in this edition, ODS codes later.
STP_BY_ONS_CODE = ("2019-20",)
UNKNOWN_AREA = "UNKNOWN"

_NOT_STATED = "Not stated/Not known/Invalid"
TOTAL_LABELS: Mapping[str, str] = {"NULL": ALL}
AGE_LABELS: Mapping[str, str] = {
    band: band
    for band in (
        "Under 16",  # bands to 2020-21
        "16 to 17",
        "18 to 35",
        "36 to 64",
        "65 and over",
        "Under 18",  # bands from 2021-22
        "18 to 25",
        "26 to 64",
        "65 to 74",
        "75 to 89",
        "90 and over",
    )
}
SEX_LABELS: Mapping[str, str] = {
    "Female": "Female",
    "Male": "Male",
    "Indeterminate (unable to be classified as male or female)": "Indeterminate",  # from 2020-21
    _NOT_STATED: UNKNOWN,
}
# Numbered from the least deprived: the words decide, and they stand in the key so that no number is read alone.
DECILE_LABELS: Mapping[str, str] = {
    "01 Least deprived": DECILES[9],
    "02 Less deprived": DECILES[8],
    "03 Less deprived": DECILES[7],
    "04 Less deprived": DECILES[6],
    "05 Less deprived": DECILES[5],
    "06 More deprived": DECILES[4],
    "07 More deprived": DECILES[3],
    "08 More deprived": DECILES[2],
    "09 More deprived": DECILES[1],
    "10 Most deprived": DECILES[0],
    _NOT_STATED: UNKNOWN,
}
# "VariableA: VariableB"; the rows "All" are the broad groups beside their parts.
ETHNICITY_LABELS: Mapping[str, str] = {
    "White: All": "White",
    "White: British": "White: British",
    "White: Irish": "White: Irish",
    "White: Any other White background": "White: Any other White background",
    "White: Any Other White Background": "White: Any other White background",  # 2019-20
    "Mixed: All": "Mixed",
    "Mixed: White and Black Caribbean": "Mixed: White and Black Caribbean",
    "Mixed: White and Black African": "Mixed: White and Black African",
    "Mixed: White and Asian": "Mixed: White and Asian",
    "Mixed: Any other Mixed background": "Mixed: Any other Mixed background",
    "Mixed: Any Other Mixed Background": "Mixed: Any other Mixed background",  # 2019-20
    "Asian or Asian British: All": "Asian or Asian British",
    "Asian or Asian British: Indian": "Asian or Asian British: Indian",
    "Asian or Asian British: Pakistani": "Asian or Asian British: Pakistani",
    "Asian or Asian British: Bangladeshi": "Asian or Asian British: Bangladeshi",
    "Asian or Asian British: Any other Asian background": "Asian or Asian British: Any other Asian background",
    "Asian or Asian British: Any Other Asian Background": "Asian or Asian British: Any other Asian background",
    "Black or Black British: All": "Black or Black British",
    "Black or Black British: Caribbean": "Black or Black British: Caribbean",
    "Black or Black British: African": "Black or Black British: African",
    "Black or Black British: Any other Black background": "Black or Black British: Any other Black background",
    "Black or Black British: Any Other Black Background": "Black or Black British: Any other Black background",
    "Other Ethnic Groups: All": "Other Ethnic Groups",
    "Other Ethnic Groups: Chinese": "Other Ethnic Groups: Chinese",
    "Other Ethnic Groups: Any Other Ethnic Group": "Other Ethnic Groups: Any other ethnic group",
    f"{_NOT_STATED}: All": UNKNOWN,
}
GROUPS: Mapping[str, tuple[Dimension, Mapping[str, str]]] = {
    "Total": (Dimension.TOTAL, TOTAL_LABELS),
    "Age Group": (Dimension.AGE, AGE_LABELS),
    "Gender": (Dimension.SEX, SEX_LABELS),
    "Ethnic Group": (Dimension.ETHNICITY, ETHNICITY_LABELS),
    "Indices of Deprivation Decile": (Dimension.DEPRIVATION, DECILE_LABELS),
}
LEFT_OUT_GROUPS = (
    "BME Group",  # the ethnic groups again, in two
    "Consultation Medium",
    "Disability Type",
    "Long Term Condition Status",
    "Mental Health Care Cluster",
    "Presenting Complaint",
    "Problem Descriptor",  # the name of Presenting Complaint in 2019-20
    "Religion",
    "Sexual Orientation Type",
    "Stepped Care Pathway",
    "Waiting Time",
)
_AREA = ("area_level", "area_code", "area_name", "dimension", "category")
_PERCENTAGES = ("recovery_pct", "reliable_recovery_pct")
# What rounding may hide, either way, and what '*' may: see _bound.
_ROUNDED_COUNT, _HIDDEN_COUNT = 2.0, 4.0
_ROUNDED_PERCENTAGE, _ROUNDED_PERCENTAGE_OF_ENGLAND = 0.5, 0.05


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the observations of an edition, with the account of rows left out.

    Args:
        tables: ``main``, one text table in one of the annual layouts.
        release: the edition; it decides how STPs are coded.

    Raises:
        LayoutError: a table of another year, a code of an area outside its scheme, a token outside the vocabulary.
        ValidationError: a count above its denominator, one that is not rounded or that its percentage contradicts, or
            one code with two names.
    """
    raw = tables["main"][0]
    where = f"talking_therapies {release.edition}, {raw.member}"
    account = Account()
    if f"-{release.edition}-" not in raw.member:
        raise LayoutError(f"{where}: the name of the table, which alone says its year, is not of {release.edition}")
    # 2019-20 writes its columns without underscores (CountRecovery).
    printed_in = {new: old for new in MEASURES.values() for old in [new.replace("_", "")] if old in raw.frame.columns}
    frame = number_rows(raw).rename({old: new for new, old in printed_in.items()})
    frame = _leave_out(frame, "OrgType", LEFT_OUT_LEVELS, account)
    frame = _leave_out(frame, "VariableType", LEFT_OUT_GROUPS, account)
    frame = one_spelling(frame, ["OrgType", "OrgCode"], "OrgName", where=where)
    frame = _map_groups(_map_areas(frame, release.edition, account, where), account)
    for measure, column in MEASURES.items():
        frame = read_numbers(frame, column, tokens=TOKENS, where=where, whole=measure not in _PERCENTAGES)
    _check_rounded(frame, where)
    melted = melt_figures(frame, measures=MEASURES, keep=_AREA, printed_in=printed_in)
    figures = add_financial_year(_bound(melted), release.financial_years[0])
    observations = to_observations(figures)
    for part in ("not_at_caseness", "recovery", "reliable_recovery"):
        check_within(observations, part=part, whole="finished_course_treatment", where=where)
    _check_percentages(frame, where)
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _leave_out(frame: pl.DataFrame, column: str, values: tuple[str, ...], account: Account) -> pl.DataFrame:
    out = pl.col(column).is_in(list(values))
    for value, rows in frame.filter(out).group_by(column).len().sort(column).rows():
        account.left_out(f"rows of {column} {value!r}, which no indicator uses", rows)
    return frame.filter(~out.fill_null(False))


def _map_areas(frame: pl.DataFrame, edition: str, account: Account, where: str) -> pl.DataFrame:
    """Name the level, code and name of each area.

    The publisher's UNKNOWN area is a level of its own where boards are made from that level (ICBs, or CCGs before
    2022-23); the UNKNOWN rows of regions and STPs stay at their level, so that no unknown is counted twice.
    """
    frame = map_labels(frame, "OrgType", labels=LEVELS, into="area_level", account=account)
    unknown = (pl.col("OrgCode") == UNKNOWN_AREA) & pl.col("area_level").is_in(["icb", "ccg"])
    level = pl.when(unknown).then(pl.lit("unknown")).otherwise(pl.col("area_level"))
    if edition in STP_BY_ONS_CODE:
        level = pl.when(pl.col("area_level") == "stp").then(pl.lit("stp_ons")).otherwise(level)
    england = pl.col("area_level") == "england"
    frame = frame.with_columns(
        level.alias("area_level"),
        pl.when(england).then(pl.lit("")).otherwise(pl.col("OrgCode")).alias("area_code"),
        pl.when(england).then(pl.lit("England")).otherwise(pl.col("OrgName")).alias("area_name"),
    )
    _check_codes(frame, where)
    return frame


def _check_codes(frame: pl.DataFrame, where: str) -> None:
    """Refuse codes of another scheme than the level says: the schemes name different areas."""
    schemes = {"region": r"Y\d\d", "icb": r"Q..", "stp": r"Q..", "stp_ons": r"E54\d{6}", "ccg": r"\w{3}|\w{5}"}
    for level, pattern in schemes.items():
        odd = frame.filter(
            (pl.col("area_level") == level)
            & (pl.col("area_code") != UNKNOWN_AREA)
            & ~pl.col("area_code").str.contains(f"^(?:{pattern})$")
        )
        if odd.height:
            codes = odd["area_code"].unique().sort().to_list()[:8]
            raise LayoutError(
                f"{where}: codes {codes} of level {level!r} are not of its scheme {pattern}. If the publisher "
                "changed the scheme, say so for this edition in parse.py."
            )


def _map_groups(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    frame = map_labels(
        frame,
        "VariableType",
        labels={label: dimension.value for label, (dimension, _) in GROUPS.items()},
        into="dimension",
        account=account,
    )
    label = (
        pl.when(pl.col("VariableB") == "NULL")
        .then(pl.col("VariableA"))
        .otherwise(pl.concat_str("VariableA", pl.lit(": "), "VariableB"))
    )
    frame = frame.with_columns(label.alias("VariableA and VariableB"))
    parts = [
        map_labels(
            frame.filter(pl.col("VariableType") == variable),
            "VariableA and VariableB",
            labels=labels,
            into="category",
            account=account,
        )
        for variable, (_, labels) in GROUPS.items()
    ]
    return pl.concat(parts)


def _check_rounded(frame: pl.DataFrame, where: str) -> None:
    """Below England every count is a multiple of 5 (2026-11: so are all of five editions)."""
    for measure, column in MEASURES.items():
        odd = frame.filter((pl.col("area_level") != "england") & (pl.col(f"{column}_value") % 5 != 0))
        if measure not in _PERCENTAGES and odd.height:
            shown = odd.select("OrgType", "OrgCode", "VariableType", "VariableA", column)
            raise ValidationError(
                f"{where}: {odd.height} counts of areas in column {column!r} are no multiples of 5: (level, code, "
                f"variable, group, count) {shown.head(5).rows()}. Counts below England are rounded to 5: if the "
                "publisher changed its rounding, change _bound in parse.py; else fetch the file again.",
                failures=shown,
            )


def _check_percentages(frame: pl.DataFrame, where: str) -> None:
    """A percentage is its own count over those who finished and were at caseness.

    It is made from unrounded counts, so that counts may be off by their rounding and it by its own (2026-11: all
    52,783 percentages of recovery and 52,448 of reliable recovery in five editions are within that).
    """
    england = pl.col("area_level") == "england"
    off = pl.when(england).then(0.0).otherwise(_ROUNDED_COUNT)
    half = pl.when(england).then(_ROUNDED_PERCENTAGE_OF_ENGLAND).otherwise(_ROUNDED_PERCENTAGE)
    finished = pl.col("Count_FinishedCourseTreatment_value")
    below, hidden = (pl.col(f"Count_NotAtCaseness_{part}") for part in ("value", "status"))
    suppressed = hidden == Token.SUPPRESSED.value
    least_below = pl.when(suppressed).then(0.0).otherwise((below - off).clip(lower_bound=0))
    most_below = pl.when(suppressed).then(_HIDDEN_COUNT).otherwise(below + off)
    most, least = finished + off - least_below, finished - off - most_below
    for name in ("Recovery", "ReliableRecovery"):
        count = pl.col(f"Count_{name}_value")
        high = pl.when(least > 0).then(100 * (count + off) / least)
        validate_between(
            frame,
            pl.col(f"Percentage_{name}_value"),
            100 * (count - off).clip(lower_bound=0) / most - half,
            high + half,
            shown=(
                *("OrgType", "OrgCode", "VariableType", "VariableA", f"Percentage_{name}", f"Count_{name}"),
                *("Count_FinishedCourseTreatment", "Count_NotAtCaseness"),
            ),
            apart=f"Percentage_{name} is not Count_{name} of Count_FinishedCourseTreatment less Count_NotAtCaseness",
            where=where,
        )


def _bound(figures: pl.DataFrame) -> pl.DataFrame:
    """Bound what rounding and hiding leave open.

    2026-11, from five editions: below England every count is a multiple of 5, none is 0, so that '*' may hide 0 to
    4; England's counts are exact and do fall below 5. Percentages have no decimals below England, one in England.
    """
    england = pl.col("area_level") == "england"
    percentage = pl.col("measure").is_in(list(_PERCENTAGES))
    half_width = (
        pl.when(percentage)
        .then(pl.when(england).then(_ROUNDED_PERCENTAGE_OF_ENGLAND).otherwise(_ROUNDED_PERCENTAGE))
        .otherwise(pl.when(england).then(0.0).otherwise(_ROUNDED_COUNT))
    )
    bounded = add_bounds(
        figures,
        half_width=half_width,
        hidden_low=pl.when(percentage).then(None).otherwise(0.0),
        hidden_high=pl.when(percentage).then(None).otherwise(_HIDDEN_COUNT),
    )
    return bounded.with_columns(
        pl.when(percentage).then(pl.col("high").clip(upper_bound=100)).otherwise(pl.col("high")).alias("high")
    )
