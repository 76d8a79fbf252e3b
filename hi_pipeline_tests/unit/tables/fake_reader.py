"""A reader over frames made up in a test, and shorthands for the frames."""

from datetime import date

import polars as pl

from hi_pipeline.core.columns import OBSERVATIONS
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.sources import SOURCES

BY_ID = {indicator.id: indicator for indicator in INDICATORS}


class FakeReader:
    """Holds clean tables by (source, table, part) and linked tables by (name, year)."""

    def __init__(self, clean: dict | None = None, linked: dict | None = None) -> None:
        self.frames, self._linked = clean or {}, linked or {}

    def clean(self, source: str, table: str, part: str) -> pl.DataFrame:
        return self.frames[source, table, part]

    def parts(self, source: str) -> tuple[str, ...]:
        return tuple(sorted({part for name, _, part in self.frames if name == source}))

    def holds(self, source: str, part: str) -> bool:
        return part in self.parts(source)

    def linked(self, name: str, financial_year: str) -> pl.DataFrame:
        return self._linked[name, financial_year]

    def releases(self, name: str, part: str) -> tuple[str, ...]:
        return (f"{name}:{part}",)

    def imd_vintage(self, source: str, financial_year: str) -> str | None:
        return SOURCES[source].imd_vintage(financial_year)

    def indicators(self, source: str) -> tuple[Indicator, ...]:
        return tuple(indicator for indicator in INDICATORS if indicator.source == source)


def observation(level: str, code: str, measure: str, value: float | None, **extra: object) -> dict:
    facts = {
        "financial_year": "2023-24",
        "period_start": date(2023, 4, 1),
        "period_end": date(2024, 3, 31),
        "period_type": "financial_year",
        "area_level": level,
        "area_code": code,
        "area_name": code or "England",
        "dimension": "total",
        "category": "All",
        "measure": measure,
        "value": value,
        "low": value,
        "high": value,
        "status": "ok" if value is not None else "suppressed",
        "note": "",
    }
    return facts | extra


def observations(rows: list[dict]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=OBSERVATIONS)


def rounded(value: float) -> dict:
    return {"low": max(value - 2, 0.0), "high": value + 2}


def practices(rows: list[tuple[str, str, str]], scheme: str, *, pcn: str = "U00001") -> pl.DataFrame:
    """Rows are (practice, sub-ICB location or CCG, board or partnership), ONS codes."""
    frame = pl.DataFrame(rows, schema=["practice_code", "sub_icb_ons", "icb_ons"], orient="row")
    return frame.with_columns(practice_name=pl.lit("A practice"), scheme=pl.lit(scheme), pcn=pl.lit(pcn))
