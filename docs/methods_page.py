"""The page docs/methods.md, made from the public docstrings of the statistics."""

import inspect
import re
import textwrap
from collections.abc import Callable
from types import ModuleType

from hi_pipeline.stats import (
    comparison,
    inequality,
    life_expectancy,
    outliers,
    proportions,
    quantiles,
    rates,
    standardisation,
    suppression,
)

ROOMS: tuple[ModuleType, ...] = (
    proportions,
    rates,
    standardisation,
    inequality,
    quantiles,
    life_expectancy,
    comparison,
    suppression,
    outliers,
)
LISTS = ("Args", "Returns", "Raises", "Reference", "Example")
HEADS = "|".join(("Formula", "Symbols", "Limits", "Direction", "Verdict", "Units", "Shapes", *LISTS))

OPENING = """\
# Methods

Written by `make docs` from the docstrings of `hi_pipeline.stats`; a test keeps it current.
Edit the docstrings, not this page. Every example is also a test.

Every function takes a polars DataFrame or LazyFrame and column names, by keyword, works on all groups of
`by` at once and returns one row a group, sorted by the group columns: these, `value`, `lower_95`,
`upper_95`, `lower_998`, `upper_998`, `status`, `note`, `method`, and what the function adds. `confidence`
takes other levels; the names of the limits follow it (0.99 gives `lower_99`).

| status | what it says of a group |
|---|---|
| `ok` | the figure stands |
| `missing` | a count, value, rank or stratum that the figure needs is not there; null and NaN alike, never zero |
| `too_few` | too few events, people or points for the method |
| `suppressed` | a publisher hides a count; bounds are given where they are known |
| `not_applicable` | impossible input, or a figure that is not defined for it; the note says which |

The caller's frame is never changed, nothing is drawn at random, one group at fault leaves the others as they
are, and an input that no group could satisfy (a column absent or of another type) raises `StatisticsError`.
"""


def public_functions(room: ModuleType) -> list[Callable[..., object]]:
    """List the functions that a room offers, in the order of its names or of its file."""
    offered = getattr(room, "__all__", None)
    if offered is None:
        members = [m for _, m in inspect.getmembers(room, inspect.isfunction)]
        own = [m for m in members if m.__module__ == room.__name__ and not m.__name__.startswith("_")]
        return sorted(
            (m for m in own if m.__annotations__.get("frame")), key=lambda m: inspect.unwrap(m).__code__.co_firstlineno
        )
    return [member for name in offered if inspect.isfunction(member := getattr(room, name))]


def methods_page() -> str:
    """Write the page."""
    parts = [OPENING]
    for room in ROOMS:
        name = room.__name__.removeprefix("hi_pipeline.")
        parts.append(f"## {name}\n\n{inspect.getdoc(room)}\n")
        for function in public_functions(room):
            parts.append(_section(name, function))
    return "\n".join(parts)


def _section(room: str, function: Callable[..., object]) -> str:
    signature = ", ".join(
        str(parameter).split(":")[0].split("=")[0] + _default(parameter)
        for parameter in inspect.signature(function).parameters.values()
    )
    signature = signature.replace("frame, ", "frame, *, ", 1) if signature.startswith("frame") else f"*, {signature}"
    call = textwrap.fill(f"{room}.{function.__name__}({signature})", 100, subsequent_indent="    ")
    return f"### {room.removeprefix('stats.')}.{function.__name__}\n\n```python\n{call}\n```\n\n{_body(function)}\n"


def _default(parameter: inspect.Parameter) -> str:
    return "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"


def _body(function: Callable[..., object]) -> str:
    text = (inspect.getdoc(function) or "").replace("``", "`")
    out: list[str] = []
    for block in re.split(rf"\n(?=(?:{HEADS})\b[^\n]*:)", text):
        head = re.match(rf"({HEADS})\b([^\n:]*):[ \n]?", block)
        out.append(block.strip() if head is None else _block(head.group(1) + head.group(2), block[head.end() :]))
    return "\n\n".join(out)


def _block(head: str, body: str) -> str:
    body = textwrap.dedent(body).strip("\n")
    if head == "Example":
        return f"**Example.**\n\n```python\n{body}\n```"
    if head == "Args":
        entries = re.sub(r"\n {4,}", " ", body).split("\n")
        return "**Args.**\n\n" + "\n".join(f"- `{name}`: {text}" for name, text in (e.split(": ", 1) for e in entries))
    return f"**{head}.** {body.strip()}"
