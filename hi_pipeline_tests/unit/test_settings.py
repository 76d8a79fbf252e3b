"""Settings: what is typed is a folder or one clear line says what it is instead."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
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
