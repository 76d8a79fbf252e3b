"""hi instance: the profile's files, once; what somebody edited stays."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from hi_pipeline.cli.app import app


def said(*words: str, code: int) -> str:
    result = CliRunner().invoke(app, ["instance", "--source", "live", *words], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path))
    return tmp_path / "live" / "dagster"


def test_the_celery_profile_takes_its_numbers(home: Path) -> None:
    assert "dagster.yaml" in said("--profile", "celery", "--workers", "16", "--longest-run", "600", code=0)
    found = yaml.safe_load((home / "dagster.yaml").read_text())
    assert found["concurrency"]["runs"]["max_concurrent_runs"] == 16
    assert found["run_monitoring"]["max_runtime_seconds"] == 600
    assert [path.name for path in home.iterdir()] == ["dagster.yaml"]


def test_kubernetes_gets_the_values_of_the_chart(home: Path) -> None:
    said("--profile", "k8s", code=0)
    assert sorted(path.name for path in home.iterdir()) == ["dagster.yaml", "values.yaml"]


def test_the_environment_names_the_profile_and_a_second_time_changes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_PROFILE", "postgres")
    said(code=0)
    before = (home / "dagster.yaml").read_text()
    said(code=0)
    assert (home / "dagster.yaml").read_text() == before


def test_an_edited_file_is_not_replaced(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    assert "says something else" in said("--profile", "celery", code=2)
    assert (home / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"
