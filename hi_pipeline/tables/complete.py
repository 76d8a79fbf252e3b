"""Placed figures to the whole COUNTS contract: regions and England by sum, order, unknown shares, vintages."""

from collections.abc import Collection

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.columns import COUNTS, COUNTS_KEY
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, boards_of, boards_within
from hi_pipeline.core.groups import NO_GROUPS, Dimension, EthnicityScheme, category_order
from hi_pipeline.core.indicator import DenominatorFrom, Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.core.whole import BESIDE_PRINTED, IN_FIGURE
from hi_pipeline.tables.assemble import COUNTED, GROUP, HIDING, RELEASES, REPORTERS, total
from hi_pipeline.tables.placing.placed import PLACE, SHAPE, Context, Placed, shaped
from hi_pipeline.tables.placing.registry import PLACINGS
from hi_pipeline.tables.placing.spread import between_variance
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.sums import add_up, joined_releases
from hi_pipeline.tables.totals import ROUNDING_SLACK, parts_of_england

SUM_OF_BOARDS = "sum of the region's boards"
IN_SEVERAL = "not published: people count in each board that they came to, so that a region is no sum of boards"
MADE_FROM = "footprint from {}, made from {}"
ALL_BOARDS = "All boards"
_SIDES = ("numerator", "denominator")
NO_INDICES = "the publication does not state the Indices of Deprivation behind its groups"
SUM_OF_ALL = "sum of the boards and of what belongs to none; the publisher prints no such row"


def complete(
    placed: Placed,
    indicator: Indicator,
    context: Context,
    releases: Collection[str],
    *,
    with_england: bool = True,
) -> pl.DataFrame:
    """Return counts of one footprint in the contract, sorted by key.

    A region or England has the publisher's row where there is one, else the sum of what it is made of; the note
    says which. A figure that is taken as printed is no sum of others: where it is not printed there is no row.

    Args:
        placed: figures on the footprint.
        indicator: the declaration.
        context: year and footprint.
        releases: ids of the publication's own releases; each row adds those that it names itself.
        with_england: sum England and all boards together too, which are the same on every footprint.
    """
    frame = _with_origin(placed.frame, context)
    if not indicator.kind.as_printed and not PLACINGS[indicator.attribution].alone:
        frame = pl.concat([frame, _regions(frame, context, indicator)])
        if with_england:
            frame = pl.concat([frame, _england(frame, placed), _all_boards(frame)])
    frame = _with_unknown_share(_with_england_reporters(frame, placed), indicator)
    on_indices = PLACINGS[indicator.attribution].on_indices
    by_deprivation = (pl.col("dimension") == Dimension.DEPRIVATION.value) | pl.lit(on_indices)
    indices = placed.imd_vintage or context.reader.imd_vintage(indicator.source, context.financial_year)
    by_ethnicity = pl.col("dimension") == Dimension.ETHNICITY.value
    full = frame.with_columns(
        indicator_id=pl.lit(indicator.id),
        financial_year=pl.lit(context.financial_year),
        geography_vintage=pl.lit(context.vintage.value),
        category_order=_order(frame),
        coverage=pl.when(pl.col("reporters_expected") > 0).then(
            pl.col("reporters_present") / pl.col("reporters_expected")
        ),
        people_share=pl.when(pl.col("people_expected") > 0).then(pl.col("people_present") / pl.col("people_expected")),
        between_variance=between_variance(),
        imd_vintage=pl.when(by_deprivation).then(pl.lit(indices, dtype=pl.String)).otherwise(pl.lit("")),
        note=join_notes(
            "note",
            pl.when(by_deprivation & pl.lit(indices is None)).then(pl.lit(NO_INDICES)),
            _who_reported(PLACINGS[indicator.attribution].reporters),
        ),
        ethnicity_scheme=pl.when(by_ethnicity).then(pl.lit(EthnicityScheme.CENSUS_2001.value)).otherwise(pl.lit("")),
        source_releases=joined_releases(frame[RELEASES], releases),
    )
    return full.select(pl.col(name).cast(dtype) for name, dtype in COUNTS.items()).sort(COUNTS_KEY, nulls_last=True)


def _who_reported(reporters: str) -> pl.Expr:
    """Say of a figure that not all reporters are in how many are, and whom they serve where that is known.

    A printed row of England is no sum of the reporters' own rows: it may hold those that have none.
    """
    there, expected = pl.col("reporters_present"), pl.col("reporters_expected")
    counted = pl.format(f"{{}} of {{}} {reporters}", there.cast(pl.Int64), expected.cast(pl.Int64))
    share = (100 * pl.col("people_present") / pl.col("people_expected")).round(1)
    with_people = pl.format("{}, {}% of patients", counted, share)
    said = pl.when(pl.col("people_expected") > 0).then(with_people).otherwise(counted)
    england = pl.col("area_type") == AreaType.ENGLAND.value
    printed = england & ~pl.col("note").str.contains(SUM_OF_ALL, literal=True)
    return pl.when((there < expected) & pl.col("numerator").is_not_null()).then(
        pl.when(printed).then(pl.format(BESIDE_PRINTED, said)).otherwise(pl.format(IN_FIGURE, said))
    )


def _with_origin(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Say of each board that the year did not have what it was made from, so that no series hides the change."""
    origins = {
        b.ons: MADE_FROM.format(
            context.vintage,
            " and ".join(
                old.short_name if whole else f"part of {old.short_name}"
                for old, whole in boards_within(b.ons, context.own_vintage, context.vintage)
            ),
        )
        for b in boards_of(context.vintage)
        if context.own_vintage not in b.vintages
    }
    origin = pl.col("icb_code").replace_strict(origins, default=None, return_dtype=pl.String)
    board = pl.col("area_type") == AreaType.ICB.value
    return frame.with_columns(note=pl.when(board).then(join_notes("note", origin)).otherwise("note"))


def _regions(frame: pl.DataFrame, context: Context, indicator: Indicator) -> pl.DataFrame:
    boards = frame.filter(area_type=AreaType.ICB.value).join(
        footprint.boards(context.vintage).select("icb_code", "region_code", "region_name"),
        on="icb_code",
        how="left",
        validate="m:1",
    )
    printed = frame.filter(area_type=AreaType.REGION.value).select("icb_code", *GROUP)
    by = ["region_code", "region_name", *GROUP]
    # A board without anyone in a group adds nothing to its region's; a region of such boards alone keeps their word.
    boards = boards.filter(~_empty() | _empty().all().over(by))
    summed = add_up(boards.drop("area_type", "area_name"), by=by)
    absent = summed.join(printed, left_on=["region_code", *GROUP], right_on=["icb_code", *GROUP], how="anti")
    if indicator.repeated:
        nothing = (pl.lit(None, dtype=pl.Float64).alias(name) for name in [*COUNTED, *HIDING])
        absent = absent.with_columns(*nothing, status=pl.lit(Status.NOT_PUBLISHED.value), note=pl.lit(IN_SEVERAL))
    absent = absent.with_columns(note=_with(SUM_OF_BOARDS))
    return shaped(absent, area_type=AreaType.REGION, code=pl.col("region_code"), name=pl.col("region_name"))


def _england(frame: pl.DataFrame, placed: Placed) -> pl.DataFrame:
    """Sum what England is made of, where the publisher prints no row of England."""
    rows = parts_of_england(placed)
    printed = frame.filter(area_type=AreaType.ENGLAND.value).select(GROUP)
    wanted = rows.join(printed, on=GROUP, how="anti")
    summed = add_up(wanted.filter(~_empty()).drop(PLACE), by=GROUP)
    summed = summed.with_columns(note=_with(SUM_OF_ALL))
    return shaped(summed, area_type=AreaType.ENGLAND, code=pl.lit(ENGLAND), name=pl.lit(ENGLAND_NAME))


def _all_boards(frame: pl.DataFrame) -> pl.DataFrame:
    """Sum the boards alone, group by group, where each of them has a figure: what a board is compared with.

    England as published also holds events of no board and of no practice, and people whom no board's figure can hold.
    A sum that takes hidden counts at a rate gives way to England where England is exact and nobody more can be told in
    it (2026-11: tooth extractions of 2019-20 sum to 30,253 with hidden counts, between 27,805 and 30,928, and England's
    are 29,207).
    """
    boards = frame.filter(area_type=AreaType.ICB.value)
    summed = add_up(boards.filter(~_empty()).drop(PLACE), by=GROUP).filter(status=Status.OK.value)
    exact = frame.filter(area_type=AreaType.ENGLAND.value, status=Status.OK.value).filter(
        ~pl.any_horizontal(pl.col(f"{side}_low") != pl.col(f"{side}_high") for side in _SIDES).fill_null(False)
    )
    beside = summed.join(exact.select(*GROUP, *_SIDES), on=GROUP, how="left", validate="1:1", suffix="_england")
    estimated = pl.any_horizontal(pl.col(name) > 0 for name in HIDING)
    alike = pl.col("numerator_england").is_not_null() & pl.all_horizontal(_within_bounds(side) for side in _SIDES)
    # People of no known group are compared with nobody: their sum tells the unknown share of all boards.
    told = beside.filter(pl.col("category").is_in(NO_GROUPS) | ~(estimated & alike)).select(summed.columns)
    return shaped(told, area_type=AreaType.BOARDS, code=pl.lit(ENGLAND), name=pl.lit(ALL_BOARDS))


def _within_bounds(side: str) -> pl.Expr:
    """Tell whether England's own count lies within the bounds of the sum; so does one that neither has."""
    whole = pl.col(f"{side}_england")
    slack = ROUNDING_SLACK * whole
    low, high = pl.col(f"{side}_low") - slack, pl.col(f"{side}_high") + slack
    return whole.is_between(low, high).fill_null(whole.is_null())


def _with_england_reporters(frame: pl.DataFrame, placed: Placed) -> pl.DataFrame:
    """Give a printed row of England the reporters of the areas that it was made from."""
    summed = (
        parts_of_england(placed)
        .group_by(GROUP)
        .agg(pl.when(pl.col(name).is_not_null().any()).then(added(name)).alias(f"{name}_all") for name in REPORTERS)
    )
    england = pl.col("area_type") == AreaType.ENGLAND.value
    joined = frame.join(summed, on=GROUP, how="left", validate="m:1")
    return joined.with_columns(
        pl.when(england).then(pl.coalesce(name, f"{name}_all")).otherwise(name).alias(name) for name in REPORTERS
    ).select(SHAPE)


def _empty() -> pl.Expr:
    """Tell rows that say there is nobody in the group."""
    return (pl.col("status") == Status.NOT_APPLICABLE.value) & pl.col("numerator").is_null()


def _with(words: str) -> pl.Expr:
    """Put words before a note, unless the note already says why there is nothing."""
    silent = pl.col("status") == "not_published"
    return join_notes(pl.when(~silent).then(pl.lit(words)), "note")


def _with_unknown_share(frame: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Add the share of an area's records without a group, by dimension: unknown and indeterminate over total.

    Shares are of denominators where the records are counted there (courses, patients), of numerators where the
    denominator is no count of records (residents). A hidden count of the unknown stands at the middle of its bounds
    where rounding leaves as much open as hiding; else the share is not known. Where every practice has a row, an area
    without unknown ones has a share of 0; England's is what its own row holds beyond them.
    """
    by_events = indicator.denominator_from is not DenominatorFrom.SOURCE
    side = "numerator" if by_events else "denominator"
    place = [*PLACE]
    totals = frame.filter(dimension=Dimension.TOTAL.value).select(*place, all=pl.col(side))
    unknown = (
        frame.filter(pl.col("category").is_in(NO_GROUPS))
        .with_columns(unknown=_or_middle(side))
        .group_by(*place, "dimension")
        .agg(total("unknown"), known_of=pl.lit(True))
    )
    joined = frame.join(totals, on=place, how="left", nulls_equal=True, validate="m:1").join(
        unknown, on=[*place, "dimension"], how="left", nulls_equal=True, validate="m:1"
    )
    # England's own row also holds events of no practice, which are in no group.
    grouped = frame.filter(dimension=Dimension.DEPRIVATION.value).group_by(place).agg(in_groups=total("numerator"))
    whole_of = frame.filter(dimension=Dimension.TOTAL.value).select(*place, events="numerator")
    joined = joined.join(grouped, on=place, how="left", nulls_equal=True, validate="m:1").join(
        whole_of, on=place, how="left", nulls_equal=True, validate="m:1"
    )
    beside = pl.when(pl.col("events") > 0).then((1 - pl.col("in_groups") / pl.col("events")).clip(0.0, 1.0))
    # A rounded part can exceed its rounded whole.
    share = pl.when(pl.col("all") > 0).then((pl.col("unknown") / pl.col("all")).clip(0.0, 1.0))
    whole = pl.lit(PLACINGS[indicator.attribution].every_part_known)
    none = whole & (pl.col("dimension") == Dimension.DEPRIVATION.value) & pl.col("known_of").is_null()
    england = pl.col("area_type") == AreaType.ENGLAND.value
    found = pl.when(none & england).then(beside).when(none).then(0.0).otherwise(share)
    return joined.with_columns(unknown_share=pl.col("unknown_share").fill_null(found)).select(SHAPE)


def _or_middle(side: str) -> pl.Expr:
    """Return a count, or the middle of its bounds where hiding leaves no more open than rounding (as in sums)."""
    low, high = pl.col(f"{side}_low"), pl.col(f"{side}_high")
    within = 2 * pl.col(f"{side}_hiding") <= high - low
    return pl.when(pl.col(side).is_not_null()).then(side).when(within).then((low + high) / 2)


def _order(frame: pl.DataFrame) -> pl.Expr:
    pairs = frame.select(GROUP).unique()
    orders = {f"{d}|{c}": category_order(Dimension(d), c) for d, c in pairs.rows()}
    return pl.concat_str("dimension", "category", separator="|").replace_strict(orders, return_dtype=pl.Int32)
