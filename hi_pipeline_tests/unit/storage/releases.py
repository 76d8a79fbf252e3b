"""Made-up publications for the tests of the store."""

import hashlib
from dataclasses import replace
from pathlib import Path
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
from hi_pipeline.storage.snapshots import Snapshots

CSV = b"code,n\n" + b"".join(b"E%05d,%d\n" % (n, n) for n in range(2_000))
OTHER = CSV.replace(b"E00007,7", b"E00007,8")
HTML = b"\n<!DOCTYPE html><html><head><title>Page not found - NHS England</title></head></html>"
PLACE = "files.digital.nhs.uk/AA/BBBBBB/data file.csv"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Mirror:
    """A mirror's folder and the store that reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "mirror"
        self.folder.mkdir()
        self.root = folder / "data"
        self.store = Snapshots(self.root, mode="mirror", mirror=str(self.folder), contact="a@b.uk")

    def put(self, data: bytes, place: str = PLACE) -> Path:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and path.suffix != ".lock"
        }


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
