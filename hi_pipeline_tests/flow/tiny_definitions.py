"""What the webserver and the daemon load in the loopback tests: the miniature pipeline on the root that HI_* names."""

from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.tiny import make_catalogue

defs = build_definitions(Settings(), catalogue=make_catalogue())
