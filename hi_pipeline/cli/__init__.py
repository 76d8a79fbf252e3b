"""The command line: hi run, fetch, status, coverage, explain, verify, ui."""

from hi_pipeline.cli.app import app

__all__ = ["app"]
