"""Logs of services: one JSON object a line where that is asked for, whatever library speaks, and each thing once."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import logging
from hi_pipeline.orchestration.logs import set_up_logs
from hi_pipeline.settings import Settings
set_up_logs(Settings(), level="WARNING")
for name in ("dagster", "dagster.daemon", "uvicorn.error", "celery.worker"):
    logging.getLogger(name).warning("from %s", name)
logging.getLogger("dagster").info("not asked for")
"""


def said(log_format: str) -> list[str]:
    environment = {**os.environ, "HI_LOG_FORMAT": log_format, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if "from " in line or "asked" in line]


def test_each_line_is_an_object_that_says_who_speaks() -> None:
    lines = [json.loads(line) for line in said("json")]
    assert [line["event"] for line in lines] == [
        "from dagster", "from dagster.daemon", "from uvicorn.error", "from celery.worker",
    ]  # fmt: skip
    assert {line["level"] for line in lines} == {"warning"}
    assert all(line["logger"] in line["event"] for line in lines)


def test_text_is_the_default() -> None:
    lines = said("text")
    assert len(lines) == 4
    assert not any(line.startswith("{") for line in lines)


HOSTILE = """
import logging
from hi_pipeline.orchestration.logs import set_up_logs
from hi_pipeline.settings import Settings
set_up_logs(Settings(), level="WARNING")
logging.getLogger("dagster").warning("at least \\u2265 5: a\\x1b[2Jb\\u202ec.csv")
try:
    raise ValueError("label \\x1b[2J")
except ValueError:
    logging.getLogger("dagster.daemon").exception("broke")
"""


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_words_of_others_steer_no_terminal_and_no_line_is_lost(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", HOSTILE], env=environment, capture_output=True, check=True)
    text = done.stdout.decode(encoding)
    assert ("at least >= 5" if encoding == "ascii" else "at least \u2265 5") in text
    assert "a<U+001B>[2Jb<U+202E>c.csv" in text
    assert "ValueError: label <U+001B>[2J" in text
    assert "\x1b" not in text, "no colours either"
    assert not done.stderr


def test_processes_of_dagster_that_load_the_definitions_lose_no_line() -> None:
    script = "import sys, hi_pipeline.definitions; sys.stderr.write('at least \\u2265 5')"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert "at least >= 5" in done.stderr
