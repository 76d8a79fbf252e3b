"""The limits that hi explain computes in plain arithmetic agree with those that are published."""

import polars as pl
import pytest

from hi_pipeline.engine.tracing.limits import LEVELS, poisson, wilson
from hi_pipeline.stats import proportions, rates

COUNTS = [(0.0, 40.0), (1.0, 40.0), (9.0, 40.0), (9.5, 41.0), (10.0, 300.0), (2725.0, 5440.0), (40.0, 40.0)]


@pytest.mark.parametrize(("events", "people"), COUNTS)
def test_they_agree_with_the_statistics(events: float, people: float) -> None:
    frame = pl.DataFrame({"row": [0], "events": [events], "population": [people]})
    columns = {"events": "events", "population": "population", "by": ["row"], "multiplier": 1}
    share = proportions.proportion(frame, **columns).row(0, named=True)  # type: ignore[arg-type]
    rate = rates.crude_rate(frame, **columns).row(0, named=True)  # type: ignore[arg-type]
    for name, level in LEVELS.items():
        ends = (f"lower_{name}", f"upper_{name}")
        assert wilson(events, people, level) == pytest.approx([share[end] for end in ends], rel=1e-10, abs=1e-14)
        assert [limit / people for limit in poisson(events, level)] == pytest.approx(
            [rate[end] for end in ends], rel=1e-10
        )
