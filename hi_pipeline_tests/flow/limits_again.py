"""Limits computed again from the arithmetic that hi explain prints, each way to limits written out once more."""

import math
import re
from collections.abc import Callable, Sequence

from scipy.stats import chi2, norm

NUMBER = r"-?[\d,]+(?:\.\d+)?(?:e-?\d+)?"
PAIR = re.compile(rf"^        = ({NUMBER}) ([-/]) ({NUMBER})$")
RUNG = re.compile(rf"^  .*: denominator ({NUMBER}), value ({NUMBER}), a ")
_LIMITS = re.compile(
    rf"^  limits: 95% ({NUMBER}|none) to ({NUMBER}|none)(?:; 99.8% ({NUMBER}|none) to ({NUMBER}|none))?$"
)
_READING = re.compile(rf"^  [a-z ]+: ({NUMBER}) of ({NUMBER}), 95% {NUMBER} to {NUMBER} by (.*)$")
_MOVED = re.compile(rf"^  times the publisher's figure over ours: ({NUMBER}) / ({NUMBER})$")
_OPEN = re.compile(rf"^  rounding leaves open: ({NUMBER}) to ({NUMBER}); fewest people ({NUMBER})$")
_PRACTICES = re.compile(rf"^  between practices: m = ({NUMBER}), S = sum \(x - r n\)\^2 = ({NUMBER})$")
_GROUP = re.compile(rf"^  limits of .*: 95% ({NUMBER}) to ({NUMBER})$")
_PRINTED = re.compile(rf"^  limits as the publisher prints them: ({NUMBER}) to ({NUMBER})$")
_SHARES = re.compile(
    rf"^  [a-z ]+: deciles 1 and 2 have ({NUMBER}) of ({NUMBER}), the others ({NUMBER}) of ({NUMBER}); standard"
)
STRATUM = re.compile(rf"^  .*: standard persons ({NUMBER}), events ({NUMBER}), population ({NUMBER}), adds ({NUMBER})$")
_VALUE = re.compile(rf"^  value = ({NUMBER}) x numerator / denominator$")
_QUOTIENT = re.compile(rf"^        = ({NUMBER}) x ({NUMBER}) / ({NUMBER})$")

Ends = tuple[float, float]


def printed_limits(lines: Sequence[str]) -> dict[float, tuple[float | None, float | None]]:
    """Return the limits that are printed, by their level."""
    found = next(match for line in lines if (match := _LIMITS.match(line)))
    ends = [None if text in (None, "none") else _float(text) for text in found.groups()]
    return {0.95: (ends[0], ends[1])} | ({0.998: (ends[2], ends[3])} if found[3] else {})


def way_of(lines: Sequence[str]) -> str:
    """Return the way to the limits that the lines tell."""
    marks = {"readings": _READING, "open": _OPEN, "practices": _PRACTICES, "groups": _GROUP, "printed": _PRINTED,
             "shares": _SHARES, "strata": STRATUM}  # fmt: skip
    (way,) = (name for name, mark in marks.items() if any(mark.match(line) for line in lines))
    if way != "groups":
        return way
    return "slope" if any(RUNG.match(line) for line in lines) else "pair"


def limits_again(lines: Sequence[str], level: float, *, share: bool, index: Callable[[list[Ends]], float]) -> Ends:
    """Compute the limits of a level.

    Args:
        lines: the arithmetic as printed, broken lines joined.
        level: 0.95 or 0.998.
        share: the figures are shares, not rates.
        index: the slope or relative index of groups, each by its denominator and value.
    """
    way, z = way_of(lines), float(norm.ppf(0.5 + level / 2))
    if way == "readings":
        return _of_readings(lines, z, level)
    if way == "open":
        ((low, high, people),) = _numbers(_OPEN, lines)
        m = _multiplier(lines)
        counts = [min(max(end / m, 0.0), 1.0) * people for end in (low, high)]
        return m * _one(counts[0], people, "Wilson", z, level)[0], m * _one(counts[1], people, "Wilson", z, level)[1]
    if way == "practices":
        return _between(lines, z, share=share)
    if way == "strata":
        return _of_strata(lines, z)
    if way == "shares":
        each = [_of_shares(*counts, z) for counts in _numbers(_SHARES, lines)]
        return min(low for low, _ in each), max(high for _, high in each)
    if way == "pair":
        return _of_pair(lines, z)
    if way == "slope":
        return _of_slope(lines, z, share=share, index=index)
    ((low, high),) = _numbers(_PRINTED, lines)
    return low, high


def _float(text: str) -> float:
    return float(text.replace(",", ""))


def _numbers(mark: re.Pattern[str], lines: Sequence[str]) -> list[list[float]]:
    return [[_float(text) for text in match.groups()] for line in lines if (match := mark.match(line))]


def _multiplier(lines: Sequence[str]) -> float:
    ((m,),) = _numbers(_VALUE, lines)
    return m


def _of_readings(lines: Sequence[str], z: float, level: float) -> Ends:
    scale = _multiplier(lines)
    for ours in _numbers(_MOVED, lines):
        scale *= ours[0] / ours[1]
    found = [match for line in lines if (match := _READING.match(line))]
    each = [_one(_float(match[1]), _float(match[2]), match[3], z, level) for match in found]
    return scale * min(low for low, _ in each), scale * max(high for _, high in each)


def _one(events: float, people: float, way: str, z: float, level: float) -> Ends:
    if way == "Wilson":
        share, middle = events / people, 1 + z * z / people
        half = z * math.sqrt(share * (1 - share) / people + z * z / (4 * people * people)) / middle
        return (share + z * z / (2 * people)) / middle - half, (share + z * z / (2 * people)) / middle + half
    if way == "Byar":
        low, high = (
            (n, 1 - 1 / (9 * n) + sign * z / (3 * math.sqrt(n))) for n, sign in ((events, -1), (events + 1, 1))
        )
        return low[0] * low[1] ** 3 / people, high[0] * high[1] ** 3 / people
    assert way == "exact limits"
    tail = (1 - level) / 2
    lower = chi2.ppf(tail, 2 * events) / 2 if events else 0.0
    return float(lower) / people, float(chi2.ppf(1 - tail, 2 * events + 2)) / 2 / people


def _between(lines: Sequence[str], z: float, *, share: bool) -> Ends:
    ((units, spread),), ((m, x, n),) = _numbers(_PRACTICES, lines), _numbers(_QUOTIENT, lines)
    r = x / n
    error = math.sqrt(units / (units - 1) * spread) / n
    if not share:
        return m * r * math.exp(-z * error / r), m * r * math.exp(z * error / r)
    logit, reach = math.log(r / (1 - r)), z * error / (r * (1 - r))
    return m / (1 + math.exp(reach - logit)), m / (1 + math.exp(-reach - logit))


def _of_strata(lines: Sequence[str], z: float) -> Ends:
    """Dobson's limits, the multiplier from the printed line of the value."""
    strata = _numbers(STRATUM, lines)
    sums = [match for line in lines if (match := re.match(rf"^  value = ({NUMBER}) x their sum = ({NUMBER})$", line))]
    m, value = _float(sums[0][1]), _float(sums[0][2])
    x = sum(events for _, events, people, _ in strata if people)
    v = sum(events * (weight / people / 100_000) ** 2 for weight, events, people, _ in strata if people)
    ends = _one(x, 1.0, "Byar", z, 0.0)
    return value + m * math.sqrt(v / x) * (ends[0] - x), value + m * math.sqrt(v / x) * (ends[1] - x)


def _of_shares(x1: float, n1: float, x2: float, n2: float, z: float) -> Ends:
    q, y = x1 * (n1 + n2) / (n1 * (x1 + x2)), x1 + x2
    error = math.sqrt(max((x2 / y) ** 2 * (n1 - x1) / (n1 * x1) + x2 * (n2 - x2) / (n2 * y * y), 0.0))
    return q * math.exp(-z * error), q * math.exp(z * error)


def _of_pair(lines: Sequence[str], z: float) -> Ends:
    pair = next(match for line in lines if (match := PAIR.match(line)))
    ratio, wider = pair[2] == "/", z / float(norm.ppf(0.975))
    scaled: Callable[[float], float] = math.log if ratio else float
    values = [scaled(_float(pair[i])) for i in (1, 3)]
    ends = [[scaled(end) for end in ends] for ends in _numbers(_GROUP, lines)]
    (below, above), (other_below, other_above) = (
        [(end - value) * wider for end in pair_of_ends] for value, pair_of_ends in zip(values, ends, strict=True)
    )
    middle = values[0] - values[1]
    found = middle - math.hypot(below, other_above), middle + math.hypot(above, other_below)
    return (math.exp(found[0]), math.exp(found[1])) if ratio else found


def _of_slope(lines: Sequence[str], z: float, *, share: bool, index: Callable[[list[Ends]], float]) -> Ends:
    """Tilt the groups as far as the slope is uncertain, about the middle, and fit the line again."""
    rungs, limits = _numbers(RUNG, lines), _numbers(_GROUP, lines)
    scale = 100.0 if share else 1.0
    every, below, middles = sum(n for n, _ in rungs), 0.0, []
    for n, _ in rungs:
        middles.append(below + n / every / 2)
        below += n / every
    shares = [n / every for n, _ in rungs]

    def y(value: float) -> float:
        return math.log(value / scale / (1 - value / scale)) if share else math.log(value)

    around = sum(a * (b - 0.5) ** 2 for a, b in zip(shares, middles, strict=True))
    errors = [(y(high) - y(low)) / (2 * float(norm.ppf(0.975))) for low, high in limits]
    weighted = zip(shares, middles, errors, strict=True)
    reach = z * math.sqrt(sum((a * (b - 0.5) / around * error) ** 2 for a, b, error in weighted))
    found = []
    for sign in (-1, 1):
        tilted = [(n, y(value) + sign * reach * (b - 0.5)) for (n, value), b in zip(rungs, middles, strict=True)]
        found.append(index([(n, scale / (1 + math.exp(-at)) if share else math.exp(at)) for n, at in tilted]))
    return min(found), max(found)
