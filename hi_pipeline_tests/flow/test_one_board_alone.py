"""A board's figures are the same whether it is computed alone or with all others (on the real files)."""

from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from hi_pipeline.core.geography import boards_of_year
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.gate import compute_years
from hi_pipeline.engine.layers.indicator import counts_for
from hi_pipeline.engine.layers.linked import build_linked
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.settings import Settings


def test_alone_or_together(real_mirror: Path, tmp_path: Path) -> None:
    pipeline = open_pipeline(Settings(source=f"mirror:{real_mirror}", data_dir=tmp_path))
    year = "2023-24"
    source = pipeline.catalogue.sources["talking_therapies"]
    assert fetch_part(pipeline, source, year).good
    assert build_clean(pipeline, source, year).good
    assert build_linked(pipeline, pipeline.catalogue.tables_by_name["talking_therapies_counts"], year).good
    indicator = pipeline.catalogue.indicators_by_id["tt_recovery_pct"]
    counts = counts_for(pipeline, indicator, year)
    assert counts is not None
    icbs = [board.ons for board in boards_of_year(year)]
    together = compute_years(pipeline, indicator, {year: (icbs, counts)})[year]
    for icb in icbs[::7]:
        alone = compute_years(pipeline, indicator, {year: ([icb], counts)})[year][icb]
        assert isinstance(alone, pl.DataFrame)
        assert_frame_equal(alone, together[icb], check_exact=True)  # type: ignore[arg-type]
