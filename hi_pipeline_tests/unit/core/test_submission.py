"""Zeros and next to nothing are missing where the neighbours report; a small area with few is not."""

import polars as pl
import pytest

from hi_pipeline.core.submission import Submission, mark_not_submitted

RULE = Submission(part=("checks",), whole="register", share_of_median=0.05, expected=20)
OTHERS = {f"N{number}": (40, 100) for number in range(10)}


def _marked(**areas: tuple[int | None, int | None]) -> dict[tuple[str, str], tuple[float | None, str, str]]:
    rows = [
        ("2021-22", code, measure, value, "missing" if value is None else "ok", "position of the day")
        for code, pair in {**OTHERS, **areas}.items()
        for measure, value in zip(("checks", "register"), pair, strict=True)
    ]
    schema = {"year": pl.String, "area_code": pl.String, "measure": pl.String, "value": pl.Float64}
    frame = pl.DataFrame(rows, schema={**schema, "status": pl.String, "note": pl.String}, orient="row")
    marked = mark_not_submitted(frame, RULE, by=["year"])
    assert marked.columns == frame.columns and marked["area_code"].equals(frame["area_code"])
    return {(a, m): (v, s, n) for _, a, m, v, s, n in marked.rows()}


@pytest.mark.parametrize(("checks", "register"), [(14, 4363), (0, 4738), (0, 60)])
def test_next_to_nothing_is_missing_and_says_what_was_printed(checks: int, register: int) -> None:
    found = _marked(X=(checks, register))
    value, status, note = found["X", "checks"]
    assert (value, status) == (None, "missing")
    assert note == f"not submitted: printed as {checks}, under 5% of what the median area of the year reports"
    assert found["X", "register"] == (register, "ok", "position of the day")
    assert found["N0", "checks"][:2] == (40, "ok")


def test_an_area_of_zeros_submitted_nothing() -> None:
    found = _marked(X=(0, 0))
    assert {found["X", measure][:2] for measure in ("checks", "register")} == {(None, "missing")}
    assert "all figures of the area are printed as 0" in found["X", "register"][2]


@pytest.mark.parametrize(("checks", "register"), [(0, 40), (2, 60), (100, 4363)])
def test_a_small_area_or_a_low_one_keeps_its_figure(checks: int, register: int) -> None:
    assert _marked(X=(checks, register))["X", "checks"] == (checks, "ok", "position of the day")


def test_a_part_of_nothing_is_left_for_the_next_check_to_refuse() -> None:
    assert _marked(X=(5, 0))["X", "register"][:2] == (0, "ok")


def test_what_is_missing_already_keeps_its_note() -> None:
    assert _marked(X=(None, None))["X", "checks"] == (None, "missing", "position of the day")
