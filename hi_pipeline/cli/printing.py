"""The one door to the terminal: every text is printed as it is, whoever wrote it, in whatever the output can hold.

Publishers' labels and users' words are never markup: "[c]" and ":smile:" stay as they are, and what would steer a
terminal or turn the reading order round is shown as its code point. ``Printer.alarm`` is the only colour.
"""

import codecs
import unicodedata
from collections.abc import Callable
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from hi_pipeline.core.errors import HiPipelineError

FAILED, REFUSED, STOPPED = 1, 2, 130
_NEAREST = "hi_pipeline.nearest"
_PLAIN = {"\u2026": "...", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
          "\u00d7": "x", "\u2264": "<=", "\u2265": ">=", "\u00a3": "GBP "}  # fmt: skip
_STEERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Printer(Console):
    """A console that takes text for text.

    Attributes:
        errors: where errors go, and what is said beside data: standard error, so that a file holds the data alone.
    """

    errors: "Printer"

    def __init__(self, *, errors: "Printer | None" = None, **options: Any) -> None:
        """Open it; without a console for errors they go where all else goes. Options as of rich's own console."""
        super().__init__(markup=False, emoji=False, highlight=False, **options)
        self.errors = errors or self

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text as it is printed; rich sends every text here, those in tables too."""
        return super().render_str(shown(text), **options)

    def whole_line(self, text: str) -> None:
        """Print a text that is not broken into lines of the terminal's width, so that paths can be copied."""
        self.print(text, soft_wrap=True)

    def alarm(self, word: str, text: str, *, style: str = "red") -> None:
        """Print a text after a coloured word."""
        self.print(Text.assemble((word, style), " ", self.render_str(text)), soft_wrap=True)


def shown(text: str) -> str:
    """Return a text with each character that steers the terminal or the reading order as "<U+202E>"."""
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(f"<U+{ord(c):04X}>" if c not in "\n\t" and unicodedata.category(c) in _STEERS else c for c in text)


def let_pass(stream: TextIO) -> None:
    """Let a stream of ASCII, Latin-1 or the like print the nearest text for what it cannot hold."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=_NEAREST)


def said_clearly(command: Callable[[], int], console: Printer) -> int:
    """Run a command; an error raised on purpose is printed as its message alone, on standard error."""
    try:
        return command()
    except HiPipelineError as error:
        console.errors.alarm(f"{type(error).__name__}:", str(error))
        return REFUSED
    except KeyboardInterrupt:
        console.errors.print("Stopped. What was built stands; run again to go on from there.")
        return STOPPED


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(c) or _without_accents(c) for c in text), error.end


def _without_accents(character: str) -> str:
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode() or "?"


codecs.register_error(_NEAREST, _nearest)
