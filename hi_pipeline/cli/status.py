"""hi status: how each release and each asset stands."""

from datetime import date

from hi_pipeline.cli.printing import Printer, said_clearly
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Column, Format, Sheet, show
from hi_pipeline.core.source import Layout, Release, Source
from hi_pipeline.core.status import LAYOUT_UNVERIFIED
from hi_pipeline.core.unread import REFUSED
from hi_pipeline.engine.layers.clean import parts_of
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.calendar import Freshness, is_superseded, standings
from hi_pipeline.engine.releases.editions import nearly_editions
from hi_pipeline.engine.releases.replacements import replacements
from hi_pipeline.engine.releases.watch import new_links
from hi_pipeline.engine.standing import Standing, asset_standings
from hi_pipeline.sources.unread import UNREAD
from hi_pipeline.storage.supply import BY_HAND

_NAMED = 3


def status_command(console: Printer, source: str | None, form: Format) -> int:
    """Show releases and assets; nothing is fetched, built or written."""

    def command() -> int:
        session = Session(source, console)
        show(console, [_releases(session), _assets(session)], form, synthetic=session.settings.synthetic)
        return 0

    return said_clearly(command, console)


def _releases(session: Session) -> Sheet:
    rows: list[list[str]] = []
    near = nearly_editions(session.pipeline, ask=False)
    for source in session.pipeline.catalogue.sources.values():
        judged = {s.part: s for s in standings(session.pipeline, source, today=date.today())}
        for release in source.releases:
            rows.append(_release_row(session.pipeline, source, release, judged.get(_part(source, release))))
        for part, standing in judged.items():
            if part not in parts_of(source):
                rows.append([f"{source.name}:(not declared)", part, "", "no", standing.words])
        for link in new_links(session.pipeline, source):
            rows.append([f"{source.name}:(not declared)", "", "", "no", f"new on its page: {link}"])
        said = [line for (name, _), line in near.items() if name == source.name]
        rows += [[f"{source.name}:(not read)", "", "", "no", line] for line in said]
    rows += [[f"{p.name}:(not read)", p.period, "no layout", "no", f"{REFUSED}; {p.landing_page}"] for p in UNREAD]
    names = ("release", "years", "pinned", "fetched", "standing")
    return Sheet(
        name="releases",
        title=session.title("Releases"),
        columns=[Column(key=name, label=name.capitalize()) for name in names],
        rows=rows,
    )


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
        words = ["not in hand; other files of its year are"]
    if getattr(judged, "freshness", None) is Freshness.OVERDUE and pipeline.settings.kind == "mirror":
        words = ["not in this mirror"]
    if kept is None and pipeline.settings.kind == "live" and release.mirror_path and not release.address:
        words.append(f"download it by hand to {BY_HAND}/{release.mirror_file}")
    if is_superseded(pipeline, source, release):
        words = [Freshness.SUPERSEDED.value]
    words = [found.words for found in replacements(pipeline, source, release)] + words
    if kept is None and pipeline.snapshots.waits(source.name, release.edition):
        words = ["a new edition, waits for hi accept"]
    words += unverified_words(source.layouts[release.layout])
    if pipeline.settings.synthetic:
        words.append("SYNTHETIC")
    return [f"{source.name}:{release.edition}", span, pinned, fetched, ", ".join(w for w in words if w)]


def unverified_words(layout: Layout) -> list[str]:
    """Say of which tables nobody has seen a file; of all of them without their names."""
    tables = layout.unverified
    if not tables:
        return []
    return [LAYOUT_UNVERIFIED if len(tables) == len(layout.members) else f"{LAYOUT_UNVERIFIED} of {', '.join(tables)}"]


def _assets(session: Session) -> Sheet:
    counts = [Column(key=name, label=name.capitalize(), number=True) for name in ("built", "stale", "missing")]
    return Sheet(
        name="assets",
        title=session.title("Assets"),
        columns=[Column(key="asset", label="Asset"), *counts, Column(key="why", label="Why")],
        rows=[["/".join(s.key), s.built, s.stale, s.missing, _why(s)] for s in asset_standings(session.pipeline)],
    )


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
