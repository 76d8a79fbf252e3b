"""Physical health checks for people with severe mental illness: the stacked time series."""

from collections.abc import Iterator
from pathlib import Path

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.commissioners import units
from hi_pipeline.sample.containers import Cell, write_file, xlsx_bytes
from hi_pipeline.sources.smi_health_checks.parse import FIRST_SUB_ICB_YEAR
from hi_pipeline.sources.smi_health_checks.source import COLUMNS, SOURCE

_TITLE = "Physical-Health-Checks-SMI Raw Data"
_REGISTER_PER_RESIDENT = 0.0095
# One commissioner did not report at first.
_SILENT, _SILENT_PERIODS = "15A", ("SMI-Q3-2018-2019", "SMI-Q4-2018-2019")
_SINGLE_CHECKS = ("Alcohol", "BloodGlucose", "BloodLipid", "BloodPressure", "BMIWeight", "Smoking")
_SHARES = (0.78, 0.72, 0.70, 0.81, 0.79, 0.83)
_SHARE_OF_ALL_SIX = {2018: 0.30, 2019: 0.36, 2020: 0.27, 2021: 0.44, 2022: 0.57, 2023: 0.61}
# Every fourth quarter; of the others those with which the series and the years begin.
_OTHER_QUARTERS = ((1, 2019), (3, 2018))


def write(folder: Path) -> None:
    """Write the workbook of the one declared release."""
    (release,) = SOURCE.releases
    quarters = [*_OTHER_QUARTERS, *((4, start_year(year)) for year in release.financial_years)]
    rows: list[tuple[Cell, ...]] = [(_TITLE,), COLUMNS]
    for quarter, start in quarters:
        rows += _answers(quarter, start)
    write_file(folder, release.mirror_file, xlsx_bytes({"Sheet 1 - Physical-Health-Check": rows}))


def _answers(quarter: int, start: int) -> Iterator[tuple[Cell, ...]]:
    period = f"SMI-Q{quarter}-{start}-{start + 1}"
    merged = start >= start_year(FIRST_SUB_ICB_YEAR)
    answers: dict[str, dict[str, int]] = {}
    for unit in units():
        if unit.elsewhere:
            continue
        made = _unit_answers(f"{unit.code} {period}", unit.people, start)
        held = answers.setdefault(unit.sub_icb if merged else unit.code, dict.fromkeys(made, 0))
        for question, answer in made.items():
            held[question] += answer
    for code in sorted(answers):
        for question in sorted(answers[code], key=str.lower):
            silent = code == _SILENT and period in _SILENT_PERIODS
            yield period, code, question, None if silent else answers[code][question]


def _unit_answers(name: str, people: float, start: int) -> dict[str, int]:
    generator = chance(f"checks {name}")
    register = round(people * _REGISTER_PER_RESIDENT * generator.uniform(0.85, 1.15))
    six = drawn(generator, register, _SHARE_OF_ALL_SIX[start] + generator.gauss(0, 0.05))
    single = {
        question: max(six, drawn(generator, register, share))
        for question, share in zip(_SINGLE_CHECKS, _SHARES, strict=True)
    }
    return {**single, "All6PHC": six, "SMIRegister": register}
