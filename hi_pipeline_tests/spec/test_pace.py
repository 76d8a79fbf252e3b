"""Pace: worked examples, a slow second computation, and simulations at equality and at stated paces."""

import math
import re
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.methods_page import OPENING
from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.groups import DECILES, QUINTILES, Dimension
from hi_pipeline.stats import rates
from hi_pipeline.stats.comparison.counts_pace import difference_of_changes
from hi_pipeline.stats.comparison.pace import PARTS, SIDES, pace
from hi_pipeline_tests.spec import draws
from hi_pipeline_tests.spec.draws import DRAWS, Draw, changes_of, pace_of
from hi_pipeline_tests.spec.test_laws import LAW

ROLES = [f"{side}_{part}" for side in SIDES for part in PARTS]
NAMES = {role: role for role in ROLES}
FOUR = [(40.0, 38, 43), (50.0, 47, 52), (48.0, 47, 50), (50.0, 49, 51)]


def frame(*sides: tuple[float, float, float]) -> pl.DataFrame:
    return pl.DataFrame([[float(x) for side in sides for x in side]], schema=ROLES, orient="row")


def by_hand(sides: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """MOVER on the log scale, one step after the other."""

    def less(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
        d = one[0] - other[0]
        down = math.sqrt((one[0] - one[1]) ** 2 + (other[2] - other[0]) ** 2)
        up = math.sqrt((one[2] - one[0]) ** 2 + (other[0] - other[1]) ** 2)
        return d, d - down, d + up

    start, end, rest_start, rest_end = [tuple(math.log(x) for x in side) for side in sides]
    found = less(less(end, start), less(rest_end, rest_start))  # type: ignore[arg-type]
    return tuple(math.exp(x) for x in found)  # type: ignore[return-value]


def test_a_slow_second_computation_agrees() -> None:
    row = pace(frame(*FOUR), **NAMES, by=[]).row(0, named=True)
    assert (row["value"], row["lower_95"], row["upper_95"]) == pytest.approx(by_hand(FOUR), rel=1e-12)
    assert row["change"] == pytest.approx(50 / 40) and row["reference_change"] == pytest.approx(50 / 48)


@pytest.mark.parametrize(
    ("width", "better", "verdict"),
    [
        (0.5, "higher", "faster"),
        (0.5, "lower", "slower"),
        (0.5, "none", "rose_more"),
        (8.0, "higher", "cannot_tell"),
    ],
)
def test_words(width: float, better: str, verdict: str) -> None:
    sides = [(v, v - width, v + width) for v in (40.0, 50.0, 48.0, 50.0)]
    found = pace(frame(*sides), **NAMES, by=[], better=better)  # type: ignore[arg-type]
    assert found["verdict"].to_list() == [verdict]
    turned = pace(frame(*sides[2:], *sides[:2]), **NAMES, by=[], better="none")["verdict"][0]
    assert turned == {"rose_more": "rose_less"}.get(pace(frame(*sides), **NAMES, by=[])["verdict"][0], "cannot_tell")


def test_of_many_events_it_is_what_their_counts_say() -> None:
    """The limits of counts, by Byar, give what the counts give by the variance of their logarithms."""
    counts = {"start": 40_000, "end": 42_000, "reference_start": 90_000, "reference_end": 96_000}
    each = pl.DataFrame({"side": list(counts), "x": list(counts.values()), "n": [1.0] * 4})
    known = rates.crude_rate(each, events="x", population="n", by="side", multiplier=1)
    sides = {row["side"]: (row["value"], row["lower_95"], row["upper_95"]) for row in known.iter_rows(named=True)}
    ours = pace(frame(*(sides[side] for side in SIDES)), **NAMES, by=[], better="lower")
    columns = {f"{side}_events": f"{side}_events" for side in SIDES}
    table = pl.DataFrame({f"{side}_events": [n] for side, n in counts.items()})
    theirs = difference_of_changes(table, **columns, by=[], kind="count")  # type: ignore[arg-type]
    for name in ("value", "lower_95", "upper_95", "lower_998", "upper_998", "p_slower"):
        assert ours[name][0] == pytest.approx(theirs[name][0], rel=2e-4), name


@LAW
@given(st.lists(st.tuples(st.floats(1, 90), st.floats(0.01, 0.4), st.floats(0.01, 0.4)), min_size=4, max_size=4))
def test_sides_and_years_turned_round_turn_the_pace(parts: list[tuple[float, float, float]]) -> None:
    sides = [(v, v * (1 - down), v * (1 + up)) for v, down, up in parts]
    row = pace(frame(*sides), **NAMES, by=[]).row(0, named=True)
    for order in ((2, 3, 0, 1), (1, 0, 3, 2)):
        turned = pace(frame(*(sides[i] for i in order)), **NAMES, by=[]).row(0, named=True)
        assert (turned["value"], turned["lower_95"], turned["upper_95"]) == pytest.approx(
            (1 / row["value"], 1 / row["upper_95"], 1 / row["lower_95"]), rel=1e-9
        )
    scaled = pace(frame(*(tuple(10 * x for x in side) for side in sides)), **NAMES, by=[]).row(0, named=True)  # type: ignore[arg-type]
    assert scaled["lower_95"] == pytest.approx(row["lower_95"], rel=1e-9)
    assert row["lower_998"] <= row["lower_95"] <= row["value"] <= row["upper_95"] <= row["upper_998"]


def test_one_row_a_group_lazy_or_not() -> None:
    both = pl.concat([frame(*FOUR).with_columns(g=pl.lit(g)) for g in ("B", "A")])
    ours = pace(both, **NAMES, by="g")
    assert ours["g"].to_list() == ["A", "B"] and pace(both.lazy(), **NAMES, by="g").equals(ours)
    twice = pace(both.with_columns(g=pl.lit("A")), **NAMES, by="g")
    assert twice["status"].to_list() == ["not_applicable"]
    assert pace(both.clear(), **NAMES, by="g").is_empty()


def test_equal_only_where_the_limits_are_narrow() -> None:
    narrow = [(v, v - 0.1, v + 0.1) for v in (40.0, 50.0, 40.0, 50.5)]
    assert pace(frame(*narrow), **NAMES, by=[])["verdict"].to_list() == ["equal_pace"]
    assert pace(frame(*narrow), **NAMES, by=[], margin=0.0)["verdict"].to_list() == ["rose_less"]


def test_one_sided_probability_of_falling_behind() -> None:
    equal = [(v, v - 1.0, v + 1.0) for v in (40.0, 50.0, 40.0, 50.0)]
    for better, p in (("lower", 0.5), ("higher", 0.5), ("none", None)):
        assert pace(frame(*equal), **NAMES, by=[], better=better)["p_slower"][0] == (p and pytest.approx(p))  # type: ignore[arg-type]
    row = pace(frame(*FOUR), **NAMES, by=[], better="lower").row(0, named=True)
    assert row["p_slower"] < 0.01  # it rose 25%, the rest 4%


@pytest.mark.parametrize(
    ("side", "status"),
    [((0.0, 0.0, 2.0), "too_few"), ((5.0, 6.0, 7.0), "not_applicable"), ((float("nan"), 1.0, 2.0), "missing")],
)
def test_what_cannot_be(side: tuple[float, float, float], status: str) -> None:
    found = pace(frame(side, *FOUR[1:]), **NAMES, by=[])
    assert found["status"].to_list() == [status]
    assert found.select("verdict", "value", "change", "p_slower").row(0) == (None, None, None, None)


def test_a_lower_limit_of_nought_leaves_the_change_open() -> None:
    row = pace(frame(FOUR[0], (45.0, 0.0, 60.0), *FOUR[2:]), **NAMES, by=[]).row(0, named=True)
    assert (row["status"], row["lower_95"], row["verdict"]) == ("ok", 0.0, "cannot_tell")


def test_a_negative_margin_is_refused() -> None:
    with pytest.raises(StatisticsError, match="margin"):
        pace(frame(*FOUR), **NAMES, by=[], margin=-0.1)


# Simulations: five groups whose figures all change by the same factor, the first one small.
PEOPLE = (1_500, 3_000, 6_000, 9_000, 12_000)
FIFTHS = list(QUINTILES)
SHARES = (0.40, 0.44, 0.48, 0.50, 0.52)
CHANGE = 1.04


def shares(draw: draws.Chance) -> Draw:
    return lambda g, year: {
        "numerator": draw.binomial(PEOPLE[g], SHARES[g] * CHANGE**year, DRAWS),
        "denominator": np.full(DRAWS, PEOPLE[g]),
    }


def rounded_shares(draw: draws.Chance) -> Draw:
    def drawn(g: int, year: int) -> draws.Arrays:
        people = draw.poisson(PEOPLE[g] / 10, DRAWS)
        events = draw.binomial(people, SHARES[g] * CHANGE**year)
        return draws.to_fives(events, "numerator") | draws.to_fives(people, "denominator")

    return drawn


def events(draw: draws.Chance) -> Draw:
    return lambda g, year: {
        "numerator": draw.poisson(PEOPLE[g] / 25 * CHANGE**year, DRAWS),
        "denominator": np.full(DRAWS, PEOPLE[g] * 100),
    }


def rounded_counts(draw: draws.Chance) -> Draw:
    return lambda g, year: draws.to_fives(draw.poisson(PEOPLE[g] / 10 * CHANGE**year, DRAWS), "numerator")


def practices(draw: draws.Chance, *, lasting: bool) -> Draw:
    """Thirty practices a fifth, with an overdispersion of about 60; their differences last, or are drawn anew."""
    lists = {g: draw.randint(2_000, 12_000, 30).astype(float) for g in range(5)}
    effects = {g: draw.normal(0, 0.3, (DRAWS, 30)) for g in range(5)}

    def drawn(g: int, year: int) -> draws.Arrays:
        own = effects[g] if lasting else draw.normal(0, 0.3, (DRAWS, 30))
        return draws.practices(draw, own, lists[g], 0.14 * CHANGE**year)

    return drawn


CASES: dict[str, tuple[str, Dimension, Callable[[draws.Chance], Draw]]] = {
    "shares": ("tt_recovery_pct", Dimension.DEPRIVATION, shares),
    "shares of counts rounded to 5": ("tt_recovery_pct", Dimension.DEPRIVATION, rounded_shares),
    "rates": ("mha_detention_rate", Dimension.DEPRIVATION, events),
    "counts rounded to 5": ("wl_total", Dimension.DEPRIVATION, rounded_counts),
    "30 practices a fifth, drawn anew each year": (
        "hypertension_prevalence_pct",
        Dimension.DEPRIVATION,
        lambda d: practices(d, lasting=False),
    ),
    "the same practices in both years": (
        "hypertension_prevalence_pct",
        Dimension.DEPRIVATION,
        lambda d: practices(d, lasting=True),
    ),
}
MOVED = ["faster", "slower", "rose_more", "rose_less"]


def share(flags: pl.Series) -> float:
    return float(flags.mean())  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_at_an_equal_pace_few_are_called_unequal_as_the_methods_print(case: str) -> None:
    indicator, dimension, maker = CASES[case]
    found = pace_of(indicator, dimension, FIFTHS, maker(draws.Chance(92)))
    wrong, held = [], []
    for group in (FIFTHS[0], FIFTHS[-1]):
        mine = found.filter(category=group)
        assert mine.height == DRAWS and set(mine["status"]) == {"ok"}
        wrong.append(share(mine["verdict"].is_in(MOVED)))
        held.append(share((mine["pace_lower_95"] <= 1) & (mine["pace_upper_95"] >= 1)))
    assert max(wrong) <= 0.065 and min(held) >= 0.935
    printed = [", ".join(f"{100 * part:.1f}%" for part in parts) for parts in (wrong, held)]
    assert f"| {case} | {printed[0]} | {printed[1]} |" in OPENING


# Ten groups of which the share with the event rises with affluence and stays as it is from year to year.
TENTHS = {name: (2_000, 0.42 + 0.015 * place) for place, name in enumerate(DECILES)}


def unchanged(draw: draws.Chance, *, rounded: bool) -> Draw:
    sizes = list(TENTHS.values())

    def drawn(g: int, _year: int) -> draws.Arrays:
        people, share_of = sizes[g]
        known = draw.poisson(people, DRAWS)
        happened = draw.binomial(known, share_of)
        if rounded:
            return draws.to_fives(happened, "numerator") | draws.to_fives(known, "denominator")
        return {"numerator": happened, "denominator": known}

    return drawn


def fifths_unchanged(draw: draws.Chance) -> Draw:
    lists = {g: draw.randint(2_000, 12_000, 30).astype(float) for g in range(5)}
    return lambda g, _year: draws.practices(draw, draw.normal(0, 0.3, (DRAWS, 30)), lists[g], 0.12 + 0.01 * g)


UNCHANGED: dict[str, tuple[str, list[str], Callable[[draws.Chance], Draw]]] = {
    "ten groups": ("tt_recovery_pct", list(TENTHS), lambda d: unchanged(d, rounded=False)),
    "ten groups, counts rounded to 5": ("tt_recovery_pct", list(TENTHS), lambda d: unchanged(d, rounded=True)),
    "overdispersed practices": ("hypertension_prevalence_pct", FIFTHS, fifths_unchanged),
}


@pytest.mark.parametrize("case", UNCHANGED)
def test_where_inequality_does_not_change_the_one_sided_tests_seldom_say_that_it_rose(case: str) -> None:
    """No increase of the slope index or the ratio, and as much in the most deprived as in the least (the gap)."""
    indicator, categories, maker = UNCHANGED[case]
    found = changes_of(indicator, Dimension.DEPRIVATION, categories, maker(draws.Chance(94)))
    rose = []
    for measure, none in (("sii", 0.0), ("gap", 0.0), ("ratio", 1.0)):
        mine = found.filter(measure=measure)
        assert mine.height == DRAWS and set(mine["status"]) == {"ok"}
        rose.append(share(mine["p_one_sided"] < 0.05))
        assert share((mine["change_lower_95"] <= none) & (mine["change_upper_95"] >= none)) >= 0.935, measure
    assert max(rose) <= 0.065
    assert f"| {case} | {' | '.join(f'{100 * part:.1f}%' for part in rose)} |" in OPENING


POWER = re.findall(r"^\| ([\d,]+) \| (.+) \|$", OPENING.partition("**Power.**")[2], flags=re.MULTILINE)
PACES = (1.02, 1.05, 1.10, 1.20)


@pytest.mark.parametrize(("people", "printed"), POWER)
def test_the_power_that_the_methods_print(people: str, printed: str) -> None:
    size = int(people.replace(",", ""))
    draw = draws.Chance(93)
    found = []
    for paced in PACES:
        ends = {(0, 0): (size, 0.4), (0, 1): (size, 0.4 * paced), (1, 0): (9 * size, 0.5), (1, 1): (9 * size, 0.5)}
        drawn = pace_of(
            "tt_recovery_pct",
            Dimension.SEX,
            ["Female", "Male"],
            lambda g, year: {
                "numerator": draw.binomial(*ends[g, year], DRAWS),  # noqa: B023
                "denominator": np.full(DRAWS, ends[g, year][0]),  # noqa: B023
            },
        ).filter(category="Female")
        found.append(f"{100 * share(drawn['verdict'].is_in(MOVED)):.0f}%")
    assert " | ".join(found) == printed


def test_power_is_printed() -> None:
    assert len(POWER) == 5
