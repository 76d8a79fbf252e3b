"""Is a publication on time? Judged by financial year and release against the calendar that its source declares.

Not Dagster's FreshnessPolicy: that looks at the newest record of any partition, so that building 2019-20 again would
make 2024-25 look fresh (2026-11, dagster 1.13).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hi_pipeline.core.financial_year import label_of_date, period, years_between
from hi_pipeline.core.source import Cadence, Release, ReleaseStatus, Source
from hi_pipeline.engine.layers.clean import parts_of, releases_for
from hi_pipeline.engine.pipeline import Pipeline

# Publishers slip by days; a release counts as overdue only after this many.
GRACE_DAYS = 30
_STEPS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3}


class Freshness(StrEnum):
    """How a release stands against its calendar."""

    ON_TIME = "on time"
    DUE = "due"
    OVERDUE = "overdue"
    SUPERSEDED = "superseded"
    NOT_YET = "not yet due"
    UNKNOWN = "no calendar"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one part (financial year or edition) of a source stands.

    Attributes:
        expected: the last day on which it is on time, where the calendar says so.
        days_overdue: 0 unless overdue.
    """

    source: str
    part: str
    freshness: Freshness
    expected: date | None = None
    days_overdue: int = 0

    @property
    def words(self) -> str:
        """Return "overdue by 12 days" and the like."""
        if self.freshness is Freshness.OVERDUE:
            return f"overdue by {self.days_overdue} days"
        return self.freshness.value


def expected_by(source: Source, year: str) -> date | None:
    """Return the last day of the usual month after a financial year's end; None without a yearly calendar."""
    calendar = source.calendar
    if calendar.cadence is not Cadence.ANNUAL or calendar.usual_month is None:
        return None
    end = period(year)[1]
    expected = end.year if calendar.usual_month > end.month else end.year + 1
    return _end_of_month(expected, calendar.usual_month)


def expected_of(source: Source, edition: str) -> date | None:
    """Return the last day on which an edition named by its month is on time; None without such a calendar."""
    after, month = source.calendar.months_after, _month_of(edition)
    return None if after is None or month is None else _end_of_month(month.year, month.month + after)


def standings(pipeline: Pipeline, source: Source, *, today: date) -> tuple[Standing, ...]:
    """Return the standing of each financial year of a source, or of each edition of reference data.

    A year counts as held only by a snapshot of that very year's release; what the calendar expects after the newest
    declared is judged too, although nobody has declared it yet.
    """
    declared = [_standing(pipeline, source, part, today=today) for part in parts_of(source)]
    others = [_late(source.name, part, day, today=today) for part, day in _undeclared(source, today=today).items()]
    return (*declared, *(s for s in others if s.freshness is not Freshness.NOT_YET))


def is_superseded(pipeline: Pipeline, source: Source, release: Release) -> bool:
    """Tell whether a provisional release is read no more: a final one of each of its years is kept."""
    if release.status is not ReleaseStatus.PROVISIONAL:
        return False
    return all(
        any(
            other.status is ReleaseStatus.FINAL and _is_held(pipeline, source, other)
            for other in source.releases_of(year)
        )
        for year in release.financial_years
    )


def _undeclared(source: Source, *, today: date) -> dict[str, date]:
    """Return what nobody has declared and the calendar expects one day, each with the last day on which it is on time.

    These are the financial years after the newest declared one, up to the present, of annual publications. Of those
    whose editions are named by their month it is the edition after the last known of, and the one after the newest of
    each financial year that it would belong to: a year is whole only with its last month.
    """
    years = years_between(source.years[-1], label_of_date(today))[1:] if source.years else ()
    expected = {year: expected_by(source, year) for year in years}
    expected |= {edition: expected_of(source, edition) for edition in _following_editions(source)}
    return {part: day for part, day in expected.items() if day is not None}


def _following_editions(source: Source) -> list[str]:
    step = _STEPS.get(source.calendar.cadence)
    if step is None:
        return []
    newest = {year: max(release.edition for release in source.releases_of(year)) for year in source.years}
    within = {m for year, e in newest.items() if (m := _following(e, step)) and label_of_date(m) == year}
    known = (
        [source.calendar.last_known_edition, *newest.values()]
        if source.by_year
        else [source.calendar.last_known_edition, *(r.edition for r in source.releases if r.found)]
    )
    after = _following(max(known), step)
    return [f"{month:%Y-%m}" for month in sorted(within | ({after} if after else set()))]


def _following(edition: str, step: int) -> date | None:
    """Return the last day of the month so many months after that of an edition; None where it is not named by one."""
    month = _month_of(edition)
    return None if month is None else _end_of_month(month.year, month.month + step)


def _standing(pipeline: Pipeline, source: Source, part: str, *, today: date) -> Standing:
    releases = releases_for(source, part)
    held = any(_is_held(pipeline, source, release) for release in releases)
    if source.by_year:
        return _judge(source, part, held=held, today=today)
    alike = [r for r in source.releases if _tables(source, r) == _tables(source, releases[0])]
    if held:
        newest = max(r.edition for r in alike if _is_held(pipeline, source, r))
        state = Freshness.ON_TIME if part == newest else Freshness.SUPERSEDED
        return Standing(source=source.name, part=part, freshness=state)
    dates = {r.edition: r.published or expected_of(source, r.edition) for r in alike}
    expected = dates.pop(part)
    # A newer one, or one of that day that is held, stands in its place.
    held_dates = [dates[r.edition] for r in alike if r.edition in dates and _is_held(pipeline, source, r)]
    if expected is None or expected in held_dates or any(known and known > expected for known in dates.values()):
        return Standing(source=source.name, part=part, freshness=Freshness.UNKNOWN)
    return _late(source.name, part, expected, today=today)


def _is_held(pipeline: Pipeline, source: Source, release: Release) -> bool:
    return pipeline.snapshots.latest(source.name, release.edition) is not None


def _tables(source: Source, release: Release) -> frozenset[str]:
    """Return the names of a release's tables: of editions with the same ones the newest stands for all."""
    return frozenset(member.table for member in source.layouts[release.layout].members)


def _judge(source: Source, part: str, *, held: bool, today: date) -> Standing:
    if held:
        return Standing(source=source.name, part=part, freshness=Freshness.ON_TIME)
    releases = source.releases_of(part)
    dates = [r.published for r in releases if r.published] or [
        known for r in releases if (known := expected_of(source, r.edition))
    ]
    expected = max(dates, default=None) or expected_by(source, part)
    if expected is None:
        return Standing(source=source.name, part=part, freshness=Freshness.UNKNOWN)
    return _late(source.name, part, expected, today=today)


def _late(source: str, part: str, expected: date, *, today: date) -> Standing:
    days = (today - expected).days
    if days > GRACE_DAYS:
        state = Freshness.OVERDUE
    elif today >= expected.replace(day=1):
        state = Freshness.DUE
    else:
        state = Freshness.NOT_YET
    return Standing(
        source=source,
        part=part,
        freshness=state,
        expected=expected,
        days_overdue=days if state is Freshness.OVERDUE else 0,
    )


def _month_of(edition: str) -> date | None:
    """Return the first day of the month that an edition is named by."""
    found = re.match(r"(\d{4})-(0[1-9]|1[0-2])(?!\d)", edition)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _end_of_month(year: int, month: int) -> date:
    """Return the last day of a month; 13 is January of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])
