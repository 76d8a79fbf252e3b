"""Every configuration that is shipped: nothing open, no secret, limits, restarts; its settings and commands exist."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.orchestration.instance.opening import DAGSTER_YAML
from hi_pipeline.settings import Settings

DEPLOY = Path(__file__).parents[3] / "deploy"
FILES = sorted(p for p in DEPLOY.rglob("*") if p.is_file() and "secrets" not in p.parts)
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
READ = {"Containerfile", "compose.yaml", "nginx.conf", "environment.example"}
_LOOPBACK = re.compile(r"^(\$\{HI_LISTEN:-)?127\.0\.0\.1\}?:\d+:\d+$")
_SECRET = re.compile(r"(?i)(password|secret|token|key)\s*[:=]\s*[^\s/$\[{]|://[^\s/:]+:[^\s/@]+@|BEGIN [A-Z ]*PRIVATE")


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


SERVICES = compose()["services"]


def unit(path: Path) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return {name: dict(parser[name]) for name in parser.sections()}


def assert_is_a_command(words: list[str]) -> None:
    """The command is one of hi's, and takes the options that it is given."""
    shown = CliRunner().invoke(app, [words[0], "--help"], env={"COLUMNS": "300"})
    assert shown.exit_code == 0, words
    for word in words[1:]:
        assert not word.startswith("--") or word in shown.output, word


def test_every_shipped_file_is_read_here() -> None:
    assert {p.name for p in FILES if p.suffix not in (".service", ".timer")} == READ
    assert {p.stem for p in DEPLOY.glob("systemd/*.timer")} <= {p.stem for p in UNITS}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_secret_stands_in_a_file_and_every_setting_exists(path: Path) -> None:
    text = path.read_text()
    assert not _SECRET.search(text), _SECRET.search(text)
    named = set(re.findall(r"\bHI_([A-Z_]+)", text)) - {"LISTEN"}
    assert {name.lower() for name in named} <= set(Settings.model_fields)


@pytest.mark.parametrize("text", ["password: abc", "TOKEN=abc", "http://user:abc@host", "-----BEGIN PRIVATE KEY-----"])
def test_the_search_for_secrets_finds_them(text: str) -> None:
    assert _SECRET.search(text)


def test_telemetry_is_off() -> None:
    assert yaml.safe_load(DAGSTER_YAML)["telemetry"] == {"enabled": False}


def test_an_image_is_refused_without_a_digest() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    (base,) = re.findall(r"(?m)^FROM (.+)$", text)
    assert base == "${BASE_NAME}@${BASE_DIGEST}"
    assert re.search(r"(?m)^ARG BASE_DIGEST$", text), "it has no default"
    # What an engine accepts after "@": an algorithm and its digits. Neither nothing nor a tag is one.
    digest = re.compile(r"[a-z0-9]+:[0-9a-f]{32,}")
    for given in ("", "3.12", "latest"):
        assert not digest.fullmatch(given)
    assert not re.search(r"sha256:[0-9a-f]", text), "none is invented"
    assert SERVICES["pipeline"]["build"]["args"]["BASE_DIGEST"].startswith("${BASE_DIGEST:?")
    assert SERVICES["proxy"]["image"].startswith("${PROXY_IMAGE:?")


def test_the_image_runs_as_nobody_in_particular_and_installs_what_is_locked() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert re.findall(r"(?m)^USER (.+)$", text) == ["10001:10001"]
    assert "--require-hashes -r requirements.lock" in text
    for name in re.findall(r"(?m)^COPY (.+) \S+$", text)[0].split():
        assert (DEPLOY.parent / name).is_file()
    assert_is_a_command(yaml.safe_load(re.findall(r"(?m)^CMD (.+)$", text)[0]))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_limited_and_started_again(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == "10001:10001"
    for limit in ("mem_limit", "cpus", "pids_limit", "logging"):
        assert service[limit], limit
    assert "privileged" not in service
    assert all(_LOOPBACK.match(port) for port in service.get("ports", []))
    assert ("ports" in service) == (name == "proxy")
    if name != "proxy":
        assert service["network_mode"] == "service:proxy"
        assert service["healthcheck"]["test"][0] == "CMD"
        assert_is_a_command(service["command"])


@pytest.mark.parametrize("port", ["8443:8443", "0.0.0.0:8443:8443", "${HI_LISTEN:-0.0.0.0}:8443:8443"])
def test_an_open_port_would_be_seen(port: str) -> None:
    assert not _LOOPBACK.match(port)


def test_secrets_are_files_that_are_not_committed() -> None:
    secrets = compose()["secrets"]
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in secrets.items())
    assert "deploy/secrets/" in (DEPLOY.parent / ".gitignore").read_text().split()
    used = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert used == set(secrets)


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.stem)
def test_a_unit_is_limited_confined_and_runs_a_command(path: Path) -> None:
    found = unit(path)
    service = found["Service"]
    assert service["User"] == "hi"
    assert service["NoNewPrivileges"] == "true"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ReadWritePaths"].startswith("/var/lib/hi_pipeline")
    for limit in ("MemoryMax", "TasksMax", "Restart"):
        assert service[limit], limit
    assert (service["Type"] == "oneshot") == path.with_suffix(".timer").is_file()
    if service["Type"] != "oneshot":
        assert (service["Restart"], found["Install"]["WantedBy"]) == ("on-failure", "multi-user.target")
    words = shlex.split(service["ExecStart"])
    words = shlex.split(words[2])[1:] if words[0] == "/bin/sh" else words
    assert words[0] == "/opt/hi_pipeline/.venv/bin/hi"
    assert_is_a_command(words[1:])


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("systemd/*.timer")), ids=lambda p: p.stem)
def test_a_timer_makes_up_for_what_it_missed(path: Path) -> None:
    found = unit(path)
    assert found["Timer"]["Persistent"] == "true"
    assert found["Timer"]["OnCalendar"]
    assert found["Install"]["WantedBy"] == "timers.target"


def test_the_proxy_asks_who_comes_on_every_port_and_is_encrypted() -> None:
    text = (DEPLOY / "nginx" / "nginx.conf").read_text()
    servers = re.findall(r"    server \{\n(.*?)\n    \}", text, re.DOTALL)
    assert len(servers) == text.count("listen ") == 2
    for server in servers:
        assert re.search(r"listen \d+ ssl;", server)
        assert re.search(r'auth_basic "', server)
        assert re.search(r"auth_basic_user_file /run/secrets/\w+;", server)
        assert re.search(r"proxy_pass http://127\.0\.0\.1:\d+;", server)
    ports = set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+)", text))
    commands = [*(s["command"] for n, s in SERVICES.items() if n != "proxy"), *(_words(p) for p in UNITS)]
    assert ports == {words[-1] for words in commands if "--port" in words}


def _words(path: Path) -> list[str]:
    return shlex.split(unit(path)["Service"]["ExecStart"])
