"""Text becomes numbers and words only by declared tokens and labels."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.account import Account
from hi_pipeline.core.columns import OBSERVATIONS
from hi_pipeline.core.corrections import Action, Correction
from hi_pipeline.core.errors import CorrectionError, LayoutError, LinkageError, ValidationError
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.source import Token
from hi_pipeline.core.text_tables import map_exactly, map_labels, read_numbers
from hi_pipeline.core.validation import join_exactly, observations_schema, validate

TOKENS = {"*": Token.SUPPRESSED, None: Token.MISSING}


def _read(*cells: str | None, whole: bool = False) -> pl.DataFrame:
    frame = pl.DataFrame({"area": [f"area {n}" for n in range(len(cells))], "n": pl.Series(cells, dtype=pl.String)})
    return read_numbers(frame, "n", tokens=TOKENS, where="a file", whole=whole)


def test_hidden_blank_and_zero_are_three_things() -> None:
    read = _read("*", None, "", "0", "112.0", "29,199")
    assert read["n_value"].to_list() == [None, None, None, 0.0, 112.0, 29199.0]
    assert read["n_status"].to_list() == ["suppressed", "missing", "missing", "ok", "ok", "ok"]


def test_a_token_that_looks_like_a_number_is_a_token() -> None:
    frame = pl.DataFrame({"n": ["-1", "9999999", "12"]})
    tokens = {"-1": Token.SUPPRESSED, "9999999": Token.SUPPRESSED}
    read = read_numbers(frame, "n", tokens=tokens, where="a file", whole=True)
    assert read["n_value"].to_list() == [None, None, 12.0]
    assert read["n_status"].to_list() == ["suppressed", "suppressed", "ok"]


@pytest.mark.parametrize(
    ("cell", "says"), [("abc", "neither numbers"), ("c", "neither numbers"), ("-3", "negative"), ("nan", "neither")]
)
def test_other_texts_and_negative_numbers_stop(cell: str, says: str) -> None:
    with pytest.raises(LayoutError, match=says) as error:
        _read("1", cell)
    assert f"('{cell}', 'area 1')" in str(error.value), "the message names the row by the texts at its left"
    assert "Expected numbers of 0 or more" in str(error.value) and "declare it" in str(error.value)


def test_fractions_stop_where_counts_are_expected() -> None:
    with pytest.raises(LayoutError, match="not whole numbers"):
        _read("1.5", whole=True)
    assert _read("112.0", whole=True)["n_value"].to_list() == [112.0]


def test_blanks_stop_where_no_token_allows_them() -> None:
    with pytest.raises(LayoutError, match="neither numbers"):
        read_numbers(pl.DataFrame({"n": ["1", None]}), "n", tokens={}, where="a file")


def test_labels_are_mapped_by_their_words() -> None:
    frame = pl.DataFrame({"d": ["01 Least deprived", "10 Most deprived"]})
    labels = {"01 Least deprived": "Decile 10 (least deprived)", "10 Most deprived": "Decile 1 (most deprived)"}
    mapped = map_labels(frame, "d", labels=labels, into="category", account=Account())
    assert mapped.equals(map_exactly(frame, "d", labels=labels, into="category", where="a file"))
    assert mapped["category"].to_list() == ["Decile 10 (least deprived)", "Decile 1 (most deprived)"]
    with pytest.raises(LayoutError, match=r"1 rows carry texts.*11 Most"):
        map_exactly(pl.DataFrame({"d": ["11 Most"]}), "d", labels=labels, into="category", where="a file")


def test_a_correction_whose_expectation_fails_is_loud() -> None:
    entry = Correction(
        id="wrong-labels",
        source="s",
        editions=("e",),
        action=Action.RELABEL,
        match="rows 1 and 2",
        reason="Seen in 2026-11.",
        note="relabelled",
        expected_rows={"e": 2},
    )
    entry.expect(pl.DataFrame({"a": [1, 2]}), edition="e")
    with pytest.raises(CorrectionError, match="expects 2 rows in s e, found 1"):
        entry.expect(pl.DataFrame({"a": [1]}), edition="e")
    assert entry.applies_to("s", "e") and not entry.applies_to("s", "f")


def test_a_join_states_its_cardinality() -> None:
    left = pl.DataFrame({"k": ["a", "a", "b"]})
    right = pl.DataFrame({"k": ["a"], "v": [1]})
    with pytest.raises(LinkageError, match=r"1 rows have no match.*'b'"):
        join_exactly(left, right, on=["k"], cardinality="m:1", where="left to right")
    kept = join_exactly(left, right, on=["k"], cardinality="m:1", where="left to right", unmatched_ok=True)
    assert kept["v"].to_list() == [1, 1, None]
    with pytest.raises(LinkageError, match="not 1:1"):
        join_exactly(left, right, on=["k"], cardinality="1:1", where="left to right")


def _observation(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "financial_year": "2023-24",
        "period_start": None,
        "period_end": None,
        "period_type": "financial_year",
        "area_level": "icb",
        "area_code": "QNC",
        "area_name": "a board",
        "dimension": "total",
        "category": "All",
        "measure": "events",
        "value": 10.0,
        "low": 8.0,
        "high": 12.0,
        "status": "ok",
        "note": "",
    }
    return row | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"measure": "other"},
        {"area_level": "practice"},
        {"status": "hidden"},
        {"value": None},
        {"status": "suppressed"},
        {"low": 11.0},
        {"high": 9.0},
        {"value": -1.0, "low": -1.0},
        {"dimension": "height"},
    ],
)
def test_the_observations_schema_refuses(changes: dict[str, object]) -> None:
    schema = observations_schema(measures=["events"], area_levels=["icb"])
    day = {"period_start": date(2023, 4, 1), "period_end": date(2024, 3, 31)}
    good = pl.DataFrame([_observation() | day], schema=OBSERVATIONS)
    assert validate(good, schema, where="a table").equals(good)
    bad = pl.DataFrame([_observation(**changes) | day], schema=OBSERVATIONS)
    with pytest.raises(ValidationError, match="Nothing was written") as error:
        validate(bad, schema, where="a table")
    assert isinstance(error.value.failures, pl.DataFrame) and error.value.failures.height >= 1


def test_duplicate_keys_and_empty_tables_are_refused() -> None:
    schema = observations_schema(measures=["events"], area_levels=["icb"])
    row = _observation() | {"period_start": date(2023, 4, 1), "period_end": date(2024, 3, 31)}
    with pytest.raises(ValidationError, match="2 failures"):
        validate(pl.DataFrame([row, row], schema=OBSERVATIONS), schema, where="a table")
    with pytest.raises(ValidationError, match="no rows at all"):
        validate(pl.DataFrame(schema=OBSERVATIONS), schema, where="a table")


def test_a_sidecar_reads_back_and_its_fingerprint_follows_the_inputs() -> None:
    first = Provenance(inputs=(Input(name="a", sha256="1"),), code_version="c", schema_version="s", notes=("n",))
    assert Provenance.from_json(first.to_json()) == first
    changed = Provenance(inputs=(Input(name="a", sha256="2"),), code_version="c", schema_version="s", notes=("n",))
    assert first.fingerprint() != changed.fingerprint()


def test_a_sidecar_of_an_earlier_version_is_read() -> None:
    text = '{"inputs": [{"name": "a", "sha256": "1"}], "code_version": "c", "schema_version": "s", "releases": ["r:1"]'
    text += ', "corrections": [], "notes": [], "dropped_rows": {}, "synthetic": false, "rows": 3, "sha256": "2"}'
    known = Provenance.from_json(text)
    assert (known.rows, known.parts, known.kept) == (3, {}, {})
