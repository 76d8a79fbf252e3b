"""What is typed after a command: paths and ports, and what is said of words that are wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from typer._click import Context
from typer._click.exceptions import ClickException
from typer.core import TyperGroup

from hi_pipeline.core.home import at_home
from hi_pipeline.core.plain_text import shown

HIGHEST_PORT = 65535
# The words of typer and pydantic (2026-11), and ours.
_OURS = {
    r"Value error, ": "",
    r"Input should be a valid integer, .*": "expected a whole number",
    r"Input should be greater than or equal to (\d+)": r"expected \1 or more",
    r"Input should be less than or equal to (\d+)": r"expected \1 or less",
}


class Commands(TyperGroup):
    """The commands; what is said of wrong words is printed as text, like all else."""

    def make_context(self, *words: Any, **options: Any) -> Context:
        """Read what stands before the command."""
        with _said_clearly():
            return super().make_context(*words, **options)

    def invoke(self, ctx: Context) -> Any:
        """Read what stands after the command, and run it."""
        with _said_clearly():
            return super().invoke(ctx)


def path(typed: str) -> Path:
    """Return a path that was typed."""
    if not typed.strip():
        raise typer.BadParameter("expected the name of a file or folder, not an empty word")
    try:
        return at_home(Path(typed))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def file_to_write(typed: str) -> Path:
    """Return the file to write that was typed."""
    found = path(typed)
    if found.is_dir():
        raise typer.BadParameter(f"{typed} is a folder; name the file to write")
    return found


@contextmanager
def _said_clearly() -> Iterator[None]:
    try:
        yield
    except ClickException as error:
        for theirs, ours in _OURS.items():
            error.message = re.sub(theirs, ours, error.message)
        error.message = shown(error.message)
        raise
