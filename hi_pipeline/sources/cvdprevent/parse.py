"""CVDPREVENT: five indicators of England and its boards, by age, sex, ethnic group and fifth of deprivation."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, Vintage, boards_of, vintage_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.observations import (
    ONCE,
    add_bounds,
    add_financial_year,
    check_within,
    to_observations,
    unverified,
)
from hi_pipeline.core.row_index import ROW_INDEX, cells, row_index_of
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.status import Status
from hi_pipeline.core.text_tables import Form, map_labels, number_rows, read_numbers
from hi_pipeline.sources.cvdprevent.answers import Answer, answers_of
from hi_pipeline.sources.cvdprevent.labels import (
    CATEGORIES,
    DETAIL_UNKNOWN,
    FIGURES,
    LEFT_OUT_TYPES,
    NOTE_LABELS,
    PERCENT_FACTORS,
    PERSONS,
    RATE_FACTORS,
    SEX_TYPE,
    STANDARD,
    STANDARDISED,
    TOKENS,
    TYPE_LABELS,
)
from hi_pipeline.sources.cvdprevent.limits import HALF_STEP, validate_limits

# Below England counts of 1 to 7 are hidden and others rounded to the nearest 5; England is exact.
ROUNDED_BY = 2
_NUMBERS = ("Numerator", "Denominator", "Value", "LowerConfidenceLimit", "UpperConfidenceLimit")
_TYPE, _NAME, _SEX = "MetricCategoryTypeName", "MetricCategoryName", "CategoryAttribute"
_KEY = ["area_level", "area_code", "dimension", "category"]
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return counts, percentages and rates with the printed limits, of the financial year of the release.

    Raises:
        LayoutError: an answer that the lists do not explain, an area outside one footprint of boards, a count below
            England that is no multiple of 5.
        ValidationError: a row that stands there twice, limits of percentages that are not Wilson's, a numerator above
            its denominator.
    """
    (year,) = release.financial_years
    where = f"cvdprevent {release.edition}"
    account = Account()
    found = [_figures(answer, account, where) for answer in answers_of(tables, year, where=where)]
    _check_all_there(found, account, where)
    figures = pl.concat(found)
    _check_boards(figures, year, account, where)
    bounded = unverified(add_financial_year(_bound(_of_the_year(figures, year)), year))
    observations = to_observations(bounded)
    for figure in FIGURES.values():
        check_within(observations, part=figure.numerator, whole=figure.denominator, where=where)
    return {"observations": observations, ROW_INDEX: row_index_of(bounded, release), ACCOUNT: account.frame()}


def _figures(answer: Answer, account: Account, where: str) -> pl.DataFrame:
    """Return an answer's rows, three measures each."""
    here = f"{where}, {answer.table.member}"
    figure = FIGURES[answer.code]
    frame = _groups(number_rows(answer.table), account)
    frame = _with_factor(frame, answer.code, account, here)
    frame = map_labels(
        frame.with_columns(pl.col("ValueNote").fill_null("").str.strip_chars()),
        "ValueNote",
        labels=NOTE_LABELS,
        into="said",
        account=account,
    )
    for column in _NUMBERS:
        counts = column in _NUMBERS[:2]
        form = Form.COUNT if counts else Form.DECIMAL
        frame = read_numbers(frame, column, tokens=TOKENS, where=here, form=form)
    frame = _areas(frame, answer.level)
    _check_rows(frame, answer, here)
    hidden = pl.col("said") == Status.SUPPRESSED
    return pl.concat(
        frame.select(
            *_KEY,
            "area_name",
            pl.lit(measure).alias("measure"),
            pl.col(f"{column}_value").alias("value"),
            # A figure that is there is one, whatever its note; one that is not is hidden or missing.
            pl.when(pl.col(f"{column}_status") == Status.OK)
            .then(pl.lit(Status.OK.value))
            .when(hidden)
            .then(pl.lit(Status.SUPPRESSED.value))
            .otherwise(pl.col(f"{column}_status"))
            .alias("status"),
            *(
                (pl.col(f"{limit}_value") if column == "Value" else pl.lit(None, dtype=pl.Float64)).alias(name)
                for limit, name in (("LowerConfidenceLimit", "lower_95"), ("UpperConfidenceLimit", "upper_95"))
            ),
            pl.lit("" if figure.kind == STANDARD else "per 100,000 people, twelve months of admissions").alias("note"),
            cells(frame, column),
        )
        for measure, column in (
            (figure.numerator, "Numerator"),
            (figure.denominator, "Denominator"),
            (figure.value, "Value"),
        )
    )


def _groups(frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """Keep the rows of this project's dimensions, of both sexes together, and name their groups."""
    frame = frame.with_columns(pl.col(_TYPE, _NAME, _SEX).str.strip_chars())
    standardised = pl.col(_TYPE).str.ends_with(STANDARDISED).fill_null(False)
    account.left_out("rows that are standardised by age, without counts", frame.filter(standardised).height)
    other = pl.col(_TYPE).is_in(LEFT_OUT_TYPES).fill_null(False)
    account.left_out("rows of groups that are no dimension here", frame.filter(other).height)
    # Age groups are crossed with sex; the others may be.
    crossed = (pl.col(_TYPE) != SEX_TYPE) & (pl.col(_SEX) != PERSONS)
    crossed = crossed.fill_null(False) & ~standardised & ~other
    account.left_out("rows of one sex within another group", frame.filter(crossed).height)
    twice = (pl.col(_TYPE) == "Ethnicity") & pl.col(_NAME).is_in(DETAIL_UNKNOWN)
    twice = twice.fill_null(False) & ~crossed
    account.left_out("rows of unknown ethnic group that stand in the broad list too", frame.filter(twice).height)
    frame = frame.filter(~(standardised | other | crossed | twice))
    frame = map_labels(frame, _TYPE, labels=TYPE_LABELS, into="dimension", account=account)
    total = (pl.col(_TYPE) == SEX_TYPE) & (pl.col(_NAME) == PERSONS)
    parts = [
        frame.filter(total).with_columns(
            pl.lit(Dimension.TOTAL.value).alias("dimension"), pl.lit(ALL).alias("category")
        )
    ]
    for kind, labels in CATEGORIES.items():
        own = frame.filter((pl.col(_TYPE) == kind) & ~total)
        parts.append(map_labels(own, _NAME, labels=labels, into="category", account=account))
    return pl.concat(parts)


def _with_factor(frame: pl.DataFrame, code: str, account: Account, here: str) -> pl.DataFrame:
    """Return the rows where all figures have the expected factor; a rate with another has no unit that is known."""
    expected = PERCENT_FACTORS if FIGURES[code].kind == STANDARD else RATE_FACTORS
    other = frame.filter(pl.col("Value").is_not_null() & ~pl.col("Factor").fill_null("").is_in(expected))
    if not other.height:
        return frame
    factors = other["Factor"].unique().to_list()
    if FIGURES[code].kind == STANDARD:
        raise LayoutError(f"{here}: figures of {code} have the factors {factors}, expected one of {list(expected)}")
    account.left_out(f"rows of {code}, whose factor {factors} is not one of {list(expected)}", frame.height)
    return frame.clear()


def _areas(frame: pl.DataFrame, level: str) -> pl.DataFrame:
    england = level == "england"
    return frame.with_columns(
        pl.lit(level).alias("area_level"),
        pl.col("AreaCode").str.strip_chars().replace(ENGLAND, "" if england else ENGLAND).alias("area_code"),
        (pl.lit(ENGLAND_NAME) if england else pl.col("AreaName")).alias("area_name"),
    )


def _check_rows(frame: pl.DataFrame, answer: Answer, here: str) -> None:
    """Each group of an area stands there once, counts are rounded as they should be, limits are Wilson's."""
    twice = frame.filter(pl.struct(_KEY).is_duplicated())
    if twice.height:
        shown = twice.select(_KEY).unique(maintain_order=True).head(_MAX_SHOWN).rows()
        raise ValidationError(f"{here}: {twice.height} rows stand there twice: {shown}. {ONCE}", failures=twice)
    exact = answer.level == "england"
    counts = ("Numerator_value", "Denominator_value")
    odd = frame.filter(pl.any_horizontal((pl.col(name) % 5 != 0).fill_null(False) for name in counts))
    if odd.height and not exact:
        shown = odd.select("area_code", *counts).head(_MAX_SHOWN).rows()
        raise LayoutError(f"{here}: {odd.height} counts below England are no multiples of 5: {shown}")
    if FIGURES[answer.code].kind == STANDARD:
        named = frame.select(
            *_KEY,
            numerator="Numerator_value",
            denominator="Denominator_value",
            value="Value_value",
            lower="LowerConfidenceLimit_value",
            upper="UpperConfidenceLimit_value",
        )
        validate_limits(named, rounded_by=0 if exact else ROUNDED_BY, where=here)


def _check_all_there(found: list[pl.DataFrame], account: Account, where: str) -> None:
    """Every percentage has England and boards; an outcome that the lists lack is said."""
    there = {pair for frame in found for pair in frame.select("area_level", "measure").unique().rows()}
    for code, figure in FIGURES.items():
        lacking = [level for level in ("england", "icb_ons") if (level, figure.value) not in there]
        if lacking and figure.kind == STANDARD:
            raise LayoutError(f"{where}: no figures of {code} at the levels {lacking}; fetch the release again")
        if lacking:
            account.note(f"{code} has no figures at the levels {lacking}")


def _check_boards(figures: pl.DataFrame, year: str, account: Account, where: str) -> None:
    """The codes are those of the boards of one footprint, all of them; which one is said where it is not the year's.

    2026-11: a reader of December 2023 had E54000052 and E54000053, the boundaries before April 2023, so that the
    interface may lag behind the footprint of the year.
    """
    england = figures.filter(area_level="england")["area_code"].unique().to_list()
    if england != [""]:
        raise LayoutError(f"{where}: the area of level England has the codes {england}, expected {ENGLAND}")
    totals = figures.filter(area_level="icb_ons", dimension=Dimension.TOTAL.value)
    codes = set(figures.filter(area_level="icb_ons")["area_code"])
    footprints = {vintage: {board.ons for board in boards_of(vintage)} for vintage in Vintage}
    fitting = [vintage for vintage, known in footprints.items() if known == codes]
    if not fitting:
        own = footprints[vintage_of(year)]
        raise LayoutError(
            f"{where}: the codes of the boards are those of no footprint. Against {vintage_of(year)}: absent "
            f"{sorted(own - codes)[:_MAX_SHOWN]}, other {sorted(codes - own)[:_MAX_SHOWN]}"
        )
    short = totals.group_by("measure").agg(pl.col("area_code").n_unique()).filter(pl.col("area_code") < len(codes))
    if short.height and not account.has_unknown_labels:
        raise LayoutError(f"{where}: figures without a total of every board: {short.rows()}")
    if vintage_of(year) not in fitting:
        other = sorted(codes - footprints[vintage_of(year)])
        account.note(
            f"its boards are those of the footprint {fitting[0]}, not of {vintage_of(year)}: {other} are apart"
        )


def _of_the_year(figures: pl.DataFrame, year: str) -> pl.DataFrame:
    """Give the boards of the year's footprint their ODS codes; one of other boundaries keeps level and ONS code.

    An ODS code names a board only within its footprint (QXU and QNX changed boundaries in April 2023).
    """
    ods = {board.ons: board.ods for board in boards_of(vintage_of(year))}
    own = (pl.col("area_level") == "icb_ons") & pl.col("area_code").is_in(list(ods))
    return figures.with_columns(
        pl.when(own).then(pl.lit("icb")).otherwise(pl.col("area_level")).alias("area_level"),
        pl.when(own).then(pl.col("area_code").replace(ods)).otherwise(pl.col("area_code")).alias("area_code"),
    )


def _bound(figures: pl.DataFrame) -> pl.DataFrame:
    """Add what rounding may hide; of a hidden count nothing is known, as either of the two may have been small."""
    percent = [figure.value for figure in FIGURES.values()]
    half = (
        pl.when(pl.col("measure").is_in(percent))
        .then(HALF_STEP)
        .when(pl.col("area_level") == "england")
        .then(0)
        .otherwise(ROUNDED_BY)
    )
    return add_bounds(figures, half_width=half)
