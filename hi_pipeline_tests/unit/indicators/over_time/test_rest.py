"""The rest of an area: who is in it, and with which limits."""

import polars as pl
import pytest

from hi_pipeline.indicators.over_time.rest import with_rest


def rows(**columns: list) -> pl.DataFrame:
    height = len(columns["category"])
    shared = {
        "indicator_id": "a",
        "financial_year": "2023-24",
        "geography_vintage": "2026-04",
        "area_type": "icb",
        "icb_code": "E1",
        "icb_name": "One",
        "dimension": "deprivation",
        "is_count": False,
    }
    frame = pl.DataFrame(columns).with_columns(pl.lit(v).alias(k) for k, v in shared.items() if k not in columns)
    return frame.with_columns(row=pl.arange(0, height))


def years(value: list[float], error: list[float], people: list[float | None]) -> dict[str, list]:
    found: dict[str, list] = {"start_denominator": people, "denominator": people}
    for year in ("start", "end"):
        found |= {
            f"{year}_value": value,
            f"{year}_lower": [v - 1.959964 * e for v, e in zip(value, error, strict=True)],
            f"{year}_upper": [v + 1.959964 * e for v, e in zip(value, error, strict=True)],
        }
    return found


def test_the_mean_of_the_others_by_their_denominators_with_their_errors() -> None:
    found = with_rest(rows(category=["1", "2", "3"], **years([10.0, 20, 40], [1.0, 2, 4], [100, 300, 100])))
    first = found.row(0, named=True)
    assert first["reference_end_value"] == pytest.approx((300 * 20 + 100 * 40) / 400)
    error = ((0.75 * 2) ** 2 + (0.25 * 4) ** 2) ** 0.5
    assert first["reference_end_upper"] == pytest.approx(25 * 2.718281828 ** (1.959964 * error / 25))
    assert first["reference_end_lower"] == pytest.approx(25 / 2.718281828 ** (1.959964 * error / 25))


def test_counts_are_added_up() -> None:
    none = [None, None, None]
    found = with_rest(rows(category=["1", "2", "3"], is_count=[True] * 3, **years([10.0, 20, 40], [1.0, 3, 4], none)))  # type: ignore[arg-type]
    assert found["reference_start_value"].to_list() == pytest.approx([60, 50, 30])
    assert found["reference_start_upper"][0] == pytest.approx(60 * 2.718281828 ** (1.959964 * 5 / 60))


def test_broad_and_detailed_ethnic_groups_are_held_apart() -> None:
    names = ["White", "Mixed", "White: British", "White: Irish"]
    held = years([10.0, 20, 30, 40], [1.0] * 4, [100.0] * 4)
    found = with_rest(rows(category=names, dimension=["ethnicity"] * 4, **held))
    assert found["reference_end_value"].to_list() == pytest.approx([20, 10, 40, 30])


def test_a_group_alone_has_no_rest() -> None:
    found = with_rest(rows(category=["1"], **years([10.0], [1.0], [100.0])))
    assert found["reference_end_value"].to_list() == [None]


def test_a_group_without_a_denominator_is_in_no_rest_and_has_none() -> None:
    found = with_rest(rows(category=["1", "2", "3"], **years([10.0, 20, 40], [1.0] * 3, [100, None, 300])))
    assert found["reference_end_value"].to_list() == [pytest.approx(40), None, pytest.approx(10)]


def test_fifths_and_tenths_are_held_apart() -> None:
    names = ["Decile 2", "Decile 3", "Quintile 2", "Quintile 3"]
    found = with_rest(rows(category=names, **years([10.0, 20, 30, 40], [1.0] * 4, [100.0] * 4)))
    assert found["reference_end_value"].to_list() == pytest.approx([20, 10, 40, 30])


def test_age_bands_that_share_years_are_in_no_rest() -> None:
    names = ["Under 16", "16 to 17", "15 to 24", "18 to 64", "65 and over"]
    found = with_rest(
        rows(category=names, dimension=["age"] * 5, **years([10.0, 20, 30, 40, 50], [1.0] * 5, [9.0] * 5))
    )
    assert found["category"].to_list() == names
    # Of the five only the last one shares no year of age with another, so that nobody has a rest.
    assert found["reference_end_value"].to_list() == [None] * 5
    apart = ["Under 16", "16 to 17", "18 to 64"]
    found = with_rest(rows(category=apart, dimension=["age"] * 3, **years([10.0, 20, 30], [1.0] * 3, [9.0] * 3)))
    assert found["reference_end_value"].to_list() == pytest.approx([25, 20, 15])
