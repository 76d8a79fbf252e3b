"""Lets a test hold the computation of an indicator inside a worker: loaded by what the workers load.

While ``HELD_IN/hold-ID`` stands, the computation of the indicator says its process in ``HELD_IN/held-ID`` and waits.
"""

import os
import time
from pathlib import Path

import polars as pl

import hi_pipeline.indicators.compute as computing
from hi_pipeline.core.indicator import Indicator

_PATIENCE_S = 300.0
_value_rows = computing.value_rows


def value_rows(indicator: Indicator, counts: pl.DataFrame) -> pl.DataFrame:
    """Inside of the computation, so that figures are of the same code as those of other processes."""
    folder = Path(os.environ["HELD_IN"])
    hold, held = folder / f"hold-{indicator.id}", folder / f"held-{indicator.id}"
    deadline = time.monotonic() + _PATIENCE_S
    while hold.exists() and time.monotonic() < deadline:
        if not held.exists():
            held.write_text(str(os.getpid()))
        time.sleep(0.1)
    return _value_rows(indicator, counts)


def hold_where_asked() -> None:
    """Take the place of the computation, in the processes of a test that holds."""
    if "HELD_IN" in os.environ:
        computing.value_rows = value_rows
