"""Writes the published folder: the tidy result, its data package, its catalogue and its attributions.

Everything here is made from the results and the declarations alone, sorted and without a clock: the same input
gives the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from hi_pipeline.core.columns import RESULT_KEY
from hi_pipeline.core.coverage import YearFact
from hi_pipeline.core.errors import StoreError, ValidationError
from hi_pipeline.core.indicator import Entry, Indicator
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.source import Source, release_id
from hi_pipeline.core.status import AreaType
from hi_pipeline.core.views import views
from hi_pipeline.publishing.as_csv import as_csv
from hi_pipeline.publishing.attribution import attribution_text
from hi_pipeline.publishing.catalogues import indicator_entries, source_entries
from hi_pipeline.publishing.coverage import coverage
from hi_pipeline.publishing.coverage_runs import coverage_runs
from hi_pipeline.publishing.csvw import csvw_metadata, name_beside
from hi_pipeline.publishing.for_excel import NAME as EXCEL_CSV
from hi_pipeline.publishing.for_excel import for_excel
from hi_pipeline.publishing.package import LISTS, TABLES, Written, columns_of, data_package
from hi_pipeline.publishing.slope_groups import slope_groups
from hi_pipeline.storage.atomic import Staged
from hi_pipeline.storage.lake import Lake, to_parquet
from hi_pipeline.storage.store import discarding

LAYER = "published"
NAME = "results"
CSV = f"{NAME}.csv"
# Tables beside the results that stand there as CSV too.
CSV_TOO = ("coverage", "small_areas", "pockets", "similar_boards")
# Areas that are no board, region or England, by the file they stand in.
FILES_APART = {AreaType.PROVIDER: "providers", AreaType.AUTHORITY: "authorities", AreaType.BOARDS: "comparators"}


def publish(
    lake: Lake,
    *,
    results: pl.DataFrame,
    beside: Mapping[str, pl.DataFrame],
    lists: Mapping[str, pl.DataFrame] | None = None,
    provenance: Provenance,
    indicators: Sequence[Indicator],
    listed: Sequence[Entry] = (),
    facts: Mapping[tuple[str, str], YearFact],
    sources: Iterable[Source],
    revised: Sequence[Mapping[str, Any]] = (),
    accepted: Mapping[str, Mapping[str, str]],
) -> tuple[Path, ...]:
    """Write the results as parquet, CSV and CSV for Excel, with what describes them and ATTRIBUTION.md.

    Rows of providers, of authorities and of all boards together stand in providers.parquet, authorities.parquet and
    comparators.parquet, in the same columns. comparisons.parquet sets boards beside further comparators; pace, trends,
    targets, completeness and bounds judge the figures (``core.beside``); slopes.parquet holds the groups behind each
    slope. lineage.parquet tells which boards came from which, small_areas.parquet and pockets.parquet (CSV too) of
    LSOAs, population.parquet of boards' residents, similar_boards.parquet (CSV too) of the boards most like each.
    coverage.parquet says of every cell of the list what stands there, or why nothing does; coverage.csv the same, with
    cells that say the same in one row.

    Args:
        lake: the data root; files go to its ``published`` folder.
        results: all figures, each once, in the results contract (already validated) and ``in_file_order``.
        beside: what is said of the results as a whole, by the name of the file, in the contracts of
            ``package.TABLES``.
        lists: by name of ``package.LISTS``, tables in their contract; one that is left out is published without rows.
        provenance: what the results were made from.
        indicators: the computed part of the catalogue.
        listed: the rest of it, declared and not computed by itself.
        facts: why an indicator has no figure in a year, see ``coverage``.
        sources: all declared publications; only those that a figure names are exported.
        revised: facts of revisions that nobody has accepted, each with the id of its ``release``.
        accepted: by id of a release that went in, the sha256, address and date of the bytes that are accepted.

    Returns:
        The paths written, the parquet first.

    Raises:
        StoreError: a file could not be written.
        ValidationError: a cell of coverage is unexplained, a table breaks its contract, or the results are in another
            order; nothing is written.
    """
    synthetic = provenance.synthetic
    entries = (*indicators, *listed)
    people = {name: _contracted(name, (lists or {}).get(name), synthetic=synthetic) for name in LISTS}
    used_releases = _used_releases(results, *people.values())
    named = {release.split(":")[0] for release in used_releases}
    used_sources = [source for source in sorted(sources, key=lambda s: s.name) if source.name in named]
    unaccepted = [facts for facts in revised if facts["release"] in used_releases]
    tables = {**beside, "slopes": slope_groups(results), **people}
    # Coverage reads the tables beside the results, so they are held against their contracts first.
    _refuse_unlike(tables, {*TABLES} - {"coverage"})
    tables["coverage"] = coverage(entries, results, facts, beside=beside, synthetic=synthetic)
    _refuse_unlike({"coverage": tables["coverage"]}, {"coverage"})
    tables = _figures(results) | tables
    as_runs = coverage_runs(tables["coverage"])
    contents: dict[str, Iterable[bytes]] = {
        **_table_files(tables, {"coverage": as_runs}, used_sources, synthetic=synthetic),
        "indicators.json": [_json({"synthetic": synthetic, "indicators": indicator_entries(entries)})],
        "sources.json": [
            _json(
                {
                    "synthetic": synthetic,
                    "sources": source_entries(used_sources, used_releases, revised=unaccepted, accepted=accepted),
                }
            )
        ],
        "ATTRIBUTION.md": [attribution_text(used_sources, synthetic=synthetic).encode()],
    }
    folder = lake.path(LAYER, NAME).parent
    with discarding() as staged:
        written = {name: _stage(folder / name, content, staged) for name, content in contents.items()}
        package = data_package(
            files=written,
            rows={name: rows.height for name, rows in tables.items()} | {"coverage.csv": as_runs.height},
            sources=used_sources,
            revised=unaccepted,
            created=_newest(used_sources, used_releases),
            synthetic=synthetic,
        )
        described = _stage(folder / "datapackage.json", [_json(package)], staged)
        parquet, *others = staged
        made = replace(
            provenance, rows=tables[NAME].height, sha256=written[parquet.path.name].sha256, package=described.sha256
        )
        # The results come into place last, because it is by their sidecar that the folder counts as built.
        lake.place(parquet, made, beside=others)
        return tuple(file.path for file in staged)


def in_file_order(results: pl.DataFrame) -> pl.DataFrame:
    """Return all figures with those of one file together, the results first, in the order of their key."""
    places = {area.value: place for place, area in enumerate(FILES_APART, start=1)}
    place = pl.col("area_type").replace_strict(places, default=0, return_dtype=pl.UInt8)
    return results.sort(place, *RESULT_KEY, nulls_last=True)


def _figures(results: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of each file of figures, those of ``results`` first: views, as a copy takes 400 MB more.

    Raises:
        ValidationError: they are not in the order of the files.
    """
    names = {area.value: name for area, name in FILES_APART.items()}
    files = results["area_type"].replace_strict(names, default=NAME, return_dtype=pl.String)
    if files.rle_id().n_unique() > files.n_unique():
        raise ValidationError("published results: not in the order of their files; put them through in_file_order")
    found = views(results, files)
    return {name: found.get(name, results.clear()) for name in (NAME, *names.values())}


def _table_files(
    tables: Mapping[str, pl.DataFrame],
    shorter: Mapping[str, pl.DataFrame],
    sources: Sequence[Source],
    *,
    synthetic: bool,
) -> dict[str, Iterable[bytes]]:
    """Return the files of all tables, the results' parquet first; ``shorter`` holds what stands in a CSV instead."""
    licences = sorted({source.licence_url for source in sources})
    return {
        f"{NAME}.parquet": _parquet(tables[NAME]),
        CSV: as_csv(tables[NAME]),
        EXCEL_CSV: for_excel(tables[NAME]),
        **{f"{name}.parquet": _parquet(rows) for name, rows in tables.items() if name != NAME},
        **{f"{name}.csv": as_csv(shorter.get(name, tables[name])) for name in CSV_TOO},
        **{
            name_beside(f"{name}.csv"): [_json(csvw_metadata(name, licences=licences, synthetic=synthetic))]
            for name in (NAME, *CSV_TOO)
        },
    }


def _parquet(rows: pl.DataFrame) -> Iterator[bytes]:
    """Make the bytes only when they are asked for, so that one file's at a time are in memory."""
    yield to_parquet(rows)


def _stage(path: Path, content: Iterable[bytes], staged: list[Staged]) -> Written:
    """Write a temporary file a part at a time, so that no two files are in memory at once."""
    staged.append(file := Staged(path))
    size, digest = 0, hashlib.sha256()
    for part in content:
        file.write(part)
        size += len(part)
        digest.update(part)
    return Written(size, digest.hexdigest())


def _refuse_unlike(tables: Mapping[str, pl.DataFrame], expected: Set[str]) -> None:
    """Refuse tables that are not the expected ones of the package, in its columns, each key once."""
    if set(tables) != expected:
        raise ValidationError(f"published tables: found {sorted(tables)}; expected {sorted(expected)}")
    for name, rows in tables.items():
        columns, key = TABLES[name]
        if dict(rows.schema) != dict(columns):
            raise ValidationError(f"{name}.parquet: its columns are {dict(rows.schema)}; expected {dict(columns)}")
        twice = rows.filter(rows.select(key).is_duplicated())
        if twice.height:
            raise ValidationError(f"{name}.parquet: {twice.height} rows share a key ({', '.join(key)})", failures=twice)


def read_published(lake: Lake) -> pl.DataFrame:
    """Return all rows of the published folder: the results, and those of providers and authorities.

    Raises:
        StoreError: a file cannot be read.
    """
    results = lake.read(LAYER, NAME)
    folder = lake.path(LAYER, NAME).parent
    paths = [folder / f"{name}.parquet" for name in FILES_APART.values()]
    try:
        return pl.concat([results, *(pl.read_parquet(path, glob=False) for path in paths)])
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{folder}: providers or authorities cannot be read ({error}); run hi run again") from error


def _newest(sources: Sequence[Source], used_releases: Sequence[str]) -> date | None:
    """Return the day on which the newest of the releases came out, as far as they say."""
    days = [r.published for s in sources for r in s.releases if release_id(s, r) in used_releases and r.published]
    return max(days, default=None)


def _contracted(name: str, frame: pl.DataFrame | None, *, synthetic: bool) -> pl.DataFrame:
    """Return a list in its contract, without rows where there is none."""
    columns, _ = columns_of(name)
    if frame is None:
        return pl.DataFrame(schema=dict(columns))
    return frame.with_columns(synthetic=pl.lit(synthetic)).select(list(columns))


def _used_releases(*frames: pl.DataFrame) -> list[str]:
    """Return the ids of all releases that a row of some tables names, sorted."""
    named = [frame["source_releases"].unique() for frame in frames if "source_releases" in frame.columns]
    ids = pl.concat(named).str.split(";").explode().unique().drop_nulls()
    return sorted(i for i in ids if i)


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
