"""The command line in a process of its own; at its end standard error names the heavy libraries that it imported."""

import atexit
import sys

from hi_pipeline.cli.app import app

HEAVY = ("dagster", "numpy", "pandera", "pydantic_settings", "scipy", "sqlalchemy")


def _name_them() -> None:
    sys.stderr.write(" ".join(["imported:", *(name for name in HEAVY if name in sys.modules)]) + "\n")


if __name__ == "__main__":
    atexit.register(_name_them)
    app()
