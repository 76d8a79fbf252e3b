"""The Dagster UI in a headless browser: the asset graph by group, the partition grid, the checks."""

from pathlib import Path

import pytest

from hi_pipeline_tests.flow.browser import chromium_or_skip, open_browser
from hi_pipeline_tests.flow.conftest import Served
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, rows_of, with_too_many_helped, write_release

LAYERS = ("snapshot", "clean", "linked", "indicator", "published")

pytestmark = pytest.mark.browser


def test_the_ui_shows_the_graph_by_group_the_grid_and_the_checks(served: Served, tmp_path: Path) -> None:
    bench, also_wrong = served.bench, "E54000030"
    # The checks on the pages are those of the last run, so this one comes last.
    rows = with_too_many_helped(with_too_many_helped(rows_of("2023-24"), WRONG_BOARD), also_wrong)
    write_release(bench.mirror, "2023-24", rows)
    assert not bench.run(years=("2023-24",), icbs=(WRONG_BOARD, also_wrong)).success
    base = f"http://127.0.0.1:{served.port}"
    asset = f"{base}/assets/indicator/tiny_1_pct"
    with open_browser(chromium_or_skip(), tmp_path / "profile") as page:
        page.open(f"{base}/asset-groups")
        page.wait_for("Global asset lineage", *LAYERS)

        # A cell speaks of its board and figure; hi run's runs stand in the timeline under their jobs.
        page.open(f"{asset}?view=partitions&partition=2022-23%7CE54000008")
        page.wait_for("NHS Cheshire and Merseyside Integrated Care Board", "95% limits", "England", "first rows")
        page.wait_for("mirror/indicator/tiny_1_pct/2022-23.parquet in the data folder")
        page.open(f"{base}/overview?groupBy=job")
        page.wait_for("build_indicators", "refresh_release")

        page.open(f"{asset}?view=partitions")
        grid = page.wait_for("459 Partitions", "Failed (2)", "2023-24", "2026-27", "E54000052", WRONG_BOARD)
        # All cells: the good ones and the two whose rows are wrong, nothing more.
        good = len(bench.built("indicator", "tiny_1_pct"))
        assert f"Materialized ({good})" in grid
        assert f"Missing ({459 - 2 - good})" in grid

        page.open(f"{asset}?view=checks")
        page.wait_for(
            "Checks (8)", "all_icbs", "reconciles_with_england", "stale_partitions", "values_in_range", "Succeeded"
        )

        page.open(f"{base}/assets/snapshot/tiny?view=checks")
        page.wait_for("freshness", "revisions")

        page.open(f"{base}/assets/linked/tiny_counts?view=checks&checkDetail=values_in_range")
        page.wait_for("Failed", "first_failing_rows", "figures outside their plausible range", "what to do")

        page.open(f"{base}/locations")
        page.wait_for("tiny_definitions", "Loaded")


def test_without_a_browser_the_test_skips_but_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        chromium_or_skip()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        chromium_or_skip()
