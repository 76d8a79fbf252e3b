"""What daemon and workers load in the benchmark of several workers: the synthetic England, of the size SCALE_* says."""

import os

from hi_pipeline.core import financial_year

LAST = 2026
# The grid may be longer than the product's, so it is set before anything reads it.
_YEARS, _INDICATORS = (int(os.environ[f"SCALE_{name}"]) for name in ("YEARS", "INDICATORS"))
financial_year.ALL_YEARS = financial_year.years_between(
    financial_year.label_of(LAST - _YEARS + 1), financial_year.label_of(LAST)
)

from benchmarks.england import make_catalogue  # noqa: E402
from hi_pipeline.orchestration.repository import build_definitions  # noqa: E402
from hi_pipeline.settings import Settings  # noqa: E402

CATALOGUE = make_catalogue(indicators=_INDICATORS, wrong="")
defs = build_definitions(Settings(), catalogue=CATALOGUE)
