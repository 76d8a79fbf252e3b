"""CSVW (W3C, CSV on the Web): what the columns of a CSV are, in the file that readers of CSVW look for beside it."""

from typing import Any

import polars as pl

from hi_pipeline.publishing.package import MEANINGS, columns_of, description_of, title_of

_TYPES = {
    pl.String: "string",
    pl.Float64: "double",
    pl.Int32: "integer",
    pl.Int64: "integer",
    pl.Date: "date",
    pl.Boolean: "boolean",
}


def name_beside(csv: str) -> str:
    """Return the name of the metadata file of a CSV: "results.csv-metadata.json"."""
    return f"{csv}-metadata.json"


def csvw_metadata(table: str, *, licences: list[str], synthetic: bool) -> dict[str, Any]:
    """Return the content of the metadata file of a published table's CSV.

    Args:
        table: its name, without the suffix.
        licences: addresses of the licences.
        synthetic: whether the figures are made up.
    """
    columns, key = columns_of(table, "csv")
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{table}.csv",
        "dc:title": title_of(table, synthetic=synthetic),
        "dc:description": description_of(table, synthetic=synthetic),
        "dc:license": [{"@id": address} for address in licences],
        "dialect": {"header": True, "encoding": "utf-8"},
        "tableSchema": {
            "columns": [_column(name, dtype) for name, dtype in columns.items()],
            "primaryKey": list(key),
        },
    }


def _column(name: str, dtype: Any) -> dict[str, Any]:
    return {
        "name": name,
        "titles": name,
        "dc:description": MEANINGS[name],
        "datatype": _TYPES[dtype],
        "null": "",
    }
