"""Can a hidden cell of a table be worked out from what is shown?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats._columns import RESULT_COLUMNS, Floats, Frame, collect, names, numbers, refuse_clash

Cell = tuple[object, ...]

LIMITS = ("lower_95", "upper_95", "lower_998", "upper_998")
FOUND = {"low": pl.Float64, "high": pl.Float64, "derivable": pl.Boolean}

LEAKS = "this hidden count can be derived from the cells that are shown; hide another cell of its total"
CLASH = "the shown cells contradict each other: no count fits here"


@dataclass
class _Table:
    """Cells of one table: bounds of each, and equations total = sum of members."""

    low: Floats
    high: Floats
    equations: list[tuple[int, list[int]]]


def derivable_cells(
    frame: Frame,
    *,
    count: str,
    dimensions: Mapping[str, str],
    by: str | Sequence[str],
    low: int = 1,
    high: int = 7,
    rounding: int = 1,
) -> pl.DataFrame:
    """Check that no hidden cell of a table with totals can be derived from the cells that are shown.

    Formula: in each dimension the row with the total's label equals the sum of the others, all else
    equal. A cell is derivable if these equations leave it one value: because every vector of the null
    space of the hidden cells is zero there, or because the bounds of the others leave only one.

    Symbols: the bounds of a hidden cell are ``low`` to ``high``; of a shown one its count, or its
    count -+ (rounding - 1)/2.

    Units: counts.

    Shapes: one row a cell; one row a hidden cell comes back.

    Args:
        frame: DataFrame or LazyFrame of the output about to be published.
        count: column of counts, null where hidden.
        dimensions: column of each dimension to the label of its total, as {"sex": "all", "age": "all"}.
        by: columns that tell tables apart (area, year, indicator).
        low: least count that is hidden.
        high: greatest count that is hidden.
        rounding: to what multiple the shown counts are rounded.

    Returns:
        Group columns, the dimensions, value and limits (null), status (``suppressed``;
        ``not_applicable`` where the table contradicts itself), note, method (``none``), ``low`` and
        ``high`` (what a reader can work out) and ``derivable``.

    Raises:
        StatisticsError: a column is absent or not numeric, or a cell stands twice.

    Example:
        >>> table = pl.DataFrame({"sex": ["all", "women", "men"], "count": [50, 46, None]})
        >>> found = derivable_cells(table, count="count", dimensions={"sex": "all"}, by=[])
        >>> found.select("sex", "low", "high", "derivable").rows()
        [('men', 4.0, 4.0, True)]

    Reference:
        Hundepool A, et al. Statistical disclosure control. Wiley; 2012 (ch. 4, audit of suppressed tables).
    """
    by, sides = names(by), list(dimensions)
    if not sides:
        raise StatisticsError("dimensions is empty; name at least one column and the label of its total.")
    refuse_clash([*by, *sides], [*RESULT_COLUMNS, *LIMITS, *FOUND])
    columns = {f"dimensions[{name!r}]": name for name in sides}
    table = collect(frame, columns={"count": count, **columns}, by=by)
    # A null must be told from a cell that is not in the table, and the check itself must not see it.
    figures = table.with_columns(pl.Series(numbers(table, count, role="count")).fill_nan(None).alias(count))
    hidden = figures.filter(pl.col(count).is_null())
    parts = figures.partition_by(by, maintain_order=True) if by else [figures]
    rows = []
    for part in parts:
        if part.get_column(count).null_count():
            rows += _audit(part, count=count, dimensions=dimensions, by=by, bounds=(low, high), rounding=rounding)
    schema = {name: hidden.schema[name] for name in [*by, *sides]}
    nothing = dict.fromkeys(("value", *LIMITS), pl.Float64)
    words = {"status": pl.String, "note": pl.String, "method": pl.String}
    return pl.DataFrame(rows, schema={**schema, **nothing, **words, **FOUND}, orient="row").sort(
        [*by, *sides], nulls_last=True
    )


def _audit(
    part: pl.DataFrame, *, count: str, dimensions: Mapping[str, str], by: list[str], bounds: tuple[int, int],
    rounding: int,
) -> list[tuple[object, ...]]:  # fmt: skip
    sides = list(dimensions)
    cells: list[Cell] = list(part.select(sides).iter_rows())
    place = {cell: i for i, cell in enumerate(cells)}
    if len(place) != len(cells):
        raise StatisticsError(
            f"A cell stands twice in one table (columns {sides}, by {by}); add the column that tells them apart to by."
        )
    shown = part.get_column(count).fill_null(np.nan).to_numpy()
    away, half = np.isnan(shown), (rounding - 1) // 2
    # A hidden total is as large as its members; its own rule says nothing about the sum.
    is_total = np.array([any(cell[i] == dimensions[name] for i, name in enumerate(sides)) for cell in cells])
    equations = _equations(place, dimensions)
    # A cell hidden to protect another may be larger than the rule's own; then only its sign is known.
    for least, most in (bounds, (0, np.inf)):
        low = np.where(away, np.where(is_total, 0, least), np.maximum(shown - half, 0))
        high = np.where(away, np.where(is_total, np.inf, most), shown + half)
        table = _Table(low.astype(np.float64), high, equations)
        sound = _tighten(table)
        if sound:
            break
    known = _solved(table, away) if rounding == 1 else np.zeros(len(cells), dtype=bool)
    keys = part.select(by).row(0) if by else ()
    out = []
    for i in np.flatnonzero(away):
        leak = bool(known[i] or table.low[i] == table.high[i])
        clash = not sound or table.low[i] > table.high[i]
        status = Status.NOT_APPLICABLE if clash else Status.SUPPRESSED
        note = CLASH if clash else LEAKS if leak else None
        edge = float(table.high[i]) if np.isfinite(table.high[i]) else None
        words = (str(status), note, str(Method.NONE))
        out.append((*keys, *cells[i], None, None, None, None, None, *words, float(table.low[i]), edge, leak))
    return out


def _equations(place: dict[Cell, int], dimensions: Mapping[str, str]) -> list[tuple[int, list[int]]]:
    out = []
    for i, (_, total) in enumerate(dimensions.items()):
        members: dict[Cell, list[int]] = {}
        for cell, where in place.items():
            if cell[i] != total:
                members.setdefault((*cell[:i], total, *cell[i + 1 :]), []).append(where)
        out += [(place[whole], parts) for whole, parts in members.items() if whole in place]
    return out


def _solved(table: _Table, away: np.ndarray) -> np.ndarray:
    """Tell which hidden cells the equations alone determine."""
    unknown = np.flatnonzero(away)
    column = {int(cell): i for i, cell in enumerate(unknown)}
    matrix = np.zeros((max(len(table.equations), 1), len(unknown)))
    for row, (whole, parts) in enumerate(table.equations):
        for cell, sign in [(whole, -1.0), *((part, 1.0) for part in parts)]:
            if cell in column:
                matrix[row, column[cell]] = sign
    _, sizes, axes = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9 * max(1.0, sizes.max(initial=0))).sum())
    out = np.zeros(len(away), dtype=bool)
    out[unknown] = (np.abs(axes[rank:]) < 1e-9).all(axis=0)
    return out


def _tighten(table: _Table) -> bool:
    """Narrow the bounds until the equations add nothing; tell whether they leave every cell a value."""
    low, high = table.low, table.high
    while True:
        before = low.copy(), high.copy()
        for whole, parts in table.equations:
            low[whole] = max(low[whole], low[parts].sum())
            high[whole] = min(high[whole], high[parts].sum())
            for part in parts:
                others = [other for other in parts if other != part]
                low[part] = max(low[part], low[whole] - high[others].sum())
                high[part] = min(high[part], high[whole] - low[others].sum())
        if (low > high).any():
            return False
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            return True
