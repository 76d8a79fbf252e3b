"""The data package (Frictionless Data) that describes the published files: schema, sources, licences, hashes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from hi_pipeline.core.beside import JUDGING, JUDGING_MEANINGS, Verdict
from hi_pipeline.core.columns import (
    COMPARISON_KEY,
    COMPARISONS,
    COVERAGE,
    COVERAGE_KEY,
    COVERAGE_RUN_KEY,
    COVERAGE_RUNS,
    FURTHER_MEANINGS,
    LINEAGE,
    LINEAGE_KEY,
    RESULT_KEY,
    RESULT_MEANINGS,
    RESULTS,
    SLOPE_GROUP_KEY,
    SLOPE_GROUPS,
)
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.indicator import Aim
from hi_pipeline.core.people_columns import (
    PEOPLE_MEANINGS,
    POCKET_KEY,
    POCKETS,
    POPULATION,
    POPULATION_KEY,
    SIMILAR_BOARD_KEY,
    SIMILAR_BOARDS,
    SMALL_AREA_KEY,
    SMALL_AREAS,
)
from hi_pipeline.core.source import Source
from hi_pipeline.core.status import AreaType, Comparison, Measure, PeriodType, Status, Unit

_TYPES = {
    pl.String: "string",
    pl.Float64: "number",
    pl.Int32: "integer",
    pl.Int64: "integer",
    pl.Date: "date",
    pl.Boolean: "boolean",
}
_WORDS = {
    "status": Status,
    "comparison": Comparison,
    "measure": Measure,
    "period_type": PeriodType,
    "area_type": AreaType,
    "unit": Unit,
    "state": Cover,
    "verdict": Verdict,
    "aim": Aim,
}
# What a linked table gets when it is published; in the lake the sample has a root of its own.
_MARKED: dict[str, Any] = {"synthetic": pl.Boolean}
# Tables in other columns than the results.
TABLES: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "comparisons": (COMPARISONS, COMPARISON_KEY),
    "coverage": (COVERAGE, COVERAGE_KEY),
    "lineage": (LINEAGE | _MARKED, LINEAGE_KEY),
    "pockets": (POCKETS | _MARKED, POCKET_KEY),
    "population": (POPULATION | _MARKED, POPULATION_KEY),
    "similar_boards": (SIMILAR_BOARDS | _MARKED, SIMILAR_BOARD_KEY),
    "slopes": (SLOPE_GROUPS, SLOPE_GROUP_KEY),
    "small_areas": (SMALL_AREAS | _MARKED, SMALL_AREA_KEY),
    **JUDGING,
}
# Of these, the linked tables that are published as they are.
LISTS = ("lineage", "small_areas", "pockets", "population", "similar_boards")
# Tables whose CSV has other columns than their parquet.
CSV_TABLES: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {"coverage": (COVERAGE_RUNS, COVERAGE_RUN_KEY)}
MEANINGS = RESULT_MEANINGS | FURTHER_MEANINGS | PEOPLE_MEANINGS | JUDGING_MEANINGS
_TITLES = {
    "coverage": "What is published of each indicator, and why the rest is not",
    "pockets": "Pockets of deprivation: deprived small areas in authorities or boards of low average deprivation",
    "similar_boards": "Similar boards: the five most like each board in deprivation, ethnicity and age of residents",
    "small_areas": "Small areas of England (LSOAs): board, authority, people, deprivation, ethnicity, fuel poverty",
}
_DESCRIPTIONS = {
    "coverage": (
        "One row is one cell of the list: an indicator, a breakdown, a financial year and an area. In the CSV one row "
        "holds the years in a row, and all areas of a kind, that have the same answer."
    ),
    "pockets": (
        "One row is a small area of the two most deprived tenths, of at least 1,000 residents, whose authority or "
        "board is among the two least deprived fifths by the average rank of its small areas; by footprint."
    ),
    "similar_boards": "One row is a board and one of the five most like it, the most similar first; by footprint.",
    "small_areas": "One row is one small area of the 2021 census. The board's column says of which footprint it is.",
}
_FORMATS = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
}


@dataclass(frozen=True)
class Written:
    """What the package says of a file: how many bytes it has, and their sha256."""

    size: int
    sha256: str


def data_package(
    *,
    files: Mapping[str, Written],
    rows: Mapping[str, int],
    sources: Sequence[Source],
    revised: Sequence[Mapping[str, Any]],
    created: date | None,
    synthetic: bool,
) -> dict[str, Any]:
    """Return the content of datapackage.json.

    Args:
        files: by name, in order.
        rows: rows of each table, by the name of its file without suffix; with it for one of ``CSV_TABLES``.
        sources: the publications that went in.
        revised: facts of the releases that went in and whose revision nobody has accepted.
        created: the day on which the newest release that went in came out, None where no release says. No clock: the
            same releases give the same package.
        synthetic: whether the figures are those of the embedded sample.
    """
    dated = {"created": f"{created}T00:00:00Z"} if created else {}
    return {
        "profile": "data-package",
        "name": "hi-pipeline-results",
        "title": title_of(synthetic=synthetic),
        "description": description_of(synthetic=synthetic),
        "version": _version(files, created),
        **dated,
        "synthetic": synthetic,
        "licenses": [
            {"name": name, "path": path} for name, path in sorted({(s.licence, s.licence_url) for s in sources})
        ],
        "sources": [{"title": f"{s.publisher}: {s.title}", "path": s.landing_page} for s in sources],
        "revised": [dict(facts) for facts in revised],
        "resources": [_resource(name, file, rows) for name, file in files.items()],
    }


def title_of(table: str = "", *, synthetic: bool) -> str:
    """Return the title of a published table; of the results, and of the whole, where none is named."""
    title = _TITLES.get(table, "Health-inequality indicators for the integrated care boards of England")
    return f"SYNTHETIC: {title}" if synthetic else title


def _version(files: Mapping[str, Written], created: date | None) -> str:
    """Return the version of the figures: the day of the newest release, and what the files hold."""
    content = hashlib.sha256("".join(files[name].sha256 for name in sorted(files)).encode())
    day = f"{created.year}.{created.month}.{created.day}" if created else "0.0.0"
    return f"{day}+{content.hexdigest()[:12]}"


def description_of(table: str = "", *, synthetic: bool) -> str:
    """Return in plain words what a published table is."""
    made_up = "SYNTHETIC: every figure is made up, for trying the pipeline out; use none of them. " if synthetic else ""
    figures = (
        "One row is one figure: an indicator, a financial year, an area, a group and a measure. "
        "A hidden figure is empty, never 0; its status says why."
    )
    return made_up + _DESCRIPTIONS.get(table, figures)


def columns_of(table: str, suffix: str = "parquet") -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return the columns and the key of a published table, as the file of that suffix has them."""
    of_csv = CSV_TABLES.get(table) if suffix == "csv" else None
    return of_csv or TABLES.get(table, (RESULTS, RESULT_KEY))


def _resource(name: str, file: Written, rows: Mapping[str, int]) -> dict[str, Any]:
    """Describe one file; tables carry their schema."""
    stem, _, suffix = name.rpartition(".")
    resource: dict[str, Any] = {
        "name": name.lower().replace(".", "-"),
        "path": name,
        "mediatype": _FORMATS[suffix],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if stem in rows:
        resource |= {"encoding": "utf-8", "rows": rows.get(name, rows[stem]), "schema": _schema(stem, suffix)}
    return resource


def _schema(table: str, suffix: str) -> dict[str, Any]:
    columns, key = columns_of(table, suffix)
    return {"fields": [_field(name, dtype) for name, dtype in columns.items()], "primaryKey": list(key)}


def _field(name: str, dtype: Any) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": name,
        "type": _TYPES[dtype],
        "description": MEANINGS[name],
    }
    if name in _WORDS:
        field["constraints"] = {"enum": [word.value for word in _WORDS[name]]}
    return field
