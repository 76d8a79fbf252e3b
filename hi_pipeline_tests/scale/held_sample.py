"""What daemon and workers load for the sample's grid: the project's own declarations; a computation can be held."""

from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline_tests.scale.holding import hold_where_asked

hold_where_asked()
defs = build_definitions(Settings())
