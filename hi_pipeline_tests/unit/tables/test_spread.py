"""The variance between practices follows from sums, however they are added up."""

import polars as pl
import pytest

from hi_pipeline.tables.placing.spread import between_variance, with_spread

SCHEMA = {"numerator": pl.Float64, "numerator_low": pl.Float64, "numerator_high": pl.Float64, "denominator": pl.Float64}


def _practices(rows: list[tuple]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["icb_code", "status", *SCHEMA], orient="row", schema_overrides=SCHEMA)
    return with_spread(frame, by=["icb_code"])


def _spread(rows: pl.DataFrame, *by: str) -> list[float]:
    sums = rows.group_by(*by, maintain_order=True) if by else rows.group_by(pl.lit(1))
    return (
        sums.agg(pl.col("numerator", "denominator", "units_xx", "units_xn", "units_nn").sum())
        .select(v=between_variance())["v"]
        .to_list()
    )


def test_it_is_the_sum_of_squares_about_the_rate_of_the_board_and_of_england() -> None:
    counts = [("A", 10.0, 100.0), ("A", 30.0, 150.0), ("B", 5.0, 80.0), ("B", 40.0, 90.0)]
    rows = _practices([(icb, "ok", x, x, x, n) for icb, x, n in counts])

    def by_hand(part: list[tuple]) -> float:
        rate = sum(x for _, x, _ in part) / sum(n for *_, n in part)
        return sum((x - rate * n) ** 2 for _, x, n in part)

    assert _spread(rows, "icb_code") == pytest.approx([by_hand(counts[:2]), by_hand(counts[2:])])
    assert _spread(rows) == pytest.approx([by_hand(counts)])


def test_a_hidden_practice_widens() -> None:
    shown = [("A", "ok", 20.0, 20.0, 20.0, 100.0), ("A", "ok", 30.0, 30.0, 30.0, 100.0)]
    hidden = _practices([*shown, ("A", "suppressed", None, 0.0, 7.0, 20.0)])
    at_the_rate = _practices([*shown, ("A", "ok", 5.0, 5.0, 5.0, 20.0)])
    filled = hidden.with_columns(pl.col("numerator").fill_null(5.0))
    assert _spread(filled)[0] > _spread(at_the_rate)[0]
    assert _spread(filled)[0] == pytest.approx(_spread(at_the_rate)[0] + 5.0**2)


def test_a_practice_without_people_is_no_unit() -> None:
    assert _practices([("A", "ok", 0.0, 0.0, 0.0, 0.0), ("A", "ok", 1.0, 1.0, 1.0, 9.0)])["units"].to_list() == [0, 1]
