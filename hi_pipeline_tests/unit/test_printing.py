"""Text that is not ours is printed as it is, in whatever the output can hold."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table

from hi_pipeline.cli.printing import REFUSED, Printer, said_clearly
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.plain_text import let_pass

REPOSITORY = Path(__file__).parents[2]
# Government Statistical Service shorthand, emoji codes, markup, and a label that closes what nobody opened.
WORDS = ["[c]", "[x]", "[/x]", "[z] [low] [red]bold[/red]", ":smile:", "C:\\new\\[u]", "\\[b]"]
HOSTILE = {
    "\x1b[2J": "<U+001B>[2J",
    "a\rb": "a<U+000D>b",
    "bell\a": "bell<U+0007>",
    "QMJ\u202e32-2202": "QMJ<U+202E>32-2202",
    "zero\u200bwidth": "zero<U+200B>width",
    "half \udcff": "half <U+DCFF>",
}


def printed(encoding: str = "utf-8") -> tuple[Printer, io.TextIOWrapper]:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    let_pass(stream)
    return Printer(file=stream, width=100), stream


def text_of(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("given", "expected"), [*((w, w) for w in WORDS), *HOSTILE.items()])
def test_words_are_printed_as_they_are(given: str, expected: str) -> None:
    console, stream = printed()
    table = Table(title=given)
    table.add_column(given)
    table.add_row(given)
    for show in (console.print, console.whole_line, lambda text: console.alarm("failed", text)):
        show(given)
    console.print(table)

    def command() -> int:
        raise LayoutError(given)

    assert said_clearly(command, console) == REFUSED
    said = text_of(stream)
    assert said.count(expected) == 7, said
    assert "\x1b" not in said


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_output_without_a_character_shows_the_nearest(encoding: str) -> None:
    console, stream = printed(encoding)
    table = Table()
    table.add_column("figure", width=8, no_wrap=True)
    table.add_row("cut off with an ellipsis")
    console.print(table)
    console.print("\u2265 5 \u2013 Ynys M\u00f4n \u65e5")
    said = text_of(stream)
    assert ">= 5" in said
    assert "M\u00f4n ?" in said or "Mon ?" in said


def test_the_command_line_prints_in_any_encoding_and_takes_words_for_words(tmp_path: Path) -> None:
    for encoding in ("ascii", "latin-1", "cp1252", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-m", "hi_pipeline_tests.unit.hi_in_a_child", "run", "--icb", "[/x] \u2265 \u202e:smile:"],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": encoding, "HI_SOURCE": "sample",
                 "HI_DATA_DIR": str(tmp_path)},
            capture_output=True, check=False,
        )  # fmt: skip
        said = done.stderr.decode(encoding)
        assert (done.returncode, done.stdout) == (REFUSED, b""), said
        assert "[/x]" in said and ":smile:" in said
        assert "\u202e" not in said
