"""What is hidden of true counts on the way out, and what somebody who knows the rule can still work out."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator

import polars as pl
import pytest

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.stats.output_control import hidden_on_the_way_out, standardised_step

MOST = 7
SMALL = set(range(1, MOST + 1))
Table = tuple[int, ...]


def _flags(tables: list[dict[str, Table]]) -> list[dict[str, tuple[bool, ...]]]:
    """Put areas through the rule; of each part tell whether it is hidden."""
    rows = [
        (n, margin, turn, x)
        for n, area in enumerate(tables)
        for margin, xs in area.items()
        for turn, x in enumerate(xs)
    ]
    frame = pl.DataFrame(rows, schema=["area", "margin", "turn", "x"], orient="row")
    flags = iter(
        hidden_on_the_way_out(frame, count="x", margin="margin", total="total", turn="turn", by=["area"]).to_list()
    )
    return [{margin: tuple(next(flags) for _ in xs) for margin, xs in area.items()} for area in tables]


def _hidden(**margins: Table) -> dict[str, tuple[bool, ...]]:
    return _flags([margins])[0]


def _rounded(x: int) -> int:
    return 5 * int(x / 5 + 0.5)


def test_small_counts_are_hidden_and_others_with_them_in_their_turn() -> None:
    assert _hidden(total=(50,), sex=(46, 4)) == {"total": (False,), "sex": (True, True)}
    assert _hidden(total=(930,), age=(500, 4, 6, 420))["age"] == (True, True, True, False), "a large one is enough"
    found = _hidden(total=(100,), age=(9, 30, 4, 57))
    assert found["age"] == (True, True, True, False), "9 and 4 leave no room for 7 beside 8"


def test_which_ones_are_hidden_tells_nothing_of_how_large_they_are() -> None:
    one = _hidden(total=(2_015,), decile=(203, 403, 303, 1, 1, 0))
    assert one["decile"] == _hidden(total=(2_015,), decile=(203, 403, 303, 2, 7, 0))["decile"]
    assert one["decile"] == (True, False, False, True, True, False)


def test_a_nought_is_shown_beside_groups_that_are_more_than_seven_each() -> None:
    assert _hidden(total=(60,), sex=(60, 0))["sex"] == (False, False)
    assert _hidden(total=(64,), age=(60, 4, 0))["age"] == (True, True, False)


def test_a_table_that_counts_no_more_than_seven_for_each_group_is_hidden_with_its_noughts() -> None:
    assert _hidden(total=(12,), age=(8, 4, 0)) == {"total": (False,), "age": (True, True, True)}
    assert _hidden(total=(28,), age=(7, 7, 7, 7, 0)) == {"total": (False,), "age": (True,) * 5}


def test_of_a_total_of_seven_or_less_nothing_is_shown() -> None:
    assert _hidden(total=(0,), sex=(0, 0)) == {"total": (True,), "sex": (True, True)}
    assert _hidden(total=(5,), sex=(5, 0)) == {"total": (True,), "sex": (True, True)}
    assert _hidden(total=(0,)) == {"total": (False,)}, "a nought that stands alone says nothing of any group"


def test_a_count_that_the_board_hid_counts_as_small() -> None:
    frame = pl.DataFrame(
        {"m": ["total", "age", "age", "age"], "x": [None, None, 90, 400], "t": [0, 1, 2, 3], "a": [1] * 4}
    )
    found = hidden_on_the_way_out(frame, count="x", margin="m", total="total", turn="t", by=["a"])
    assert found.to_list() == [True, True, True, False]


def test_an_area_without_its_total_is_an_error() -> None:
    frame = pl.DataFrame({"icb": ["A"], "margin": ["sex"], "x": [4], "turn": [1]})
    with pytest.raises(StatisticsError, match="0 totals"):
        hidden_on_the_way_out(frame, count="x", margin="margin", total="total", turn="turn", by=["icb"])


def _all_tables(parts: int, total: int) -> Iterator[Table]:
    for bars in itertools.combinations(range(total + parts - 1), parts - 1):
        ends = (-1, *bars, total + parts - 1)
        yield tuple(b - a - 1 for a, b in itertools.pairwise(ends))


@pytest.mark.parametrize(("parts", "totals"), [(2, range(40)), (3, range(32)), (4, (8, 13, 28, 29))])
def test_whoever_knows_rule_total_and_all_that_is_shown_cannot_tell_one_small_count(
    parts: int, totals: range | tuple[int, ...]
) -> None:
    """The perfect attacker: every table there is goes through the rule, and is sorted by what it shows.

    The attacker is given more than is shown: the true total and the true counts behind the rounded ones. Of all tables
    that look alike each hidden small count takes each value from 1 to 7, in a table of 8 and more. Of 7 and less not
    even the total is known.
    """
    tables = [table for total in totals for table in _all_tables(parts, total)]
    hidden = [found["age"] for found in _flags([{"total": (sum(t),), "age": t} for t in tables])]
    assert _narrowed(tables, hidden) == []
    assert sum(any(away) for away in hidden) > 100


def test_the_attacker_is_able() -> None:
    """Of 1, 1 and 20 with the total: where the two small ones alone are hidden, each must be 1."""
    tables = list(_all_tables(3, 22))
    careless = [tuple(x in SMALL for x in table) for table in tables]
    assert [(1, 1, 20)] in _narrowed(tables, careless)


def _narrowed(tables: list[Table], hidden: list[tuple[bool, ...]]) -> list[list[Table]]:
    """Return the tables that look alike and in which a small count cannot be each number from 1 to 7."""
    alike: dict[tuple[int | None, ...], list[Table]] = defaultdict(list)
    for table, away in zip(tables, hidden, strict=True):
        total = sum(table)
        shown = (None if h else x for x, h in zip(table, away, strict=True))
        alike[total if total > MOST else -1, *shown].append(table)
    return [
        group
        for (total, *_), group in alike.items()
        if any(SMALL & set(values) and not set(values) >= SMALL for values in zip(*group, strict=True))
    ]


def test_two_tables_of_one_total_tell_no_more_together() -> None:
    """All 15,000 areas of up to 18 events: what is alike is judged by what is printed, as a reader sees it.

    Areas at the edge of what was tried look alike with larger ones that were not, and are left out.
    """
    edge, most = 4, 18
    areas = [
        {"total": (t,), "sex": (f, t - f), "age": (a, b, t - a - b)}
        for t in range(most + 1) for f in range(t + 1) for a in range(t + 1) for b in range(t - a + 1)
    ]  # fmt: skip
    alike: dict[tuple[int | None, ...], list[Table]] = defaultdict(list)
    for area, away in zip(areas, _flags(areas), strict=True):
        cells = [(x, h) for margin, xs in area.items() for x, h in zip(xs, away[margin], strict=True)]
        alike[tuple(None if h else _rounded(x) for x, h in cells)].append(tuple(x for x, _ in cells))
    judged = [found for found in alike.values() if max(area[0] for area in found) < most - edge]
    assert len(areas) > 10_000 and len(judged) >= 2
    for found in judged:
        for values in zip(*found, strict=True):
            assert not SMALL & set(values) or set(values) >= SMALL, found[:9]


def _random_table(chance: random.Random) -> Table:
    size = chance.choice([8, 15, 40, 300])
    return tuple(
        chance.choice([0, chance.randint(1, 7), chance.randint(1, 7), chance.randint(8, 8 + size)])
        for _ in range(chance.randint(2, 20))
    )


def _moved(table: Table, away: tuple[bool, ...], at: int, value: int) -> Iterator[Table]:
    """Yield tables in which some events are moved between one hidden part and another."""
    for other in sorted((n for n, h in enumerate(away) if h and n != at), key=lambda n: -table[n]):
        yield tuple(x + (value - table[at]) * ((n == at) - (n == other)) for n, x in enumerate(table))


def _dealt(table: Table, away: tuple[bool, ...], at: int, value: int, chance: random.Random) -> Iterator[Table]:
    """Yield tables in which all that is hidden beside one part is dealt out anew, at random."""
    least = 0 if all(away) else 1
    places = [n for n, h in enumerate(away) if h and n != at]
    for _ in range(40):
        left = sum(table[n] for n in places) + table[at] - value - least * len(places)
        new = [value if n == at else least if n in places else x for n, x in enumerate(table)]
        while left > 0:
            step = chance.randint(1, left)
            new[chance.choice(places)] += step
            left -= step
        yield tuple(new)


def test_of_thousands_of_larger_tables_each_small_count_could_be_anything_from_1_to_7() -> None:
    """A table that shows alike is a proof; each is put through the rule again."""
    chance = random.Random(11)
    tables = [t for t in (_random_table(chance) for _ in range(600)) if sum(t) > MOST]
    hidden = [found["age"] for found in _flags([{"total": (sum(t),), "age": t} for t in tables])]
    wanted = {
        (n, at, value)
        for n, table in enumerate(tables)
        for at in chance.sample(range(len(table)), 2)
        for value in SMALL - {table[at]}
        if table[at] in SMALL
    }
    looked = len(wanted)
    wanted -= _alike(wanted, tables, hidden, {key: _moved(tables[key[0]], hidden[key[0]], *key[1:]) for key in wanted})
    dealt = {key: _dealt(tables[key[0]], hidden[key[0]], *key[1:], chance) for key in sorted(wanted)}
    wanted -= _alike(wanted, tables, hidden, dealt)
    assert looked > 3_000
    assert [(tables[n], at, value) for n, at, value in sorted(wanted)] == []


Key = tuple[int, int, int]


def _alike(
    wanted: set[Key], tables: list[Table], hidden: list[tuple[bool, ...]], others: dict[Key, Iterator[Table]]
) -> set[Key]:
    """Return of which small counts some other table would show what is shown of the true one."""
    tried = [(key, other) for key in sorted(wanted) for other in others[key] if min(other) >= 0]
    assert all(sum(other) == sum(tables[key[0]]) for key, other in tried)
    again = _flags([{"total": (sum(other),), "age": other} for _, other in tried])
    return {key for (key, _), found in zip(tried, again, strict=True) if found["age"] == hidden[key[0]]}


@pytest.mark.parametrize(
    ("one_event", "step"),
    [(0.0001, 1), (0.25, 1), (0.26, 2), (0.5, 2), (1.25, 5), (1.75, 10), (2.5, 10), (5, 20), (12.5, 50), (167, 1_000)],
)
def test_a_standardised_rate_is_rounded_to_at_least_four_times_what_one_event_adds(
    one_event: float, step: float
) -> None:
    found = pl.DataFrame({"one": [one_event]}).select(standardised_step(pl.col("one"))).item()
    assert found == step and found >= 4 * one_event
