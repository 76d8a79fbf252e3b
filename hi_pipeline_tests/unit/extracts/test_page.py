"""The page for analysts: its example is a right extract, and gives the figures that it names."""

import io
import re
import textwrap
from pathlib import Path

import polars as pl

from hi_pipeline.core.source import RawTable
from hi_pipeline.extracts.contract import EXTRACTS
from hi_pipeline.extracts.parse import TABLE, parse
from hi_pipeline.extracts.read import check
from hi_pipeline.extracts.source import releases_in
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.tables.counts import build_counts
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader

PAGE = (Path(__file__).parents[3] / "docs" / "local-extracts.md").read_text(encoding="utf-8")
NAME, YEAR = "emergency_adm_u18_rate", "2024-25"


def test_the_example_gives_the_figures_of_the_page() -> None:
    (block,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    table = pl.read_csv(io.BytesIO(textwrap.dedent(block).encode()), infer_schema=False)
    assert [str(problem) for problem in check(table)] == []
    (release,) = releases_in([f"{NAME}/QHM_{YEAR}.csv"])
    clean = parse({TABLE: (RawTable("x.csv", table),)}, release)
    reader = FakeReader({("local_extracts", name, YEAR): frame for name, frame in clean.items()})
    counts = build_counts(reader, YEAR, source="local_extracts").frame
    indicator = next(i for i in INDICATORS if i.id == NAME)
    found = compute_results(indicator, counts, synthetic=True).filter(icb_code="E54000050", geography_vintage="2023-04")
    told = {(r["category"], r["measure"]): r for r in found.iter_rows(named=True)}
    gap = told["All", "gap"]
    figures = [
        told["All", "value"]["value"],
        told["Decile 1 (most deprived)", "value"]["value"],
        told["Decile 10 (least deprived)", "value"]["value"],
        *(gap[name] for name in ("value", "lower_95", "upper_95")),
    ]
    words = (
        "{:.1f} per 1,000 in total, {:.1f} in decile 1 and {:.1f} in decile 10, and a gap of {:.1f} ({:.1f} to {:.1f})"
    )
    assert words.format(*figures) in PAGE


def test_the_page_names_every_extract() -> None:
    short = {"elective_vs_prepandemic_adult", "tobacco_maternity_sites_pct"}
    assert [name for name in EXTRACTS if name not in PAGE and name not in short] == []
    assert "Twenty-seven indicators" in PAGE and len(EXTRACTS) == 27
