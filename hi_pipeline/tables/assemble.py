"""Observations of a source to the parts of an indicator: numerator, denominator and published figure side by side."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.errors import NothingToBuild, ValidationError
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.notes import clauses, join_clauses, join_notes
from hi_pipeline.core.status import Status
from hi_pipeline.tables.flows import latest_month, latest_snapshot, single_periods, whole_years
from hi_pipeline.tables.worst import worst

AREA = ["area_level", "area_code", "area_name"]
GROUP = ["dimension", "category"]
PERIOD = ["period_start", "period_end", "period_type"]
COUNTED = ["numerator", "numerator_low", "numerator_high", "denominator", "denominator_low", "denominator_high"]
PRINTED = ["published_value", "published_lower_95", "published_upper_95", "published_rounding"]
# How much of the width of a side's bounds comes from hidden figures; the rest comes from rounding.
HIDING = ["numerator_hiding", "denominator_hiding"]
# The ids of the releases that a row rests on besides the publication's own, sorted and joined by ";"; "" for none.
RELEASES = "releases"
# What a row was summed from: how many practices or areas, how many reporters should have a figure and have one, and
# of practices by fifth the sums of events squared, events times population and population squared.
REPORTERS = ["reporters_expected", "reporters_present", "people_expected", "people_present"]
UNITS = ["units", *REPORTERS, "units_xx", "units_xn", "units_nn"]
HIDDEN_DEDUCTION = "a hidden deduction of {} to {} is taken at the middle"
# Most decimals that a publisher prints; more are a computer's, not a rounding.
MOST_DECIMALS = 6
PUBLISHED_DIGITS = (
    pl.col("value")
    .cast(pl.String)
    .str.extract(r"\.(\d*?)0*$")
    .str.len_chars()
    .fill_null(0)
    .clip(upper_bound=MOST_DECIMALS)
    .cast(pl.Float64)
    .alias("digits")
)


def parts_of(observations: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Put the measures that an indicator divides into columns.

    Args:
        observations: one year of a source, in the OBSERVATIONS contract.
        indicator: the declaration.

    Returns:
        One row an area and group of the publisher: AREA, GROUP, PERIOD, COUNTED, HIDING, PRINTED, status, note.
        A figure is there only where all its measures are: a group with one side of the fraction alone, or with a
        printed figure alone, is a row too, and missing. Bounds add up, those of what is taken away the other way
        round. A figure that is taken as printed is there where the publisher prints it. Where the indicator has
        periods, each month or quarter of a flow stands as a group of the dimension ``period``, with its own period.

    Raises:
        NothingToBuild: the observations hold none of the indicator's measures: it is not published in this year.
        ValidationError: they hold some of its measures but none of the numerators, or several periods.
    """
    rows = latest_snapshot(_read(observations, indicator))
    parts = _parts(_of_the_year(rows, indicator), indicator)
    if Dimension.PERIOD not in indicator.dimensions:
        return parts
    by_period = [
        _parts(of_period, indicator).with_columns(dimension=pl.lit(Dimension.PERIOD.value), category=pl.lit(words))
        for words, of_period in single_periods(rows)
    ]
    return pl.concat([parts, *by_period])


def left_out(observations: pl.DataFrame, indicator: Indicator) -> dict[str, int]:
    """Count the rows that ``parts_of`` reads and that stand in none of its rows, by reason.

    Args:
        observations: one year of a source, in the OBSERVATIONS contract.
        indicator: the declaration.
    """
    rows = _read(observations, indicator)
    latest = latest_snapshot(rows)
    counted = {"rows of earlier snapshots, as the latest one stands for the year": rows.height - latest.height}
    if indicator.kind.as_printed:
        last = latest_month(latest)
        printed = _printed(last, indicator)
        counts = last.filter(pl.col("measure").is_in([*indicator.numerator, *indicator.denominator]))
        bare = counts.join(printed, on=[*AREA, *GROUP], how="anti")
        counted |= {
            "rows of earlier months, as the latest one stands for the year": latest.height - last.height,
            "counts of areas and groups without a printed figure": bare.height,
        }
    return {f"{indicator.id}: {reason}": count for reason, count in counted.items() if count}


def _read(observations: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    wanted = [d.value for d in indicator.counted]
    return observations.filter(pl.col("dimension").is_in(wanted) & pl.col("measure").is_in(_measures(indicator)))


def _of_the_year(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    return latest_month(rows) if indicator.kind.as_printed else whole_years(rows)


def _parts(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Return the parts of one period, sorted."""
    if indicator.kind.as_printed:
        return _as_printed(rows, indicator)
    top = _side(rows, plus=indicator.numerator, less=(), name="numerator")
    if top.is_empty() and rows.is_empty():
        raise NothingToBuild(f"the observations of {indicator.source} hold none of its measures")
    if top.is_empty():
        raise ValidationError(
            f"{indicator.id}: the observations of {indicator.source} hold no measure {indicator.numerator}; they hold "
            f"{rows['measure'].unique().sort().to_list()[:12]}"
        )
    bottom = _side(rows, plus=indicator.denominator, less=indicator.denominator_less, name="denominator")
    key = [*AREA, *GROUP]
    parts = top.join(bottom, on=key, how="full", coalesce=True, validate="1:1")
    printed = _printed(rows, indicator).filter(status="ok")
    parts = parts.join(printed.select(*key, *PRINTED), on=key, how="full", coalesce=True, validate="1:1")
    own_denominator = pl.lit(bool(indicator.denominator))
    absent = own_denominator & pl.col("denominator_status").is_null()
    if indicator.kind is Kind.PROPORTION:
        parts = _capped(parts)
    above = _above_all(parts, rows, indicator)
    status = (
        pl.when(pl.col("numerator_status").is_null())
        .then(pl.lit(Status.MISSING.value))
        .when(pl.col("numerator_status") != "ok")
        .then("numerator_status")
        .when(absent)
        .then(pl.lit(Status.MISSING.value))
        .otherwise(pl.col("denominator_status").fill_null("ok"))
    )
    notes = join_notes("numerator_note", "denominator_note")
    same = (pl.col("numerator_note") == pl.col("denominator_note")).fill_null(False)
    parts = parts.with_columns(status=status, note=pl.when(same).then("numerator_note").otherwise(notes))
    return (
        _without(parts, above)
        .join(_one_period(rows, indicator, indicator.numerator), how="cross")
        .with_columns(pl.col(HIDING).fill_null(0.0))
        .select(*key, *PERIOD, *COUNTED, *HIDING, *PRINTED, "status", "note")
        .sort(*key)
    )


def _printed(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Return the publisher's own figures under the names PRINTED, or what one of them has more than the other."""
    printed = _of_measure(rows, indicator.published or "")
    return _less(printed, _of_measure(rows, indicator.published_less)) if indicator.published_less else printed


def _of_measure(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    printed = rows.filter(measure=measure)
    half = printed.select("area_level", PUBLISHED_DIGITS).group_by("area_level").max()
    printed = printed.join(half, on="area_level", how="left", validate="m:1")
    return printed.rename({"value": PRINTED[0], "lower_95": PRINTED[1], "upper_95": PRINTED[2]}).with_columns(
        (0.5 * pl.lit(10.0).pow(-pl.col("digits"))).alias(PRINTED[3])
    )


def _less(printed: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Return printed figures less others of the same area and group, with limits from those of both.

    An area and group that has one of the two alone is a row too, and missing.

    v - w, with lower limit v - w - sqrt((v - l)^2 + (U - w)^2) and upper limit v - w + sqrt((u - v)^2 + (w - L)^2): of
    shares with Wilson's limits that is Newcombe's method.
    """
    # Imported here, so that commands that only read need no numpy.
    from hi_pipeline.stats.comparison.change import change_of_estimates

    key = [*AREA, *GROUP]
    ends = {f"start_{part}": f"{part}_taken" for part in ("value", "lower", "upper")}
    renamed = dict(zip(PRINTED, [*ends.values(), "rounding_taken"], strict=True))
    others = taken.rename(renamed).select(*key, *renamed.values(), status_taken="status", note_taken="note")
    both = printed.join(others, on=key, how="full", coalesce=True, validate="1:1").with_row_index("place")
    there = pl.all_horizontal(pl.col(name).is_not_null() for name in [*PRINTED[1:3], *list(renamed.values())[1:3]])
    limits = change_of_estimates(
        both.filter(there), **ends, end_value=PRINTED[0], end_lower=PRINTED[1], end_upper=PRINTED[2], by=["place"],
        confidence=(0.95,),
    )  # fmt: skip
    found = both.join(limits.select("place", "lower_95", "upper_95"), on="place", how="left", validate="1:1")
    own, absent = (pl.col(name).fill_null(Status.MISSING.value) for name in ("status", "status_taken"))
    notes = join_notes("note", "note_taken")
    same = pl.col("note") == pl.col("note_taken")
    return found.with_columns(
        (pl.col(PRINTED[0]) - pl.col("value_taken")).alias(PRINTED[0]),
        pl.col("lower_95").alias(PRINTED[1]),
        pl.col("upper_95").alias(PRINTED[2]),
        (pl.col(PRINTED[3]) + pl.col("rounding_taken")).alias(PRINTED[3]),
        status=pl.when(own == Status.OK.value).then(absent).otherwise(own),
        note=pl.when(same.fill_null(False)).then("note").otherwise(notes),
    ).select(printed.columns)


def _above_all(parts: pl.DataFrame, rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Return the groups with more events than people whose share the publisher withholds as well, and its words.

    2026-11: the vaccinated aged 75 to 79 are more than the estimate of residents has, and the workbook says "100%*".
    """
    withheld = rows.filter(measure=indicator.published or "", status=Status.NOT_APPLICABLE.value)
    key = [*AREA, *GROUP]
    more = parts.filter(pl.col("numerator") > pl.col("denominator"))
    return more.join(withheld.select(*key, said="note"), on=key, how="inner", validate="1:1").select(*key, "said")


def _without(parts: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Take the counts from groups that the publisher gives no share: they are missing, with the publisher's words."""
    joined = parts.join(above, on=[*AREA, *GROUP], how="left", validate="1:1", maintain_order="left")
    stays = pl.col("said").is_null()
    return joined.with_columns(
        *(pl.when(stays).then(name).alias(name) for name in COUNTED),
        status=pl.when(stays).then("status").otherwise(pl.lit(Status.MISSING.value)),
        note=pl.coalesce("said", "note"),
    ).drop("said")


def _capped(parts: pl.DataFrame) -> pl.DataFrame:
    """Cap a hidden numerator by its denominator: no more people recover than there are."""
    most = pl.min_horizontal("numerator_high", "denominator_high")
    bounded = pl.col("numerator").is_null() & pl.col("numerator_high").is_not_null()
    high = pl.when(bounded).then(most).otherwise("numerator_high")
    low = pl.when(bounded).then(pl.min_horizontal("numerator_low", high)).otherwise("numerator_low")
    less = (pl.col("numerator_high") - pl.col("numerator_low")) - (high - low)
    return parts.with_columns(
        numerator_high=high, numerator_low=low, numerator_hiding=pl.col("numerator_hiding") - less.fill_null(0.0)
    )


def _as_printed(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Return the parts of a figure that is taken as printed; its counts stand beside it where they are declared."""
    printed = _printed(rows, indicator)
    if printed.is_empty() or indicator.published is None:
        raise NothingToBuild(f"the observations of {indicator.source} hold no {indicator.published}")
    key = [*AREA, *GROUP]
    top = _side(rows, plus=indicator.numerator, less=(), name="numerator")
    bottom = _side(rows, plus=indicator.denominator, less=indicator.denominator_less, name="denominator")
    return (
        printed.select(*key, *PRINTED, "status", "note")
        .join(top, on=key, how="left", validate="1:1")
        .join(bottom, on=key, how="left", validate="1:1")
        .join(_one_period(rows, indicator, (indicator.published, indicator.published_less or "")), how="cross")
        .with_columns(pl.col(HIDING).fill_null(0.0))
        .select(*key, *PERIOD, *COUNTED, *HIDING, *PRINTED, "status", "note")
        .sort(*key)
    )


def _measures(indicator: Indicator) -> list[str]:
    counted = (*indicator.numerator, *indicator.denominator, *indicator.denominator_less)
    return [name for name in (*counted, indicator.published, indicator.published_less) if name]


def _side(rows: pl.DataFrame, *, plus: tuple[str, ...], less: tuple[str, ...], name: str) -> pl.DataFrame:
    """Sum the measures of one side of the fraction over each area and group."""
    measures = [*plus, *less]
    taken = pl.col("measure").is_in(list(less))
    sign = pl.when(taken).then(-1.0).otherwise(1.0)
    wanted = _with_middle(rows.filter(pl.col("measure").is_in(measures)), less)
    signed = wanted.select(
        *AREA,
        *GROUP,
        value=sign * pl.col("value"),
        low=pl.when(taken).then(-pl.col("high")).otherwise("low"),
        high=pl.when(taken).then(-pl.col("low")).otherwise("high"),
        status="status",
        note="note",
    )
    summed = signed.group_by(*AREA, *GROUP, maintain_order=True).agg(
        *(total(name) for name in ("value", "low", "high")),
        hiding(),
        worst(),
        join_clauses(clauses("note")),
        found=pl.len(),
    )
    whole = pl.col("found") == len(measures)
    ok = whole & (pl.col("status") == "ok")
    return summed.select(
        *AREA,
        *GROUP,
        pl.when(ok).then("value").alias(name),
        pl.when(whole).then(pl.col("low").clip(lower_bound=0)).alias(f"{name}_low"),
        pl.when(whole).then("high").alias(f"{name}_high"),
        pl.col("hiding").alias(f"{name}_hiding"),
        pl.when(whole).then("status").otherwise(pl.lit(Status.MISSING.value)).alias(f"{name}_status"),
        pl.col("note").alias(f"{name}_note"),
    )


def _with_middle(rows: pl.DataFrame, less: tuple[str, ...]) -> pl.DataFrame:
    """Take a hidden deduction at the middle of its bounds where hiding leaves no more open than rounding does.

    2026-11: Talking Therapies hides 0 to 4 courses that began below caseness, and rounds the finished courses from
    which they are taken to 5, which leaves as much open.
    """
    if not less:
        return rows
    taken, width = pl.col("measure").is_in(list(less)), pl.col("high") - pl.col("low")
    rounded = width.filter(~taken & (pl.col("status") == Status.OK.value)).min().over([*AREA, *GROUP])
    middle = (taken & (pl.col("status") == Status.SUPPRESSED.value) & (width <= rounded)).fill_null(False)
    said = pl.format(HIDDEN_DEDUCTION, pl.col("low").cast(pl.Int64), pl.col("high").cast(pl.Int64))
    return rows.with_columns(
        value=pl.when(middle).then((pl.col("low") + pl.col("high")) / 2).otherwise("value"),
        status=pl.when(middle).then(pl.lit(Status.OK.value)).otherwise("status"),
        note=pl.when(middle).then(join_notes("note", said)).otherwise("note"),
    )


def total(column: str) -> pl.Expr:
    """Sum a column; a null makes the sum null, never smaller."""
    return pl.when(pl.col(column).null_count() == 0).then(added(column)).alias(column)


def hiding() -> pl.Expr:
    """Return how far apart the bounds of the hidden figures of a sum are together."""
    return added((pl.col("high") - pl.col("low")).filter(pl.col("status") != Status.OK.value)).alias("hiding")


def _one_period(rows: pl.DataFrame, indicator: Indicator, measures: tuple[str, ...]) -> pl.DataFrame:
    periods = rows.filter(pl.col("measure").is_in(list(measures))).select(PERIOD).unique()
    if periods.height != 1:
        raise ValidationError(
            f"{indicator.id}: the figures of one year describe {periods.height} periods, {periods.rows()[:4]}; "
            "expected one. Has a release been given the wrong year?"
        )
    return periods
