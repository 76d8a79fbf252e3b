"""One run of the backfill benchmark, in a process of its own; its last line of output is what it measured, as JSON."""

import sys
from pathlib import Path

# A script's own folder comes first, and statistics.py there would stand for the standard library's module.
sys.path.remove(str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import argparse
import hashlib
import json
import os
import resource
import time
from typing import Any

from hi_pipeline.core import financial_year

LAST = 2026


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("bare", "dagster", "hi", "tree", "drop"))
    parser.add_argument("root", type=Path)
    parser.add_argument("--years", type=int, default=12)
    parser.add_argument("--icbs", type=int, default=0, help="how many boards; 0 for all")
    parser.add_argument("--indicators", type=int, default=0, help="how many indicators; 0 for all")
    parser.add_argument("--wrong", default="", help="a board whose figures come out wrong")
    parser.add_argument("--words", type=json.loads, default=[], help="what is typed behind hi run, or a cell, as JSON")
    options = parser.parse_args()
    # The grid of the benchmark is longer than the product's, so it is set before anything reads it.
    first, last = (financial_year.label_of(year) for year in (LAST - options.years + 1, LAST))
    financial_year.ALL_YEARS = financial_year.years_between(first, last)
    kinds = {"bare": _bare, "dagster": _dagster, "hi": _command, "tree": _tree, "drop": _drop}
    print(json.dumps(kinds[options.kind](options)))


class _Clock:
    """Measures from its making to its stop."""

    def __init__(self) -> None:
        self._cpu, self._started = time.process_time(), time.perf_counter()

    def stop(self) -> dict[str, float]:
        return {
            "wall_s": time.perf_counter() - self._started,
            "cpu_s": time.process_time() - self._cpu,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def _bare(options: argparse.Namespace) -> dict[str, Any]:
    """Build every linked table and every cell by calling the steps one after the other."""
    from hi_pipeline.engine.layers.indicator import build_years
    from hi_pipeline.engine.layers.linked import build_linked

    pipeline = _pipeline(options)
    years, catalogue = financial_year.ALL_YEARS, pipeline.catalogue
    clock = _Clock()
    outcomes = [build_linked(pipeline, table, year) for table in catalogue.tables for year in years]
    for indicator in catalogue.indicators:
        for cells in build_years(pipeline, indicator, dict.fromkeys(years)).values():
            outcomes += cells.values()
    found = clock.stop()
    wrong = {o.partition.split("|")[-1] for o in outcomes if not o.good}
    assert wrong <= {options.wrong}, f"{wrong} failed that should be good"
    return found | {"records": sum(o.good for o in outcomes), "log_mb": 0.0, "files": _files(options.root)}


def _dagster(options: argparse.Namespace) -> dict[str, Any]:
    """Build the same through Dagster on the persistent instance, and count what it recorded."""
    import dagster as dg

    from hi_pipeline.core.geography import boards_of_year
    from hi_pipeline.engine.plan import Selection
    from hi_pipeline.orchestration.instance.opening import open_instance
    from hi_pipeline.orchestration.runs import Runner

    pipeline = _pipeline(options)
    boards = {year: [b.ons for b in boards_of_year(year)] for year in financial_year.ALL_YEARS}
    # The boards in force stand in every year, so that each of a part of the boards has all years.
    asked = tuple(boards[financial_year.ALL_YEARS[-1]][: options.icbs]) if options.icbs else None
    instance = open_instance(pipeline.settings)
    clock = _Clock()
    report = Runner(pipeline, instance).build(Selection(icbs=asked))
    found = clock.stop()
    assert not report.broken, report.broken
    _assert_no_check_broke(instance)
    assert {p.split("|")[-1] for _, p in report.failures} <= {options.wrong}, "cells failed that should be good"
    names = [["linked", table.name] for table in pipeline.catalogue.tables]
    names += [["indicator", indicator.id] for indicator in pipeline.catalogue.indicators]
    records = sum(len(instance.get_materialized_partitions(dg.AssetKey(name))) for name in names)
    assert records == sum(o.good for o in report.outcomes.values()), "Dagster did not record just the good partitions"
    instance.dispose()
    log = sum(p.stat().st_size for p in (options.root / "mirror" / "dagster").rglob("*") if p.is_file())
    sizes = {
        "years": options.years,
        "icbs": max(map(len, boards.values())),
        "indicators": len(pipeline.catalogue.indicators),
    }
    return found | {"records": records, "log_mb": log / 1e6, "sizes": sizes, "files": _files(options.root)}


def _assert_no_check_broke(instance: Any) -> None:
    """A check that breaks is answered and the run goes on: what it costs would not be measured."""
    import dagster as dg

    broke = [
        event.event_log_entry.message
        for run in instance.get_runs()
        for event in instance.get_records_for_run(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
        if "broke" in str(event.event_log_entry.dagster_event.asset_check_evaluation_data.metadata.get("found"))
    ]
    assert not broke, broke


def _command(options: argparse.Namespace) -> dict[str, Any]:
    """Call the command line as it is, over the synthetic declarations; return what it counted."""
    import hi_pipeline.engine.pipeline as module
    from benchmarks.england import make_catalogue, settings_of

    settings = settings_of(options.root)
    os.environ["HI_DATA_DIR"] = str(options.root)
    module.load_catalogue = lambda: make_catalogue(indicators=options.indicators, wrong=options.wrong)
    from hi_pipeline.cli.app import app, console

    # Helpers would load the product's own declarations and years.
    os.cpu_count = lambda: 1

    with console.capture() as said:
        app(["run", "--source", settings.source, *options.words], standalone_mode=False)
    lines = [line for line in said.get().splitlines() if line.startswith("Partitions")]
    assert lines and "failed" not in lines[0], said.get()
    return {"said": lines[0]}


def _drop(options: argparse.Namespace) -> dict[str, Any]:
    """Change a cell's rows, so that it counts as not built while the others of its file stand."""
    import polars as pl

    indicator, year, board = options.words
    path = _pipeline(options).lake.path("indicator", indicator, year)
    changed = pl.when(pl.col("icb_code") == board).then(pl.lit("changed")).otherwise("note").alias("note")
    pl.read_parquet(path).with_columns(changed).write_parquet(path)
    return {}


def _files(root: Path) -> int:
    return sum(path.is_file() for path in (root / "mirror").rglob("*"))


def _tree(options: argparse.Namespace) -> dict[str, Any]:
    """Return one hash over the names and bytes of all linked tables and figures."""
    digest, data = hashlib.sha256(), options.root / "mirror"
    for path in sorted(p for layer in ("linked", "indicator") for p in (data / layer).rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(data)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return {"tree": digest.hexdigest()}


def _pipeline(options: argparse.Namespace) -> Any:
    from benchmarks.england import make_catalogue, settings_of
    from hi_pipeline.engine.pipeline import open_pipeline

    catalogue = make_catalogue(indicators=options.indicators, wrong=options.wrong)
    return open_pipeline(settings_of(options.root), catalogue)


if __name__ == "__main__":
    main()
