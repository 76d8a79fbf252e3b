"""Counts tables built from a few made-up observations."""

from collections.abc import Iterable

import polars as pl

from hi_pipeline.core.build import Built
from hi_pipeline.core.geography import Vintage, boards_of, vintage_of
from hi_pipeline.core.validation import validate
from hi_pipeline.tables.counts import build_counts
from hi_pipeline.tables.schemas import COUNTS_SCHEMA
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader, observation, observations, rounded

YEAR = "2023-24"
BOARDS = [board.ods for board in boards_of(Vintage.APRIL_2023)]


def build(source: str, rows: Iterable[dict], *, year: str = YEAR, linked: dict | None = None, **clean: object) -> Built:
    frames = {(source, "observations", year): observations([r | {"financial_year": year} for r in rows])}
    built = build_counts(FakeReader(frames | clean.get("more", {}), linked), year, source=source)  # type: ignore
    validate(built.frame, COUNTS_SCHEMA, where="counts")
    return built


def own_rows(built: Built) -> pl.DataFrame:
    """Rows on the footprint of the year."""
    year = built.frame["financial_year"][0]
    return built.frame.filter(geography_vintage=vintage_of(year).value)


def total_row(built: Built, indicator: str, **area: object) -> dict:
    found = own_rows(built).filter(indicator_id=indicator, dimension="total", **area)
    assert found.height == 1, found
    return found.row(0, named=True)


def recovery(level: str, code: str, recovered: float, finished: float, below: float, **extra: object) -> list[dict]:
    counts = {"finished_course_treatment": finished, "not_at_caseness": below, "recovery": recovered}
    counts["reliable_recovery"] = recovered
    bounds = {} if level == "england" else None
    rows = [
        observation(level, code, measure, value, **(rounded(value) if bounds is None else {}), **extra)
        for measure, value in counts.items()
    ]
    printed = 100 * recovered / (finished - below)
    return [*rows, observation(level, code, "recovery_pct", round(printed), **extra)]


def talking(boards: Iterable[str] = BOARDS, england: float = 50 * 42 + 20) -> list[dict]:
    rows = [row for code in boards for row in recovery("icb", code, 50, 120, 20)]
    rows += recovery("unknown", "UNKNOWN", 20, 60, 5)
    return [*rows, *recovery("england", "", england, 120 * 42 + 60, 20 * 42 + 5)]
