"""Synthetic percentages of cancers diagnosed early: England, regions, a combined authority, counties, authorities."""

from collections.abc import Iterator
from math import sqrt
from pathlib import Path

from hi_pipeline.sample.authorities import AUTHORITIES, REGIONS
from hi_pipeline.sample.chance import chance
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sources.cancer_stage.parse import COMBINED, STATUS_LABELS, UNRELIABLE
from hi_pipeline.sources.cancer_stage.source import COLUMNS, SOURCE

_YEARS = range(2017, 2021)
_SHARE = 0.54
_NATION, _REGION, _UNITARY, _DISTRICT = "Nation", "Region", "County or Unitary Authority", "Local Authority District"
# Areas that stand beside the authorities of 2022: former and later ones, and two that stand together.
_OTHERS = (
    ("E10000006", "Cumbria ", _UNITARY, "", "Obsolete code since 2023 (replaced by E06000063 Cumberland)"),
    ("E06000063", "Cumberland", _UNITARY, "", ""),
    ("E06000065", "North Yorkshire", _UNITARY, "Value for North Yorkshire Cty applied to North Yorkshire UA", ""),
    ("E06000066", "Somerset", _UNITARY, "Value for Somerset Cty applied to Somerset UA", ""),
    ("E67000002", "Isles of Scilly, Cornwall", _UNITARY, "Value for Cornwall and Isles of Scilly combined", ""),
    ("E47000001", "Greater Manchester", COMBINED, "", ""),
)
_TOGETHER = ("E06000052", "E06000053")


def write(folder: Path) -> None:
    """Write the one declared release."""
    (release,) = SOURCE.releases
    write_file(folder, release.mirror_file, csv_bytes(COLUMNS, _rows()))


def _areas() -> Iterator[tuple[str, str, str, str, str]]:
    yield "E92000001", "England", _NATION, "", ""
    for number, name in enumerate(REGIONS, start=1):
        yield f"E1200000{number}", f"{name} ", _REGION, "", ""
    for code, name, _, _ in AUTHORITIES:
        if code not in _TOGETHER:
            yield code, name, _UNITARY if code.startswith("E06") else _DISTRICT, "", ""
    yield from _OTHERS


def _rows() -> Iterator[tuple[Cell, ...]]:
    what = ("Proportion of cancers diagnosed at stages 1 and 2", "Cancer diagnosis at stage 1 and 2", "Mission 7")
    for number, (code, name, geography, status, notes) in enumerate(_areas()):
        assert status in STATUS_LABELS
        for year in _YEARS:
            hidden = number > len(REGIONS) and number % 9 == year % 9 and not status
            figures: tuple[Cell, ...] = ("", "", "") if hidden else _figures(code, year)
            # One row has a value beside the mark of a hidden one, as one of the real file has.
            marked = UNRELIABLE if hidden or (number, year) == (len(REGIONS) + 1, _YEARS[1]) else status
            head = (code, name, geography, *what, "Spreading opportunity and improving public services", year)
            yield (*head, figures[0], "Percentage", "%", *figures[1:], marked, 1, notes)


def _figures(code: str, year: int) -> tuple[Cell, ...]:
    generator = chance(f"early stage {code} {year}")
    cancers = 240_000 if code == "E92000001" else generator.randint(350, 2_500)
    share = _SHARE if code == "E92000001" else _SHARE + generator.gauss(0, 0.03)
    spread = 1.96 * sqrt(share * (1 - share) / cancers)
    return tuple(round(100 * value, 5) for value in (share, share - spread, share + spread))
