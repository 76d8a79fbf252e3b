"""What a record of Dagster says of the rows that were set apart."""

import dagster as dg

from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.orchestration.events import metadata_of


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
