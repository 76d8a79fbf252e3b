"""The tables beside the results: each in its contract, explained, and made of nothing where there is nothing."""

import polars as pl
import pytest

from hi_pipeline.core.beside import JUDGING, JUDGING_MEANINGS
from hi_pipeline.core.columns import FURTHER_MEANINGS, RESULT_MEANINGS, RESULTS
from hi_pipeline.indicators.beside import tables_beside
from hi_pipeline_tests.unit.indicators.over_time import spans


def test_of_no_results_every_table_is_empty_and_whole() -> None:
    found = tables_beside(pl.DataFrame(schema=RESULTS), None, spans.BY_ID)
    assert set(found) == {"comparisons", *JUDGING}
    for name, (columns, _) in JUDGING.items():
        assert found[name].is_empty() and dict(found[name].schema) == dict(columns), name


def test_of_one_year_nothing_is_judged_but_levels() -> None:
    found = tables_beside(spans.results(spans.total("2023-24", 5000)), None, spans.BY_ID)
    assert found["pace"].is_empty()
    assert found["trends"]["status"].to_list() == ["too_few"]


@pytest.mark.parametrize("name", JUDGING)
def test_every_column_is_explained_and_every_key_is_there(name: str) -> None:
    columns, key = JUDGING[name]
    assert set(key) <= set(columns)
    assert set(columns) <= set(RESULT_MEANINGS | FURTHER_MEANINGS | JUDGING_MEANINGS)


def test_no_meaning_is_told_twice_or_for_nothing() -> None:
    used = {column for columns, _ in JUDGING.values() for column in columns}
    assert set(JUDGING_MEANINGS) <= used
    assert not set(JUDGING_MEANINGS) & (set(RESULT_MEANINGS) | set(FURTHER_MEANINGS))
    # A name of another table would be explained by that table's words.
    assert not used & set(FURTHER_MEANINGS)
