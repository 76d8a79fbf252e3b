"""The list of patients behind a share of Core20: each practice and small area of a board, by what it adds.

The list has one row a practice and LSOA, which name the row of the file, and its counts are plain digits.
"""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import footprints_of
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.core20 import CORE20_DECILES, MAX_MONTHS_APART
from hi_pipeline.tables.reference.editions import imd_vintage_of
from hi_pipeline.tables.reference.patients import LISTS, patient_list, with_ranks
from hi_pipeline.tables.reference.practice_areas import areas_on_footprints


def patients_behind(reader: Reader, year: str, count: Mapping[str, object]) -> pl.DataFrame:
    """Return side, figure, share, area_code (practice and LSOA), value and text of the patients of an area.

    England is the sum of its boards and of what belongs to none: a million rows, which are not listed.
    """
    if count["area_type"] == AreaType.ENGLAND.value:
        return pl.DataFrame()
    patients = patient_list(reader, year, within=MAX_MONTHS_APART)
    (day,) = patients.frame["extract_date"].unique().to_list()
    built, _ = areas_on_footprints(reader, label_of_date(day), footprints_of(year))
    areas = next(areas for areas in built if areas.vintage.value == count["geography_vintage"])
    boards = footprint.boards(areas.vintage).select("icb_code", "region_code")
    placed = areas.frame.join(boards, on="icb_code", how="left", validate="m:1")
    code = count["icb_code"]
    inside = placed.filter((pl.col("icb_code") == code) | (pl.col("region_code") == code))
    listed = patients.frame.filter(lsoa_kind="england")
    own = (
        listed.join(placed.filter(pl.col("icb_code").is_not_null()), on="practice_code", how="anti")
        if code is None
        else listed.join(inside, on="practice_code", how="semi")
    )
    ranked, _ = with_ranks(reader, own, patients.edition, imd_vintage_of(year))
    deprived = pl.col("imd_decile").is_in(list(CORE20_DECILES))
    shares = ranked.group_by("practice_code", "listed_code", maintain_order=True).agg(
        numerator=pl.col("share").filter(deprived).sum(), denominator=pl.col("share").sum()
    )
    rows = own.join(
        shares, left_on=["practice_code", "lsoa_code"], right_on=["practice_code", "listed_code"], validate="1:1"
    )
    sides = [
        rows.filter(pl.col(side) > 0).select(
            pl.lit(side).alias("side"),
            pl.concat_str(pl.lit(f"{LISTS}/"), "practice_code", pl.lit(" "), "lsoa_code").alias("figure"),
            pl.col(side).alias("share"),
            pl.lit("practice and LSOA").alias("area_level"),
            pl.concat_str("practice_code", "lsoa_code", separator=" ").alias("area_code"),
            pl.lit("patients").alias("measure"),
            pl.col("patients").cast(pl.Float64).alias("value"),
            pl.lit("ok").alias("status"),
            pl.lit(f"{LISTS}:{patients.edition}").alias("release"),
            pl.lit("NUMBER_OF_PATIENTS").alias("column"),
            pl.col("patients").cast(pl.String).alias("text"),
        )
        for side in ("numerator", "denominator")
    ]
    return pl.concat(sides)
