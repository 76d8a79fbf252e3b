"""Learning disabilities health check scheme: the files of two Marches, registers as in the practices' QOF."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import vintage_of
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.containers import Cell, csv_bytes, write_file
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sample.planted import Gradient
from hi_pipeline.sample.practices import Practice, practices
from hi_pipeline.sample.registers import register
from hi_pipeline.sources.ld_health_checks.source import COLUMNS, SOURCE

# Checked in a year at the most and at the least deprived place.
CHECKED = Gradient(0.74, 0.84)
_UNREAD = ("LDHC021", "LDHCMI036", "LDHCMI037")
_YOUNG, _DECLINE = 0.09, 0.02
# Every so many practices do not return everything and are left out, where their location has others.
_INCOMPLETE, _ENOUGH = 97, 4
_AGES = {
    "14 to 17": ("LDHCMI034", "LD_REG_1417", "LDHCMI036"),
    "18 and over": ("LDHCMI035", "LD_REG_18OV", "LDHCMI037"),
}


def write(folder: Path) -> None:
    """Write the file of every declared March."""
    for release in SOURCE.releases:
        (year,) = release.financial_years
        write_file(folder, release.mirror_file, csv_bytes(COLUMNS, _rows(year, f"{release.edition[:4]}0331")))


def _rows(year: str, day: str) -> Iterator[tuple[Cell, ...]]:
    held = Counter(practice.sub_icb for practice in practices())
    for number, practice in enumerate(practices()):
        incomplete = number % _INCOMPLETE == 0 and held[practice.sub_icb] >= _ENOUGH
        if practice.on_register and practice.is_open(start_year(year)) and not incomplete:
            areas = practice_areas(practice.sub_icb, vintage_of(year))
            levels = [
                areas[f"{level}_{part}"] for level in ("sub_icb", "icb", "region") for part in ("ons", "ods", "name")
            ]
            before = ("LDHC", practice.code, practice.name, practice.pcn_code, practice.pcn_name, *levels, day)
            # What nobody reads is written for the first practice only: the file is large enough.
            own = (row for row in _counts(practice, year) if number == 0 or row[0] not in _UNREAD)
            for row in own:
                yield *before, *row


def _counts(practice: Practice, year: str) -> Iterator[tuple[str, str, Cell]]:
    generator = chance(f"health checks {practice.code} {year}")
    whole = register(practice, "LD", of="TOTAL", year=year)[0]
    young = drawn(generator, whole, _YOUNG)
    checked = 0
    for people, (code, list_code, other) in zip((young, whole - young), _AGES.values(), strict=True):
        declined = drawn(generator, people, _DECLINE)
        # A small practice whose one young person declined shows how both counts are hidden.
        if code == "LDHCMI034" and people == 1 and generator.random() < 0.5:
            declined = 1
        eligible = people - declined
        checks = drawn(generator, eligible, CHECKED.at(practice.place))
        checked += checks
        hidden = eligible < 2 and declined > 0
        yield code, "Denominator", "*" if hidden else eligible
        yield code, "HLTHCHKDEC", "*" if hidden else declined
        yield code, "Numerator", checks
        yield other, "Numerator", checks
        yield list_code, "Count", people
    yield "LDHC021", "Count", checked
