"""The services of a compose file, each started by its own command as a process: no container engine is needed.

Ports, secrets and volumes are places of the test. Started by root, services of ours and the proxy run as the user that
the file names, who can write nothing but the volume and the folder for temporary files; where that user may not read
this Python (root's own, say) they run as root.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hi_pipeline_tests.certificates import make_certificate
from hi_pipeline_tests.flow.served import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
HI = [sys.executable, "-c", "from hi_pipeline.cli import app; app()"]
PASSWORD = "open sesame"
# The second command of a newcomer, for an indicator that rests on one small publication: hi run alone builds them all.
INDICATOR = "perinatal_mortality_rate"
NEWCOMER = ("run", "--indicator", INDICATOR)
_PATIENCE_S = 300.0
_PORTS = ("5432", "6379", "4000", "3000", "3001", "8443", "8444")
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")
_SECRETS = ("postgres_password", "redis_password")


class Containers:
    """The services of one file."""

    def __init__(self, folder: Path, file: str) -> None:
        self.folder = folder
        self.services: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / file).read_text())["services"]
        self.ports = {number: str(free_port()) for number in _PORTS}
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        secrets = folder / "secrets"
        secrets.mkdir()
        for name in _SECRETS:
            (secrets / name).write_text(f"{PASSWORD} {name}\n")
        (secrets / "alert_to").write_text("")
        self._certify(secrets)
        for name in ("data", "nginx"):
            (folder / name).mkdir()
        if owner := self.owner("proxy"):
            for path in (folder / "data", folder / "nginx", secrets / "key.pem"):
                os.chown(path, owner, owner)

    def _certify(self, secrets: Path) -> None:
        make_certificate(secrets, "DNS:localhost")
        words = ["openssl", "passwd", "-apr1", PASSWORD]
        said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        for name in ("operators", "viewers"):
            (secrets / name).write_text(f"{name}:{said}")

    def owner(self, name: str) -> int | None:
        """Return the user that a service runs as; None where the test cannot choose."""
        user = int(self.services[name]["user"].partition(":")[0])
        return user if _may_run(user) else None

    def placed(self, text: str) -> str:
        """Return a text of the compose file with its defaults and the places of this test."""
        text = _DEFAULT.sub(r"\1", text)
        text = re.sub("|".join(self.ports), lambda found: self.ports[found[0]], text)
        return text.replace("$$", "$").replace("/run/secrets", str(self.folder / "secrets"))

    def environment(self, name: str) -> dict[str, str]:
        """Return what a service of ours is told, by the file and by the image."""
        given = {key: self.placed(str(value)) for key, value in self.services[name]["environment"].items()}
        data = str(self.folder / "data")
        paths = os.pathsep.join(p for p in sys.path if p)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HI_")}
        return {**kept, **given, "HI_DATA_DIR": data, "HOME": data, "PYTHONWARNINGS": "ignore", "PYTHONPATH": paths}

    def start(self, name: str) -> None:
        """Start a service of ours."""
        words = [*HI, *(self.placed(word) for word in self.services[name]["command"])]
        self.run(name, words, env=self.environment(name), cwd=self.folder / "data", **self._user(name))

    def execute(self, name: str, *words: str) -> str:
        """Do what ``docker compose exec`` would do in a service of ours; return what was said."""
        done = subprocess.run(
            [*HI, *words], env=self.environment(name), cwd=self.folder / "data", check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **self._user(name),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    def start_proxy(self) -> None:
        """Start nginx on the shipped configuration."""
        program, *words = self.services["proxy"]["command"]
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
        assert found, "continuous integration installs nginx"
        text = self.placed((DEPLOY / "nginx" / "nginx.conf").read_text())
        path = self.folder / "nginx.conf"
        path.write_text(text.replace("/dev/shm/hi-nginx", f"{self.folder / 'nginx' / 'hi'}"))
        self.run("proxy", [found, *words, "-c", str(path)], **self._user("proxy"))

    def is_healthy(self, name: str) -> bool:
        """Ask the service's own health check."""
        _, program, *words = self.services[name]["healthcheck"]["test"]
        named = sys.executable if program == "python" else program
        done = subprocess.run([named, *(self.placed(word) for word in words)], capture_output=True, check=False)
        return done.returncode == 0

    def run(self, name: str, words: list[str], **options: Any) -> None:
        """Start a process whose output is kept."""
        path = self.folder / f"{name}.log"
        path.touch()
        if isinstance(owner := options.get("user"), int):
            os.chown(path, owner, owner)
        with path.open("ab") as log:
            self.children[name] = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True, **options)

    def stop(self) -> None:
        """End all that was started, the last one first."""
        for child in reversed(list(self.children.values())):
            child.send_signal(signal.SIGTERM)
        for child in reversed(list(self.children.values())):
            try:
                child.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def said(self, name: str) -> str:
        """Return what a service has written."""
        return (self.folder / f"{name}.log").read_text()

    def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until something has happened, while everything that was started lives."""
        deadline = time.monotonic() + _PATIENCE_S
        while not happened():
            dead = [name for name, child in self.children.items() if child.poll() is not None]
            assert not dead, f"{dead[0]} ended: {self.said(dead[0])[-3000:]}"
            assert time.monotonic() < deadline, f"{what}: not within {_PATIENCE_S} s: {self.said_by_all()}"
            time.sleep(0.5)

    def said_by_all(self) -> str:
        """Return the end of what each service has written."""
        return "\n".join(f"{name}: {self.said(name)[-1000:]}" for name in self.children)

    def _user(self, name: str) -> dict[str, Any]:
        owner = self.owner(name)
        return {"user": owner, "group": owner, "extra_groups": []} if owner else {}


@cache
def _may_run(user: int) -> bool:
    try:
        return os.geteuid() == 0 and subprocess.run([*HI, "--help"], user=user, capture_output=True).returncode == 0
    except PermissionError:
        return False
