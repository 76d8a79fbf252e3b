"""What a pack takes from the results: earlier years of the same area, and gaps with the sign that sentences use."""

from typing import Any

from hi_pipeline.publishing.report.document import Table
from hi_pipeline.publishing.report.pages.parts import figures_table
from hi_pipeline.publishing.report.published import _with_decimals
from hi_pipeline_tests.unit.publishing.report import made_up

EARLIER = {"financial_year": "2022-23", "geography_vintage": "2022-07"}


def total(value: float, **changes: Any) -> dict[str, Any]:
    return made_up.figure("recovery", value, 2.0, 50.0) | changes


def years(*rows: dict[str, Any]) -> list[tuple[str, float | None]]:
    (found,) = made_up.pack(list(rows)).facts.indicators
    return [(figure.year, figure.value) for figure in found.years]


def test_an_earlier_year_is_told_on_its_own_footprint_where_the_area_is_the_same() -> None:
    assert years(total(40.0), total(30.0, **EARLIER)) == [("2022-23", 30.0), ("2023-24", 40.0)]
    # Where it stands on the pack's footprint too, it is told once.
    both = total(31.0, financial_year="2022-23")
    assert years(total(40.0), total(30.0, **EARLIER), both) == [("2022-23", 31.0), ("2023-24", 40.0)]


def test_a_footprint_that_is_neither_the_pack_s_nor_the_year_s_is_not_told() -> None:
    other = total(30.0, financial_year="2022-23", geography_vintage="2026-04")
    later = total(20.0, geography_vintage="2026-04")
    assert years(total(40.0), other, later) == [("2023-24", 40.0)]


def test_a_gap_and_the_gap_of_england_have_one_sign() -> None:
    shape = {"dimension": "deprivation", "category_order": 0, "measure": "gap", "unit": "pp"}
    gap = made_up.row("recovery", value=13.7, lower_95=9.0, upper_95=18.2, comparator_value=14.1, **shape)
    (found,) = made_up.pack([total(40.0), gap]).facts.indicators
    assert found.gap is not None
    turned = found.most_less_least(found.gap)
    assert (turned.value, turned.lower, turned.upper, turned.comparator) == (-13.7, -18.2, -9.0, -14.1)


def test_percentages_below_one_in_england_have_two_decimals() -> None:
    published = made_up.published(made_up.rows_of(7))
    england = {"area_type": "england", "icb_code": made_up.ENGLAND}

    def decimals(*values: float) -> int:
        rows = [made_up.row("recovery", value=value, **england) for value in values]
        return _with_decimals(published.cards, made_up.published(rows).results)["recovery"].decimals

    assert (decimals(0.1, 0.9), decimals(0.1, 1.2), decimals()) == (2, 1, 1)


def table(**changes: Any) -> Table:
    group = {"dimension": "age", "category": "Under 18", "category_order": 1}
    rows = [total(40.0, **changes), total(30.0, **changes, **group)]
    (found,) = made_up.pack(rows).facts.indicators
    return figures_table([*found.years, *found.groups["age"]], anchor="a", caption="c")


def test_a_table_has_no_column_that_says_nothing() -> None:
    whole = ("Group", "Value (%)", "95% limits", "Number", "Of", "England (%)", "Against England")
    assert table().header == whole
    bare = {"lower_95": None, "upper_95": None, "denominator": None, "comparison": "not_compared", "unit": "count"}
    found = table(**bare)
    assert found.header == ("Group", "Value (number)", "England (number)")
    assert (found.numeric, len(found.widths)) == ({1, 2}, 3)
