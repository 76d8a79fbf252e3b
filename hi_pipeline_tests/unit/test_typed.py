"""What is typed after a command: a port, a path, or one clear line that says what it is instead."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("HI_SOURCE", "live")
    monkeypatch.setenv("HI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 2, result.output
    return re.sub(r"\s+", " ", result.output)


@pytest.mark.parametrize("command", [["ui"], ["doctor"], ["serve", "code"]])
@pytest.mark.parametrize(
    ("port", "said"),
    [
        ("99999", "Invalid value for '--port': expected 65535 or less"),
        ("0", "Invalid value for '--port': expected 1 or more"),
        ("-5", "Invalid value for '--port': expected 1 or more"),
        ("http", "Invalid value for '--port': expected a whole number"),
    ],
)
def test_a_port_is_one(command: list[str], port: str, said: str) -> None:
    assert said in refused(*command, "--port", port)


@pytest.mark.parametrize(
    "words",
    [
        ["import"],
        ["backup"],
        ["restore"],
        ["metrics", "--to"],
        ["pack", "--verify"],
        ["export", "--icb", "QNC", "--to"],
    ],
)
def test_a_path_is_not_empty_and_its_home_folder_is_found(words: list[str]) -> None:
    for empty in ("", "  "):
        assert "expected the name of a file or folder" in refused(*words, empty)
    assert "~nobody-of-this-name/x" in refused(*words, "~nobody-of-this-name/x")


def test_files_are_written_to_the_home_folder(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    result = CliRunner().invoke(app, ["metrics", "--to", "~/hi.prom"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "home" / "hi.prom").is_file()
    assert f"{tmp_path / 'home' / 'absent.csv'}" in refused("import", "~/absent.csv")


@pytest.mark.parametrize("words", [["metrics", "--to"], ["export", "--icb", "QNC", "--to"]])
@pytest.mark.parametrize("folder", [".", "..", "/", "~"])
def test_a_file_to_write_is_no_folder(words: list[str], folder: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    assert f"{folder} is a folder; name the file to write" in refused(*words, folder)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "--format", "xml"], "Invalid value for '--format': 'xml' is not one of 'table', 'csv'"),
        (["serve", "x\u202ey"], "is not one of 'web', 'viewer'"),
        (["run", "extra\u202e"], "unexpected extra argument(s) (extra<U+202E>)"),
        (["run", "--x\u202e"], "No such option: --x<U+202E>"),
        (["r\u202eun"], "No such command"),
        (["--x\u202e"], "No such option: --x<U+202E>"),
    ],
)
def test_what_is_said_of_a_wrong_word_is_text_in_our_words(words: list[str], said: str) -> None:
    message = refused(*words)
    assert said in message
    assert "\u202e" not in message and "Value error" not in message
