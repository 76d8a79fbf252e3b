"""Sub-ICB locations, CCGs and partnerships to the boards that they make up: by ONS code, and only where whole."""

import polars as pl

from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import GROUP
from hi_pipeline.tables.placing.placed import Context, Placed, not_published, resting_on, shaped
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.ccgs import Locations, locations_of, partnerships_of
from hi_pipeline.tables.sums import add_up, with_own_figure

LOCATIONS = ("sub_icb", "ccg")
PARTNERSHIPS = ("stp", "stp_ons")
# 2026-11: hubs of NHS England that stand among the CCGs of 2019-20 to 2021-22.
NATIONAL_HUBS = ("13Q", "14E", "14R")
# People whose partnership is not known; those of no CCG stand beside them as area unknown.
UNKNOWN = "UNKNOWN"
OWN_ROW = "the partnership's own row, the same area by its ONS code"
NO_LOOKUP = "not published: {}, so the areas of its figures are not known"
NOT_WHOLE = "not published: no sum of the {} of the year has exactly the area of this board"


def place_locations(parts: pl.DataFrame, context: Context) -> Placed:
    """Place partnerships, CCGs and sub-ICB locations on a footprint.

    A board whose ONS code a partnership has takes the partnership's own row, as one rounded count is closer than a
    sum of several. Any other board is the sum of its locations, where each of them is there whole. The others say why
    they have no figure.

    Args:
        parts: the publisher's rows.
        context: the year, and the footprint, which may be another than the year's own.

    Raises:
        LinkageError: a code that no lookup of the year has.
    """
    rows = with_hubs_apart(parts).filter(pl.col("area_level").is_in(list(LOCATIONS)))
    rows = rows.join(_reporting(rows), on="area_code", how="left", validate="m:1")
    boards = footprint.boards(context.vintage)
    placed = Placed(frame=_partnerships(parts, boards, context))
    printed = parts.filter(pl.col("area_level").is_in(list(PARTNERSHIPS))).height
    placed.counted["rows of partnerships that are no board, which only check the totals"] = (
        printed - placed.frame.height
    )
    taken = placed.frame["icb_code"].unique().to_list()
    try:
        found = locations_of(context.reader, context.financial_year, context.vintage, context.own_vintage)
        sums, why = resting_on(_sums(rows, found, context), found.releases), NOT_WHOLE.format(found.word)
    except NothingToBuild as nothing:
        sums, why = placed.frame.clear(), NO_LOOKUP.format(nothing)
        placed.notes.append(why)
    sums = sums.filter(~pl.col("icb_code").is_in(taken))
    there = [*taken, *sums["icb_code"].unique().to_list()]
    absent = boards.filter(~pl.col("icb_code").is_in(there)).select("icb_code", "icb_name")
    if absent.height:
        # Where only partnerships are printed, England is the sum of them.
        rows = rows if rows.height else parts.filter(pl.col("area_level").is_in(list(PARTNERSHIPS)))
        placed.whole = shaped(rows, area_type=AreaType.REMAINDER, code=pl.lit(None), name=pl.lit("areas of the year"))
        placed.counted["boards that no whole areas of the year make up"] = absent.height
    placed.frame = pl.concat([placed.frame, sums, not_published(absent, rows, why=pl.lit(why))])
    return placed


def _reporting(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each area as a reporter: it is expected, and present where its total, or a month of it, has a figure."""
    whole = rows.filter(pl.col("dimension").is_in([Dimension.TOTAL.value, Dimension.PERIOD.value]))
    present = (pl.col("status") == Status.OK.value).any().cast(pl.Float64)
    return whole.group_by("area_code", maintain_order=True).agg(
        units=pl.lit(1.0), reporters_expected=pl.lit(1.0), reporters_present=present
    )


def with_hubs_apart(parts: pl.DataFrame) -> pl.DataFrame:
    """Take the hubs of NHS England out of the CCGs: they commission nationally.

    Args:
        parts: has area_level and area_code.
    """
    hub = (pl.col("area_level") == "ccg") & pl.col("area_code").is_in(list(NATIONAL_HUBS))
    return parts.with_columns(area_level=pl.when(hub).then(pl.lit("national")).otherwise("area_level"))


def _partnerships(parts: pl.DataFrame, boards: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Take the rows of partnerships that are boards of the footprint by their ONS code."""
    by_ods = parts.filter(pl.col("area_level") == "stp", pl.col("area_code") != UNKNOWN)
    rows = parts.filter(area_level="stp_ons").with_columns(stp_ons="area_code")
    if by_ods.height:
        known, used = partnerships_of(context.reader, context.financial_year)
        named = by_ods.join(known, left_on="area_code", right_on="stp_ods", how="left", validate="m:1")
        lost = named.filter(pl.col("stp_ons").is_null())
        if known.height and lost.height:
            raise LinkageError(
                f"{context.financial_year}: {lost['area_code'].unique().sort().to_list()[:8]} are no ODS codes of "
                "partnerships of the year. Is the file of another year?",
                failures=lost,
            )
        rows = pl.concat([resting_on(rows, ()), resting_on(named.filter(pl.col("stp_ons").is_not_null()), used)])
    same = rows.join(boards, left_on="stp_ons", right_on="icb_code", how="inner", validate="m:1", coalesce=False)
    said = join_notes(pl.lit(OWN_ROW), "note")
    return shaped(
        same.with_columns(note=said), area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name")
    )


def _sums(rows: pl.DataFrame, found: Locations, context: Context) -> pl.DataFrame:
    """Sum the areas of each board that they make up whole; each of its areas must have a row of the total."""
    placed = rows.join(found.frame, on="area_code", how="left", validate="m:1")
    lost = placed.filter(pl.col("area_ons").is_null())
    if lost.height:
        raise LinkageError(
            f"{context.financial_year}: {lost['area_code'].unique().sort().to_list()[:8]} are no ODS codes of "
            f"{found.word} of the year. Is the file of another year?",
            failures=lost,
        )
    total = placed.filter(dimension=Dimension.TOTAL.value)
    silent = found.frame.filter(pl.col("here_ons").is_not_null()).join(total, on="area_code", how="anti")
    full = set(placed["here_ons"].drop_nulls()) - set(silent["here_ons"])
    boards = footprint.whole_boards(sorted(full), context.vintage)
    placed = placed.filter(pl.col("icb_code").is_in(boards))
    expected = found.frame.group_by("icb_code").agg(expected=pl.len())
    by = ["icb_code", *GROUP]
    single = placed.join(expected.filter(expected=1), on="icb_code", how="semi")
    summed = with_own_figure(add_up(placed, by=by), single, by=by)
    summed = summed.join(expected, on="icb_code", how="left", validate="m:1").join(
        footprint.boards(context.vintage), on="icb_code", how="left", validate="m:1"
    )
    words = pl.when(pl.col("expected") > 1).then(pl.format("sum of {} {}", "parts", pl.lit(found.word)))
    summed = summed.with_columns(note=join_notes(words, "note"))
    return shaped(summed, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))
