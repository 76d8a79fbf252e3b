"""Schemas of the clean tables of the Quality and Outcomes Framework."""

import polars as pl

from hi_pipeline.core.schema import Column, Schema
from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.qof.achievement import ACHIEVED_CODES, ACHIEVEMENT_MEASURES, achievement_names
from hi_pipeline.sources.qof.parse import GROUP_LISTS, LIST_TYPES, SCHEMES, measure_names

_PRACTICE = r"^[A-Z]\d{5}$"


def _text(pattern: str) -> Column:
    return Column(dtype=pl.String, pattern=pattern)


SCHEMAS = {
    "observations": observations_schema(
        measures=[
            *(name for group in GROUP_LISTS for name in measure_names(group)),
            *(name for code in ACHIEVED_CODES for name in achievement_names(code)),
        ],
        area_levels=("practice",),
    ),
    "practices": Schema(
        columns={
            "practice_code": _text(_PRACTICE),
            "practice_name": Column(dtype=pl.String),
            "pcn": Column(dtype=pl.String),
            "sub_icb_ods": _text(r"^\w{3}$|^\w{5}$"),
            "sub_icb_ons": _text(r"^E38\d{6}$"),
            "icb_ods": _text(r"^Q\w\w$"),
            "icb_ons": _text(r"^E54\d{6}$"),
            "region_ods": _text(r"^Y\d\d$"),
            "region_ons": _text(r"^E40\d{6}$"),
            "scheme": Column(dtype=pl.String, words=tuple(sorted(set(SCHEMES.values())))),
        },
        key=("practice_code",),
    ),
    "indicators": Schema(
        columns={
            "indicator_code": _text(r"^[A-Z]+\d{3}$"),
            "points": Column(dtype=pl.Float64, least=0),
            "group_code": Column(dtype=pl.String),
            "group_description": Column(dtype=pl.String),
            "domain_code": Column(dtype=pl.String),
            "domain_description": Column(dtype=pl.String),
            "list_type": Column(dtype=pl.String, words=tuple(LIST_TYPES)),
        },
        key=("indicator_code",),
    ),
    "achievement": Schema(
        columns={
            "practice_code": _text(_PRACTICE),
            "indicator_code": _text(r"^[A-Z]+\d{3}$"),
            "measure": Column(dtype=pl.String, words=tuple(sorted(ACHIEVEMENT_MEASURES.values()))),
            "value": Column(dtype=pl.Float64, nullable=True, least=0),
        },
        key=("practice_code", "indicator_code", "measure"),
    ),
}
