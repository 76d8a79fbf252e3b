"""What records of unknown ethnicity leave open: the worst case of each difference and ratio, and scenarios."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.beside import BOUNDS, BOUNDS_KEY
from hi_pipeline.core.groups import NO_GROUPS, Dimension
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Measure, Status
from hi_pipeline.indicators.over_time.years import with_collection
from hi_pipeline.indicators.reference_group import reference_group
from hi_pipeline.stats import unknown

NOT_SAID = "the publication gives no count of records of unknown ethnicity"
OTHER = "the value rests on the publisher's own figures, the scenarios on its rounded counts"
HIDDEN = "the count of records of unknown ethnicity is hidden, without bounds"
_PLACE = ["indicator_id", "financial_year", "geography_vintage", "area_type", "icb_code", "icb_name"]
_SLACK = 1e-9
_COUNTS = ("numerator", "denominator")
_ENDS = ("", "_low", "_high")
_SCALES: dict[str, Literal["difference", "ratio"]] = {
    Measure.DIFFERENCE.value: "difference",
    Measure.RATE_RATIO.value: "ratio",
}


def bounds(results: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Compute the worst case and the scenarios of every ethnic difference and ratio of shares and rates.

    Args:
        results: all figures, in the results contract.
        indicators: declarations by id.

    Returns:
        Rows in the BOUNDS contract, sorted by key: one a difference or ratio that has a value. Rounding and hiding of
        the counts enter the worst case; the scenarios are of the counts as printed.
    """
    kinds = {i.id: i.kind for i in indicators.values() if i.kind in (Kind.PROPORTION, Kind.RATE)}
    rows = results.filter(pl.col("indicator_id").is_in(list(kinds)))
    values = rows.filter(pl.col("measure") == Measure.VALUE.value)
    groups = _with_reference(values.filter(dimension=Dimension.ETHNICITY.value))
    pairs = rows.filter(
        (pl.col("dimension") == Dimension.ETHNICITY.value)
        & pl.col("measure").is_in(list(_SCALES))
        & (pl.col("status") == Status.OK.value)
    ).with_row_index("row")
    sides = _with_sides(pairs, groups, _known_records(values, indicators, kinds))
    parts = []
    for kind in (Kind.PROPORTION, Kind.RATE):
        mine = sides.filter(pl.col("indicator_id").is_in([name for name, found in kinds.items() if found is kind]))
        parts += [_computed(mine.filter(measure=measure), kind, scale) for measure, scale in _SCALES.items()]
    multipliers = {i.id: float(i.multiplier) for i in indicators.values()}
    unit = pl.when(pl.col("measure") == Measure.DIFFERENCE.value).then(
        pl.col("indicator_id").replace_strict(multipliers, return_dtype=pl.Float64)
    )
    found = pairs.select("row", *BOUNDS_KEY, "category_order", "value", "unit", "synthetic").join(
        pl.concat(parts), on="row", how="left", validate="1:1"
    )
    found = found.with_columns(pl.col(name) * unit.otherwise(1.0) for name in (*_FIGURES, "counted"))
    apart = (pl.col("counted") - pl.col("value")).abs() > _SLACK * (1 + pl.col("value").abs())
    found = found.with_columns(note=join_notes("note", pl.when(apart).then(pl.lit(OTHER))))
    return found.select(pl.col(name).cast(kind) for name, kind in BOUNDS.items()).sort(BOUNDS_KEY, nulls_last=True)


def _with_reference(groups: pl.DataFrame) -> pl.DataFrame:
    """Add the group that others are held against, which boards share and England and regions share."""
    by = ["indicator_id", "financial_year", "board"]
    named = groups.with_columns(board=pl.col("area_type") == AreaType.ICB.value)
    told = [
        (*place, reference_group(part))
        for place, part in named.partition_by(by, as_dict=True, include_key=True).items()
    ]
    schema = {"indicator_id": pl.String, "financial_year": pl.String, "board": pl.Boolean, "reference": pl.String}
    references = pl.DataFrame(told, schema=schema, orient="row")
    return named.join(references, on=by, how="left", validate="m:1").drop("board")


def _known_records(
    values: pl.DataFrame, indicators: Mapping[str, Indicator], kinds: Mapping[str, Kind]
) -> pl.DataFrame:
    """Count the records of known ethnicity of each area: all less the unknown, where one publication prints both."""
    rates = [name for name, kind in kinds.items() if kind is Kind.RATE]
    records = pl.when(pl.col("indicator_id").is_in(rates)).then("numerator").otherwise("denominator")
    rows = with_collection(values, indicators).with_columns(records=records)
    totals = rows.filter(dimension=Dimension.TOTAL.value).select(*_PLACE, "collection", total="records")
    ethnic = rows.filter(dimension=Dimension.ETHNICITY.value)
    nobody, detailed = pl.col("category").is_in(NO_GROUPS), pl.col("category").str.contains(": ", literal=True)
    level = ~nobody & (detailed | ~detailed.any().over(_PLACE))
    sums = ethnic.group_by(*_PLACE, "collection", maintain_order=True).agg(
        printed=added(pl.col("records").filter(level)), unknown=added(pl.col("records").filter(nobody))
    )
    both = sums.join(totals, on=[*_PLACE, "collection"], how="left", nulls_equal=True, validate="1:1")
    # Rounded parts can exceed their rounded whole.
    left = pl.max_horizontal(pl.col("total") - pl.col("unknown"), "printed")
    return both.select(*_PLACE, known_records=left)


def _with_sides(pairs: pl.DataFrame, groups: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Set the counts of the group, of the reference and of the unknown beside each measure."""
    counts = [f"{name}{end}" for name in _COUNTS for end in _ENDS]
    own = groups.select(*_PLACE, "category", "reference", *counts)
    base = groups.filter(pl.col("category") == pl.col("reference"))
    nobody = groups.filter(pl.col("category").is_in(NO_GROUPS)).group_by(_PLACE, maintain_order=True).agg(
        *(_sum(name).alias(f"unknown_{name}") for name in counts), told=pl.lit(True)
    )  # fmt: skip
    on = {"on": _PLACE, "how": "left", "nulls_equal": True, "validate": "m:1"}
    return (
        pairs.select("row", *_PLACE, "category", "measure")
        .join(own, on=[*_PLACE, "category"], how="left", nulls_equal=True, validate="m:1")
        .join(base.select(*_PLACE, *(pl.col(n).alias(f"reference_{n}") for n in counts)), **on)  # type: ignore[arg-type]
        .join(nobody, **on)  # type: ignore[arg-type]
        .join(known, **on)  # type: ignore[arg-type]
    )


def _sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).null_count() == 0).then(added(name))


_FIGURES = (
    "value_low",
    "value_high",
    "worst_lower_95",
    "worst_upper_95",
    "group_takes",
    "reference_takes",
    "in_proportion",
)


def _computed(
    sides: pl.DataFrame, kind: Literal[Kind.PROPORTION, Kind.RATE], scale: Literal["difference", "ratio"]
) -> pl.DataFrame:
    """Compute the worst case and the scenarios of one scale, as shares or rates of one."""
    unknown_people = "unknown_denominator" if kind is Kind.PROPORTION else None
    columns = {
        "events": "numerator", "population": "denominator", "reference_events": "reference_numerator",
        "reference_population": "reference_denominator", "unknown_events": "unknown_numerator",
        "unknown_population": unknown_people,
    }  # fmt: skip
    how = {"by": ["row"], "kind": kind.value, "scale": scale, "confidence": (0.95,)}
    worst = unknown.worst_case(sides, **columns, bounded=True, **how)  # type: ignore[arg-type]
    supposed = unknown.scenarios(sides, **columns, known_records="known_records", **how)  # type: ignore[arg-type]
    scenarios = supposed.select("row", "group_takes", "reference_takes", "in_proportion", counted="value")
    limits = {"worst_lower_95": "lower_95", "worst_upper_95": "upper_95"}
    figures = worst.select("row", "value_low", "value_high", "status", why="note", **limits).join(
        scenarios, on="row", how="left", validate="1:1"
    )
    facts = sides.select(
        "row",
        "reference",
        "told",
        "category",
        unknown_events="unknown_numerator",
        unknown_records=unknown_people or "unknown_numerator",
    )
    both = figures.join(facts, on="row", how="left", validate="1:1")
    missing = pl.col("status") == Status.MISSING.value
    silent = pl.col("told").is_null()
    return both.with_columns(
        status=pl.when(missing & silent)
        .then(pl.lit(Status.NOT_PUBLISHED.value))
        .when(missing)
        .then(pl.lit(Status.SUPPRESSED.value))
        .otherwise("status"),
        note=pl.when(missing & silent)
        .then(pl.lit(NOT_SAID))
        .when(missing)
        .then(pl.lit(HIDDEN))
        .otherwise(pl.col("why").fill_null("")),
    ).drop("told", "category", "why")
