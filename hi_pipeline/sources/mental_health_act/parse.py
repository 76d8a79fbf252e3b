"""Mental Health Act statistics: text table to observations."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.agreement import one_spelling
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.observations import ONCE, add_financial_year, to_observations
from hi_pipeline.core.row_index import ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.text_tables import map_exactly, map_labels, number_rows, read_numbers
from hi_pipeline.core.whole import validate_areas
from hi_pipeline.sources.mental_health_act.agreement import validate_counts, validate_sums
from hi_pipeline.sources.mental_health_act.deciles import restore_decile_labels
from hi_pipeline.sources.mental_health_act.figures import figures_of
from hi_pipeline.sources.mental_health_act.labels import (
    COUNT_TOKENS,
    DECILE_LABELS,
    ENGLAND_ID,
    GROUPS,
    LEFT_OUT_LEVELS,
    LEFT_OUT_MEASURES,
    LEVELS,
    MEASURE,
    RATE_TOKENS,
    REPEATED_LABELS,
    UNKNOWN_AREA,
)


def parse(tables: RawTables, release: Release) -> Tables:
    """Return the observations of an edition, with the account of rows left out and labels restored.

    England's total is the row of the mental health data set's providers beside the ICBs (50,437 in 2023-24), which
    is what the areas and the groups are parts of; the total with acute providers has measures of its own.

    Raises:
        LayoutError: another year, a code that is no board, or a token outside the vocabulary.
        CorrectionError: the known wrong labels are no longer as the register says.
        ValidationError: a board without a row, a figure that stands in the file twice, or totals, parts and rates that
            disagree.
    """
    where = f"mental_health_act {release.edition}, {tables['figures'][0].member}"
    account = Account()
    frame = _detentions(number_rows(tables["figures"][0]), release, account, where)
    frame = one_spelling(frame, ["OrganisationBreakdown", "OrgID"], "OrgName", where=where)
    _check_boards(frame, release.financial_years[0], where)
    frame = restore_decile_labels(frame, edition=release.edition, account=account, where=where)
    for column in ("MHSDS_Count", "Acute_Count", "Total_Count"):
        frame = read_numbers(frame, column, tokens=COUNT_TOKENS, where=where, whole=True)
    for column in ("CrudeRate", "StdRate", "Confidence_interval"):
        frame = read_numbers(frame, column, tokens=RATE_TOKENS, where=where)
    _check_totals(frame, where)
    validate_counts(frame, where)
    frame = _map_groups(_leave_out_repeated(_map_areas(frame, account), account), account)
    _check_unique(frame, where)
    figures = figures_of(frame, account)
    whole = not account.has_unknown_labels
    validate_sums(figures, financial_year=release.financial_years[0], whole=whole, where=where)
    figures = add_financial_year(figures, release.financial_years[0])
    return {
        "observations": to_observations(figures),
        ROW_INDEX: row_index_of(figures, release),
        ACCOUNT: account.frame(),
    }


def _detentions(frame: pl.DataFrame, release: Release, account: Account, where: str) -> pl.DataFrame:
    year = release.financial_years[0].replace("-", "/")
    map_exactly(frame, "Year", labels={year: year}, into="year", where=where)
    measures = {measure: measure for measure in (MEASURE, *LEFT_OUT_MEASURES)}
    frame = map_labels(frame, "Measure", labels=measures, into="measure", account=account)
    levels = {level: level for level in (*LEVELS, *LEFT_OUT_LEVELS)}
    frame = map_labels(frame, "OrganisationBreakdown", labels=levels, into="level", account=account)
    kept = frame.filter(pl.col("Measure") == MEASURE)
    account.left_out("rows of other measures than all detentions", frame.height - kept.height)
    areas = kept.filter(~pl.col("OrganisationBreakdown").is_in(list(LEFT_OUT_LEVELS)))
    account.left_out("rows of providers", kept.height - areas.height)
    return areas


def _check_boards(frame: pl.DataFrame, financial_year: str, where: str) -> None:
    """All boards, before the register's entry, which would take an absent board's rows for mended labels."""
    codes = frame.filter(OrganisationBreakdown="ICB")["OrgID"].unique().sort()
    odd = codes.filter(~codes.str.contains(r"^Q\w\w$") & ~codes.is_in([ENGLAND_ID, UNKNOWN_AREA])).to_list()
    if odd:
        raise LayoutError(f"{where}: {odd[:8]} are no ODS codes of ICBs; expected codes such as QMF")
    validate_areas(codes.to_list(), level="icb", financial_year=financial_year, where=where)


def _map_areas(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Name the areas; drop the row "All prov" of sub-ICBs and take that of ICBs for England's total."""
    frame = map_labels(frame, "OrganisationBreakdown", labels=LEVELS, into="level", account=account)
    everywhere = pl.col("OrgID") == ENGLAND_ID
    again = everywhere & (pl.col("level") == "sub_icb")
    account.left_out("England's total said again beside the sub-ICBs", frame.filter(again).height)
    unknown = (pl.col("OrgID") == UNKNOWN_AREA) & (pl.col("level") == "icb")
    return frame.filter(~again).with_columns(
        pl.when(everywhere)
        .then(pl.lit("england"))
        .when(unknown)
        .then(pl.lit("unknown"))
        .otherwise(pl.col("level"))
        .alias("area_level"),
        pl.when(everywhere).then(pl.lit("")).otherwise(pl.col("OrgID")).alias("area_code"),
        pl.when(everywhere).then(pl.lit("England")).otherwise(pl.col("OrgName")).alias("area_name"),
    )


def _check_totals(frame: pl.DataFrame, where: str) -> None:
    """England's groups and England's total of the same providers must be one number."""
    england = frame.filter(pl.col("OrgID") == ENGLAND_ID)
    beside = england.filter((pl.col("Demographic") == "All") & (pl.col("OrganisationBreakdown") != "All submissions"))
    deciles = england.filter((pl.col("Demographic") == "IMD") & pl.col("DemographicBreakdown").is_in([*DECILE_LABELS]))
    totals = {*beside["MHSDS_Count_value"].to_list(), deciles["MHSDS_Count_value"].sum()}
    if len(totals) != 1:
        raise ValidationError(
            f"{where}: England's total beside the ICBs and sub-ICBs and the sum of its deciles are {sorted(totals)}: "
            "expected one number. See whether the rows still count the same providers."
        )


def _check_unique(frame: pl.DataFrame, where: str) -> None:
    key = ["OrganisationBreakdown", "OrgID", "Demographic", "DemographicBreakdown"]
    twice = frame.filter(pl.struct(key).is_duplicated())
    if twice.height:
        shown = twice.select(key).unique(maintain_order=True).head(5).rows()
        raise ValidationError(f"{where}: {twice.height} rows stand there twice: {shown}. {ONCE}", failures=twice)


def _leave_out_repeated(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    for demographic, labels in REPEATED_LABELS.items():
        again = (
            (pl.col("Demographic") == demographic)
            & (pl.col("area_level") == "england")
            & pl.col("DemographicBreakdown").is_in(list(labels))
        )
        account.left_out(f"England's rows of {demographic} that repeat a sum: {labels}", frame.filter(again).height)
        frame = frame.filter(~again)
    return frame


def _map_groups(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    dimensions = {label: dimension.value for label, (dimension, _) in GROUPS.items()}
    frame = map_labels(frame, "Demographic", labels=dimensions, into="dimension", account=account)
    parts = [
        map_labels(
            frame.filter(pl.col("Demographic") == demographic),
            "DemographicBreakdown",
            labels=labels,
            into="category",
            account=account,
        )
        for demographic, (_, labels) in GROUPS.items()
    ]
    return pl.concat(parts)
