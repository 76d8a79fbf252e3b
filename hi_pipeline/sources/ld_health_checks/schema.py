"""Schemas of the clean tables of the learning disabilities health check scheme."""

import polars as pl

from hi_pipeline.core.schema import Column, Schema
from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.ld_health_checks.parse import MEASURES


def _text(pattern: str) -> Column:
    return Column(dtype=pl.String, pattern=pattern)


SCHEMAS = {
    "observations": observations_schema(measures=MEASURES, area_levels=("practice",)),
    "practices": Schema(
        columns={
            "practice_code": _text(r"^[A-Z]\d{5}$"),
            "sub_icb_ods": _text(r"^\w{3}$|^\w{5}$"),
            "sub_icb_ons": _text(r"^E38\d{6}$"),
            "icb_ods": _text(r"^Q\w\w$"),
            "icb_ons": _text(r"^E54\d{6}$"),
        },
        key=("practice_code",),
    ),
}
