"""Parts to sums: counts, bounds and status of an area made of smaller ones.

Bounds add up, so a sum of rounded counts is an interval. A hidden count is an interval too (1 to 7, or 0 to 4):
in a sum it stands where the rate of the known parts puts it within its bounds (at their middle where it has no
denominator or no part is known), never at 0, as long as hiding leaves no more open than rounding
already does; the bounds and so the limits cover the rest, and the note counts the hidden parts. Where hiding leaves
more open than rounding, or where a count is missing without bounds, the sum is hidden and only its bounds are given.
A sum whose every part is exact is therefore hidden by one hidden part.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.notes import clauses, join_clauses, join_notes
from hi_pipeline.core.status import Status
from hi_pipeline.tables.assemble import COUNTED, HIDING, PERIOD, PRINTED, RELEASES, UNITS, total
from hi_pipeline.tables.worst import worst

# What notes say of how one part was made: left out of a sum, or said of all its parts.
_OF_A_PART = (
    r"^sum of \d+ (?:sub-ICB locations|CCGs)$|^footprint from \S+, made from |^\d+ of \d+ counts hidden or missing"
)
_OF_PARTS = {
    r"^the partnership's own row, .*$": "some of them rows of partnerships with the area of the board",
    r"^\d+ of \d+ counts hidden, taken at the rate of the others within their bounds$": (
        "among its parts, hidden counts taken at the rate of the others within their bounds"
    ),
    r"^a hidden deduction of \d+ to \d+ is taken at the middle$": (
        "among its parts, hidden deductions taken at the middle"
    ),
    r"^\d+ of \d+ authorities span boards .*$": "authorities that span boards are shared out by residents",
}
# Any of them, wherever it stands in a note.
_CLEANED = "|".join(pattern.replace("^", "").replace("$", "") for pattern in (_OF_A_PART, *_OF_PARTS))
_SIDES = ("numerator", "denominator")
_BARE = (Status.SUPPRESSED.value, Status.MISSING.value)


def add_up(parts: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Sum parts over groups.

    Args:
        parts: COUNTED, HIDING, PERIOD, status, note, and the columns of ``by``.
        by: columns of the groups; nulls are a group of their own.

    Returns:
        One row a group: ``by``, PERIOD, COUNTED, HIDING, status, note, ``parts``, their number, and unknown_share
        where the parts have one of people beside their denominators. The publisher's own figure of a part is not one
        of the sum and is left out.
    """
    hidden = pl.col("status") != Status.OK.value
    widths = _with_middles(parts, by)
    carried = [name for name in UNITS if name in parts.columns]
    summed = widths.group_by(list(by), maintain_order=True).agg(
        *(total(name) for name in [*COUNTED, *(f"{side}_middle" for side in _SIDES)]),
        *(added(name) for name in HIDING),
        *(pl.col(name).first() for name in PERIOD),
        worst(),
        _notes_of_parts(parts["note"]),
        *([_unknown_share()] if "unknown_share" in parts.columns else []),
        *([pl.col(RELEASES).drop_nulls().unique().str.join(";")] if RELEASES in parts.columns else []),
        *(total(name) for name in carried),
        *([] if "units" in carried else [pl.len().cast(pl.Float64).alias("units")]),
        pl.len().alias("parts"),
        hidden.sum().alias("hidden"),
        pl.col("denominator").is_null().all().alias("no_denominator"),
    )
    if RELEASES in parts.columns:
        summed = summed.with_columns(joined_releases(summed[RELEASES]))
    return _settle(summed)


def joined_releases(joined: pl.Series, more: Iterable[str] = ()) -> pl.Series:
    """Return ids joined by ";", each once and in order, with some more in each row; null counts as none."""
    said = [text or "" for text in joined.to_list()]
    each = {text: ";".join(sorted({*text.split(";"), *more} - {""})) for text in set(said)}
    return pl.Series(joined.name, [each[text] for text in said], dtype=pl.String)


def _with_middles(parts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Add numerator_middle and denominator_middle: the count, or what stands for a hidden one within its bounds."""
    hidden = pl.col("status") != Status.OK.value
    middles = parts.with_columns(
        pl.when(hidden & pl.col(side).is_null())
        .then((pl.col(f"{side}_low") + pl.col(f"{side}_high")) / 2)
        .otherwise(side)
        .alias(f"{side}_middle")
        for side in _SIDES
    )
    known = pl.all_horizontal(pl.col(side).is_not_null() for side in _SIDES)
    events, people = (pl.col(side).filter(known).sum().over(list(by)) for side in _SIDES)
    expected = (events / people * pl.col("denominator_middle")).clip(pl.col("numerator_low"), pl.col("numerator_high"))
    placed = hidden & pl.col("numerator").is_null() & (people > 0) & expected.is_not_null()
    return middles.with_columns(numerator_middle=pl.when(placed).then(expected).otherwise("numerator_middle"))


def with_own_figure(summed: pl.DataFrame, rows: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Keep the publisher's figure where a sum has one part: it is that area's own (2026-11: 26 boards are one CCG)."""
    own = rows.group_by(by).agg(pl.col(PRINTED).first(), pl.len().alias("of")).filter(of=1).drop("of")
    return summed.join(own, on=by, how="left", validate="1:1")


def _settle(summed: pl.DataFrame) -> pl.DataFrame:
    """Decide which sums stand although a part of them is hidden."""
    within = [
        2 * pl.col(f"{side}_hiding") <= (pl.col(f"{side}_high") - pl.col(f"{side}_low")).fill_null(0.0)
        for side in _SIDES
    ]
    middle = pl.col("numerator_middle").is_not_null() & (
        pl.col("no_denominator") | pl.col("denominator_middle").is_not_null()
    )
    stands = (pl.col("status") == Status.SUPPRESSED.value) & (pl.col("parts") > 1) & middle & within[0] & within[1]
    hidden = pl.col("status").is_in(_BARE) & ~stands
    settled = summed.with_columns(
        *(pl.when(stands).then(f"{side}_middle").otherwise(side).alias(side) for side in _SIDES),
        status=pl.when(stands).then(pl.lit(Status.OK.value)).otherwise("status"),
        note=join_notes(
            "note", pl.when(stands).then(_middle()), pl.when(hidden & (pl.col("parts") > 1)).then(_range())
        ),
    )
    return settled.drop(*(f"{side}_middle" for side in _SIDES), "hidden", "no_denominator")


def _unknown_share() -> pl.Expr:
    """Return the unknown share of all records of a sum, whose denominators are those with a known group."""
    share, known = pl.col("unknown_share"), pl.col("denominator")
    all_there = (share.null_count() == 0) & (known.null_count() == 0) & (share < 1).all()
    return pl.when(all_there).then(1 - added(known) / added(known / (1 - share))).alias("unknown_share")


def _notes_of_parts(notes: pl.Series) -> pl.Expr:
    """Join the different notes of the parts, without the numbers that belong to one of them."""
    pieces = clauses("note")
    if not notes.str.contains(_CLEANED).any():
        return join_clauses(pieces)
    for pattern, words in _OF_PARTS.items():
        pieces = pieces.str.replace(pattern, words)
    return join_clauses(pieces.filter(~pieces.str.contains(_OF_A_PART)))


def _middle() -> pl.Expr:
    return pl.format("{} of {} counts hidden, taken at the rate of the others within their bounds", "hidden", "parts")


def _range() -> pl.Expr:
    def shown(column: str) -> pl.Expr:
        return pl.col(column).round(0).cast(pl.Int64).cast(pl.String)

    bounded = pl.format(
        "{} of {} counts hidden or missing: the sum lies between {} and {}",
        "hidden",
        "parts",
        shown("numerator_low"),
        shown("numerator_high"),
    )
    unbounded = pl.format("{} of {} counts hidden or missing, without known bounds", "hidden", "parts")
    return pl.when(pl.col("numerator_high").is_null()).then(unbounded).otherwise(bounded)
