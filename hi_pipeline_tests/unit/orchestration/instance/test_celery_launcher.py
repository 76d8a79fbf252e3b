"""Runs on Celery workers: address and password from the settings, encrypted, nothing of them in a file."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus

from hi_pipeline.core.errors import StoreError
from hi_pipeline.orchestration.instance.celery_launcher import SettingsCeleryRunLauncher, celery_options
from hi_pipeline.orchestration.instance.launching import LooksAtBroker, has_workers
from hi_pipeline_tests.flow.served import free_port


def test_the_password_is_in_the_address_that_celery_is_given_and_encryption_is_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("a/b@c\n")
    monkeypatch.setenv("HI_REDIS", "rediss://redis.example.nhs.uk:6380")
    monkeypatch.setenv("HI_REDIS_PASSWORD_FILE", str(tmp_path / "password"))
    options = celery_options()
    assert options["broker"] == "rediss://:a%2Fb%40c@redis.example.nhs.uk:6380/0?ssl_cert_reqs=CERT_REQUIRED"
    assert options["backend"] == "rediss://:a%2Fb%40c@redis.example.nhs.uk:6380/1?ssl_cert_reqs=CERT_REQUIRED"


def test_without_an_address_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HI_REDIS", raising=False)
    with pytest.raises(StoreError, match="HI_REDIS names no server"):
        SettingsCeleryRunLauncher()


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> SettingsCeleryRunLauncher:
    monkeypatch.setenv("HI_REDIS", f"redis://127.0.0.1:{free_port()}")
    return SettingsCeleryRunLauncher()


def test_a_redis_that_does_not_answer_is_told(launcher: SettingsCeleryRunLauncher) -> None:
    assert isinstance(launcher, LooksAtBroker)
    assert "refused" in launcher.wrong_with_broker()


def test_a_run_that_no_worker_was_given_is_not_taken_for_dead(launcher: SettingsCeleryRunLauncher) -> None:
    run = dg.DagsterRun(job_name="publish", run_id="a" * 36)
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING


def test_the_embedded_default_has_no_workers() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert not has_workers(instance)
