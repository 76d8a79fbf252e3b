"""The page docs/pack-wording.md: every word of a board pack that the program chooses, for an analyst to review."""

from collections.abc import Mapping

from hi_pipeline.publishing.report import wording

_OPENING = """\
# The words of the board pack

Written by `make docs` from `hi_pipeline.publishing.report.wording`; a test keeps it current. Edit that module, not this
page. It is for the analyst who reviews how packs speak; docs/pack.md says what lies in a pack and how it is checked.

The sentences are these templates and no others. What stands in braces is taken from the figures. Methods, caveats and
reasons are printed as the declarations word them. A sentence has at most 30 words, a name of an indicator counting as
six at most; a list of indicators may be longer.
"""


def wording_page() -> str:
    """Return the page as Markdown."""
    parts = {kind: [words.format("{n}") for words in alike.values()] for kind, alike in wording.COUNTS.items()}
    counted = [(f"`{kind}`", words) for kind, alike in parts.items() for words in alike]
    ends = [("one end", wording.END_HIDDEN), ("both ends", wording.ENDS_HIDDEN)]
    sections = [
        _section("Sentences", "", ("kind", "template"), _coded(wording.TEMPLATES)),
        _section(
            "Parts of sentences that count",
            "They stand for {counts}; a part is said only where its count is not nought.",
            ("kind", "part"),
            counted,
        ),
        _section("Against England", "After “That is”.", ("comparison", "words"), _coded(wording.AGAINST)),
        _section("Changes of a gap", "After “the gap”.", ("verdict", "words"), _coded(wording.CHANGES)),
        _section("Targets", "After the words of a target.", ("verdict", "words"), _coded(wording.TARGETS)),
        _section(
            "The one ethnic group that can be compared",
            "As {stands}.",
            ("side", "words"),
            _coded(wording.STANDS_BESIDE),
        ),
        _section("Why the ends are not compared", "As {reason}.", ("hidden", "words"), ends),
        _section("Why one figure is absent", "", ("status", "reason"), _coded(wording.REASONS)),
        _section("Why a breakdown or an indicator is not shown", "", ("state", "words"), _coded(wording.COVERS)),
        _section("Glossary", "As the last page prints it.", ("word", "meaning"), list(wording.GLOSSARY.items())),
    ]
    return "\n".join([_OPENING, *sections])


def _coded(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(f"`{name}`", text) for name, text in words.items()]


def _section(title: str, about: str, header: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [f"## {title}", "", *([about, ""] if about else []), f"| {header[0]} | {header[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {first} | {second} |" for first, second in rows), ""])
