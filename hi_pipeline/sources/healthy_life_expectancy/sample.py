"""Synthetic healthy life expectancy by decile: four periods, two of which are declared, at birth and at 65."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from hi_pipeline.core.groups import DECILES
from hi_pipeline.sample.chance import chance
from hi_pipeline.sample.containers import Cell, Rows, write_file, xlsx_bytes
from hi_pipeline.sources.healthy_life_expectancy.parse import AT_BIRTH
from hi_pipeline.sources.healthy_life_expectancy.source import COLUMNS, SOURCE, TIME_SERIES

# Last year of each period, and how much longer healthy life was then than in the last of them.
_PERIODS = {2021: 0.9, 2022: 0.6, 2023: 0.2, 2024: 0.0}
# Years of the most and of the least deprived decile.
_ENDS = {"Female": (50.0, 69.0), "Male": (51.0, 70.0)}
_LIFE = {"Female": 83.0, "Male": 79.0}
_AGES = {AT_BIRTH: (1, 1.0), "65 to 69": (15, 0.16)}
_HALF = 0.9


def write(folder: Path) -> None:
    """Write the workbook of the one declared edition."""
    (release,) = SOURCE.releases
    words: Rows = [("SYNTHETIC: healthy life expectancy by decile",)]
    above: list[Sequence[Cell]] = [(f"Line {n} above the table",) for n in range(TIME_SERIES.members[0].header_row)]
    sheets = {"Cover_sheet": words, "Notes": words, "1": words, "4": [*above, COLUMNS, *_rows()]}
    write_file(folder, release.mirror_file, xlsx_bytes(sheets))


def _rows() -> Iterator[Sequence[Cell]]:
    for last, longer in _PERIODS.items():
        for number in range(1, len(DECILES) + 1):
            for code, (sex, (low, high)) in enumerate(_ENDS.items(), 1):
                for age, (age_code, part) in _AGES.items():
                    drift = chance(f"healthy life {last} {number} {sex}").uniform(-0.4, 0.4)
                    years = part * (low + (high - low) * (number - 0.5) / len(DECILES) + longer + drift)
                    figures = (round(years, 2), round(years - part * _HALF, 2), round(years + part * _HALF, 2))
                    share = round(100 * years / (part * _LIFE[sex]), 1)
                    yield (f"{last - 2} to {last}", number, sex, code, age, age_code, *figures, share)
