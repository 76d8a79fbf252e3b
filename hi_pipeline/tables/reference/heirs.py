"""Sub-ICB locations that were parted between boards: which LSOA went where, and so which practice.

Frimley (D4U1Y) was parted in April 2026. Until the ONS lookup of LSOAs of 2026 is in hand its LSOAs go by district:
2026-11, derived from the lookup LSOA11_SICBL22_ICB22_LAD22 and from the names of the new boards' parts.
"""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.icb_codes import SUB_ICBS_PARTED
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.lsoa import LOOKUP, pieces
from hi_pipeline.tables.reference.patients import patient_list

GEOGRAPHY = "ons_geography"
BEFORE, AFTER = "2022-lsoa", "2026-lsoa"
# Districts of the parted location (codes of 2022) to the locations of April 2026.
DISTRICTS = {
    "E06000036": "E38000268",  # Bracknell Forest to U2G6B, Thames Valley
    "E06000039": "E38000268",  # Slough
    "E06000040": "E38000268",  # Windsor and Maidenhead
    "E07000089": "E38000266",  # Hart to D9Y0V, Hampshire and Isle of Wight
    "E07000092": "E38000266",  # Rushmoor
    "E07000214": "E38000267",  # Surrey Heath to 92A, Surrey and Sussex
    "E07000216": "E38000267",  # Waverley, the part in Frimley
    "E07000209": "E38000267",  # Guildford, the part in Frimley
    "E07000212": "E38000267",  # Runnymede, the part in Frimley
}
DERIVED = "Frimley by district, derived, as no lookup of LSOAs of April 2026 is in hand"
# A practice goes whole to the heir of most of its patients; one with less than this share there is listed.
CLEAR_SHARE = 0.8


def lsoa_locations(reader: Reader, vintage: Vintage) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    """Return the location of every English LSOA of 2011 on a footprint.

    Returns:
        lsoa_code (2011), sub_icb_ons (July 2022), here_ons, icb_code (both null where nothing says where it went);
        the ids of the releases; what is derived, "" where nothing is.

    Raises:
        NothingToBuild: the lookup of LSOAs of 2022 is not in hand.
        LinkageError: a district of a parted location that nobody has declared.
    """
    if not reader.holds(GEOGRAPHY, BEFORE):
        raise NothingToBuild("LSOAs to boards: the ONS lookup of LSOAs of 2022 is not in hand")
    lsoas = reader.clean(GEOGRAPHY, "lsoa_areas", BEFORE).select("lsoa_code", "sub_icb_ons", "lad_code")
    releases = reader.releases(GEOGRAPHY, BEFORE)
    there = footprint.sub_icbs(vintage).select("icb_code", here_ons="sub_icb_ons")
    held = footprint.holding_sub_icbs(vintage).select("sub_icb_ons", "here_ons")
    placed = lsoas.join(held, on="sub_icb_ons", how="left", validate="m:1")
    said = ""
    if placed["here_ons"].null_count():
        heirs, used, said = _heirs(reader, placed.filter(pl.col("here_ons").is_null()), there)
        placed = placed.join(heirs, on="lsoa_code", how="left", validate="1:1")
        placed = placed.with_columns(pl.coalesce("here_ons", "heir").alias("here_ons"))
        releases += used
    located = placed.join(there, on="here_ons", how="left", validate="m:1")
    return located.select("lsoa_code", "sub_icb_ons", "lad_code", "here_ons", "icb_code"), releases, said


def _heirs(reader: Reader, lsoas: pl.DataFrame, there: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    """Return lsoa_code, heir of LSOAs of parted locations: by the lookup of the new footprint, else by district."""
    if reader.holds(GEOGRAPHY, AFTER):
        after = reader.clean(GEOGRAPHY, "lsoa_areas", AFTER).select(lsoa21_code="lsoa_code", heir="sub_icb_ons")
        # An LSOA of 2011 that was split goes where most of its residents live.
        most = pieces(reader).join(after, on="lsoa21_code", how="left", validate="m:1")
        most = most.group_by("lsoa11_code", "heir").agg(added("residents"))
        most = most.sort("residents", "heir", descending=[True, False]).unique("lsoa11_code", keep="first")
        used = (*reader.releases(GEOGRAPHY, AFTER), *reader.releases(GEOGRAPHY, LOOKUP))
        found, said = most.select("heir", lsoa_code="lsoa11_code"), ""
    else:
        heir = pl.col("lad_code").replace_strict(DISTRICTS, default=None, return_dtype=pl.String)
        found, used, said = lsoas.select("lsoa_code", heir=heir), (), DERIVED
    lost = lsoas.join(found.filter(pl.col("heir").is_in(there["here_ons"].implode())), on="lsoa_code", how="anti")
    if lost.height:
        raise LinkageError(
            f"{lost.height} LSOAs of locations that were split have no successor: districts "
            f"{lost['lad_code'].unique().sort().to_list()[:8]}; declare them in tables/reference/heirs.py",
            failures=lost,
        )
    return found.join(lsoas, on="lsoa_code", how="semi"), used, said


def practice_heirs(
    reader: Reader, financial_year: str, vintage: Vintage, practices: pl.Series
) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    """Place practices of parted locations with the heir of most of their patients there.

    Args:
        reader: gives the list of patients nearest to the year.
        financial_year: the year.
        vintage: the footprint.
        practices: codes of the practices.

    Returns:
        practice_code, here_ons, icb_code, share (of its patients in the parted locations, those of that heir); the
        ids of the releases; what is derived.

    Raises:
        NothingToBuild: no list of patients by LSOA, or no lookup, is in hand.
    """
    patients = patient_list(reader, financial_year)
    located, releases, said = lsoa_locations(reader, vintage)
    parted = located.filter(pl.col("sub_icb_ons").is_in(list(SUB_ICBS_PARTED)))
    rows = patients.frame.filter(pl.col("practice_code").is_in(practices.implode()), lsoa_kind="england")
    rows = rows.select("practice_code", "lsoa_code", pl.col("patients").cast(pl.Float64), "lsoa_vintage")
    if rows.filter(lsoa_vintage="2021").height:
        rows = _on_lsoas_of_2011(reader, rows)
    by_heir = (
        rows.join(parted, on="lsoa_code", how="inner", validate="m:1")
        .group_by("practice_code", "here_ons", "icb_code")
        .agg(added("patients"))
        .filter(pl.col("patients") > 0)
        .with_columns(share=pl.col("patients") / pl.col("patients").sum().over("practice_code"))
        .sort("practice_code", "share", "here_ons", descending=[False, True, False])
    )
    first = by_heir.unique("practice_code", keep="first", maintain_order=True)
    return first.select("practice_code", "here_ons", "icb_code", "share"), (*patients.releases, *releases), said


def _on_lsoas_of_2011(reader: Reader, rows: pl.DataFrame) -> pl.DataFrame:
    shares = pieces(reader).select("lsoa11_code", "share_of_21", lsoa_code="lsoa21_code")
    moved = rows.join(shares, on="lsoa_code", how="left", validate="m:m")
    return moved.select(
        "practice_code",
        pl.col("patients") * pl.col("share_of_21").fill_null(1.0),
        lsoa_code=pl.coalesce("lsoa11_code", "lsoa_code"),
    )
