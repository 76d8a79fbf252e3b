"""The pictures of docs/operators.md: their script runs, and those in the folder are shown and small."""

import re
import struct
from pathlib import Path

import pytest

from docs.ui_pictures import HEIGHT, PLACE, WIDTH, shots, take
from hi_pipeline_tests.flow.browser import chromium_or_skip, open_browser
from hi_pipeline_tests.flow.conftest import Served

LARGEST = 200_000
PAGE = PLACE.parent / "operators.md"


def size_of(picture: Path) -> tuple[int, int]:
    """Return width and height of a PNG."""
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


@pytest.mark.slow
@pytest.mark.browser
def test_the_script_takes_every_picture(served: Served, tmp_path: Path) -> None:
    wanted = shots(indicator="tiny_1_pct", cell="2022-23|E54000008", source="tiny")
    with open_browser(chromium_or_skip(), tmp_path / "profile") as page:
        take(page, f"http://127.0.0.1:{served.port}", wanted, tmp_path)
    assert {size_of(tmp_path / shot.name) for shot in wanted} == {(WIDTH, HEIGHT)}
    # A page of one colour takes a few kB.
    assert all((tmp_path / shot.name).stat().st_size > 10_000 for shot in wanted)


def test_the_pictures_are_there_small_and_shown() -> None:
    names = {shot.name for shot in shots(indicator="", cell="", source="")}
    assert set(re.findall(r"\(pictures/(ui-[a-z]+\.png)\)", PAGE.read_text(encoding="utf-8"))) == names
    assert {path.name for path in PLACE.glob("ui-*.png")} == names
    assert all((PLACE / name).stat().st_size < LARGEST and size_of(PLACE / name) == (WIDTH, HEIGHT) for name in names)
