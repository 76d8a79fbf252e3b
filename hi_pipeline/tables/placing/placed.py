"""Figures on a footprint: their shape, and the publisher's own rows of England."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.coverage import NO_BOARDS
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, Vintage, vintage_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import COUNTED, GROUP, HIDING, PERIOD, PRINTED, RELEASES, UNITS
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.sums import joined_releases

PLACE = ["area_type", "icb_code", "area_name"]
SHAPE = [*PLACE, *GROUP, *PERIOD, *COUNTED, *HIDING, *PRINTED, *UNITS, "status", "note", "unknown_share", RELEASES]

ABSENT = "not published: the publication prints no figure of this board"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every way of placing figures may need: the year, and the footprint to place them on."""

    reader: Reader
    financial_year: str
    vintage: Vintage

    @property
    def own_vintage(self) -> Vintage:
        """Return the footprint on which the year is reported."""
        return vintage_of(self.financial_year)


@dataclass(kw_only=True)
class Placed:
    """Figures on a footprint.

    Attributes:
        frame: columns SHAPE; boards, remainders, and what the publisher prints of regions and England. RELEASES names
            what places a row, divides it or ranks it, besides the publication that it comes from.
        counted: rows that are not used, by reason.
        notes: for the provenance.
        imd_vintage: the Indices by which this project formed the groups of deprivation; "" where the publisher did.
        whole: where given, the rows that England is the sum of besides the remainders, as some of them stand in no
            board of the footprint.
    """

    frame: pl.DataFrame
    counted: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    imd_vintage: str = ""
    whole: pl.DataFrame | None = None


def shaped(rows: pl.DataFrame, *, area_type: AreaType, code: pl.Expr, name: pl.Expr) -> pl.DataFrame:
    """Bring rows into SHAPE under a type, code and name of area.

    Args:
        rows: GROUP, PERIOD, COUNTED, status and note; of the other columns of SHAPE those that are not there are empty.
        area_type: of all rows.
        code: the area's ONS code.
        name: the area's name.
    """
    unsaid = {
        **dict.fromkeys((*PRINTED, *UNITS, "unknown_share"), pl.lit(None, dtype=pl.Float64)),
        **dict.fromkeys(HIDING, pl.lit(0.0)),
        RELEASES: pl.lit(""),
    }
    units = [pl.col(name).cast(pl.Float64) for name in UNITS if name in rows.columns]
    return rows.with_columns(
        *(value.alias(name) for name, value in unsaid.items() if name not in rows.columns),
        *units,
        area_type=pl.lit(area_type.value),
        icb_code=code.cast(pl.String),
        area_name=name.cast(pl.String),
    ).select(SHAPE)


def resting_on(frame: pl.DataFrame, releases: Iterable[str]) -> pl.DataFrame:
    """Name releases in every row beside those that it names already.

    Args:
        frame: any columns; RELEASES is added where it is not there.
        releases: ids.
    """
    if RELEASES not in frame.columns:
        frame = frame.with_columns(pl.lit("").alias(RELEASES))
    return frame.with_columns(joined_releases(frame[RELEASES], releases))


def place_england(parts: pl.DataFrame) -> pl.DataFrame:
    """Take the publisher's own rows of England; there may be none."""
    rows = parts.filter(area_level="england")
    return shaped(rows, area_type=AreaType.ENGLAND, code=pl.lit(ENGLAND), name=pl.lit(ENGLAND_NAME))


def unused_levels(parts: pl.DataFrame, used: Iterable[str]) -> dict[str, int]:
    """Count the publisher's rows of levels of area that nothing is made of, by level."""
    unused = parts.filter(~pl.col("area_level").is_in(list(used))).group_by("area_level").len().sort("area_level")
    return {f"rows of level {level} that are not used": rows for level, rows in unused.rows()}


def bare_boards(parts: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Give every board one row, of its total, that says the publication prints no figure of it."""
    first = parts.sort(pl.col("dimension") != Dimension.TOTAL.value, maintain_order=True).head(1)
    total = first.with_columns(dimension=pl.lit(Dimension.TOTAL.value), category=pl.lit(ALL))
    boards = footprint.boards(context.vintage).select("icb_code", "icb_name")
    return not_published(boards, total, why=pl.lit(NO_BOARDS))


def absent_boards(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Give each board that the publication prints nothing of a row of its total that says so.

    For publications that print some boards only (2026-11: Fingertips has as few as 5 of 42 in some indicators).
    """
    total = frame.filter(dimension=Dimension.TOTAL.value)
    boards = footprint.boards(context.vintage).select("icb_code", "icb_name")
    absent = boards.join(total.filter(area_type=AreaType.ICB.value), on="icb_code", how="anti")
    return not_published(absent, total.head(1), why=pl.lit(ABSENT))


def not_published(boards: pl.DataFrame, like: pl.DataFrame, *, why: pl.Expr) -> pl.DataFrame:
    """Give each board a row for every group of a publication that says why it has no figure.

    Args:
        boards: icb_code, icb_name, and what ``why`` reads.
        like: rows with GROUP and PERIOD, whose groups are taken.
        why: the reason.
    """
    rows = boards.join(like.select(*GROUP, *PERIOD).unique().sort(GROUP), how="cross").with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in COUNTED),
        status=pl.lit(Status.NOT_PUBLISHED.value),
        note=why,
    )
    return shaped(rows, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))
