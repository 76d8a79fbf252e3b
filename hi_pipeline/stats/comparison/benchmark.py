"""Better, similar or worse than a benchmark."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from hi_pipeline.core.status import Comparison, Method, Status
from hi_pipeline.stats._columns import Floats, Frame, one_of
from hi_pipeline.stats._results import Extra, Reasons, result
from hi_pipeline.stats._singles import read_singles

Better = Literal["lower", "higher", "none"]
BETTER = ("lower", "higher", "none")


def against_benchmark(
    frame: Frame,
    *,
    value: str,
    lower: str,
    upper: str,
    benchmark: str | float,
    by: str | Sequence[str],
    better: Better = "none",
    lower_998: str | None = None,
    upper_998: str | None = None,
) -> pl.DataFrame:
    """Compare each figure with a benchmark by whether its interval holds it.

    Formula: ``higher`` if lower > benchmark, ``lower`` if upper < benchmark, else ``similar``; where a
    direction is good, ``better`` or ``worse`` take the place of higher and lower.

    Symbols: lower and upper are the limits of the group's figure; the benchmark (England, as a rule)
    is taken as known without error. Two groups are not compared this way: test their difference.

    Units: value, limits and benchmark share one unit.

    Shapes: one row a group in and out.

    Args:
        frame: DataFrame or LazyFrame.
        value: column of figures.
        lower: column of lower 95% limits.
        upper: column of upper 95% limits.
        benchmark: column of benchmarks, or one number for all.
        by: group columns.
        better: which direction is good: ``lower``, ``higher`` or ``none``.
        lower_998: column of lower 99.8% limits, if at hand.
        upper_998: column of upper 99.8% limits, if at hand.

    Returns:
        Group columns, value, limits, status, note, method (``none``: nothing is estimated),
        ``benchmark``, ``comparison`` and ``comparison_998`` (better, similar, worse, lower, higher,
        not_compared). A group with a null among its figures is ``missing`` and ``not_compared``.

    Raises:
        StatisticsError: a column is absent or not numeric, or ``better`` is an unknown word.

    Example:
        >>> frame = pl.DataFrame({"area": ["A", "B"], "rate": [50, 40], "low": [45, 35], "high": [56, 46]})
        >>> columns = dict(value="rate", lower="low", upper="high", benchmark=44)
        >>> against_benchmark(frame, **columns, by="area", better="lower").select("area", "comparison").rows()
        [('A', 'worse'), ('B', 'similar')]

    Reference:
        Office for Health Improvement and Disparities. Fingertips technical guidance: comparing to
        benchmarks. Altman DG, et al. Statistics with confidence, 2nd edn. BMJ Books; 2000.
    """
    one_of(better, BETTER, name="better")
    columns: dict[str, str | None] = {"value": value, "lower_limit": lower, "upper_limit": upper}
    if isinstance(benchmark, str):
        columns["benchmark"] = benchmark
    given = [] if lower_998 is None or upper_998 is None else ["lower_998", "upper_998"]
    columns |= dict(zip(given, (lower_998, upper_998), strict=False))
    groups, reasons, figures = read_singles(frame, columns, by=by)
    wrong = (figures["lower_limit"] > figures["value"]) | (figures["upper_limit"] < figures["value"])
    reasons.mark(wrong, Status.NOT_APPLICABLE, "impossible input: a value lies outside its limits")
    mark = figures["benchmark"] if isinstance(benchmark, str) else np.full(groups.size, float(benchmark))
    nothing = np.full(groups.size, np.nan)
    pair = figures["lower_limit"], figures["upper_limit"]
    wide = figures.get("lower_998", nothing), figures.get("upper_998", nothing)
    extra: Extra = {
        "benchmark": pl.Series(mark).fill_nan(None),
        "comparison": _words(reasons, *pair, mark, better),
        "comparison_998": _words(reasons, *wide, mark, better),
    }
    return result(
        groups,
        reasons,
        value=figures["value"],
        limits={0.95: pair, 0.998: wide},
        method=Method.NONE,
        extra=extra,
    )


def _words(reasons: Reasons, lower: Floats, upper: Floats, mark: Floats, better: str) -> pl.Series:
    high = {"none": Comparison.HIGHER, "higher": Comparison.BETTER, "lower": Comparison.WORSE}[better]
    low = {"none": Comparison.LOWER, "higher": Comparison.WORSE, "lower": Comparison.BETTER}[better]
    words = np.full(len(lower), str(Comparison.SIMILAR), dtype=object)
    words[lower > mark] = str(high)
    words[upper < mark] = str(low)
    words[~reasons.ok | np.isnan(lower) | np.isnan(upper)] = str(Comparison.NOT_COMPARED)
    return pl.Series(list(words), dtype=pl.String)
