"""Small pieces of SVG: text, lines, marks. Same input, same bytes; one font, named with its stand-ins."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH = 640
FONT = "Roboto, Arial, Helvetica, sans-serif"
INK, SOFT, MARK, SECOND = "#212B32", "#4C6272", "#12436D", "#801650"
_CHARACTER = 6.6  # width of a letter of 12 units, on the wide side


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, colour: str = INK) -> str:
    """Return a line of text."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
    return f"<text {place}>{escape(words)}</text>"


def line(x1: float, y1: float, x2: float, y2: float, *, colour: str = SOFT, width: float = 1) -> str:
    """Return a straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"/>'


def dot(x: float, y: float) -> str:
    """Return a filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{MARK}"/>'


def diamond(x: float, y: float, *, hollow: bool = False) -> str:
    """Return a diamond, filled or hollow."""
    fill = f'fill="#FFFFFF" stroke="{SECOND}" stroke-width="1.5"' if hollow else f'fill="{SECOND}"'
    return f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z" {fill}/>'


def width_of(words: str) -> float:
    """Return how wide a text of 12 units may be at most."""
    return _CHARACTER * len(words)


def drawing(parts: Sequence[str], *, height: float, anchor: str, title: str, alt: str) -> str:
    """Return a whole drawing with its name and description; its parts are hidden from screen readers."""
    named = f'role="img" aria-labelledby="{anchor}-t {anchor}-d" font-family="{FONT}"'
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    head = f'<title id="{anchor}-t">{escape(title)}</title><desc id="{anchor}-d">{escape(alt)}</desc>'
    inner = f'<g aria-hidden="true"><rect width="100%" height="100%" fill="#FFFFFF"/>{"".join(parts)}</g>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>{head}{inner}</svg>'
