"""Times a backfill of a full-size synthetic England: through Dagster on the embedded storage, and without it.

    python benchmarks/backfill.py                 # 12 years, all boards and indicators, median of three
    python benchmarks/backfill.py --years 3 --repeat 1

The bare run calls the same compute, validate, write and sync functions; both trees are compared byte by byte. The last
line repeats the figures as JSON; ms_per_partition = 1000 (dagster_s - bare_s) / records. Each run is a process of its
own, so that peak memory is its own, and bare and Dagster runs alternate.
"""

import sys
from pathlib import Path

# A script's own folder comes first, and statistics.py there would stand for the standard library's module.
sys.path.remove(str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import argparse
import hashlib
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from typing import Any

from hi_pipeline.core import financial_year

# The grid of the benchmark is longer than the product's, so it is set before anything reads it.
LAST = "2026-27"
PRACTICES, LSOAS, LSOAS_OF_A_PRACTICE = 6_300, 33_755, 30
WRONG = "E54000030"


def main() -> None:
    options = _options()
    if options.child:
        print(json.dumps(_child(options)))
        return
    with tempfile.TemporaryDirectory(prefix="hi-backfill-") as folder:
        figures = _compare(options, Path(folder))
    print(json.dumps(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--indicators", type=int, default=0, help="how many indicators; 0 for all")
    parser.add_argument("--growth", action="store_true", help="also time smaller grids, to show that cost is linear")
    parser.add_argument("--child", choices=("bare", "dagster"), help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--wrong", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--year", help=argparse.SUPPRESS)
    parser.add_argument("--icb", help=argparse.SUPPRESS)
    parser.add_argument("--indicator", help=argparse.SUPPRESS)
    return parser.parse_args()


def _compare(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "dagster": [], "bare_wrong": [], "dagster_wrong": []}
    for number in range(options.repeat):
        for wrong in (False, True):
            trees = []
            for kind in ("bare", "dagster"):
                root = folder / f"{kind}-{number}-{wrong}"
                found = _run(options, kind, root, *(["--wrong"] if wrong else []))
                runs[f"{kind}_wrong" if wrong else kind].append(found)
                trees.append(_tree(root))
                print(
                    f"{kind:8} wrong={wrong!s:5} {found['wall_s']:7.1f} s  cpu {found['cpu_s']:6.1f} s  "
                    f"peak {found['peak_mb']:5.0f} MB  {found['records']} records  log {found['log_mb']:.0f} MB"
                )
            assert trees[0] == trees[1], "the files with and without Dagster differ"
            for kind in ("bare", "dagster"):
                if number or wrong:
                    shutil.rmtree(folder / f"{kind}-{number}-{wrong}")
    return _figures(options, folder, runs)


def _figures(options: argparse.Namespace, folder: Path, runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    def median(kind: str) -> float:
        return statistics.median(run["wall_s"] for run in runs[kind])

    records, wrong_records = runs["dagster"][0]["records"], runs["dagster_wrong"][0]["records"]
    years = financial_year.label_of(int(LAST[:4]) - 2)
    parts = {
        "one_year_s": ["--year", years],
        "one_icb_s": ["--icb", WRONG],
        "one_figure_s": ["--year", years, "--icb", WRONG, "--indicator", "hypertension_prevalence_pct"],
    }
    partial = {}
    for name, words in parts.items():
        root = folder / name
        shutil.copytree(folder / "dagster-0-False" / "mirror" / "linked", root / "mirror" / "linked")
        partial[name] = round(_run(options, "dagster", root, *words)["whole_s"], 2)
        print(f"{name}: {partial[name]} s, imports and planning included")
    if options.growth:
        _growth(options, folder)
    return {
        "bare_s": round(median("bare"), 2),
        "dagster_s": round(median("dagster"), 2),
        "ratio": round(median("dagster") / median("bare"), 2),
        "ms_per_partition": round(1000 * (median("dagster") - median("bare")) / records, 2),
        "ms_per_partition_failing": round(1000 * (median("dagster_wrong") - median("bare_wrong")) / wrong_records, 2),
        "peak_mb": round(max(run["peak_mb"] for run in runs["dagster"] + runs["dagster_wrong"])),
        "records": records,
        "log_mb": round(runs["dagster"][0]["log_mb"], 1),
        **partial,
    }


def _growth(options: argparse.Namespace, folder: Path) -> None:
    for years, indicators in ((3, 0), (6, 0), (options.years, 6), (options.years, 12)):
        words = argparse.Namespace(**{**vars(options), "years": years, "indicators": indicators})
        found = _run(words, "dagster", folder / f"growth-{years}-{indicators}")
        each = 1000 * found["wall_s"] / found["records"]
        print(f"{years} years, {indicators or 'all'} indicators: {found['records']} records, {each:.1f} ms each")


def _run(options: argparse.Namespace, kind: str, root: Path, *words: str) -> dict[str, Any]:
    started = time.perf_counter()
    command = [sys.executable, __file__, "--child", kind, "--root", str(root), *words]
    command += ["--years", str(options.years), "--indicators", str(options.indicators)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "whole_s": time.perf_counter() - started}


def _tree(root: Path) -> dict[str, str]:
    data = root / "mirror"
    return {
        str(p.relative_to(data)): hashlib.sha256(p.read_bytes()).hexdigest()
        for layer in ("linked", "indicator")
        for p in sorted((data / layer).rglob("*"))
        if p.is_file()
    }


def _child(options: argparse.Namespace) -> dict[str, Any]:
    first = financial_year.label_of(int(LAST[:4]) - options.years + 1)
    financial_year.ALL_YEARS = financial_year.years_between(first, LAST)
    from benchmarks.england import make_pipeline, write_counts

    pipeline = make_pipeline(options.root, indicators=options.indicators, wrong=WRONG if options.wrong else "")
    write_counts(pipeline, practices=PRACTICES, lsoas=LSOAS, each=LSOAS_OF_A_PRACTICE)
    cpu = time.process_time()
    started = time.perf_counter()
    records = _bare(pipeline) if options.child == "bare" else _dagster(pipeline, options)
    wall = time.perf_counter() - started
    log = sum(p.stat().st_size for p in (options.root / "mirror" / "dagster").rglob("*") if p.is_file())
    return {
        "wall_s": wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "records": records,
        "log_mb": log / 1e6,
    }


def _bare(pipeline: Any) -> int:
    """Build every cell by calling the steps one after the other."""
    from hi_pipeline.orchestration.figures import build_indicator

    years = financial_year.ALL_YEARS
    outcomes = [
        outcome
        for indicator in pipeline.catalogue.indicators
        for year in years
        for outcome in build_indicator(pipeline, indicator, year).values()
    ]
    wrong = {o.partition.split("|")[1] for o in outcomes if not o.good}
    assert wrong <= {WRONG}, f"cells of {wrong} failed that should be good"
    return sum(o.good for o in outcomes)


def _dagster(pipeline: Any, options: argparse.Namespace) -> int:
    """Build every cell through Dagster, on the persistent instance, and count what it recorded."""
    import dagster as dg

    from hi_pipeline.orchestration.instance import open_instance
    from hi_pipeline.orchestration.planning import Selection
    from hi_pipeline.orchestration.running import Runner

    selection = Selection(
        years=(options.year,) if options.year else None,
        icbs=(options.icb,) if options.icb else None,
        indicators=(options.indicator,) if options.indicator else None,
    )
    instance = open_instance(pipeline.settings)
    report = Runner(pipeline, instance).build(selection)
    assert not report.broken, report.broken
    keys = [dg.AssetKey(["indicator", i.id]) for i in pipeline.catalogue.indicators]
    return sum(len(instance.get_materialized_partitions(key)) for key in keys)


if __name__ == "__main__":
    main()
