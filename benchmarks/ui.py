"""How long each page of the web interface takes, in a headless Chromium on what hi run built.

Run it on a data root that is built and that nobody serves: HI_SOURCE and HI_DATA_DIR as for hi run (the full sample:
hi run, then python benchmarks/ui.py). A page counts as there once it shows the words that it is for.
"""

import sys
from pathlib import Path

# A script's own folder comes first, and statistics.py there would stand for the standard library's module.
sys.path.remove(str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import argparse
import json
import statistics
import tempfile
import time

from hi_pipeline.cli.serving import start, stop
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.browser import Page, chromium_or_skip, open_browser
from hi_pipeline_tests.flow.served import free_port, wait_until_up

WANTED_S = 2.0
CELL = "2023-24%7CE54000010"
PAGES = {
    "overview": ("/overview?groupBy=job", ["build_indicators"]),
    "assets by group": ("/asset-groups", ["Global asset lineage", "indicator", "published"]),
    "runs": ("/runs", ["build_indicators"]),
    "automation": ("/automation", ["new_releases", "rebuild_stale"]),
    "indicator": ("/assets/indicator/tt_recovery_pct", ["Cells that can exist"]),
    "grid": ("/assets/indicator/tt_recovery_pct?view=partitions", ["Partitions", "2023-24", "E54000010"]),
    "cell": (f"/assets/indicator/tt_recovery_pct?view=partitions&partition={CELL}", ["95% limits", "first rows"]),
    "checks": ("/assets/indicator/tt_recovery_pct?view=checks", ["reconciles_with_england"]),
    "published": ("/assets/published/results", ["Every figure once"]),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3, help="the first round, with cold caches, is left out")
    options = parser.parse_args()
    port, found = free_port(), {name: [] for name in PAGES}
    children = start(Settings(), port)
    try:
        wait_until_up(port)
        with (
            tempfile.TemporaryDirectory() as profile,
            open_browser(chromium_or_skip(), Path(profile) / "profile") as page,
        ):
            for turn in range(options.rounds + 1):
                for name, (path, words) in PAGES.items():
                    seconds = _time(page, f"http://127.0.0.1:{port}{path}", words)
                    if turn:
                        found[name].append(seconds)
    finally:
        stop(children)
    medians = {name: round(statistics.median(times), 2) for name, times in found.items()}
    for name, median in medians.items():
        print(f"{name:18} {median:6.2f} s {'' if median <= WANTED_S else f'over the wanted {WANTED_S} s'}")
    print(json.dumps(medians))


def _time(page: Page, address: str, words: list[str]) -> float:
    page.open("about:blank")
    page.wait_until_empty()
    began = time.perf_counter()
    page.open(address)
    page.wait_for(*words, pause_s=0.05)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
