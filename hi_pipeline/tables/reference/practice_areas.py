"""Practices to sub-ICB locations, boards and regions, on the footprint of each financial year.

The way goes through the sub-ICB location: in the files of 2020-21 and 2021-22 a practice's CCG carries the code of
the sub-ICB location it became, while its partnership (STP) may be another area than the board with its code
(2026-11: eight of 42; and Bassetlaw, 02Q, changed from QF7 to QT1). The partnership is therefore never used.
"""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import Vintage, vintage_of
from hi_pipeline.core.validation import join_exactly
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.editions import months_apart

QOF, LISTS = "qof", "gp_registrations"
# A map of the year before or after still names the right board for a practice; an older one is not relied upon.
MAX_MONTHS_APART = 12
# A practice that it does not know is looked up in the others, up to so far away.
FURTHER_MONTHS_APART = 24
_COLUMNS = ["practice_code", "practice_name", "sub_icb_ods", "icb_ods", "scheme"]


def build_practice_areas(reader: Reader, financial_year: str) -> Built:
    """Build the map of practices of a financial year.

    The year's own QOF map comes first, else the nearest map of QOF or of the registered patients; practices that
    are not in it but in another map within two years of it are added from there.

    Raises:
        NothingToBuild: no map within a year of the financial year.
        LinkageError: a map names another board for a practice's sub-ICB location than the footprint does.
    """
    vintage = vintage_of(financial_year)
    maps = _maps(reader, financial_year)
    if not maps:
        raise NothingToBuild(f"practice_areas {financial_year}: no map of practices within a year of it")
    frames = []
    for order, (apart, source, part) in enumerate(maps):
        (release,) = reader.releases(source, part)
        frames.append(
            reader.clean(source, "practices", part)
            .select(_COLUMNS)
            .with_columns(
                pl.lit(order).alias("order"), pl.lit(release).alias("map_release"), own_year=pl.lit(not apart)
            )
        )
    every = pl.concat(frames)
    _check_parents(every, vintage)
    chosen = every.sort("practice_code", "order").unique("practice_code", keep="first", maintain_order=True)
    areas = footprint.sub_icbs(vintage).select("sub_icb_ods", "icb_code")
    placed = join_exactly(
        chosen,
        areas,
        on=["sub_icb_ods"],
        cardinality="m:1",
        where=f"practice_areas {financial_year}: sub-ICB location to board",
        unmatched_ok=True,
    )
    named = placed.join(footprint.boards(vintage), on="icb_code", how="left", validate="m:1")
    frame = named.select(
        "practice_code",
        "practice_name",
        "sub_icb_ods",
        "icb_code",
        "region_code",
        "map_release",
        "own_year",
        first_map=pl.col("order") == 0,
    ).sort("practice_code")
    return Built(
        frame=frame,
        releases=tuple(sorted(frame["map_release"].unique())),
        counted=_counted(frame),
        notes=_notes(maps[0], financial_year),
    )


def _maps(reader: Reader, financial_year: str) -> list[tuple[int, str, str]]:
    """Rank the maps in hand: nearest first, QOF before the lists, the earlier of two as near."""
    found = [(months_apart(_position(part), financial_year), QOF, part) for part in reader.parts(QOF)]
    found += [
        (months_apart(part, financial_year), LISTS, part) for part in reader.parts(LISTS) if part.endswith("-map")
    ]
    if min((entry[0] for entry in found), default=MAX_MONTHS_APART + 1) > MAX_MONTHS_APART:
        return []
    near = [entry for entry in found if entry[0] <= FURTHER_MONTHS_APART]
    return sorted(near, key=lambda entry: (entry[0], entry[1] != QOF, entry[2]))


def _position(financial_year: str) -> str:
    """QOF describes the practices of 31 March, the end of its year."""
    return f"{start_year(financial_year) + 1}-03-{QOF}"


def _check_parents(practices: pl.DataFrame, vintage: Vintage) -> None:
    """Where a map already speaks of boards, its board must be one that its sub-ICB location belongs to."""
    ever = pl.concat(
        [
            footprint.sub_icbs(v).join(footprint.boards(v), on="icb_code").select("sub_icb_ods", "icb_ods")
            for v in Vintage
        ]
    ).unique()
    wrong = practices.filter(scheme="icb").join(ever, on=["sub_icb_ods", "icb_ods"], how="anti")
    if wrong.height:
        shown = wrong.select("practice_code", "sub_icb_ods", "icb_ods", "map_release").head(5).rows()
        raise LinkageError(
            f"practice map: {wrong.height} practices have a board that their sub-ICB location belongs to in no "
            f"footprint up to {vintage}: (practice, sub-ICB, board, release) {shown}",
            failures=wrong,
        )


def _counted(frame: pl.DataFrame) -> dict[str, int]:
    return {
        "practices found only in another year's map": frame.filter(~pl.col("first_map")).height,
        "practices whose sub-ICB location is in no board of the footprint": frame["icb_code"].null_count(),
    }


def _notes(first: tuple[int, str, str], financial_year: str) -> tuple[str, ...]:
    apart, source, part = first
    return (f"practice map of {source} {part}, the nearest in hand to {financial_year}",) if apart else ()
