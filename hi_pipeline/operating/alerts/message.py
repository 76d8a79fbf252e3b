"""One message, and the words of a failed run."""

import hashlib
import re
from dataclasses import dataclass

_DEFECT = "This is a defect, or input that nobody foresaw: keep the log of the run and report it."
_SEE = 'See docs/operators.md, "What each red thing means".'
# By the error's class: what to do next.
_NEXT = {
    "FetchError": "hi doctor says which host, proxy or certificate fails; hi run tries again.",
    "ReleaseUnavailable": "Nothing is broken: hi run takes the release when it is there.",
    "StoreError": "hi doctor looks at disk, folder and locks; then hi run.",
    "ArchiveError": f"Put the right file in its place, then hi run. {_SEE}",
    "LayoutError": f"The last good figures stand. Declare the new layout or label, then hi run. {_SEE}",
    "ValidationError": f"The last good figures stand. Look at the failing rows, then hi run. {_SEE}",
    "LinkageError": f"The last good figures stand. Add the lookup that is missing, then hi run. {_SEE}",
    "CorrectionError": f"The last good figures stand. Renew or remove the correction, then hi run. {_SEE}",
}
_LONGEST = 1200


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent.

    Attributes:
        key: the same for messages of one cause; of those only the first in a day is sent.
    """

    key: str
    title: str
    body: str


def failed_run(*, run_id: str, job: str, said: list[str], synthetic: bool) -> Message:
    """Return the message of a failed run: what failed, and the next step.

    Args:
        run_id: of Dagster.
        job: its name.
        said: the errors of its steps.
        synthetic: the figures are made up.
    """
    reasons = list(dict.fromkeys(text.strip() for text in said)) or ["the run's process ended without a word"]
    named = [name for name in _NEXT if any(re.search(rf"\b{name}\b", reason) for reason in reasons)]
    steps = list(dict.fromkeys(_NEXT[name] for name in named)) or [
        "Run hi run again; it closes what a dead process left open." if not said else _DEFECT
    ]
    body = "\n".join([*(reason[:_LONGEST] for reason in reasons[:3]), "", "Next: " + " ".join(steps), f"Run {run_id}."])
    cause = hashlib.sha256(f"{job} {_without_ids(reasons[0])}".encode()).hexdigest()[:16]
    return Message(key=f"run {cause}", title=titled(f"{job} failed", synthetic=synthetic), body=body)


def titled(text: str, *, synthetic: bool) -> str:
    """Return a message's title."""
    return f"hi_pipeline{' SYNTHETIC' if synthetic else ''}: {text}"


def _without_ids(text: str) -> str:
    """Return a text without the ids of runs and the times in it, which differ where the cause is one."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*", "", text)
