"""Data quality: records whose group is not known, figures that are hidden, reporting, and figures out of date."""

from collections.abc import Mapping
from typing import Any

from hi_pipeline.core.beside import NOT_SAID
from hi_pipeline.core.financial_year import label_of, start_year
from hi_pipeline.core.groups import UNKNOWN
from hi_pipeline.core.status import Status
from hi_pipeline.publishing.report import overall
from hi_pipeline.publishing.report.document import Block, Table
from hi_pipeline.publishing.report.facts import PackFacts
from hi_pipeline.publishing.report.numbers import NO_FIGURE, printed
from hi_pipeline.publishing.report.pages.parts import heading, plain, said
from hi_pipeline.publishing.report.wording import DIMENSION_WORDS

_YEARS = (1, 2, 3)
_BEFORE = ("share_1_year_before", "share_2_years_before", "share_3_years_before")
_NOTE = (
    "Of all records of a publication, the share whose group is not known. Groups called unknown are never compared. A "
    "range bounds a share whose count is hidden. Not shown: hidden without such a range, or not printed for "
    "this board. Not stated: the publication does not count such records. No figure: it has none for that area or year."
)
_ABSENT = "This release has no table of completeness, so shares of records of no known group are not listed here."


def quality(facts: PackFacts) -> list[Block]:
    """Return what is out of date, shares of records of no known group by publication, and what is hidden or lacking."""
    unknown = [plain(_ABSENT)] if facts.completeness is None else [plain(_NOTE, role="small"), _unknown(facts)]
    hidden = _reporting(facts)
    last = [plain(_WHOLE, role="small"), hidden] if hidden.rows else [plain(_NONE)]
    # The summary alone says that nothing is out of date.
    old = [sentence for sentence in overall.age_of(facts) if sentence.kind != "current"]
    return [heading(1, "Data quality"), *said(old), *unknown, *last]


_WHOLE = "The table lists the indicators with a suppressed group or an absent reporter."
_NONE = "No indicator has a suppressed group or a reporter that is known to be absent."


def _unknown(facts: PackFacts) -> Table:
    titles = {source["name"]: source["title"] for source in facts.sources}
    counted = {found.card.id: found.card.short for found in facts.indicators}
    names = [(row["source"], row["dimension"]) for row in facts.completeness or ()]
    rows = [
        (
            _publication(row["source"], titles)
            # Of boards' own extracts each is counted by itself.
            + (f": {counted[row['indicator_id']]}" if names.count((row["source"], row["dimension"])) > 1 else ""),
            DIMENSION_WORDS[row["dimension"]],
            _share(row),
            _percent(row["england_share"]),
            *(_percent(row[name]) for name in _BEFORE),
        )
        for row in facts.completeness or ()
    ]
    years = [label_of(start_year(facts.year) - n) for n in _YEARS]
    return Table(
        anchor="completeness",
        caption=f"Records whose group is not known, {facts.year} and three years before",
        header=(
            "Publication",
            "Breakdown",
            f"Board, {facts.year}",
            f"England, {facts.year}",
            *(f"Board, {year}" for year in years),
        ),
        rows=tuple(rows),
        widths=(4, 1.1, 1.1, 1.1, 0.9, 0.9, 0.9),
        numeric=frozenset({2, 3, 4, 5, 6}),
    )


def _publication(names: str, titles: Mapping[str, str]) -> str:
    """Return the titles of the publications that records are counted in."""
    return ", ".join(titles.get(name, name.replace("_", " ")) for name in names.split(", "))


def _share(row: Mapping[str, Any]) -> str:
    """Return a share, its bounds where the count behind it is hidden, or that the publication does not state it."""
    low, high = row["unknown_share_low"], row["unknown_share_high"]
    if row["unknown_share"] is None and low is not None and high is not None:
        return f"{_percent(low)} to {_percent(high)}"
    if row["unknown_share"] is None:
        return "not stated" if row["note"] == NOT_SAID else "not shown"
    return _percent(row["unknown_share"])


def _percent(share: float | None) -> str:
    return NO_FIGURE if share is None else f"{printed(100 * share, 1)}%"


def _reporting(facts: PackFacts) -> Table:
    rows = []
    for found in facts.shown:
        groups = [f for members in found.groups.values() for f in members if f.category != UNKNOWN]
        hidden = sum(1 for f in groups if f.status == Status.SUPPRESSED.value)
        reported = found.total.coverage if found.total is not None else None
        part = "not stated" if reported is None else _percent(reported)
        if hidden or (reported is not None and reported < 1):
            rows.append((found.card.short, f"{hidden} of {len(groups)}" if groups else "no groups", part))
    return Table(
        anchor="quality",
        caption="Hidden figures and reporting",
        header=("Indicator", "Groups suppressed", "Reporters present"),
        rows=tuple(rows),
        widths=(3, 1.2, 1.2),
        numeric=frozenset({1, 2}),
    )
