"""Whoever knows weights and populations, and sees every rate, limit and count, finds no count of 1 to 7 in a stratum.

The attacker tries every table of true counts, and keeps those from which all that is shown would have been made.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from hi_pipeline.core.groups import DECILES, SEXES, Stratum
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.kinds.dsr import standard_weight
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.tables.disclosure import controlled
from hi_pipeline_tests.unit.indicators import counts_frames as made

EMERGENCY = next(i for i in INDICATORS if i.id == "act_emergency_dsr")
BANDS = [f"{n} to {n + 4}" for n in range(0, 90, 5)] + ["90 and over"]
FEMALE, MALE = SEXES[:2]
MOST = 14  # no stratum has more events, which the attacker knows
Z = {"95": 1.959963984540054, "998": 3.090232306167813}


@dataclass(frozen=True)
class Cell:
    """People of one sex and band in one decile, and their true events."""

    decile: str
    sex: str
    band: str
    people: int
    events: int


def _cases(seed: int, how_many: int) -> Iterator[list[Cell]]:
    """Yield cells of two deciles and two sexes, strata of very few people beside strata of many."""
    chance = random.Random(seed)
    for _ in range(how_many):
        band = chance.choice(BANDS)
        bands = {FEMALE: band, MALE: chance.choice([band, chance.choice(BANDS)])}
        yield [
            Cell(
                decile,
                sex,
                bands[sex],
                chance.choice([3, 12, 60, 400, 3_000, 20_000]),
                chance.choice([0, chance.randint(1, 7), chance.randint(1, 7), chance.randint(8, MOST)]),
            )
            for decile in DECILES[:2]
            for sex in (FEMALE, MALE)
        ]


def _groups(cells: list[Cell]) -> dict[tuple[str, str], list[int]]:
    """Return which cells are in each group that is shown."""
    found = {("total", "All"): list(range(len(cells)))}
    found |= {("sex", s): [n for n, c in enumerate(cells) if c.sex == s] for s in (FEMALE, MALE)}
    found |= {("deprivation", d): [n for n, c in enumerate(cells) if c.decile == d] for d in DECILES[:2]}
    return found


def _shown(cells: list[Cell]) -> dict[tuple[str, str], dict]:
    """Return the results of the pipeline, by group."""
    rows = []
    for (dimension, category), members in _groups(cells).items():
        events, people = (sum(getattr(cells[n], side) for n in members) for side in ("events", "people"))
        rows.append(made.row(dimension, category, events, people))
    for dimension, deciles in (("age_and_sex", [""]), ("deprivation_by_age_and_sex", DECILES[:2])):
        for decile, sex, band in itertools.product(deciles, (FEMALE, MALE), BANDS):
            own = [c for c in cells if (c.sex, c.band) == (sex, band) and decile in ("", c.decile)]
            words = Stratum(sex=sex, band=band, group=decile).words
            rows.append(made.row(dimension, words, sum(c.events for c in own), sum(c.people for c in own)))
    counts = controlled(made.counts(*(r | {"indicator_id": EMERGENCY.id} for r in rows)))
    found = validate_results(compute_results(EMERGENCY, counts, synthetic=False), EMERGENCY)
    return {(r["dimension"], r["category"]): r for r in found.filter(measure="value").iter_rows(named=True)}


def _rounded(counts: np.ndarray) -> np.ndarray:
    return np.floor(counts / 5 + 0.5) * 5


def _rates(cells: list[Cell], members: list[int], events: np.ndarray, scale: float, step: float) -> dict:
    """Return what would be shown of one group for each table of events, by the formulas and not by the pipeline."""
    merged: dict[tuple[str, str], list[int]] = {}
    for n in members:
        merged.setdefault((cells[n].sex, cells[n].band), []).append(n)
    rate, variance, each = np.zeros(len(events)), np.zeros(len(events)), []
    for (sex, band), same in merged.items():
        one = standard_weight(sex, band) / sum(cells[n].people for n in same) * scale
        rate += one * events[:, same].sum(axis=1)
        variance += one**2 * events[:, same].sum(axis=1)
        each.append(one)
    step = step or _step(max(each))
    all_events = np.maximum(_rounded(events[:, members].sum(axis=1)), 1)
    wider = np.ceil((np.sqrt(variance * all_events) / np.maximum(rate, 1e-12) - 1e-9) * 4) / 4
    value = np.round(rate / step) * step
    found = {"value": value}
    for level, z in Z.items():
        lower = all_events * (1 - 1 / (9 * all_events) - z / (3 * np.sqrt(all_events))) ** 3
        more = all_events + 1
        upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
        found |= {f"lower_{level}": np.round(value * (1 + wider * (lower / all_events - 1))),
                  f"upper_{level}": np.round(value * (1 + wider * (upper / all_events - 1)))}  # fmt: skip
    return found


def _step(one_event: float) -> float:
    steps = (times * 10.0**power for power in range(-6, 9) for times in (1, 2, 5))
    return max(1.0, next(s for s in steps if s >= 4 * one_event * (1 - 1e-9)))


TABLES = np.array(list(itertools.product(range(MOST + 1), repeat=4)), dtype=float)


def _possible(cells: list[Cell], shown: dict[tuple[str, str], dict], *, step: float = 0.0) -> np.ndarray:
    """Return the tables of events from which all that is shown may have come."""
    groups, left = _groups(cells), TABLES
    for dimension in ("sex", "deprivation"):
        # The rule backwards: a table of two groups is hidden just where one of them is small, or their sum.
        pair = [key for key in groups if key[0] == dimension]
        if any(sum(cells[n].people for n in groups[key]) <= 7 for key in pair):
            continue  # hidden for its few people, which says nothing of events
        sums = np.stack([left[:, groups[key]].sum(axis=1) for key in pair])
        few = ((sums >= 1) & (sums <= 7)).any(axis=0) | (sums.sum(axis=0) <= 7)
        left = left[few == (shown[pair[0]]["numerator"] is None)]
    for key, members in groups.items():
        row = shown[key]
        total = left[:, members].sum(axis=1)
        if row["numerator"] is not None:
            left = left[(_rounded(total) == row["numerator"]) & ((total == 0) | (total >= 8))]
        if row["value"] is not None:
            left = left[left[:, members].sum(axis=1) >= 10]
            told = _rates(cells, members, left, 2.0 if key[0] == "sex" else 1.0, step)
            fits = [np.abs(numbers - row[name]) < 1e-6 for name, numbers in told.items()]
            left = left[np.all(fits, axis=0)]
    return left


def _found_out(cells: list[Cell], possible: np.ndarray) -> list[tuple[Cell, int]]:
    true = np.array([c.events for c in cells], dtype=float)
    assert (possible == true).all(axis=1).any(), "the truth is one of the tables that the attacker keeps"
    pinned = [n for n in range(len(cells)) if len(np.unique(possible[:, n])) == 1]
    return [(cells[n], len(possible)) for n in pinned if 1 <= cells[n].events <= 7]


def _attack(seed: int, how_many: int) -> int:
    rates = 0
    for cells in _cases(seed, how_many):
        shown = _shown(cells)
        rates += sum(row["value"] is not None for row in shown.values())
        assert _found_out(cells, _possible(cells, shown)) == []
    return rates


def test_no_stratum_of_one_to_seven_is_found() -> None:
    assert _attack(1, 60) > 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_no_stratum_of_one_to_seven_is_found_in_many(seed: int) -> None:
    assert _attack(seed, 300) > 15


def test_the_attacker_is_able() -> None:
    """In whole numbers the rate tells how many of three people of 90 and over were admitted."""
    cells = [
        Cell(DECILES[0], FEMALE, "90 and over", 3, 2), Cell(DECILES[0], MALE, "20 to 24", 20_000, 12),
        Cell(DECILES[1], FEMALE, "20 to 24", 20_000, 9), Cell(DECILES[1], MALE, "20 to 24", 20_000, 14),
    ]  # fmt: skip
    shown = _shown(cells)
    members = _groups(cells)["deprivation", DECILES[0]]
    events = np.array([[c.events for c in cells]], dtype=float)
    careless = {name: float(n[0]) for name, n in _rates(cells, members, events, 1.0, 1.0).items()}
    naive = {key: row | {"value": None} for key, row in shown.items()}
    naive["deprivation", DECILES[0]] |= careless | {"numerator": 15}
    assert [c.events for c, _ in _found_out(cells, _possible(cells, naive, step=1.0))] == [2]
