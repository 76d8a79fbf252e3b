"""The embedded sample on two workers, disturbed: every publication, table and indicator, the same bytes as one process.

``make scale-test`` builds one year of it, ``make grid-test`` the whole grid (32 minutes on two busy cores, 2026-11-27:
267 runs, 16,530 cells).
"""

import os
import shutil
from pathlib import Path

import pytest

from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline.engine.plan import Selection
from hi_pipeline.engine.sample_files import write_sample
from hi_pipeline_tests.flow.standing import tree_of
from hi_pipeline_tests.scale.conftest import Grid, installed
from hi_pipeline_tests.scale.disturbed import embedded, run_disturbed, same_machine
from hi_pipeline_tests.scale.servers import Servers

pytestmark = pytest.mark.scale
SAMPLE = Grid(
    module="hi_pipeline_tests.scale.held_sample", catalogue=load_catalogue, longest_run_s=240, patience_s=7200.0
)
SELECTIONS = [
    pytest.param(Selection(years=("2023-24",)), id="one year"),
    pytest.param(Selection(), id="whole", marks=pytest.mark.grid),
]
KILLED, WRITING = "tt_recovery_pct", "palliative_care_prevalence_pct"


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_sample_is_built_on_two_workers_as_in_one_process(
    selection: Selection, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_SOURCE", "sample")
    with installed(SAMPLE, servers, tmp_path, monkeypatch) as installation:
        alone = same_machine(installation.settings, tmp_path / "alone")
        write_sample(Path(alone.mirror))
        shutil.copytree(alone.mirror, installation.settings.mirror, copy_function=os.link)
        embedded(SAMPLE, alone, selection)
        run_disturbed(installation, selection, killed=KILLED, writing=WRITING)
        # The sample's publications lie in the root itself, and the sidecar of a kept file says where it was read.
        here, there = str(installation.settings.root).encode(), str(alone.root).encode()
        expected = {name: data.replace(there, here) for name, data in tree_of(alone.root).items()}
        assert tree_of(installation.settings.root) == expected, "one good file a cell, as in one process"
