"""What a record of Dagster says of the rows that were set apart."""

import dagster as dg
import polars as pl
import pytest

from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.checks.advice import advice_on
from hi_pipeline.engine.checks.findings import Finding
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.orchestration.events import _table, evaluation, metadata_of


def _set_apart(partition: str, **files: dict[str, int]) -> object:
    made = {
        name: Provenance(inputs=(), code_version="1", schema_version="1", dropped_rows=rows)
        for name, rows in files.items()
    }
    fact = metadata_of(Outcome(partition=partition, state=State.WRITTEN, files=made)).get("rows_set_apart")
    return fact.value if isinstance(fact, dg.JsonMetadataValue) else fact


def test_the_tables_of_a_part_hold_one_account() -> None:
    account = {"rows of no use": 3, "totals": 1}
    assert _set_apart("2023-24", observations=account, row_index=account) == account


def test_the_editions_of_an_asset_without_partitions_are_added_up() -> None:
    files = {"2022/areas": {"blank": 3}, "2022/row_index": {"blank": 3}, "2023/areas": {"blank": 4, "totals": 1}}
    assert _set_apart("", **files) == {"blank": 7, "totals": 1}


def test_nothing_set_apart_is_not_said() -> None:
    assert _set_apart("2023-24", observations={}) is None


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (1.5, "1.5"),
        ("tt_recovery_pct", "tt_recovery_pct"),
        ("![pix](http://x)", "!\\[pix\\](http://x)"),
        ("<b>", "\\<b>"),
        ("a\\|b", "a\\\\\\|b"),
        ("one\ntwo", "one two"),
        ("a\u202eb", "a\\<U+202E>b"),
        # Cut before it is escaped, so that no backslash is left alone.
        ("x" * 119 + "|y", "x" * 119 + "\\|"),
    ],
)
def test_a_cell_of_a_table_holds_text_and_no_markup(value: object, cell: str) -> None:
    table = _table([{"a|b": value, "c": "last"}])
    assert table.value == f"| a\\|b | c |\n|---|---|\n| {cell} | last |"
    assert _table(pl.DataFrame({"a|b": [value], "c": ["last"]})).value == table.value


def test_a_failed_check_says_what_to_do() -> None:
    found = Finding(check="revisions", passed=False, said="REVISED", rows=pl.DataFrame({"a": [1]}), count=3)
    facts = evaluation(dg.AssetKey("x"), found).metadata
    assert facts["what to do"].value == advice_on("revisions")
    assert facts["failing_rows"].value == 3
    passed = evaluation(dg.AssetKey("x"), Finding(check="revisions", passed=True, said="none")).metadata
    assert set(passed) == {"found"}
