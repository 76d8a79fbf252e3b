"""hi pack: board packs, made and read back, and a placed pack verified. Nothing of Dagster is opened."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hi_pipeline.cli.printing import FAILED, Printer, said_clearly
from hi_pipeline.cli.selecting import find_year
from hi_pipeline.cli.session import Session
from hi_pipeline.core.area_search import find_boards
from hi_pipeline.core.errors import HiPipelineError, SelectionError, StoreError
from hi_pipeline.core.geography import Vintage, board, boards_of, region_of
from hi_pipeline.engine.processes import how_many, pool_of
from hi_pipeline.publishing.report.making import FORMATS
from hi_pipeline.publishing.report.packs import Order, fulfil, ordered_vintage, verify_folder
from hi_pipeline.publishing.report.published import Published, read_published

_FEW = 2  # packs that are made without further processes
_SAID = 12
_opened: list[Published] = []


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was typed."""

    icbs: Sequence[str]
    region: str | None
    every: bool
    year: str
    footprint: str | None
    formats: str
    png: bool


def pack_command(console: Printer, source: str | None, asked: Asked) -> int:
    """Make the packs asked for; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        orders = _orders(session, asked)
        failures = _make_all(session, orders)
        for line in failures[:_SAID]:
            console.alarm("failed", line)
        if len(failures) > _SAID:
            console.print(f"and {len(failures) - _SAID} more")
        return FAILED if failures else 0

    return said_clearly(command, console)


def verify_pack_command(console: Printer, source: str | None, folder: Path) -> int:
    """Read a placed pack back against the published results; return the exit code."""

    def command() -> int:
        session = Session(source, console)
        published = read_published(session.lake.path("published", "results").parent)
        faults = verify_folder(published, folder, root=session.settings.root, local=session.settings.local)
        for fault in faults:
            console.whole_line(fault)
        console.print(session.title(f"{len(faults)} things in this pack are not what the published results say"))
        return FAILED if faults else 0

    return said_clearly(command, console)


def _orders(session: Session, asked: Asked) -> list[Order]:
    if not asked.year:
        raise SelectionError('a pack is of one year: name it, as --year "2023-24"')
    find_year(asked.year)
    formats = tuple(dict.fromkeys(word.strip() for word in asked.formats.split(",") if word.strip()))
    unknown = [word for word in formats if word not in FORMATS]
    if unknown or not formats:
        raise SelectionError(f"{', '.join(unknown) or 'nothing'} is no format; expected some of {','.join(FORMATS)}")
    vintage = ordered_vintage((), asked.footprint, asked.year)
    icbs = _boards(asked, vintage)
    ordered_vintage(icbs, vintage.value, asked.year)
    return [
        Order(
            icb=icb,
            year=asked.year,
            vintage=vintage,
            root=session.settings.root,
            local=session.settings.local,
            formats=formats,
            png=asked.png,
        )
        for icb in icbs
    ]


def _boards(asked: Asked, vintage: Vintage) -> list[str]:
    """Return the boards asked for; of several that one name means, those of the footprint."""
    if bool(asked.icbs) + (asked.region is not None) + asked.every > 1:
        raise SelectionError("give --icb, --region or --all, one of them: each alone says which boards are meant")
    if asked.every:
        return [b.ons for b in boards_of(vintage)]
    if asked.region is not None:
        wanted = asked.region.casefold()
        found = [b.ons for b in boards_of(vintage) if wanted in _names_of_region(b.ons, vintage)]
        if not found:
            regions = sorted({region_of(b.ons, vintage).name for b in boards_of(vintage)})
            raise SelectionError(f"{asked.region!r} is no region; expected one of {', '.join(regions)}")
        return found
    chosen = []
    for text in asked.icbs:
        meant = find_boards(text)
        chosen += [b.ons for b in meant if vintage in b.vintages] or [meant[0].ons]
    if not chosen:
        raise SelectionError("no board is asked for; name one with --icb, a region with --region, or say --all")
    return list(dict.fromkeys(chosen))


def _names_of_region(icb: str, vintage: Vintage) -> set[str]:
    region = region_of(icb, vintage)
    return {region.name.casefold(), region.ods.casefold(), region.ons[vintage].casefold()}


def _make_all(session: Session, orders: Sequence[Order]) -> list[str]:
    """Make packs with a bar; return a line for each that failed."""
    console, failures = session.console, []
    bar = Progress(
        TextColumn("packs", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    counted: dict[str, int] = {}
    with bar:
        task = bar.add_task("packs", total=len(orders))
        for order, result in _results(session.lake.path("published", "results").parent, orders):
            bar.advance(task)
            if isinstance(result, HiPipelineError):
                failures.append(f"{board(order.icb).short_name} ({order.icb}): {result}")
            else:
                counted[result] = counted.get(result, 0) + 1
                if len(orders) <= _SAID:
                    console.whole_line(f"{order.folder}: {result}")
    words = ", ".join(f"{n} {word}" for word, n in sorted(counted.items()))
    console.print(session.title(f"Packs: {words or 'none'}; {len(failures)} failed"))
    return failures


def _results(folder: Path, orders: Sequence[Order]) -> Iterator[tuple[Order, str | HiPipelineError]]:
    """Give each order with its outcome, as they come; many are shared between processes."""
    if len(orders) <= _FEW:
        _open(folder)
        yield from ((order, _one(order)) for order in orders)
        return
    pool = pool_of(how_many(), partial(_open, folder))
    try:
        waiting = {pool.submit(_one, order): order for order in orders}
        for done in as_completed(waiting):
            yield waiting[done], _outcome(done)
    finally:
        pool.shutdown(cancel_futures=True)


def _outcome(done: Future[str | HiPipelineError]) -> str | HiPipelineError:
    try:
        return done.result()
    except BrokenProcessPool:
        return StoreError("not made: a process that makes packs was ended from outside (short of memory?); run again")


def _open(folder: Path) -> None:
    _opened[:] = [read_published(folder)]


def _one(order: Order) -> str | HiPipelineError:
    try:
        return fulfil(_opened[0], order).value
    except HiPipelineError as error:
        return error
