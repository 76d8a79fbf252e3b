"""Rates standardised for age and sex, directly and indirectly, and the standard population."""

from hi_pipeline.stats.standardisation._direct import directly_standardised_rate
from hi_pipeline.stats.standardisation._european import (
    EUROPEAN_STANDARD_POPULATION_2013,
    european_standard_population,
)
from hi_pipeline.stats.standardisation._indirect import indirectly_standardised_rate, indirectly_standardised_ratio
from hi_pipeline.stats.standardisation._pairs import difference, ratio

__all__ = [
    "EUROPEAN_STANDARD_POPULATION_2013",
    "difference",
    "directly_standardised_rate",
    "european_standard_population",
    "indirectly_standardised_rate",
    "indirectly_standardised_ratio",
    "ratio",
]
