"""Times the same grid on the embedded default, on PostgreSQL in one process, and on one and two Celery workers.

    python benchmarks/scale.py                            # 3 years, 12 indicators: a few minutes on idle cores
    python benchmarks/scale.py --years 12 --indicators 66

Linked tables and figures of the synthetic England (``england.py``), each way on a data folder and a database of its
own; all trees are asserted byte-identical. PostgreSQL and Redis of Debian's packages run on loopback, encrypted. The
clock runs from the plan to the last figure; daemon and workers are up by then, and load the code with their first run.

``wall_ratio`` is over the embedded way. ``cpu_s`` is that of the processes that build, the driver included, daemon and
servers left out. ``overhead_s_a_run`` is what a run costs on a worker beyond its work: (CPU on one worker - CPU on
PostgreSQL in one process) / runs. ``connections`` and ``inserts`` are those of PostgreSQL, of all processes.
With two cores, servers and daemon beside two workers take what a further worker would use: speed-up is a lower bound.
The last line repeats the figures as JSON.
"""

import sys
from pathlib import Path

# A script's own folder comes first, and statistics.py there would stand for the standard library's module.
sys.path.remove(str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
from typing import Any

import psutil

MODULE = "benchmarks.scale_definitions"
WAYS = ("embedded", "postgres", "one worker", "two workers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--indicators", type=int, default=12)
    options = parser.parse_args()
    os.environ |= {"SCALE_YEARS": str(options.years), "SCALE_INDICATORS": str(options.indicators)}
    from hi_pipeline_tests.scale.servers import running

    with tempfile.TemporaryDirectory(prefix="hi-scale-benchmark-") as folder, running() as servers:
        found = {way: _timed(way, Path(folder) / way.replace(" ", "-"), servers) for way in WAYS}
    trees = {way: measured.pop("tree") for way, measured in found.items()}
    assert len(set(trees.values())) == 1, "the files differ between the ways"
    alone = found["embedded"]["wall_s"]
    for way, measured in found.items():
        measured["wall_ratio"] = round(measured["wall_s"] / alone, 2)
        print(f"{way:12} {json.dumps(measured)}")
    one, two, beside = found["one worker"], found["two workers"], found["postgres"]
    figures = {
        "speed_up": round(one["wall_s"] / two["wall_s"], 2),
        "overhead_s_a_run": round((one["cpu_s"] - beside["cpu_s"]) / one["runs"], 2),
        "cpu_ms_a_record": round(1000 * beside["cpu_s"] / beside["records"], 2),
        "inserts_a_record": round(one["inserts"] / one["records"], 2),
        "connections_a_run": round(one["connections"] / one["runs"], 1),
    }
    print(json.dumps(figures | {"ways": found}))


def _timed(way: str, root: Path, servers: Any) -> dict[str, Any]:
    workers = WAYS.index(way) - 1
    profile = "embedded" if way == "embedded" else "postgres" if way == "postgres" else "celery"
    os.environ |= {**servers.environment, "HI_PROFILE": profile, "HI_POSTGRES": servers.fresh_database()}
    from benchmarks.england import settings_of

    os.environ |= {"HI_SOURCE": settings_of(root).source, "HI_DATA_DIR": str(root)}
    from benchmarks.scale_definitions import CATALOGUE
    from hi_pipeline.engine.pipeline import open_pipeline
    from hi_pipeline.engine.plan import Selection
    from hi_pipeline.orchestration.instance.opening import open_instance
    from hi_pipeline.orchestration.instance.profiles import dagster_yaml
    from hi_pipeline.orchestration.runs import Runner
    from hi_pipeline.settings import Settings

    settings = Settings()
    settings.dagster_home.mkdir(parents=True)
    (settings.dagster_home / "dagster.yaml").write_text(dagster_yaml(settings.profile, workers=max(1, workers)))
    instance = open_instance(settings)
    children = [_start(settings, number) for number in range(workers + 1)] if workers > 0 else []
    runner = Runner(open_pipeline(settings, CATALOGUE), instance, module=MODULE)
    before, began, cpu = _counted(servers), time.perf_counter(), time.process_time()
    try:
        report = runner.build(Selection())
        wall = time.perf_counter() - began
        cpu = time.process_time() - cpu + sum(_cpu_s(child.pid) for child in children[1:])
        assert report.success, report.broken
        instance.dispose()
        time.sleep(1)
        after = _counted(servers)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=120)
    return {
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "runs": report.runs,
        "records": sum(outcome.good for outcome in report.outcomes.values()),
        "connections": after[0] - before[0],
        "inserts": after[1] - before[1],
        "tree": _tree(settings.root),
    }


def _start(settings: Any, number: int) -> "subprocess.Popen[bytes]":
    """Start the daemon (0) or a worker, and wait until it is up."""
    from hi_pipeline.cli.services import Service
    from hi_pipeline.cli.serving import words_of

    words = words_of(Service.WORKER if number else Service.DAEMON, settings, module=MODULE)
    environment = {**os.environ, "DAGSTER_HOME": str(settings.dagster_home), "PYTHONWARNINGS": "ignore"}
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    with (settings.root / f"process-{number}.log").open("wb") as log:
        child = subprocess.Popen(words, env=environment, cwd=settings.root, stdout=log, stderr=log)
    process, quiet = psutil.Process(child.pid), 0
    while quiet < 3:  # it has loaded what it loads once it has done nothing for three seconds
        quiet = quiet + 1 if process.cpu_percent(interval=1) < 5 else 0
        assert child.poll() is None, (settings.root / f"process-{number}.log").read_text()
    return child


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _counted(servers: Any) -> tuple[int, int]:
    """Return PostgreSQL's connections and inserted rows until now."""
    log = (servers.folder / "database.log").read_text()
    ((rows,),) = servers.ask("SELECT sum(tup_inserted) FROM pg_stat_database")
    return log.count("connection authorized"), int(str(rows))


def _tree(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for layer in ("linked", "indicator") for p in (root / layer).rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(root)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
