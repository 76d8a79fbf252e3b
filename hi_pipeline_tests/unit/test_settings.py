"""Settings: what is typed is a folder or one clear line says what it is instead."""

import re
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.settings import Settings


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 2, result.output
    return re.sub(r"\s+", " ", result.output)


def test_the_home_folder_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("HI_DATA_DIR", "~/figures")
    settings = Settings(source="mirror:~/files")
    assert settings.data_dir == tmp_path / "figures"
    assert settings.mirror == str(tmp_path / "files")
    assert Settings(source="mirror:http://127.0.0.1:1/~a").mirror == "http://127.0.0.1:1/~a"


def test_every_path_finds_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    paths = [
        name for name, field in Settings.model_fields.items() if Path in (field.annotation, *get_args(field.annotation))
    ]
    assert len(paths) == 4
    for name in paths:
        monkeypatch.setenv(f"HI_{name.upper()}", "~/named")
        assert getattr(Settings(), name) == tmp_path / "named"


@pytest.mark.parametrize("name", Settings.model_fields)
@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_blank_setting_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str, blank: str) -> None:
    monkeypatch.setenv(f"HI_{name.upper()}", blank)
    assert Settings() == Settings.model_construct()


@pytest.mark.parametrize("typed", [",", "x,", " , x"])
def test_a_list_may_have_blank_entries(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("HI_UI_HOSTS", typed)
    assert Settings().ui_hosts == (("x",) if "x" in typed else ())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HI_KEEP_RUNS_DAYS", "abc", "HI_KEEP_RUNS_DAYS is 'abc': expected a whole number from 30 to 36500"),
        ("HI_KEEP_RUNS_DAYS", "9999999999", "is '9999999999': expected a whole number from 30 to 36500"),
        ("HI_KEEP_FILES_DAYS", "800000", "is '800000': expected a whole number from 366 to 36500"),
        ("HI_KEEP_FILES_DAYS", "1", "HI_KEEP_FILES_DAYS is '1': expected a whole number from 366"),
        ("HI_ROBOTS", "maybe", "HI_ROBOTS is 'maybe': expected 'obey' or 'ignore'"),
        ("HI_MIRROR_LINKS", "x", "HI_MIRROR_LINKS is 'x': expected 'refuse' or 'follow'"),
        ("HI_ACCEPT", "x", "HI_ACCEPT is 'x': expected 'first' or 'ask'"),
        ("HI_PROFILE", "x", "HI_PROFILE is 'x': expected 'embedded', 'postgres', 'celery' or 'k8s'"),
        ("HI_LOG_FORMAT", "x", "HI_LOG_FORMAT is 'x': expected 'text' or 'json'"),
        (
            "HI_ALERT_TO_FILE",
            "~nobody-of-this-name/x",
            "HI_ALERT_TO_FILE is ~nobody-of-this-name/x: Could not determine home directory",
        ),
        ("HI_SOURCE", "mirror:http://", "HI_SOURCE is 'mirror:http://': expected a mirror's folder, or an address"),
        ("HI_SOURCE", "mirror:https:/host", "HI_SOURCE is 'mirror:https:/host': expected a mirror's folder, or"),
        ("HI_SOURCE", "mirror:ftp://host", "HI_SOURCE is 'mirror:ftp://host': expected a mirror's folder, or"),
        ("HI_SOURCE", "mirror: ", "expected sample, live, or mirror:"),
    ],
)
def test_what_is_wrong_names_the_variable_its_value_and_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    message = refused("prune", "--dry-run")
    assert said in message
    assert "Input should" not in message


def test_a_file_where_a_folder_is_due(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.touch()
    monkeypatch.setenv("HI_DATA_DIR", str(file))
    assert f"but {file} is a file; name a folder" in refused("status", "--source", "sample")
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path / "data"))
    assert f"the mirror {file} is a file" in refused("status", "--source", f"mirror:{file}")
    assert "does not exist" in refused("status", "--source", f"mirror:{tmp_path / 'nowhere'}")


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-this-name/data"])
def test_an_impossible_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("HI_DATA_DIR", name if name.startswith("~") else str(tmp_path / name))
    said = refused("status", "--source", "sample")
    assert said.startswith("SelectionError: ")
    assert "Value error" not in said and "Traceback" not in said


def test_the_words_before_a_settings_error_are_ours() -> None:
    assert "SelectionError: HI_SOURCE is 'elsewhere': expected" in refused("status", "--source", "elsewhere")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HI_POSTGRES", "postgresql://hi:sesame@localhost/dagster", "HI_POSTGRES holds a password"),
        ("HI_POSTGRES", "postgresql://hi@db.example.nhs.uk/dagster", "not encrypted: say sslmode=verify-full"),
        ("HI_POSTGRES", "postgresql://hi@localhost", "names no database"),
        ("HI_REDIS", "redis://:sesame@localhost:6379", "HI_REDIS holds a password"),
        ("HI_REDIS", "redis://redis.example.nhs.uk:6379", "not encrypted: write rediss://"),
        ("HI_REDIS", "http://localhost:6379", "expected rediss://host:port"),
        ("HI_CODE_SERVER", "localhost", "expected host:port"),
    ],
)
def test_an_address_that_tells_a_password_or_is_open_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)
    message = refused("status", "--source", "sample")
    assert said in message
    assert "sesame" not in message


def test_a_password_comes_from_its_file_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("open sesame \n")
    assert Settings(redis_password="other", redis_password_file=file).secret("redis_password") == "open sesame "
    assert Settings(redis_password="other").secret("redis_password") == "other"
    assert Settings().secret("postgres_password") == ""
    assert "other" not in repr(Settings(redis_password="other"))
    with pytest.raises(SelectionError, match="HI_REDIS_PASSWORD_FILE .*absent: No such file"):
        Settings(redis_password_file=tmp_path / "absent").secret("redis_password")


def test_the_place_of_a_file_stays_true_of_a_copied_folder(tmp_path: Path) -> None:
    for folder in ("data", "copy"):
        settings = Settings(source="sample", data_dir=tmp_path / folder)
        told = settings.place_of(settings.root / "indicator" / "x" / "2023-24.parquet")
        assert told == "sample/indicator/x/2023-24.parquet in the data folder (HI_DATA_DIR)"


@pytest.mark.parametrize("typed", ["s3://bucket", "s3://my.bucket-1/a/prefix=1", "s3://bucket/prefix/"])
def test_the_address_of_a_store(typed: str) -> None:
    settings = Settings(source="live", store=typed)
    assert settings.store_of_kind == f"{typed.rstrip('/')}/live"


@pytest.mark.parametrize("typed", ["bucket", "https://host/bucket", "s3://", "s3://b/../c", "s3://key:secret@bucket"])
def test_what_is_no_address_of_a_store(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setenv("HI_STORE", typed)
    said = refused("status")
    assert "HI_STORE: expected s3://bucket or s3://bucket/prefix" in said
    assert "secret@" not in said
