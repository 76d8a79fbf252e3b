"""The tables at the end of a run: failed checks of what is there, and of nothing that was withdrawn."""

from pathlib import Path

from hi_pipeline.cli.figures import figures_to_read
from hi_pipeline.cli.summaries import indicators
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline_tests.unit.extracts import made
from hi_pipeline_tests.unit.indicators.over_time import spans


def test_failed_checks_of_an_extract_go_with_it(tmp_path: Path) -> None:
    settings = Settings(source="sample", data_dir=tmp_path)
    failed = {"lung_checks_n": 1}
    assert indicators(open_pipeline(settings), failed, "x").row_count == 0
    place = settings.extracts / "lung_checks_n" / "QHM_2024-25.csv"
    place.parent.mkdir(parents=True)
    made.filled("lung_checks_n").write_csv(place)
    assert indicators(open_pipeline(settings), failed, "x").row_count == 1


def test_large_numbers_are_printed_whole() -> None:
    rows = spans.results(spans.total("2023-24", 2_805_990, 3_005_000))
    (row,) = figures_to_read(rows.filter(measure="value"), "x").rows
    assert "2,805,990" in row and "3,005,000" in row
    assert not [cell for cell in row if "e+" in str(cell)]
