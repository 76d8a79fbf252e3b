"""What went wrong in a run, each thing once, and only what the reader can act on."""

from collections.abc import Iterable

from hi_pipeline.engine.plan import Key
from hi_pipeline.orchestration.runs import FailedCheck, Report

# Their answers repeat failures that are told already, or stand in hi status.
_REPEATS = "schema"
_FRESHNESS = "freshness"


def complaints(report: Report, *, in_mirror: bool) -> list[tuple[str, str]]:
    """Return a word ("failed", "broken", "failed check", "warning") and a text for each thing that went wrong.

    Args:
        report: of the run.
        in_mirror: files come from a mirror. A release that is not in it is no news to whoever filled it; hi status
            lists it.
    """
    return [
        *(("failed", text) for text in _refusals(report)),
        *(("failed", text) for text in _failures(report)),
        *(("broken", text) for text in report.broken),
        *(
            ("warning" if found.warning else "failed check", f"{'/'.join(found.key)} {found.check}: {found.said}")
            for found in dict.fromkeys(report.failed_checks)
            if not _is_told(report, found) and not (in_mirror and found.check == _FRESHNESS)
        ),
    ]


def _refusals(report: Report) -> list[str]:
    """Return one text for each host whose robots.txt forbids files: of one host that may be half of all releases."""
    by_host: dict[str, list[Key]] = {}
    for (key, _), outcome in report.failures.items():
        for host in sorted(outcome.forbidden_by):
            by_host.setdefault(host, []).append(key)
    return [forbidden(host, f"{len(keys)} partitions of {', '.join(_names(keys))}") for host, keys in by_host.items()]


def forbidden(host: str, what: str) -> str:
    """Return what is said once of all files that a host's robots.txt forbids."""
    return (
        f"{what}: {host} asks programs not to fetch their files. Ask the publisher whether you may, then set "
        "HI_ROBOTS=ignore; or download them by hand: docs/operators.md, The first live day"
    )


def _names(keys: Iterable[Key]) -> list[str]:
    return sorted({"/".join(key) for key in keys})


def _failures(report: Report) -> list[str]:
    """Return one text for all partitions of an asset that failed for one reason: a file of six years is one failure."""
    by_reason: dict[tuple[Key, str], list[str]] = {}
    for (key, partition), outcome in report.failures.items():
        if outcome.forbidden_by:
            continue
        by_reason.setdefault(
            (key, outcome.reason.replace(partition, "{}") if partition else outcome.reason), []
        ).append(partition)
    return [f"{'/'.join(key)} {_named(found)}: {_why(reason, found)}" for (key, reason), found in by_reason.items()]


def _named(partitions: list[str]) -> str:
    if len(partitions) == 1:
        return partitions[0]
    ordered = sorted(partitions)
    return f"{ordered[0]} to {ordered[-1]} ({len(ordered)} partitions)"


def _why(reason: str, partitions: list[str]) -> str:
    return reason.replace("{}", partitions[0]) if partitions[0] else reason


def _is_told(report: Report, found: FailedCheck) -> bool:
    return found.check == _REPEATS and any(key == found.key for key, _ in report.failures)
