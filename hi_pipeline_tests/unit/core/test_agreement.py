"""Facts that a file repeats agree; a code decides, and a name may be spelt otherwise."""

import polars as pl
import pytest

from hi_pipeline.core.agreement import (
    one_spelling,
    validate_between,
    validate_codes,
    validate_determines,
    validate_enclosed,
    validate_names,
)
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


def _share(printed: float | None, count: float | None, people: float) -> None:
    frame = pl.DataFrame({"code": ["A"], "pct": [printed], "n": [count], "of": [people]}, schema_overrides=_NUMBERS)
    quotient = 100 * pl.col("n") / pl.col("of")
    low, high = quotient - 0.5, quotient + 0.5
    shown = ("code", "pct", "n", "of")
    validate_between(frame, pl.col("pct"), low, high, shown=shown, apart="pct is not n of of", where="a file")


_NUMBERS = {"pct": pl.Float64, "n": pl.Float64, "of": pl.Float64}


@pytest.mark.parametrize(("printed", "count", "people"), [(52, 52.5, 100), (52, 51.5, 100), (None, 5, 100)])
def test_a_printed_figure_may_be_rounded(printed: float | None, count: float, people: float) -> None:
    _share(printed, count, people)


@pytest.mark.parametrize(("printed", "count", "people"), [(52, None, 100), (0, 0, 0)])
def test_where_the_counts_say_nothing_nothing_is_wrong(printed: float, count: float | None, people: float) -> None:
    _share(printed, count, people)


def test_a_printed_figure_that_its_counts_do_not_give_is_shown() -> None:
    with pytest.raises(
        ValidationError, match=r"a file: 1 rows in which pct is not n of of: .*\('A', 52.0, 5.2, 100.0\)"
    ):
        _share(52, 5.2, 100)


def _parts(*bounds: tuple[float, float | None], both_ways: bool = True) -> None:
    whole = pl.DataFrame({"area": ["A", "B"], "low": [98.0, 0.0], "high": [102.0, 4.0]})
    parts = pl.DataFrame({"area": ["A"] * len(bounds), "low": [b[0] for b in bounds], "high": [b[1] for b in bounds]})
    validate_enclosed(whole, parts, ["area"], both_ways=both_ways, of="parts and all", where="a file")


def test_parts_add_up_as_far_as_their_bounds_tell() -> None:
    _parts((48, 52), (46, 50))
    _parts((48, 52), (0, None))
    _parts((48, 52), (0, 4), both_ways=False)


@pytest.mark.parametrize("other", [(480.0, 520.0), (0.0, 4.0)], ids=["more", "less"])
def test_parts_that_do_not_add_up_are_shown(other: tuple[float, float]) -> None:
    with pytest.raises(
        ValidationError, match=r"a file: parts and all do not add up in 1 areas: .*\('A', 98.0, 102.0, "
    ):
        _parts((48.0, 52.0), other)


def test_a_code_is_written_in_capitals_and_digits() -> None:
    right = pl.DataFrame({"code": ["QNC", "E54000010", "", None]})
    validate_codes(right, ["code"], where="a file")
    for wrong in ("QNC ", " QNC", "qnc", "Q-C", "QNC\u00a0"):
        with pytest.raises(ValidationError, match="a file: codes .* have blanks, small letters or signs, in 1 rows"):
            validate_codes(pl.concat([right, pl.DataFrame({"code": [wrong]})]), ["code"], where="a file")


def test_the_rows_of_a_wrong_code_are_shown_by_their_codes_alone() -> None:
    frame = pl.DataFrame({"code": ["q"], "cells": [[{"row": 1}]]})
    with pytest.raises(ValidationError) as error:
        validate_codes(frame, ["code"], where="a file")
    assert isinstance(error.value.failures, pl.DataFrame) and error.value.failures.columns == ["code"]
