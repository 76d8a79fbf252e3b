"""How Dagster's side of an installation stands: its records, open runs, daemon and web interface."""

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg

from hi_pipeline.core.errors import StoreError
from hi_pipeline.operating.examined import Examined, State
from hi_pipeline.orchestration.instance.launching import LooksAtBroker, has_workers
from hi_pipeline.orchestration.instance.opening import open_home
from hi_pipeline.orchestration.instance.recovery import process_of
from hi_pipeline.orchestration.instance.revisions import check_revisions
from hi_pipeline.orchestration.next_work import OPEN_RUNS
from hi_pipeline.settings import Settings

_SILENT_S = 300.0


def examine_records(settings: Settings, *, port: int) -> Iterator[Examined]:
    """Yield what can be said of records, runs and services; nothing is made or mended.

    Args:
        settings: of the data root.
        port: where the web interface is expected on this machine.
    """
    home = settings.dagster_home
    if not (home / "dagster.yaml").is_file():
        yield Examined(what="records", name=str(home), state=State.OFF, said="nothing was built here yet")
        return
    broken = [found for path in sorted(home.rglob("*.db")) if (found := _database(path))]
    yield from broken
    if broken:
        return
    try:
        check_revisions(home)
        instance = open_home(home)
    except StoreError as error:
        yield Examined(what="records", name=str(home), state=State.FAILS, said=str(error), remedy="as it says")
        return
    try:
        yield Examined(what="records", name=str(home), state=State.GOOD, said="can be read, and are whole")
        yield from _runs(instance)
        yield from _services(instance, port)
        if isinstance(instance.run_launcher, LooksAtBroker):
            yield _broker(instance.run_launcher)
    finally:
        instance.dispose()


def _database(path: Path) -> Examined | None:
    """Return what is wrong with a database of records; None where nothing is."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        return None
    return Examined(
        what="records",
        name=str(path),
        state=State.FAILS,
        said=said,
        remedy="restore the last backup (hi restore), or move the dagster/ folder away: hi run then records anew what "
        "stands on disk. Figures are not affected",
    )


def _runs(instance: dg.DagsterInstance) -> Iterator[Examined]:
    for record in instance.get_run_records(dg.RunsFilter(statuses=list(OPEN_RUNS))):
        run = record.dagster_run
        process, alive = process_of(instance, record)
        if process and alive:
            yield Examined(what="run", name=run.run_id, state=State.GOOD, said=f"goes on in process {process}")
        elif not process and has_workers(instance):
            yield Examined(what="run", name=run.run_id, state=State.GOOD, said=f"{run.status.value}, for the workers")
        else:
            said = "its process died" if process else f"{run.status.value}, and no process of hi run"
            remedy = "the next hi run closes it" if process else "the daemon runs it; without one, start hi ui"
            yield Examined(what="run", name=run.run_id, state=State.LOOK, said=said, remedy=remedy)


def _broker(launcher: LooksAtBroker) -> Examined:
    wrong = launcher.wrong_with_broker()
    remedy = "look whether Redis runs, HI_REDIS and its password; runs wait until it is back" if wrong else ""
    state = State.FAILS if wrong else State.GOOD
    return Examined(what="service", name="Redis", state=state, said=wrong or "takes runs for workers", remedy=remedy)


def _services(instance: dg.DagsterInstance, port: int) -> Iterator[Examined]:
    with socket.socket() as probe:
        probe.settimeout(2.0)
        is_open = probe.connect_ex(("127.0.0.1", port)) == 0
    heartbeats = instance.get_daemon_heartbeats()
    last = max((h.timestamp for h in heartbeats.values()), default=0.0)
    beats = time.time() - last < _SILENT_S
    remedy = "start hi ui, or look at the log of its service; hi run needs neither"
    if is_open:
        yield Examined(what="service", name=f"web interface on port {port}", state=State.GOOD, said="listens")
    else:
        state = State.FAILS if beats else State.OFF
        yield Examined(
            what="service", name=f"web interface on port {port}", state=state, said="nothing listens", remedy=remedy
        )
    if beats:
        yield Examined(what="service", name="daemon", state=State.GOOD, said="its heart beats")
    else:
        said = "has not run here" if not last else f"silent for {(time.time() - last) / 60:,.0f} minutes"
        state = State.FAILS if is_open else State.OFF
        yield Examined(what="service", name="daemon", state=state, said=said, remedy=remedy)
