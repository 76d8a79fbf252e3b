"""The arithmetic of a figure, line by line, every number whole: what is printed is enough to compute it again.

Each line of a value ends in a number; ``Steps.value`` is the last one, and must be the figure as it stands.
"""

from dataclasses import dataclass, field
from math import exp, log, log1p

from hi_pipeline.core.indicator import Indicator, Kind, Polarity
from hi_pipeline.core.status import Measure, Method
from hi_pipeline.engine.tracing.figure import Figure, Group, Row
from hi_pipeline.engine.tracing.limits import EXACT_BELOW, LEVELS, poisson, wilson

_BOUNDED = ("numerator", "denominator")
_OVER = (Measure.RATIO.value, Measure.RATE_RATIO.value)
_LESS = (Measure.GAP.value, Measure.DIFFERENCE.value)
_SLOPES = (Measure.SII.value, Measure.RII.value)
_SAME = 1e-9


@dataclass
class Steps:
    """Lines of arithmetic and the value that they come to; None where there is nothing to compute."""

    lines: list[str] = field(default_factory=list)
    value: float | None = None

    def agrees(self, stored: object) -> bool:
        """Tell whether the value is the stored one, to 1e-9 of it."""
        return same(self.value, stored)


@dataclass
class Limits:
    """Lines about the limits; ``made`` holds those that are computed again, by the name of their column."""

    lines: list[str]
    made: dict[str, float] = field(default_factory=dict)

    def apart(self, row: Row) -> list[str]:
        """Return the names of the limits that do not come to those of the row."""
        return [name for name, value in self.made.items() if not same(value, row[name])]


def same(one: object, two: object) -> bool:
    """Tell whether two numbers agree to 1e-9; null agrees with null alone."""
    if not isinstance(one, float) or not isinstance(two, float):
        return one is two
    return abs(one - two) <= _SAME * max(1.0, abs(two))


def number(value: object) -> str:
    """Return a number whole: counts with commas before each three digits, others with every digit they have."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{int(value):,}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def steps_of(figure: Figure) -> Steps:
    """Return the arithmetic of a figure from the counts and values of its groups."""
    row = figure.row
    if row["status"] != "ok":
        return Steps(lines=[f"no value: {row['status']}"])
    if row["method"] == Method.PUBLISHED.value:
        return Steps(lines=[f"value = the publisher's own figure = {number(row['published_value'])}"],
                     value=float(str(row["published_value"])))  # fmt: skip
    measure = row["measure"]
    if measure in _SLOPES:
        return _slope(figure)
    if measure == Measure.DISPROPORTIONALITY.value:
        return _disproportionality(figure)
    if measure in _OVER or measure in _LESS:
        return _pair(figure)
    if figure.indicator.kind is Kind.DSR:
        return _standardised(figure)
    return _quotient(figure)


def limits_of(figure: Figure) -> Limits:
    """Return how the limits of a value come from its counts: three readings of them, the outermost limits count."""
    row, kind = figure.row, figure.indicator.kind
    if row["lower_95"] is None:
        return Limits(lines=["limits: none"])
    shown = f"limits: 95% {number(row['lower_95'])} to {number(row['upper_95'])}"
    if row["lower_998"] is not None:
        shown += f"; 99.8% {number(row['lower_998'])} to {number(row['upper_998'])}"
    if row["measure"] != Measure.VALUE.value or kind not in (Kind.PROPORTION, Kind.RATE):
        return Limits(lines=[f"{shown}, by the method {row['method']} (docs/methods.md)"])
    count = figure.groups[0].count
    rounded = any(count[f"{side}_low"] != count[f"{side}_high"] for side in _BOUNDED)
    if rounded or count["between_variance"] is not None or not same(row["value"], row["computed_value"]):
        # Centred on the value, with what rounding leaves open, or from between the practices: not done again here.
        return Limits(lines=[f"{shown}, by the method {row['method']} (docs/methods.md)"])
    lines, found = [], []
    for words, events, people in _readings(figure.groups[0].count, proportion=kind is Kind.PROPORTION):
        pairs = [_pair_of_limits(figure.indicator, events, people, level) for level in LEVELS.values()]
        found.append([*pairs[0], *pairs[1]])
        (low, high), way = pairs[0], _way(kind, events)
        lines.append(f"{words}: {number(events)} of {number(people)}, 95% {number(low)} to {number(high)} by {way}")
    lows, highs = ([min(f[i] for f in found) for i in (0, 2)], [max(f[i] for f in found) for i in (1, 3)])
    made = {"lower_95": lows[0], "upper_95": highs[0], "lower_998": lows[1], "upper_998": highs[1]}
    return Limits(lines=[*lines, f"{shown}: the outermost of these" if len(lines) > 1 else shown], made=made)


def _readings(count: Row, *, proportion: bool) -> list[tuple[str, float, float]]:
    """Return the counts as printed and, where they are bounded, at the ends of their bounds (indicators.widen)."""
    found = [("as printed", float(str(count["numerator"])), float(str(count["denominator"])))]
    if any(count[f"{side}_low"] != count[f"{side}_high"] for side in _BOUNDED):
        for words, one, two in (("lowest over highest", "low", "high"), ("highest over lowest", "high", "low")):
            events, people = float(str(count[f"numerator_{one}"])), float(str(count[f"denominator_{two}"]))
            people = max(people, 1.0) if proportion else people
            found.append((words, min(events, people) if proportion else events, people))
    return found


def _pair_of_limits(indicator: Indicator, events: float, people: float, level: float) -> tuple[float, float]:
    if indicator.kind is Kind.PROPORTION:
        low, high = wilson(events, people, level)
    else:
        low, high = (limit / people for limit in poisson(events, level))
    return indicator.multiplier * low, indicator.multiplier * high


def _way(kind: Kind, events: float) -> str:
    return "Wilson" if kind is Kind.PROPORTION else "exact limits" if events < EXACT_BELOW else "Byar"


def _quotient(figure: Figure) -> Steps:
    count, m = figure.groups[0].count, float(figure.indicator.multiplier)
    top, bottom = count["numerator"], count["denominator"]
    if figure.indicator.kind is Kind.COUNT or not isinstance(bottom, float) or not isinstance(top, float):
        value = top if isinstance(top, float) else None
        return Steps(lines=[f"value = numerator = {number(value)}"], value=value)
    value = m * top / bottom
    printed, headline = figure.row["published_value"], figure.row["value"]
    lines = [f"value = {number(m)} x numerator / denominator",
             f"      = {number(m)} x {number(top)} / {number(bottom)}", f"      = {number(value)}"]  # fmt: skip
    if isinstance(printed, float) and not same(value, headline):
        lines.append(f"the publisher prints {number(printed)}, and the computed value lies outside its rounding:")
        return Steps(lines=[*lines, f"value = the publisher's own figure = {number(printed)}"], value=printed)
    return Steps(lines=lines, value=value)


def _pair(figure: Figure) -> Steps:
    if len(figure.groups) != 2:
        return Steps(lines=["the two groups that it compares are not both there"])
    (name, one), (other, two) = ((str(g.count["category"]), _value(g)) for g in figure.groups)
    over = figure.row["measure"] in _OVER
    sign = "/" if over else "-"
    value = one / two if over else one - two
    lines = [
        f"value = {name} {sign} {other}",
        f"      = {number(one)} {sign} {number(two)}",
        f"      = {number(value)}",
    ]
    return Steps(lines=lines, value=value)


def _disproportionality(figure: Figure) -> Steps:
    """The first two deciles' share of the numerators over their share of the denominators."""
    from hi_pipeline.indicators.disproportion import MOST_DEPRIVED

    lines, shares = [], []
    for side in _BOUNDED:
        counts = {str(g.count["category"]): float(str(g.count[side])) for g in figure.groups}
        first, every = sum(counts[word] for word in MOST_DEPRIVED), sum(counts.values())
        shares.append(first / every)
        lines.append(f"{side}s of deciles 1 and 2 over those of all: {number(first)} / {number(every)} = "
                     f"{number(shares[-1])}")  # fmt: skip
    value = shares[0] / shares[1]
    return Steps(lines=[*lines, f"value = {number(shares[0])} / {number(shares[1])} = {number(value)}"], value=value)


def _value(group: Group) -> float:
    return float(str(group.result["value"]))


def _slope(figure: Figure) -> Steps:
    """The share-weighted line through the groups, on the log scale for rates and the logit scale for proportions."""
    share_of = figure.indicator.kind is Kind.PROPORTION
    scale = float(figure.indicator.multiplier) if share_of else 1.0
    people = [float(str(g.count["denominator"])) for g in figure.groups]
    every, below, points = sum(people), 0.0, []
    lines = ["a = share of the denominators; b = middle of the cumulative share, most deprived first",
             f"y = {'log(p / (1 - p)), p = value / ' + number(scale) if share_of else 'log(value)'}"]  # fmt: skip
    for group, n in zip(figure.groups, people, strict=True):
        share, value = n / every, _value(group) / scale
        middle = below + share / 2
        below += share
        y = log(value) - log1p(-value) if share_of else log(value)
        points.append((share, middle, y))
        lines.append(f"{group.count['category']}: denominator {number(n)}, value {number(_value(group))}, "
                     f"a {number(share)}, b {number(middle)}, y {number(y)}")  # fmt: skip
    slope = 12 * sum(a * (b - 0.5) * y for a, b, y in points) / (1 - sum(a**3 for a, _, _ in points))
    middle = sum(a * y for a, _, y in points)
    first, last = (_back(middle + half * slope, share_of) for half in (-0.5, 0.5))
    lines += [f"slope = 12 sum a (b - 1/2) y / (1 - sum a^3) = {number(slope)}", f"middle = sum a y = {number(middle)}",
              f"fitted at the most deprived end (middle - slope / 2): {number(first * scale)}",
              f"fitted at the least deprived end (middle + slope / 2): {number(last * scale)}"]  # fmt: skip
    relative = figure.row["measure"] == Measure.RII.value
    better = figure.indicator.polarity is Polarity.HIGHER_IS_BETTER
    value = first / last if relative else scale * (last - first if better else first - last)
    said = (
        "most over least deprived" if relative else "least less most deprived" if better else "most less least deprived"
    )
    return Steps(lines=[*lines, f"value = {said} = {number(value)}"], value=value)


def _back(value: float, share: bool) -> float:
    return 1 / (1 + exp(-value)) if share else exp(value)


def _standardised(figure: Figure) -> Steps:
    """The weighted sum of the rates by age and sex."""
    from hi_pipeline.indicators.kinds.dsr import WHOLE_STANDARD, standard_weight

    lines, total = [f"each group adds standard persons / {number(WHOLE_STANDARD)} x events / population"], 0.0
    for group in figure.groups:
        weight = standard_weight(str(group.count["category"]))
        events, people = (float(str(group.count[side] or 0.0)) for side in _BOUNDED)
        added = weight / WHOLE_STANDARD * events / people if people and weight else 0.0
        total += added
        lines.append(f"{group.count['category']}: standard persons {number(weight)}, events {number(events)}, "
                     f"population {number(people)}, adds {number(added)}")  # fmt: skip
    value = figure.indicator.multiplier * total
    return Steps(
        lines=[*lines, f"value = {number(figure.indicator.multiplier)} x their sum = {number(value)}"], value=value
    )
