"""Writes the published folder: the tidy result, its data package, its catalogue and its attributions.

Everything here is made from the results and the declarations alone, sorted and without a clock: the same input
gives the same bytes.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
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
CSV_TOO = ("coverage", "small_areas", "pockets")
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
    LSOAs, population.parquet of boards' residents.
    coverage.parquet says of every cell of the list what stands there, or why nothing does; coverage.csv the same, with
    cells that say the same in one row.

    Args:
        lake: the data root; files go to its ``published`` folder.
        results: all figures, each once, in the results contract (already validated).
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
        ValidationError: a cell of coverage is unexplained, or a table breaks its contract; nothing is written.
    """
    people = {name: _contracted(name, (lists or {}).get(name), synthetic=provenance.synthetic) for name in LISTS}
    used_releases = _used_releases(results, *people.values())
    used_sources = [
        s for s in sorted(sources, key=lambda s: s.name) if s.name in {r.split(":")[0] for r in used_releases}
    ]
    tables = {**beside, "slopes": slope_groups(results), **people}
    # Coverage reads the tables beside the results, so they are held against their contracts first.
    _refuse_unlike(tables, {*TABLES} - {"coverage"})
    covered = coverage((*indicators, *listed), results, facts, beside=beside, synthetic=provenance.synthetic)
    _refuse_unlike({"coverage": covered}, {"coverage"})
    tables["coverage"] = covered
    shorter = {"coverage": coverage_runs(covered)}
    is_apart = pl.col("area_type").is_in([area.value for area in FILES_APART])
    tidy = results.filter(~is_apart).sort(*RESULT_KEY, nulls_last=True)
    apart = {
        name: results.filter(area_type=area.value).sort(*RESULT_KEY, nulls_last=True)
        for area, name in FILES_APART.items()
    }
    parquet = lake.path(LAYER, NAME)
    folder = parquet.parent
    synthetic = provenance.synthetic
    catalogue = indicator_entries((*indicators, *listed))
    unaccepted = [facts for facts in revised if facts["release"] in used_releases]
    publications = source_entries(used_sources, used_releases, revised=unaccepted, accepted=accepted)
    licences = sorted({source.licence_url for source in used_sources})
    contents: dict[str, Iterable[bytes]] = {
        CSV: as_csv(tidy),
        EXCEL_CSV: for_excel(tidy),
        **{f"{name}.parquet": [to_parquet(rows)] for name, rows in (apart | tables).items()},
        **{f"{name}.csv": as_csv(shorter.get(name, tables[name])) for name in CSV_TOO},
        **{
            name_beside(f"{name}.csv"): [_json(csvw_metadata(name, licences=licences, synthetic=synthetic))]
            for name in (NAME, *CSV_TOO)
        },
        "indicators.json": [_json({"synthetic": synthetic, "indicators": catalogue})],
        "sources.json": [_json({"synthetic": synthetic, "sources": publications})],
        "ATTRIBUTION.md": [attribution_text(used_sources, synthetic=synthetic).encode()],
    }
    with discarding() as staged:
        written = {name: _stage(folder / name, content, staged) for name, content in contents.items()}
        package = data_package(
            files={"results.parquet": _written([to_parquet(tidy)]), **written},
            rows={NAME: tidy.height}
            | {name: rows.height for name, rows in (apart | tables).items()}
            | {f"{name}.csv": rows.height for name, rows in shorter.items()},
            sources=used_sources,
            revised=unaccepted,
            created=_newest(used_sources, used_releases),
            synthetic=synthetic,
        )
        described = _stage(folder / "datapackage.json", [_json(package)], staged)
        # The results come into place last, because it is by their sidecar that the folder counts as built.
        lake.write(
            tidy,
            replace(provenance, package=described.sha256),
            layer=LAYER,
            name=NAME,
            parts=(),
            beside={file.path.name: file for file in staged},
        )
        return (parquet, *(file.path for file in staged))


def _stage(path: Path, content: Iterable[bytes], staged: list[Staged]) -> Written:
    """Write a temporary file a part at a time, so that no two files are in memory at once."""
    staged.append(file := Staged(path))
    return _written(content, file.write)


def _written(content: Iterable[bytes], write: Callable[[bytes], None] = lambda part: None) -> Written:
    size, digest = 0, hashlib.sha256()
    for part in content:
        write(part)
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
