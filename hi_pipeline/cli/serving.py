"""hi ui: Dagster's webserver and daemon on loopback, on the instance that hi run uses; Ctrl-C stops both.

hi serve: one service alone, for machines and containers that each run one.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import IO

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.services import PORTS, Service
from hi_pipeline.cli.session import Session
from hi_pipeline.core.errors import SelectionError, StoreError
from hi_pipeline.orchestration.code_location import DEFINITIONS, code_server
from hi_pipeline.settings import Settings

HOST = "127.0.0.1"
WEBSERVER = "hi_pipeline.orchestration.web.server"
CELERY_APP = "hi_pipeline.orchestration.celery_app"
_STOP_S = 20.0
_LAST_WORDS_S = 2.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LOG_LEVEL = "warning"


def ui_command(console: Printer, source: str | None, *, port: int, read_only: bool) -> int:
    """Serve until Ctrl-C; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        if _is_open(port):
            raise StoreError(f"port {port} on {HOST} is taken; stop what listens there or choose another with --port")
        if read_only:
            _has_records(session)
        else:
            mended = session.ready(alone=True)
            if mended.closed or mended.recorded:
                console.print(f"Mended: {mended.closed} runs left open, {mended.recorded} files without their record.")
            session.instance.dispose()
        what = "Dagster, read only," if read_only else "Dagster"
        console.print(session.title(f"{what} on http://{HOST}:{port} (Ctrl-C stops it)"))
        return serve(session.settings, port, console, read_only=read_only)

    return said_clearly(command, console)


def serve_command(console: Printer, source: str | None, service: Service, *, port: int | None) -> int:
    """Become one service; returns only where that cannot be."""

    def command() -> int:
        if port is not None and service not in PORTS:
            raise SelectionError(f"{service.value} listens on no port; leave --port out")
        session = Session(source, console)
        # Whoever starts first writes dagster.yaml and makes the tables; nothing is mended, as others may be at work.
        session.instance.dispose()
        words = words_of(service, session.settings, port=port or PORTS.get(service, 0))
        os.chdir(session.settings.root)
        os.execve(words[0], words, _environment(session.settings))

    return said_clearly(command, console)


def words_of(service: Service, settings: Settings, *, port: int = 0, module: str = DEFINITIONS) -> list[str]:
    """Return the command of a service.

    Args:
        service: which.
        settings: of the data root.
        port: where it listens, on 127.0.0.1; of no account for those that listen nowhere.
        module: what Dagster loads.
    """
    is_json = settings.log_format == "json"
    as_json = ["--log-format", "json"] if is_json else []
    # Else a worker prints what it is told, which is no JSON.
    quiet = ["--quiet"] if is_json else []
    web = ["-m", WEBSERVER, "--port", str(port), "--module", module]
    server = code_server(settings)
    code = ["--grpc-host", server.host, "--grpc-port", str(server.port)] if server else ["-m", module]
    name = f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}"
    words = {
        Service.WEB: web,
        Service.VIEWER: [*web, "--read-only"],
        Service.DAEMON: ["-m", "dagster._daemon", "run", "--log-level", _LOG_LEVEL, *as_json, *code],
        Service.CODE: ["-m", "dagster", "api", "grpc", "-h", HOST, "-p", str(port), "-m", module]
        + ["--log-level", _LOG_LEVEL, *as_json],
        Service.WORKER: ["-m", "celery", "-A", CELERY_APP, *quiet, "worker", "--pool", "solo", "--queues", "dagster"]
        + ["--hostname", name, "--loglevel", _LOG_LEVEL, "--without-gossip", "--without-mingle"],
    }
    return [sys.executable, *words[service]]


def _has_records(session: Session) -> None:
    """Refuse to show what nobody has built: a viewer makes nothing."""
    if not (session.settings.dagster_home / "dagster.yaml").is_file():
        raise SelectionError(f"{session.settings.root} holds nothing to show yet; hi run builds it")


def serve(settings: Settings, port: int, console: Printer, *, read_only: bool) -> int:
    """Run webserver and daemon until one of them ends or a signal comes; both are gone on return."""
    children = start(settings, port, read_only=read_only, output=subprocess.PIPE)
    readers = [threading.Thread(target=pass_on, args=(child.stdout, console), daemon=True) for child in children]
    for reader in readers:
        reader.start()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        return FAILED
    except KeyboardInterrupt:
        return 0
    finally:
        stop(children)
        for reader in readers:
            reader.join(timeout=_LAST_WORDS_S)


def pass_on(said: IO[bytes], console: Printer) -> None:
    """Print what a service and its runs say, line by line: text, without Dagster's colours."""
    for line in said:
        # Whoever reads may have gone; the service has to go on.
        with suppress(OSError, SystemExit):
            console.whole_line(_COLOUR.sub("", line.decode(errors="replace")).rstrip("\r\n"))


def start(
    settings: Settings,
    port: int,
    *,
    module_name: str = DEFINITIONS,
    read_only: bool = False,
    output: int | None = None,
) -> list[subprocess.Popen[bytes]]:
    """Start webserver and daemon, each as the leader of its own group of processes; for viewers no daemon.

    Args:
        settings: of the data root.
        port: where the webserver listens.
        module_name: what Dagster loads.
        read_only: for viewers.
        output: where they write in UTF-8, as ``subprocess`` takes it; None for this process's own output.
    """
    environment = _environment(settings) | ({} if output is None else {"PYTHONIOENCODING": "utf-8"})
    errors = None if output is None else subprocess.STDOUT
    services = (Service.VIEWER,) if read_only else (Service.WEB, Service.DAEMON)
    commands = [words_of(service, settings, port=port, module=module_name) for service in services]
    return [
        subprocess.Popen(
            command, env=environment, cwd=settings.root, start_new_session=True, stdout=output, stderr=errors
        )
        for command in commands
    ]


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask both to end, wait, and end what is left of their groups."""
    for child in children:
        if child.poll() is None:
            _signal(child, signal.SIGINT)
    deadline = time.monotonic() + _STOP_S
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGTERM)
    for child in children:
        _signal(child, signal.SIGKILL)
        child.wait()


def _environment(settings: Settings) -> dict[str, str]:
    package = Path(__file__).parents[2]
    return {
        **os.environ,
        "DAGSTER_HOME": str(settings.dagster_home),
        "HI_SOURCE": _absolute(settings.source),
        "HI_DATA_DIR": str(settings.data_dir.resolve()),
        "PYTHONPATH": os.pathsep.join(p for p in (str(package), os.environ.get("PYTHONPATH")) if p),
    }


def _absolute(source: str) -> str:
    kind, _, place = source.partition(":")
    remote = place.startswith(("http://", "https://"))
    return f"{kind}:{Path(place).resolve()}" if kind == "mirror" and not remote else source


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
