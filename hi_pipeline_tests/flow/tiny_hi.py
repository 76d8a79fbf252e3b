"""hi as it is typed, over the miniature pipeline; with TINY_PAUSE=n the n-th computation says so and waits."""

import os
import sys
import time
from collections.abc import Iterator
from itertools import count

import polars as pl

import hi_pipeline.engine.pipeline as declarations
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline_tests.flow.tiny import make_catalogue

_numbers: Iterator[int] = count(1)


def compute(indicator: Indicator, counts: pl.DataFrame, *, synthetic: bool) -> pl.DataFrame:
    if os.environ.get("TINY_PAUSE") == str(next(_numbers)):
        sys.stdout.write("paused\n")
        sys.stdout.flush()
        time.sleep(120)
    return compute_results(indicator, counts, synthetic=synthetic)


# Its version is that of the real computation: a pause makes no figure another.
compute.__module__ = compute_results.__module__


if __name__ == "__main__":
    declarations.load_catalogue = lambda: make_catalogue(compute=compute)
    from hi_pipeline.cli import app

    app()
