"""The pages by hand are true to the tree: modules that they name are there, and links lead somewhere."""

import re
from pathlib import Path

import pytest
import typer.main

from hi_pipeline.cli import app
from hi_pipeline.core.indicator import Attribution, Kind
from hi_pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# Paths stand below the project, its package or its tests; a part in brackets stands for any.
_BELOW = (ROOT, ROOT / "hi_pipeline", ROOT / "hi_pipeline" / "orchestration", ROOT / "hi_pipeline_tests")
_MODULE = re.compile(r"`([\w<>/-]+/[\w<>-]+\.py)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")
_COMMAND = re.compile(r"(?:`|^\.venv/bin/)hi (\w+)([^`\n]*)", re.M)
_OPTION = re.compile(r"(?<![\w-])--[a-z-]+")
# What the changelog tells of may have been renamed since.
OF_TODAY = [page for page in PAGES if page.name != "changelog.md"]


@pytest.mark.parametrize("page", OF_TODAY, ids=lambda page: page.name)
def test_modules_that_a_page_names_are_there(page: Path) -> None:
    named = _MODULE.findall(page.read_text(encoding="utf-8"))
    patterns = {name: re.sub(r"<[^>]+>", "*", name) for name in named}
    assert [name for name, pattern in patterns.items() if not any(any(top.glob(pattern)) for top in _BELOW)] == []


@pytest.mark.parametrize("page", OF_TODAY, ids=lambda page: page.name)
def test_commands_that_a_page_prints_are_there_with_their_options(page: Path) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    known = {name: {option for p in command.params for option in p.opts} for name, command in commands.items()}
    printed = _COMMAND.findall(page.read_text(encoding="utf-8"))
    assert [
        (name, option)
        for name, words in printed
        for option in ["", *_OPTION.findall(words)]
        if name not in known or (option and option not in known[name] | {"--help"})
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_add_an_indicator_names_every_way_and_every_kind() -> None:
    text = (ROOT / "docs" / "add-an-indicator.md").read_text(encoding="utf-8")
    assert [word.name for word in (*Attribution, *Kind) if f"`{word.name}`" not in text] == []


def test_operators_names_every_setting() -> None:
    table = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8").partition("\n## Settings\n")[2]
    assert [name for name in Settings.model_fields if f"`HI_{name.upper()}`" not in table] == []


def test_modules_and_links_are_found_in_the_pages() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in OF_TODAY)
    assert len(_MODULE.findall(text)) > 40
    assert len(_LINK.findall(text)) > 40
    assert len(_COMMAND.findall(text)) > 100
