"""Published areas to the areas of a footprint: boards, regions, England, and the remainder that belongs to none."""

from dataclasses import dataclass, field

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, Vintage, vintage_of
from hi_pipeline.core.indicator import Indicator, Kind
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import COUNTED, GROUP, HIDING, PERIOD, PRINTED
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.succession import CCG_TO_SUB_ICB
from hi_pipeline.tables.sums import add_up

PLACE = ["area_type", "icb_code", "area_name"]
SHAPE = [*PLACE, *GROUP, *PERIOD, *COUNTED, *HIDING, *PRINTED, "status", "note", "coverage", "unknown_share"]
REMAINDERS = {"unknown": "Area unknown", "national": "No board named (national commissioning)"}
SMALLER = ("sub_icb", "ccg")
# 2026-11: hubs of NHS England that stand among the CCGs of 2019-20 to 2021-22.
NATIONAL_HUBS = ("13Q", "14E", "14R")
PARTNERSHIPS = ("stp", "stp_ons")
NO_BOARDS = "not published: the publication prints no figures of boards"
NO_SUCCESSION = (
    "not published: the figures of this year are of CCGs abolished before April 2021, and no published table of what "
    "they became is declared"
)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every way of placing figures may need."""

    reader: Reader
    financial_year: str

    @property
    def vintage(self) -> Vintage:
        """Return the footprint of the year."""
        return vintage_of(self.financial_year)


@dataclass(kw_only=True)
class Placed:
    """Figures on the footprint.

    Attributes:
        frame: columns SHAPE; boards, remainders, and what the publisher prints of regions and England.
        counted: rows that are not used, by reason.
        notes: for the provenance.
        releases: ids of what was linked, besides the source's own.
        imd_vintage: the Indices behind the groups of deprivation, where they are not those of the year.
        unplaced: rows that belong to England but to no board of the footprint that could be named: they count in
            England's sum only.
    """

    frame: pl.DataFrame
    counted: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    releases: set[str] = field(default_factory=set)
    imd_vintage: str = ""
    unplaced: pl.DataFrame | None = None


def place_published(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Place what the publisher prints by area: boards where it has them, else sums of their sub-ICB locations.

    Rows of partnerships (STPs) only reconcile: they are other areas than the boards. Rows of regions are used from
    2022-23 on; before, their boundaries were others. A figure that is taken as printed is never summed: in a year
    without rows of boards they have none.

    Raises:
        ValidationError: a code of no board.
    """
    hub = (pl.col("area_level") == "ccg") & pl.col("area_code").is_in(list(NATIONAL_HUBS))
    parts = parts.with_columns(area_level=pl.when(hub).then(pl.lit("national")).otherwise("area_level"))
    levels = set(parts["area_level"].unique())
    placed = Placed(frame=_empty(parts))
    fixed = [place_england(parts), _remainders(parts)]
    if "icb" in levels:
        fixed += [_boards(parts, context), place_regions(parts, context, placed)]
        unused = [*SMALLER, *PARTNERSHIPS]
    elif indicator.kind is Kind.PUBLISHED:
        fixed.append(bare_boards(parts, context))
        unused = [*SMALLER, *PARTNERSHIPS, "region"]
    else:
        fixed.append(_from_smaller(parts, context, placed))
        unused = [*PARTNERSHIPS, "region"]
    for level in sorted(levels & set(unused)):
        placed.counted[f"rows of level {level} that only reconcile"] = parts.filter(area_level=level).height
    placed.frame = pl.concat(fixed)
    return placed


def _empty(parts: pl.DataFrame) -> pl.DataFrame:
    return shaped(parts.clear(), area_type=AreaType.ICB, code=pl.lit(None), name=pl.lit(""))


def shaped(rows: pl.DataFrame, *, area_type: AreaType, code: pl.Expr, name: pl.Expr) -> pl.DataFrame:
    """Bring rows into SHAPE under a type, code and name of area."""
    for column in (*PRINTED, "coverage", "unknown_share"):
        if column not in rows.columns:
            rows = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(column))
    for column in HIDING:
        if column not in rows.columns:
            rows = rows.with_columns(pl.lit(0.0).alias(column))
    return rows.with_columns(
        area_type=pl.lit(area_type.value), icb_code=code.cast(pl.String), area_name=name.cast(pl.String)
    ).select(SHAPE)


def place_england(parts: pl.DataFrame) -> pl.DataFrame:
    """Take the publisher's own rows of England; there may be none."""
    rows = parts.filter(area_level="england")
    return shaped(rows, area_type=AreaType.ENGLAND, code=pl.lit(ENGLAND), name=pl.lit(ENGLAND_NAME))


def _remainders(parts: pl.DataFrame) -> pl.DataFrame:
    rows = parts.filter(pl.col("area_level").is_in(list(REMAINDERS)))
    name = pl.col("area_level").replace_strict(REMAINDERS, return_dtype=pl.String)
    named, by = rows.with_columns(remainder=name), ["remainder", *GROUP]
    summed = _with_own_figure(add_up(named, by=by), named, by=by)
    return shaped(summed, area_type=AreaType.REMAINDER, code=pl.lit(None), name=pl.col("remainder"))


def _with_own_figure(summed: pl.DataFrame, rows: pl.DataFrame, *, by: list[str]) -> pl.DataFrame:
    """Keep the publisher's figure where a sum has one part: it is that area's own (2026-11: 26 boards are one CCG)."""
    own = rows.group_by(by).agg(pl.col(PRINTED).first(), pl.len().alias("of")).filter(of=1).drop("of")
    return summed.join(own, on=by, how="left", validate="1:1")


def _boards(parts: pl.DataFrame, context: Context) -> pl.DataFrame:
    boards = footprint.boards(context.vintage)
    rows = parts.filter(area_level="icb").join(
        boards, left_on="area_code", right_on="icb_ods", how="left", validate="m:1"
    )
    lost = rows.filter(pl.col("icb_code").is_null())
    if lost.height:
        raise ValidationError(
            f"{context.financial_year}: {lost['area_code'].unique().sort().to_list()[:8]} are no ODS codes of boards "
            f"on the footprint {context.vintage}. Has the publisher moved to another footprint?",
            failures=lost,
        )
    return shaped(rows, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))


def place_regions(parts: pl.DataFrame, context: Context, placed: Placed) -> pl.DataFrame:
    """Take the publisher's own rows of regions; rows of what is no region of the footprint are counted."""
    rows = parts.filter(area_level="region").join(
        footprint.regions(context.vintage), left_on="area_code", right_on="region_ods", how="left", validate="m:1"
    )
    known = rows.filter(pl.col("region_code").is_not_null())
    if known.height < rows.height:
        placed.counted["rows of an unknown region, whose people stand in the unknown area"] = rows.height - known.height
    return shaped(known, area_type=AreaType.REGION, code=pl.col("region_code"), name=pl.col("region_name"))


def _from_smaller(parts: pl.DataFrame, context: Context, placed: Placed) -> pl.DataFrame:
    """Sum CCGs or sub-ICB locations to boards; a code that is neither leaves every board of the year unpublished."""
    areas = footprint.sub_icbs(context.vintage)
    successors = CCG_TO_SUB_ICB.successors
    rows = parts.filter(pl.col("area_level").is_in(list(SMALLER))).with_columns(
        sub_icb_ods=pl.col("area_code").replace(successors)
    )
    rows = rows.join(areas, on="sub_icb_ods", how="left", validate="m:1")
    boards = footprint.boards(context.vintage)
    lost = rows.filter(pl.col("icb_code").is_null())
    if lost.height:
        codes = lost["area_code"].n_unique()
        placed.notes.append(f"{codes} of {rows['area_code'].n_unique()} CCGs are no sub-ICB locations: {NO_SUCCESSION}")
        placed.counted["rows of CCGs that only reconcile with England"] = rows.height
        placed.unplaced = shaped(rows, area_type=AreaType.REMAINDER, code=pl.lit(None), name=pl.lit("CCGs"))
        return _not_published(parts, boards)
    expected = areas.group_by("icb_code").agg(expected=pl.len())
    by = ["icb_code", *GROUP]
    summed = add_up(rows, by=by).join(boards, on="icb_code", how="left", validate="m:1")
    whole = rows.join(expected.filter(expected=1), on="icb_code", how="semi")
    summed = _with_own_figure(summed, whole, by=by)
    reporting = (
        rows.filter((pl.col("dimension") == "total") & (pl.col("status") == "ok"))
        .group_by("icb_code")
        .agg(reporting=pl.len())
    )
    summed = summed.join(expected, on="icb_code", how="left").join(reporting, on="icb_code", how="left")
    single = pl.col("parts") == 1
    words = pl.when(single).then(pl.lit("")).otherwise(pl.format("sum of {} sub-ICB locations", "parts"))
    summed = summed.with_columns(
        coverage=(pl.col("reporting").fill_null(0) / pl.col("expected")).cast(pl.Float64),
        note=pl.concat_str(
            pl.when(words != "").then(words),
            pl.when(pl.col("note") != "").then("note"),
            separator="; ",
            ignore_nulls=True,
        ).fill_null(""),
    )
    return shaped(summed, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))


def bare_boards(parts: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Give every board one row, of its total, that says the publication prints no figure of it."""
    rows = footprint.boards(context.vintage).join(parts.select(PERIOD).head(1), how="cross")
    bare = rows.with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in COUNTED),
        dimension=pl.lit("total"),
        category=pl.lit("All"),
        status=pl.lit(Status.NOT_PUBLISHED.value),
        note=pl.lit(NO_BOARDS),
    )
    return shaped(bare, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))


def _not_published(parts: pl.DataFrame, boards: pl.DataFrame) -> pl.DataFrame:
    """Give every board and region one row of the total that says why there is no figure."""
    period = parts.select(PERIOD).head(1)
    regions = boards.select(icb_code="region_code", icb_name="region_name").unique().sort("icb_code")
    frames = []
    for area_type, areas in ((AreaType.ICB, boards.select("icb_code", "icb_name")), (AreaType.REGION, regions)):
        rows = areas.join(period, how="cross").with_columns(
            *(pl.lit(None, dtype=pl.Float64).alias(name) for name in COUNTED),
            dimension=pl.lit("total"),
            category=pl.lit("All"),
            status=pl.lit("not_published"),
            note=pl.lit(NO_SUCCESSION),
        )
        frames.append(shaped(rows, area_type=area_type, code=pl.col("icb_code"), name=pl.col("icb_name")))
    return pl.concat(frames)
