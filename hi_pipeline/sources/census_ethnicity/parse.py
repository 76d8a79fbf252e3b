"""Census 2021, table TS021, to ``residents`` of each LSOA of England by ethnic group."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.text_tables import Form, number_rows, read_numbers

YEAR_COLUMN = "date"
NAME_COLUMN = "geography"
CODE_COLUMN = "geography code"
YEAR = "2021"

_ASIAN = "Asian, Asian British or Asian Welsh"
_BLACK = "Black, Black British, Black Welsh, Caribbean or African"
_MIXED = "Mixed or Multiple ethnic groups"

TOTAL = "total"
# The five broad groups and the nineteen groups that they are the sums of, with the publisher's words.
GROUPS = {
    "asian": {
        "asian": _ASIAN,
        "asian_bangladeshi": f"{_ASIAN}: Bangladeshi",
        "asian_chinese": f"{_ASIAN}: Chinese",
        "asian_indian": f"{_ASIAN}: Indian",
        "asian_pakistani": f"{_ASIAN}: Pakistani",
        "asian_other": f"{_ASIAN}: Other Asian",
    },
    "black": {
        "black": _BLACK,
        "black_african": f"{_BLACK}: African",
        "black_caribbean": f"{_BLACK}: Caribbean",
        "black_other": f"{_BLACK}: Other Black",
    },
    "mixed": {
        "mixed": _MIXED,
        "mixed_white_asian": f"{_MIXED}: White and Asian",
        "mixed_white_black_african": f"{_MIXED}: White and Black African",
        "mixed_white_black_caribbean": f"{_MIXED}: White and Black Caribbean",
        "mixed_other": f"{_MIXED}: Other Mixed or Multiple ethnic groups",
    },
    "white": {
        "white": "White",
        "white_british": "White: English, Welsh, Scottish, Northern Irish or British",
        "white_irish": "White: Irish",
        "white_gypsy_or_irish_traveller": "White: Gypsy or Irish Traveller",
        "white_roma": "White: Roma",
        "white_other": "White: Other White",
    },
    "other": {
        "other": "Other ethnic group",
        "other_arab": "Other ethnic group: Arab",
        "other_any": "Other ethnic group: Any other ethnic group",
    },
}
BROAD = tuple(GROUPS)
DETAIL = {broad: tuple(name for name in names if name != broad) for broad, names in GROUPS.items()}

# Our column for each of the publisher's, in the publisher's order.
COLUMNS = {
    TOTAL: "Ethnic group: Total: All usual residents",
    **{name: f"Ethnic group: {words}" for names in GROUPS.values() for name, words in names.items()},
}

COUNTRIES = {"E01": "England", "W01": "Wales"}


def parse(tables: RawTables, release: Release) -> Tables:
    """Return ``residents`` of England by LSOA; the LSOAs of Wales are counted and left out.

    Args:
        tables: "lsoa".
        release: the bulk file or the zip it comes in.

    Raises:
        LayoutError: another census than 2021, an area that is no LSOA of England or Wales, a cell that is no number.
    """
    raw = tables["lsoa"][0]
    where = f"census_ethnicity {release.edition}, {raw.member}"
    frame = number_rows(raw)
    years = frame[YEAR_COLUMN].unique().to_list()
    if years != [YEAR]:
        raise LayoutError(f"{where}: {YEAR_COLUMN} holds {years}; expected {YEAR} in every row")
    strange = frame.filter(~pl.col(CODE_COLUMN).str.contains(r"^[EW]01\d{6}$").fill_null(False))
    if strange.height:
        shown = strange.select(CODE_COLUMN, NAME_COLUMN).head(8).rows()
        raise LayoutError(f"{where}: {strange.height} rows are no LSOA of England or Wales: {shown}")
    for name, column in COLUMNS.items():
        frame = read_numbers(frame, column, tokens={}, where=where, form=Form.DIGITS)
        frame = frame.with_columns(pl.col(f"{column}_value").cast(pl.Int64).alias(name))
    country = pl.col(CODE_COLUMN).str.head(3).replace_strict(COUNTRIES, return_dtype=pl.String)
    everyone = frame.select(pl.col(CODE_COLUMN).alias("lsoa21_code"), *COLUMNS, country.alias("country"))
    wales = everyone.filter(pl.col("country") == "Wales")
    account = Account()
    account.left_out("LSOAs of Wales", wales.height)
    account.note(f"{int(wales[TOTAL].sum()):,} residents of Wales are left out")
    england = everyone.filter(pl.col("country") == "England").drop("country")
    return {"residents": england.sort("lsoa21_code"), ACCOUNT: account.frame()}
