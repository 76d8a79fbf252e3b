"""Takes the pictures of the web interface that docs/operators.md shows, from the embedded sample.

Run ``python -m docs.ui_pictures`` after ``hi run`` with HI_SOURCE=sample; it needs Chromium. It starts what ``hi ui
--read-only`` starts on a free port, and stops it again.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hi_pipeline.cli.serving import start, stop
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.browser import Page, chromium_or_skip, open_browser
from hi_pipeline_tests.flow.served import free_port, wait_until_up

PLACE = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 1200, 675
_SETTLES_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture.

    Attributes:
        name: of the file.
        path: of the page, below the web interface's address.
        words: what the page shows once it is whole.
    """

    name: str
    path: str
    words: tuple[str, ...]


def shots(*, indicator: str, cell: str, source: str) -> tuple[Shot, ...]:
    """Return the pictures to take.

    Args:
        indicator: id of the one whose grid is shown.
        cell: its partition that is shown, "2023-24|E54000010".
        source: name of the publication whose checks are shown.
    """
    return (
        Shot(name="ui-runs.png", path="runs", words=("Launched by", "Duration", "build_indicators")),
        Shot(
            name="ui-grid.png",
            path=f"assets/indicator/{indicator}?view=partitions&partition={quote(cell)}",
            words=("Partitions", "Materialized", "Missing", "95% limits"),
        ),
        Shot(
            name="ui-checks.png",
            path=f"assets/snapshot/{source}?view=checks",
            words=("Checks", "freshness", "revisions"),
        ),
        Shot(
            name="ui-automation.png",
            path="automation",
            words=("new_releases", "rebuild_stale", "alerts", "judge_standing_daily"),
        ),
    )


def take(page: Page, address: str, wanted: tuple[Shot, ...], folder: Path) -> None:
    """Take pictures of a running web interface.

    Args:
        page: of a browser.
        address: of the web interface.
        wanted: what to take.
        folder: where they are written.
    """
    page.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False)
    for shot in wanted:
        page.open(f"{address}/{shot.path}")
        page.wait_for(*shot.words)
        # What moves when a page opens has no words to wait for.
        time.sleep(_SETTLES_S)
        page.picture(folder / shot.name)


def main() -> None:
    """Take all pictures of the sample."""
    settings, port = Settings(source="sample"), free_port()
    children = start(settings, port, read_only=True)
    try:
        wait_until_up(port)
        PLACE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as profile, open_browser(chromium_or_skip(), Path(profile)) as page:
            wanted = shots(indicator="tt_recovery_pct", cell="2023-24|E54000010", source="rtt")
            take(page, f"http://127.0.0.1:{port}", wanted, PLACE)
    finally:
        stop(children)


if __name__ == "__main__":
    main()
