"""What is asked of board packs: each is read back from its folder, after it was placed."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from hi_pipeline.core.errors import HiPipelineError
from hi_pipeline.engine.checks.findings import Finding, finding
from hi_pipeline.engine.layers.packs import PackMade
from hi_pipeline.engine.outcome import State

if TYPE_CHECKING:
    from hi_pipeline.publishing.report.packs import Order
    from hi_pipeline.publishing.report.published import Published

PACK_CHECKS = (
    ("verified", "every format of every pack, read back, says what the published results say"),
    ("accessible", "pages have language, titles, headings, alternative texts, headers of tables"),
    ("complete", "every pack is there with all its formats, each file as it was made"),
)
_NONE = "no pack was made or looked at: {}"


def of_packs(published: "Published | None", made: Sequence[PackMade]) -> list[Finding]:
    """Return the findings about the packs of a run; packs that do not apply are not looked at."""
    orders = [m.order for m in made if m.order is not None and m.outcome.good]
    wrong = [{"pack": m.outcome.partition, "fault": m.outcome.reason} for m in made if m.outcome.state is State.FAILED]
    if published is None or not (orders or wrong):
        why = next((m.outcome.reason for m in made if m.outcome.reason), "nothing was asked for")
        return [Finding(check=name, passed=True, said=_NONE.format(why)) for name, _ in PACK_CHECKS]
    asked: tuple[tuple[str, Callable[[Order], list[str]]], ...] = (
        ("verified", lambda order: _contradictions(published, order)),
        ("accessible", _barriers),
        ("complete", _missing),
    )
    return [_finding(name, wrong if name != "accessible" else [], orders, ask) for name, ask in asked]


def _finding(
    name: str, wrong: list[dict[str, str]], orders: "Sequence[Order]", ask: "Callable[[Order], list[str]]"
) -> Finding:
    rows = list(wrong)
    for order in orders:
        try:
            faults = ask(order)
        except HiPipelineError as error:
            faults = [str(error)]
        rows += [{"pack": f"{order.year}|{order.icb}", "fault": fault} for fault in faults]
    good = f"{len(orders)} packs: {dict(PACK_CHECKS)[name]}"
    return finding(name, pl.DataFrame(rows), good=good, bad=f"{len(rows)} faults in packs; the first: {_first(rows)}")


def _first(rows: Sequence[dict[str, str]]) -> str:
    return f"{rows[0]['pack']}: {rows[0]['fault']}" if rows else ""


def _contradictions(published: "Published", order: "Order") -> list[str]:
    from hi_pipeline.publishing.report.packs import verify_folder

    return verify_folder(published, order.folder, root=order.root, local=order.local)


def _barriers(order: "Order") -> list[str]:
    from hi_pipeline.publishing.report.verifying.accessible import accessibility_faults

    # The one page in the board's hand, an edited Word document, is the board's to answer for, and is looked at too.
    files = {path.name: path.read_bytes() for path in sorted(order.folder.iterdir()) if path.is_file()}
    return accessibility_faults(files)


def _missing(order: "Order") -> list[str]:
    """Return the files that a pack lacks or that are not as made; a board may edit its Word document."""
    from hi_pipeline.publishing.report.making import FACTS, FORMATS, SUMMARY
    from hi_pipeline.publishing.report.packs import manifest_of

    manifest = manifest_of(order.folder)
    if manifest is None:
        return ["there is no pack"]
    files = manifest["files"]
    # Where the board edited its Word document, the pack's own stands beside it under another name.
    due = [SUMMARY, FACTS, *(name for form, name in FORMATS.items() if form != "docx")]
    faults = [f"{name} is not part of it" for name in due if name not in files]
    if not any(name.endswith(".docx") for name in files):
        faults.append("it has no Word document")
    for name, made in files.items():
        path = order.folder / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif name != FORMATS["docx"] and sha256(path.read_bytes()).hexdigest() != made:
            faults.append(f"{name} is not as it was made")
    return faults
