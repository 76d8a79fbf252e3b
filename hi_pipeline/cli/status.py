"""hi status: how each release and each asset stands."""

from datetime import date

from rich.table import Table

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.core.source import Release, Source
from hi_pipeline.engine.layers.clean import parts_of
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.calendar import Freshness, is_superseded, standings
from hi_pipeline.engine.releases.replacements import replacements
from hi_pipeline.engine.releases.watch import new_links
from hi_pipeline.engine.standing import Standing, asset_standings

_NAMED = 3


def status_command(console: Printer, source: str | None) -> int:
    """Show releases and assets; nothing is fetched, built or written."""

    def command() -> int:
        session = Session(source, console)
        console.print(_releases(session))
        console.print(_assets(session))
        return 0

    return said_clearly(command, console)


def _releases(session: Session) -> Table:
    table = Table(title=session.title("Releases"), title_justify="left")
    for name in ("Release", "Years", "Pinned", "Fetched", "Standing"):
        table.add_column(name, no_wrap=name in ("Release", "Pinned", "Fetched"))
    for source in session.pipeline.catalogue.sources.values():
        judged = {s.part: s for s in standings(session.pipeline, source, today=date.today())}
        for release in source.releases:
            table.add_row(*_release_row(session.pipeline, source, release, judged.get(_part(source, release))))
        for part, standing in judged.items():
            if part not in parts_of(source):
                table.add_row(f"{source.name}:(not declared)", part, "", "no", standing.words)
        for link in new_links(session.pipeline, source):
            table.add_row(f"{source.name}:(not declared)", "", "", "no", f"new on its page: {link}")
    return table


def _part(source: Source, release: Release) -> str:
    return max(release.financial_years) if source.by_year else release.edition


def _release_row(pipeline: Pipeline, source: Source, release: Release, judged: object) -> list[str]:
    kept = pipeline.snapshots.latest(source.name, release.edition)
    years = release.financial_years
    span = "" if not years else years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}"
    pinned = release.sha256[:12] if release.sha256 else ("no hash yet" if release.address else "no address")
    fetched = f"{kept.fetched_at:%Y-%m-%d}" if kept else "no"
    words = [] if pipeline.settings.synthetic else [getattr(judged, "words", "")]
    if getattr(judged, "freshness", None) is Freshness.ON_TIME and kept is None:
        words = ["its year is held by another release"]
    if is_superseded(pipeline, source, release):
        words = [Freshness.SUPERSEDED.value]
    words = [found.words for found in replacements(pipeline, source, release)] + words
    if kept is None and pipeline.snapshots.waits(source.name, release.edition):
        words = ["a new edition, waits for hi accept"]
    if pipeline.settings.synthetic:
        words.append("SYNTHETIC")
    return [f"{source.name}:{release.edition}", span, pinned, fetched, ", ".join(w for w in words if w)]


def _assets(session: Session) -> Table:
    table = Table(title=session.title("Assets"), title_justify="left")
    table.add_column("Asset", no_wrap=True)
    for name in ("Built", "Stale", "Missing"):
        table.add_column(name, justify="right")
    table.add_column("Why")
    for standing in asset_standings(session.pipeline):
        table.add_row(
            "/".join(standing.key), str(standing.built), str(standing.stale), str(standing.missing), _why(standing)
        )
    return table


def _why(standing: Standing) -> str:
    """Return the reasons with their partitions, the first few of each by name."""
    by_reason: dict[str, list[str]] = {}
    for partition, why in standing.reasons.items():
        by_reason.setdefault(why, []).append(partition)
    said = []
    for why, partitions in sorted(by_reason.items(), key=lambda pair: -len(pair[1])):
        named = [partition for partition in partitions[:_NAMED] if partition]
        said.append(f"{why} ({len(partitions)}): {', '.join(named)}" if named else why)
    return "; ".join(said)
