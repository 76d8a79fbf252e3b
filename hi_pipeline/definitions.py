"""What ``dagster`` loads: everything that the pipeline shows and runs, for the data root that HI_* names."""

import sys

from hi_pipeline.core.plain_text import let_pass
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings

# Processes of Dagster's own load this and write what their output cannot hold.
for _stream in (sys.stdout, sys.stderr):
    let_pass(_stream)

defs = build_definitions(Settings())
