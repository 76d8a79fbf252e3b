"""The account of a parser: rows left out add up by reason, and the table itself never becomes a clean table."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account, take_account
from hi_pipeline.core.corrections import Action, Correction
from hi_pipeline.core.text_tables import map_labels

ENTRY = Correction(
    id="entry",
    source="qof",
    editions=("2020-21",),
    action=Action.KEEP_AND_FLAG,
    match="a row",
    reason="a reason",
    note="a note",
    expected_rows={"2020-21": 1},
)


def test_reasons_add_up_and_empty_ones_are_not_noted() -> None:
    account = Account()
    account.left_out("providers", 2)
    account.left_out("providers", 3)
    account.left_out("nobody", 0)
    account.corrected(ENTRY, 1)
    account.note("the list is of another year")
    found = take_account({"observations": pl.DataFrame({"a": [1]}), ACCOUNT: account.frame()})
    assert found.left_out == {"providers": 5}
    assert found.corrections == ("entry",)
    assert found.notes == ("the list is of another year",)
    assert list(found.tables) == ["observations"]


def test_a_parser_without_an_account_has_an_empty_one() -> None:
    found = take_account({"lsoa_imd": pl.DataFrame({"a": [1]})})
    assert (found.left_out, found.corrections, found.notes) == ({}, (), ())
    assert Account().frame().is_empty()


def test_unknown_labels_are_counted_by_table_column_and_label() -> None:
    account = Account()
    frame = pl.DataFrame({"list": ["TOTAL", "25_64_F", "25_64_F", None]})
    kept = map_labels(frame, "list", labels={"TOTAL": "all"}, into="words", account=account, table="indicators")
    assert kept.to_dicts() == [{"list": "TOTAL", "words": "all"}]
    found = take_account({ACCOUNT: account.frame()})
    assert found.unknown_labels == {"indicators": {"list '25_64_F'": 2, "list None": 1}}
    assert found.left_out == {}
