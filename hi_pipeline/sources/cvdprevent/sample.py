"""CVDPREVENT: an archive of answers a year, with lists whose numbers change from year to year."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, Vintage, boards_of, vintage_of
from hi_pipeline.sample.chance import chance, drawn, rounded, share_out
from hi_pipeline.sample.containers import write_file, zip_bytes
from hi_pipeline.sample.names import practice_areas
from hi_pipeline.sample.practices import practices
from hi_pipeline.sample.registers import register
from hi_pipeline.sources.cvdprevent.answers import PERIODS, period_names
from hi_pipeline.sources.cvdprevent.labels import BROAD_TYPE, CATEGORIES, FIGURES, NOTE_LABELS, OUTCOMES, STANDARD
from hi_pipeline.sources.cvdprevent.source import RAW_FIELDS, SOURCE

_LEVELS = {"England": 1, "Region": 6, "ICB": 7}
# Share of each group of an indicator's people that is treated, first and last group; an admission is rarer.
_SHARES = {"CVDP007HYP": (0.64, 0.76), "CVDP003CHOL": (0.67, 0.58), "CVDP002AF": (0.89, 0.92)}
_OF_REGISTER = {"CVDP007HYP": 1.0, "CVDP003CHOL": 0.3, "CVDP002AF": 0.12, "CVDP001ADMN": 1.0, "CVDP002ADMN": 1.0}
_ADMITTED = (0.0075, 0.0045)
_HIDDEN_TO = 7
_Z = 1.96
_NO_COUNTS = "Numerators and Denominators are not provided for Age Standardisation."
_HIDDEN = next(label for label in NOTE_LABELS if label)


def write(folder: Path) -> None:
    """Write the archive of every declared year."""
    for release in SOURCE.releases:
        write_file(folder, release.mirror_file, zip_bytes(dict(_members(release.edition))))


def _members(year: str) -> Iterator[tuple[str, bytes]]:
    names = period_names(year)
    numbers = {STANDARD: 2 * start_year(year) - 4026, OUTCOMES: 2 * start_year(year) - 4025}
    listed = [
        {"TimePeriodID": number, "TimePeriodName": names[kind], "IndicatorTypeName": kind}
        for kind, number in numbers.items()
    ]
    yield PERIODS, _message("timePeriodList", listed)
    for kind, period in numbers.items():
        levels = [{"SystemLevelID": number, "SystemLevelName": name} for name, number in _LEVELS.items()]
        yield f"system_levels_{period}.json", _message("systemLevels", levels)
        own = [code for code, figure in FIGURES.items() if figure.kind == kind]
        identifiers = {code: 3 * period + at for at, code in enumerate(own)}
        for name in ("England", "ICB"):
            rows = [{"IndicatorID": number, "IndicatorCode": code} for code, number in identifiers.items()]
            yield f"indicators_{period}_{_LEVELS[name]}.json", _message("indicatorList", rows)
            for code, number in identifiers.items():
                answer = _message("indicatorRawData", list(_answer(code, year, names[kind], england=name == "England")))
                yield f"raw_{period}_{_LEVELS[name]}_{number}.json", answer


def _message(key: str, rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({key: rows, "copyright": "SYNTHETIC"}, separators=(",", ":")).encode()


def _answer(code: str, year: str, period: str, *, england: bool) -> Iterator[dict[str, Any]]:
    """Yield the rows of an indicator: of England exact, of boards rounded and with small counts hidden."""
    counts = _counts(code, year)
    whole = {ENGLAND: (ENGLAND_NAME, _added([groups for _, groups in counts.values()]))}
    areas = whole if england else counts
    for area, (name, groups) in areas.items():
        for (kind, category), (events, people) in groups.items():
            sex = category if kind == "Sex" else "Persons"
            row = _row(code, period, area, name, (kind, category, sex))
            yield row | _printed(code, events, people, exact=england)
        row = _row(code, period, area, name, ("Sex - Age Standardised", "Persons", "Persons"))
        yield row | {"Value": 70.5, "ValueNote": _NO_COUNTS}
        # What the age groups of one sex are, nobody reads.
        yield _row(code, period, area, name, ("Age group", "18-39", "Male")) | {"Value": 55.5}
        yield _row(code, period, area, name, ("Mental Health", "People with SMI", "Persons")) | {"Value": 60.25}


def _row(code: str, period: str, area: str, name: str, group: tuple[str, str, str]) -> dict[str, Any]:
    words = {
        "AreaCode": area,
        "AreaName": name,
        "IndicatorCode": code,
        "IndicatorName": f"Synthetic description of {code}",
        "IndicatorShortName": f"Synthetic ({code})",
        "MetricCategoryTypeName": group[0],
        "MetricCategoryName": group[1],
        "CategoryAttribute": group[2],
        "TimePeriodName": period,
        "NotificationCount": 0,
    }
    return dict.fromkeys(RAW_FIELDS) | words


def _printed(code: str, events: int, people: int, *, exact: bool) -> dict[str, Any]:
    if not exact and (0 < events <= _HIDDEN_TO or 0 < people <= _HIDDEN_TO):
        return {"ValueNote": _HIDDEN}
    rate = FIGURES[code].kind == OUTCOMES
    factor = 100_000 if rate else 100
    centre, half = 2 * events + _Z**2, _Z * sqrt(_Z**2 + 4 * events * (1 - events / people))
    below = 2 * (people + _Z**2)
    return {
        "Numerator": events if exact else rounded(events),
        "Denominator": people if exact else rounded(people),
        "Value": round(factor * events / people, 2),
        "LowerConfidenceLimit": round(max(0.0, factor * (centre - half) / below), 2),
        "UpperConfidenceLimit": round(factor * (centre + half) / below, 2),
        "Factor": factor if rate else None,
    }


_Groups = dict[tuple[str, str], tuple[int, int]]


def _added(parts: list[_Groups]) -> _Groups:
    return {key: (sum(p[key][0] for p in parts), sum(p[key][1] for p in parts)) for key in parts[0]}


@cache
def _counts(code: str, year: str) -> Mapping[str, tuple[str, _Groups]]:
    """Make events and people of every board's groups; the groups of a dimension add to the board's total."""
    people = _people(vintage_of(year), year)
    made: dict[str, tuple[str, _Groups]] = {}
    for board in boards_of(vintage_of(year)):
        generator = chance(f"cvdprevent {code} {year} {board.ons}")
        total = round(people[board.ons] * _OF_REGISTER[code])
        events = drawn(generator, total, sum(_ends(code)) / 2)
        groups: _Groups = {("Sex", "Persons"): (events, total)}
        for kind, labels in CATEGORIES.items():
            weights = [generator.uniform(0.7, 1.3) * _weight(kind, at, len(labels)) for at in range(len(labels))]
            sizes = share_out(total, weights)
            first, last = _ends(code)
            tilt = [first + (last - first) * at / (len(labels) - 1) for at in range(len(labels))]
            having = [min(n, x) for n, x in zip(sizes, share_out(events, _times(sizes, tilt)), strict=True)]
            groups |= {(kind, label): pair for label, pair in zip(labels, zip(having, sizes, strict=True), strict=True)}
        made[board.ons] = board.name, groups
    return made


def _times(sizes: list[int], tilt: list[float]) -> list[float]:
    return [size * share for size, share in zip(sizes, tilt, strict=True)]


def _ends(code: str) -> tuple[float, float]:
    return _SHARES.get(code, _ADMITTED)


def _weight(kind: str, at: int, of: int) -> float:
    """Most people are in the first group of an ethnic list; other groups are of a size."""
    return 12.0 if kind in ("Ethnicity", BROAD_TYPE) and at == 0 else 1.0 / of


@cache
def _people(vintage: Vintage, year: str) -> dict[str, int]:
    """Return the people on the hypertension registers of each board's practices."""
    found: dict[str, int] = {board.ons: 0 for board in boards_of(vintage)}
    for practice in practices():
        if practice.on_register and practice.is_open(start_year(year)):
            found[practice_areas(practice.sub_icb, vintage)["icb_ons"]] += register(
                practice, "HYP", of="TOTAL", year=year
            )[0]
    return found
