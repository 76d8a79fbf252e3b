"""Directly standardised rate: from counts by age and sex, to the 2013 European Standard Population, Dobson limits.

The counts hold, beside each area's groups, rows of the dimensions STRATA: ``age_and_sex`` ("Female, 20 to 24"), of
which the total and each sex are made, and the same within each ethnic group or decile. All ages of both sexes must be
there: weights are never rescaled to the strata at hand. A band that is a part of one of the standard's five-year bands
takes its years' share of it, as the standard itself does at ages 0 and 1 to 4. Events whose age or sex is unknown are
in the group and in no stratum. A group of age is one band: its rate is crude.

Of counts that are controlled on the way out the strata are true counts. The rate is then rounded to whole numbers or
coarser (``stats.output_control.standardised_step``), and its limits are made from what is shown, as rate and limits
together would tell more. Gaps and slopes between groups are made from what is shown, and tell no more than that.
"""

from functools import partial

import polars as pl

from hi_pipeline.core.groups import STRATA, STRATA_OF, UNKNOWN, Dimension, age_bounds, stratum_of
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import Method, Status
from hi_pipeline.indicators.kind import Statistics
from hi_pipeline.indicators.limits import FIGURE, LIMITS, divisible, widened
from hi_pipeline.stats import rates
from hi_pipeline.stats.output_control import OUTPUT_ROUNDING, standardised_step
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.european import EUROPEAN_STANDARD_POPULATION_2013

STANDARD_SEXES = ("Female", "Male")
WHOLE_STANDARD = 100_000.0
HIDDEN = "not computed: the count of a group of age and sex is hidden or missing"
ROUNDED_TO = "rate rounded to {}, so that no single event can be told"
QUARTER, _SLACK = 0.25, 1e-9
COARSE = "not shown: some group of age and sex is so small that a single event in it would move the rate too far"
ABSENT = "not computed: there are no counts by age and sex"
STANDARDISED_BY_AGE = "standardised by age"
CRUDE = "crude: a group of age is not standardised"
_AREA = ["financial_year", "geography_vintage", "area_type", "icb_code", "area_name"]
_YEARS = 5


def values(indicator: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rate of every group whose counts by age and sex are whole; else why it has none."""
    groups = rows.filter(
        pl.col("dimension").is_in([d.value for d in indicator.dimensions])
        & (pl.col("dimension") != Dimension.AGE.value)
        & (pl.col("category") != UNKNOWN)
        & (pl.col("status") == Status.OK.value)
    )
    strata = _strata(rows, groups)
    hidden = pl.col("stratum_status") != Status.OK.value
    bare = (
        strata.filter(hidden)
        .sort("row", "stratum_status", descending=[False, True])  # suppressed before missing
        .unique("row", keep="first", maintain_order=True)
    )
    whole = strata.join(bare, on="row", how="anti")
    sexes = groups.filter(dimension=Dimension.SEX.value).select("row")
    figures = pl.concat(
        [
            _rates(indicator, whole.join(sexes, on="row", how="anti"), WHOLE_STANDARD),
            _rates(indicator, whole.join(sexes, on="row", how="semi"), WHOLE_STANDARD / len(STANDARD_SEXES))
            .with_columns(note=join_notes(pl.lit(STANDARDISED_BY_AGE), "note")),
        ]
    )  # fmt: skip
    without = groups.join(strata, on="row", how="anti").with_columns(stratum_status=pl.lit(Status.NOT_APPLICABLE.value))
    ages = rows.filter((pl.col("dimension") == Dimension.AGE.value) & (pl.col("category") != UNKNOWN))
    return pl.concat([figures, _bare(bare, HIDDEN), _bare(without, ABSENT), _crude(indicator, ages)])


def _crude(indicator: Indicator, ages: pl.DataFrame) -> pl.DataFrame:
    statistic = partial(
        rates.crude_rate, events="events", population="population", by=["row"], multiplier=indicator.multiplier
    )
    return widened(divisible(ages), statistic, proportion=False).with_columns(note=join_notes(pl.lit(CRUDE), "note"))


def _rates(indicator: Indicator, strata: pl.DataFrame, total: float) -> pl.DataFrame:
    figures = directly_standardised_rate(
        strata,
        events="numerator",
        population="denominator",
        weight="weight",
        by=["row"],
        multiplier=indicator.multiplier,
        total_weight=total,
        event_frequency="events_each",
        empty_stratum="zero",
        limits_rounding=OUTPUT_ROUNDING if indicator.controlled else 1,
    ).with_columns(pl.col("note").fill_null(""))
    if indicator.controlled:
        figures = _rounded_on_the_way_out(figures, strata, indicator.multiplier / total)
    return figures.select(FIGURE)


def _rounded_on_the_way_out(figures: pl.DataFrame, strata: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Round rates so that no event of a stratum can be told, and make the limits from what is shown.

    Limits are those of the rounded number of events at the scale of the rounded rate, wider by how much the strata
    differ: q = sqrt(V O) / DSR, 1 where all events weigh alike, rounded up to quarters. A rate is not shown where one
    event in some stratum would move it by more than a sixteenth of the interval.
    """
    heaviest = (pl.col("weight") / pl.col("denominator")).filter(pl.col("denominator") > 0).max()
    steps = strata.group_by("row").agg(step=standardised_step(scale * heaviest))
    joined = figures.join(steps, on="row", how="left", validate="1:1", maintain_order="left")
    poisson = rates.crude_rate(
        joined.select("row", "events", one=1.0), events="events", population="one", by=["row"], multiplier=1
    ).select("row", *(pl.col(name).alias(f"{name}_poisson") for name in LIMITS))
    joined = joined.join(poisson, on="row", how="left", validate="1:1", maintain_order="left")
    step, events = pl.col("step"), pl.col("events")
    ok = pl.col("status") == Status.OK.value
    joined = joined.with_columns(coarse=ok & (step > (pl.col("upper_95") - pl.col("lower_95")) / 4))
    spread = (pl.col("upper_95") - pl.col("value")) / (pl.col("upper_95_poisson") - events) * events / pl.col("value")
    shown = joined.with_columns(
        value=(pl.col("value") / step).round() * step, wider=((spread - _SLACK) / QUARTER).ceil() * QUARTER
    ).with_columns(
        (pl.col("value") * (1 + pl.col("wider") * (pl.col(f"{name}_poisson") / events - 1))).round().alias(name)
        for name in LIMITS
    )
    coarse, there = pl.col("coarse"), ok & ~pl.col("coarse")
    return shown.with_columns(
        *(pl.when(there).then(name).alias(name) for name in ("value", *LIMITS)),
        status=pl.when(coarse).then(pl.lit(Status.TOO_FEW.value)).otherwise("status"),
        method=pl.when(coarse).then(pl.lit(Method.NONE.value)).otherwise("method"),
        note=pl.when(coarse)
        .then(pl.lit(COARSE))
        .when(there & (step > 1))
        .then(pl.format(ROUNDED_TO, step.cast(pl.Int64)))
        .otherwise("note"),
    )


def _strata(rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the strata of each group that is to have a rate: ``row`` of the group, counts and weights."""
    kept = rows.filter(pl.col("dimension").is_in([d.value for d in STRATA]) & (pl.col("category") != UNKNOWN))
    named = [(d, c, stratum_of(Dimension(d), c)) for d, c in kept.select("dimension", "category").unique().rows()]
    facts = pl.DataFrame(
        [(d, c, s.sex, s.group, float(s.events), standard_weight(s.sex, s.band)) for d, c, s in named],
        schema={"dimension": pl.String, "category": pl.String, "sex": pl.String, "group": pl.String,
                "events_each": pl.Float64, "weight": pl.Float64},
        orient="row",
    )  # fmt: skip
    strata = kept.join(facts, on=["dimension", "category"], how="left", validate="m:1").filter(pl.col("weight") > 0)
    strata = strata.select(*_AREA, "dimension", "sex", "group", "events_each", "numerator", "denominator", "weight",
                           stratum_status=pl.col("status"))  # fmt: skip
    whole = strata.filter(dimension=Dimension.AGE_AND_SEX.value)
    held = [(Dimension.TOTAL, whole.with_columns(group=pl.lit("All"))),
            (Dimension.SEX, whole.with_columns(group="sex"))]  # fmt: skip
    held += [(of, strata.filter(dimension=by.value)) for by, of in STRATA_OF.items()]
    wanted = groups.select("row", *_AREA, "dimension", group="category")
    return pl.concat(
        part.drop("dimension").join(
            wanted.filter(dimension=of.value).drop("dimension"),
            on=[*_AREA, "group"],
            how="inner",
            nulls_equal=True,
            validate="m:1",
        )  # fmt: skip
        for of, part in held
    )


def standard_weight(sex: str, band: str) -> float:
    """Return the standard persons of a group of age and sex; 0 where the standard has none: other sexes, no known age.

    Args:
        sex: as in "Female".
        band: as in "20 to 24".

    Raises:
        ValueError: the words are no age band.
    """
    if sex not in STANDARD_SEXES or band == UNKNOWN:
        return 0.0
    first, last = age_bounds(band)
    oldest = EUROPEAN_STANDARD_POPULATION_2013[-1][0]
    people = 0.0
    for start, weight in EUROPEAN_STANDARD_POPULATION_2013:
        if start == oldest:
            people += weight if last >= oldest and first <= oldest else 0.0
        else:
            people += weight * max(0, min(last, start + _YEARS - 1) - max(first, start) + 1) / _YEARS
    return people / len(STANDARD_SEXES)


def _bare(rows: pl.DataFrame, note: str) -> pl.DataFrame:
    nothing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in ("value", *LIMITS)]
    return rows.with_columns(
        *nothing, status="stratum_status", note=pl.lit(note), method=pl.lit(Method.NONE.value)
    ).select(FIGURE)


STATISTICS = Statistics(
    formula="{m:g} x rate standardised by age and sex to the 2013 European Standard Population; Dobson limits",
    values=values,
    between=True,
)
