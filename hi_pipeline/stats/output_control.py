"""Our own rule for counts of people on the way out: what is hidden and rounded of true counts.

1 to 7 are hidden, and with them further counts of the same table, so that each can still be any number from 1 to 7.
Which ones these are does not depend on how large they are. The others are rounded to 5. It is stricter than NHS
England's rule for hospital episodes, which hides no second count.
"""

from collections.abc import Sequence

import polars as pl

from hi_pipeline.core.errors import StatisticsError

OUTPUT_LEAST, OUTPUT_MOST, OUTPUT_ROUNDING = 1, 7, 5
# How many times what one event adds a standardised rate is rounded to.
STEPS_AN_EVENT = 4
# One part of 7 and one of 8 are 13 more than two of 1.
_ROOM = 2 * OUTPUT_MOST - OUTPUT_LEAST
Count = float | None


def hidden_on_the_way_out(
    frame: pl.DataFrame, *, count: str, margin: str, total: str, turn: str, by: Sequence[str]
) -> pl.Series:
    """Tell which counts of the one-way tables of areas must be hidden.

    Formula: of a table with parts of 1 to 7 (or null) these are hidden, and further parts other than 0, each in its
    turn: at least one, and until the hidden ones sum to q + 13. Where that hides all parts but the 0s, and they sum to
    no more than 7 q, the 0s are hidden as well; so they are where there is nothing else, and everything is where the
    total is 1 to 7, or is 0 and has groups.

    Symbols: q the parts other than 0.

    Why it holds: move some events from one hidden part to another. As long as their sum stays, and what was hidden in a
    turn of its own still is, the rule hides the same parts, and what is shown stays the same. A sum of q + 13 leaves
    room for one part of 7 beside others of 1 and one of 8; where several are hidden in their turn, the last one stays
    as it is and the others, with at least 8 each, are moved. So each hidden count of 1 to 7 can be each number from
    1 to 7, also to one who knows this rule, the true total and all true counts that are shown.

    Units: counts.

    Shapes: one row a part, and one the total of each area; one boolean a row comes back, in the order of the rows.

    Args:
        frame: parts and totals of areas, which ``by`` tells apart.
        count: column of true counts; null where they are hidden already.
        margin: column of the margins' names (sex, age); the parts of each sum to the total.
        total: what ``margin`` holds in the row of the total.
        turn: column of numbers: in which turn further parts of a margin are hidden. It must not depend on any count.
        by: columns that tell areas apart.

    Raises:
        StatisticsError: an area has no row of its total, or several.

    Example:
        >>> table = pl.DataFrame({"by": ["total", "sex", "sex"], "x": [50, 46, 4], "icb": ["A"] * 3, "turn": [0, 1, 2]})
        >>> hidden_on_the_way_out(table, count="x", margin="by", total="total", turn="turn", by=["icb"]).to_list()
        [False, True, True]

    Reference:
        Hundepool A, et al. Statistical disclosure control. Wiley; 2012 (ch. 4, secondary cell suppression).
    """
    tables: dict[tuple[object, ...], dict[str, list[tuple[int, Count]]]] = {}
    ordered = frame.select(*by, margin, count, turn).with_row_index("place").sort(turn, "place")
    for place, *area, name, x, _ in ordered.iter_rows():
        tables.setdefault(tuple(area), {}).setdefault(name, []).append((place, x))
    hidden = [False] * frame.height
    for key, margins in tables.items():
        totals = margins.pop(total, [])
        if len(totals) != 1:
            raise StatisticsError(f"{key} has {len(totals)} totals; expected one row of {margin} {total!r} an area.")
        ((place, whole),) = totals
        hidden[place] = _is_small(whole) or (whole == 0 and bool(margins))
        nothing = hidden[place] and whole is not None
        for parts in margins.values():
            found = [True] * len(parts) if nothing else _hidden_parts([x for _, x in parts])
            for (place, _), away in zip(parts, found, strict=True):
                hidden[place] = away
    return pl.Series(hidden, dtype=pl.Boolean)


def _is_small(count: Count) -> bool:
    return count is None or OUTPUT_LEAST <= count <= OUTPUT_MOST


def _hidden_parts(counts: Sequence[Count]) -> list[bool]:
    """Tell which parts of one table are hidden, the parts standing in their turn."""
    hidden = [_is_small(x) for x in counts]
    if not any(hidden):
        return [not any(counts)] * len(counts)
    others = sum(x != 0 for x in counts)
    # What is hidden already counts as the least that it may be.
    together = sum(OUTPUT_LEAST if x is None else x for x, away in zip(counts, hidden, strict=True) if away)
    alone = True
    for n, x in enumerate(counts):
        if x and not hidden[n] and (alone or together < others + _ROOM):
            hidden[n], alone = True, False
            together += x
    bare = sum(hidden) == others and together <= OUTPUT_MOST * others
    return [True] * len(counts) if bare else hidden


def rounded_on_the_way_out(count: pl.Expr) -> pl.Expr:
    """Return a count to the nearest 5 (2.5 upwards)."""
    return (count / OUTPUT_ROUNDING + 0.5).floor() * OUTPUT_ROUNDING


def standardised_step(one_event: pl.Expr) -> pl.Expr:
    """Return to what a standardised rate and its limits are rounded, so that they tell no single event of a stratum.

    Formula: the least of 1, 2, 5, 10, 20, 50, ... that is at least 4 times what one event adds to the rate.

    Symbols: one_event, the largest m w_i/n_i of the strata: what one event in the heaviest stratum adds.

    Whoever knows weights and populations (residents by age and sex are published) could otherwise read the events of a
    stratum of very few people from the rate: one event among 3 people of 90 and over adds more than a hundred others.
    With this step one event more or less in any stratum leaves the shown value what it is, or could.
    """
    wanted = STEPS_AN_EVENT * one_event
    power = pl.lit(10.0).pow(wanted.log10().floor())
    times = (wanted / power).round(9)
    step = pl.when(times <= 1).then(power).when(times <= 2).then(2 * power).when(times <= 5).then(5 * power)
    return step.otherwise(10 * power).clip(lower_bound=1.0)
