"""The product's grid as Dagster's partitions: financial year x board; everything before it by financial year."""

import dagster as dg

from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.engine.grid import ICBS

YEAR_PARTITIONS = dg.StaticPartitionsDefinition(list(ALL_YEARS))
ICB_PARTITIONS = dg.StaticPartitionsDefinition(list(ICBS))
GRID = dg.MultiPartitionsDefinition({"financial_year": YEAR_PARTITIONS, "icb": ICB_PARTITIONS})
