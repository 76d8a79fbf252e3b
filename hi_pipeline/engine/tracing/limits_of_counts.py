"""Limits from the counts of one group: of a share, a rate, an index, a standardised rate, and as they are printed."""

from math import exp, sqrt

from hi_pipeline.core.groups import Dimension, stratum_of
from hi_pipeline.core.indicator import Kind
from hi_pipeline.engine.tracing.arithmetic import from_scale, number, scale_of, to_float, to_scale
from hi_pipeline.engine.tracing.figure import Figure, Row
from hi_pipeline.engine.tracing.limits import EXACT_BELOW, byar, poisson, wilson, z_score
from hi_pipeline.engine.tracing.limits_told import Limits, Pair, at_each_level, outermost

_SIDES = ("numerator", "denominator")
TRUE_EVENTS = "limits by Dobson's method from the same true counts, with the number of events rounded to 5"


def as_printed(figure: Figure) -> Limits:
    """Limits that the publisher prints beside its figure."""
    count = figure.groups[0].count
    printed = {f"{side}_95": count[f"published_{side}_95"] for side in ("lower", "upper")}
    made = {name: value for name, value in printed.items() if isinstance(value, float)}
    return Limits(
        lines=[f"limits as the publisher prints them: {' to '.join(map(number, printed.values()))}"], made=made
    )


def of_counts(figure: Figure) -> Limits:
    """Limits of a share or rate from its counts, at the ends of what rounding leaves open."""
    row, count, share = figure.row, figure.groups[0].count, figure.indicator.kind is Kind.PROPORTION
    if share and _rounded(count) and count["published_rounding"] is not None:
        return _about_the_value(figure)
    found, lines = {}, []
    for name, events, people in _readings(count, share=share):
        found[name] = at_each_level(lambda level, x=events, n=people: _of_one(figure, x, n, level))  # type: ignore[misc]
        low, high = found[name]["lower_95"], found[name]["upper_95"]
        way = "Wilson" if share else "exact limits" if events < EXACT_BELOW else "Byar"
        lines.append(f"{name}: {number(events)} of {number(people)}, 95% {number(low)} to {number(high)} by {way}")
    if len(found) > 1:
        lines.append("the outermost of these")
    scale = _moved(row)
    if scale != 1:
        both = f"{number(row['published_value'])} / {number(row['computed_value'])}"
        lines.append(f"times the publisher's figure over ours: {both}")
    outer = outermost(list(found.values()))
    return Limits(lines=lines, made={name: scale * value for name, value in outer.items()})


def _moved(row: Row) -> float:
    """Return what the limits of a rate are multiplied by where the publisher's figure stands in place of ours."""
    if not str(row["method"]).startswith("published") or not row["computed_value"]:
        return 1.0
    return to_float(row["published_value"]) / to_float(row["computed_value"])


def _about_the_value(figure: Figure) -> Limits:
    """Limits of a printed share: of the smallest and the largest figure that rounding leaves open."""
    row, m = figure.row, float(figure.indicator.multiplier)
    ends = [
        end(to_float(bound) for bound in (row[name], row["value"]) if bound is not None)
        for end, name in ((min, "figure_low"), (max, "figure_high"))
    ]
    fewest = max(to_float(figure.groups[0].count["denominator_low"]), 1.0)
    low, high = (min(max(end / m, 0.0), 1.0) * fewest for end in ends)

    def limits(level: float) -> Pair:
        return m * wilson(low, fewest, level)[0], m * wilson(high, fewest, level)[1]

    return Limits(
        lines=[
            f"rounding leaves open: {number(ends[0])} to {number(ends[1])}; fewest people {number(fewest)}",
            "the lower limit of the smallest and the upper limit of the largest, on the fewest people, by Wilson",
        ],
        made=at_each_level(limits),
    )


def _of_one(figure: Figure, events: float, people: float, level: float) -> Pair:
    m = figure.indicator.multiplier
    if figure.indicator.kind is Kind.PROPORTION:
        low, high = wilson(events, people, level)
    else:
        low, high = (limit / people for limit in poisson(events, level))
    return m * low, m * high


def between_practices(figure: Figure) -> Limits:
    """Limits from how much the practices of an area differ: a share on the logit scale, a rate on the log scale."""
    count, on = figure.groups[0].count, scale_of(figure)
    share = on == "proportion"
    events, people, units, spread = (
        to_float(count[n]) for n in ("numerator", "denominator", "units", "between_variance")
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
        made=at_each_level(limits),
    )


def of_standardised(figure: Figure) -> Limits:
    """Dobson's limits: those of the number of events, at the scale of the standardised rate."""
    from hi_pipeline.indicators.kinds.dsr import WHOLE_STANDARD, standard_weight

    if figure.indicator.controlled:
        return Limits(lines=[TRUE_EVENTS])
    value, m = to_float(figure.row["value"]), figure.indicator.multiplier
    named = [stratum_of(Dimension(str(g.count["dimension"])), str(g.count["category"])) for g in figure.groups]
    strata = [
        (
            standard_weight(stratum.sex, stratum.band),
            to_float(g.count["numerator"] or 0),
            to_float(g.count["denominator"] or 0),
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
        made=at_each_level(limits),
    )


def of_index(figure: Figure) -> Limits:
    """Limits of a count against that of an earlier year, on the log scale, at the ends of what rounding leaves open."""
    found, lines = [], []
    for name, now, before in _readings(figure.groups[0].count, share=False):
        value, error = figure.indicator.multiplier * now / before, sqrt(1 / now + 1 / before)

        def limits(level: float, value: float = value, error: float = error) -> Pair:
            reach = exp(z_score(level) * error)
            return value / reach, value * reach

        found.append(at_each_level(limits))
        lines.append(f"{name}: {number(now)} over {number(before)}, standard error of the log {number(error)}")
    lines.append("SE^2 = 1 / count + 1 / count of the earlier year; the outermost of q exp(-+ z SE)")
    return Limits(lines=lines, made=outermost(found))


def _readings(count: Row, *, share: bool) -> list[tuple[str, float, float]]:
    """Return the counts as printed and, where they are bounded, at the ends of their bounds (``indicators.limits``)."""
    found = [("as printed", to_float(count["numerator"]), to_float(count["denominator"]))]
    if _rounded(count):
        for words, one, two in (("lowest over highest", "low", "high"), ("highest over lowest", "high", "low")):
            events, people = count[f"numerator_{one}"], count[f"denominator_{two}"]
            if events is None or people is None:
                continue
            people = max(to_float(people), 1.0) if share else to_float(people)
            found.append((words, min(to_float(events), people) if share else to_float(events), people))
    return found


def _rounded(count: Row) -> bool:
    ends = [(count[f"{side}_low"], count[f"{side}_high"]) for side in _SIDES]
    return any(low is not None and high is not None and low != high for low, high in ends)
