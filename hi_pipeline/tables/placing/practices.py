"""Figures of practices to boards: in total, by the groups that are printed, by fifth of the practice (ecological)."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.groups import ALL, QUINTILES, UNKNOWN, Dimension
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.core.validation import join_exactly
from hi_pipeline.tables.assemble import COUNTED, GROUP, PERIOD, RELEASES
from hi_pipeline.tables.placing.placed import Context, Placed, place_england, resting_on, shaped, unused_levels
from hi_pipeline.tables.placing.spread import with_spread
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.editions import imd_vintage_of
from hi_pipeline.tables.reference.practice_areas import PLACED_BY_NETWORK
from hi_pipeline.tables.sums import add_up

NOWHERE = "Practices without a board"
ECOLOGICAL = "by the deprivation of the practice, not of the patient"
_ALL = {"dimension": pl.lit(Dimension.TOTAL.value), "category": pl.lit(ALL)}
NO_PRACTICE = "no practice of this board that is in the publication is in this fifth"


def place_practices(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Sum practices to boards and, where the indicator asks for it, to boards by age and by fifth of deprivation.

    Groups of patients are those that the publication prints for practices; a practice has one row of each. Fifths are
    made from the practices' totals.

    A practice that no map knows goes to a remainder; one that the list of patients does not know goes to the unknown
    fifth. Neither is dropped. The reporters of a board are its practices that are expected (see
    ``reference/practice_areas``), and those of a fifth its practices of that fifth; present are those that have a
    figure.

    Raises:
        NothingToBuild: no practice is printed, or the practices are not placed on this footprint.
    """
    year = context.financial_year
    areas = context.reader.linked("practice_areas", year).filter(geography_vintage=context.vintage.value)
    if areas.is_empty():
        raise NothingToBuild(f"the practices of {year} are not placed on the footprint {context.vintage}")
    if "practice" not in parts["area_level"]:
        raise NothingToBuild(f"{indicator.id}: {indicator.source} prints no practices in {year}")
    rows = join_exactly(
        parts.filter(area_level="practice").rename({"area_code": "practice_code"}),
        areas.select("practice_code", "icb_code", "first_map", "placed_by", RELEASES),
        on=["practice_code"],
        cardinality="m:1",
        where=f"{indicator.id} {year}: practice to board",
        unmatched_ok=True,
    )
    placed = Placed(frame=place_england(parts))
    nowhere = pl.col("icb_code").is_null()
    total = rows.filter(dimension=Dimension.TOTAL.value)
    placed.counted |= {
        f"practices in no board of {context.vintage}, shown as a remainder": total.filter(nowhere).height,
        f"practices placed by another year's map, {context.vintage}": total.filter(
            ~nowhere & ~pl.col("first_map")
        ).height,
        f"practices placed by the others of their network, {context.vintage}": total.filter(
            placed_by=PLACED_BY_NETWORK
        ).height,
        **unused_levels(parts, ("england", "practice")),
    }
    note = _map_note(areas)
    if Dimension.DEPRIVATION in indicator.dimensions:
        fifths = context.reader.linked("practice_deprivation", year).filter(imd_vintage=imd_vintage_of(year))
        listed = fifths.select("practice_code", "quintile", people="patients")
        mapped = areas.join(listed, on="practice_code", how="left", validate="1:1")
        by_fifth = [_by_fifth(total, mapped, fifths, indicator, context, placed, note)]
    else:
        mapped, by_fifth = areas.with_columns(people=pl.lit(None, dtype=pl.Int64)), []
    frames = [placed.frame, _to_boards(total, mapped.with_columns(**_ALL), context, note=note)]
    printed = rows.filter(pl.col("dimension") != Dimension.TOTAL.value)
    if printed.height:
        every = areas.join(printed.select(GROUP).unique(), how="cross").with_columns(people=pl.lit(0))
        frames.append(_to_boards(printed, every, context, note=note))
    placed.frame = pl.concat([*frames, *by_fifth])
    return placed


def _map_note(areas: pl.DataFrame) -> str:
    """Say whose map was used where it is not the year's own."""
    first = areas.filter(pl.col("first_map"))
    return "" if first["own_year"].all() else f"practices placed by the map of {first['map_release'].to_list()[0]}"


def _by_fifth(
    rows: pl.DataFrame, areas: pl.DataFrame, fifths: pl.DataFrame, indicator: Indicator, context: Context,
    placed: Placed, note: str,
) -> pl.DataFrame:  # fmt: skip
    """Sum practices by fifth; ``areas`` has the fifth and the patients of each practice of the maps."""
    year = context.financial_year
    joined = join_exactly(
        rows,
        fifths.select("practice_code", "quintile"),
        on=["practice_code"],
        cardinality="m:1",
        where=f"{indicator.id} {year}: practice to fifth of deprivation",
        unmatched_ok=True,
    )
    words = dict(enumerate(QUINTILES, start=1))
    fifth = pl.col("quintile").replace_strict(words, default=None, return_dtype=pl.String).fill_null(UNKNOWN)
    joined = joined.with_columns(category=fifth, dimension=pl.lit(Dimension.DEPRIVATION.value))
    mapped = areas.with_columns(category=fifth, dimension=pl.lit(Dimension.DEPRIVATION.value))
    placed.imd_vintage = imd_vintage_of(year)
    placed.counted["practices of unknown deprivation"] = joined.filter(category=UNKNOWN).height
    apart = f"{ECOLOGICAL}; fifths by {fifths['list_release'].to_list()[0]}" if fifths.height else ECOLOGICAL
    said = "; ".join(text for text in (apart, note) if text)
    found = _to_boards(with_spread(joined, by=["icb_code", "category"]), mapped, context, note=said)
    every = pl.concat([found, empty_fifths(found, rows, context, why=NO_PRACTICE)])
    return resting_on(every, {release for text in fifths["releases"].unique() for release in text.split(";")})


def _to_boards(rows: pl.DataFrame, areas: pl.DataFrame, context: Context, *, note: str) -> pl.DataFrame:
    """Sum practices; ``areas`` has the group of each practice that should report."""
    by = ["icb_code", *GROUP]
    summed = add_up(rows.sort("practice_code"), by=by)
    names = footprint.boards(context.vintage).select("icb_code", "icb_name")
    summed = summed.join(names, on="icb_code", how="left", validate="m:1")
    summed = summed.join(_reporters(rows, areas, by), on=by, how="left", nulls_equal=True, validate="1:1")
    summed = summed.with_columns(note=join_notes("note", pl.lit(note)))
    board = pl.col("icb_code").is_not_null()
    # That a practice stands on no map, the maps say.
    nowhere = resting_on(summed.filter(~board), areas["map_release"].unique())
    return pl.concat(
        [
            shaped(summed.filter(board), area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name")),
            shaped(nowhere, area_type=AreaType.REMAINDER, code=pl.lit(None), name=pl.lit(NOWHERE)),
        ]
    )


def _reporters(rows: pl.DataFrame, areas: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Count by group the practices that should report and those that do, and their people.

    Args:
        rows: the practices that are in the publication.
        areas: the practices of the maps, with ``expected``, their group and ``people``: those on the list that fifths
            come from. The list has every practice with patients, so that one that it lacks has none.
        by: columns of the board and group.
    """
    here = rows.filter(status=Status.OK.value).select("practice_code", *by, present=pl.lit(True))
    expected = areas.filter(pl.col("expected")).join(
        here, on=["practice_code", *by], how="left", nulls_equal=True, validate="1:1"
    )
    present = pl.col("present").fill_null(False)
    return expected.group_by(by).agg(
        reporters_expected=pl.len(),
        reporters_present=present.sum(),
        people_expected=added("people"),
        people_present=added(pl.col("people").filter(present)),
    )


def empty_fifths(found: pl.DataFrame, rows: pl.DataFrame, context: Context, *, why: str) -> pl.DataFrame:
    """Give a board that has nothing in a fifth a row that says so.

    Args:
        found: the rows by fifth that are there.
        rows: rows with PERIOD.
        context: the footprint.
        why: the note.
    """
    every = footprint.boards(context.vintage).select("icb_code", "icb_name")
    grid = every.join(pl.DataFrame({"category": QUINTILES}), how="cross")
    absent = grid.join(found, on=["icb_code", "category"], how="anti").join(rows.select(PERIOD).head(1), how="cross")
    empty = absent.with_columns(
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in COUNTED),
        dimension=pl.lit(Dimension.DEPRIVATION.value),
        status=pl.lit(Status.NOT_APPLICABLE.value),
        note=pl.lit(why),
    )
    return shaped(empty, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))
