"""Is a publication on time? Judged by financial year and release against the calendar that its source declares.

Not Dagster's FreshnessPolicy: that looks at the newest record of any partition, so that building 2019-20 again would
make 2024-25 look fresh (2026-11, dagster 1.13).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hi_pipeline.core.financial_year import label_of_date, period
from hi_pipeline.core.source import Cadence, Release, ReleaseStatus, Source
from hi_pipeline.orchestration.pipeline import Pipeline
from hi_pipeline.orchestration.steps import parts_of, releases_for

# Publishers slip by days; a release counts as overdue only after this many.
GRACE_DAYS = 30


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
    return date(expected, calendar.usual_month, monthrange(expected, calendar.usual_month)[1])


def standings(pipeline: Pipeline, source: Source, *, today: date) -> tuple[Standing, ...]:
    """Return the standing of each financial year of a source, or of each edition of reference data.

    A year counts as held only by a snapshot of that very year's release; the year that the calendar expects next is
    judged too, although nobody has declared it yet.
    """
    parts = parts_of(source)
    next_part = _next(source, parts, today=today)
    found = [_standing(pipeline, source, part, newest=part == max(parts, default=""), today=today) for part in parts]
    if next_part and next_part not in parts:
        found.append(_judge(source, next_part, held=False, today=today))
    return tuple(found)


def is_superseded(pipeline: Pipeline, source: Source, release: Release) -> bool:
    """Tell whether a provisional release is read no more: a final one of each of its years is kept."""
    if release.status is not ReleaseStatus.PROVISIONAL:
        return False
    return all(
        any(
            other.status is ReleaseStatus.FINAL and pipeline.snapshots.latest(source.name, other.edition) is not None
            for other in source.releases_of(year)
        )
        for year in release.financial_years
    )


def _next(source: Source, parts: tuple[str, ...], *, today: date) -> str:
    """Return the newest financial year that the calendar says must be out by now."""
    if not source.by_year or not parts or source.calendar.cadence is not Cadence.ANNUAL:
        return ""
    year = label_of_date(today)
    while year > max(parts):
        due = expected_by(source, year)
        if due is not None and due.replace(day=1) <= today:
            return year
        year = label_of_date(period(year)[0] - timedelta(days=1))
    return ""


def _standing(pipeline: Pipeline, source: Source, part: str, *, newest: bool, today: date) -> Standing:
    held = any(pipeline.snapshots.latest(source.name, r.edition) is not None for r in releases_for(source, part))
    if source.by_year:
        return _judge(source, part, held=held, today=today)
    if held:
        return Standing(source=source.name, part=part, freshness=Freshness.ON_TIME if newest else Freshness.SUPERSEDED)
    published = releases_for(source, part)[0].published
    if published is None or any(
        other.published and other.published >= published and pipeline.snapshots.latest(source.name, other.edition)
        for other in source.releases
    ):
        return Standing(source=source.name, part=part, freshness=Freshness.UNKNOWN)
    return _late(source.name, part, published, today=today)


def _judge(source: Source, part: str, *, held: bool, today: date) -> Standing:
    if held:
        return Standing(source=source.name, part=part, freshness=Freshness.ON_TIME)
    published = max((r.published for r in source.releases_of(part) if r.published), default=None)
    expected = published or expected_by(source, part)
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
