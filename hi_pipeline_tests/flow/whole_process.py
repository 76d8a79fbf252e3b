"""A whole run of the miniature pipeline in a process of its own, which a test may kill.

Run as ``python -m hi_pipeline_tests.flow.whole_process MIRROR DATA HELPERS``: says "ready" once everything is
imported, waits for a line on standard input, then does what ``hi run`` does and ends with 0 where nothing failed.
"""

import os
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.plan import Selection
from hi_pipeline.orchestration.helpers import Helpers
from hi_pipeline.orchestration.instance.opening import Instance, open_instance
from hi_pipeline.orchestration.instance.recovery import Mended, mend
from hi_pipeline.orchestration.runs import Runner
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import YEARS, make_catalogue, rows_of, write_release

INDICATORS = 2
REVISED = ("2021-22", "2023-24")


def opened(settings: Settings) -> Pipeline:
    return open_pipeline(settings, make_catalogue(indicators=INDICATORS))


class Root:
    """A data root of the miniature pipeline with two indicators, opened."""

    def __init__(self, mirror: Path, data: Path) -> None:
        self.settings = Settings(source=f"mirror:{mirror}", data_dir=data)
        self.pipeline: Pipeline = opened(self.settings)
        self.instance: Instance = open_instance(self.settings)

    def start(self) -> Mended:
        """Do what every command does first."""
        return mend(self.pipeline, self.instance)

    def run(self, helpers: int = 0) -> list[str]:
        """Run everything, with helpers from the first stage on where there are to be any; return what failed."""
        report = Runner(self.pipeline, self.instance, helpers=partial(self._helpers, helpers)).run(Selection())
        checks = [str(check) for check in report.failed_checks if not check.warning]
        return [*report.broken, *(o.reason for o in report.failures.values()), *checks]

    def _helpers(self, number: int, *_: object) -> Helpers | None:
        return Helpers(partial(opened, self.settings), number) if number else None

    def close(self) -> None:
        self.instance.dispose()


def start_process(mirror: Path, data: Path, helpers: int = 0) -> "subprocess.Popen[bytes]":
    """Return a process that has imported everything and waits for ``go``."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, mirror, data, str(helpers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def go(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()


def finish(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Wait for a process that was told to go; return its exit code and what it said."""
    try:
        said, complained = process.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        process.kill()
        said, complained = process.communicate()
        raise AssertionError(f"the run hangs: {(said + complained).decode()}") from None
    return process.returncode, (said + complained).decode()


def undisturbed(mirror: Path, data: Path, helpers: int = 0) -> float:
    """Run once to the end; return the seconds from the word go."""
    process = start_process(mirror, data, helpers)
    began = time.monotonic()
    go(process)
    code, said = finish(process)
    assert code == 0, said
    return time.monotonic() - began


def write_mirror(mirror: Path, *, later: bool) -> None:
    """Write the releases; later, the counts of some have been revised."""
    for year in YEARS:
        if not later:
            write_release(mirror, year)
        elif year in REVISED:
            england, *boards = rows_of(year)
            more = [[*row[:4], str(int(row[4]) + 5)] for row in boards]
            write_release(mirror, year, [[*england[:4], str(sum(int(row[4]) for row in more))], *more])


def main() -> int:
    mirror, data, helpers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    warnings.simplefilter("ignore")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()

    def command() -> int:
        root = Root(mirror, data)
        root.start()
        failed = root.run(helpers)
        root.close()
        sys.stdout.write("\n".join(failed))
        return 1 if failed else 0

    return said_clearly(command, Printer(width=10_000))


if __name__ == "__main__":
    sys.exit(main())
