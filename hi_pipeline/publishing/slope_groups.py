"""The ridits and weights behind each slope: what a reader needs to compute an SII or an RII again."""

import polars as pl

from hi_pipeline.core.columns import SLOPE_GROUP_KEY, SLOPE_GROUPS
from hi_pipeline.core.groups import NO_GROUPS, Dimension
from hi_pipeline.core.status import Measure, Status

_AREA = [name for name in SLOPE_GROUP_KEY if name != "category"]


def slope_groups(results: pl.DataFrame) -> pl.DataFrame:
    """Return the groups of every area that has an SII, with share, ridit and weight of each.

    With a the share and b the ridit of a group, its weight is c = 12 a (b - 1/2) / (1 - sum a^3). The slope is sum c y,
    y the figure on the log scale (rates) or the logit scale (shares), and runs from the most deprived.

    Args:
        results: all figures, in the results contract.
    """
    slopes = results.filter(measure=Measure.SII.value, status=Status.OK.value)
    groups = results.filter(
        (pl.col("dimension") == Dimension.DEPRIVATION.value)
        & (pl.col("measure") == Measure.VALUE.value)
        & ~pl.col("category").is_in(NO_GROUPS)
    )
    held = groups.join(slopes, on=_AREA, how="semi", nulls_equal=True).sort(*_AREA, "category_order", nulls_last=True)
    share = pl.col("denominator") / pl.col("denominator").sum().over(_AREA)
    held = held.with_columns(share=share).with_columns(
        ridit=pl.col("share").cum_sum().over(_AREA) - pl.col("share") / 2,
        left=1 - (pl.col("share") ** 3).sum().over(_AREA),
    )
    weight = 12 * pl.col("share") * (pl.col("ridit") - 0.5) / pl.col("left")
    return held.with_columns(slope_weight=weight).select(pl.col(name).cast(kind) for name, kind in SLOPE_GROUPS.items())
