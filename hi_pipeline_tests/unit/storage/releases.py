"""Made-up publications for the tests of the store."""

from dataclasses import replace
from typing import Any

from hi_pipeline.core.source import (
    Cadence,
    Container,
    Layout,
    Member,
    RawTables,
    Release,
    ReleaseCalendar,
    Source,
    Tables,
)

CSV = b"code,n\n" + b"".join(b"E%05d,%d\n" % (n, n) for n in range(2_000))
OTHER = CSV.replace(b"E00007,7", b"E00007,8")
HTML = b"\n<!DOCTYPE html><html><head><title>Page not found - NHS England</title></head></html>"


def _parse(tables: RawTables, release: Release) -> Tables:
    return {}


def source_of(container: Container = Container.CSV, **changes: Any) -> tuple[Source, Release]:
    """Return a publication of one release, ``https://files.digital.nhs.uk/AA/BBBBBB/data.csv``."""
    release = Release(
        edition="2023-24",
        layout="made_up",
        landing_page="https://digital.nhs.uk/landing",
        address=f"https://files.digital.nhs.uk/AA/BBBBBB/data%20file.{container.value}",
        financial_years=("2023-24",),
        max_bytes=1_000_000,
    )
    release = replace(release, **changes)
    source = Source(
        name="made_up",
        title="Made up",
        publisher="Nobody",
        landing_page="https://digital.nhs.uk/landing",
        attribution="Nobody",
        by_year=True,
        calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=1, last_known_edition="2023-24"),
        layouts={"made_up": Layout(name="made_up", container=container, members=(Member(table="t"),))},
        releases=(release,),
        parse=_parse,
        schemas={},
        disclosure="none",
    )
    return source, release
