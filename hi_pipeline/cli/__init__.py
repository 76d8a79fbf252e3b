"""The command line ``hi``: a module a command, named in ``app``."""

from hi_pipeline.cli.app import app

__all__ = ["app"]
