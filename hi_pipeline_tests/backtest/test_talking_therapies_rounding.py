"""Talking Therapies: percentages computed from rounded counts against the publisher's own, every year and group.

With r recoveries and d the denominator, the printed percentage lies within
[100 (r - 2)/(d + 4) - 0.5, 100 (r + 2)/(d - 4) + 0.5].
"""

import polars as pl
import pytest

from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline_tests.backtest.real_files import RealFiles

IDS = ("tt_recovery_pct", "tt_reliable_recovery_pct")
YEARS = ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24")
PARTNERSHIPS, BOARDS = ["stp", "stp_ons"], ["icb", "unknown"]


def _outside(rows: pl.DataFrame) -> pl.DataFrame:
    r, d, printed = pl.col("numerator"), pl.col("denominator"), pl.col("published_value")
    low = 100 * (r - 2) / (d + 4) - 0.5
    # Within 4 of nothing the upper end is open.
    high = pl.when(d > 4).then(100 * (r + 2) / (d - 4) + 0.5).otherwise(float("inf"))
    return rows.filter((printed < low) | (printed > high))


def _computable(real: RealFiles, indicator_id: str, year: str) -> pl.DataFrame:
    indicator = next(i for i in INDICATORS if i.id == indicator_id)
    parts = parts_of(real.clean("talking_therapies", "observations", year), indicator)
    levels = BOARDS if year >= "2022-23" else PARTNERSHIPS
    return parts.filter(pl.col("area_level").is_in(levels) & pl.col("published_value").is_not_null()).filter(
        status="ok"
    )


@pytest.mark.parametrize("indicator_id", IDS)
@pytest.mark.parametrize("year", YEARS)
def test_every_row_of_a_board_or_partnership_lies_within_rounding(
    real: RealFiles, indicator_id: str, year: str
) -> None:
    rows = _computable(real, indicator_id, year)
    assert rows.height > 1_000
    assert _outside(rows).is_empty()


def test_as_many_rows_are_computable_as_were_counted_by_hand(real: RealFiles) -> None:
    """Rows whose deduction is hidden, and stands at the middle of its bounds, are more: 2,285 of them."""
    rows = pl.concat([_computable(real, "tt_recovery_pct", year) for year in YEARS])
    middle = pl.col("note").str.contains("hidden deduction")
    assert (rows.filter(~middle).height, rows.filter(middle).height) == (6_382, 2_285)


@pytest.mark.parametrize("indicator_id", IDS)
@pytest.mark.parametrize("year", ["2022-23", "2023-24"])
def test_every_result_of_a_board_lies_within_rounding(real: RealFiles, indicator_id: str, year: str) -> None:
    rows = real.results(indicator_id, year).filter(
        pl.col("method") == "Wilson", area_type="icb", measure="value", status="ok"
    )
    rows = rows.filter(pl.col("published_value").is_not_null())
    assert rows.height > 900
    assert _outside(rows).is_empty()
    assert (rows["lower_95"] <= rows["value"]).all() and (rows["value"] <= rows["upper_95"]).all()


@pytest.mark.parametrize("year", ["2022-23", "2023-24"])
def test_the_publishers_figure_stands_only_where_ours_lies_outside_its_rounding(real: RealFiles, year: str) -> None:
    rows = real.results("tt_recovery_pct", year).filter(measure="value", status="ok")
    assert rows.filter(method="published").is_empty()
    theirs = rows.filter(method="published, Wilson")
    assert theirs.height > 0 and (theirs["value"] == theirs["published_value"]).all()
    assert ((theirs["computed_value"] - theirs["published_value"]).abs() > 0.5).all()
    assert theirs["lower_95"].null_count() == 0
