"""Typed figures to the contract: bounds, periods, counts that fit their totals."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.columns import OBSERVATIONS
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.observations import (
    add_bounds,
    add_calendar_year,
    add_financial_year,
    add_month,
    add_snapshot,
    check_within,
    melt_figures,
    to_observations,
)
from hi_pipeline.core.validation import observations_schema, validate


def _figures(values: dict[str, float | None], *, half_width: float = 0.0) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "measure": list(values),
            "value": list(values.values()),
            "status": ["suppressed" if value is None else "ok" for value in values.values()],
        },
        schema={"measure": pl.String, "value": pl.Float64, "status": pl.String},
    ).with_columns(
        area_level=pl.lit("icb"),
        area_code=pl.lit("QNC"),
        area_name=pl.lit("A board"),
        dimension=pl.lit("total"),
        category=pl.lit("All"),
    )
    bounded = add_bounds(frame, half_width=pl.lit(half_width), hidden_low=pl.lit(0.0), hidden_high=pl.lit(4.0))
    return to_observations(add_financial_year(bounded, "2023-24"))


def test_bounds_stay_above_zero_and_hidden_figures_have_their_own() -> None:
    rows = _figures({"a": 1.0, "b": 10.0, "c": None}, half_width=2.0)
    assert rows.select("value", "low", "high").rows() == [(1, 0, 3), (10, 8, 12), (None, 0, 4)]


def test_nothing_known_of_a_hidden_figure_is_null() -> None:
    frame = pl.DataFrame({"value": [None], "status": ["suppressed"]}, schema_overrides={"value": pl.Float64})
    assert add_bounds(frame, half_width=pl.lit(2.0)).select("low", "high").row(0) == (None, None)


def test_rows_have_the_contracts_columns_types_and_period() -> None:
    rows = _figures({"a": 1.0})
    assert dict(rows.schema) == {name: pl.Schema({name: dtype})[name] for name, dtype in OBSERVATIONS.items()}
    assert rows.select("period_start", "period_end", "note").row(0) == (date(2023, 4, 1), date(2024, 3, 31), "")


def test_a_calendar_year_stands_in_the_financial_year_that_begins_in_it() -> None:
    row = add_calendar_year(pl.DataFrame({"value": [1.0]}), "2023-24").row(0, named=True)
    assert (row["period_start"], row["period_end"]) == (date(2023, 1, 1), date(2023, 12, 31))
    assert (row["financial_year"], row["period_type"]) == ("2023-24", "calendar_year")


def test_columns_of_figures_become_rows() -> None:
    wide = pl.DataFrame({"area": ["A"], "X_value": [1.0], "X_status": ["ok"], "Y_value": [2.0], "Y_status": ["ok"]})
    rows = melt_figures(wide, measures={"x": "X", "y": "Y"}, keep=("area",))
    assert rows.rows() == [("A", "x", 1.0, "ok"), ("A", "y", 2.0, "ok")]


def test_a_count_may_exceed_its_denominator_within_the_rounding_only() -> None:
    check_within(_figures({"part": 12.0, "whole": 10.0}, half_width=2.0), part="part", whole="whole", where="here")
    with pytest.raises(
        ValidationError, match=r"here: 1 counts of 'part' are above their denominator 'whole'"
    ) as caught:
        check_within(_figures({"part": 15.0, "whole": 10.0}, half_width=2.0), part="part", whole="whole", where="here")
    assert caught.value.failures.height == 1  # type: ignore[attr-defined]


def test_a_figure_that_stands_there_twice_is_refused() -> None:
    rows = _figures({"part": 1.0, "whole": 2.0})
    with pytest.raises(ValidationError, match="2 figures stand there twice"):
        check_within(pl.concat([rows, rows.head(1)]), part="part", whole="whole", where="here")


def _period(frame: pl.DataFrame) -> tuple[object, ...]:
    return frame.select("financial_year", "period_start", "period_end", "period_type").row(0)


def test_a_day_and_a_month_stand_in_the_financial_year_of_their_last_day() -> None:
    frame = pl.DataFrame({"value": [1.0]})
    day = date(2024, 3, 31)
    assert _period(add_snapshot(frame, day)) == ("2023-24", day, day, "snapshot")
    assert _period(add_month(frame, day)) == ("2023-24", date(2024, 3, 1), day, "month")
    april = date(2024, 4, 30)
    assert _period(add_month(frame, april)) == ("2024-25", date(2024, 4, 1), april, "month")


def test_two_months_of_a_year_are_two_figures() -> None:
    rows = _figures({"part": 10.0, "whole": 10.0}).drop("financial_year", "period_start", "period_end", "period_type")
    months = to_observations(pl.concat([add_month(rows, date(2024, 5, 31)), add_month(rows, date(2024, 6, 30))]))
    check_within(months, part="part", whole="whole", where="two months")
    schema = observations_schema(measures=("part", "whole"), area_levels=("icb",))
    assert validate(months, schema, where="two months").height == 4
    with pytest.raises(ValidationError, match="uniqueness"):
        validate(pl.concat([months, months]), schema, where="a month twice")


def _named(*names: str, code: str = "QNC") -> pl.DataFrame:
    """Return figures of one area under several names."""
    blocks = [
        _figures({f"m{i}": 1.0}).with_columns(area_name=pl.lit(n), area_code=pl.lit(code)) for i, n in enumerate(names)
    ]
    return pl.concat(blocks)


def test_an_area_has_one_spelling_of_its_name_and_no_second_name() -> None:
    assert to_observations(_named("A board ", "a  board"))["area_name"].n_unique() == 1
    with pytest.raises(ValidationError, match="several values of 'area_name'.*'QNC'"):
        to_observations(_named("A board", "Another board"))


def test_a_code_with_a_blank_is_no_area() -> None:
    with pytest.raises(ValidationError, match=r"codes \['QNC '\] of 'area_code'"):
        to_observations(_named("A board", code="QNC "))


def test_a_publishers_word_for_an_unknown_area_is_no_code() -> None:
    unknown = _named("Unknown", code="Invalid").with_columns(area_level=pl.lit("unknown"))
    assert to_observations(unknown)["area_code"].to_list() == ["Invalid"]
