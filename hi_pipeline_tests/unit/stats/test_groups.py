"""Rows to groups: runs found whatever the chunks, nulls and types of the key columns."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from hi_pipeline.stats._groups import group_rows, run_starts
from hi_pipeline.stats.standardisation import _runs
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate

KEYS: dict[str, list[Any]] = {
    "short": ["a", "a", "b", "b", "a", "a", "c"],
    "long": [f"NHS integrated care board {end}" for end in "1122311"],
    "null": ["a", None, None, "b", None, None, None],
    "number": [1, 1, 1, 2, 2, 3, 3],
    "nan": [float("nan"), float("nan"), 0.0, -0.0, 1.0, float("nan"), None],
    "flag": [True, True, False, None, None, True, True],
    "day": [date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 2), None, None, None, date(2026, 4, 1)],
}


def same(one: object, two: object) -> bool:
    return one == two or (one != one and two != two)


@pytest.mark.parametrize("by", [[name] for name in KEYS] + [["short", "number"], list(KEYS)])
@pytest.mark.parametrize("cuts", [[], [1], [3, 4], [1, 2, 3, 4, 5, 6]])
def test_runs_are_found_across_chunks(by: list[str], cuts: list[int]) -> None:
    whole = pl.DataFrame(KEYS)
    edges = [0, *cuts, whole.height]
    parts = [whole[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    # Columns of one table may have different chunks.
    table = pl.concat(parts, rechunk=False).with_columns(pl.Series("number", KEYS["number"]))
    rows = whole.select(by).rows()
    wanted = [0] + [i for i in range(1, len(rows)) if not all(map(same, rows[i], rows[i - 1]))]
    empty_first = pl.concat([whole[:0], whole[:0], table], rechunk=False)
    for frame in (table, empty_first, pl.concat([table] * 3, rechunk=False)[: whole.height]):
        assert run_starts(frame, by).tolist() == wanted


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["c", "b", "a"])])
def test_keys_come_in_the_order_of_their_type(dtype: Any) -> None:
    frame = pl.DataFrame({"key": pl.Series(["a", "b", "b", "c"], dtype=dtype)})
    for table in (frame, frame.reverse(), frame[[0, 3, 1, 2]]):
        groups = group_rows(table, ["key"])
        assert groups.keys.equals(frame.unique().sort("key"))
        assert groups.keys[groups.row_group()].equals(table)


def test_nulls_come_last_and_in_order() -> None:
    frame = pl.DataFrame({"flag": [False, False, True, None], "key": ["a", None, "a", "a"]})
    for table in (frame, frame.reverse()):
        groups = group_rows(table, ["flag", "key"])
        assert groups.keys.equals(frame)
        assert groups.keys[groups.row_group()].equals(table)


def test_batches_cut_inside_groups_change_nothing_but_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(7)
    frame = pl.DataFrame(
        {
            "area": [f"area_{i:03d}" for i in range(50) for _ in range(38)],
            "x": draw.integers(0, 30, 1900),
            "n": draw.integers(500, 900, 1900),
            "w": np.tile(draw.integers(1, 9, 38), 50),
        }
    )
    options: dict[str, Any] = {"events": "x", "population": "n", "weight": "w", "by": "area"}
    whole = directly_standardised_rate(frame, **options)
    monkeypatch.setattr(_runs, "BATCH_ROWS", 97)
    eager = directly_standardised_rate(frame, **options)
    chunked = pl.concat([frame[i : i + 61] for i in range(0, 1900, 61)], rechunk=False)
    for table in (frame.lazy(), chunked, chunked.lazy()):
        assert directly_standardised_rate(table, **options).equals(eager)
    assert eager.drop("value", pl.selectors.float()).equals(whole.drop("value", pl.selectors.float()))
    for name in whole.select(pl.selectors.float()).columns:
        np.testing.assert_allclose(eager[name], whole[name], rtol=1e-12)
