"""What the published tables of pace, targets and bounds say of a board's indicators, as the pack tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hi_pipeline.core.beside import Verdict
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.status import Measure, Status

HIDDEN = "hidden"
_HIDDEN = (Status.SUPPRESSED.value, Status.MISSING.value, Status.TOO_FEW.value)

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class GapChange:
    """How the gap by deprivation changed from an earlier year, which may stand on that year's footprint."""

    start_year: str
    start_value: float
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class JudgedTarget:
    """A target and the verdict on it.

    Attributes:
        dimension: that of the groups which it speaks of, or total.
        groups: how many of these groups have each verdict, or are hidden; empty for a total.
    """

    words: str
    dimension: str
    verdict: Verdict
    recalled: bool
    groups: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class WorstCase:
    """What the records of unknown ethnicity, and rounding, leave open of a group's difference from the reference group.

    Attributes:
        low, high: between which the difference lies, in its unit.
        lower, upper: 95% limits of these ends.
    """

    low: float
    high: float
    lower: float
    upper: float


def worst_cases(bounds: Rows, indicator: str) -> dict[str, WorstCase]:
    """Return the worst case of each ethnic group's difference, by group, where there is one.

    Args:
        bounds: rows of bounds.parquet of one board, year and footprint.
        indicator: its id.
    """
    ends = {"low": "value_low", "high": "value_high", "lower": "worst_lower_95", "upper": "worst_upper_95"}
    return {
        row["category"]: WorstCase(**{name: row[column] for name, column in ends.items()})
        for row in bounds
        if row["indicator_id"] == indicator
        and row["measure"] == Measure.DIFFERENCE.value
        and all(row[column] is not None for column in ends.values())
    }


def gap_change(pace: Rows, indicator: str) -> GapChange | None:
    """Return how an indicator's gap changed; None where it was not judged.

    Args:
        pace: rows of pace.parquet of one board, year and footprint.
        indicator: its id.
    """
    for row in pace:
        mine = row["indicator_id"] == indicator and row["measure"] == Measure.GAP.value
        if mine and row["verdict"] is not None:
            return GapChange(
                start_year=row["start_year"], start_value=row["start_value"], verdict=Verdict(row["verdict"])
            )
    return None


def judged_targets(targets: Rows, indicator: str) -> tuple[JudgedTarget, ...]:
    """Return the verdicts on an indicator's targets for everybody, or for all groups of a breakdown together.

    Args:
        targets: rows of targets.parquet of one board, year and footprint.
        indicator: its id.
    """
    every = [row for row in targets if row["indicator_id"] == indicator]
    return tuple(
        JudgedTarget(
            words=row["target"],
            dimension=Dimension(row["dimension"]).value,
            verdict=Verdict(row["verdict"]),
            recalled=row["recalled"],
            groups=_by_verdict(row, every),
        )
        for row in every
        if row["category"] == ALL and row["verdict"] is not None
    )


def _by_verdict(whole: Mapping[str, Any], rows: Rows) -> dict[str, int]:
    """Count the groups of a target by verdict, and those without a figure; a group that it does not judge is none."""
    told: dict[str, int] = {}
    for row in rows:
        same = row["target"] == whole["target"] and row["dimension"] == whole["dimension"]
        word = row["verdict"] or (HIDDEN if row["status"] in _HIDDEN else None)
        if same and row["category"] != ALL and word is not None:
            told[word] = told.get(word, 0) + 1
    return told
