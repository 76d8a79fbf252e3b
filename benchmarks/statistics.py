"""Times the statistics on a national table, beside reading it and beside phstatsmethods.

Run ``python -m benchmarks.statistics`` (``--rounds 21``, ``--no-peer``). The last line is JSON.
"""
# ruff: noqa: E402

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Run by its path, this file's folder would come first and hide the standard library's statistics.
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry).resolve() != ROOT / "benchmarks")]

import argparse
import json
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from math import prod
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from hi_pipeline.stats.inequality.slope import relative_index, slope_index
from hi_pipeline.stats.standardisation.direct import directly_standardised_rate
from hi_pipeline.stats.standardisation.european import EUROPEAN_STANDARD_POPULATION_2013

SEED = 20_260_401
BOARDS, YEARS, INDICATORS, FIFTHS, AGES, SEXES = 42, 10, 24, 5, 19, 2
BY = ["icb", "financial_year", "indicator", "quintile"]


def national_table() -> pl.DataFrame:
    """1,915,200 strata of 50,400 rates, in the order of their keys."""
    draw = np.random.default_rng(SEED)
    labels: dict[str, list[Any]] = {
        "icb": [f"E540000{i:02d}" for i in range(BOARDS)],
        "financial_year": [f"{2014 + i}-{15 + i}" for i in range(YEARS)],
        "indicator": [f"indicator_{i:02d}" for i in range(INDICATORS)],
        "quintile": list(range(1, FIFTHS + 1)),
        "age": list(range(AGES)),
        "sex": ["F", "M"],
    }
    rows = prod(len(values) for values in labels.values())
    columns, inner = {}, rows
    for name, values in labels.items():
        inner //= len(values)
        place = np.tile(np.repeat(np.arange(len(values)), inner), rows // inner // len(values))
        columns[name] = pl.Series(values).gather(place)
    population = draw.integers(200, 20_000, rows)
    weights = np.array([weight for _, weight in EUROPEAN_STANDARD_POPULATION_2013], dtype=float)
    return pl.DataFrame(columns).with_columns(
        events=pl.Series(draw.poisson(population * 0.002)),
        population=pl.Series(population),
        weight=pl.Series(weights).gather(columns["age"].to_numpy()),
    )


def ladders() -> pl.DataFrame:
    """10,080 ladders of five rates with 95% limits."""
    draw = np.random.default_rng(SEED + 1)
    groups = BOARDS * YEARS * INDICATORS
    size = groups * FIFTHS
    rank = np.tile(np.arange(1, FIFTHS + 1), groups)
    value = draw.uniform(50, 200, size) * (1.3 - 0.1 * rank)
    error = draw.uniform(0.02, 0.15, size)
    return pl.DataFrame(
        {
            "icb": np.repeat(np.arange(BOARDS), size // BOARDS),
            "year_indicator": np.tile(np.repeat(np.arange(YEARS * INDICATORS), FIFTHS), BOARDS),
            "quintile": rank,
            "population": draw.integers(10_000, 400_000, size),
            "rate": value,
            "low": value * np.exp(-1.959964 * error),
            "high": value * np.exp(1.959964 * error),
        }
    )


def rates(path: str) -> pl.DataFrame:
    return directly_standardised_rate(
        pl.scan_parquet(path), events="events", population="population", weight="weight", by=BY
    )


def slopes(frame: pl.DataFrame, transform: str) -> None:
    for function in (slope_index, relative_index):
        function(
            frame, rank="quintile", population="population", value="rate", lower="low", upper="high",
            by=["icb", "year_indicator"], transform=transform,
        )  # fmt: skip


def peer(path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from PHStatsMethods import ph_dsr

        frame = pl.read_parquet(path).to_pandas()
        ph_dsr(frame, "events", "population", "weight", BY, confidence=0.95, euro_standard_pops=False)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_mb(path: str) -> float:
    """Most memory a fresh interpreter holds while it computes the rates from the file."""
    code = "import sys; from benchmarks.statistics import rates, high_water; rates(sys.argv[1]); print(high_water())"
    out = subprocess.run([sys.executable, "-c", code, path], check=True, capture_output=True, text=True, cwd=ROOT)
    return float(out.stdout)


def high_water() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(path: str, *, rounds: int, with_peer: bool) -> dict[str, float]:
    frame = ladders()
    work: dict[str, Callable[[], object]] = {
        "read_s": lambda: pl.read_parquet(path),
        "dsr_s": lambda: rates(path),
        "sii_none_s": lambda: slopes(frame, "none"),
        "sii_log_s": lambda: slopes(frame, "log"),
    }
    for task in work.values():
        task()
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, task in work.items():
            times[name].append(seconds(task))
    found = {name: median(values) for name, values in times.items()}
    found["dsr_ratio"] = found["dsr_s"] / found["read_s"]
    found["dsr_peak_mb"] = peak_mb(path)
    found["peer_ratio"] = seconds(lambda: peer(path)) / found["dsr_s"] if with_peer else float("nan")
    return found


ROWS = {
    "read_s": "read the parquet file, seconds",
    "dsr_s": "50,400 standardised rates with 95 and 99.8% limits, reading included, seconds",
    "dsr_ratio": "  times the reading",
    "dsr_peak_mb": "  most memory of the whole process, MB",
    "sii_none_s": "10,080 SII and RII with both limits, untransformed, seconds",
    "sii_log_s": "10,080 SII and RII with both limits, log scale, seconds",
    "peer_ratio": "phstatsmethods, the same rates with 95% limits alone, times ours",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--no-peer", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "strata.parquet")
        table = national_table()
        table.write_parquet(path)
        print(f"{table.height:,} rows, seed {SEED}, medians of {options.rounds} interleaved rounds")
        del table
        found = measure(path, rounds=options.rounds, with_peer=not options.no_peer)
    for name, words in ROWS.items():
        print(f"{words:85s} {found[name]:10.4f}")
    print(json.dumps({name: round(found[name], 4) for name in ROWS if np.isfinite(found[name])}))


if __name__ == "__main__":
    main()
