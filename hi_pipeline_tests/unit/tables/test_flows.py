"""Months added up to a year: what the year says where some of them have no figure."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.columns import OBSERVATIONS
from hi_pipeline.tables.flows import whole_years


def _year(hidden: int, missing: int) -> pl.DataFrame:
    status = {hidden: "suppressed", missing: "missing"}
    rows = [
        {
            "financial_year": "2023-24",
            "area_level": "icb",
            "area_code": "QNC",
            "area_name": "A board",
            "dimension": "total",
            "category": "All",
            "measure": "babies",
            "period_type": "month",
            "period_start": date(2023 + (n > 8), (n + 3) % 12 + 1, 1),
            "period_end": date(2023 + (n > 8), (n + 3) % 12 + 1, 28),
            "value": None if n in status else 10.0,
            "status": status.get(n, "ok"),
            "note": "",
        }
        for n in range(12)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in OBSERVATIONS.items()
    )


@pytest.mark.parametrize(("hidden", "missing"), [(0, 5), (5, 0), (11, 1)])
def test_a_year_with_a_hidden_and_a_missing_month_is_hidden_in_any_order(hidden: int, missing: int) -> None:
    year = whole_years(_year(hidden, missing))
    assert (year["status"].to_list(), year["value"].to_list()) == (["suppressed"], [None])
