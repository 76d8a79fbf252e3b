"""The operator's commands on the miniature pipeline: what they print, and how they end."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline_tests.flow.commands import commands_on
from hi_pipeline_tests.flow.tiny import make_catalogue, write_release


def hi(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return re.sub(r"\s+", " ", result.output)


def test_a_day_of_an_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands_on(tmp_path, make_catalogue(), monkeypatch, columns=200)
    write_release(tmp_path / "mirror", "2023-24")
    root, copy = tmp_path / "data" / "mirror", tmp_path / "copy"

    assert "holds nothing to back up" in hi("backup", str(copy), code=2)
    hi("run", "--year", "2023-24", "--icb", "E54000010")
    found = json.loads(CliRunner().invoke(app, ["doctor", "--format", "json", "--port", "1"]).output)
    assert {row["what"] for row in found["doctor"]} >= {"data folder", "disk", "lock", "mirror", "host", "records"}
    assert not [row for row in found["doctor"] if row["state"] == "fails"]

    assert f"to {copy}" in hi("backup", str(copy))
    assert "is there already" in hi("backup", str(copy), code=2)
    assert "is not empty" in hi("restore", str(copy), code=2)
    shutil.rmtree(root)
    assert "hi run goes on from there" in hi("restore", str(copy))
    assert "0 files disagree" in hi("verify")

    assert "Would remove 0 runs" in hi("prune", "--dry-run")
    assert "Removed 0 runs" in hi("prune")
    file = tmp_path / "hi.prom"
    hi("metrics", "--to", str(file))
    assert 'hi_partitions{layer="indicator",name="tiny_1_pct",state="built"} 1' in file.read_text()
    assert "HI_ALERT_TO names nobody" in hi("alert", code=2)
    assert "HI_ALERT_TO names nobody" in hi("alert", "--test", code=2)

    (root / "data-folder.json").write_text('{"layout": 2, "contract": 1}')
    for words in (["run"], ["status"], ["verify"], ["doctor"], ["prune"], ["backup", str(tmp_path / "other")]):
        assert "a newer hi wrote it" in hi(*words, code=2), words
