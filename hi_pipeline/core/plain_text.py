"""Text of others stays text: where it could steer a terminal, be markup in Markdown, or not fit an encoding."""

import codecs
import re
import unicodedata
from typing import TextIO

_NEAREST = "hi_pipeline.nearest"
_PLAIN = {"\u2026": "...", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
          "\u00d7": "x", "\u2264": "<=", "\u2265": ">=", "\u00a3": "GBP "}  # fmt: skip
_STEERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# An underscore inside a word is none of Markdown's, nor an ampersand that begins no name of a character.
_MARKUP = re.compile(r"[\\`*~\[\]<|$]|(?<!\w)_+|_+(?!\w)|&(?=#?\w+;)")
# What begins a heading, a quotation or a list in a list.
_BEGINS = re.compile(r"^(?:\d+(?=[.)](?: |$))|(?=>|#(?:[ #]|$)|[-+][ -]))")


def shown(text: str) -> str:
    """Return a text with each character that steers the terminal or the reading order as "<U+202E>"."""
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(f"<U+{ord(c):04X}>" if c not in "\n\t" and unicodedata.category(c) in _STEERS else c for c in text)


def in_markdown(text: str) -> str:
    """Return a text as one line of Markdown that reads as the text does, in the cell of a table or in a list."""
    line = " ".join(shown(text).split())
    escaped = _MARKUP.sub(lambda found: "".join(f"\\{c}" for c in found[0]), line)
    return _BEGINS.sub(lambda found: f"{found[0]}\\", escaped)


def let_pass(stream: TextIO) -> None:
    """Let a stream of ASCII, Latin-1 or the like print the nearest text for what it cannot hold."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=_NEAREST)


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(c) or _without_accents(c) for c in text), error.end


def _without_accents(character: str) -> str:
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


codecs.register_error(_NEAREST, _nearest)
