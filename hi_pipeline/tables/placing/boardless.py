"""Publications without boards: England, regions or providers as printed, and boards that say why they are bare."""

from collections.abc import Callable

import polars as pl

from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.placing.placed import Context, Placed, bare_boards, place_england, shaped
from hi_pipeline.tables.placing.published import place_regions


def place_boardless(level: str = "") -> Callable[[pl.DataFrame, Indicator, Context], Placed]:
    """Return what places England's own row and those of a level, "region" or "provider".

    Every board has one row, of its total, that says the publication prints none; nothing is summed. Rows of other
    levels are counted and not used.
    """

    def place(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
        if parts.is_empty():
            raise NothingToBuild(f"{indicator.id}: no area that is used has a figure in {context.financial_year}")
        placed = Placed(frame=place_england(parts))
        frames = [placed.frame, bare_boards(parts, context)]
        if level == "region":
            frames.append(place_regions(parts, context, placed))
        elif level == "provider":
            rows = parts.filter(area_level="provider")
            name, code = pl.col("area_name"), pl.col("area_code")
            frames.append(shaped(rows, area_type=AreaType.PROVIDER, code=code, name=name))
        unused = parts.filter(~pl.col("area_level").is_in(["england", level]))
        for other in unused["area_level"].unique().sort().to_list():
            placed.counted[f"rows of level {other} that are not used"] = unused.filter(area_level=other).height
        placed.frame = pl.concat(frames)
        return placed

    return place
