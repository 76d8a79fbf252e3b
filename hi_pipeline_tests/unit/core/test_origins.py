"""Which breakdowns each publication, and each set of measures of one, gives of an indicator."""

import pytest

from hi_pipeline.core.groups import Dimension
from hi_pipeline.engine.pipeline import load_catalogue


@pytest.mark.parametrize(
    ("indicator", "own"),
    [
        # The same measures in another edition: each gives what its areas have.
        ("screening_cervical_25_49", {Dimension.TOTAL, Dimension.DEPRIVATION}),
        # Other measures: the ages have a denominator of their own.
        ("covid_first_dose_pct", {Dimension.TOTAL}),
    ],
)
def test_other_measures_alone_take_a_breakdown_from_the_first(indicator: str, own: set[Dimension]) -> None:
    first = load_catalogue().indicators_by_id[indicator].by_origin[0]
    assert set(first.dimensions) == own
