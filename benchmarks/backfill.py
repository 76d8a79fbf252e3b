"""Times a backfill of a full-size synthetic England: through Dagster on the embedded storage, and without it.

    python benchmarks/backfill.py                 # 12 years, all boards and indicators, median of three
    python benchmarks/backfill.py --years 3 --repeat 1
    python benchmarks/backfill.py --indicators 66 --repeat 1       # copies of the declared ones under other names

What is timed. Every run is a process of its own (``backfill_run.py``), so that its peak memory is its own; bare and
Dagster runs alternate, in a range that is all good and in one with a wrong board. Their clock starts when the modules
are imported and, with Dagster, its instance is open; it stops when the last file is synced and recorded: it holds the
planning, the sums from practices and LSOAs to the linked tables, the figures, validation, writes, syncs and Dagster's
records. The bare run calls the same compute, validate, write and sync functions, and both trees are compared byte by
byte.
``ms_per_partition`` = 1000 (dagster_s - bare_s) / records, where records are the partitions that Dagster recorded as
materialised, linked tables and figures. ``files`` counts all files of the data root with Dagster, its database
included; ``database_bytes_per_record`` is the size of that database over the records.

one_year_s, one_icb_s and one_figure_s are what somebody waits for who types ``hi run --year``, ``--icb`` or all three:
the whole process, with imports, mending, planning, Dagster and the tables that are printed at the end. The first two
start on a data root that holds the linked tables, which here are sums of made-up lists, and no figure: they build the
figures and publish. The third starts on a whole, published grid of which that one figure is missing.

Growth is timed with Dagster on smaller grids: what the second half of a dimension costs a record more than the first
tells whether cost is linear. The last line repeats the figures as JSON.
"""

import sys
from pathlib import Path

# A script's own folder comes first, and statistics.py there would stand for the standard library's module.
sys.path.remove(str(Path(__file__).resolve().parent))

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import Any

Run = dict[str, Any]
_RUN = Path(__file__).with_name("backfill_run.py")
# A board that keeps its code through all footprints, and a year of the footprint before the last.
BOARD, YEAR, INDICATOR = "E54000030", "2025-26", "hypertension_prevalence_pct"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--indicators", type=int, default=0, help="0 for those declared; beyond them, copies")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hi-backfill-") as folder:
        figures = _measure(Path(folder), years=options.years, repeat=options.repeat, indicators=options.indicators)
    print(json.dumps(figures))


def _measure(folder: Path, *, years: int, repeat: int, indicators: int) -> dict[str, Any]:
    size = ["--years", str(years), "--indicators", str(indicators)]
    runs: dict[str, list[Run]] = {}
    for number in range(repeat):
        for name, words in (("", []), ("_wrong", ["--wrong", BOARD])):
            roots = {kind: folder / f"{kind}{name}-{number}" for kind in ("bare", "dagster")}
            for kind, root in roots.items():
                found = _run(kind, root, *size, *words)
                runs.setdefault(f"{kind}{name}", []).append(found)
                _say(f"{kind}{name}", found)
            trees = [_run("tree", root)["tree"] for root in roots.values()]
            assert trees[0] == trees[1], "the files with and without Dagster differ"
            assert runs[f"bare{name}"][-1]["records"] == runs[f"dagster{name}"][-1]["records"]
    whole = runs["dagster"]
    seconds = {kind: statistics.median(r["wall_s"] for r in found) for kind, found in runs.items()}
    over = {name: seconds[f"dagster{name}"] - seconds[f"bare{name}"] for name in ("", "_wrong")}
    log_mb = statistics.median(r["log_mb"] for r in whole)
    figures = {
        "bare_s": round(seconds["bare"], 2),
        "dagster_s": round(seconds["dagster"], 2),
        "ratio": round(seconds["dagster"] / seconds["bare"], 2),
        "ms_per_partition": round(1000 * over[""] / whole[0]["records"], 2),
        "ms_per_partition_failing": round(1000 * over["_wrong"] / runs["dagster_wrong"][0]["records"], 2),
        "cpu_s": round(statistics.median(r["cpu_s"] for r in whole), 2),
        "peak_mb": round(max(r["peak_mb"] for r in [*whole, *runs["dagster_wrong"]])),
        "records": whole[0]["records"],
        "files": whole[0]["files"],
        "log_mb": round(log_mb, 1),
        "database_bytes_per_record": round(1e6 * log_mb / whole[0]["records"]),
    }
    print(json.dumps(figures, indent=1))
    figures |= _small_selections(folder, size=size, whole=folder / "dagster-0")
    largest = (whole[0]["records"], seconds["dagster"])
    return figures | {"growth": _growth(folder, size=size, largest=largest, sizes=whole[0]["sizes"])}


def _small_selections(folder: Path, *, size: list[str], whole: Path) -> dict[str, float]:
    """Return what one year, one board and one figure take from the command line, the whole process."""
    one = ["--year", YEAR, "--icb", BOARD, "--indicator", INDICATOR]
    asked = {
        "one_year_s": (folder / "one-year", one[:2]),
        "one_icb_s": (folder / "one-icb", one[2:4]),
        "one_figure_s": (whole, one),
    }
    # The whole grid is published first, as it would be where one figure is missing.
    _run("hi", whole, *size)
    _run("drop", whole, *size, "--words", json.dumps([INDICATOR, YEAR, BOARD]))
    found = {}
    for root in (folder / "one-year", folder / "one-icb"):
        shutil.copytree(whole / "mirror" / "linked", root / "mirror" / "linked")
    for name, (root, words) in asked.items():
        started = time.perf_counter()
        said = _run("hi", root, *size, "--words", json.dumps(words))
        found[name] = round(time.perf_counter() - started, 2)
        print(f"{name}: {found[name]} s, the whole process; {said['said']}", flush=True)
    return found


def _growth(folder: Path, *, size: list[str], largest: tuple[int, float], sizes: dict[str, int]) -> dict[str, Any]:
    """Time grids of a quarter and a half of each dimension beside the whole one."""
    words: dict[str, Callable[[int], list[str]]] = {
        # Of an option that is given twice the last one counts.
        "years": lambda n: [*size, "--years", str(n)],
        "icbs": lambda n: [*size, "--icbs", str(n)],
        "indicators": lambda n: [*size, "--indicators", str(n)],
    }
    growth = {}
    for dimension, asked in words.items():
        points = []
        for part in (sizes[dimension] // 4, sizes[dimension] // 2):
            found = _run("dagster", folder / f"{dimension}-{part}", *asked(part))
            points.append((part, found["records"], found["wall_s"]))
        points.append((sizes[dimension], *largest))
        growth[dimension] = _grown(dimension, points)
    return growth


def _grown(dimension: str, points: list[tuple[int, int, float]]) -> dict[str, Any]:
    """Return and print the points, and what a further record costs in the first and in the second step."""
    steps = [
        1000 * (after[2] - before[2]) / (after[1] - before[1])
        for before, after in zip(points, points[1:], strict=False)
    ]
    for size, records, seconds in points:
        print(f"{size:3} {dimension}: {records} records, {seconds:.1f} s, {1000 * seconds / records:.2f} ms a record")
    first, second = (round(step, 2) for step in steps)
    print(f"a further record by {dimension}: {first} ms up to the half, {second} ms beyond", flush=True)
    return {
        "points": [{"size": n, "records": r, "seconds": round(s, 2)} for n, r, s in points],
        "ms_per_further_record": [first, second],
        "second_over_first": round(second / first, 2),
    }


def _run(kind: str, root: Path, *words: str) -> Run:
    command = [sys.executable, str(_RUN), kind, str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    found: Run = json.loads(done.stdout.splitlines()[-1])
    return found


def _say(name: str, found: Run) -> None:
    print(
        f"{name:14} {found['wall_s']:7.1f} s  cpu {found['cpu_s']:6.1f} s  peak {found['peak_mb']:5.0f} MB  "
        f"{found['records']} records  {found['files']} files  database {found['log_mb']:.1f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
