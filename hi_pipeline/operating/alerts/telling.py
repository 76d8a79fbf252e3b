"""One round of alerts: the failed runs and the publication since the last round, sent or left waiting."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.operating.alerts.digest import Publication, digest, overdue_releases, published
from hi_pipeline.operating.alerts.message import Message
from hi_pipeline.operating.alerts.sending import FOLDER, State, add, addresses_of, read_state, send, write_state
from hi_pipeline.storage.atomic import write_bytes
from hi_pipeline.storage.lake import to_parquet
from hi_pipeline.storage.locks import locked

_TOLD = "told.parquet"
_DAY = timedelta(days=1)


def looked_from(root: Path, *, now: datetime) -> datetime:
    """Return the moment from which failed runs are looked for: a little before the last look, else yesterday."""
    looked = read_state(root).looked
    return datetime.fromisoformat(looked) - timedelta(minutes=5) if looked else now - _DAY


def tell(pipeline: Pipeline, failures: Iterable[tuple[str, Message]], *, now: datetime) -> int:
    """Send what happened since the last round; return how many messages went out.

    Args:
        pipeline: the data root.
        failures: the failed runs since ``looked_from``: id and message.
        now: with a time zone.

    Raises:
        FetchError: a message was not delivered; it waits for the next round.
        SelectionError: there is no address, or one is none.
    """
    root = pipeline.settings.root
    addresses_of(pipeline.settings)
    with locked(root / "locks", "alerts"):
        state = read_state(root)
        state.runs = {run: at for run, at in state.runs.items() if now - datetime.fromisoformat(at) < _DAY}
        fresh = [(run, message) for run, message in failures if run not in state.runs]
        add(state, [message for _, message in fresh], now=now)
        state.runs |= {run: now.isoformat() for run, _ in fresh}
        _add_digest(pipeline, state, now=now)
        state.looked = now.isoformat()
        write_state(root, state)
        try:
            return send(pipeline.settings, state, now=now)
        finally:
            write_state(root, state)


def _add_digest(pipeline: Pipeline, state: State, *, now: datetime) -> None:
    """Put the digest in the queue where other figures are published; the first time they are only remembered."""
    known = pipeline.lake.provenance("published", "results")
    if known is None or known.sha256 == state.published:
        return
    current = published(pipeline)
    if current is None:
        return
    path = pipeline.settings.root / FOLDER / _TOLD
    if state.published and path.is_file():
        before = Publication(sha256=state.published, kept=state.kept, figures=pl.read_parquet(path, glob=False))
        late = overdue_releases(pipeline, today=now.date())
        add(state, [digest(before, current, late, synthetic=pipeline.settings.synthetic)], now=now)
    write_bytes(path, to_parquet(current.figures))
    state.published, state.kept = current.sha256, dict(current.kept)
