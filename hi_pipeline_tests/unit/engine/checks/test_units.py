"""Units far from the others are listed with their weight; the warning says nothing where there are none."""

import polars as pl

from hi_pipeline.engine.checks.units import check_far_units, far_units


def _units(*, register: float, kind: str = "proportion") -> pl.DataFrame:
    rows = [(f"P{n}", "E54000010" if n % 2 else "E54000011", 60.0 + n, 6_000.0) for n in range(20)]
    rows.append(("FAR", "E54000010", register, 7_692.0))
    return pl.DataFrame(rows, schema=["unit", "board", "numerator", "denominator"], orient="row").with_columns(
        year=pl.lit("2022-23"),
        indicator=pl.lit("smi_prevalence_pct"),
        kind=pl.lit(kind),
        multiplier=pl.lit(100.0),
        name=pl.col("unit"),
    )


def test_a_practice_of_thirteen_percent_is_listed_with_its_weight() -> None:
    found = check_far_units([_units(register=1_000)])
    assert not found.passed and found.warning and found.count == 1
    assert found.rows is not None
    row = found.rows.row(0, named=True)
    assert (row["unit"], row["board"], round(row["value"], 1), round(row["median"], 1)) == (
        "FAR",
        "E54000010",
        13.0,
        1.2,
    )
    assert row["weight"] == 7_692 / (10 * 6_000 + 7_692)
    assert row["board_without_it"] == 100 * sum(61 + 2 * n for n in range(10)) / 60_000


def test_nothing_far_passes_and_nothing_to_judge_too() -> None:
    assert check_far_units([_units(register=90)]).passed
    assert check_far_units([pl.DataFrame()]).passed and check_far_units([]).passed


def test_a_unit_without_a_board_has_no_weight_and_rates_are_judged() -> None:
    units = _units(register=1_000, kind="rate").with_columns(board=pl.lit(None, dtype=pl.String))
    row = far_units(units).row(0, named=True)
    assert (row["unit"], row["weight"], row["board_without_it"]) == ("FAR", None, None)


def test_those_that_move_their_board_most_come_first() -> None:
    both = pl.concat(
        [
            _units(register=1_000),
            _units(register=30).filter(unit="FAR").with_columns(unit=pl.lit("SMALL"), denominator=150.0),
        ]
    )
    assert far_units(both)["unit"].to_list() == ["FAR", "SMALL"]
