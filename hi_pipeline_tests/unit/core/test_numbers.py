"""A number is a number of a declared form, or it stops: nothing is guessed from separators, exponents or signs."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.source import RawTable, Token
from hi_pipeline.core.text_tables import Form, number_rows, read_numbers

DAMAGED = (
    "52,0",
    "1,23",
    "5,",
    ",5",
    "1,2345",
    "1234,567",
    "0,123",
    "12,34,567",
    "6.72E+05",
    "1e3",
    "+5",
    "1 234",
    " 5",
)
DAMAGED += (
    "5 ",
    "5\u00a0",
    "٥",
    "５",
    "0x10",
    "1_000",
    "007",
    "5.",
    ".5",
    "1.2.3",
    "inf",
    "NaN",
    "--5",
    "1'000",
    "5\n",
)


def _value(cell: str, form: Form | None = None, *, whole: bool = False) -> float | None:
    read = read_numbers(pl.DataFrame({"n": [cell]}), "n", tokens={}, where="a file", whole=whole, form=form)
    return read["n_value"].item()


@pytest.mark.parametrize("cell", DAMAGED)
@pytest.mark.parametrize("form", Form)
def test_a_damaged_number_is_no_number_in_any_form(cell: str, form: Form) -> None:
    with pytest.raises(LayoutError):
        _value(cell, form)


@pytest.mark.parametrize(
    ("cell", "form", "value"),
    [
        ("0", Form.COUNT, 0),
        ("112.0", Form.COUNT, 112),
        ("29,199", Form.COUNT, 29199),
        ("1,234,567.0", Form.COUNT, 1234567),
        ("671648", Form.DIGITS, 671648),
        ("112.00000000000001", Form.SHEET_COUNT, 112),
        ("111.9999999", Form.SHEET_COUNT, 112),
        ("0.5", Form.DECIMAL, 0.5),
        ("1,234.5", Form.DECIMAL, 1234.5),
    ],
)
def test_numbers_of_their_form(cell: str, form: Form, value: float) -> None:
    assert _value(cell, form) == value


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("112.0", Form.DIGITS),
        ("1,234", Form.DIGITS),
        ("112.00000000000001", Form.COUNT),
        ("112.00001", Form.SHEET_COUNT),
        ("112.5", Form.SHEET_COUNT),
        ("1.5", Form.COUNT),
        ("1.000", Form.COUNT),
        ("52.000", Form.COUNT),
        ("112.00", Form.COUNT),
        ("1.000", Form.SHEET_COUNT),
        ("1.500", Form.SHEET_COUNT),
    ],
)
def test_a_narrower_form_refuses_what_a_wider_one_takes(cell: str, form: Form) -> None:
    with pytest.raises(LayoutError, match="not whole numbers"):
        _value(cell, form)
    assert _value(cell, Form.DECIMAL) is not None


def test_the_message_names_file_column_row_and_text() -> None:
    frame = pl.DataFrame({"code": ["A", "B", "C"], "n": ["1", "2", "6.72E+05"]})
    rows = number_rows(RawTable("a.csv", frame, first_row=5)).filter(pl.col("code") != "A")
    with pytest.raises(LayoutError) as error:
        read_numbers(rows, "n", tokens={}, where="source 2023-24, a.csv", whole=True)
    for part in (
        "source 2023-24, a.csv",
        "column 'n'",
        "row of the file",
        "('6.72E+05', 7, 'C')",
        "a whole number in digits",
    ):
        assert part in str(error.value), part


def test_tokens_stand_with_blanks_around_them_and_numbers_do_not() -> None:
    tokens = {"*": Token.SUPPRESSED, None: Token.MISSING}
    read = read_numbers(pl.DataFrame({"n": [" * ", "  ", "5"]}), "n", tokens=tokens, where="a file", whole=True)
    assert read["n_status"].to_list() == ["suppressed", "missing", "ok"]


@given(st.integers(0, 10**12))
def test_every_count_reads_back_however_it_is_written(count: int) -> None:
    for text in (str(count), f"{count:,}", f"{count}.0"):
        assert _value(text, whole=True) == count


@given(st.text(alphabet="0123456789,.+-eE \u0660\u00a0", min_size=1, max_size=12))
def test_what_is_read_is_what_the_digits_say(text: str) -> None:
    """Whatever is read has the digits of the text and commas before each three of them; all else stops."""
    try:
        value = _value(text, whole=True)
    except LayoutError:
        return
    whole = text.partition(".")[0]
    assert value == int(whole.replace(",", ""))
    assert whole in (f"{int(value)}", f"{int(value):,}")
    assert set(text.partition(".")[2]) <= {"0"}
