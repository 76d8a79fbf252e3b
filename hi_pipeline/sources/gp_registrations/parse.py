"""Practice by LSOA files to ``practice_lsoa`` and practice maps to ``practices``."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.agreement import validate_determines, validate_names
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.text_tables import Form, number_rows, read_numbers

PRACTICE_LSOA = "practice_lsoa"
PRACTICES = "practices"
MAP_STP = "map_stp"
MAP_ICB = "map_icb"

PUBLICATION = "GP_PRAC_PAT_LIST"
PERSONS = "ALL"

# What the text in the LSOA's place means, by pattern; anything else is refused.
# 2026-11: in hand were only E01, W01 and NO2011 (no LSOA of 2011 known for the address); the others are unconfirmed.
LSOA_KINDS = {
    r"^E01\d{6}$": "england",
    r"^W01\d{6}$": "wales",
    r"^(NO2011|NO2021|)$": "none",
    r"^(S01\d{6}|95[A-Z0-9]{6,7}|N2\d{7}|[ELMNSW]99999999)$": "other",
}
# The last code given to an LSOA of the 2011 census; later ones are of the 2021 census.
LAST_LSOA_2011 = "E01033768"

# Our column for each of the publisher's, by layout.
_COMMON = {
    "practice_code": "PRACTICE_CODE",
    "practice_name": "PRACTICE_NAME",
    "pcn": "PCN_CODE",
    "region_ods": "COMM_REGION_CODE",
    "region_ons": "ONS_COMM_REGION_CODE",
}
MAP_COLUMNS = {
    MAP_STP: {
        **_COMMON,
        "sub_icb_ods": "CCG_CODE",
        "sub_icb_ons": "ONS_CCG_CODE",
        "icb_ods": "STP_CODE",
        "icb_ons": "ONS_STP_CODE",
    },
    MAP_ICB: {
        **_COMMON,
        "sub_icb_ods": "SUB_ICB_LOCATION_CODE",
        "sub_icb_ons": "ONS_SUB_ICB_LOCATION_CODE",
        "icb_ods": "ICB_CODE",
        "icb_ons": "ONS_ICB_CODE",
    },
}
SCHEMES = {MAP_STP: "stp", MAP_ICB: "icb"}

_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return ``practice_lsoa`` or ``practices``, by the layout of the edition.

    Args:
        tables: "practice_lsoa" or "practices".
        release: the edition starts with the year and month of its extract, which the file must carry.

    Raises:
        LayoutError: another publication, date or sex than expected, an LSOA code of no known kind, no number.
        ValidationError: one code has two names, or two parents.
    """
    ((kind, raws),) = tables.items()
    where = f"gp_registrations {release.edition}, {raws[0].member}"
    frame = number_rows(raws[0]).with_columns(pl.col(pl.String).str.strip_chars().fill_null(""))
    _expect(frame, "PUBLICATION", PUBLICATION, where)
    frame = _extract_date(frame, release, where)
    if kind == PRACTICE_LSOA:
        return {PRACTICE_LSOA: _practice_lsoa(frame, where)}
    return {PRACTICES: _practices(frame, release, where)}


def _practice_lsoa(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    _expect(frame, "SEX", PERSONS, where)
    validate_names(frame, [("PRACTICE_CODE", "PRACTICE_NAME")], where=where)
    kind = pl.lit("?")
    for pattern, name in LSOA_KINDS.items():
        kind = pl.when(pl.col("LSOA_CODE").str.contains(pattern)).then(pl.lit(name)).otherwise(kind)
    frame = frame.with_columns(kind.alias("lsoa_kind"))
    unknown = frame.filter(pl.col("lsoa_kind") == "?")["LSOA_CODE"].unique().sort()
    if unknown.len():
        raise LayoutError(
            f"{where}: {unknown.len()} LSOA codes are of no known kind, such as {unknown.to_list()[:_MAX_SHOWN]}. "
            "If the publisher has a new mark for patients without an LSOA, add it to LSOA_KINDS in parse.py."
        )
    english = pl.col("LSOA_CODE").filter(pl.col("lsoa_kind") == "england")
    later = frame.select((english > LAST_LSOA_2011).any()).item()
    return (
        read_numbers(frame, "NUMBER_OF_PATIENTS", tokens={}, where=where, form=Form.DIGITS)
        .select(
            pl.col("PRACTICE_CODE").alias("practice_code"),
            pl.col("LSOA_CODE").alias("lsoa_code"),
            "lsoa_kind",
            pl.lit("2021" if later else "2011").alias("lsoa_vintage"),
            pl.col("NUMBER_OF_PATIENTS_value").cast(pl.Int64).alias("patients"),
            "extract_date",
        )
        .sort("practice_code", "lsoa_code")
    )


def _practices(frame: pl.DataFrame, release: Release, where: str) -> pl.DataFrame:
    columns = MAP_COLUMNS[release.layout]
    _check_areas(frame, columns, where)
    names = ("practice_code", "practice_name", "pcn", "sub_icb_ods", "sub_icb_ons", "icb_ods", "icb_ons")
    return frame.select(
        *(pl.col(columns[name]).alias(name) for name in (*names, "region_ods", "region_ons")),
        pl.lit(SCHEMES[release.layout]).alias("scheme"),
        "extract_date",
    ).sort("practice_code")


def _check_areas(frame: pl.DataFrame, columns: Mapping[str, str], where: str) -> None:
    """Each area's two codes, name and parent are the same on the rows of all its practices."""
    for level, parent in {"sub_icb": "icb_ods", "icb": "region_ods", "region": None}.items():
        ods, ons = columns[f"{level}_ods"], columns[f"{level}_ons"]
        validate_determines(frame, [ods], [ons, columns[parent]] if parent else [ons], where=where)
        validate_determines(frame, [ons], [ods], where=where)
        validate_names(frame, [(ods, f"{ods.removesuffix('_CODE')}_NAME")], where=where)
    validate_names(frame, [(columns["pcn"], "PCN_NAME")], where=where)


def _extract_date(frame: pl.DataFrame, release: Release, where: str) -> pl.DataFrame:
    # 2026-11: "01JUL2022" in one file, "01Oct2024" in another, "01-Sep-20" in a third.
    text = pl.col("EXTRACT_DATE").str.replace(r"^(\d\d)-([A-Za-z]{3})-(\d\d)$", "${1}${2}20${3}")
    day = text.str.to_titlecase().str.to_date("%d%b%Y", strict=False)
    read = frame.with_columns(day.alias("extract_date"))
    wrong = read.filter((pl.col("extract_date").dt.strftime("%Y-%m") != release.edition[:7]).fill_null(True))
    if wrong.height:
        raise LayoutError(
            f"{where}: {wrong.height} rows carry as EXTRACT_DATE {wrong['EXTRACT_DATE'].unique().to_list()[:3]}; "
            f"expected a day of {release.edition[:7]}. Is this the file of another month?"
        )
    return read


def _expect(frame: pl.DataFrame, column: str, text: str, where: str) -> None:
    other = frame.filter(pl.col(column) != text)[column].unique().sort().to_list()
    if other:
        raise LayoutError(f"{where}: {column} holds {other[:_MAX_SHOWN]}; expected {text!r} in every row")
