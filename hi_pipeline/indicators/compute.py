"""One indicator: counts of all areas of one or more years in, result rows out, every figure once."""

import polars as pl

from hi_pipeline.core.columns import RESULT_KEY, RESULTS
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import BOARDS, NHS_REGIONS, Vintage, region_of
from hi_pipeline.core.groups import ALL, DECILES, QUINTILES, UNKNOWN, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import LAYOUT_UNVERIFIED, AreaType, Measure, Status, Unit
from hi_pipeline.core.whole import least_whole
from hi_pipeline.indicators.compare import with_comparison
from hi_pipeline.indicators.deprivation import deprivation_rows
from hi_pipeline.indicators.disproportion import disproportionality_rows
from hi_pipeline.indicators.ethnicity import by_reference, ethnicity_rows
from hi_pipeline.indicators.kind import statistics_of
from hi_pipeline.indicators.reference_group import reference_group
from hi_pipeline.indicators.values import value_rows

# What names an area of a year and footprint: years never meet, nor do footprints, they are only computed at once.
_AREA = ["financial_year", "geography_vintage", "area_type", "icb_code", "area_name"]
# What a derived row takes over from the rows of its area and dimension.
_SHARED = (
    "period_start",
    "period_end",
    "period_type",
    "unknown_share",
    "imd_vintage",
    "ethnicity_scheme",
)
# How whole a derived row is, by the groups that go into it.
_WHOLE = ("coverage", "people_share", "short")
_OF_ENDS = [Measure.GAP.value, Measure.RATIO.value]
_OF_ALL = [Measure.SII.value, Measure.RII.value, Measure.DISPROPORTIONALITY.value]
_RATIOS = (Measure.RATIO.value, Measure.RII.value, Measure.RATE_RATIO.value, Measure.DISPROPORTIONALITY.value)
_DIFFERENCES = (Measure.GAP.value, Measure.SII.value, Measure.DIFFERENCE.value)
_ODS = {board.ons: board.ods for board in BOARDS} | {ons: r.ods for r in NHS_REGIONS for ons in r.ons.values()}
_REGION = {f"{b.ons}{v}": region_of(b.ons, v).ons[v] for b in BOARDS for v in Vintage if v in b.vintages} | {
    f"{r.ons[v]}{v}": r.ons[v] for r in NHS_REGIONS for v in Vintage
}


def compute_results(indicator: Indicator, counts: pl.DataFrame, *, synthetic: bool) -> pl.DataFrame:
    """Compute every result row of one indicator, each financial year and footprint by itself.

    Measures: ``value`` for every group; for deprivation ``gap``, ``ratio``, ``sii`` and ``rii`` of each area
    (category All, order 0), and ``disproportionality`` where the indicator has it; for ethnicity ``difference`` and
    ``rate_ratio`` of each group to White British or White.

    Args:
        indicator: the declaration.
        counts: rows of that indicator in the COUNTS contract, all areas, of one financial year or several, on
            one footprint or several.
        synthetic: true for the embedded sample.

    Returns:
        Rows in the RESULTS contract, sorted by key.

    Raises:
        ValidationError: the counts are of another indicator, of no year, or of no dimension it declares.
    """
    _refuse_foreign(indicator, counts)
    values = value_rows(indicator, counts.sort(*_AREA, "dimension", "category_order", "category", nulls_last=True))
    parts = [values, *_derived(indicator, values)]
    rows = pl.concat(parts, how="diagonal")
    rows = with_comparison(indicator, rows)
    return _in_contract(indicator, rows, synthetic=synthetic)


def _refuse_foreign(indicator: Indicator, counts: pl.DataFrame) -> None:
    for column, wanted in (
        ("indicator_id", {indicator.id}),
        ("dimension", {d.value for d in indicator.counted}),
    ):
        found = set(counts[column].unique().to_list())
        if not found <= wanted:
            raise ValidationError(
                f"counts of {indicator.id}: {column} holds {sorted(found - wanted)}; expected only {sorted(wanted)}. "
                "Give compute_results the rows of one indicator, in the dimensions that it declares."
            )
    if counts.is_empty() or counts["financial_year"].null_count():
        raise ValidationError(f"counts of {indicator.id}: expected rows of a financial year each, found some without")


def _derived(indicator: Indicator, values: pl.DataFrame) -> list[pl.DataFrame]:
    """Compute the measures between groups; remainders have none."""
    if not statistics_of(indicator.kind).between:
        return []
    areas = values.filter(pl.col("area_type") != AreaType.REMAINDER.value)
    found = []
    by_deprivation = areas.filter(pl.col("dimension") == Dimension.DEPRIVATION.value)
    if by_deprivation.height:
        rows = deprivation_rows(indicator, by_deprivation, area=_AREA)
        if indicator.disproportionality:
            rows = pl.concat([rows, disproportionality_rows(by_deprivation, area=_AREA).select(rows.columns)])
        rows = rows.with_columns(category=pl.lit(ALL), category_order=pl.lit(0, dtype=pl.Int32))
        # There are none where nobody's decile is known.
        if rows.height:
            whole = _whole_by_deprivation(indicator, by_deprivation)
            found.append(_with_shared(rows, by_deprivation, Dimension.DEPRIVATION, whole, on=_AREA))
    for by_ethnicity in by_reference(areas.filter(pl.col("dimension") == Dimension.ETHNICITY.value)):
        rows = ethnicity_rows(by_ethnicity, area=_AREA)
        orders = by_ethnicity.select("financial_year", "category", "category_order").unique()
        rows = rows.join(orders, on=["financial_year", "category"], how="left", validate="m:1")
        whole = _whole_by_ethnicity(by_ethnicity)
        found.append(_with_shared(rows, by_ethnicity, Dimension.ETHNICITY, whole, on=_AREA))
    return found


def _whole_by_deprivation(indicator: Indicator, values: pl.DataFrame) -> pl.DataFrame:
    """Return by area and measure how whole it is: gap and ratio as their two ends, the others as all groups."""
    words = DECILES if indicator.deprivation_groups == len(DECILES) else QUINTILES
    groups = values.filter(pl.col("category") != UNKNOWN)
    ends = groups.filter(pl.col("category").is_in([words[0], words[-1]]))
    parts = ((ends, _OF_ENDS), (groups, _OF_ALL))
    return pl.concat(
        least_whole(rows, _AREA).join(pl.DataFrame({"measure": measures}), how="cross") for rows, measures in parts
    )


def _whole_by_ethnicity(values: pl.DataFrame) -> pl.DataFrame:
    """Return by area and group how whole its difference and ratio are: as the lesser of the group and the reference."""
    own = values.with_columns(pair="category")
    reference = values.filter(category=reference_group(values))
    beside = own.select(*_AREA, "pair").join(reference, on=_AREA, how="inner", nulls_equal=True, validate="m:1")
    pairs = pl.concat([own, beside.select(own.columns)])
    return least_whole(pairs, [*_AREA, "pair"]).rename({"pair": "category"})


def _with_shared(
    rows: pl.DataFrame, source: pl.DataFrame, dimension: Dimension, whole: pl.DataFrame, *, on: list[str]
) -> pl.DataFrame:
    """Add to measures between groups what they share with the rows of the groups, and how whole they are.

    Args:
        rows: the measures.
        source: value rows of the groups.
        dimension: of both.
        whole: rows of ``least_whole`` by area and by measure or category.
        on: columns of the area.
    """
    unseen = pl.col("note").str.contains(LAYOUT_UNVERIFIED, literal=True).any().alias("unseen")
    # A measure between groups rests on the releases of all of them.
    facts = source.group_by(on, maintain_order=True).agg(
        *(pl.col(name).first() for name in _SHARED),
        pl.col("source_releases").str.split(";").list.explode().unique().sort().str.join(";"),
        unseen,
    )
    joined = rows.join(facts, on=on, how="left", nulls_equal=True, validate="m:1")
    named = [name for name in whole.columns if name not in _WHOLE]
    joined = joined.join(whole, on=named, how="left", nulls_equal=True, validate="m:1")
    short = pl.when(status=Status.OK.value).then("short")
    said = join_notes("note", short, pl.when("unseen").then(pl.lit(LAYOUT_UNVERIFIED)))
    return joined.with_columns(dimension=pl.lit(dimension.value), note=said).drop("unseen", "short")


def _in_contract(indicator: Indicator, rows: pl.DataFrame, *, synthetic: bool) -> pl.DataFrame:
    ratio, difference = pl.col("measure").is_in(_RATIOS), pl.col("measure").is_in(_DIFFERENCES)
    points = Unit.PERCENTAGE_POINTS.value if indicator.unit is Unit.PERCENT else indicator.unit.value
    unit = (
        pl.when(ratio)
        .then(pl.lit(Unit.RATIO.value))
        .when(difference)
        .then(pl.lit(points))
        .otherwise(pl.lit(indicator.unit.value))
    )
    filled = rows.with_columns(
        indicator_id=pl.lit(indicator.id),
        indicator_version=pl.lit(indicator.version),
        icb_name=pl.col("area_name"),
        # Providers have ODS codes and no others.
        icb_ods_code=pl.when(pl.col("area_type") == AreaType.PROVIDER.value)
        .then("icb_code")
        .otherwise(pl.col("icb_code").replace_strict(_ODS, default=None, return_dtype=pl.String)),
        region_code=pl.concat_str("icb_code", "geography_vintage").replace_strict(
            _REGION, default=None, return_dtype=pl.String
        ),
        unit=unit,
        multiplier=pl.when(ratio).then(1.0).otherwise(pl.lit(float(indicator.multiplier))),
        synthetic=pl.lit(synthetic),
        unconfirmed=pl.lit(bool(indicator.unconfirmed)),
        note=pl.col("note").fill_null(""),
    )
    ordered = filled.select(pl.col(name).cast(dtype) for name, dtype in RESULTS.items())
    return ordered.sort(RESULT_KEY, nulls_last=True)
