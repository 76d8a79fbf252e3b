"""What a command loads before it does anything: no library that only some steps need."""

import subprocess
import sys

import pytest


def loaded(code: str) -> set[str]:
    """The libraries that a fresh interpreter holds after some code."""
    script = f"import sys\n{code}\nsys.stdout.write(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("import hi_pipeline.cli", {"dagster", "polars", "pandera", "numpy"}),
        (
            "import hi_pipeline.cli.commands, hi_pipeline.engine.sample_files",
            {"xlsxwriter", "dagster_graphql", "dagster_webserver"},
        ),
        ("import hi_pipeline.engine.layers.published", {"dagster", "xlsxwriter"}),
    ],
    ids=["hi --help", "hi run", "the steps"],
)
def test_a_command_loads_only_what_it_needs(code: str, without: set[str]) -> None:
    assert not loaded(code) & without
