"""Reads what a pack is made from: the published tables and the catalogue beside them, nothing else.

A table that this release does not have is None, and the page that rests on it says so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from hi_pipeline.core.errors import StoreError
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.status import AreaType, Measure, Unit
from hi_pipeline.publishing.report.cards import Card, cards


@dataclass(frozen=True, kw_only=True)
class Published:
    """The published folder, read.

    Attributes:
        results: all figures of boards and England.
        cards: the indicators by id.
        sources: entries of sources.json.
        comparisons, coverage, pace, targets, completeness, bounds, small_areas, pockets, population, similar_boards:
            further tables, the rows that packs speak of; None where they are not built.
        synthetic: whether the figures are made up.
    """

    results: pl.DataFrame
    cards: Mapping[str, Card]
    sources: tuple[Mapping[str, Any], ...]
    comparisons: pl.DataFrame | None
    coverage: pl.DataFrame | None
    pace: pl.DataFrame | None
    targets: pl.DataFrame | None
    synthetic: bool
    completeness: pl.DataFrame | None = None
    bounds: pl.DataFrame | None = None
    small_areas: pl.DataFrame | None = None
    pockets: pl.DataFrame | None = None
    population: pl.DataFrame | None = None
    similar_boards: pl.DataFrame | None = None


def read_published(folder: Path) -> Published:
    """Read the published folder.

    Raises:
        StoreError: it is not built, or a file in it cannot be read.
    """
    try:
        catalogue = json.loads((folder / "indicators.json").read_text(encoding="utf-8"))
        sources = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
        results = _rows(folder / "results.parquet", pl.col("area_type").is_in(["icb", "england"]))
        known = _with_decimals(cards(catalogue), results)
    except FileNotFoundError:
        raise StoreError(f"{folder}: nothing is published there yet; run hi run first") from None
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{folder}: cannot be read ({error}); run hi run again") from error
    return Published(
        results=results,
        cards=known,
        sources=tuple(sources["sources"]),
        comparisons=_optional(
            folder / "comparisons.parquet", dimension=Dimension.TOTAL.value, measure=Measure.VALUE.value
        ),
        coverage=_optional(folder / "coverage.parquet"),
        pace=_optional(folder / "pace.parquet", measure=Measure.GAP.value),
        targets=_optional(folder / "targets.parquet", area_type=AreaType.ICB.value),
        synthetic=bool(catalogue["synthetic"]),
        completeness=_optional(folder / "completeness.parquet", area_type=AreaType.ICB.value),
        bounds=_optional(folder / "bounds.parquet", area_type=AreaType.ICB.value, measure=Measure.DIFFERENCE.value),
        small_areas=_optional(folder / "small_areas.parquet"),
        pockets=_optional(folder / "pockets.parquet"),
        population=_optional(folder / "population.parquet"),
        similar_boards=_optional(folder / "similar_boards.parquet"),
    )


def _with_decimals(known: Mapping[str, Card], results: pl.DataFrame) -> dict[str, Card]:
    """Return the indicators, with two decimals those percentages that are below 1 in England in every year.

    With one decimal a board's 0.06% and England's 0.10% would read alike (2026-11: waiting more than 65 weeks).
    """
    england = results.filter(
        area_type=AreaType.ENGLAND.value,
        dimension=Dimension.TOTAL.value,
        measure=Measure.VALUE.value,
        unit=Unit.PERCENT.value,
    )
    most = dict(england.group_by("indicator_id").agg(pl.col("value").max()).drop_nulls().iter_rows())
    return {n: replace(c, decimals=max(c.decimals, 2)) if most.get(n, 1) < 1 else c for n, c in known.items()}


def _rows(path: Path, *where: pl.Expr) -> pl.DataFrame:
    """Read some rows of a table; what no pack speaks of takes no memory."""
    return pl.scan_parquet(path, glob=False).filter(*where).collect()


def _optional(path: Path, **where: str) -> pl.DataFrame | None:
    """Return the rows of a further table whose columns hold these words."""
    if not path.is_file():
        return None
    try:
        found = _rows(path, *(pl.col(name) == word for name, word in where.items()))
        # A table whose linked table is not built is published without rows.
        return None if found.is_empty() else found
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); run hi run again") from error
