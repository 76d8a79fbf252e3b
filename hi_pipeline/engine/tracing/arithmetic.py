"""The arithmetic of a figure, line by line, every number whole: what is printed is enough to compute it again.

Each line of a value ends in a number; ``Steps.value`` is the last one, and must be the figure as it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log, log1p

from hi_pipeline.core.groups import MOST_DEPRIVED_FIFTH, Dimension, stratum_of
from hi_pipeline.core.indicator import Kind, Polarity
from hi_pipeline.core.status import Measure, Method
from hi_pipeline.engine.tracing.figure import Figure, Group
from hi_pipeline.engine.tracing.lineage import SIDES
from hi_pipeline.indicators.kind import statistics_of

TRUE_COUNTS = (
    "standardised from the true counts by age and sex, then rounded; these counts are not shown, so the figure is not "
    "computed again here"
)
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


def same(one: object, two: object) -> bool:
    """Tell whether two numbers agree to 1e-9; null agrees with null alone."""
    if not isinstance(one, float) or not isinstance(two, float):
        return one is two
    return abs(one - two) <= _SAME * max(1.0, abs(two))


def to_float(value: object) -> float:
    """Return the number in a cell of a row.

    Raises:
        ValueError: there is none.
    """
    return float(str(value))


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
                     value=to_float(row["published_value"]))  # fmt: skip
    measure = row["measure"]
    if measure == Measure.VALUE.value and figure.indicator.published_less:
        return _printed_pair(figure)
    if measure in _SLOPES:
        return _slope(figure)
    if measure == Measure.DISPROPORTIONALITY.value:
        return _disproportionality(figure)
    if measure in _OVER or measure in _LESS:
        return _pair(figure)
    if figure.indicator.kind is Kind.DSR and figure.indicator.controlled and row["dimension"] != Dimension.AGE.value:
        return Steps(lines=[TRUE_COUNTS], value=to_float(row["value"]))
    if figure.indicator.kind is Kind.SHARE_GAP:
        return _gap_of_shares(figure)
    if figure.indicator.kind is Kind.DSR and not figure.indicator.controlled:
        return _standardised(figure)
    return _quotient(figure)


def printed_pair(figure: Figure) -> list[dict[str, object]]:
    """Return the printed figure and the one that is taken from it, with their limits; empty where one is not found."""
    used = figure.groups[0].used.unique("figure", maintain_order=True)
    found = [used.filter(side=side).rows(named=True) for side in SIDES[3:]]
    return [rows[0] for rows in found if len(rows) == 1] if all(len(rows) == 1 for rows in found) else []


def _printed_pair(figure: Figure) -> Steps:
    pair = printed_pair(figure)
    if not pair:
        return Steps(lines=["the two printed figures that it compares are not both there"])
    one, two = (to_float(row["value"]) for row in pair)
    lines = [
        f"value = {pair[0]['measure']} - {pair[1]['measure']}, each as the publisher prints it",
        f"      = {number(one)} - {number(two)}",
        f"      = {number(one - two)}",
    ]
    return Steps(lines=lines, value=one - two)


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
    lines, shares = [], []
    for side in _BOUNDED:
        counts = {str(g.count["category"]): to_float(g.count[side]) for g in figure.groups}
        first, every = sum(counts[word] for word in MOST_DEPRIVED_FIFTH), sum(counts.values())
        shares.append(first / every)
        lines.append(f"{side}s of deciles 1 and 2 over those of all: {number(first)} / {number(every)} = "
                     f"{number(shares[-1])}")  # fmt: skip
    value = shares[0] / shares[1]
    return Steps(lines=[*lines, f"value = {number(shares[0])} / {number(shares[1])} = {number(value)}"], value=value)


def _value(group: Group) -> float:
    return to_float(group.result["value"])


def _slope(figure: Figure) -> Steps:
    """The share-weighted line: through the logs of rates, the logits of proportions, and other figures as they are."""
    kind = scale_of(figure)
    scale = float(figure.indicator.multiplier) if kind == "proportion" else 1.0
    points = []
    scales = {"proportion": f"log(p / (1 - p)), p = value / {number(scale)}", "rate": "log(value)", "other": "value"}
    lines = ["a = share of the denominators; b = middle of the cumulative share, most deprived first",
             f"y = {scales[kind]}"]  # fmt: skip
    for group, (a, b) in zip(figure.groups, ridits(figure.groups), strict=True):
        y = to_scale(_value(group) / scale, kind)
        points.append((a, b, y))
        lines.append(f"{group.count['category']}: denominator {number(group.count['denominator'])}, "
                     f"value {number(_value(group))}, a {number(a)}, b {number(b)}, y {number(y)}")  # fmt: skip
    slope = 12 * sum(a * (b - 0.5) * y for a, b, y in points) / (1 - sum(a**3 for a, _, _ in points))
    middle = sum(a * y for a, _, y in points)
    first, last = (from_scale(middle + half * slope, kind) for half in (-0.5, 0.5))
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


def two_sides(
    groups: Sequence[Group], ends: tuple[str, str, str, str] = ("", "", "", "")
) -> tuple[float, float, float, float]:
    """Return events and people of deciles 1 and 2, then of the others, each at an end of its bounds ("" as it is)."""
    sums = []
    for first, events, people in ((True, *ends[:2]), (False, *ends[2:])):
        own = [g.count for g in groups if (g.count["category"] in MOST_DEPRIVED_FIFTH) is first]
        x = sum(to_float(count[f"numerator{events}"]) for count in own)
        sums += [x, max(sum(to_float(count[f"denominator{people}"]) for count in own), x)]
    x1, n1, x2, n2 = sums
    return x1, n1, x2, n2


def ridits(groups: Sequence[Group]) -> list[tuple[float, float]]:
    """Return of each group its share of the denominators and the middle of its cumulative share."""
    people = [to_float(group.count["denominator"]) for group in groups]
    shares = [n / sum(people) for n in people]
    return [(share, sum(shares[:place]) + share / 2) for place, share in enumerate(shares)]


def scale_of(figure: Figure) -> str:
    """Return what the figures are to a slope: "rate", "proportion" or "other"."""
    return statistics_of(figure.indicator.kind).scale


def to_scale(value: float, kind: str) -> float:
    """Return the logit of a share, the log of a rate, any other figure as it is."""
    if kind == "other":
        return value
    return log(value) - log1p(-value) if kind == "proportion" else log(value)


def from_scale(value: float, kind: str) -> float:
    """Return the share of a logit, the rate of a log, any other figure as it is."""
    if kind == "other":
        return value
    return 1 / (1 + exp(-value)) if kind == "proportion" else exp(value)


def _gap_of_shares(figure: Figure) -> Steps:
    """The share that deciles 1 and 2 have above the line less the one that they have below it."""
    lines, shares = [], []
    for side in _BOUNDED:
        counts = {str(group.count["category"]): to_float(group.count[side]) for group in figure.groups}
        first, whole = sum(counts[word] for word in MOST_DEPRIVED_FIFTH), sum(counts.values())
        shares.append(first / whole)
        lines.append(f"{side}: {number(first)} of {number(whole)} in deciles 1 and 2, a share of {number(shares[-1])}")
    value = figure.indicator.multiplier * (shares[0] - shares[1])
    return Steps(
        lines=[*lines, f"value = {number(float(figure.indicator.multiplier))} x their difference = {number(value)}"],
        value=value,
    )


def _standardised(figure: Figure) -> Steps:
    """The weighted sum of the rates by age and sex."""
    from hi_pipeline.indicators.kinds.dsr import WHOLE_STANDARD, standard_weight

    lines, total = [f"each group adds standard persons / {number(WHOLE_STANDARD)} x events / population"], 0.0
    for group in figure.groups:
        stratum = stratum_of(Dimension(str(group.count["dimension"])), str(group.count["category"]))
        weight = standard_weight(stratum.sex, stratum.band)
        events, people = (to_float(group.count[side] or 0.0) for side in _BOUNDED)
        added = weight / WHOLE_STANDARD * events / people if people and weight else 0.0
        total += added
        lines.append(f"{group.count['category']}: standard persons {number(weight)}, events {number(events)}, "
                     f"population {number(people)}, adds {number(added)}")  # fmt: skip
    value = figure.indicator.multiplier * total
    return Steps(
        lines=[*lines, f"value = {number(figure.indicator.multiplier)} x their sum = {number(value)}"], value=value
    )
