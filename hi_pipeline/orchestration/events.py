"""From outcomes and findings to what Dagster records: exactly the written partitions, the checks, one clear failure.

The framework marks every partition of a range as materialised as soon as the step yields its output (2026-11, dagster
1.13). So the output is yielded only where every partition of the range is good; otherwise each good partition is
recorded by itself, and the step fails if one is wrong.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import polars as pl
from dagster._core.definitions.metadata import normalize_metadata

from hi_pipeline.core.plain_text import in_markdown
from hi_pipeline.engine.checks.advice import advice_on
from hi_pipeline.engine.checks.findings import Finding
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.orchestration.instance.batched_log import NOT_APPLICABLE

Events = Iterator[dg.MaterializeResult | dg.AssetCheckResult]
_CELL = 120


def report(
    context: dg.AssetExecutionContext,
    outcomes: Sequence[Outcome],
    findings: Sequence[Finding],
    details: dict[str, dict[str, Any]] | None = None,
    *,
    one_by_one: bool = False,
) -> Events:
    """Record partitions and checks, and fail if a partition failed.

    Args:
        context: of the asset.
        outcomes: one for each partition of the run (a single one for an unpartitioned asset).
        findings: one for each declared check.
        details: further metadata by partition; a frame, or a list of rows by column, is shown as a table.
        one_by_one: never yield the output, whatever the outcomes (the grid, where nothing follows in the same run).

    Raises:
        dagster.Failure: naming what failed and why.
    """
    key = context.asset_key
    details = {partition: _shown(facts) for partition, facts in (details or {}).items()}
    if not _partitioned(context):
        details = {"": {name: value for facts in details.values() for name, value in facts.items()}}
    good = [o for o in outcomes if o.good]
    wrong = [o for o in outcomes if o.state is State.FAILED]
    spared = [o for o in outcomes if o.state is State.ABSENT]
    if wrong or spared or one_by_one or not good:
        for outcome in good:
            context.log_event(materialization(key, outcome, details.get(outcome.partition)))
        if spared:
            context.log_event(_spared(key, spared))
        yield from (_check(key, f) for f in findings)
    else:
        yield _whole(context, good, [_check(key, f) for f in findings], details)
    if wrong:
        raise dg.Failure(description=_why(wrong), allow_retries=False)


def materialization(
    key: dg.AssetKey, outcome: Outcome, details: dict[str, Any] | None = None
) -> dg.AssetMaterialization:
    """Return the record of one partition."""
    return dg.AssetMaterialization(
        key,
        partition=outcome.partition or None,
        metadata=metadata_of(outcome) | (details or {}),
        tags={"dagster/data_version": outcome.sha256},
    )


def metadata_of(outcome: Outcome) -> dict[str, Any]:
    """Return the facts of a partition: rows, releases, hashes, and whether anything was written."""
    facts: dict[str, Any] = {"releases": ", ".join(outcome.releases)}
    if any(p.synthetic for p in outcome.files.values()):
        facts["SYNTHETIC"] = True
    if "|" in outcome.partition:
        # The rest of a cell stands in its sidecar and its hash in the record's tag: with tens of thousands of records
        # they would swell the log.
        return facts
    facts |= {"dagster/row_count": outcome.rows, "sha256": outcome.sha256, "written": outcome.state is State.WRITTEN}
    # The tables of a part hold one account; those of several editions, named "edition/table", are added up.
    accounts = {name.rpartition("/")[0]: Counter(p.dropped_rows) for name, p in outcome.files.items()}
    dropped = dict(sum(accounts.values(), Counter()))
    corrections = sorted({c for p in outcome.files.values() for c in p.corrections})
    notes = list(dict.fromkeys(n for p in outcome.files.values() for n in p.notes))
    for name, value in (("rows_set_apart", dropped), ("corrections", corrections), ("notes", notes)):
        if value:
            facts[name] = dg.MetadataValue.json(value)
    return facts


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _table(fact) if isinstance(fact, pl.DataFrame | list) else fact for name, fact in facts.items()}


def _table(rows: pl.DataFrame | list[dict[str, Any]]) -> dg.MarkdownMetadataValue:
    """Return some rows as a table for the UI."""
    columns, cells = (rows.columns, rows.rows()) if isinstance(rows, pl.DataFrame) else (list(rows[0]), rows)
    head = "| " + " | ".join(map(_cell, columns)) + " |"
    line = "|" + "---|" * len(columns)
    values = (row.values() if isinstance(row, dict) else row for row in cells)
    told = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in values]
    return dg.MetadataValue.md("\n".join([head, line, *told]))


def _cell(value: object) -> str:
    return "" if value is None else in_markdown(str(value)[:_CELL])


def _whole(
    context: dg.AssetExecutionContext,
    good: Sequence[Outcome],
    checks: Sequence[dg.AssetCheckResult],
    details: dict[str, dict[str, Any]],
) -> dg.MaterializeResult:
    if not _partitioned(context):
        outcome = good[0]
        return dg.MaterializeResult(
            metadata=metadata_of(outcome) | details.get(outcome.partition, {}),
            data_version=dg.DataVersion(outcome.sha256),
            check_results=checks,
        )
    for outcome in good:
        facts = metadata_of(outcome) | details.get(outcome.partition, {})
        context.add_asset_metadata(facts, partition_key=outcome.partition)
    return dg.MaterializeResult(check_results=checks)


def _partitioned(context: dg.AssetExecutionContext) -> bool:
    return context.assets_def.partitions_def is not None


def _check(key: dg.AssetKey, found: Finding) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=found.check,
        passed=found.passed,
        severity=_severity(found),
        metadata=_facts(found),
    )


def evaluation(key: dg.AssetKey, found: Finding) -> dg.AssetCheckEvaluation:
    """Return the record of a check that was asked outside of its asset's run."""
    facts = normalize_metadata(_facts(found))
    return dg.AssetCheckEvaluation(
        asset_key=key, check_name=found.check, passed=found.passed, severity=_severity(found), metadata=facts
    )


def _severity(found: Finding) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.WARN if found.warning else dg.AssetCheckSeverity.ERROR


def _facts(found: Finding) -> dict[str, Any]:
    facts: dict[str, Any] = {"found": found.said}
    if not found.passed:
        facts["what to do"] = advice_on(found.check)
    if found.rows is not None:
        facts |= {"failing_rows": found.count, "first_failing_rows": _table(found.rows)}
    return facts


def _spared(key: dg.AssetKey, spared: Sequence[Outcome]) -> dg.AssetObservation:
    """Tell which partitions of the range were left out, and why; the event log reads this (``event_log``)."""
    by_reason: dict[str, list[str]] = {}
    for outcome in spared:
        by_reason.setdefault(outcome.reason, []).append(outcome.partition)
    return dg.AssetObservation(
        key,
        description=f"{len(spared)} partitions do not apply: nothing to build from",
        metadata={NOT_APPLICABLE: dg.MetadataValue.json(by_reason)},
    )


def _why(wrong: Sequence[Outcome]) -> str:
    shown = "\n".join(f"[{o.partition or 'all'}] {o.reason}" for o in wrong[:10])
    more = f"\nand {len(wrong) - 10} more" if len(wrong) > 10 else ""
    return f"{len(wrong)} partitions failed; nothing was written for them, their last good files stay.\n{shown}{more}"
