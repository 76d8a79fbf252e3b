"""The same miniature data root as the flow tests."""

from hi_pipeline_tests.flow.conftest import bench

__all__ = ["bench"]
