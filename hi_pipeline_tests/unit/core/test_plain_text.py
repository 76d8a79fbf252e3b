"""What Markdown makes of an escaped text is the text, whoever wrote it."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hi_pipeline.core.plain_text import in_markdown, shown

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    "![pix](http://127.0.0.1:1/pix)",
    "[here](http://127.0.0.1:1/)",
    "<b>bold</b> <img src=x> <http://127.0.0.1:1/> <!-- gone -->",
    "*less* _than_ __half__ ~~gone~~ `code` $x$",
    "a | b \\| c \\",
    "&lt;&#60;&nbsp;",
    "# heading",
    "1. one",
    "> quoted",
    "- - -",
    "one\ntwo\r\nthree",
    "QMJ\u202e32-2202",
]


def read(markdown: str, tag: str) -> list[str]:
    page = READER.render(markdown)
    cells = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    assert not [cell for cell in cells if "<" in cell], page
    return [html.unescape(cell) for cell in cells]


@given(st.text(alphabet="ab1 _*`~<>|\\![]()&#;-+.:/\n\"'$", max_size=30))
@example(HOSTILE[0])
@example(HOSTILE[1])
@example(HOSTILE[2])
@example(HOSTILE[3])
@example(HOSTILE[4])
@example(HOSTILE[5])
@example(HOSTILE[6])
@example(HOSTILE[7])
@example(HOSTILE[8])
@example(HOSTILE[9])
def test_a_cell_and_an_entry_of_a_list_read_as_what_was_written(text: str) -> None:
    line, escaped = " ".join(text.split()), in_markdown(text)
    assert read(f"| a | b |\n|---|---|\n| {escaped} | last |", "td") == [line, "last"]
    if line and not re.fullmatch(r"[-+]|[-*_]{3,}", line):
        assert read(f"- first\n- {escaped}", "li") == ["first", line]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_steers_is_left(text: str) -> None:
    assert in_markdown(text).isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "tt_recovery_pct",
        "NHS Kent and Medway (ICB) - 95% limits 1.5 to -2",
        "A&E",
        "Dr. x@y.z, #3, 50+",
        "-",
        "1.5",
        "a > b",
    ],
)
def test_what_is_no_markup_stays_as_it_is(text: str) -> None:
    assert in_markdown(text) == text


def test_a_text_that_steers_nothing_is_shown_as_it_is() -> None:
    assert shown("\u2265 5 \u2013 Ynys M\u00f4n") == "\u2265 5 \u2013 Ynys M\u00f4n"
