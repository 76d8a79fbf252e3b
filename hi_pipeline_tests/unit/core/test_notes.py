"""Notes are joined in one way: empty and missing ones leave no trace."""

import polars as pl

from hi_pipeline.core.notes import clauses, clauses_of, join_clauses, join_notes


def test_notes_are_joined_in_order_without_those_that_say_nothing() -> None:
    rows = pl.DataFrame(
        {"note": ["a", "", None, "a", None], "more": ["b", "b", "b", "", None]},
        schema={"note": pl.String, "more": pl.String},
    )
    joined = rows.select(join_notes("note", pl.when(pl.col("more") == "b").then(pl.lit("said")), "more"))
    assert joined["note"].to_list() == ["a; said; b", "said; b", "said; b", "a", ""]


def test_a_literal_note_stands_on_every_row() -> None:
    rows = pl.DataFrame({"note": ["", "a"]})
    assert rows.with_columns(note=join_notes(pl.lit("first"), "note"))["note"].to_list() == ["first", "first; a"]
    assert rows.with_columns(note=join_notes("note", pl.lit("")))["note"].to_list() == ["", "a"]


def test_parts_of_a_sum_say_each_clause_once() -> None:
    rows = pl.DataFrame({"of": [1, 1, 1, 2], "note": ["b; a", "a", None, ""]})
    summed = rows.group_by("of", maintain_order=True).agg(join_clauses(clauses("note")))
    assert summed["note"].to_list() == ["a; b", ""]


def test_the_clauses_of_one_note() -> None:
    assert clauses_of("b; a") == ["b", "a"]
    assert clauses_of("") == []
