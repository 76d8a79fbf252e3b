"""Facts that a file repeats agree; a code decides, and a name may be spelt otherwise."""

import polars as pl
import pytest

from hi_pipeline.core.agreement import one_spelling, validate_determines, validate_names
from hi_pipeline.core.errors import ValidationError

LISTS = pl.DataFrame(
    {"practice": ["A", "A", "A", "B"], "type": ["TOTAL", "TOTAL", "18OV", "TOTAL"], "size": [3996, 3996, 3000, 500]}
)


def test_a_fact_said_twice_alike_is_one_fact() -> None:
    validate_determines(LISTS, ["practice", "type"], ["size"], where="a file")


def test_a_fact_said_twice_otherwise_stops_and_is_shown() -> None:
    wrong = LISTS.with_columns(size=pl.Series([3996, 39960, 3000, 500]))
    with pytest.raises(ValidationError, match=r"a file: 1 of .*'A', 'TOTAL', \[3996, 39960\]") as error:
        validate_determines(wrong, ["practice", "type"], ["size"], where="a file")
    assert isinstance(error.value.failures, pl.DataFrame) and error.value.failures.height == 2


def test_a_null_beside_a_value_is_no_agreement() -> None:
    with pytest.raises(ValidationError, match="several values of 'size'"):
        wrong = LISTS.with_columns(size=pl.Series([3996, None, 3000, 500]))
        validate_determines(wrong, ["practice", "type"], ["size"], where="a file")


@pytest.mark.parametrize(
    "other", ["NHS Bath and Wells ", "nhs  bath AND wells", "NHS Bath & Wells", "NHS Bath and Wells"]
)
def test_spelling_is_no_matter(other: str) -> None:
    frame = pl.DataFrame({"code": ["Q1", "Q1"], "name": ["NHS Bath and Wells", other]})
    validate_names(frame, [("code", "name")], where="a file")
    spelt = one_spelling(frame, ["code"], "name", where="a file")["name"]
    assert spelt.n_unique() == 1 and spelt[0] == spelt[0].strip()


def test_another_name_is() -> None:
    frame = pl.DataFrame({"code": ["Q1", "Q1"], "name": ["NHS Bath", "NHS Wells"]})
    with pytest.raises(ValidationError, match="'nhs bath', 'nhs wells'"):
        validate_names(frame, [("code", "name")], where="a file")
    with pytest.raises(ValidationError, match="several values"):
        one_spelling(frame, ["code"], "name", where="a file")
