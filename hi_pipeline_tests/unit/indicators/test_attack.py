"""Whoever has every column of the results of thousands of random extracts finds no count of 1 to 7."""

import random
from collections.abc import Iterator
from math import inf

import polars as pl
import pytest

from hi_pipeline.core.columns import COUNTS
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


def _shown(counts: pl.DataFrame) -> dict[str, list[tuple]]:
    """Return all columns of the controlled counts by area, as whoever knows the rule may put them side by side."""
    ordered = controlled(counts).sort("icb_code", "dimension", "category").drop("area_name")
    return {
        str(area): part.drop("icb_code").rows()
        for (area,), part in ordered.partition_by("icb_code", as_dict=True).items()
    }


Key = tuple[str, str, int]


def _moved(rows: list[dict], at: dict, value: int) -> Iterator[list[dict]]:
    """Yield areas in which one small count is another one, and another group of the table makes up for that.

    Either events are moved between groups, or people with their events.
    """
    more = value - at["numerator"]
    for other in (row for row in rows if row["dimension"] == at["dimension"] and row is not at):
        for people in (0, more):
            signs = [(row is at) - (row is other) for row in rows]
            yield [_with(row, more * s, people * s) for row, s in zip(rows, signs, strict=True)]


def _dealt(rows: list[dict], at: dict, value: int, chance: random.Random) -> Iterator[list[dict]]:
    """Yield areas in which all other events of the table are dealt out anew, and people where they lack."""
    own = [row for row in rows if row["dimension"] == at["dimension"]]
    most = max(own, key=lambda row: row["denominator"])
    for _ in range(60):
        events = {row["category"]: float(row is at and value) for row in own}
        left = sum(row["numerator"] for row in own) - value
        while left > 0:
            step = chance.randint(1, int(left))
            events[chance.choice([row["category"] for row in own if row is not at])] += step
            left -= step
        lacking = {row["category"]: max(0, events[row["category"]] - row["denominator"]) for row in own}
        lacking[most["category"]] -= sum(lacking.values())
        yield [
            _with(r, events[r["category"]] - r["numerator"], lacking[r["category"]]) if r in own else r for r in rows
        ]


def _with(row: dict, events: float, people: float) -> dict:
    steps = {"numerator": events, "denominator": people}
    return row | {f"{side}{end}": row[side] + step for side, step in steps.items() for end in ("", "_low", "_high")}


def _proved(before: dict[str, list[tuple]], others: Iterator[tuple[Key, list[dict]]]) -> set[Key]:
    """Return of which small counts some other area shows what is shown of the true one, in every column."""
    owner, tried = {}, []
    for key, rows in others:
        if all(0 <= row["numerator"] <= row["denominator"] for row in rows):
            name = f"Y{len(owner):06}"
            owner[name] = key
            tried += [row | {"icb_code": name, "area_name": name} for row in rows]
    after = _shown(pl.DataFrame(tried, schema=COUNTS))
    return {owner[name] for name, rows in after.items() if rows == before[owner[name][0]]}


def test_whoever_knows_the_rule_finds_every_number_from_1_to_7_possible() -> None:
    """Both counts of a row are hidden together; still another area shows alike for each number."""
    chance = random.Random(7)
    truth = _extracts(7).filter(pl.col("icb_code") < "X00120")
    before = _shown(truth)
    areas = {str(area): part.to_dicts() for (area,), part in truth.partition_by("icb_code", as_dict=True).items()}
    small: dict[Key, dict] = {
        (area, row["category"], value): row
        for area, rows in areas.items()
        for row in rows[1:]
        for value in (1, 4, 7)
        if rows[0]["numerator"] > 7 and 1 <= row["numerator"] <= 7 and value != row["numerator"]
    }
    assert len(small) > 300
    found = _proved(before, ((key, a) for key, row in small.items() for a in _moved(areas[key[0]], row, key[2])))
    left = {key: row for key, row in small.items() if key not in found}
    found |= _proved(
        before, ((key, a) for key, row in left.items() for a in _dealt(areas[key[0]], row, key[2], chance))
    )
    assert sorted(small.keys() - found) == []


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
