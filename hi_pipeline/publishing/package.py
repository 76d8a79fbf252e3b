"""The data package (Frictionless Data) that describes the published files: schema, sources, licences, hashes."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from hi_pipeline.core.columns import (
    COMPARISON_KEY,
    COMPARISONS,
    COVERAGE,
    COVERAGE_KEY,
    FURTHER_MEANINGS,
    RESULT_KEY,
    RESULT_MEANINGS,
    RESULTS,
    SLOPE_GROUP_KEY,
    SLOPE_GROUPS,
)
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.source import Source
from hi_pipeline.core.status import AreaType, Comparison, Measure, PeriodType, Status, Unit

_TYPES = {pl.String: "string", pl.Float64: "number", pl.Int32: "integer", pl.Date: "date", pl.Boolean: "boolean"}
_WORDS = {
    "status": Status,
    "comparison": Comparison,
    "measure": Measure,
    "period_type": PeriodType,
    "area_type": AreaType,
    "unit": Unit,
    "state": Cover,
}
# Tables in other columns than the results.
TABLES = {
    "comparisons": (COMPARISONS, COMPARISON_KEY),
    "coverage": (COVERAGE, COVERAGE_KEY),
    "slopes": (SLOPE_GROUPS, SLOPE_GROUP_KEY),
}
_FORMATS = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "json": "application/json",
    "md": "text/markdown",
}


def data_package(
    *,
    files: Mapping[str, bytes | str],
    rows: Mapping[str, int],
    sources: Sequence[Source],
    revised: Sequence[Mapping[str, Any]],
    synthetic: bool,
) -> dict[str, Any]:
    """Return the content of datapackage.json.

    Args:
        files: name to content, or to the sha256 where the content is already on disk.
        rows: rows of each table, by the name of its file without suffix.
        sources: the publications that went in.
        revised: facts of the releases that went in and whose revision nobody has accepted.
        synthetic: whether the figures are those of the embedded sample.
    """
    title = "Health-inequality indicators for the integrated care boards of England"
    return {
        "profile": "data-package",
        "name": "hi-pipeline-results",
        "title": f"SYNTHETIC: {title}" if synthetic else title,
        "description": _description(synthetic),
        "synthetic": synthetic,
        "licenses": [
            {"name": name, "path": path} for name, path in sorted({(s.licence, s.licence_url) for s in sources})
        ],
        "sources": [{"title": f"{s.publisher}: {s.title}", "path": s.landing_page} for s in sources],
        "revised": [dict(facts) for facts in revised],
        "resources": [_resource(name, content, rows) for name, content in files.items()],
    }


def _description(synthetic: bool) -> str:
    made_up = "SYNTHETIC: every figure is made up, for trying the pipeline out; use none of them. " if synthetic else ""
    return (
        f"{made_up}One row is one figure: an indicator, a financial year, an area, a group and a measure. "
        "A hidden figure is empty, never 0; its status says why."
    )


def _resource(name: str, content: bytes | str, rows: Mapping[str, int]) -> dict[str, Any]:
    """Describe one file; tables carry their schema."""
    stem, _, suffix = name.partition(".")
    sha256 = content if isinstance(content, str) else hashlib.sha256(content).hexdigest()
    resource: dict[str, Any] = {
        "name": name.lower().replace(".", "-"),
        "path": name,
        "mediatype": _FORMATS[suffix],
        "hash": f"sha256:{sha256}",
    }
    if stem in rows:
        resource |= {"encoding": "utf-8", "rows": rows[stem], "schema": _schema(stem)}
    return resource


def _schema(table: str) -> dict[str, Any]:
    columns, key = TABLES.get(table, (RESULTS, RESULT_KEY))
    return {"fields": [_field(name, dtype) for name, dtype in columns.items()], "primaryKey": list(key)}


def _field(name: str, dtype: Any) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": name,
        "type": _TYPES[dtype],
        "description": (RESULT_MEANINGS | FURTHER_MEANINGS)[name],
    }
    if name in _WORDS:
        field["constraints"] = {"enum": [word.value for word in _WORDS[name]]}
    return field
