"""Every configuration that is shipped: nothing open, no secret, limits, restarts; its settings and commands exist."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.profiles import Profile
from hi_pipeline.orchestration.instance.profiles import chart_values, dagster_yaml
from hi_pipeline.settings import Settings

DEPLOY = Path(__file__).parents[3] / "deploy"
FILES = sorted(p for p in DEPLOY.rglob("*") if p.is_file() and "secrets" not in p.parts)
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
READ = {"Containerfile", "compose.yaml", "compose.scale.yaml", "nginx.conf", "environment.example"}
PROFILES = get_args(Profile)
_LOOPBACK = re.compile(r"^(\$\{HI_LISTEN:-)?127\.0\.0\.1\}?:\d+:\d+$")
_SECRET = re.compile(r"(?i)(password|secret|token|key)\s*[:=]\s*[^\s/$\[{]|://[^\s/:]+:[^\s/@]+@|BEGIN [A-Z ]*PRIVATE")


def compose(name: str = "compose.yaml") -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / name).read_text()))


SERVICES = compose()["services"]
COMPOSED = {name: compose(name) for name in ("compose.yaml", "compose.scale.yaml")}
EACH_SERVICE = [(name, service) for name, whole in COMPOSED.items() for service in whole["services"]]
# Images of others, and the users that these images are made for.
OTHERS = {"proxy": "10001:10001", "postgres": "999:999", "redis": "999:999"}
# They listen nowhere: a health check would have nothing to ask.
SILENT = {"daemon", "worker"}


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


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_tells_nobody_and_holds_no_secret_and_no_host(profile: Profile) -> None:
    text = dagster_yaml(profile, workers=7, longest_run_s=90)
    found = yaml.safe_load(text)
    assert found["telemetry"] == {"enabled": False}
    assert found["run_coordinator"]["class"] == "NamingRunCoordinator"
    assert not _SECRET.search(text)
    assert "://" not in text
    storages = [found[name]["module"] for name in ("run_storage", "event_log_storage")]
    assert all(("postgres" in module) == (profile != "embedded") for module in storages)
    assert ("run_launcher" in found) == (profile == "celery")
    if profile == "celery":
        assert found["concurrency"]["runs"]["max_concurrent_runs"] == 7
        assert found["run_monitoring"]["max_runtime_seconds"] == 90
        assert found["run_retries"]["enabled"]


def test_the_values_of_the_chart_hold_limits_and_no_secret_and_say_that_nobody_rendered_them() -> None:
    text = chart_values(workers=7, longest_run_s=90)
    found = yaml.safe_load(text)
    assert "Not rendered and not run here" in text
    assert not _SECRET.search(text.replace("generatePostgresqlPasswordSecret: false", ""))
    assert found["telemetry"] == {"enabled": False}
    assert found["runLauncher"]["type"] == "K8sRunLauncher"
    assert found["dagsterDaemon"]["runMonitoring"]["maxRuntimeSeconds"] == 90
    assert found["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]["maxConcurrentRuns"] == 7
    (code,) = found["dagster-user-deployments"]["deployments"]
    assert code["dagsterApiGrpcArgs"] == ["-m", "hi_pipeline.definitions"]
    for part in (code, found["dagsterWebserver"], found["dagsterDaemon"]):
        assert part["resources"]["limits"]["memory"]
    for part in (code, found["runLauncher"]["config"]["k8sRunLauncher"]):
        assert part["securityContext"]["runAsNonRoot"] is True
    assert found["dagsterWebserver"]["service"]["type"] == "ClusterIP"
    assert {name.removeprefix("HI_").lower() for name in code["env"] if name.startswith("HI_")} <= set(
        Settings.model_fields
    )


# The keys of Dagster's chart that are known, "" where what stands below is Kubernetes' own or free. Read 2026-11 in the
# models from which the chart's values.schema.json is made (dagster-io/dagster, helm/dagster/schema/schema/charts; most
# of them refuse other keys), and maxRuntimeSeconds in the change that brought it (pull request 27005, January 2025).
_FREE: dict[str, Any] = {}
_OF_A_POD = dict.fromkeys(
    ("env", "volumes", "volumeMounts", "resources", "securityContext", "podSecurityContext"), _FREE
)
_IMAGE = dict.fromkeys(("repository", "tag", "pullPolicy"), _FREE)
CHART: dict[str, Any] = {
    "global": dict.fromkeys(("postgresqlSecretName", "dagsterHome", "serviceAccountName"), _FREE),
    "generatePostgresqlPasswordSecret": _FREE,
    "telemetry": {"enabled": _FREE},
    "postgresql": {
        "image": _IMAGE,
        "postgresqlParams": _FREE,
        **{n: _FREE for n in ("enabled", "postgresqlHost", "postgresqlUsername", "postgresqlDatabase", "service")},
    },
    "computeLogManager": {"type": _FREE, "config": _FREE},
    "dagster-user-deployments": {
        "enabled": _FREE,
        "enableSubchart": _FREE,
        "deployments": {
            **_OF_A_POD,
            "image": _IMAGE,
            "includeConfigInLaunchedRuns": {"enabled": _FREE},
            **{n: _FREE for n in ("name", "dagsterApiGrpcArgs", "codeServerArgs", "port", "envSecrets", "labels")},
        },
    },
    "dagsterWebserver": {
        **_OF_A_POD,
        "image": _IMAGE,
        "service": dict.fromkeys(("type", "port", "annotations"), _FREE),
        **{n: _FREE for n in ("replicaCount", "enableReadOnly", "workspace", "envSecrets")},
    },
    "dagsterDaemon": {
        **_OF_A_POD,
        "image": _IMAGE,
        "runCoordinator": {
            "enabled": _FREE,
            "type": _FREE,
            "config": {
                "queuedRunCoordinator": dict.fromkeys(
                    ("maxConcurrentRuns", "tagConcurrencyLimits", "dequeueIntervalSeconds", "dequeueUseThreads"), _FREE
                )
            },
        },
        "runMonitoring": dict.fromkeys(
            ("enabled", "startTimeoutSeconds", "pollIntervalSeconds", "maxRuntimeSeconds", "maxResumeRunAttempts"),
            _FREE,
        ),
        "runRetries": dict.fromkeys(("enabled", "maxRetries", "retryOnAssetOrOpFailure"), _FREE),
    },
    "runLauncher": {
        "type": _FREE,
        "config": {
            "k8sRunLauncher": {
                n: _FREE
                for n in ("image", "imagePullPolicy", "envSecrets", "envVars", "volumes", "volumeMounts", "labels",
                          "resources", "securityContext", "runK8sConfig")
            }
        },
    },
}  # fmt: skip


def unknown_keys(values: Any, known: dict[str, Any], place: str = "") -> list[str]:
    """Return the keys of values, by their places, that the chart does not know."""
    if not known:
        return []
    if isinstance(values, list):
        return [wrong for value in values for wrong in unknown_keys(value, known, place)]
    if not isinstance(values, dict):
        return [f"{place}: {values!r} where keys are due"]
    wrong = [f"{place}.{name}".lstrip(".") for name in values if name not in known]
    below = [unknown_keys(values[name], known[name], f"{place}.{name}".lstrip(".")) for name in values if name in known]
    return wrong + [one for found in below for one in found]


def test_the_chart_knows_every_key_of_its_values() -> None:
    found = yaml.safe_load(chart_values())
    assert unknown_keys(found, CHART) == []
    assert found["computeLogManager"]["type"] == "NoOpComputeLogManager"
    assert found["dagsterDaemon"]["runCoordinator"]["type"] == "QueuedRunCoordinator"
    assert found["postgresql"]["postgresqlParams"]["sslrootcert"], "sslmode=verify-full alone finds no authority"
    (deployment,) = found["dagster-user-deployments"]["deployments"]
    assert all(isinstance(value, str) for value in deployment["env"].values()), "the chart takes texts alone"
    found["dagsterDaemon"]["runMonitoring"]["max_runtime_seconds"] = 1
    deployment["replicas"] = 2
    assert unknown_keys(found, CHART) == [
        "dagster-user-deployments.deployments.replicas", "dagsterDaemon.runMonitoring.max_runtime_seconds"
    ]  # fmt: skip


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
    for whole in COMPOSED.values():
        services = whole["services"]
        (built,) = (service["build"] for service in services.values() if "build" in service)
        assert built["args"]["BASE_DIGEST"].startswith("${BASE_DIGEST:?")
        for name in OTHERS.keys() & services:
            assert services[name]["image"].startswith(f"${{{name.upper()}_IMAGE:?")


def test_the_image_runs_as_nobody_in_particular_and_installs_what_is_locked() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert re.findall(r"(?m)^USER (.+)$", text) == ["10001:10001"]
    assert "--require-hashes -r ${LOCK}" in text
    assert re.search(r"(?m)^ARG LOCK=requirements.lock$", text)
    made = (DEPLOY.parent / "Makefile").read_text()
    assert f"-o {COMPOSED['compose.scale.yaml']['services']['code']['build']['args']['LOCK']}\n" in made
    for name in re.findall(r"(?m)^COPY (.+) \S+$", text)[0].split():
        assert list(DEPLOY.parent.glob(name)), name
    assert_is_a_command(yaml.safe_load(re.findall(r"(?m)^CMD (.+)$", text)[0]))


@pytest.mark.parametrize(("file", "name"), EACH_SERVICE)
def test_a_service_is_limited_and_started_again(file: str, name: str) -> None:
    service = COMPOSED[file]["services"][name]
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"] == OTHERS.get(name, "10001:10001")
    for limit in ("mem_limit", "cpus", "pids_limit", "logging"):
        assert service[limit], limit
    assert "privileged" not in service
    assert all(_LOOPBACK.match(port) for port in service.get("ports", []))
    assert ("ports" in service) == (name == "proxy")
    if name != "proxy":
        assert service["network_mode"] == "service:proxy"
        assert (service.get("healthcheck", {"test": [""]})["test"][0] == "CMD") == (name not in SILENT)
    if name not in OTHERS:
        assert_is_a_command(service["command"])
    listening = " ".join(service["command"]) if name in ("postgres", "redis") else "127.0.0.1"
    assert "127.0.0.1" in listening, "it shares the proxy's network and must not be reached through it"


@pytest.mark.parametrize("port", ["8443:8443", "0.0.0.0:8443:8443", "${HI_LISTEN:-0.0.0.0}:8443:8443"])
def test_an_open_port_would_be_seen(port: str) -> None:
    assert not _LOOPBACK.match(port)


@pytest.mark.parametrize("file", COMPOSED)
def test_secrets_are_files_that_are_not_committed(file: str) -> None:
    secrets = COMPOSED[file]["secrets"]
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in secrets.items())
    assert "deploy/secrets/" in (DEPLOY.parent / ".gitignore").read_text().split()
    used = {name for service in COMPOSED[file]["services"].values() for name in service.get("secrets", [])}
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
    assert "proxy_set_header X-Forwarded-User $remote_user;" in text
    for whole in COMPOSED.values():
        own = [service["command"] for name, service in whole["services"].items() if name not in OTHERS]
        assert ports == {w[-1] for w in own if "--port" in w and "code" not in w}
    assert ports == {words[-1] for words in map(_words, UNITS) if "--port" in words}


def _words(path: Path) -> list[str]:
    return shlex.split(unit(path)["Service"]["ExecStart"])
