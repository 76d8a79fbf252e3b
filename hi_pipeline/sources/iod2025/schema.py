"""Schema of the clean table of the Indices of Deprivation 2025."""

from hi_pipeline.core.deprivation import lsoa_imd_schema

SCHEMAS = {"lsoa_imd": lsoa_imd_schema(vintage="2025")}
