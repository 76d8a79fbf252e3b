"""Which answer of the interface is which: periods, levels and indicators by their names, never by a number.

The numbers of periods, levels and indicators change between documents. Each answer's name in the archive holds the
numbers that were asked for; here they are held against the lists that came with it, and against the answer's own rows.
"""

import re
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.source import RawTable, RawTables
from hi_pipeline.sources.cvdprevent.labels import FIGURES, LEVEL_LABELS, OUTCOMES, STANDARD

PERIODS = "time_periods.json"
LEVELS = r"system_levels_(\d+)\.json"
LISTS = r"indicators_(\d+)_(\d+)\.json"
ANSWERS = r"raw_(\d+)_(\d+)_(\d+)\.json"


@dataclass(frozen=True)
class Answer:
    """The rows of one indicator at one level: its code, the level here, and the table."""

    code: str
    level: str
    table: RawTable


def period_names(financial_year: str) -> dict[str, str]:
    """Return the names that the interface gives to the periods of a financial year, by kind.

    Standard figures are of the twelve months to the end of March, outcomes of the twelve months from April.
    """
    first, last = period(financial_year)
    return {STANDARD: f"To March {last.year}", OUTCOMES: f"Apr {first.year} - Mar {last.year}"}


def find_id(frame: pl.DataFrame, column: str, *, where: str, **wanted: str) -> str | None:
    """Return the number in a list whose row has the wanted words; None where no row has them.

    Raises:
        LayoutError: two rows have them.
    """
    found = frame.filter(**wanted)[column].unique().to_list()
    if len(found) > 1:
        raise LayoutError(f"{where}: {wanted} has several numbers {found}; expected one. Fetch the lists again.")
    return found[0] if found else None


def answers_of(tables: RawTables, financial_year: str, *, where: str) -> list[Answer]:
    """Return the answers of the indicators that are read, each held against the lists.

    Raises:
        LayoutError: a period that the list lacks, an answer whose numbers mean something else than its rows say, or a
            figure that the list has at a level and the archive has not.
    """
    periods = _periods(tables["periods"][0], financial_year, where)
    levels = {(match[1], row[0]): row[1] for raw, match in _named(tables, "levels", LEVELS) for row in _pairs(raw)}
    lists = {(m[1], m[2]): raw.frame for raw, m in _named(tables, "indicators", LISTS)}
    answers = {(m[1], m[2], m[3]): raw for raw, m in _named(tables, "raw", ANSWERS)}
    found = []
    for (period_id, level_id), frame in sorted(lists.items()):
        level = levels.get((period_id, level_id))
        kind = periods.get(period_id)
        if kind is None or level not in LEVEL_LABELS:
            raise LayoutError(
                f"{where}: the list of indicators of period {period_id} and level {level_id} is of {kind or 'no'} "
                f"period and level {level!r}; expected the periods {period_names(financial_year)} and the levels "
                f"{list(LEVEL_LABELS)}"
            )
        for code in (code for code, figure in FIGURES.items() if figure.kind == kind):
            number = find_id(frame, "IndicatorID", where=where, IndicatorCode=code)
            if number is None:
                continue
            raw = answers.pop((period_id, level_id, number), None)
            if raw is None and kind == OUTCOMES:
                continue  # The interface may list an indicator and have no figures of it.
            if raw is None:
                raise LayoutError(f"{where}: {code} is in the list of {level}, but its answer is not in the archive")
            _check_rows(raw, code, period_names(financial_year)[kind], f"{where}, {raw.member}")
            found.append(Answer(code, LEVEL_LABELS[str(level)], raw))
    if answers:
        raise LayoutError(f"{where}: answers that no list speaks of: {[raw.member for raw in answers.values()][:8]}")
    return found


def _periods(raw: RawTable, financial_year: str, where: str) -> dict[str, str]:
    """Return the kind of each of the year's periods by its number."""
    found = {}
    for kind, name in period_names(financial_year).items():
        number = find_id(raw.frame, "TimePeriodID", where=where, TimePeriodName=name, IndicatorTypeName=kind)
        if number is not None:
            found[number] = kind
    if STANDARD not in found.values():
        raise LayoutError(f"{where}: the list of periods has no {period_names(financial_year)[STANDARD]!r}")
    return found


def _pairs(raw: RawTable) -> list[tuple[str, str]]:
    return [(str(number), str(name)) for number, name in raw.frame.select("SystemLevelID", "SystemLevelName").rows()]


def _named(tables: RawTables, table: str, pattern: str) -> list[tuple[RawTable, re.Match[str]]]:
    pairs = ((raw, re.fullmatch(pattern, raw.member)) for raw in tables[table])
    return [(raw, match) for raw, match in pairs if match]


def _check_rows(raw: RawTable, code: str, period_name: str, where: str) -> None:
    said = raw.frame.select("IndicatorCode", "TimePeriodName").unique().rows()
    if said != [(code, period_name)]:
        raise LayoutError(
            f"{where}: the rows are of {said[:4]}, expected {code} of {period_name!r}: the numbers have changed since "
            "the lists were made. Fetch the release again."
        )
