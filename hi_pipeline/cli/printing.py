"""The one door to the terminal: every text is printed as it is, whoever wrote it, in whatever the output can hold.

Publishers' labels and users' words are never markup: "[c]" and ":smile:" stay as they are, and what would steer a
terminal or turn the reading order round is shown as its code point. ``Printer.alarm`` is the only colour.
"""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text

from hi_pipeline.core.errors import HiPipelineError
from hi_pipeline.core.plain_text import shown

FAILED, REFUSED, STOPPED = 1, 2, 130


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
