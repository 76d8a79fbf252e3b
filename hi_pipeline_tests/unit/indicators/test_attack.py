"""Whoever has every column of the results of thousands of random extracts finds no count of 1 to 7."""

import random
from math import inf

import polars as pl
import pytest

from hi_pipeline.core.groups import ALL, DECILES, Dimension, category_order
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.tables.disclosure import controlled
from hi_pipeline_tests.unit.indicators import counts_frames as made

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
AREAS = 1_500
GROUPS = {
    "sex": ("Female", "Male", "Unknown"),
    "age": ("0 to 4", "5 to 9", "10 to 14", "15 to 17"),
    "deprivation": DECILES[:4],
}
SIDES = ("numerator", "denominator")
Interval = tuple[float, float]


def _split(chance: random.Random, total: int, parts: int) -> list[int]:
    cuts = sorted(
        chance.choice([0, total, chance.randint(0, total), chance.randint(0, total)]) for _ in range(parts - 1)
    )
    return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]


def _extracts(seed: int) -> pl.DataFrame:
    """Return true counts of areas whose groups are often few, in the COUNTS contract."""
    chance = random.Random(seed)
    rows = []
    for area in range(AREAS):
        place = {"area_type": "icb", "icb_code": f"X{area:05}", "area_name": f"area {area}"}
        total = chance.choice([chance.randint(0, 30), chance.randint(20, 400)])
        people = total + chance.choice([chance.randint(0, 40), chance.randint(100, 9_000)])
        rows.append(made.row("total", ALL, total, people, **place))
        for dimension, groups in GROUPS.items():
            events, others = _split(chance, total, len(groups)), _split(chance, people - total, len(groups))
            for group, x, n in zip(groups, events, others, strict=True):
                rows.append(made.row(dimension, group, x, x + n, **place))
    frame = made.counts(*rows)
    orders = {f"{d}|{g}": category_order(Dimension(d), g) for d, groups in GROUPS.items() for g in groups}
    key = pl.concat_str("dimension", "category", separator="|")
    return frame.with_columns(
        indicator_id=pl.lit("emergency_adm_u18_rate"),
        category_order=key.replace_strict(orders, default=1, return_dtype=pl.Int32),
    )


def _told(row: dict, side: str) -> Interval:
    """Return what one row of the results tells of a count, by each of its columns."""
    low, high = (row[f"{side}_low"], row[f"{side}_high"])
    # A row is hidden for either of its counts, so that the other one may be anything.
    found = (float(low) if low is not None else 0.0, float(high) if high is not None else inf)
    if row[side] is not None:
        assert row[side] % 5 == 0 and (low, high) in ((0, 0), (max(8, row[side] - 2), row[side] + 2))
    other = {"numerator": "denominator", "denominator": "numerator"}[side]
    if row["value"] is not None and row[other] is not None:
        # The rate inverted gives the rounded count again, and no other.
        again = row["value"] * row["denominator"] / row["multiplier"]
        assert again == pytest.approx(row["numerator"])
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_no_small_count_follows_from_all_columns_of_the_results(seed: int) -> None:
    truth = _extracts(seed)
    results = compute_results(BY_ID["emergency_adm_u18_rate"], controlled(truth), synthetic=True)
    values = results.filter(measure="value")
    assert values.height == truth.height
    true = {(r["icb_code"], r["dimension"], r["category"]): r for r in truth.iter_rows(named=True)}
    by_area: dict[str, list[dict]] = {}
    for row in values.iter_rows(named=True):
        by_area.setdefault(row["icb_code"], []).append(row)
    small = 0
    for area, rows in by_area.items():
        for side in SIDES:
            told = {(r["dimension"], r["category"]): _told(r, side) for r in rows}
            for (dimension, category), (low, high) in _tightened(told).items():
                count = true[area, dimension, category][side]
                assert low <= count <= high, (area, dimension, category, side)
                if 1 <= count <= 7:
                    small += 1
                    assert low < high, (area, dimension, category, side, count)
    assert small > 1_000
    assert results.filter(pl.col("measure") != "value").height > 0


def _tightened(told: dict[tuple[str, str], Interval]) -> dict[tuple[str, str], Interval]:
    """Put all tables of an area together until nothing more follows."""
    total = ("total", ALL)
    while True:
        before = dict(told)
        for dimension in GROUPS:
            parts = [key for key in told if key[0] == dimension]
            low, high = (sum(told[key][end] for key in parts) for end in (0, 1))
            told[total] = max(told[total][0], low), min(told[total][1], high)
            for key in parts:
                rest = [told[other] for other in parts if other != key]
                least = told[total][0] - sum(r[1] for r in rest)
                most = told[total][1] - sum(r[0] for r in rest)
                told[key] = max(told[key][0], least), min(told[key][1], most)
        if told == before:
            return told


def _corrected(first: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, set[tuple[str, str, str]]]:
    """Return a second edition, in which some people more are counted in one group of each table; what stayed."""
    chance = random.Random(seed)
    rows, by_area = first.to_dicts(), {}
    for row in rows:
        by_area.setdefault(row["icb_code"], []).append(row)
    touched = set()
    for area, own in by_area.items():
        more = chance.choice([1, 2, 5, 8, 12])
        groups = [[r for r in own if r["dimension"] == dimension] for dimension in ("total", *GROUPS)]
        for row in map(chance.choice, groups):
            touched.add((area, row["dimension"], row["category"]))
            for side in SIDES:
                for end in ("", "_low", "_high"):
                    row[f"{side}{end}"] += more
    stayed = {(r["icb_code"], r["dimension"], r["category"]) for r in rows} - touched
    return pl.DataFrame(rows, schema=first.schema), stayed


def _told_by_area(counts: pl.DataFrame) -> dict[str, dict[tuple[str, str], Interval]]:
    results = compute_results(BY_ID["emergency_adm_u18_rate"], controlled(counts), synthetic=True)
    found: dict[str, dict[tuple[str, str], Interval]] = {}
    for row in results.filter(measure="value").iter_rows(named=True):
        found.setdefault(row["icb_code"], {})[row["dimension"], row["category"]] = _told(row, "numerator")
    return found


@pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.slow), pytest.param(5, marks=pytest.mark.slow)])
def test_two_editions_together_tell_no_small_count_to_who_knows_what_stayed(seed: int) -> None:
    """The attacker even knows which counts a newer file of the extract left as they were."""
    first = _extracts(seed)
    second, stayed = _corrected(first, seed)
    true = {(r["icb_code"], r["dimension"], r["category"]): r["numerator"] for r in first.iter_rows(named=True)}
    before, after = _told_by_area(first), _told_by_area(second)
    small = 0
    for area, one in before.items():
        two = after[area]
        for _ in range(4):
            for key in one:
                if (area, *key) in stayed:
                    one[key] = two[key] = max(one[key][0], two[key][0]), min(one[key][1], two[key][1])
            one, two = _tightened(one), _tightened(two)
        for key, (low, high) in one.items():
            count = true[(area, *key)]
            assert low <= count <= high
            if 1 <= count <= 7:
                small += 1
                assert low < high, (area, key, count)
    assert small > 1_000
