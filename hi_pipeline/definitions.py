"""What ``dagster`` loads: everything that the pipeline shows and runs, for the data root that HI_* names."""

from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings

defs = build_definitions(Settings())
