"""Synthetic perinatal deaths by trust: every board's trust in England, and trusts of the other nations."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sources.mbrrace.parse import COUNTRY_LABELS, HIDDEN, SMALLEST_PRINTED
from hi_pipeline.sources.mbrrace.source import COLUMNS, SOURCE

# Per 1,000: England's average, to which a trust's own rate is drawn, and how far.
_STILLBIRTH, _NEONATAL, _DRAWN = 3.3, 1.6, 0.7
_FOOTPRINT = Vintage.APRIL_2023
_SMALLEST, _LARGEST = 700, 9_000


def write(folder: Path) -> None:
    """Write the export of the one declared year."""
    (release,) = SOURCE.releases
    write_file(folder, release.mirror_file, csv_bytes(COLUMNS, _rows(release.edition)))


def _rows(year: str) -> Iterator[list[Cell]]:
    trusts = [
        (f"Synthetic Hospitals {board.ons[-2:]} NHS Foundation Trust", "England") for board in boards_of(_FOOTPRINT)
    ]
    others = [(f"Synthetic Health Board {i}", nation) for i, nation in enumerate(COUNTRY_LABELS) if nation != "England"]
    for number, (name, country) in enumerate(sorted(trusts + others)):
        generator = chance(f"perinatal deaths {name} {year}")
        births = _SMALLEST if number < 2 else generator.randint(_SMALLEST, _LARGEST)
        still = drawn(generator, births, _STILLBIRTH / 1000)
        neonatal = drawn(generator, births - still, _NEONATAL / 1000)
        if number == 0:
            still, neonatal = 1, 1
        yield _row(year, str(5 + 3 * number), name, country, births, still, neonatal)


def _row(year: str, code: str, name: str, country: str, births: int, still: int, neonatal: int) -> list[Cell]:
    together = still + neonatal
    live = births - still
    small = min(still, neonatal) < SMALLEST_PRINTED
    place: list[Cell] = [
        year,
        code,
        name,
        country,
        "",
        "",
        "",
        "" if country == "Crown Dependencies" else country,
        0.5,
        52.5,
    ]
    parts = [
        (births, still, births, _STILLBIRTH, small),
        (live, neonatal, live, _NEONATAL, small),
        (None, together, births, _STILLBIRTH + _NEONATAL, together < SMALLEST_PRINTED),
    ]
    for total, deaths, of, average, hidden in parts:
        place += [] if total is None else [total]
        place += _kind(deaths, of, average, hidden=hidden)
    return [*place, 5, "Under 2,000 births", _STILLBIRTH, _NEONATAL, _STILLBIRTH + _NEONATAL]


def _kind(deaths: int, of: int, average: float, *, hidden: bool) -> list[Cell]:
    """Return the count, its crude rate and category, and the rate that is drawn to the average, with its interval."""
    crude = 1000 * deaths / of
    stabilised = crude + _DRAWN * (average - crude)
    interval = f"{stabilised * 0.75:.2f} to {stabilised * 1.4:.2f}"
    shown: list[Cell] = [-1, -1, 0, HIDDEN] if hidden else [deaths, f"{crude:.2f}", 4, "Within 5%"]
    return [*shown, f"{stabilised:.2f}", 4, "Within 5%", interval]
