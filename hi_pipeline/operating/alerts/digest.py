"""What a publication of figures brought: what arrived, what changed, which verdicts flipped, what is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from hi_pipeline.core.columns import RESULT_KEY
from hi_pipeline.core.status import AreaType
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.releases.calendar import Freshness, standings
from hi_pipeline.operating.alerts.message import Message, titled

KEPT_COLUMNS = (*RESULT_KEY, "value", "comparison")
_NO_VERDICT = ("", "not_compared")
_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The figures of boards as they are published.

    Attributes:
        sha256: of the results.
        kept: by release, the sha256 of the publisher's file behind it.
        figures: the rows of boards, with ``KEPT_COLUMNS``.
    """

    sha256: str
    kept: Mapping[str, str]
    figures: pl.DataFrame


def published(pipeline: Pipeline) -> Publication | None:
    """Return what is published; None where nothing is, or a run is writing it."""
    known = pipeline.lake.provenance("published", "results")
    if known is None:
        return None
    rows = pipeline.lake.read("published", "results")
    boards = rows.filter(pl.col("area_type") == AreaType.ICB.value).select(KEPT_COLUMNS)
    return Publication(sha256=known.sha256, kept=known.kept, figures=boards)


def digest(before: Publication, now: Publication, overdue: Sequence[str], *, synthetic: bool) -> Message:
    """Return the digest of a publication against the one told of before."""
    lines = [
        *_listed("Arrived", sorted(now.kept.keys() - before.kept.keys())),
        *_listed("With other bytes", sorted(r for r in now.kept if before.kept.get(r, now.kept[r]) != now.kept[r])),
        *_listed("No longer used", sorted(before.kept.keys() - now.kept.keys())),
        *_changes(before.figures, now.figures),
        *_listed("Overdue", overdue),
    ]
    title = titled("figures were published", synthetic=synthetic)
    return Message(key=f"published {now.sha256}", title=title, body="\n".join(lines))


def overdue_releases(pipeline: Pipeline, *, today: date) -> list[str]:
    """Return a line for each release that is overdue."""
    return [
        f"{found.source}:{found.part}, {found.days_overdue} days"
        for source in pipeline.catalogue.sources.values()
        for found in standings(pipeline, source, today=today)
        if found.freshness is Freshness.OVERDUE
    ]


def _changes(before: pl.DataFrame, now: pl.DataFrame) -> list[str]:
    both = now.join(
        before.select(*RESULT_KEY, was="value", said="comparison"), on=RESULT_KEY, how="inner", validate="1:1"
    )
    changed = both.filter(pl.col("value").ne_missing(pl.col("was"))).height
    was, becomes = pl.col("said").fill_null(""), pl.col("comparison").fill_null("")
    other = both.filter(was != becomes)
    flipped = other.filter(~was.is_in(_NO_VERDICT) & ~becomes.is_in(_NO_VERDICT)).sort(RESULT_KEY)
    verdicts = [
        f"{row['icb_name']}, {row['indicator_id']} {row['financial_year']} ({row['geography_vintage']}), "
        f"{row['dimension']} {row['category']}, {row['measure']}: {row['said']} -> {row['comparison']}"
        for row in flipped.head(_SHOWN).iter_rows(named=True)
    ]
    counts = (
        f"Rows of boards: {now.height - both.height:,} new, {before.height - both.height:,} gone, {changed:,} with "
        "another value."
    )
    return [
        counts,
        f"Verdicts: {flipped.height:,} flipped, {other.height - flipped.height:,} came or went.",
        *(f"  {line}" for line in verdicts),
        *([f"  and {flipped.height - _SHOWN:,} more"] if flipped.height > _SHOWN else []),
    ]


def _listed(word: str, names: Sequence[str]) -> list[str]:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return [f"{word}: {', '.join(names[:_SHOWN])}{more}."] if names else []
