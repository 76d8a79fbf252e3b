"""A backfill of 2 years x 2 boards, launched through GraphQL with webserver and daemon running on loopback."""

import time

from hi_pipeline_tests.flow.conftest import Served
from hi_pipeline_tests.flow.served import ask

CELLS = {f"{year}|{icb}" for year in ("2021-22", "2022-23") for icb in ("E54000010", "E54000011")}
# The daemon looks at backfills every 30 seconds, which cannot be changed (2026-11, dagster 1.13).
PATIENCE_S = 150
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
    assert status == "COMPLETED_SUCCESS"
    assert bench.built("indicator", "tiny_1_pct") - before == CELLS
    on_disk = {"|".join(parts) for parts in bench.pipeline.lake.parts("indicator", "tiny_1_pct")}
    assert on_disk == before | CELLS
