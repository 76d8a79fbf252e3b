"""A progress bar over partitions, one line for each run."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from hi_pipeline.cli.printing import Printer
from hi_pipeline.core.plain_text import shown
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.plan import Key, Stage
from hi_pipeline.orchestration.runs import Watcher


class PartitionBar:
    """Shows runs as they go, and how many partitions failed; what failed is said once, at the end."""

    def __init__(self, console: Printer) -> None:
        self._failed = 0
        self._progress = Progress(
            TextColumn("{task.description:<12}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[now]}", markup=False),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._current: TaskID | None = None

    def __enter__(self) -> Watcher:
        self._progress.start()
        return Watcher(stage=self._stage, outcome=self._outcome)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _stage(self, stage: Stage) -> None:
        name = stage.layer.value
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=0, now="")
        self._current = self._tasks[name]
        task = next(t for t in self._progress.tasks if t.id == self._current)
        self._progress.update(self._current, total=(task.total or 0) + stage.partitions)

    def _outcome(self, key: Key, outcome: Outcome) -> None:
        self._failed += outcome.state is State.FAILED
        if self._current is not None:
            failed = f"{self._failed} failed, told at the end; " if self._failed else ""
            self._progress.update(self._current, advance=1, now=shown(f"{failed}{key[1]} {outcome.partition}"))
