"""What the UI does and shows through GraphQL, with webserver and daemon on loopback: a backfill, a failed cell."""

import time

from hi_pipeline.core.financial_year import ALL_YEARS as YEARS_OF_GRID
from hi_pipeline_tests.flow.conftest import Served
from hi_pipeline_tests.flow.served import ask
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, rows_of, with_too_many_helped, write_release

CELLS = {f"{year}|{icb}" for year in ("2021-22", "2022-23") for icb in ("E54000010", "E54000011")}
# The daemon looks at backfills every 30 seconds, which cannot be changed (2026-11, dagster 1.13); a busy machine takes
# several of its rounds.
PATIENCE_S = 600
LAUNCH = """
mutation launch($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
STATUS = (
    "query status($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }"
)
CELL_STATUS = """
query cells($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) {
    ... on AssetNode {
      assetPartitionStatuses {
        ... on MultiPartitionStatuses {
          primaryDimensionName
          ranges {
            primaryDimStartKey
            primaryDimEndKey
            secondaryDim { ... on DefaultPartitionStatuses { materializedPartitions failedPartitions } }
          }
        }
      }
    }
  }
}
"""


def test_a_backfill_of_two_years_and_two_boards_makes_four_cells(served: Served) -> None:
    bench, port = served.bench, served.port
    before = bench.built("indicator", "tiny_1_pct")
    assert not before & CELLS
    params = {"assetSelection": [{"path": ["indicator", "tiny_1_pct"]}], "partitionNames": sorted(CELLS)}
    launched = ask(port, LAUNCH, {"params": params})["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    deadline = time.monotonic() + PATIENCE_S
    status = ""
    while time.monotonic() < deadline and not status.startswith(("COMPLETED", "FAILED")):
        time.sleep(1)
        status = ask(port, STATUS, {"id": launched["backfillId"]})["partitionBackfillOrError"]["status"]
    runs = [(run.status.value, run.tags) for run in bench.instance.get_runs(limit=5)]
    assert status == "COMPLETED_SUCCESS", f"{status} after {PATIENCE_S} s at most; the last runs: {runs}"
    assert bench.built("indicator", "tiny_1_pct") - before == CELLS
    on_disk = bench.on_disk()
    assert on_disk == before | CELLS


def statuses(port: int) -> dict[str, set[str]]:
    """The cells that the UI shows as failed and as materialized."""
    found = ask(port, CELL_STATUS, {"key": {"path": ["indicator", "tiny_1_pct"]}})
    shown: dict[str, set[str]] = {"failed": set(), "materialized": set()}
    for span in found["assetNodeOrError"]["assetPartitionStatuses"]["ranges"]:
        first, last = YEARS_OF_GRID.index(span["primaryDimStartKey"]), YEARS_OF_GRID.index(span["primaryDimEndKey"])
        for kind in shown:
            icbs = span["secondaryDim"][f"{kind}Partitions"]
            shown[kind] |= {f"{year}|{icb}" for year in YEARS_OF_GRID[first : last + 1] for icb in icbs}
    return shown


def test_a_failed_cell_reads_failed_in_the_ui_and_good_once_it_is_mended(served: Served) -> None:
    bench, port, board = served.bench, served.port, "E54000013"
    cell = f"2021-22|{board}"
    write_release(bench.mirror, "2021-22", with_too_many_helped(rows_of("2021-22"), board))
    assert not bench.run(years=("2021-22",), icbs=(board,)).success
    shown = statuses(port)
    assert cell in shown["failed"]
    assert shown["materialized"] == bench.built("indicator", "tiny_1_pct")
    write_release(bench.mirror, "2021-22")
    bench.run(years=("2021-22",), icbs=(board,))
    shown = statuses(port)
    assert cell not in shown["failed"]
    assert cell in shown["materialized"]
    assert f"2023-24|{WRONG_BOARD}" in shown["failed"], "the other failed cell stays as it was"
