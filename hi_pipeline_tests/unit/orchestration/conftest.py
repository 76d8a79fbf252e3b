"""The same miniature data root as the flow tests."""

from hi_pipeline_tests.flow.conftest import bench, empty_home

__all__ = ["bench", "empty_home"]
