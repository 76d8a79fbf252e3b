"""Which checks each layer has, and how they are asked: names and words here, the questions in ``findings``."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.columns import COUNTS, COUNTS_KEY, RESULT_KEY
from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.revisions import table_key
from hi_pipeline.core.source import Source
from hi_pipeline.engine.checks import findings as ask
from hi_pipeline.engine.checks.cells import facts_of_cells
from hi_pipeline.engine.checks.findings import Finding, finding
from hi_pipeline.engine.checks.units import check_far_units, units_of
from hi_pipeline.engine.grid import cell
from hi_pipeline.engine.layers.clean import releases_for
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.calendar import Freshness, standings
from hi_pipeline.engine.releases.replacements import Replacement, first_changes, replacements
from hi_pipeline.engine.standing import (
    Standing,
    clean_standing,
    indicator_standing,
    linked_standing,
    published_standing,
)
from hi_pipeline.publishing.whole import altered_files
from hi_pipeline.storage.hashes import hash_of

_log = logging.getLogger(__name__)
Details = dict[str, dict[str, Any]]
_PREVIEW_ROWS = 5
_REVISED_ROWS = 10
_NAMED = 3
_SCHEMA = ("schema", "every partition satisfies its schema; the failing rows are shown")
_KEYS = ("keys", "each key occurs once")
_LABELS = ("unknown_labels", "every category is a word of the vocabulary")
_COVERAGE = ("coverage_did_not_shrink", "no partition holds fewer rows than its last good file")
_RANGE = ("values_in_range", "figures lie in their plausible range; no share exceeds the whole")
_ICBS = ("all_icbs", "every board of the year's footprint is there")
_ENGLAND = ("reconciles_with_england", "boards and remainder add up to the publisher's England row")
_UNITS = ("single_units", "no practice, provider or area lies far from the others of its file; those that do")
_REPORTERS = ("reporters", "each figure of an area rests on at least 90% of its reporters; those that do not")
_STALE = ("stale_partitions", "no partition was built from other inputs, code or schema than those of now")
_LIST = ("list_covered", "no cell of the list failed: the file was there and gave no figure; cells by state")
_FRESH = ("freshness", "each financial year's release is there when its calendar says so")

SNAPSHOT_CHECKS = (
    ("schema", "every release could be fetched and is what was declared"),
    ("hashes", "each kept file has the hash it was kept by"),
    ("revisions", "no publisher replaced a file at the same address"),
    _FRESH,
)
CLEAN_CHECKS = (_SCHEMA, _KEYS, _LABELS, _COVERAGE, _RANGE, _STALE)
LINKED_CHECKS = (_SCHEMA, _KEYS, _LABELS, _COVERAGE, _RANGE, _STALE)
COUNTS_CHECKS = (_SCHEMA, _KEYS, _LABELS, _ICBS, _ENGLAND, _COVERAGE, _RANGE, _REPORTERS, _UNITS, _STALE)
INDICATOR_CHECKS = (_SCHEMA, _KEYS, _LABELS, _ICBS, _ENGLAND, _COVERAGE, _RANGE, _STALE)
PUBLISHED_CHECKS = (
    _SCHEMA, _KEYS, _LABELS, _COVERAGE, ("hashes", "each published file has the hash it was given"), _LIST, _STALE,
)  # fmt: skip


def guarded(
    checks: Sequence[tuple[str, str]], ask_all: Callable[[], tuple[list[Finding], Details]]
) -> tuple[list[Finding], Details]:
    """Return the findings; where a question itself breaks, every check fails and says so.

    The files are written by then, so their records may not be lost with an answer.
    """
    try:
        return ask_all()
    except Exception as error:
        _log.exception("a check broke")
        said = f"the check itself broke: {type(error).__name__}: {error}"
        return [Finding(check=name, passed=False, said=said) for name, _ in checks], {}


def linked_checks(linked: LinkedTable) -> tuple[tuple[str, str], ...]:
    """Return the checks of a linked table: those in the COUNTS contract have boards and an England row."""
    return COUNTS_CHECKS if _is_counts(linked) else LINKED_CHECKS


def of_snapshot(
    pipeline: Pipeline, source: Source, outcomes: Sequence[Outcome], *, today: date
) -> tuple[list[Finding], Details]:
    """Return the findings about kept files."""
    releases = {o.partition: releases_for(source, o.partition) for o in outcomes if o.good}
    editions = dict.fromkeys(r.edition for found in releases.values() for r in found)
    kept = [s for e in editions if (s := pipeline.snapshots.latest(source.name, e)) is not None]
    broken = [{"file": s.path.name, "expected": s.sha256} for s in kept if hash_of(s.path) != s.sha256]
    # Of all releases: what was revised stays so whatever ran.
    replaced = {r.edition: replacements(pipeline, source, r) for r in source.releases}
    findings = [
        ask.check_schema(outcomes),
        finding(
            "hashes",
            pl.DataFrame(broken),
            good="all hashes agree",
            bad="kept files differ from the hash they were kept by",
        ),
        _check_revisions([found for each in replaced.values() for found in each if found.alarm]),
        check_freshness(pipeline, source, today=today),
    ]
    details = {part: _replaced(found for r in rs for found in replaced[r.edition]) for part, rs in releases.items()}
    return findings, details


def _check_revisions(alarms: Sequence[Replacement]) -> Finding:
    """No publisher put other bytes at an address that nobody has accepted; else what they change, and what to do."""
    if not alarms:
        return Finding(check="revisions", passed=True, said="no unaccepted revision", warning=True)
    said = " ".join(
        f"REVISED: {r.address} has other bytes ({r.release}: {r.difference}, see {r.record or 'the next fetch'}). "
        f"To accept them, {r.acceptance}."
        for r in alarms
    )
    rows = [
        pl.concat(
            [pl.DataFrame({"release": [r.release], "what": [r.difference]}), first_changes(r, _REVISED_ROWS)],
            how="diagonal",
        ).with_columns(release=pl.lit(r.release))
        for r in alarms
    ]
    count = sum(r.figures or 1 for r in alarms)
    return Finding(check="revisions", passed=False, said=said, rows=pl.concat(rows), count=count, warning=True)


def _replaced(found: Iterable[Replacement]) -> dict[str, Any]:
    """Return where it is kept what changed, for the metadata of a part."""
    return {
        f"changes {r.release} from {r.older_sha256[:16]}": f"{r.difference}: {r.record}"
        for r in found
        if r.record is not None
    }


def check_freshness(pipeline: Pipeline, source: Source, *, today: date) -> Finding:
    """Each financial year's own release is there when its calendar says so (a warning: no figure is wrong)."""
    if pipeline.settings.synthetic:
        return Finding(check="freshness", passed=True, said="SYNTHETIC: the sample has no calendar")
    late = [s for s in standings(pipeline, source, today=today) if s.freshness is Freshness.OVERDUE]
    rows = pl.DataFrame([{"part": s.part, "expected": str(s.expected), "standing": s.words} for s in late])
    words = "; ".join(f"{s.part} {s.words}" for s in late)
    return _as_warning(finding("freshness", rows, good="nothing is overdue", bad=words))


def check_stale(standing: Standing) -> Finding:
    """No partition of an asset was built from other inputs, code or schema than those of now (a warning)."""
    stale = standing.not_current
    rows = pl.DataFrame([{"partition": partition or "all", "why": why} for partition, why in stale.items()])
    return _as_warning(
        finding(
            "stale_partitions",
            rows,
            good=f"no partition is stale; {standing.built} are current, {standing.missing} are not built",
            bad=f"{len(stale)} partitions are stale; hi run --stale rebuilds just those",
        )
    )


def of_clean(pipeline: Pipeline, source: Source, outcomes: Sequence[Outcome]) -> tuple[list[Finding], Details]:
    """Return the findings about clean tables, and a preview of each partition."""
    frames = {
        f"{o.partition}/{name}": pipeline.lake.read("clean", source.name, o.partition, name)
        for o in outcomes
        if o.good
        for name in o.files
    }
    twice = [ask.check_keys({place: f}, table_key(source.schemas, place.split("/")[1])) for place, f in frames.items()]
    findings = [
        ask.check_schema(outcomes),
        _worst(twice, "keys", good="each key occurs once"),
        _worst(
            [ask.check_left_out(outcomes, unread=source.unread), ask.check_labels(frames)],
            "unknown_labels",
            good="all labels are known",
        ),
        ask.check_coverage(outcomes, own=source.local),
        ask.check_values_not_negative(frames),
        check_stale(clean_standing(pipeline, source)),
    ]
    return findings, _details(outcomes, frames)


def of_linked(pipeline: Pipeline, linked: LinkedTable, outcomes: Sequence[Outcome]) -> tuple[list[Finding], Details]:
    """Return the findings about a linked table, and a preview of each year."""
    frames = {o.partition: pipeline.lake.read("linked", linked.name, o.partition) for o in outcomes if o.good}
    if not _is_counts(linked):
        findings = [
            ask.check_schema(outcomes),
            ask.check_keys(frames, list(linked.schema.key)),
            ask.check_labels(frames),
            ask.check_coverage(outcomes),
            ask.check_values_not_negative(frames),
        ]
    else:
        published = {name for frame in frames.values() for name in frame["indicator_id"].unique()}
        findings = [
            ask.check_schema(outcomes),
            ask.check_keys(frames, COUNTS_KEY),
            ask.check_labels(frames),
            ask.check_all_icbs(frames),
            ask.check_reconciles(frames, pipeline.catalogue.indicators_by_id),
            ask.check_coverage(outcomes, own=pipeline.catalogue.is_of_extracts(linked)),
            ask.check_range(frames, pipeline.catalogue.indicators_by_id),
            ask.check_reporters(frames, pipeline.catalogue.indicators_by_id),
            check_far_units(
                (units_of(pipeline, linked, year) for year in frames),
                [i for i in pipeline.catalogue.indicators if i.source == linked.indicators_of and i.id in published],
            ),
        ]
    return [*findings, check_stale(linked_standing(pipeline, linked))], _details(outcomes, frames)


def of_indicator(
    pipeline: Pipeline, indicator: Indicator, outcomes: Sequence[Outcome]
) -> tuple[list[Finding], Details]:
    """Return the findings about the cells of a run; boards are judged against the year's counts."""
    cells: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.good:
            year, icb = outcome.partition.split("|")
            cells.setdefault(year, []).append(icb)
    frames = {year: pipeline.cells.read(indicator.id, year, icbs) for year, icbs in cells.items()}
    counts = pipeline.catalogue.counts_of(indicator).name
    whole = {
        year: pipeline.lake.read("linked", counts, year).filter(pl.col("indicator_id") == indicator.id)
        for year in frames
    }
    findings = [
        ask.check_schema(outcomes),
        ask.check_keys(frames, RESULT_KEY),
        ask.check_labels(_figures(frames)),
        ask.check_all_icbs(whole),
        ask.check_reconciles(whole, pipeline.catalogue.indicators_by_id),
        ask.check_coverage(outcomes, own=indicator.controlled),
        ask.check_range(frames, pipeline.catalogue.indicators_by_id),
        check_stale(indicator_standing(pipeline, indicator)),
    ]
    details = {
        cell(year, icb): facts
        for year, frame in frames.items()
        for icb, facts in facts_of_cells(
            frame, file=_place(pipeline, pipeline.lake.path("indicator", indicator.id, year))
        ).items()
    }
    return findings, details


def of_published(pipeline: Pipeline, outcome: Outcome) -> tuple[list[Finding], Details]:
    """Return the findings about the published folder."""
    frames = {"": pipeline.lake.read("published", "results")} if outcome.good else {}
    path = pipeline.lake.path("published", "results")
    altered = [{"file": line} for line in altered_files(pipeline.lake)] if outcome.good else []
    findings = [
        ask.check_schema([outcome]),
        ask.check_keys(frames, RESULT_KEY),
        ask.check_labels(_figures(frames)),
        ask.check_coverage([outcome], own=_holds_own(pipeline)),
        finding(
            "hashes",
            pl.DataFrame(altered),
            good="every published file is the one that was written",
            bad=f"{len(altered)} published files are not those that were written",
        ),
        _check_list(pipeline, outcome),
        check_stale(published_standing(pipeline)),
    ]
    details = _details([outcome], frames)
    for facts in details.values():
        facts["path"] = _place(pipeline, path)
    return findings, details


def _check_list(pipeline: Pipeline, outcome: Outcome) -> Finding:
    """No cell of coverage failed (a warning, as others have their figures); else which, and what to do."""
    path = pipeline.lake.path("published", "coverage")
    if not outcome.good or not path.exists():
        return Finding(check="list_covered", passed=True, said="nothing is published", warning=True)
    cells = pl.read_parquet(path, columns=["indicator_id", "financial_year", "state", "reason"], glob=False)
    return check_list(cells, pipeline.catalogue.indicators_by_id)


def check_list(cells: pl.DataFrame, indicators: Mapping[str, Indicator]) -> Finding:
    """No cell of the list failed: its file was there and gave no figure (a warning).

    Args:
        cells: rows of coverage: indicator_id, financial_year, state, reason.
        indicators: declarations by id, for their names.
    """
    counts = cells.group_by("state").len().sort("len", "state", descending=[True, False])
    states = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in counts.rows())
    failed = cells.filter(state=Cover.FAILED.value)
    first = failed.unique(["indicator_id", "financial_year"], keep="first", maintain_order=True)
    named = [
        f"{indicators[name].short if name in indicators else name} of {year} ({reason})"
        for name, year, reason in first.select("indicator_id", "financial_year", "reason").head(_NAMED).rows()
    ]
    more = f"; and {first.height - _NAMED:,} more" if first.height > _NAMED else ""
    said = (
        f"{failed.height:,} {'cell of the list has' if failed.height == 1 else 'cells of the list have'} no figure "
        f"although the file was there: {'; '.join(named)}{more}. Run hi status for the step that failed, mend what it "
        "says, and run hi run again; their last good figures stay"
    )
    return _as_warning(finding("list_covered", first, good=f"no cell of the list failed: {states}", bad=said))


def _as_warning(found: Finding) -> Finding:
    return replace(found, warning=True)


def _figures(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return only the rows that are figures of a group; measures between groups have no category of their own."""
    return {name: f.filter(pl.col("measure") == "value") for name, f in frames.items()}


def _details(outcomes: Sequence[Outcome], frames: dict[str, pl.DataFrame]) -> Details:
    details: Details = {}
    for outcome in outcomes:
        if outcome.state is State.WRITTEN:
            own = {p: f for p, f in frames.items() if p.split("/")[0] == outcome.partition}
            details[outcome.partition] = {
                f"preview {place.partition('/')[2]}".strip(): frame.head(_PREVIEW_ROWS) for place, frame in own.items()
            }
    return details


def _worst(findings: Sequence[Finding], name: str, *, good: str) -> Finding:
    """Return the first finding that fails, before it none that only warns."""
    wrong = sorted((f for f in findings if not f.passed), key=lambda f: f.warning)
    return wrong[0] if wrong else Finding(check=name, passed=True, said=good)


def _is_counts(linked: LinkedTable) -> bool:
    columns = getattr(linked.schema, "columns", {})
    return list(columns) == list(COUNTS)


def _place(pipeline: Pipeline, path: Path) -> str:
    return pipeline.settings.place_of(path)


def _holds_own(pipeline: Pipeline) -> bool:
    """Tell whether boards' extracts are among what is published; that no other figure went is asked of each asset."""
    return any(source.local and source.releases for source in pipeline.catalogue.sources.values())
