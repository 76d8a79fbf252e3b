"""The questions that are put to the interface for a financial year, each made from the answer before it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from hi_pipeline.core.errors import FetchError, ReleaseUnavailable
from hi_pipeline.core.source import Release
from hi_pipeline.sources.cvdprevent.answers import PERIODS, period_names
from hi_pipeline.sources.cvdprevent.labels import FIGURES, LEVEL_LABELS, STANDARD

_API = "https://api.cvdprevent.nhs.uk"


def gather(ask: Callable[[str], bytes], release: Release) -> Iterator[tuple[str, bytes]]:
    """Yield the answers for a year by the name that each has in the archive.

    Args:
        ask: returns the body of an address.
        release: the year's.

    Raises:
        ReleaseUnavailable: the list of periods does not have the year yet.
        FetchError: an answer is not what the interface gives.
    """
    (year,) = release.financial_years
    periods = ask(f"{_API}/timePeriod")
    yield PERIODS, periods
    listed = _rows(periods, "timePeriodList", release)
    for kind, name in period_names(year).items():
        period = _number(listed, "TimePeriodID", TimePeriodName=name, IndicatorTypeName=kind)
        if period is not None:
            yield from _of_period(ask, release, kind, period)
        elif kind == STANDARD:
            raise ReleaseUnavailable(f"cvdprevent {year}: the interface has no period {name!r} yet")


def _of_period(ask: Callable[[str], bytes], release: Release, kind: str, period: str) -> Iterator[tuple[str, bytes]]:
    levels = ask(f"{_API}/area/systemLevel?timePeriodID={period}")
    yield f"system_levels_{period}.json", levels
    for label in LEVEL_LABELS:
        level = _number(_rows(levels, "systemLevels", release), "SystemLevelID", SystemLevelName=label)
        if level is None:
            continue
        query = f"timePeriodID={period}&systemLevelID={level}"
        listing = ask(f"{_API}/indicator/list?{query}")
        rows = _rows(listing, "indicatorList", release)
        yield f"indicators_{period}_{level}.json", listing
        for code in (code for code, figure in FIGURES.items() if figure.kind == kind):
            number = _number(rows, "IndicatorID", IndicatorCode=code)
            if number is None:
                continue
            answer = ask(f"{_API}/indicator/{number}/rawDataJSON?{query}")
            # An empty answer means that there are no figures: the parser says so.
            if _rows(answer, "indicatorRawData", release):
                yield f"raw_{period}_{level}_{number}.json", answer


def _rows(answer: bytes, key: str, release: Release) -> list[dict[str, Any]]:
    try:
        rows = json.loads(answer)[key]
        if all(isinstance(row, dict) for row in rows):
            return list(rows)
    except (ValueError, KeyError, TypeError):
        pass
    raise FetchError(
        f"cvdprevent {release.edition}: expected a list {key!r}, got {answer[:120]!r}; look at {release.landing_page}"
    )


def _number(rows: list[dict[str, Any]], field: str, **wanted: str) -> str | None:
    """Return the number of the first row that has the wanted words; the parser refuses lists with two."""
    found = (row.get(field) for row in rows if all(row.get(name) == word for name, word in wanted.items()))
    number = next(found, None)
    return None if number is None else str(number)
