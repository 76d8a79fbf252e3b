"""What web interface, daemon and workers load here: the miniature pipeline, in which a computation can be held."""

from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import make_catalogue
from hi_pipeline_tests.scale.holding import hold_where_asked

INDICATORS = 6
hold_where_asked()
defs = build_definitions(Settings(), catalogue=make_catalogue(indicators=INDICATORS))
