"""The limits of a figure, line by line, every number whole: what is printed is enough to compute them again.

Each way to limits of ``hi_pipeline.indicators`` has its own here, in plain arithmetic; ``Limits.apart`` tells which
limits of the row do not come out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import exp, hypot, log, sqrt

from hi_pipeline.core.groups import Dimension, stratum_of
from hi_pipeline.core.indicator import Kind, Polarity
from hi_pipeline.core.status import Measure, Method
from hi_pipeline.engine.tracing.arithmetic import (
    from_scale,
    number,
    printed_pair,
    ridits,
    same,
    scale_of,
    to_scale,
    two_sides,
)
from hi_pipeline.engine.tracing.figure import Figure, Group, Row
from hi_pipeline.engine.tracing.limits import EXACT_BELOW, LEVELS, byar, poisson, wilson, z_score

_SIDES = ("numerator", "denominator")
TRUE_EVENTS = "limits by Dobson's method from the same true counts, with the number of events rounded to 5"
_NAMES = tuple(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper"))
Pair = tuple[float, float]


@dataclass
class Limits:
    """Lines about the limits; ``made`` holds those that are computed again, by the name of their column."""

    lines: list[str]
    made: dict[str, float] = field(default_factory=dict)

    def apart(self, row: Row) -> list[str]:
        """Return the names of the limits that do not come to those of the row."""
        return [name for name, value in self.made.items() if row[name] is not None and not same(value, row[name])]


def limits_of(figure: Figure) -> Limits:
    """Return how the limits of a figure come about."""
    row = figure.row
    if row["lower_95"] is None and row["upper_95"] is None:
        return Limits(lines=["limits: none"])
    found = _way(figure)(figure)
    shown = f"limits: 95% {number(row['lower_95'])} to {number(row['upper_95'])}"
    if row["lower_998"] is not None or row["upper_998"] is not None:
        shown += f"; 99.8% {number(row['lower_998'])} to {number(row['upper_998'])}"
    return Limits(lines=[*found.lines, shown], made=found.made)


def _way(figure: Figure) -> Callable[[Figure], Limits]:
    row = figure.row
    if row["measure"] == Measure.DISPROPORTIONALITY.value:
        return _of_shares
    if row["measure"] == Measure.VALUE.value and figure.indicator.published_less:
        return _of_printed
    if row["measure"] == Measure.VALUE.value and figure.indicator.kind in _OF_KINDS:
        return _OF_KINDS[figure.indicator.kind]
    ways: dict[object, Callable[[Figure], Limits]] = {
        Method.PUBLISHED.value: _printed,
        Method.BETWEEN_UNITS.value: _between_practices,
        Method.MOVER.value: _of_difference,
        Method.LOG.value: _of_ratio,
        Method.CLOSED_FORM.value: _of_slope,
        Method.FIELLER.value: _of_line,
        Method.DOBSON.value: _of_standardised,
    }
    return ways.get(row["method"], _of_counts)


def _made(limits: Callable[[float], Pair]) -> dict[str, float]:
    """Compute both limits at each level."""
    return dict(zip(_NAMES, [end for level in LEVELS.values() for end in limits(level)], strict=True))


def _printed(figure: Figure) -> Limits:
    count = figure.groups[0].count
    printed = {f"{side}_95": count[f"published_{side}_95"] for side in ("lower", "upper")}
    made = {name: value for name, value in printed.items() if isinstance(value, float)}
    return Limits(
        lines=[f"limits as the publisher prints them: {' to '.join(map(number, printed.values()))}"], made=made
    )


def _between_practices(figure: Figure) -> Limits:
    count, on = figure.groups[0].count, scale_of(figure)
    share = on == "proportion"
    events, people, units, spread = (
        _float(count[n]) for n in ("numerator", "denominator", "units", "between_variance")
    )
    r, scale = events / people, figure.indicator.multiplier
    error = sqrt(units / (units - 1) * spread) / people
    on_scale = error / (r * (1 - r)) if share else error / r
    middle = to_scale(r, on)

    def limits(level: float) -> Pair:
        reach = z_score(level) * on_scale
        return scale * from_scale(middle - reach, on), scale * from_scale(middle + reach, on)

    kind = "logit" if share else "log"
    return Limits(
        lines=[
            f"between practices: m = {number(units)}, S = sum (x - r n)^2 = {number(spread)}",
            f"V = m / (m - 1) x S / n^2, n the denominator; sqrt(V) = {number(error)}",
            f"on the {kind} scale +- z sqrt(V) / {'(r (1 - r))' if share else 'r'} = z x {number(on_scale)}",
        ],
        made=_made(limits),
    )


def _of_difference(figure: Figure) -> Limits:
    one, two = figure.groups

    def limits(level: float) -> Pair:
        (v, low, high), (w, below, above) = _at(one, level), _at(two, level)
        return v - w - hypot(v - low, above - w), v - w + hypot(high - v, w - below)

    said = "down sqrt((v - l)^2 + (U - w)^2), up sqrt((u - v)^2 + (w - L)^2) of v less w"
    return Limits(lines=[*_of_groups(figure.groups), said, _RESCALED], made=_made(limits))


def _of_printed(figure: Figure) -> Limits:
    """Limits of one printed figure less another, from the printed limits of both."""
    pair = printed_pair(figure)
    if not pair:
        return Limits(lines=["limits from those of two printed figures that are not both there"])
    (v, low, high), (w, below, above) = ([_float(row[n]) for n in ("value", "lower_95", "upper_95")] for row in pair)
    made = {"lower_95": v - w - hypot(v - low, above - w), "upper_95": v - w + hypot(high - v, w - below)}
    shown = [f"limits of {row['measure']}: 95% {number(row['lower_95'])} to {number(row['upper_95'])}" for row in pair]
    said = "down sqrt((v - l)^2 + (U - w)^2), up sqrt((u - v)^2 + (w - L)^2) of v less w"
    return Limits(lines=[*shown, said], made=made)


def _of_ratio(figure: Figure) -> Limits:
    one, two = figure.groups

    def limits(level: float) -> Pair:
        (v, low, high), (w, below, above) = _at(one, level, log), _at(two, level, log)
        return exp(v - w - hypot(v - low, above - w)), exp(v - w + hypot(high - v, w - below))

    said = "of the logs: down sqrt((v - l)^2 + (U - w)^2), up sqrt((u - v)^2 + (w - L)^2) of v less w"
    return Limits(lines=[*_of_groups(figure.groups), said, _RESCALED], made=_made(limits))


_RESCALED = "at 99.8% each side of a group is wider by the ratio of the normal quantiles"


# Ends of the counts: few events and many people in deciles 1 and 2 make the ratio smallest.
_READINGS = {
    "as printed": ("", "", "", ""),
    "smallest": ("_low", "_high", "_high", "_low"),
    "largest": ("_high", "_low", "_low", "_high"),
}


def _of_shares(figure: Figure) -> Limits:
    """Limits of a disproportionality: the outermost of three readings, each on the log scale."""
    found, lines = [], []
    for name, ends in _READINGS.items():
        x1, n1, x2, n2 = two_sides(figure.groups, ends)
        value = x1 / (x1 + x2) / (n1 / (n1 + n2))
        variance = (x2**2 * (1 / x1 - 1 / n1) + x2 * (1 - x2 / n2)) / (x1 + x2) ** 2
        error = sqrt(max(variance, 0.0))

        def limits(level: float, value: float = value, error: float = error) -> Pair:
            reach = exp(z_score(level) * error)
            return value / reach, value * reach

        found.append(_made(limits))
        lines.append(
            f"{name}: deciles 1 and 2 have {number(x1)} of {number(n1)}, the others {number(x2)} of {number(n2)}; "
            f"standard error of the log {number(error)}"
        )
    lines.append("SE^2 = (x2^2 (1 / x1 - 1 / n1) + x2 (1 - x2 / n2)) / (x1 + x2)^2; the outermost of q exp(-+ z SE)")
    return Limits(lines=lines, made=_outermost(found))


def _at(group: Group, level: float, scale: Callable[[float], float] = float) -> tuple[float, float, float]:
    """Return a group's value and limits on a scale; the limits of another level are its 95% limits made wider."""
    value, low, high = (scale(_float(group.result[name])) for name in ("value", "lower_95", "upper_95"))
    wider = z_score(level) / z_score(LEVELS["95"])
    return value, value + (low - value) * wider, value + (high - value) * wider


def _of_groups(groups: Sequence[Group]) -> list[str]:
    return [
        f"limits of {g.count['category']}: 95% {number(g.result['lower_95'])} to {number(g.result['upper_95'])}"
        for g in groups
    ]


def _of_slope(figure: Figure) -> Limits:
    kind = scale_of(figure)
    scale = float(figure.indicator.multiplier) if kind == "proportion" else 1.0
    placed = ridits(figure.groups)
    cubes = sum(a**3 for a, _ in placed)
    slope, middle, spread = 0.0, 0.0, 0.0
    for group, (a, b) in zip(figure.groups, placed, strict=True):
        y, low, high = (to_scale(_float(group.result[n]) / scale, kind) for n in ("value", "lower_95", "upper_95"))
        weight, error = 12 * a * (b - 0.5) / (1 - cubes), (high - low) / (2 * z_score(LEVELS["95"]))
        slope, middle, spread = slope + weight * y, middle + a * y, spread + (weight * error) ** 2

    def limits(level: float) -> Pair:
        reach = z_score(level) * sqrt(spread)
        ends = [
            _index(figure, *(from_scale(middle + half * (slope + s * reach), kind) for half in (-0.5, 0.5)))
            for s in (-1, 1)
        ]
        return min(ends), max(ends)

    return Limits(
        lines=[
            *_of_groups(figure.groups),
            "standard error of y = (y of the upper limit - y of the lower) / (2 x 1.96); c = 12 a (b - 1/2) / (1 - sum "
            "a^3)",
            f"slope -+ z sqrt(sum (c x standard error)^2) = z x {number(sqrt(spread))}, through the same middle",
        ],
        made=_made(limits),
    )


def _of_line(figure: Figure) -> Limits:
    """Fieller's limits of the ratio of the two ends of a straight line: where end less r times start may be nothing."""
    placed = ridits(figure.groups)
    cubes = sum(a**3 for a, _ in placed)
    start, end, start_2, end_2, both = 0.0, 0.0, 0.0, 0.0, 0.0
    for group, (a, b) in zip(figure.groups, placed, strict=True):
        value, low, high = (_float(group.result[name]) for name in ("value", "lower_95", "upper_95"))
        half, error = 6 * a * (b - 0.5) / (1 - cubes), (high - low) / (2 * z_score(LEVELS["95"]))
        first, last = a - half, a + half
        start, end = start + first * value, end + last * value
        start_2, end_2 = start_2 + (first * error) ** 2, end_2 + (last * error) ** 2
        both += first * last * error**2

    def limits(level: float) -> Pair:
        z2 = z_score(level) ** 2
        top, middle, bottom = start**2 - z2 * start_2, start * end - z2 * both, end**2 - z2 * end_2
        root = sqrt(middle**2 - top * bottom)
        ends = [top / (middle + sign * root) for sign in (1, -1)]
        return min(ends), max(ends)

    return Limits(
        lines=[
            *_of_groups(figure.groups),
            f"ends of the line: variance of the most deprived {number(start_2)}, of the least {number(end_2)}, "
            f"together {number(both)}",
            "limits where (most deprived end - r x least)^2 = z^2 times its variance (Fieller 1954)",
        ],
        made=_made(limits),
    )


def _of_standardised(figure: Figure) -> Limits:
    """Dobson's limits: those of the number of events, at the scale of the standardised rate."""
    from hi_pipeline.indicators.kinds.dsr import WHOLE_STANDARD, standard_weight

    if figure.indicator.controlled:
        return Limits(lines=[TRUE_EVENTS])
    value, m = _float(figure.row["value"]), figure.indicator.multiplier
    named = [stratum_of(Dimension(str(g.count["dimension"])), str(g.count["category"])) for g in figure.groups]
    strata = [
        (
            standard_weight(stratum.sex, stratum.band),
            _float(g.count["numerator"] or 0),
            _float(g.count["denominator"] or 0),
        )
        for g, stratum in zip(figure.groups, named, strict=True)
    ]
    known = [(weight, events, people) for weight, events, people in strata if weight and people]
    every = sum(events for _, events, _ in known)
    variance = sum(events * (weight / people) ** 2 for weight, events, people in known) / WHOLE_STANDARD**2

    def limits(level: float) -> Pair:
        low, high = byar(every, level)
        spread = m * sqrt(variance / every)
        return value + spread * (low - every), value + spread * (high - every)

    return Limits(
        lines=[
            f"O = sum of the events = {number(every)}; V = sum x (w / n)^2 / {number(WHOLE_STANDARD)}^2 "
            f"= {number(variance)}",
            "value + multiplier x sqrt(V / O) x (O_L - O) and (O_U - O), O_L and O_U Byar's limits of O (Dobson 1991)",
        ],
        made=_made(limits),
    )


def _of_index(figure: Figure) -> Limits:
    """Limits of a count against that of an earlier year, on the log scale, at the ends of what rounding leaves open."""
    found, lines = [], []
    for name, now, before in _readings(figure.groups[0].count, share=False):
        value, error = figure.indicator.multiplier * now / before, sqrt(1 / now + 1 / before)

        def limits(level: float, value: float = value, error: float = error) -> Pair:
            reach = exp(z_score(level) * error)
            return value / reach, value * reach

        found.append(_made(limits))
        lines.append(f"{name}: {number(now)} over {number(before)}, standard error of the log {number(error)}")
    lines.append("SE^2 = 1 / count + 1 / count of the earlier year; the outermost of q exp(-+ z SE)")
    return Limits(lines=lines, made=_outermost(found))


def _of_gap_of_shares(figure: Figure) -> Limits:
    """Newcombe's limits of the difference of two shares, at the ends of what rounding leaves open."""
    found, lines, m = [], [], figure.indicator.multiplier
    for name, ends in _READINGS.items():
        (x, all_x), (n, all_n) = (
            _first_of_all(figure, _SIDES[0], *ends[:2]),
            _first_of_all(figure, _SIDES[1], *ends[2:]),
        )

        def limits(level: float, x: float = x, all_x: float = all_x, n: float = n, all_n: float = all_n) -> Pair:
            (low, high), (below, above) = wilson(x, all_x, level), wilson(n, all_n, level)
            p, q = x / all_x, n / all_n
            return m * max(p - q - hypot(p - low, above - q), -1), m * min(p - q + hypot(high - p, q - below), 1)

        found.append(_made(limits))
        lines.append(f"{name}: {number(x)} of {number(all_x)} less {number(n)} of {number(all_n)}")
    lines.append("down sqrt((p - l)^2 + (U - q)^2), up sqrt((u - p)^2 + (q - L)^2), l to U by Wilson; the outermost")
    return Limits(lines=lines, made=_outermost(found))


def _first_of_all(figure: Figure, side: str, first: str, rest: str) -> Pair:
    """Return a side's count in deciles 1 and 2, and in all, the first and the others each at an end of their bounds."""
    from hi_pipeline.indicators.kinds.share_gap import MOST_DEPRIVED_FIFTH

    ends = ((g.count, first if g.count["category"] in MOST_DEPRIVED_FIFTH else rest) for g in figure.groups)
    counts = {str(count["category"]): _float(count[f"{side}{end}"]) for count, end in ends}
    return sum(counts[word] for word in MOST_DEPRIVED_FIFTH), sum(counts.values())


_OF_KINDS: dict[Kind, Callable[[Figure], Limits]] = {Kind.INDEX: _of_index, Kind.SHARE_GAP: _of_gap_of_shares}


def _outermost(found: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: (min if name.startswith("lower") else max)(of[name] for of in found) for name in _NAMES}


def _index(figure: Figure, first: float, last: float) -> float:
    """Return the index of a line's ends, from the most deprived to the least."""
    if figure.row["measure"] == Measure.RII.value:
        return first / last
    scale = figure.indicator.multiplier if figure.indicator.kind is Kind.PROPORTION else 1.0
    return scale * (last - first if figure.indicator.polarity is Polarity.HIGHER_IS_BETTER else first - last)


def _of_counts(figure: Figure) -> Limits:
    """Limits of a share or rate from its counts, at the ends of what rounding leaves open."""
    row, count, share = figure.row, figure.groups[0].count, figure.indicator.kind is Kind.PROPORTION
    if share and _rounded(count) and count["published_rounding"] is not None:
        return _about_the_value(figure)
    found, lines = {}, []
    for name, events, people in _readings(count, share=share):
        found[name] = _made(lambda level, x=events, n=people: _of_one(figure, x, n, level))  # type: ignore[misc]
        low, high = found[name]["lower_95"], found[name]["upper_95"]
        way = "Wilson" if share else "exact limits" if events < EXACT_BELOW else "Byar"
        lines.append(f"{name}: {number(events)} of {number(people)}, 95% {number(low)} to {number(high)} by {way}")
    if len(found) > 1:
        lines.append("the outermost of these")
    scale = _moved(row)
    if scale != 1:
        both = f"{number(row['published_value'])} / {number(row['computed_value'])}"
        lines.append(f"times the publisher's figure over ours: {both}")
    outer = _outermost(list(found.values()))
    return Limits(lines=lines, made={name: scale * value for name, value in outer.items()})


def _moved(row: Row) -> float:
    """Return what the limits of a rate are multiplied by where the publisher's figure stands in place of ours."""
    theirs = str(row["method"]).startswith("published")
    return _float(row["published_value"]) / _float(row["computed_value"]) if theirs and row["computed_value"] else 1.0


def _about_the_value(figure: Figure) -> Limits:
    row, m = figure.row, float(figure.indicator.multiplier)
    ends = [
        end(_float(bound) for bound in (row[name], row["value"]) if bound is not None)
        for end, name in ((min, "figure_low"), (max, "figure_high"))
    ]
    fewest = max(_float(figure.groups[0].count["denominator_low"]), 1.0)
    low, high = (min(max(end / m, 0.0), 1.0) * fewest for end in ends)

    def limits(level: float) -> Pair:
        return m * wilson(low, fewest, level)[0], m * wilson(high, fewest, level)[1]

    return Limits(
        lines=[
            f"rounding leaves open: {number(ends[0])} to {number(ends[1])}; fewest people {number(fewest)}",
            "the lower limit of the smallest and the upper limit of the largest, on the fewest people, by Wilson",
        ],
        made=_made(limits),
    )


def _rounded(count: Row) -> bool:
    ends = [(count[f"{side}_low"], count[f"{side}_high"]) for side in _SIDES]
    return any(low is not None and high is not None and low != high for low, high in ends)


def _readings(count: Row, *, share: bool) -> list[tuple[str, float, float]]:
    """Return the counts as printed and, where they are bounded, at the ends of their bounds (``indicators.limits``)."""
    found = [("as printed", _float(count["numerator"]), _float(count["denominator"]))]
    if _rounded(count):
        for words, one, two in (("lowest over highest", "low", "high"), ("highest over lowest", "high", "low")):
            events, people = count[f"numerator_{one}"], count[f"denominator_{two}"]
            if events is None or people is None:
                continue
            people = max(_float(people), 1.0) if share else _float(people)
            found.append((words, min(_float(events), people) if share else _float(events), people))
    return found


def _of_one(figure: Figure, events: float, people: float, level: float) -> Pair:
    m = figure.indicator.multiplier
    if figure.indicator.kind is Kind.PROPORTION:
        low, high = wilson(events, people, level)
    else:
        low, high = (limit / people for limit in poisson(events, level))
    return m * low, m * high


def _float(value: object) -> float:
    return float(str(value))
