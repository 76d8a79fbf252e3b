"""Our own rule for counts of people on the way out: what is hidden and rounded of true counts.

1 to 7 are hidden, and further counts until none of the hidden ones can be worked out from the sums that are shown; the
others are rounded to 5. A 0 is shown unless all of its margin is 0. It is stricter than NHS England's rule for
hospital episodes, which hides no second count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import polars as pl

from hi_pipeline.core.errors import StatisticsError

OUTPUT_LEAST, OUTPUT_MOST, OUTPUT_ROUNDING = 1, 7, 5
_HALF = OUTPUT_ROUNDING // 2
# How many times what one event adds a standardised rate is rounded to.
STEPS_AN_EVENT = 4
Interval = tuple[float, float]


@dataclass
class _Part:
    """A count of one margin: where its row stands, what it truly is (None: hidden already), and whether it is shown."""

    place: int
    count: float | None
    shown: bool = True

    @property
    def known(self) -> Interval:
        """Return what a reader knows of it from itself."""
        if not self.shown or self.count is None:
            return OUTPUT_LEAST, inf
        if self.count == 0:
            return 0, 0
        printed = float(OUTPUT_ROUNDING * int(self.count / OUTPUT_ROUNDING + 0.5))
        return max(printed - _HALF, OUTPUT_MOST + 1), printed + _HALF


@dataclass
class _Tables:
    """The one-way tables of an area, which have one total."""

    total: _Part
    margins: dict[str, list[_Part]] = field(default_factory=dict)

    @property
    def parts(self) -> list[_Part]:
        """Return all counts, the total first."""
        return [self.total, *(part for parts in self.margins.values() for part in parts)]

    def total_known(self) -> Interval:
        """Return what a reader knows of the total: from itself, and from each margin."""
        low, high = self.total.known if self.total.shown else (0.0, inf)
        for parts in self.margins.values():
            low = max(low, sum(part.known[0] for part in parts))
            high = min(high, sum(part.known[1] for part in parts))
        return low, high


def hidden_on_the_way_out(frame: pl.DataFrame, *, count: str, margin: str, total: str, by: Sequence[str]) -> pl.Series:
    """Tell which counts of the one-way tables of areas must be hidden.

    Formula: hidden are counts of 1 to 7 and those that are null; every 0 of a margin whose parts are all 0; and, while
    some hidden part stands alone or has one possible value left, the least further part of its margin, then the total,
    then all. A hidden part lies between T_low - S_high - 7 (k - 1) and T_high - S_low - (k - 1), and between 1 and 7.

    Symbols: T the total, S the sum of the margin's parts that are shown, both as intervals; k its hidden parts.

    Units: counts.

    Shapes: one row a part, and one the total of each area; one boolean a row comes back, in the order of the rows.

    Args:
        frame: parts and totals of areas, which ``by`` tells apart.
        count: column of true counts; null where they are hidden already.
        margin: column of the margins' names (sex, age); the parts of each sum to the total.
        total: what ``margin`` holds in the row of the total.
        by: columns that tell areas apart.

    Raises:
        StatisticsError: an area has no row of its total, or several.

    Example:
        >>> table = pl.DataFrame({"by": ["total", "sex", "sex"], "x": [50, 46, 4], "icb": ["A"] * 3})
        >>> hidden_on_the_way_out(table, count="x", margin="by", total="total", by=["icb"]).to_list()
        [False, True, True]

    Reference:
        Hundepool A, et al. Statistical disclosure control. Wiley; 2012 (ch. 4, secondary cell suppression).
    """
    keyed = frame.select(*by, margin, count).with_row_index("place")
    hidden = [False] * keyed.height
    for area, rows in keyed.group_by(by, maintain_order=True):
        totals = rows.filter(pl.col(margin) == total)
        if totals.height != 1:
            raise StatisticsError(f"{area} has {totals.height} totals; expected one row of {margin} {total!r} an area.")
        tables = _Tables(total=_Part(totals["place"][0], totals[count][0]))
        for name, place, x in rows.filter(pl.col(margin) != total).select(margin, "place", count).iter_rows():
            tables.margins.setdefault(name, []).append(_Part(place, x))
        _hide(tables)
        for part in tables.parts:
            hidden[part.place] = not part.shown
    return pl.Series(hidden, dtype=pl.Boolean)


def _hide(tables: _Tables) -> None:
    for part in tables.parts:
        part.shown = part.count is not None and not OUTPUT_LEAST <= part.count <= OUTPUT_MOST
    for parts in tables.margins.values():
        if all(part.count == 0 for part in parts):
            for part in (*parts, tables.total):
                part.shown = False
    # Alone first: what protects such a count says nothing of it, and less is then hidden elsewhere.
    for parts in tables.margins.values():
        if sum(not part.shown for part in parts) == 1:
            _hide_one_more(tables, parts)
    while telling := [parts for parts in tables.margins.values() if _tells(tables, parts)]:
        if not _hide_one_more(tables, telling[0]):
            for part in tables.parts:
                part.shown = False
            return


def _hide_one_more(tables: _Tables, parts: list[_Part]) -> bool:
    """Hide the least part of a margin that is shown (a 0 last), else the total; tell whether there was one."""
    left = sorted((p for p in parts if p.shown), key=lambda p: (p.count == 0, p.count or 0, p.place))
    chosen = left[0] if left else tables.total
    was_shown, chosen.shown = chosen.shown, False
    return was_shown


def _tells(tables: _Tables, parts: list[_Part]) -> bool:
    """Tell whether what is shown gives a hidden part of a margin away."""
    hidden = [part for part in parts if not part.shown]
    if not hidden:
        return False
    low, high = tables.total_known()
    if high == inf:
        return False
    if len(hidden) == 1:
        return True
    shown = [part.known for part in parts if part.shown]
    others = len(hidden) - 1
    most = high - sum(bounds[0] for bounds in shown) - OUTPUT_LEAST * others
    if any(part.count is None or not OUTPUT_LEAST <= part.count <= OUTPUT_MOST for part in hidden):
        # One of them is hidden for the sake of the others, and nobody can know which: only ones have no other value.
        return most <= OUTPUT_LEAST
    least = low - sum(bounds[1] for bounds in shown) - OUTPUT_MOST * others
    return max(OUTPUT_LEAST, least) >= min(OUTPUT_MOST, most)


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
