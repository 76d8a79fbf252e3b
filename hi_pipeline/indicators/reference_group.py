"""The ethnic group with which the others are compared; apart, so that who only asks for it imports no statistics."""

import polars as pl

from hi_pipeline.core.groups import WHITE, WHITE_BRITISH
from hi_pipeline.core.status import AreaType

_BELOW = [AreaType.ICB.value, AreaType.REGION.value, AreaType.PROVIDER.value, AreaType.AUTHORITY.value]


def reference_group(values: pl.DataFrame) -> str:
    """Return White British where the areas below England have it, else White: one group for all, England too.

    England alone may be published in finer groups; its rows then compare with White as the boards' do. Regions speak
    for boards where the frame holds no board (2026-11: regions and England are computed apart from the boards).
    """
    below = values.filter(pl.col("area_type").is_in(_BELOW))
    rows = below if below.height else values
    return WHITE_BRITISH if WHITE_BRITISH in rows["category"] else WHITE
