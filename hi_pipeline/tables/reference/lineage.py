"""Which boards came from which: the residents that each board passed on to each board of the footprint in force."""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import CURRENT, Vintage
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.lsoa_boards import lsoa21_boards
from hi_pipeline.tables.reference.similar_boards import CENSUS

_KEY = ["geography_vintage", "icb_code", "successor_code"]


def build_lineage(reader: Reader, financial_year: str) -> Built:
    """Build one row for each board of an earlier footprint and board in force that it has residents in common with.

    People are residents of LSOAs (Census 2021). ``share`` is of the earlier board's people, ``share_of_successor`` of
    those of the board in force; both are 1 for a board that did not change.

    Raises:
        NothingToBuild: lookups or residents are not in hand.
        LinkageError: an LSOA has no board or no residents.
    """
    if not reader.parts(CENSUS):
        raise NothingToBuild(f"lineage {financial_year}: nothing of {CENSUS} is in hand")
    census = reader.parts(CENSUS)[-1]
    residents = reader.clean(CENSUS, "residents", census).select("total", lsoa_code="lsoa21_code")
    now, releases, said = lsoa21_boards(reader, CURRENT)
    behind, notes, frames = {*releases, *reader.releases(CENSUS, census)}, [said] if said else [], []
    for vintage in [v for v in Vintage if v < CURRENT]:
        then, used, derived = lsoa21_boards(reader, vintage)
        behind |= set(used)
        notes += [derived] if derived and derived not in notes else []
        frames.append(_passed_on(then, now, residents, vintage))
    frame = pl.concat(frames).sort(_KEY)
    return Built(frame=frame, releases=tuple(sorted(behind)), notes=tuple(notes))


def _passed_on(then: pl.DataFrame, now: pl.DataFrame, residents: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    people = then.join(now.rename({"icb_code": "successor_code"}), on="lsoa_code", how="full", validate="1:1")
    people = people.join(residents, on="lsoa_code", how="left", validate="1:1")
    lost = people.filter(pl.any_horizontal(pl.col("icb_code", "successor_code", "total").is_null()))
    if lost.height:
        raise LinkageError(
            f"lineage of {vintage}: {lost.height} LSOAs have no board on one of the footprints, or no residents, such "
            f"as {lost['lsoa_code'].to_list()[:8]}. Are lookup and census of the same LSOAs?",
            failures=lost,
        )
    shared = people.group_by("icb_code", "successor_code").agg(residents=pl.col("total").sum().cast(pl.Int64))
    names = footprint.boards(vintage).select("icb_code", "icb_name")
    heirs = footprint.boards(CURRENT).select(successor_code="icb_code", successor_name="icb_name")
    return (
        shared.join(names, on="icb_code", how="left", validate="m:1")
        .join(heirs, on="successor_code", how="left", validate="m:1")
        .select(
            pl.lit(vintage.value).alias("geography_vintage"),
            "icb_code",
            "icb_name",
            pl.lit(CURRENT.value).alias("successor_vintage"),
            "successor_code",
            "successor_name",
            "residents",
            share=pl.col("residents") / pl.col("residents").sum().over("icb_code"),
            share_of_successor=pl.col("residents") / pl.col("residents").sum().over("successor_code"),
        )
    )
