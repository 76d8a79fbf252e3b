"""hi as it is typed, over the miniature pipeline; with TINY_PAUSE=n the n-th computation says so and waits."""

import os
import sys
import time
from collections.abc import Iterator
from itertools import count

import polars as pl

import hi_pipeline.engine.pipeline as declarations
import hi_pipeline.indicators.compute as computing
from hi_pipeline.core.indicator import Indicator
from hi_pipeline_tests.flow.tiny import make_catalogue

_numbers: Iterator[int] = count(1)
_value_rows = computing.value_rows


def value_rows(indicator: Indicator, counts: pl.DataFrame) -> pl.DataFrame:
    """Inside of the computation, so that figures are of the same code as those of other processes."""
    if os.environ.get("TINY_PAUSE") == str(next(_numbers)):
        sys.stdout.write("paused\n")
        sys.stdout.flush()
        time.sleep(120)
    return _value_rows(indicator, counts)


if __name__ == "__main__":
    declarations.load_catalogue = make_catalogue
    computing.value_rows = value_rows
    from hi_pipeline.cli import app

    app()
