"""Sums of groups: the same bits every time, nulls and empty groups as polars' own sum has them."""

import math

import numpy as np
import polars as pl

from hi_pipeline.core.adding import added

PEOPLE = 6_000
BOARDS = 45


def test_fractions_of_a_group_add_up_to_the_same_bits_every_time() -> None:
    """With polars' own sum about one call in five of this frame gives other last bits (2026-11, polars 2.1)."""
    draw = np.random.RandomState(1)
    frame = pl.DataFrame(
        {"board": [f"E{n}" for n in draw.randint(0, BOARDS, PEOPLE)], "share": draw.random_sample(PEOPLE) * 1000}
    )

    def once() -> pl.DataFrame:
        return frame.group_by("board", maintain_order=True).agg(added("share"))

    first = once()
    assert all(once().equals(first) for _ in range(200))
    exact = {board: math.fsum(rows["share"]) for (board,), rows in frame.partition_by("board", as_dict=True).items()}
    assert all(math.isclose(share, exact[board], rel_tol=1e-13) for board, share in first.rows())


def test_nulls_count_as_nothing_and_no_rows_as_0() -> None:
    frame = pl.DataFrame({"g": ["a", "a", "b", "c"], "x": [1.5, None, None, 4.0], "here": [True, True, True, False]})
    summed = frame.group_by("g", maintain_order=True).agg(
        x=added("x"), here=added(pl.col("x").filter("here")), twice=added(2 * pl.col("x"))
    )
    assert summed.rows() == [("a", 1.5, 1.5, 3.0), ("b", 0.0, 0.0, 0.0), ("c", 4.0, 0.0, 8.0)]
