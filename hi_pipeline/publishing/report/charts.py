"""Charts over figures: dots with interval lines, and the overview of the two ends of deprivation.

Marks differ in shape as well as colour, every mark is labelled where it stands, and what is missing is said to be.
"""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from hi_pipeline.core.groups import UNKNOWN, Dimension
from hi_pipeline.core.status import Unit
from hi_pipeline.publishing.report import svg
from hi_pipeline.publishing.report.document import Chart
from hi_pipeline.publishing.report.facts import IndicatorFacts
from hi_pipeline.publishing.report.figures import Figure
from hi_pipeline.publishing.report.numbers import MINUS, number_of, printed, unit_words

_ALT = 250
_STEP, _WIDE_STEP = 18, 38
_FOOT = 26  # for the axis below the rows
_DOZEN = 12
_BETWEEN = 14  # from label to label of an axis
_Ends = tuple[IndicatorFacts, tuple[Figure, Figure], Figure]
_TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")
_NOTICE = "SYNTHETIC: made-up figures"
_HEADER = ("Group", "Value", "Lower 95% limit", "Upper 95% limit", "England", "Unit", "Status")


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)


def dots(
    figures: Sequence[Figure], *, anchor: str, title: str, labels: Sequence[str], pattern: str, synthetic: bool
) -> Chart | None:
    """Return a dot for each figure, its 95% limits as a line, and England's value as a tick.

    Args:
        figures: of one unit, in the order drawn; those without a value say why.
        anchor: id of the chart.
        title: computed title.
        labels: the name of each row.
        pattern: what the alternative text says of the picture.
        synthetic: whether the drawing must say SYNTHETIC.

    Returns:
        None where no figure has a value.
    """
    known = [f for f in figures if f.value is not None]
    if not known:
        return None
    parts, top = _top(synthetic, _key(figures))
    parts += _panel(figures, labels, top=top, begin=0.0, end=svg.WIDTH)
    # Groups of deprivation have an order, and their ends tell of it, hidden ones too; the others have extremes.
    if known[0].dimension == Dimension.DEPRIVATION.value:
        pairs, words = list(zip(figures, labels, strict=True)), ("First", "last")
    else:
        pairs, words = sorted(_pairs(figures, labels), key=lambda pair: pair[0].value or 0), ("Lowest", "highest")
    alt = _alt(f"{_kind(figures)}. {pattern}", pairs, words)
    height = top + _STEP * len(figures) + _FOOT
    return _chart(parts, height=height, anchor=anchor, title=title, alt=alt, drawn=_drawn(figures, labels))


def years(
    totals: Sequence[Figure], gaps: Sequence[Figure], *, anchor: str, title: str, synthetic: bool
) -> Chart | None:
    """Return everybody's figure by year and, beside it on a scale of its own, the difference of the ends by year.

    A series of fewer than two figures is left out, and the other has the whole width; None where both are.
    """
    named = (("Everybody", totals), ("Most deprived minus least deprived", gaps))
    shown = [(name, figures) for name, figures in named if sum(f.value is not None for f in figures) > 1]
    if not shown:
        return None
    every = [figure for _, figures in shown for figure in figures]
    parts, top = _top(synthetic, _key(every))
    room = svg.WIDTH / len(shown)
    drawn: list[tuple[str, ...]] = [_HEADER]
    said = []
    for number, (name, figures) in enumerate(shown):
        labels = [f.year for f in figures]
        parts.append(svg.text(number * room + 12, top + 12, name))
        parts += _panel(figures, labels, top=top + 18, begin=number * room, end=(number + 1) * room)
        drawn += _drawn(figures, [f"{name}, {year}" for year in labels])[1:]
        known = _pairs(figures, labels)
        (first, first_year), (last, last_year) = known[0], known[-1]
        said.append(f"{name}: {first.said} in {first_year}, {last.said} in {last_year}.")
    alt = " ".join([f"{_kind(every, ' by year')}.", *said])
    height = top + 18 + _STEP * max(len(figures) for _, figures in shown) + _FOOT
    return _chart(parts, height=height, anchor=anchor, title=title, alt=alt[:_ALT], drawn=tuple(drawn))


def _panel(figures: Sequence[Figure], labels: Sequence[str], *, top: float, begin: float, end: float) -> list[str]:
    """Return rows of dots with their labels, values and axis between two edges; at least one figure has a value."""
    known = [f for f in figures if f.value is not None]
    parts = []
    left = begin + 12 + max(svg.width_of(label) for label in labels)
    notes = [_beside(f) for f in figures]
    # Beside the axis stand the values and, below them, the unit.
    beside = max(svg.width_of(words) for words in (*notes, unit_words(known[0].unit)))
    scale = _scale(known, left=left + 12, right=end - 16 - beside)
    for number, (figure, label, note) in enumerate(zip(figures, labels, notes, strict=True)):
        y = top + _STEP * number + _STEP / 2
        parts.append(svg.text(left, y + 4, label, anchor="end"))
        parts.append(svg.line(scale.left, y, scale.right, y, colour="#D8DDE0"))
        parts += _mark(figure, scale, y)
        parts.append(svg.text(scale.right + 12, y + 4, note))
    return [*parts, *_axis(scale, top + _STEP * len(figures), known[0])]


def overview(indicators: Sequence[IndicatorFacts], *, synthetic: bool) -> tuple[Chart, ...]:
    """Return the most and the least deprived group of each indicator, in charts of a dozen rows.

    The scale of each row is its own: England's value for everybody stands in the same place in every row. Numbers of
    people are left out, as England's is no measure for a board's.
    """
    rows = [
        (found, ends, found.total)
        for found in indicators
        if (ends := found.ends) and found.total is not None and _tick(found.total)
    ]
    if not rows:
        return ()
    shares = [share for _, ends, total in rows for figure in ends for share in _shares(figure, total)]
    scale = _Scale(min(*shares, 0.9), max(*shares, 1.1), 20.0, svg.WIDTH - 20)
    parts = [rows[n : n + _DOZEN] for n in range(0, len(rows), _DOZEN)]
    title = "Most and least deprived groups beside England"
    titles = [title if len(parts) == 1 else f"{title} ({n} of {len(parts)})" for n in range(1, len(parts) + 1)]
    return tuple(
        _dumbbells(part, scale, anchor=f"chart-overview-{n}", title=name, synthetic=synthetic)
        for n, (part, name) in enumerate(zip(parts, titles, strict=True), start=1)
    )


def _dumbbells(rows: Sequence[_Ends], scale: _Scale, *, anchor: str, title: str, synthetic: bool) -> Chart:
    parts, top = _top(synthetic, "Dot: most deprived. Diamond: least deprived. Lines: 95% limits. Tick: England.")
    drawn: list[tuple[str, ...]] = [_HEADER]
    for number, (found, ends, total) in enumerate(rows):
        y = top + _WIDE_STEP * number + 30
        parts.append(svg.text(12, y - 15, f"{found.card.short} ({unit_words(found.card.unit)})"))
        values = f"most deprived {ends[0].text}, least deprived {ends[1].text}, England {total.comparator_text}"
        parts.append(svg.text(svg.WIDTH - 12, y - 15, values, anchor="end", colour=svg.SOFT))
        parts.append(svg.line(scale.left, y, scale.right, y, colour="#D8DDE0"))
        parts.append(svg.line(scale.at(1), y - 8, scale.at(1), y + 8, colour=svg.INK, width=2))
        for offset, figure in zip((-3, 3), ends, strict=True):
            parts += _end(figure, total, scale, y + offset, least=figure is ends[1])
        names = [f"{found.card.short}: {name}" for name in found.card.ends]
        drawn += _drawn(ends, names, england=total.comparator_text)[1:]
    height = top + _WIDE_STEP * len(rows) + 14
    return _chart(parts, height=height, anchor=anchor, title=title, alt=_both_ends(rows), drawn=tuple(drawn))


def _both_ends(rows: Sequence[_Ends]) -> str:
    """Return the words for a dumbbell plot: how many rows, the most deprived beside the least, the first row's values.

    Counted are the dots as they are drawn; whether a difference is clear, the table below says.
    """
    above = sum((most.value or 0) > (least.value or 0) for _, (most, least), _ in rows)
    below = sum((most.value or 0) < (least.value or 0) for _, (most, least), _ in rows)
    sides = [f"higher in {above}"] * bool(above) + [f"lower in {below}"] * bool(below)
    pattern = f" Most deprived group {' and '.join(sides)}." if sides else ""
    opening = f"Dumbbell plot of {number_of(len(rows), 'indicator')} beside England.{pattern}"
    found, (most, least), _ = rows[0]
    last, (last_most, last_least), _ = rows[-1]
    first = f" First, {found.card.short}: {most.said} most deprived, {least.said} least"
    end = f"; last, {last.card.short}: {last_most.said} and {last_least.said}" if len(rows) > 1 else ""
    said = f"{opening}{first}{end}."
    return said if len(said) <= _ALT else f"{opening}{first}."[:_ALT]


def without_unknown(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the figures of known groups: people of no known group are never compared."""
    return tuple(f for f in figures if f.category != UNKNOWN)


def _key(figures: Sequence[Figure]) -> str:
    """Return what the marks of a chart mean, of those that are drawn."""
    known = [f for f in figures if f.value is not None]
    limited = [f for f in known if f.limits]
    parts = ["Dot: value. Line: 95% limits."] * bool(limited)
    parts += ["Upright tick: England."] * any(_tick(f) is not None for f in known)
    parts += ["Diamond: value without limits."] * (len(limited) < len(known))
    return " ".join(parts)


def _kind(figures: Sequence[Figure], by: str = "") -> str:
    return f"Dot plot{by} with 95% limits" if any(f.limits for f in figures) else f"Dot plot{by}, without limits"


def _top(synthetic: bool, key: str) -> tuple[list[str], float]:
    parts = [svg.text(12, 16, key, size=11, colour=svg.SOFT)]
    if synthetic:
        parts.append(svg.text(12, 32, _NOTICE, size=12, colour=svg.SECOND))
    return parts, 42.0 if synthetic else 26.0


def _scale(known: Sequence[Figure], *, left: float, right: float) -> _Scale:
    numbers = [n for f in known for n in (f.value, f.lower, f.upper, _tick(f)) if n is not None]
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    # Where nothing is negative, neither is the scale.
    return _Scale(max(low - room, 0.0) if low >= 0 else low - room, high + room, left, right)


def _tick(figure: Figure) -> float | None:
    """Return where England stands; a number of people in all of England is no measure for a board's."""
    return None if figure.unit == Unit.COUNT.value else figure.comparator


def _mark(figure: Figure, scale: _Scale, y: float) -> list[str]:
    if figure.value is None:
        return []
    parts = []
    tick = _tick(figure)
    if tick is not None:
        parts.append(svg.line(scale.at(tick), y - 7, scale.at(tick), y + 7, width=2))
    if figure.lower is None or figure.upper is None:
        return [*parts, svg.diamond(scale.at(figure.value), y, hollow=True)]
    limits = svg.line(scale.at(figure.lower), y, scale.at(figure.upper), y, colour=svg.MARK, width=2)
    return [*parts, limits, svg.dot(scale.at(figure.value), y)]


def _shares(figure: Figure, total: Figure) -> list[float]:
    """Return a figure and its limits as shares of England's figure, with which the total is compared."""
    base = total.comparator or 1.0
    return [n / base for n in (figure.value, figure.lower, figure.upper) if n is not None]


def _end(figure: Figure, total: Figure, scale: _Scale, y: float, *, least: bool) -> list[str]:
    places = [scale.at(share) for share in _shares(figure, total)]
    colour = svg.SECOND if least else svg.MARK
    parts = [svg.line(places[1], y, places[2], y, colour=colour, width=2)] if len(places) == 3 else []
    return [*parts, svg.diamond(places[0], y) if least else svg.dot(places[0], y)]


def _axis(scale: _Scale, y: float, sample: Figure) -> list[str]:
    parts = [svg.line(scale.left, y, scale.right, y)]
    for value, label in ticks(scale.low, scale.high, room=scale.right - scale.left, decimals=sample.decimals):
        x = scale.at(value)
        # The last label stays clear of the unit beside the axis.
        middle = min(x, scale.right + 8 - svg.width_of(label) / 2)
        parts += [svg.line(x, y, x, y + 4), svg.text(middle, y + 17, label, anchor="middle", size=11)]
    parts.append(svg.text(scale.right + 12, y + 17, unit_words(sample.unit), size=11, colour=svg.SOFT))
    return parts


def ticks(low: float, high: float, *, room: float, decimals: int) -> list[tuple[float, str]]:
    """Return round numbers of an axis with their labels, as many as have room; its two ends where fewer than two have.

    Args:
        low: where the axis begins.
        high: where it ends.
        room: its length in the drawing.
        decimals: of the labels of the two ends.
    """
    first = math.floor(math.log10(high - low)) - 1
    for power, part in itertools.product(range(first, first + 3), (1, 2, 5)):
        step = part * 10.0**power
        places = range(math.ceil(low / step), math.floor(high / step) + 1)
        found = [(n * step, printed(n * step, max(0, -power))) for n in places]
        if len(found) < 2:
            break
        if max(svg.width_of(label) for _, label in found) + _BETWEEN <= step / (high - low) * room:
            return found
    return [(end, printed(end, decimals)) for end in (low, high)]


def _beside(figure: Figure) -> str:
    return f"{figure.text} ({figure.limits})" if figure.limits else figure.text


def _pairs(figures: Sequence[Figure], labels: Sequence[str]) -> list[tuple[Figure, str]]:
    return [(f, label) for f, label in zip(figures, labels, strict=True) if f.value is not None]


def _alt(opening: str, pairs: Sequence[tuple[Figure, str]], words: tuple[str, str] = ("First", "last")) -> str:
    """Return the words for the picture: what kind, its pattern, the values at its ends; 250 characters at most."""
    (first, first_label), (last, last_label) = pairs[0], pairs[-1]
    begin = f"{words[0]}, {first_label}: {first.said}"
    ends = f"{begin}." if len(pairs) == 1 else f"{begin}; {words[1]}, {last_label}: {last.said}."
    said = f"{opening} {ends}"
    if len(said) <= _ALT:
        return said
    short = f"{words[0]} value {first.said}, {words[1]} {last.said}."
    return f"{opening} {short}" if len(f"{opening} {short}") <= _ALT else short


def _drawn(
    figures: Sequence[Figure], labels: Sequence[str], *, england: str | None = None
) -> tuple[tuple[str, ...], ...]:
    """Return what is drawn as rows; ``england`` is the one tick of all, where the figures have none of their own."""
    rows: list[tuple[str, ...]] = [_HEADER]
    for figure, label in zip(figures, labels, strict=True):
        low, high = figure.limits.split(" to ") if figure.limits else ("", "")
        value = figure.text if figure.value is not None else ""
        tick = "" if _tick(figure) is None else figure.comparator_text
        beside = tick if england is None else england
        row = (label, value, low, high, beside, unit_words(figure.unit), figure.status)
        rows.append(tuple(cell.replace(MINUS, "-") for cell in row))
    return tuple(rows)


def _chart(
    parts: Sequence[str], *, height: float, anchor: str, title: str, alt: str, drawn: tuple[tuple[str, ...], ...]
) -> Chart:
    picture = svg.drawing(parts, height=height, anchor=anchor, title=title, alt=alt)
    return Chart(
        anchor=anchor,
        title=title,
        alt=alt,
        svg=picture,
        drawn=drawn,
        labels=tuple(unescape(found) for found in _TEXT.findall(picture)),
        height=height / svg.WIDTH,
    )
