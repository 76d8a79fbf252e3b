"""Areas to quantiles, as for deprivation deciles and quintiles."""

from collections.abc import Sequence
from numbers import Integral

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats._columns import Frame, collect, names, ranks, refuse_clash

TOO_FEW = "fewer values than quantiles in this group"
NO_VALUE = "the value is missing"


def quantile(
    frame: Frame, *, value: str, k: int = 10, invert: bool = True, by: str | Sequence[str] = ()
) -> pl.DataFrame:
    """Assign each area to one of k quantiles within its group.

    Formula: q = floor(k + 1 - ceil((N + 1 - r) / (N / k))), and 1 where that gives 0.

    Symbols: N areas of the group with a value, r the rank of the area's value (the smallest rank among
    equal values), from the highest value if ``invert``, else from the lowest.

    Units: quantile numbers, 1 to k.

    Shapes: one row a row of the frame, in its order. Equal values share a quantile, so quantiles may
    differ in size: rank on ranks rather than on scores.

    Args:
        frame: DataFrame or LazyFrame.
        value: column to rank, numbers.
        k: number of quantiles, 2 or more.
        invert: whether quantile 1 holds the highest values (as 1 is most deprived for a score that
            rises with deprivation).
        by: group columns within which quantiles are made; none makes them over all rows.

    Returns:
        Group columns, the value column (under its own name, unless it is called ``value`` already),
        ``value`` (the quantile, or null), ``quantile`` (the same as a whole number), lower_95,
        upper_95, lower_998, upper_998 (null: nothing is estimated), status, note, method (``none``).
        A row without a value is ``missing``; a group with fewer values than k is ``too_few``.

    Raises:
        StatisticsError: the column is absent or holds words, or k is not a whole number above 1.

    Example:
        >>> frame = pl.DataFrame({"area": ["A", "B", "C", "D"], "score": [40, 10, 30, 20]})
        >>> quantile(frame, value="score", k=2, invert=True).select("score", "quantile").rows()
        [(40, 1), (10, 2), (30, 1), (20, 2)]

    Reference:
        Office for Health Improvement and Disparities. Technical guide: assigning deprivation
        categories. Fingertips.
    """
    if isinstance(k, bool) or not isinstance(k, Integral) or k < 2:
        raise StatisticsError(f"k is {k!r}; a whole number of quantiles above 1 was expected.")
    by = names(by)
    refuse_clash(by, ["quantile"])
    table = collect(frame, columns={"value": value}, by=by)
    figure = pl.Series(ranks(table, value)).fill_nan(None)
    keys = [table.get_column(name) for name in by]
    one = pl.Series([0] * table.height)
    work = pl.DataFrame({f"key_{i}": key for i, key in enumerate(keys or [one])} | {"figure": figure})
    group = [name for name in work.columns if name != "figure"]
    ranked = work.select(
        rank=pl.col("figure").rank("min", descending=invert).over(group).cast(pl.Float64),
        count=pl.col("figure").count().over(group).cast(pl.Float64),
    )
    r, n = (ranked.get_column(name).fill_null(np.nan).to_numpy() for name in ("rank", "count"))
    with np.errstate(invalid="ignore", divide="ignore"):
        place = np.floor(k + 1 - np.ceil((n + 1 - r) / (n / k)))
    place = np.where(n < k, np.nan, np.maximum(place, 1))
    absent, few = figure.is_null().to_numpy(), n < k
    status = np.where(absent, str(Status.MISSING), np.where(few, str(Status.TOO_FEW), str(Status.OK)))
    note = [NO_VALUE if gone else TOO_FEW if short else None for gone, short in zip(absent, few, strict=True)]
    shown = pl.Series(place).fill_nan(None)
    nothing = pl.Series([None] * table.height, dtype=pl.Float64)
    own = {} if value in ("value", *by) else {value: table.get_column(value)}
    limits = dict.fromkeys(("lower_95", "upper_95", "lower_998", "upper_998"), nothing)
    words = {
        "status": pl.Series(status.tolist(), dtype=pl.String),
        "note": pl.Series(note, dtype=pl.String),
        "method": pl.Series([str(Method.NONE)] * table.height, dtype=pl.String),
    }
    figures = {"value": shown, "quantile": shown.cast(pl.Int64)}
    return pl.DataFrame({name: key for name, key in zip(by, keys, strict=True)} | own | figures | limits | words)
