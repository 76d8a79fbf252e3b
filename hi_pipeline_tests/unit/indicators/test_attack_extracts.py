"""Of every count of 1 to 7 in a whole extract another table exists from which all that is shown would come as well.

Such a table is a proof: whoever has every column of the results cannot tell which of the two is true.
"""

import random
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from hi_pipeline.core.groups import DECILES, SEXES, Dimension, Stratum, category_order
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.tables.disclosure import controlled
from hi_pipeline_tests.unit.indicators import counts_frames as made

STROKE = next(i for i in INDICATORS if i.id == "stroke_adm_i60_i69_dsr")
BANDS = [f"{n} to {n + 4}" for n in range(0, 90, 5)] + ["90 and over"]
SHAPE = (len(DECILES), 2, len(BANDS))
SHOWN = [
    "status", "note", "value", "lower_95", "upper_95", "lower_998", "upper_998", "numerator", "numerator_low",
    "numerator_high", "denominator", "denominator_low", "denominator_high", "figure_low", "figure_high",
    "unknown_share",
]  # fmt: skip
KEY = ["dimension", "category", "measure"]
Place = tuple[int, int, int]
Move = tuple[tuple[Place, int], ...]


def _made_up(chance: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """Return people and events by decile, sex and band: fewer of the old, and events that rise with age."""
    size = chance.choice([60, 1_000, 1_000, 4_000])
    people, events = np.zeros(SHAPE), np.zeros(SHAPE)
    for place in np.ndindex(SHAPE):
        band = place[2]
        people[place] = max(3, round(size * (20 - band) / 10 * chance.uniform(0.4, 1.6)))
        expected = people[place] * 0.03 * (band / 18) ** 2
        events[place] = min(people[place], sum(chance.random() < expected / 20 for _ in range(20)))
    return people, events


def _rows(people: np.ndarray, events: np.ndarray, area: str) -> Iterator[dict]:
    place = {"icb_code": area, "area_name": area, "indicator_id": STROKE.id}

    def row(dimension: str, category: str, part: tuple) -> dict:
        counts = float(events[part].sum()), float(people[part].sum())
        return made.row(dimension, category, *counts, **place)

    every = slice(None)
    yield row("total", "All", (every,))
    yield from (row("sex", sex, (every, n)) for n, sex in enumerate(SEXES[:2]))
    yield from (row("age", band, (every, every, n)) for n, band in enumerate(BANDS))
    yield from (row("deprivation", decile, (n,)) for n, decile in enumerate(DECILES))
    for s, sex in enumerate(SEXES[:2]):
        for b, band in enumerate(BANDS):
            yield row("age_and_sex", Stratum(sex=sex, band=band).words, (every, s, b))
            for d, decile in enumerate(DECILES):
                words = Stratum(sex=sex, band=band, group=decile).words
                yield row("deprivation_by_age_and_sex", words, (d, s, b))


def _moves(place: Place, chance: random.Random) -> Iterator[Move]:
    """Yield small changes of one count, alone or with others, so that some sums stay."""
    decile, sex, band = place
    for step in (1, -1):
        yield ((place, step),)
        others = [(decile, 1 - sex, band)]
        others += [((decile + chance.randint(1, 9)) % 10, sex, band) for _ in range(3)]
        others += [(decile, sex, (band + chance.choice([1, -1, 2, -2])) % len(BANDS)) for _ in range(3)]
        yield from (((place, step), (other, -step)) for other in others)
        for other in others[1:]:
            # Sums over sexes stay too.
            yield (place, step), (other, -step), ((decile, 1 - sex, band), -step), ((other[0], 1 - sex, other[2]), step)


def _results(tables: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, list[tuple]]:
    rows = [row for area, (people, events) in tables.items() for row in _rows(people, events, area)]
    frame = made.counts(*rows)
    orders = {(d, c): category_order(Dimension(d), c) for d, c in frame.select("dimension", "category").unique().rows()}
    named = pl.DataFrame(
        [(d, c, o) for (d, c), o in orders.items()], schema=["dimension", "category", "o"], orient="row"
    )
    frame = frame.join(named, on=["dimension", "category"], how="left", validate="m:1").with_columns(
        category_order=pl.col("o").cast(pl.Int32)
    )
    found = compute_results(STROKE, controlled(frame.drop("o")), synthetic=True).sort("icb_code", *KEY)
    by_area = found.partition_by("icb_code", as_dict=True)
    return {str(area): part.select(*KEY, *SHOWN).rows() for (area,), part in by_area.items()}


def _attack(seed: int, *, cells: int) -> tuple[int, int]:
    """Return how many small counts were looked at, and how many rates were shown; none may be without another table."""
    chance = random.Random(seed)
    people, events = _made_up(chance)
    small = [place for place in np.ndindex(SHAPE) if 1 <= events[place] <= 7]
    # The fewest people first: there one event weighs most.
    small = sorted(small, key=lambda place: people[place])[: cells // 2] + chance.sample(small, cells // 2)
    tables, owner = {"true": (people, events)}, {}
    for n, place in enumerate(small):
        for m, move in enumerate(_moves((place[0], place[1], place[2]), chance)):
            other = events.copy()
            for where, step in move:
                other[where] += step
            if (other >= 0).all() and (other <= people).all():
                tables[f"{n}.{m}"] = (people, other)
                owner[f"{n}.{m}"] = n
    shown = _results(tables)
    alike = {owner[area] for area in owner if shown[area] == shown["true"]}
    alone = [(small[n], people[small[n]], events[small[n]]) for n in range(len(small)) if n not in alike]
    assert alone == [], f"of {len(small)} small counts these follow from what is shown"
    rates = sum(row[5] is not None for row in shown["true"] if row[0] != "age" and row[2] == "value")
    return len(small), rates


def test_every_small_count_has_another_that_shows_alike() -> None:
    looked, rates = _attack(1, cells=10)
    assert looked == 10 and rates >= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 26))
def test_every_small_count_of_many_extracts_has_another_that_shows_alike(seed: int) -> None:
    looked, _ = _attack(seed, cells=24)
    assert looked == 24
