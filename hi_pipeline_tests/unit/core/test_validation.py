"""A frame is judged by its schema: each thing that a schema says is refused where it does not hold."""

import polars as pl
import pytest

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.schema import Column, Rule, Schema
from hi_pipeline.core.validation import observations_schema, validate

SCHEMA = Schema(
    columns={
        "code": Column(dtype=pl.String, pattern=r"E\d", unique=True),
        "sex": Column(dtype=pl.String, words=("Female", "Male")),
        "low": Column(dtype=pl.Int64, least=0, nullable=True),
        "share": Column(dtype=pl.Float64, least=0, most=1),
    },
    key=("code", "sex"),
    rules=(Rule(name="low is no more than ten shares", holds=pl.col("low") <= pl.col("share") * 10),),
)
RIGHT = pl.DataFrame(
    {"code": ["E1", "E2", "E3"], "sex": ["Male", "Male", "Female"], "low": [0, None, 5], "share": [0.0, 0.3, 1.0]}
)


def test_a_right_frame_comes_back_as_it_is() -> None:
    assert validate(RIGHT, SCHEMA, where="here").equals(RIGHT)


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("code", ["E1", "E2", "xE3"], "str_matches"),
        ("code", ["E1", "E2", "E2"], "field_uniqueness"),
        ("code", ["E1", "E2", None], "not_nullable"),
        ("sex", ["Male", "Male", "male"], "isin"),
        ("low", [0, None, -1], "greater_than_or_equal_to"),
        ("share", [0.0, 0.3, 1.01], "less_than_or_equal_to"),
        ("share", [0.0, 0.3, 0.4], "low is no more than ten shares"),
        ("share", [0, 1, 1], "dtype"),
    ],
    ids=["pattern", "unique", "null", "words", "least", "most", "rule", "type"],
)
def test_what_a_schema_says_is_refused_where_it_does_not_hold(column: str, values: list[object], words: str) -> None:
    wrong = RIGHT.with_columns(pl.Series(column, values))
    with pytest.raises(ValidationError, match="here: . failures against the schema") as refused:
        validate(wrong, SCHEMA, where="here")
    assert words in str(refused.value)
    assert refused.value.failures is not None


@pytest.mark.parametrize(
    "wrong",
    [
        RIGHT.with_columns(more=pl.lit(1)),
        RIGHT.drop("low"),
        RIGHT.select(reversed(RIGHT.columns)),
        RIGHT.clear(),
    ],
    ids=["a further column", "a column less", "another order", "no rows"],
)
def test_another_shape_is_refused(wrong: pl.DataFrame) -> None:
    with pytest.raises(ValidationError):
        validate(wrong, SCHEMA, where="here")


def test_a_key_stands_once() -> None:
    columns = SCHEMA.columns | {"code": Column(dtype=pl.String)}  # type: ignore[operator]
    twice = RIGHT.with_columns(code=pl.lit("E1"))
    with pytest.raises(ValidationError, match="2 failures against the schema"):
        validate(twice, Schema(columns=columns, key=SCHEMA.key), where="here")


def test_measures_are_named_or_have_a_pattern() -> None:
    named = observations_schema(measures=["seen"], area_levels=["icb"]).columns["measure"]
    patterned = observations_schema(measures=r"^seen_\d$", area_levels=["icb"]).columns["measure"]
    assert (named.words, named.pattern) == (("seen",), "")
    assert (patterned.words, patterned.pattern) == (None, r"^seen_\d$")
    with pytest.raises(ValueError, match="area levels"):
        observations_schema(measures=["seen"], area_levels=["planet"])
