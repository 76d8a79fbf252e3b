"""Schemas of the clean tables of the Quality and Outcomes Framework."""

import pandera.polars as pa
import polars as pl

from hi_pipeline.core.validation import observations_schema
from hi_pipeline.sources.qof.achievement import ACHIEVED_CODES, ACHIEVEMENT_MEASURES, achievement_names
from hi_pipeline.sources.qof.parse import GROUP_LISTS, LIST_TYPES, SCHEMES, measure_names

_PRACTICE = r"^[A-Z]\d{5}$"


def _text(pattern: str) -> pa.Column:
    return pa.Column(pl.String, checks=[pa.Check.str_matches(pattern)])


SCHEMAS = {
    "observations": observations_schema(
        measures=[
            *(name for group in GROUP_LISTS for name in measure_names(group)),
            *(name for code in ACHIEVED_CODES for name in achievement_names(code)),
        ],
        area_levels=("practice",),
    ),
    "practices": pa.DataFrameSchema(
        {
            "practice_code": _text(_PRACTICE),
            "practice_name": pa.Column(pl.String),
            "pcn": pa.Column(pl.String),
            "sub_icb_ods": _text(r"^\w{3}$|^\w{5}$"),
            "sub_icb_ons": _text(r"^E38\d{6}$"),
            "icb_ods": _text(r"^Q\w\w$"),
            "icb_ons": _text(r"^E54\d{6}$"),
            "region_ods": _text(r"^Y\d\d$"),
            "region_ons": _text(r"^E40\d{6}$"),
            "scheme": pa.Column(pl.String, checks=[pa.Check.isin(sorted(set(SCHEMES.values())))]),
        },
        unique=["practice_code"],
        strict=True,
        ordered=True,
    ),
    "indicators": pa.DataFrameSchema(
        {
            "indicator_code": _text(r"^[A-Z]+\d{3}$"),
            "points": pa.Column(pl.Float64, checks=[pa.Check.ge(0)]),
            "group_code": pa.Column(pl.String),
            "group_description": pa.Column(pl.String),
            "domain_code": pa.Column(pl.String),
            "domain_description": pa.Column(pl.String),
            "list_type": pa.Column(pl.String, checks=[pa.Check.isin(list(LIST_TYPES))]),
        },
        unique=["indicator_code"],
        strict=True,
        ordered=True,
    ),
    "achievement": pa.DataFrameSchema(
        {
            "practice_code": _text(_PRACTICE),
            "indicator_code": _text(r"^[A-Z]+\d{3}$"),
            "measure": pa.Column(pl.String, checks=[pa.Check.isin(sorted(ACHIEVEMENT_MEASURES.values()))]),
            "value": pa.Column(pl.Float64, nullable=True, checks=[pa.Check.ge(0)]),
        },
        unique=["practice_code", "indicator_code", "measure"],
        strict=True,
        ordered=True,
    ),
}
