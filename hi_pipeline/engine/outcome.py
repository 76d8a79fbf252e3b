"""What became of one partition: the words that steps, assets, checks and the command line share."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import polars as pl

from hi_pipeline.core.errors import Forbidden, HiPipelineError, ValidationError
from hi_pipeline.core.provenance import Provenance

_log = logging.getLogger(__name__)


class State(StrEnum):
    """What a step did with a partition."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"  # built before from the same inputs: left as it is
    ABSENT = "absent"  # nothing to build from, or no such board in that year: no file, and no failure
    FAILED = "failed"  # the input is wrong: nothing was written, the last good file stays


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a step for one partition.

    Attributes:
        partition: "2023-24", "2023-24|E54000010", an edition, or "" for an unpartitioned asset.
        reason: why it is absent or failed, in plain words.
        files: provenance of each file, by table (one table named "" where there is only one).
        rows_before: rows of the last good files, None where there were none.
        failures: the rows that break the rules, where the error holds them.
        forbidden_by: the robots.txt files that alone are why it failed; empty where anything else went wrong.
    """

    partition: str
    state: State
    reason: str = ""
    files: dict[str, Provenance] = field(default_factory=dict)
    rows_before: int | None = None
    failures: pl.DataFrame | None = None
    forbidden_by: frozenset[str] = frozenset()

    @property
    def good(self) -> bool:
        """Tell whether there is a file that holds what its inputs say."""
        return self.state in (State.WRITTEN, State.UNCHANGED)

    @property
    def rows(self) -> int:
        """Return the rows of all its files."""
        return sum(p.rows for p in self.files.values())

    @property
    def sha256(self) -> str:
        """Return the hash of its file, or the hashes of its files joined."""
        return "+".join(self.files[name].sha256 for name in sorted(self.files))

    @property
    def releases(self) -> tuple[str, ...]:
        """Return the ids of the releases that went in."""
        return tuple(sorted({r for p in self.files.values() for r in p.releases}))


def absent(partition: str, reason: str, *, rows_before: int | None = None) -> Outcome:
    """Return the outcome of a partition for which there is nothing to build from."""
    return Outcome(partition=partition, state=State.ABSENT, reason=reason, rows_before=rows_before)


def failed(partition: str, error: Exception, *, rows_before: int | None = None) -> Outcome:
    """Return the outcome of a partition whose input is wrong.

    An error that the project does not raise on purpose is a defect, or input that nobody thought of: it stops this
    partition, not the others, and its traceback goes to the log.
    """
    rows = error.failures if isinstance(error, ValidationError) else None
    reason = f"{type(error).__name__}: {error}"
    if not isinstance(error, HiPipelineError):
        _log.error("unexpected error in partition %s", partition or "(all)", exc_info=error)
        reason = f"unexpected {reason}. This is a defect, or input that nobody foresaw: the log has the traceback."
    return Outcome(
        partition=partition,
        state=State.FAILED,
        reason=reason,
        rows_before=rows_before,
        failures=rows if isinstance(rows, pl.DataFrame) else None,
        forbidden_by=frozenset({error.robots} if isinstance(error, Forbidden) else ()),
    )


def failed_together(partition: str, wrong: Sequence[Outcome]) -> Outcome:
    """Return one outcome for several parts that failed."""
    alone = all(outcome.forbidden_by for outcome in wrong)
    return replace(
        wrong[0],
        partition=partition,
        reason=" ".join(outcome.reason for outcome in wrong),
        forbidden_by=frozenset().union(*(outcome.forbidden_by for outcome in wrong)) if alone else frozenset(),
    )
