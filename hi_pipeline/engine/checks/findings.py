"""What the checks find: plain functions from frames and outcomes to findings, each able to fail. No Dagster here."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import polars as pl

from hi_pipeline.core.geography import boards_of, footprints_of
from hi_pipeline.core.groups import Dimension, category_order
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.status import AreaType, Measure, Status
from hi_pipeline.core.whole import COMPARED_FROM, is_partial
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.tables.totals import ROUNDING_SLACK, short_of_england

_SHOWN, _NAMED = 20, 3
NO_NAMES: Mapping[str, Indicator] = {}
_REPORTED = {
    AreaType.ICB.value: "boards",
    AreaType.REGION.value: "regions",
    AreaType.ENGLAND.value: "England",
    AreaType.BOARDS.value: "all boards together",
}
_ENDS = [f"{count}{end}" for count in ("numerator", "denominator") for end in ("", "_low", "_high")]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The answer of one check.

    Attributes:
        said: what was found, in plain words.
        rows: the rows that fail, at most a few.
        count: how many there are.
        warning: worth a look, but no figure is wrong.
    """

    check: str
    passed: bool
    said: str
    rows: pl.DataFrame | None = None
    count: int = 0
    warning: bool = False


def finding(check: str, wrong: pl.DataFrame, *, good: str, bad: str) -> Finding:
    """Return a finding that fails where there are wrong rows."""
    if wrong.is_empty():
        return Finding(check=check, passed=True, said=good)
    return Finding(check=check, passed=False, said=bad, rows=wrong.head(_SHOWN), count=wrong.height)


def check_schema(outcomes: Iterable[Outcome]) -> Finding:
    """Every partition could be read and satisfies its schema; else the failing rows."""
    wrong = [o for o in outcomes if o.state is State.FAILED]
    if not wrong:
        return Finding(check="schema", passed=True, said="every partition satisfies its schema")
    rows = next((o.failures for o in wrong if o.failures is not None), None)
    if rows is None or rows.is_empty():
        rows = pl.DataFrame({"partition": [o.partition for o in wrong], "error": [o.reason for o in wrong]})
    return Finding(
        check="schema",
        passed=False,
        said=" ".join(f"[{o.partition or 'all'}] {o.reason}" for o in wrong[:5]),
        rows=_text(rows.head(_SHOWN)),
        count=sum(o.failures.height if o.failures is not None else 1 for o in wrong),
    )


def check_keys(frames: Mapping[str, pl.DataFrame], key: Sequence[str]) -> Finding:
    """No two rows of a partition share a key, and no part of the key is empty where it may not be."""
    wrong = []
    for partition, frame in frames.items():
        used = [name for name in key if name in frame.columns]
        if used:
            twice = frame.filter(pl.struct(used).is_duplicated()).select(used).with_columns(partition=pl.lit(partition))
            wrong.append(_text(twice))
    return finding(
        "keys",
        pl.concat(wrong, how="diagonal") if wrong else pl.DataFrame(),
        good=f"each of {', '.join(key) or 'its rows'} occurs once",
        bad="rows share a key",
    )


def check_labels(frames: Mapping[str, pl.DataFrame]) -> Finding:
    """Every category is a word of the project's vocabulary."""
    wrong = []
    for partition, frame in frames.items():
        if not {"dimension", "category"} <= set(frame.columns):
            continue
        for dimension, category in frame.select("dimension", "category").unique().sort("dimension", "category").rows():
            try:
                category_order(Dimension(dimension), category)
            except ValueError:
                wrong.append({"partition": partition, "dimension": dimension, "category": category})
    return finding("unknown_labels", pl.DataFrame(wrong), good="all labels are known", bad="labels nobody declared")


def check_left_out(outcomes: Iterable[Outcome], *, unread: Collection[str]) -> Finding:
    """No row was left out of a clean table for a label that nobody has declared.

    Args:
        outcomes: of a source's clean tables.
        unread: its tables that nothing is built from; labels there are a warning.
    """
    wrong = [
        {"partition": o.partition, "table": table, "label": label, "rows": rows}
        for o in outcomes
        for table, known in o.files.items()
        for label, rows in known.unknown_labels.items()
    ]
    told = "; ".join(f"{w['partition']} {w['table']}: {w['label']} ({w['rows']} rows)" for w in wrong[:_SHOWN])
    harmless = all(w["table"] in unread for w in wrong)
    kept = "no figure reads them" if harmless else "figures made from these tables keep their last good values"
    found = finding(
        "unknown_labels",
        pl.DataFrame(wrong),
        good="all labels are known",
        bad=f"rows left out for labels that nobody has declared, {kept}: {told}. Map each label by its words in the "
        "source's parse.py.",
    )
    return replace(found, warning=harmless and not found.passed)


def check_all_icbs(frames: Mapping[str, pl.DataFrame]) -> Finding:
    """Every board of each footprint of a year has a row for each indicator, and no other board has one."""
    wrong = []
    for year, frame in frames.items():
        boards = frame.filter(pl.col("area_type") == AreaType.ICB.value)
        wanted = footprints_of(year)
        footprints = sorted({v.value for v in wanted} | set(frame["geography_vintage"].to_list()))
        for name, footprint in product(frame["indicator_id"].unique().sort().to_list(), footprints):
            expected = {b.ons for v in wanted if v.value == footprint for b in boards_of(v)}
            found = set(boards.filter(indicator_id=name, geography_vintage=footprint)["icb_code"].to_list())
            named = {"year": year, "footprint": footprint, "indicator": name}
            wrong += [{**named, "icb": c, "what": "missing"} for c in sorted(expected - found)]
            wrong += [{**named, "icb": c, "what": "foreign"} for c in sorted(found - expected)]
    return finding(
        "all_icbs", pl.DataFrame(wrong), good="every board of the footprint is there", bad="boards missing or foreign"
    )


def check_reconciles(frames: Mapping[str, pl.DataFrame], indicators: Mapping[str, Indicator]) -> Finding:
    """The boards and the remainder together give the publisher's England row, within the bounds of what is known.

    Counts that are rounded or hidden are intervals: the sum of the lower bounds may not exceed England's upper bound,
    nor the sum of the upper bounds fall short of England's lower bound by more than the linked tables allow. Where
    boards are not published, their sum may only not exceed England.
    """
    wrong = []
    partial = set()
    for year, frame in frames.items():
        total = frame.filter(pl.col("dimension") == Dimension.TOTAL.value)
        for (name, _), rows in total.group_by("indicator_id", "geography_vintage", maintain_order=True):
            each = rows.select("area_type", "status", *_ENDS).rows(named=True)
            parts = [row for row in each if row["area_type"] in (AreaType.ICB.value, AreaType.REMAINDER.value)]
            england = [row for row in each if row["area_type"] == AreaType.ENGLAND.value]
            boards = [row["status"] for row in parts if row["area_type"] == AreaType.ICB.value]
            unpublished = Status.NOT_PUBLISHED.value in boards
            if unpublished:
                partial.add(year)
            short = 1.0 if unpublished else short_of_england(indicators[str(name)])
            over = max(ROUNDING_SLACK, indicators[str(name)].repeated)
            if len(england) != 1 or not parts:
                continue
            for count in ("numerator", "denominator"):
                apart = _unreconciled(england[0], parts, count, short=short, over=over)
                wrong += [{"year": year, "indicator": str(name), "count": count, **apart}] if apart else []
    said = f" (boards are not published in {', '.join(sorted(partial))})" if partial else ""
    return finding(
        "reconciles_with_england",
        pl.DataFrame(wrong),
        good=f"boards and remainder add up to the publisher's England row{said}",
        bad="boards and remainder do not add up to the publisher's England row",
    )


def _unreconciled(
    england: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], count: str, *, short: float, over: float
) -> dict[str, float] | None:
    """Return the ends of England and of the sum of its parts where they are too far apart."""
    if england[count] is None:
        return None

    def end(row: Mapping[str, Any], of: str) -> float | None:
        bound = row[f"{count}_{of}"]
        return row[count] if bound is None else bound

    bottom, top = (float(end(england, of) or 0.0) for of in ("low", "high"))
    at_least = math.fsum(end(row, "low") or 0.0 for row in parts)
    highest = [end(row, "high") for row in parts]
    at_most = math.fsum(value if value is not None else math.inf for value in highest)
    if at_least <= top * (1 + over) and at_most >= bottom * (1 - short):
        return None
    return {"england": bottom, "at_least": at_least, "at_most": at_most}


def check_range(frames: Mapping[str, pl.DataFrame], indicators: Mapping[str, Indicator]) -> Finding:
    """Figures lie within the indicator's plausible range and between their limits; shares do not exceed the whole."""
    wrong = []
    for partition, frame in frames.items():
        for (name,), rows in frame.group_by("indicator_id", maintain_order=True):
            indicator = indicators[str(name)]
            shown = ["indicator_id", "financial_year", "icb_code", "dimension", "category", "numerator", "denominator"]
            bad = pl.lit(False)
            if indicator.kind is Kind.PROPORTION:
                whole = "denominator_high" if "denominator_high" in rows.columns else "denominator"
                bad = bad | (pl.col("numerator_low") > pl.coalesce(whole, "denominator")).fill_null(False)
            if "value" in rows.columns:
                shown.append("value")
                bottom, top = indicator.plausible
                outside = (pl.col("measure") == Measure.VALUE.value) & ~pl.col("value").is_between(bottom, top)
                bad = bad | outside.fill_null(False)
            else:
                bad = bad | (pl.col("numerator") < 0).fill_null(False)
            wrong.append(_text(rows.filter(bad).select(shown).with_columns(partition=pl.lit(partition))))
    return finding(
        "values_in_range",
        pl.concat(wrong, how="diagonal") if wrong else pl.DataFrame(),
        good="every figure lies in its plausible range",
        bad="figures outside their plausible range",
    )


def check_coverage(outcomes: Iterable[Outcome], *, own: bool = False) -> Finding:
    """No partition holds fewer rows than before, and none that had a file has lost its input.

    Args:
        outcomes: of one asset.
        own: it is made from boards' own extracts. A newer, shorter file takes the older one's place as the board
            wishes, and hi import says which groups went; only lost input is wrong then.
    """
    wrong = [
        {"partition": o.partition, "rows_before": o.rows_before, "rows_now": o.rows}
        for o in outcomes
        if o.state is not State.FAILED and o.rows_before is not None and o.rows < o.rows_before
        if not (own and o.good)
    ]
    return finding(
        "coverage_did_not_shrink",
        pl.DataFrame(wrong),
        good="no partition holds fewer rows than before",
        bad="partitions hold fewer rows than before",
    )


def check_reporters(frames: Mapping[str, pl.DataFrame], indicators: Mapping[str, Indicator] = NO_NAMES) -> Finding:
    """No figure rests on less than 90% of its reporters, or of their people (a warning: it is not compared).

    Args:
        frames: in the COUNTS contract, by year.
        indicators: declarations by id, for their names.
    """
    shown = ["indicator_id", "geography_vintage", "area_type", "area_name", "dimension", "category", "coverage",
             "people_share"]  # fmt: skip
    partial = [
        _text(frame.filter(is_partial(), pl.col("area_type").is_in(list(_REPORTED))).select(shown))
        .with_columns(partition=pl.lit(partition))
        for partition, frame in frames.items()
    ]  # fmt: skip
    rows = pl.concat(partial) if partial else pl.DataFrame(schema={"area_type": pl.String})
    # Boards first: theirs are the figures that are used.
    order = pl.col("area_type").replace_strict({kind: n for n, kind in enumerate(_REPORTED)}, return_dtype=pl.Int8)
    rows = rows.sort(order, maintain_order=True)
    counts = [f"{n:,} of {words}" for kind, words in _REPORTED.items() if (n := rows.filter(area_type=kind).height)]
    found = finding(
        "reporters",
        rows,
        good=f"each figure of a board, region and England rests on at least {COMPARED_FROM:.0%} of its reporters",
        bad=f"{rows.height:,} {'figure rests' if rows.height == 1 else 'figures rest'} on less than "
        f"{COMPARED_FROM:.0%} of the reporters, or of their people ({', '.join(counts)}): "
        f"{_first_short(rows, indicators)}. They are not compared, and nothing is compared with them. Fetch the file "
        "again, or see at the publisher's whether it is whole",
    )
    return replace(found, warning=True)


def _first_short(rows: pl.DataFrame, indicators: Mapping[str, Indicator]) -> str:
    """Name the first areas and indicators that lack reporters, each once, and count the rest."""
    if rows.is_empty():
        return ""
    each = rows.group_by("indicator_id", "partition", "area_name", maintain_order=True).agg(
        share=pl.coalesce("people_share", "coverage").cast(pl.Float64).min()
    )
    named = [
        f"{area}, {indicators[name].short if name in indicators else name} {year}, {share:.0%}"
        for name, year, area, share in each.head(_NAMED).rows()
    ]
    more = f"; and {each.height - _NAMED:,} more" if each.height > _NAMED else ""
    return "; ".join(named) + more


def check_values_not_negative(frames: Mapping[str, pl.DataFrame]) -> Finding:
    """No number of a clean or linked table is negative or not finite."""
    wrong = []
    for partition, frame in frames.items():
        for name, dtype in frame.schema.items():
            if dtype.is_float():
                bad = frame.filter((pl.col(name) < 0) | pl.col(name).is_nan() | pl.col(name).is_infinite())
            elif dtype.is_integer():
                bad = frame.filter(pl.col(name) < 0)
            else:
                continue
            if bad.height:
                wrong.append({"partition": partition, "column": name, "rows": bad.height, "first": str(bad[name][0])})
    return finding(
        "values_in_range", pl.DataFrame(wrong), good="no negative number", bad="negative or infinite numbers"
    )


def _text(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.all().cast(pl.String, strict=False)) if frame.width else frame
