"""Do two groups change at an equal pace, told from their figures with limits?"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats import _limits
from hi_pipeline.stats._columns import Floats, Frame, one_of, quiet
from hi_pipeline.stats._results import CONFIDENCE, Extra, Reasons, levels, result
from hi_pipeline.stats._singles import read_singles
from hi_pipeline.stats.comparison.change import CANNOT_TELL
from hi_pipeline.stats.comparison.counts_pace import DEFAULT_MARGIN, margin_of

NOT_POSITIVE = "no events in a year: a ratio has no limits on the log scale"
SIDES = ("start", "end", "reference_start", "reference_end")
PARTS = ("value", "lower", "upper")


@quiet
def pace(
    frame: Frame,
    *,
    start_value: str,
    start_lower: str,
    start_upper: str,
    end_value: str,
    end_lower: str,
    end_upper: str,
    reference_start_value: str,
    reference_start_lower: str,
    reference_start_upper: str,
    reference_end_value: str,
    reference_end_lower: str,
    reference_end_upper: str,
    by: str | Sequence[str],
    better: Literal["lower", "higher", "none"] = "none",
    margin: float = DEFAULT_MARGIN["ratio"],
    confidence: Sequence[float] = CONFIDENCE,
) -> pl.DataFrame:
    """Ratio of the changes of two groups, each figure with its own limits, with a verdict on their pace.

    Formula: value = (end/start of the group) / (end/start of the reference). On the log scale the limits of each
    change, and then of their difference, are recovered from those of the two sides (MOVER):
    lower d - sqrt((v1 - l1)^2 + (u0 - v0)^2), upper d + sqrt((u1 - v1)^2 + (v0 - l0)^2).

    Symbols: v, l and u the logarithm of a figure and of its 95% limits; d a difference, 1 its first side, 0 its
    second. The figures are independent, and their limits hold all that makes them uncertain: rounding and differences
    between practices as much as chance. The reference shares nobody with the group.

    Verdict: by the 95% limits ``equal_pace`` if they lie within the margin; otherwise, if they leave out 1, ``faster``
    or ``slower``, faster meaning that the group improved more, or worsened less; where no direction is better
    ``rose_more`` or ``rose_less``; else ``cannot_tell``. A wide interval is never called equal.

    Units: none.

    Shapes: one row a group in and out.

    Args:
        frame: DataFrame or LazyFrame.
        start_value: column of figures of the group in the first year.
        start_lower: column of their lower 95% limits.
        start_upper: column of their upper 95% limits.
        end_value: column of figures of the group in the second year.
        end_lower: column of their lower 95% limits.
        end_upper: column of their upper 95% limits.
        reference_start_value: as ``start_value``, of the reference.
        reference_start_lower: as ``start_lower``, of the reference.
        reference_start_upper: as ``start_upper``, of the reference.
        reference_end_value: as ``end_value``, of the reference.
        reference_end_lower: as ``end_lower``, of the reference.
        reference_end_upper: as ``end_upper``, of the reference.
        by: group columns.
        better: the direction that is better: ``lower`` (a waiting list), ``higher`` (uptake) or ``none``.
        margin: what counts as equal, a share: 0.05 is within 1/1.05 to 1.05.
        confidence: confidence levels of the limits.

    Returns:
        Group columns, value, limits, status, note, method, ``change`` with ``change_lower`` and ``change_upper`` (the
        group's own ratio of end to start with 95% limits), ``reference_change``, ``p_slower`` (the one-sided
        probability of falling as far behind the reference if the pace were equal; null where no direction is better)
        and ``verdict``. A figure of 0 makes the group ``too_few``.

    Raises:
        StatisticsError: a column is absent or not numeric, or the margin is negative.

    Example:
        >>> years = {"start": (40.0, 39, 41), "end": (50.0, 49, 51)}
        >>> years |= {"reference_start": (48.0, 47.5, 48.5), "reference_end": (50.0, 49.5, 50.5)}
        >>> parts = [(f"{year}_{part}", x) for year, row in years.items() for part, x in zip(PARTS, row)]
        >>> frame = pl.DataFrame({name: [float(x)] for name, x in parts})
        >>> found = pace(frame, **{name: name for name in frame.columns}, by=[], better="higher")
        >>> found.select(pl.col("value", "lower_95", "upper_95").round(4), "verdict").rows()
        [(1.2, 1.1587, 1.243, 'faster')]

    Reference:
        Zou GY, Donner A. Construction of confidence limits about effect measures: a general approach. Stat Med
        2008;27:1693-702. Altman DG, Bland JM. BMJ 2003;326:219.
    """
    one_of(better, ["lower", "higher", "none"], name="better")
    near = margin_of(margin, "ratio")
    given = (
        (start_value, start_lower, start_upper), (end_value, end_lower, end_upper),
        (reference_start_value, reference_start_lower, reference_start_upper),
        (reference_end_value, reference_end_lower, reference_end_upper),
    )  # fmt: skip
    columns: dict[str, str | None] = {
        f"{side}_{part}": name
        for side, three in zip(SIDES, given, strict=True)
        for part, name in zip(PARTS, three, strict=True)
    }
    groups, reasons, figures = read_singles(frame, columns, by=by)
    _mark(reasons, figures)
    logs = {role: np.log(np.maximum(values, 0)) for role, values in figures.items()}
    limits, own = {}, {}
    for level in {0.95, *levels(confidence)}:
        changed = {side: _change(logs, side, level) for side in ("", "reference_")}
        own[level] = changed[""]
        value, reference = changed[""][0], changed["reference_"][0]
        limits[level] = _limits.mover_difference(value, changed[""][1:], reference, changed["reference_"][1:])
    lower, upper = limits[0.95]
    error = (upper - lower) / (2 * _limits.z_score(0.95))
    behind = {"lower": 1.0, "higher": -1.0, "none": np.nan}[better] * (value - reference) / error
    extra: Extra = {
        "change": np.exp(value),
        "change_lower": np.exp(own[0.95][1]),
        "change_upper": np.exp(own[0.95][2]),
        "reference_change": np.exp(reference),
        "p_slower": 1 - _limits.normal(behind),
        "verdict": _verdict(lower, upper, np.log1p(near), better, reasons),
    }
    chosen = {level: (np.exp(limits[level][0]), np.exp(limits[level][1])) for level in levels(confidence)}
    return result(groups, reasons, value=np.exp(value - reference), limits=chosen, method=Method.MOVER, extra=extra)


def _mark(reasons: Reasons, figures: dict[str, Floats]) -> None:
    for side in SIDES:
        value, lower, upper = (figures[f"{side}_{part}"] for part in PARTS)
        wrong = (lower > value) | (upper < value) | (lower < 0)
        reasons.mark(wrong, Status.NOT_APPLICABLE, "impossible input: a value outside its limits, or a negative one")
        reasons.mark(value == 0, Status.TOO_FEW, NOT_POSITIVE)


def _change(logs: dict[str, Floats], side: str, level: float) -> tuple[Floats, Floats, Floats]:
    """Give the change of a side on the log scale with its limits."""
    pairs = []
    for year in ("end", "start"):
        value, lower, upper = (logs[f"{side}{year}_{part}"] for part in PARTS)
        wider = _limits.z_score(level) / _limits.z_score(0.95)
        pairs.append((value, (value + (lower - value) * wider, value + (upper - value) * wider)))
    (end, end_limits), (start, start_limits) = pairs
    return end - start, *_limits.mover_difference(end, end_limits, start, start_limits)


def _verdict(lower: Floats, upper: Floats, near: float, better: str, reasons: Reasons) -> pl.Series:
    below, above = {
        "lower": ("faster", "slower"),
        "higher": ("slower", "faster"),
        "none": ("rose_less", "rose_more"),
    }[better]
    words = np.full(len(lower), CANNOT_TELL, dtype=object)
    words[upper < 0] = below
    words[lower > 0] = above
    words[(lower >= -near) & (upper <= near)] = "equal_pace"
    words[~reasons.ok] = None
    return pl.Series(list(words), dtype=pl.String)
