"""The shipped proxy, started before hi ui: nobody passes without signing in, and the page answers through it."""

import base64
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from hi_pipeline_tests.certificates import make_certificate
from hi_pipeline_tests.flow.conftest import Served, open_bench, serving
from hi_pipeline_tests.flow.served import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def health_check(port: int) -> list[str]:
    """The compose file's own health check, for another port."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["pipeline"]
    _, _, *words = service["healthcheck"]["test"]
    return [sys.executable, *(word.replace(":3000/", f":{port}/") for word in words)]


def test_the_health_check_passes_where_hi_ui_answers_and_fails_where_nothing_does(served: Served) -> None:
    assert subprocess.run(health_check(served.port), check=False).returncode == 0
    assert subprocess.run(health_check(free_port()), check=False, stderr=subprocess.DEVNULL).returncode != 0


@pytest.fixture
def proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ssl.SSLContext]]:
    """hi ui behind nginx: the address of the proxy, and the trust in its certificate."""
    if NGINX is None:
        assert not os.environ.get("CI"), "continuous integration installs nginx"
        pytest.skip("nginx is not installed")
    listen = free_port()
    monkeypatch.setenv("HI_UI_HOSTS", f"localhost:{listen}")
    bench = open_bench(tmp_path / "bench")
    with serving(bench) as port:
        secrets = tmp_path / "secrets"
        secrets.mkdir()
        _, certificate = make_certificate(secrets, "DNS:localhost")
        said = subprocess.run(["openssl", "passwd", "-apr1", "open sesame"], check=True, capture_output=True, text=True)
        for name in ("operators", "viewers"):
            (secrets / name).write_text(f"{name}:{said.stdout}")
        text = (DEPLOY / "nginx" / "nginx.conf").read_text()
        text = text.replace("/run/secrets/", f"{secrets}/").replace("/dev/shm/hi-nginx", f"{tmp_path}/nginx")
        text = text.replace("8443", str(listen)).replace("8444", str(free_port())).replace(":3000;", f":{port};")
        assert re.search(r"listen \d+ ssl", text)
        path = tmp_path / "nginx.conf"
        path.write_text(text)
        # The workers of an nginx that root starts belong to another user, who could not read the test's folder.
        switches = "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"
        child = subprocess.Popen([NGINX, "-c", str(path), "-g", switches], stdout=subprocess.DEVNULL)
        try:
            yield f"https://localhost:{listen}", ssl.create_default_context(cafile=str(certificate))
        finally:
            child.terminate()
            child.wait(timeout=60)


def ask(address: str, context: ssl.SSLContext, name: str = "", word: str = "open sesame") -> int:
    request = urllib.request.Request(f"{address}/server_info")
    if name:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    deadline = time.monotonic() + 60
    while True:
        try:
            with opener.open(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_only_who_signs_in_reaches_the_page(proxy: tuple[str, ssl.SSLContext]) -> None:
    address, context = proxy
    assert ask(address, context) == 401
    assert ask(address, context, "operators", "guessed") == 401
    assert ask(address, context, "viewers") == 401, "viewers have their own door"
    assert ask(address, context, "operators") == 200
