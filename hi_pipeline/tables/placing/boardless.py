"""Publications without boards: other areas as printed, and boards that say why they are bare."""

from collections.abc import Callable

import polars as pl

from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.placing.placed import Context, Placed, bare_boards, place_england, shaped, unused_levels
from hi_pipeline.tables.placing.published import place_regions

_TYPES = {
    "provider": AreaType.PROVIDER,
    "local_authority": AreaType.AUTHORITY,
    "upper_tier": AreaType.AUTHORITY,
}


def place_boardless(*levels: str) -> Callable[[pl.DataFrame, Indicator, Context], Placed]:
    """Return what places England's own row and those of some levels.

    Levels are "region", "provider", "local_authority" and "upper_tier".
    Every board has one row, of its total, that says the publication prints none; nothing is summed. Rows of other
    levels are counted and not used.
    """

    def place(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
        if parts.is_empty():
            raise NothingToBuild(f"{indicator.id}: no area that is used has a figure in {context.financial_year}")
        placed = Placed(frame=place_england(parts))
        frames = [placed.frame, bare_boards(parts, context)]
        if "region" in levels:
            frames.append(place_regions(parts, context, placed))
        for level, area_type in _TYPES.items():
            if level in levels:
                rows = parts.filter(area_level=level)
                frames.append(shaped(rows, area_type=area_type, code=pl.col("area_code"), name=pl.col("area_name")))
        placed.counted |= unused_levels(parts, ("england", *levels))
        placed.frame = pl.concat(frames)
        return placed

    return place
