"""The types of area in a file of Fingertips: which are read, under which level, and which boards have figures."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.geography import boards_of, vintage_of
from hi_pipeline.core.text_tables import map_labels
from hi_pipeline.sources.fingertips.figures import Figures

LEVELS: Mapping[str, str] = {
    "England": "england",
    "Regions (statistical)": "region_ons",
    "County": "county",
    "UA": "local_authority",
    "District": "local_authority",
    "Counties & UAs (from Apr 2023)": "upper_tier",  # read in public code, not in a file
    "ICBs": "icb_ons",  # no file of boards was seen: another spelling stops it
    "GPs": "practice",
}
# Area type of the interface, as in the name of an edition, to the level for which its file is read.
AREA_TYPES: Mapping[str, str] = {"221": "icb_ons", "7": "practice"}
# Areas that no indicator reads: the authorities or practices again, in other groups.
LEFT_OUT: Mapping[str, str] = {
    r"PCNs.*": "rows of primary care networks",
    r"Combined authorities": "rows of combined authorities",
    r"ONS 2011 (?:sub)?group": "rows of groups of alike authorities",
    r"PHE Centre": "rows of former public health centres",
}
_CODES: Mapping[str, str] = {
    "england": r"^E92000001$",
    "region_ons": r"^E12\d{6}$",
    "county": r"^E10\d{6}$",
    "local_authority": r"^E0[6-9]\d{6}$",
    "icb_ons": r"^E54\d{6}$",
    "practice": r"^[A-Z]\w{4,6}$",
    "upper_tier": r"^E(?:0[689]|10)\d{6}$",
}
# Counties and unitary authorities, metropolitan and London boroughs among these, are upper-tier authorities.
_UPPER_TIER = {"county": "upper_tier", "local_authority": "upper_tier"}
_WHOLE = {"authorities": ["local_authority"], "england": ["england"]}
_MAX_SHOWN = 8


def read_areas(frame: pl.DataFrame, area_type: str, facts: Figures, account: Account, where: str) -> pl.DataFrame:
    """Return the rows of the levels for which a file is read, with ``area_level``.

    Args:
        frame: rows of the file.
        area_type: of the interface; the file is then read for this level alone. "" reads all but ``own_files``.
        facts: of the indicator.
        account: counts what is left out.
        where: source and edition.

    Raises:
        LayoutError: a code that does not fit its area type, or no row of the level.
    """
    there = sorted(frame["Area Type"].unique())
    for pattern, reason in LEFT_OUT.items():
        matches = pl.col("Area Type").str.contains(f"^(?:{pattern})$")
        account.left_out(reason, frame.filter(matches).height)
        frame = frame.filter(~matches)
    frame = map_labels(frame, "Area Type", labels=LEVELS, into="area_level", account=account)
    level = pl.col("area_level")
    if facts.upper_tier:
        frame = frame.with_columns(level.replace(_UPPER_TIER))
    fits = pl.any_horizontal((level == name) & pl.col("Area Code").str.contains(rule) for name, rule in _CODES.items())
    odd = frame.filter(~fits)
    if odd.height:
        shown = odd.select("Area Type", "Area Code").unique(maintain_order=True).rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: codes that do not fit their area type: {shown}")
    wanted = {AREA_TYPES[area_type]} if area_type else set(LEVELS.values()) - set(facts.own_files)
    kept = frame.filter(level.is_in(sorted(wanted)))
    if kept.is_empty():
        raise LayoutError(
            f"{where}: no row of {sorted(wanted)}, for which the file is read; it has {there[:_MAX_SHOWN]}"
        )
    account.left_out("rows of areas for which another file is read", frame.height - kept.height)
    return kept


def note_boards(observations: pl.DataFrame, measure: str, account: Account) -> None:
    """Note how many boards of the footprint of each year have a figure: an area type does not promise all."""
    rows = observations.filter((pl.col("area_level") == "icb_ons") & (pl.col("measure") == measure))
    for year in sorted(rows["financial_year"].unique()):
        boards = {board.ons for board in boards_of(vintage_of(year))}
        of_year = rows.filter(financial_year=year)
        shown = boards & set(of_year.filter(status="ok")["area_code"])
        others = set(of_year["area_code"]) - boards
        account.note(
            f"{year}: {len(shown)} of {len(boards)} boards have a figure"
            + (f"; {len(others)} rows are of boards of another footprint" if others else "")
        )


def note_authorities(observations: pl.DataFrame, measure: str, account: Account) -> None:
    """Note the years in which authorities do not add up to England: abolished ones stand beside their successors."""
    sums = observations.filter(pl.col("measure") == measure).group_by("financial_year", maintain_order=True)
    found = sums.agg(
        *(
            pl.col("value").filter(pl.col("area_level").is_in(levels)).sum().alias(name)
            for name, levels in _WHOLE.items()
        )
    )
    for year, authorities, england in found.sort("financial_year").rows():
        if authorities and england and authorities != england:
            account.note(
                f"{year}: the denominators of unitary authorities and districts add up to {authorities:,.0f}, England "
                f"has {england:,.0f}: authorities of several vintages stand side by side and are not to be added"
            )
