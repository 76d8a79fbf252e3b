"""The embedded sample: synthetic publications in the publishers' own layouts, read as a mirror."""

from hi_pipeline.sample.writing import SampleManifest, is_current, write_sample

__all__ = ["SampleManifest", "is_current", "write_sample"]
