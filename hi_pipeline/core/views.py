"""Parts of a frame as views of it: nothing is copied, and no row is looked at more than once."""

import polars as pl


def views(rows: pl.DataFrame, names: pl.Series) -> dict[str, pl.DataFrame]:
    """Return the rows of each name, in the order in which names and rows stand.

    Filtering all figures once for each indicator looks at each row as often as there are indicators, and copies it.

    Args:
        rows: any table, best with the rows of a name together: each run of one name is a view.
        names: of strings, one a row.
    """
    runs = names.rle().struct.unnest().with_columns(first=pl.col("len").cum_sum() - pl.col("len"))
    found: dict[str, list[pl.DataFrame]] = {}
    for name, first, length in runs.select("value", "first", "len").rows():
        found.setdefault(name, []).append(rows.slice(first, length))
    return {name: pl.concat(parts) for name, parts in found.items()}


def by_indicator(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of each indicator by its id; see ``views``."""
    return views(rows, rows["indicator_id"])
