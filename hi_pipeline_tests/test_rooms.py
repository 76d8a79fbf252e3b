"""Data flows one way: a room imports only the rooms and the libraries that the design gives it."""

import ast
import sys
from pathlib import Path

import pytest

from hi_pipeline.sources import SOURCES

PACKAGE = Path(__file__).parents[1] / "hi_pipeline"
ROOMS = {
    "core": (set(), {"polars", "pandera"}),
    "stats": ({"core"}, {"polars", "numpy", "scipy"}),
    "sources": ({"core", "sample"}, {"polars"}),
    "extracts": ({"core"}, {"polars"}),
    "tables": ({"core", "stats"}, {"polars"}),
    "indicators": ({"core", "stats"}, {"polars"}),
    "storage": ({"core"}, {"polars", "pyarrow", "httpx", "fastexcel", "filelock", "boto3", "botocore"}),
    "publishing": (
        {"core", "stats", "storage"},
        {"polars", "jinja2", "pyarrow", "typst", "pikepdf", "docx", "lxml", "xlsxwriter", "markupsafe"},
    ),
    "sample": ({"core"}, {"polars", "xlsxwriter"}),
    "engine": (
        {"core", "stats", "sources", "extracts", "tables", "indicators", "storage", "publishing", "sample", "settings"},
        {"polars"},
    ),
    "operating": ({"core", "storage", "publishing", "engine", "settings"}, {"polars", "httpx", "filelock", "apprise"}),
}
FREE = {"orchestration", "cli", "definitions", "settings"}
# What the packages that find their modules by convention hold: the types of their entries.
REGISTERED = {
    "hi_pipeline.core.source.Source",
    "hi_pipeline.core.indicator.Entry",
    "hi_pipeline.core.indicator.Indicator",
    "hi_pipeline.indicators.catalogue.listed",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    room = _room(path)
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "hi_pipeline":
            other = parts[1]
            assert other != "orchestration" or room in {"orchestration", "definitions", "cli"}, f"{path} imports {name}"
            if room in ROOMS:
                assert other == room or other in ROOMS[room][0], f"{path} imports {name}"
        elif parts[0] not in sys.stdlib_module_names and room in ROOMS:
            assert parts[0] in ROOMS[room][1], f"{path} imports {name}"
        if parts[0] == "dagster":
            assert room in {"orchestration", "definitions"}, f"{path} imports dagster"


def test_sources_never_import_each_other() -> None:
    for path in (PACKAGE / "sources").rglob("*.py"):
        inner = path.relative_to(PACKAGE / "sources").parts
        for name in _imports(path):
            parts = name.split(".")
            if parts[:2] == ["hi_pipeline", "sources"] and len(inner) > 1:
                assert parts[2] == inner[0], f"{path} imports {name}"


def test_every_room_is_known() -> None:
    rooms = {_room(path) for path in FILES} - {"__init__"}
    assert rooms <= set(ROOMS) | FREE, rooms


def test_packages_of_what_is_built_re_export_nothing() -> None:
    """A name that comes through a package would drag the code of all its modules into the version of a builder."""
    # ``cli`` is the door of the program.
    for path in PACKAGE.rglob("__init__.py"):
        if _room(path) in ROOMS:
            imported = {name for name in _imports(path) if name.startswith("hi_pipeline.")}
            assert imported <= REGISTERED, path


# What practices, small areas, authorities and people are placed, weighed or divided by, so that the code that does it
# names them.
REFERENCES = {
    "census_ethnicity", "fuel_poverty", "gp_registrations", "iod2019", "iod2025", "ons_geography", "ons_population",
    "qof",
}  # fmt: skip
# Names the publication that prints a figure whose own file nobody has read.
UNREAD = "sources/unread.py"


def _texts(path: Path) -> set[str]:
    """Return the texts of a module that are one word, such as the name of a publication."""
    constants = (n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant))
    return {value.split(":")[0] for value in constants if isinstance(value, str)}


def test_a_publication_of_figures_is_named_in_its_own_folder_and_the_catalogue_alone() -> None:
    """So that one more touches its folder, its fixture and its test, and nothing else (docs/add-a-source.md)."""
    named: dict[str, set[str]] = {}
    for path in FILES:
        inner = path.relative_to(PACKAGE)
        # The statistics name publishers' rules for hidden counts.
        if inner.parts[0] == "stats" or inner.parts[:2] == ("indicators", "catalogue") or inner.as_posix() == UNREAD:
            continue
        own = inner.parts[1] if inner.parts[0] == "sources" and len(inner.parts) > 2 else ""
        for name in (_texts(path) & set(SOURCES)) - {own}:
            named.setdefault(name, set()).add(inner.as_posix())
    assert set(named) <= REFERENCES, named
    assert set(named) == REFERENCES, "one that nothing names any more is no reference"


# Sums of whole numbers, and of true and false: these add up alike in any order (``core.adding``).
WHOLE_NUMBERS = {
    "indicators/over_time/targets.py", "tables/denominators.py", "tables/disclosure.py",
    "tables/placing/authorities.py", "tables/placing/census.py", "tables/placing/practices.py",
    "tables/reference/lineage.py",
    "tables/reference/pockets.py", "tables/reference/population.py", "tables/reference/similar_boards.py",
    "tables/sums.py",
}  # fmt: skip


def test_groups_of_fractions_are_added_in_one_order() -> None:
    """polars' own sum of a group gives other last bits from call to call, and so other files of the same input."""
    found = set()
    for path in FILES:
        if _room(path) not in ("tables", "indicators"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "agg":
                called = [n.func.attr for n in ast.walk(node) if isinstance(n, ast.Call) and hasattr(n.func, "attr")]
                if {"sum", "mean"} & set(called):
                    found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= WHOLE_NUMBERS, "sum fractions with core.adding.added"
    assert found == WHOLE_NUMBERS, "one that sums nothing any more"
