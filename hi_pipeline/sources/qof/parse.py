"""Quality and Outcomes Framework: registers and lists of practices, and where the practices belong."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import validate_determines, validate_names
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import ONCE, add_bounds, add_financial_year, check_within, to_observations
from hi_pipeline.core.row_index import CORRECTION, ROW_INDEX, cells, row_index_of
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.core.validation import join_exactly
from hi_pipeline.sources.qof.achievement import (
    ACHIEVED_CODES,
    ACHIEVEMENT_COLUMNS,
    NO_TOKENS,
    achievement_figures,
    achievement_names,
    read_achievement,
)
from hi_pipeline.sources.qof.corrections import REGISTER_ABOVE_LIST, excused

# Each register and the list that it is a part of.
GROUP_LISTS: Mapping[str, str] = {
    "AF": "TOTAL",
    "AST": "06OV",
    "CAN": "TOTAL",
    "CHD": "TOTAL",
    "CKD": "18OV",
    "COPD": "TOTAL",
    "DEM": "TOTAL",
    "DEP": "18OV",
    "DM": "17OV",
    "EP": "18OV",
    "HF": "TOTAL",
    "HYP": "TOTAL",
    "LD": "TOTAL",
    "MH": "TOTAL",
    "NDH": "18OV",
    "OB": "18OV",
    "OST": "50OV",
    "PAD": "TOTAL",
    "PC": "TOTAL",
    "RA": "16OV",
    "STIA": "TOTAL",
}
# The lists of registers, each a part of those before it.
NESTED_LISTS = ("TOTAL", "06OV", "16OV", "17OV", "18OV", "50OV")
# List types of registers and of indicators (these also 40OV, 79UN, 80OV and others from 2022-23 on).
LIST_TYPES = (
    "TOTAL",
    "06OV",
    "06_19",
    "15OV",
    "16OV",
    "17OV",
    "18OV",
    "25_49_F",
    "25_64_F",
    "40OV",
    "45OV",
    "50OV",
    "50_64_F",
    "79UN",
    "79_80",
    "80OV",
    "1_2",
    "4_5",
    "UN01",
)
# Prefix of the board's columns to the scheme of boards: partnerships before July 2022 and boards after it.
SCHEMES: Mapping[str, str] = {"STP": "stp", "ICB": "icb"}
_PLACES = ("CCG", "SUB_ICB_LOC", "SUB_ICB")


def measure_names(group: str) -> tuple[str, str]:
    """Return the names of a group's measures: register_hyp and list_hyp for "HYP"."""
    return f"register_{group.lower()}", f"list_{group.lower()}"


def parse(tables: RawTables, release: Release) -> Tables:
    """Return registers with their lists by practice, the practices, the indicators, and achievement if it is there.

    Raises:
        LayoutError: a file of another edition, text in a number's place, or a group on another list.
        ValidationError: a register above its list that the corrections register does not know, or a list longer than
            one of more ages.
        LinkageError: a practice without a place in the geography mapping.
        CorrectionError: a known error that is no longer there.
    """
    where = f"qof {release.edition}"
    account = Account()
    _check_edition(tables, release, where)
    practices = _practices(tables["geography"][0], where)
    prevalence = _prevalence(tables["prevalence"][0], release, account, where)
    joined = join_exactly(
        prevalence.rename({"PRACTICE_CODE": "practice_code"}),
        practices.select("practice_code", "practice_name"),
        on=["practice_code"],
        cardinality="m:1",
        where=f"{where}: practices of the prevalence file and of the geography mapping",
    )
    found: Tables = {"practices": practices, "indicators": _indicators(tables["indicators"][0], account, where)}
    figures = _figures(joined)
    if tables.get("achievement"):
        achievement = read_achievement(tables["achievement"], account, where)
        found["achievement"] = achievement.select(ACHIEVEMENT_COLUMNS)
        achieved = achievement_figures(achievement, practices, found["indicators"], where=where)
        figures = pl.concat([figures, achieved], how="diagonal").select(figures.columns)
    else:
        account.note("the archive holds no achievement files: no table of achievement")
    bounded = add_financial_year(add_bounds(figures, half_width=pl.lit(0.0)), release.financial_years[0])
    observations = to_observations(bounded)
    for part, whole, _ in map(achievement_names, ACHIEVED_CODES):
        check_within(observations.filter(pl.col("measure").is_in([part, whole])), part=part, whole=whole, where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(bounded, release), **found, ACCOUNT: account.frame()}


def _check_edition(tables: RawTables, release: Release, where: str) -> None:
    """Every file names its years ("2425"): one of another edition would be taken for this one's."""
    years = release.edition[2:].replace("-", "")
    other = [raw.member for raws in tables.values() for raw in raws if f"_{years}" not in raw.member]
    if other:
        raise LayoutError(f"{where}: the files {other} are of another edition; expected _{years} in each name")


def _prevalence(raw: RawTable, release: Release, account: Account, where: str) -> pl.DataFrame:
    """Read registers and lists; 2026-11: registers are "112.0" in 2022-23, "112" in 2020-21."""
    here = f"{where}, {raw.member}"
    frame = map_labels(number_rows(raw), "GROUP_CODE", labels=GROUP_LISTS, into="own_list", account=account)
    other = frame.filter(pl.col("PATIENT_LIST_TYPE") != pl.col("own_list"))
    if other.height:
        pairs = other.select("GROUP_CODE", "PATIENT_LIST_TYPE").unique().sort("GROUP_CODE").rows()[:8]
        raise LayoutError(
            f"{here}: groups on other lists than before: {pairs}. Their prevalence has another meaning: declare it "
            "in GROUP_LISTS of parse.py, with the year from which it holds."
        )
    twice = frame.filter(pl.struct("PRACTICE_CODE", "GROUP_CODE").is_duplicated())
    if twice.height:
        shown = twice.select("PRACTICE_CODE", "GROUP_CODE", "REGISTER").head(8).rows()
        raise ValidationError(f"{here}: {twice.height} registers stand there twice: {shown}. {ONCE}", failures=twice)
    for column in ("REGISTER", "PRACTICE_LIST_SIZE"):
        frame = read_numbers(frame, column, tokens=NO_TOKENS, where=here, whole=True)
    validate_determines(frame, ["PRACTICE_CODE", "PATIENT_LIST_TYPE"], ["PRACTICE_LIST_SIZE_value"], where=here)
    _check_nested(frame, here)
    known = frame.filter(excused())
    if REGISTER_ABOVE_LIST.applies_to("qof", release.edition):
        REGISTER_ABOVE_LIST.expect(known, edition=release.edition)
        account.corrected(REGISTER_ABOVE_LIST, known.height)
        flagged = frame.select(excused()).to_series()
    else:
        flagged = pl.repeat(False, frame.height, eager=True)
    frame = frame.with_columns(
        pl.when(flagged).then(pl.lit(text)).otherwise(pl.lit("")).alias(name)
        for name, text in (("note", REGISTER_ABOVE_LIST.note), (CORRECTION, REGISTER_ABOVE_LIST.id))
    )
    above = frame.filter((pl.col("REGISTER_value") > pl.col("PRACTICE_LIST_SIZE_value")) & (pl.col("note") == ""))
    if above.height:
        shown = above.select("PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PRACTICE_LIST_SIZE").head(8).rows()
        raise ValidationError(
            f"{here}: {above.height} registers are above their denominator, the list: (practice, group, register, "
            f"list) {shown}. If the publisher's file is like that, enter it in corrections.py.",
            failures=above,
        )
    return frame


def _check_nested(frame: pl.DataFrame, here: str) -> None:
    """No list of a practice is longer than one of more ages; 2026-11: none is in 2020-21 and 2022-23."""
    lists = frame.unique(["PRACTICE_CODE", "PATIENT_LIST_TYPE"], keep="first", maintain_order=True).select(
        "PRACTICE_CODE",
        pl.col("PATIENT_LIST_TYPE").alias("list"),
        pl.col("PRACTICE_LIST_SIZE_value").alias("patients"),
        pl.col("PATIENT_LIST_TYPE").replace_strict({t: n for n, t in enumerate(NESTED_LISTS)}).alias("place"),
    )
    shorter = pl.col("patients").cum_min().over("PRACTICE_CODE")
    wrong = lists.sort("PRACTICE_CODE", "place").filter(pl.col("patients") > shorter)
    if wrong.height:
        codes = wrong["PRACTICE_CODE"].unique(maintain_order=True).head(5)
        shown = lists.filter(pl.col("PRACTICE_CODE").is_in(codes.implode())).sort("PRACTICE_CODE", "place")
        raise ValidationError(
            f"{here}: {wrong['PRACTICE_CODE'].n_unique()} practices have a list that is longer than one of more ages: "
            f"(practice, list, patients) {shown.select('PRACTICE_CODE', 'list', 'patients').rows()}. A cell was "
            "changed: fetch the file again, or ask the publisher which is right.",
            failures=wrong,
        )


def _figures(frame: pl.DataFrame) -> pl.DataFrame:
    common = (
        pl.lit("practice").alias("area_level"),
        pl.col("practice_code").alias("area_code"),
        pl.col("practice_name").alias("area_name"),
        pl.lit(Dimension.TOTAL.value).alias("dimension"),
        pl.lit(ALL).alias("category"),
        pl.lit("ok").alias("status"),
        "note",
    )
    blocks = [
        frame.select(
            *common,
            pl.concat_str(pl.lit(prefix), pl.col("GROUP_CODE").str.to_lowercase()).alias("measure"),
            pl.col(f"{column}_value").alias("value"),
            cells(frame, column),
        )
        for prefix, column in (("register_", "REGISTER"), ("list_", "PRACTICE_LIST_SIZE"))
    ]
    return pl.concat(blocks)


def _practices(raw: RawTable, where: str) -> pl.DataFrame:
    """Return one row a practice with its areas, whatever the edition calls them."""
    columns = raw.frame.columns
    board = next(prefix for prefix in SCHEMES if f"{prefix}_ODS_CODE" in columns)
    place = next(prefix for prefix in _PLACES if f"{prefix}_ODS_CODE" in columns)
    twice = raw.frame.filter(pl.col("PRACTICE_CODE").is_duplicated())
    if twice.height:
        codes = twice["PRACTICE_CODE"].unique().sort().to_list()[:8]
        raise ValidationError(f"{where}, {raw.member}: practices {codes} stand there twice. {ONCE}", failures=twice)
    _check_areas(raw.frame, (place, board, "REGION"), f"{where}, {raw.member}")
    return raw.frame.select(
        pl.col("PRACTICE_CODE").alias("practice_code"),
        pl.col("PRACTICE_NAME").alias("practice_name"),
        pl.col("PCN_ODS_CODE").alias("pcn"),
        pl.col(f"{place}_ODS_CODE").alias("sub_icb_ods"),
        pl.col(f"{place}_ONS_CODE").alias("sub_icb_ons"),
        pl.col(f"{board}_ODS_CODE").alias("icb_ods"),
        pl.col(f"{board}_ONS_CODE").alias("icb_ons"),
        pl.col("REGION_ODS_CODE").alias("region_ods"),
        pl.col("REGION_ONS_CODE").alias("region_ons"),
        pl.lit(SCHEMES[board]).alias("scheme"),
    ).sort("practice_code")


def _check_areas(frame: pl.DataFrame, levels: tuple[str, ...], here: str) -> None:
    """Each area's two codes, name and parent are the same on the rows of all its practices."""
    for level, parent in zip(levels, (*levels[1:], None), strict=True):
        ods, ons = f"{level}_ODS_CODE", f"{level}_ONS_CODE"
        validate_determines(frame, [ods], [ons, f"{parent}_ODS_CODE"] if parent else [ons], where=here)
        validate_determines(frame, [ons], [ods], where=here)
        validate_names(frame, [(ods, f"{level}_NAME")], where=here)
    validate_names(frame, [("PCN_ODS_CODE", "PCN_NAME")], where=here)


def _indicators(raw: RawTable, account: Account, where: str) -> pl.DataFrame:
    here = f"{where}, {raw.member}"
    frame = map_labels(
        number_rows(raw),
        "PATIENT_LIST_TYPE",
        labels={t: t for t in LIST_TYPES},
        into="list_type",
        account=account,
        table="indicators",
    )
    frame = read_numbers(frame, "INDICATOR_POINT_VALUE", tokens=NO_TOKENS, where=here)
    descriptions = [("GROUP_CODE", "GROUP_DESCRIPTION"), ("DOMAIN_CODE", "DOMAIN_DESCRIPTION")]
    validate_names(frame, descriptions, where=here)
    return frame.select(
        pl.col("INDICATOR_CODE").alias("indicator_code"),
        pl.col("INDICATOR_POINT_VALUE_value").alias("points"),
        pl.col("GROUP_CODE").alias("group_code"),
        pl.col("GROUP_DESCRIPTION").str.strip_chars().alias("group_description"),  # 2022-23 has one trailing space
        pl.col("DOMAIN_CODE").alias("domain_code"),
        pl.col("DOMAIN_DESCRIPTION").alias("domain_description"),
        "list_type",
    ).sort("indicator_code")
