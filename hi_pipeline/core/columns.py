"""The three frame contracts that cross rooms: observations (clean), counts (linked) and results (indicator)."""

import polars as pl

# Clean table of a statistical source: one figure of the publisher's file a row, in the publisher's own geography.
OBSERVATIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "financial_year": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "period_type": pl.String,  # status.PeriodType
    "area_level": pl.String,  # columns.AREA_LEVELS
    "area_code": pl.String,  # as published; "" for England
    "area_name": pl.String,
    "dimension": pl.String,  # groups.Dimension
    "category": pl.String,  # the project's words
    "measure": pl.String,  # snake_case name of the published figure
    "value": pl.Float64,  # null unless status is ok
    "low": pl.Float64,  # bounds of the true figure: equal to value where it is exact,
    "high": pl.Float64,  # apart where it is rounded, known bounds (or null) where it is hidden
    "lower_95": pl.Float64,  # the publisher's own 95% confidence limits, where it prints them
    "upper_95": pl.Float64,
    "status": pl.String,  # status.Status: ok, suppressed, missing, not_applicable
    "note": pl.String,  # plain words or ""
}
# The period is part of the key: a year may hold several months or snapshots of one figure.
OBSERVATION_KEY = (
    "financial_year",
    "period_start",
    "period_end",
    "area_level",
    "area_code",
    "dimension",
    "category",
    "measure",
)

# england is the publisher's own England row. The code schemes are ODS unless the name ends in _ons.
# A county holds districts, whose figures stand beside it as local_authority: the two are never added. upper_tier is
# counties and unitary authorities together, where districts are not printed.
# unknown is the publisher's UNKNOWN area; national is commissioned nationally (13Q, 14R, blank parent); wales is a
# health board of Wales whose patients are in a publication of England.
AREA_LEVELS = (
    "england",
    "region",
    "region_ons",
    "icb",
    "icb_ons",
    "stp",
    "stp_ons",
    "ccg",
    "sub_icb",
    "sub_icb_ons",
    "practice",
    "provider",
    "local_authority",
    "county",
    "upper_tier",
    "lsoa",
    "unknown",
    "national",
    "wales",
)

# Linked table: what an indicator is computed from, one group of one area a row, on each footprint of the year.
COUNTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator_id": pl.String,
    "financial_year": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "period_type": pl.String,
    "area_type": pl.String,  # status.AreaType
    "icb_code": pl.String,  # ONS code of the area; null for a remainder
    "area_name": pl.String,
    "geography_vintage": pl.String,  # geography.Vintage: the footprint the area belongs to
    "dimension": pl.String,
    "category": pl.String,
    "category_order": pl.Int32,
    "numerator": pl.Float64,
    "numerator_low": pl.Float64,
    "numerator_high": pl.Float64,
    "denominator": pl.Float64,  # null for a count
    "denominator_low": pl.Float64,
    "denominator_high": pl.Float64,
    "published_value": pl.Float64,
    "published_lower_95": pl.Float64,  # the publisher's own 95% limits, where it prints them
    "published_upper_95": pl.Float64,
    "published_rounding": pl.Float64,  # half a unit of the last digit that the publisher prints
    "units": pl.Int32,  # practices or areas that the row was summed from; null where it is printed
    "between_variance": pl.Float64,  # of the units: sum of (events - rate x population)^2, by practice fifth
    "status": pl.String,
    "note": pl.String,
    "unknown_share": pl.Float64,
    "coverage": pl.Float64,
    "people_share": pl.Float64,  # of the people of the expected reporters, those of reporters present
    "imd_vintage": pl.String,  # "2019", "2025", "" for no groups of deprivation; null where it is not stated
    "ethnicity_scheme": pl.String,  # groups.EthnicityScheme or ""
    "source_releases": pl.String,  # ids, sorted, joined by ";"
}
COUNTS_KEY = (
    "indicator_id",
    "financial_year",
    "geography_vintage",
    "area_type",
    "icb_code",
    "area_name",
    "dimension",
    "category",
)

# The one result contract.
RESULTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator_id": pl.String,
    "indicator_version": pl.String,
    "financial_year": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "period_type": pl.String,
    "area_type": pl.String,
    "icb_code": pl.String,
    "icb_ods_code": pl.String,
    "icb_name": pl.String,
    "region_code": pl.String,
    "geography_vintage": pl.String,
    "dimension": pl.String,
    "category": pl.String,
    "category_order": pl.Int32,
    "measure": pl.String,
    "value": pl.Float64,
    "lower_95": pl.Float64,
    "upper_95": pl.Float64,
    "lower_998": pl.Float64,
    "upper_998": pl.Float64,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "numerator_low": pl.Float64,
    "numerator_high": pl.Float64,
    "denominator_low": pl.Float64,
    "denominator_high": pl.Float64,
    "computed_value": pl.Float64,
    "published_value": pl.Float64,
    "published_rounding": pl.Float64,
    "figure_low": pl.Float64,
    "figure_high": pl.Float64,
    "units": pl.Int32,
    "between_variance": pl.Float64,
    "unit": pl.String,
    "multiplier": pl.Float64,
    "method": pl.String,
    "status": pl.String,
    "note": pl.String,
    "comparator": pl.String,
    "comparator_value": pl.Float64,
    "comparison": pl.String,
    "unknown_share": pl.Float64,
    "coverage": pl.Float64,
    "people_share": pl.Float64,
    "imd_vintage": pl.String,
    "ethnicity_scheme": pl.String,
    "source_releases": pl.String,
    "synthetic": pl.Boolean,
    "unconfirmed": pl.Boolean,
}
RESULT_KEY = (
    "indicator_id",
    "financial_year",
    "geography_vintage",
    "area_type",
    "icb_code",
    "icb_name",
    "dimension",
    "category",
    "measure",
)

# Boards' figures beside further comparators; the key is that of the results with the comparator.
COMPARISONS: dict[str, pl.DataType | type[pl.DataType]] = {
    **{name: RESULTS[name] for name in RESULT_KEY},
    "comparator": pl.String,
    "comparator_value": pl.Float64,
    "comparison": pl.String,
    "note": pl.String,
}
COMPARISON_KEY = (*RESULT_KEY, "comparator")

# The groups behind each slope and relative index, from which they can be computed again.
SLOPE_GROUPS: dict[str, pl.DataType | type[pl.DataType]] = {
    **{name: RESULTS[name] for name in RESULT_KEY if name not in ("category", "measure")},
    "category": pl.String,
    "category_order": pl.Int32,
    "value": pl.Float64,
    "lower_95": pl.Float64,
    "upper_95": pl.Float64,
    "denominator": pl.Float64,
    "share": pl.Float64,
    "ridit": pl.Float64,
    "slope_weight": pl.Float64,
}
SLOPE_GROUP_KEY = tuple(name for name in SLOPE_GROUPS if name in RESULT_KEY)

# Which boards the boards of the footprint in force came from.
LINEAGE: dict[str, pl.DataType | type[pl.DataType]] = {
    "geography_vintage": pl.String,
    "icb_code": pl.String,
    "icb_name": pl.String,
    "successor_vintage": pl.String,
    "successor_code": pl.String,
    "successor_name": pl.String,
    "residents": pl.Int64,
    "share": pl.Float64,
    "share_of_successor": pl.Float64,
}
LINEAGE_KEY = ("geography_vintage", "icb_code", "successor_code")

# What stands in each cell of the list, or why nothing does.
COVERAGE: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator_id": pl.String,
    "dimension": pl.String,
    "financial_year": pl.String,
    "geography_vintage": pl.String,
    "area_type": pl.String,
    "icb_code": pl.String,
    "area_name": pl.String,
    "level": pl.String,
    "state": pl.String,
    "reason": pl.String,
    "held_by": pl.String,
    "how_to_supply": pl.String,
    "synthetic": pl.Boolean,
    "unconfirmed": pl.Boolean,
}
COVERAGE_KEY = ("indicator_id", "dimension", "financial_year", "geography_vintage", "area_type", "icb_code")
# The same as CSV: cells that say the same stand in one row.
COVERAGE_RUNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "indicator_id": pl.String,
    "dimension": pl.String,
    "first_year": pl.String,
    "last_year": pl.String,
    "geography_vintage": pl.String,
    "area_type": pl.String,
    "icb_code": pl.String,
    "area_name": pl.String,
    "areas": pl.Int64,
    **{name: COVERAGE[name] for name in list(COVERAGE)[list(COVERAGE).index("level") :]},
}
COVERAGE_RUN_KEY = ("indicator_id", "dimension", "first_year", "geography_vintage", "area_type", "icb_code")

# What each result column means; goes into the data package and the glossary.
RESULT_MEANINGS: dict[str, str] = {
    "indicator_id": "stable snake_case name of the indicator",
    "indicator_version": "changes with the definition or the method",
    "financial_year": "the financial year the figure stands for, such as 2023-24",
    "period_start": "first day of the period that the figure describes",
    "period_end": "last day of that period; the day itself for a snapshot",
    "period_type": "financial_year, snapshot, month, quarter, calendar_year, season or audit_year",
    "area_type": (
        "icb, region, england, or remainder (what belongs to no board, shown and not lost); boards (all of England's "
        "together) stand in comparators.parquet"
    ),
    "icb_code": "ONS code of the area (E92000001 for England); empty for a remainder",
    "icb_ods_code": "ODS code of the area, where it has one; codes are reused, so never a key",
    "icb_name": "name of the area",
    "region_code": "ONS code of the area's region on the row's footprint; empty for England and remainders",
    "geography_vintage": (
        "month from which the footprint of boards applies: 2022-07, 2023-04 or 2026-04; each figure stands on the "
        "footprint of its year and on the one in force, so choose one before adding anything up"
    ),
    "dimension": (
        "total, age, sex, ethnicity, deprivation, or period (each month or quarter of a year's flow by itself)"
    ),
    "category": "the group, in words; All for totals and for measures over all groups of a dimension",
    "category_order": "order of the groups; 1 is the most deprived; 99 is the unknown group",
    "measure": "value, or derived from the groups: gap, ratio, sii, rii, disproportionality, difference, rate_ratio",
    "value": (
        "the figure: computed from the counts where that lies within the rounding of the figure that the publisher "
        "prints, else the publisher's; empty unless status is ok; "
        "for gap and sii positive is worse for the most deprived"
    ),
    "lower_95": "lower 95% confidence limit",
    "upper_95": "upper 95% confidence limit",
    "lower_998": "lower 99.8% confidence limit",
    "upper_998": "upper 99.8% confidence limit",
    "numerator": "count above the line; empty where the publisher hides it",
    "denominator": "count or population below the line; empty for counts",
    "numerator_low": "smallest numerator that the publisher's rounding and hiding allow",
    "numerator_high": "largest numerator that the publisher's rounding and hiding allow",
    "denominator_low": "smallest denominator that the publisher's rounding and hiding allow",
    "denominator_high": "largest denominator that the publisher's rounding and hiding allow",
    "computed_value": "numerator over denominator, always from the counts; empty where a count is hidden",
    "published_value": "the publisher's own figure, where it prints one",
    "published_rounding": "half a unit of the last digit that the publisher prints of it",
    "figure_low": "smallest figure that the publisher's rounding and hiding allow, for hidden figures too",
    "figure_high": "largest figure that the publisher's rounding and hiding allow, for hidden figures too",
    "units": "practices or areas that the figure was summed from; empty where the publisher prints it",
    "between_variance": (
        "by practice fifth, sum of (events less rate times population) squared over the practices, from which the "
        "limits follow"
    ),
    "unit": "percent, per_1k, per_100k, count, pp or ratio",
    "multiplier": "what the quotient was multiplied by",
    "method": "how value and limits were made",
    "status": "ok, suppressed, too_few, missing, not_published or not_applicable",
    "note": "what a reader must know about this figure",
    "comparator": "whose figure comparator_value is: all boards of England, England (its own row), or empty",
    "comparator_value": "the comparator's figure of the same group and measure",
    "comparison": "against the comparator: better, similar, worse, lower, higher or not_compared",
    "unknown_share": "share of records whose group in this dimension is unknown, not stated or indeterminate",
    "coverage": "share of expected reporters present",
    "people_share": "share of the people of the expected reporters that are those of reporters present, where known",
    "imd_vintage": "Indices of Deprivation used: 2019 or 2025; empty where there are none, or nobody states which",
    "ethnicity_scheme": "list of ethnic groups used: 2001 (16+1) or 2021",
    "source_releases": "ids of the releases used, joined by ;",
    "synthetic": "true for the embedded sample, whose figures are made up",
    "unconfirmed": (
        "true where something that is said of the indicator is recalled and was not read; indicators.json says what"
    ),
}
FURTHER_MEANINGS: dict[str, str] = {
    "successor_vintage": "the footprint in force",
    "successor_code": "ONS code of the board in force that took over residents",
    "successor_name": "name of that board",
    "residents": "usual residents; in lineage those that both boards have in common; Census 2021 but in population",
    "share_of_successor": "these residents as a share of those of the board in force",
    "area_name": "name of the area",
    "first_year": "the first financial year of a run in which the row holds",
    "last_year": "the last financial year of that run",
    "areas": "how many areas the row is of; where all of a kind have one answer, their code is the word all",
    "level": "the smallest area at which this breakdown is published, in words",
    "state": "what the cell holds: shown, partly_shown, or why it holds nothing",
    "reason": "the same in words; empty where it is shown",
    "held_by": "who holds what is not public",
    "how_to_supply": "how a board could supply it",
    "share": "share of the area's population (denominators) in the group",
    "ridit": "mid-point of the group in the population ranked from the most deprived: 0 to 1",
    "slope_weight": "12 share (ridit - 1/2) / (1 - sum of shares cubed): the slope is the sum of weight times figure",
}
