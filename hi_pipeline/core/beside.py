"""Contracts of the tables that judge the results: pace, trends, targets, completeness and bounds."""

from enum import StrEnum

import polars as pl

from hi_pipeline.core.columns import RESULT_KEY, RESULTS

Columns = dict[str, pl.DataType | type[pl.DataType]]


class Verdict(StrEnum):
    """What a table that judges figures says of a row."""

    EQUAL_PACE = "equal_pace"
    FASTER = "faster"  # the group improved more, or worsened less, than the rest
    SLOWER = "slower"
    ROSE_MORE = "rose_more"  # faster and slower where no direction is better
    ROSE_LESS = "rose_less"
    RISE = "rise"
    FALL = "fall"
    NARROWED = "narrowed"
    WIDENED = "widened"
    REVERSED = "reversed"  # the gap is on the other side now
    RISING = "rising"
    FALLING = "falling"
    NO_CLEAR_TREND = "no_clear_trend"
    MET = "met"
    NOT_MET = "not_met"
    NOT_YET_DUE = "not_yet_due"
    CANNOT_TELL = "cannot_tell"


_KEY: Columns = {name: RESULTS[name] for name in RESULT_KEY}
_END: Columns = {"status": pl.String, "note": pl.String, "synthetic": pl.Boolean}

# The change of each figure from an earlier year, and of each group beside the rest.
PACE: Columns = {
    **_KEY,
    "category_order": pl.Int32,
    "start_year": pl.String,
    "start_period_end": pl.Date,
    "period_end": pl.Date,
    "start_value": pl.Float64,
    "value": pl.Float64,
    "unit": pl.String,
    "change_scale": pl.String,
    "change": pl.Float64,
    "change_lower_95": pl.Float64,
    "change_upper_95": pl.Float64,
    "rest_change": pl.Float64,
    "pace": pl.Float64,
    "pace_lower_95": pl.Float64,
    "pace_upper_95": pl.Float64,
    "p_one_sided": pl.Float64,
    "verdict": pl.String,
    **_END,
}
PACE_KEY = RESULT_KEY

# The average change a year of each unbroken series of five years or more.
TRENDS: Columns = {
    **_KEY,
    "category_order": pl.Int32,
    "start_year": pl.String,
    "points": pl.Int32,
    "change_a_year": pl.Float64,
    "lower_95": pl.Float64,
    "upper_95": pl.Float64,
    "overdispersion": pl.Float64,
    "unit": pl.String,
    "verdict": pl.String,
    **_END,
}
TRENDS_KEY = RESULT_KEY

# Figures against the targets that somebody has set.
TARGETS: Columns = {
    **_KEY,
    "category_order": pl.Int32,
    "aim": pl.String,
    "target_level": pl.Float64,
    "target": pl.String,
    "target_by": pl.String,
    "target_source": pl.String,
    "recalled": pl.Boolean,
    "period_end": pl.Date,
    "value": pl.Float64,
    "lower_95": pl.Float64,
    "upper_95": pl.Float64,
    "unit": pl.String,
    "reached": pl.Boolean,
    "verdict": pl.String,
    **_END,
}
TARGETS_KEY = (*RESULT_KEY, "aim", "target_level", "target_by")

# The note of a share that nobody can know.
NOT_SAID = "no count of records whose group is not known is read from the publication"
# Of the records of each publication, the share whose group is not known.
COMPLETENESS: Columns = {
    "source": pl.String,
    "indicator_id": pl.String,
    **{name: RESULTS[name] for name in RESULT_KEY[1:7]},
    "unknown_records": pl.Float64,
    "all_records": pl.Float64,
    "unknown_share": pl.Float64,
    "unknown_share_low": pl.Float64,
    "unknown_share_high": pl.Float64,
    "england_share": pl.Float64,
    "share_1_year_before": pl.Float64,
    "share_2_years_before": pl.Float64,
    "share_3_years_before": pl.Float64,
    **_END,
}
COMPLETENESS_KEY = tuple(name for name in COMPLETENESS if name in ("source", "indicator_id", *RESULT_KEY[1:7]))

# Differences and ratios of ethnic groups with what the unknown records leave open.
BOUNDS: Columns = {
    **_KEY,
    "category_order": pl.Int32,
    "reference": pl.String,
    "value": pl.Float64,
    "value_low": pl.Float64,
    "value_high": pl.Float64,
    "worst_lower_95": pl.Float64,
    "worst_upper_95": pl.Float64,
    "group_takes": pl.Float64,
    "reference_takes": pl.Float64,
    "in_proportion": pl.Float64,
    "unknown_events": pl.Float64,
    "unknown_records": pl.Float64,
    "unit": pl.String,
    **_END,
}
BOUNDS_KEY = RESULT_KEY

# Each table by the name of its file: columns and key.
JUDGING: dict[str, tuple[Columns, tuple[str, ...]]] = {
    "pace": (PACE, PACE_KEY),
    "trends": (TRENDS, TRENDS_KEY),
    "targets": (TARGETS, TARGETS_KEY),
    "completeness": (COMPLETENESS, COMPLETENESS_KEY),
    "bounds": (BOUNDS, BOUNDS_KEY),
}

JUDGING_MEANINGS: dict[str, str] = {
    "start_year": "the earlier year: of a change the one before with a figure, of a trend the first",
    "start_period_end": "last day of the earlier period",
    "start_value": "the figure of the earlier year",
    "change_scale": "ratio (later over earlier) or difference (later less earlier)",
    "change": "the change on that scale; of a count, share or rate always a ratio",
    "change_lower_95": "lower 95% confidence limit of the change",
    "change_upper_95": "upper 95% confidence limit of the change",
    "rest_change": "the change of the other groups of the same breakdown together, as a ratio",
    "pace": "change over rest_change: 1 is an equal pace",
    "pace_lower_95": "lower 95% confidence limit of pace",
    "pace_upper_95": "upper 95% confidence limit of pace",
    "p_one_sided": (
        "one-sided probability of a group falling as far behind the rest at an equal pace, or of a measure between "
        "groups rising as much if it did not rise"
    ),
    "verdict": (
        "equal_pace, faster, slower (rose_more, rose_less where no direction is better), rise, fall, narrowed, "
        "widened, reversed, rising, falling, no_clear_trend, met, not_met, not_yet_due or cannot_tell; empty where "
        "nothing could be judged"
    ),
    "points": "years in the series",
    "change_a_year": "average change from one year to the next, in unit",
    "overdispersion": "scatter about the line beyond that of the limits, 1 or more; limits are widened by its root",
    "aim": "at_least, at_most, equal_pace, narrow or no_increase",
    "target": "the wording",
    "target_level": "of at_least and at_most, in unit; empty for an aim at a change",
    "target_by": "the day by which; empty where none is named",
    "target_source": "who set the target",
    "recalled": "true where the target is recalled and was not read in a publication: the verdict rests on it",
    "reached": "whether the figure itself, its limits apart, is at the level",
    "source": "the publication",
    "unknown_records": "records whose group is not known, not stated or indeterminate",
    "all_records": "those of all groups and the unknown together",
    "unknown_share_low": "smallest share that rounding and hiding allow",
    "unknown_share_high": "largest share that rounding and hiding allow",
    "england_share": "the share in England as published",
    "share_1_year_before": "the share of the area in the financial year before",
    "share_2_years_before": "the share two financial years before",
    "share_3_years_before": "the share three financial years before",
    "reference": "the group that others are held against",
    "value_low": "the worst case: smallest figure that any allocation of the unknown records, and rounding, allow",
    "value_high": "the worst case: largest figure that any allocation of the unknown records, and rounding, allow",
    "worst_lower_95": "lower 95% confidence limit of the worst case: of the counts that give value_low",
    "worst_upper_95": "upper 95% confidence limit of the worst case: of the counts that give value_high",
    "group_takes": "scenario: all unknown records belong to the group",
    "reference_takes": "scenario: all unknown records belong to the reference",
    "in_proportion": "scenario: the unknown records belong to the groups in proportion to their known records",
    "unknown_events": "events whose group is not known",
}
