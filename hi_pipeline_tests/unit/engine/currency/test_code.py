"""What a change of the code makes stale: files of a copy of the package are edited, one of each kind of module."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hi_pipeline.core.indicator import Kind
from hi_pipeline.engine.currency.code import KINDS, PACKAGE, Code, code_of, module_of
from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.sources import SOURCES
from hi_pipeline.storage.archives import read_tables

CATALOGUE = load_catalogue()
FIGURES = (module_of(CATALOGUE.compute),)
COUNTS = tuple({module_of(table.build) for table in CATALOGUE.tables if table.indicators_of})
PUBLISHED = (module_of(CATALOGUE.publish), module_of(CATALOGUE.beside))
QOF = (SOURCES["qof"].parse.__module__, read_tables.__module__)
RTT = (SOURCES["rtt"].parse.__module__, read_tables.__module__)
# The modules of each builder, and the kind of figure that it computes.
EVERY_FIGURE = {kind.value: (FIGURES, kind.value) for kind in Kind}
BUILDERS = EVERY_FIGURE | {
    "counts": (COUNTS, ""),
    "publication": (PUBLISHED, ""),
    "clean qof": (QOF, ""),
    "clean rtt": (RTT, ""),
}
A_LINE = "\n\n_ADDED = 1\n"
AN_ERROR = '\n\nclass AddedError(HiPipelineError):\n    """Another error."""\n'


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package that was parsed, once: what was found is kept by the bytes of each file."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    package = Path(shutil.copytree(PACKAGE, tmp_path_factory.mktemp("parsed") / "hi_pipeline", ignore=ignored))
    versions(package)
    return package


@pytest.fixture
def package(parsed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(parsed, tmp_path / "hi_pipeline"))


def versions(package: Path) -> dict[str, str]:
    code = Code(package)
    return {name: code.digest(modules, kind=kind) for name, (modules, kind) in BUILDERS.items()}


def stale_after(package: Path, edit: Callable[[Path], None], file: str) -> set[str]:
    before = versions(package)
    edit(package / file)
    after = versions(package)
    return {name for name in BUILDERS if before[name] != after[name]}


def _append(text: str) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        path.write_text(path.read_text() + text)

    return edit


def _comment(path: Path) -> None:
    lines = path.read_text().split("\n")
    path.write_text("\n".join(['"""Another docstring."""', "", "# A comment.", *lines]))


@pytest.mark.parametrize(
    "file",
    [
        "stats/rates.py",
        "storage/text.py",
        "tables/counts.py",
        "sources/qof/parse.py",
        "core/status.py",
        "indicators/compute.py",
    ],
)
def test_a_comment_or_a_docstring_makes_nothing_stale(package: Path, file: str) -> None:
    assert stale_after(package, _comment, file) == set()


@pytest.mark.parametrize(
    ("file", "line", "stale"),
    [
        ("core/errors.py", AN_ERROR, set()),
        ("sources/qof/source.py", A_LINE, set()),
        ("engine/plan.py", A_LINE, set()),
        ("cli/app.py", A_LINE, set()),
        ("storage/text.py", A_LINE, {"clean qof", "clean rtt"}),
        ("storage/spreadsheet_child.py", A_LINE, {"clean qof", "clean rtt"}),
        ("sources/qof/parse.py", A_LINE, {"clean qof"}),
        ("sources/qof/corrections.py", A_LINE, {"clean qof"}),
        ("stats/rates.py", A_LINE, {"rate", "dsr", "index", "publication"}),
        # Importers name the module, so that nothing else of its family comes with it.
        ("stats/standardisation/indirect.py", A_LINE, set()),
        ("stats/inequality/summary.py", A_LINE, set()),
        ("stats/suppression/derivable.py", A_LINE, set()),
        # The headline of every kind may be the publisher's share, whose limits are those of a proportion.
        ("stats/proportions.py", A_LINE, {*EVERY_FIGURE, "publication"}),
        ("stats/standardisation/direct.py", A_LINE, {"dsr"}),
        # The difference of two printed figures is a count with limits of its own.
        ("stats/_limits.py", A_LINE, {*EVERY_FIGURE, "counts", "publication"}),
        ("indicators/kinds/rate.py", A_LINE, {"rate"}),
        ("indicators/compute.py", A_LINE, set(EVERY_FIGURE)),
        # What judges figures is worked out when publishing.
        ("indicators/over_time/pace.py", A_LINE, {"publication"}),
        ("publishing/release.py", A_LINE, {"publication"}),
        ("engine/pipeline.py", A_LINE, set()),
        ("core/status.py", A_LINE, set(BUILDERS)),
        ("core/observations.py", A_LINE, {"clean qof", "clean rtt"}),
    ],
)
def test_a_changed_line_makes_stale_what_runs_it(package: Path, file: str, line: str, stale: set[str]) -> None:
    assert stale_after(package, _append(line), file) == stale


def test_a_kind_that_is_found_by_its_name_is_followed_and_no_other(package: Path) -> None:
    reached = {kind: Code(package).reached(FIGURES, kind=kind.value) for kind in Kind}
    for kind, modules in reached.items():
        assert {name for name in modules if name.startswith(f"{KINDS}.")} == {f"{KINDS}.{kind.value}"}


def test_what_was_parsed_is_kept_for_the_next_process(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = package / "__pycache__" / "parsed_code.json"
    kept.unlink()
    first = versions(package)
    assert kept.is_file()

    def refuse(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr("hi_pipeline.engine.currency.parsed.ast.parse", refuse)
    assert versions(package) == first


def test_a_function_bound_or_named_by_its_place_counts_by_its_module() -> None:
    assert code_of(partial(compute_results, synthetic=True)) == code_of(compute_results) == code_of(CATALOGUE.compute)
