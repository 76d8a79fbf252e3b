"""A release of the miniature pipeline that its publisher revises, and where that is said."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from hi_pipeline.core.geography import boards_of, footprints_of, vintage_of
from hi_pipeline.core.source import Source
from hi_pipeline.engine.pipeline import Catalogue, open_pipeline
from hi_pipeline.orchestration.runs import Report
from hi_pipeline.settings import Settings
from hi_pipeline.storage.download import Download, Known
from hi_pipeline.storage.folder_mirror import Arrival, copy_in
from hi_pipeline.storage.hashes import hash_of
from hi_pipeline.storage.snapshots import Snapshots
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import (
    HOST,
    NOT_PUBLISHED,
    make_catalogue,
    rows_of,
    write_release,
)

OTHER, YEAR = "2022-23", "2023-24"
PLACE = f"{HOST}/tiny-{YEAR}.csv"
ID = f"tiny:{YEAR}"
BEFORE = f"rests on {ID}, which its publisher has revised; not accepted yet"
AFTER = f"rests on revised bytes of {ID}, not accepted yet"
# England and every board that the publisher's file has, on each footprint of the year.
FIGURES = sum(1 + len({*boards_of(v)} & {*boards_of(vintage_of(YEAR))}) for v in footprints_of(YEAR))
Rows = list[list[str]]


def revised_rows(rows: Rows, more: int = 5) -> Rows:
    """Two boards helped as many more, or fewer, people as the other fewer, or more: England still adds up."""
    first, second = (row[1] for row in rows[1:3])
    by = {first: more, second: -more}
    return [[*row[:4], str(int(row[4]) + by.get(row[1], 0))] for row in rows]


def catalogue_with(change: Callable[[Source], Source]) -> Catalogue:
    made = make_catalogue()
    return replace(made, sources={"tiny": change(made.sources["tiny"])})


def declared_with(**facts: Any) -> Catalogue:
    """The miniature declarations with other facts of the year's release."""
    return catalogue_with(
        lambda s: replace(s, releases=tuple(replace(r, **facts) if r.edition == YEAR else r for r in s.releases))
    )


def redeclare(bench: Bench, catalogue: Catalogue) -> None:
    """Start the program again with other declarations."""
    bench.pipeline = open_pipeline(bench.settings, catalogue)


def results_of(bench: Bench) -> pl.DataFrame:
    return pl.read_csv(bench.settings.root / "published" / "results.csv", infer_schema_length=None)


def notes_of(bench: Bench, year: str = YEAR) -> dict[str, int]:
    """The notes of the rows that rest on a file, each with its rows; the others say their reason alone."""
    rows = results_of(bench).filter(financial_year=year)
    silent = pl.col("status") == "not_published"
    assert set(rows.filter(silent)["note"]) == {NOT_PUBLISHED}
    return dict(rows.filter(~silent)["note"].fill_null("").value_counts().rows())


def published_json(bench: Bench, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bench.settings.root / "published" / name).read_text())
    return found


def records_of(bench: Bench) -> list[Path]:
    return sorted((bench.settings.root / "snapshots").rglob("*.changes-from-*"))


def warnings_of(report: Report) -> list[str]:
    return [c.said for c in report.failed_checks if c.check == "revisions"]


def metadata_of(bench: Bench, *key: str) -> dict[str, Any]:
    event = bench.instance.get_latest_materialization_event(dg.AssetKey(list(key)))
    assert event is not None and event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def released(bench: Bench, *, manifest: bool = False) -> str:
    """Run on two years; return the sha256 of the later one's file."""
    write_release(bench.mirror, OTHER)
    path = write_release(bench.mirror, YEAR)
    if manifest:
        list_in_manifest(bench)
    assert bench.run().success
    return hash_of(path)


def revise(bench: Bench, more: int = 5) -> str:
    return hash_of(write_release(bench.mirror, YEAR, revised_rows(rows_of(YEAR), more)))


def list_in_manifest(bench: Bench) -> None:
    files = sorted((bench.mirror / HOST).iterdir())
    lines = [f"{hash_of(file)}  {HOST}/{file.name}\n" for file in files]
    (bench.mirror / "SHA256SUMS").write_text("".join(lines))


class Publisher:
    """Stands for the network: what lies in a folder, by the address's path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0

    def fetch(self, download: Download, known: Known | None) -> Arrival:
        self.asked += 1
        path = self.folder / download.address.removeprefix("https://")
        arrival = copy_in(path, download.into, max_bytes=10**6, where=download.where)
        return replace(arrival, read_from=download.address, stamp=None)


def live_on(bench: Bench, publisher: Publisher, sha256: str) -> Bench:
    """The same declarations with addresses, and the year's release pinned, on the publisher's own site."""
    found = declared_with(sha256=sha256, address=f"https://{PLACE}", mirror_path="")
    settings = Settings(source="live", data_dir=bench.settings.data_dir)
    pipeline = open_pipeline(settings, found)
    pipeline.snapshots = Snapshots(settings.root, mode="live", mirror="", contact="", downloader=publisher)  # type: ignore[arg-type]
    return replace(bench, settings=settings, pipeline=pipeline)
