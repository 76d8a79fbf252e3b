"""Made-up extracts for tests: counts by a rule, of nobody."""

import polars as pl

from hi_pipeline.core.groups import ETHNIC_BROAD
from hi_pipeline.extracts.contract import (
    COLUMNS,
    DECILE_LABELS,
    EXTRACTS,
    GROUPS,
    SEX_LABELS,
    band_bounds,
    standard_bands,
)
from hi_pipeline.extracts.template import template

INDICATOR = "act_emergency_dsr"


def people(band: str, decile: int = 5) -> int:
    """Return made-up people of a band: fewer of the old, and fewer still of them where it is most deprived."""
    low = band_bounds(band)[0]
    return (2_000 - 12 * low) * (20 + decile if low >= 65 else 30) // 30


def row(numerator: int | str, denominator: int | str = "", **groups: str) -> dict[str, str | None]:
    """Return a row of an extract, with the words that all rows share."""
    fixed = {
        "indicator_id": INDICATOR,
        "period_start": "2024-04-01",
        "period_end": "2025-03-31",
        "area_code": "QHM",
        "area_type": "icb",
        "suppression_flag": "none",
        "source_note": "made-up counts",
        "numerator": str(numerator),
        "denominator": str(denominator),
    }
    fixed |= {"ethnicity_scheme": "2001"} if "ethnic_group" in groups else {}
    fixed |= {"imd_vintage": "2019"} if "imd_decile" in groups else {}
    return {name: (fixed | groups).get(name) or None for name in COLUMNS}


def strata(*, by: str = "", labels: tuple[str, ...] = ("",), step: int = 10) -> list[dict[str, str | None]]:
    """Return rows by sex and age band, within each label of a further column where one is named."""
    found = []
    for label in labels:
        for sex in SEX_LABELS:
            for n, band in enumerate(standard_bands((0, 200))):
                decile = int(label) if label.isdigit() else 5
                group = {by: label} if by else {}
                found.append(row(step + n, people(band, decile), sex=sex, age_band=band, **group))
    return found


def standardised() -> pl.DataFrame:
    """Return a right extract of a standardised rate by decile (all else follows), one row a group."""
    return frame(strata(by="imd_decile", labels=DECILE_LABELS))


def by_ethnicity() -> pl.DataFrame:
    """Return a right extract of a standardised rate by broad ethnic group."""
    return frame(strata(by="ethnic_group", labels=ETHNIC_BROAD))


def filled(indicator: str, *, board: str = "QHM", year: int = 2024, per_group: int = 10) -> pl.DataFrame:
    """Return an indicator's template with counts in it: groups of one size, so that every table adds up to the same.

    Args:
        indicator: any that an extract is read of.
        board: ODS code.
        year: in which the financial year starts.
        per_group: events of the smallest group; a hundred times as many people.
    """
    table = pl.read_csv(template(indicator).encode(), infer_schema=False)
    said = {
        "period_start": f"{year}-04-01",
        "period_end": f"{year + 1}-03-31",
        "area_code": board,
        "suppression_flag": "none",
        "source_note": "made-up counts",
    }
    table = table.with_columns(pl.lit(word).alias(name) for name, word in said.items())
    size = pl.lit(per_group if EXTRACTS[indicator].groups else 1)
    for name in GROUPS:
        if name in table.columns:
            size = size * pl.when(pl.col(name).is_null()).then(table[name].drop_nulls().n_unique()).otherwise(1)
    table = table.with_columns(numerator=size.cast(pl.String))
    if "denominator" in table.columns:
        table = table.with_columns(denominator=(100 * size).cast(pl.String))
    if "imd_decile" in table.columns:
        table = table.with_columns(imd_vintage=pl.when(pl.col("imd_decile").is_not_null()).then(pl.lit("2019")))
    return table


def frame(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    """Return rows as the text of a file."""
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def put(table: pl.DataFrame, column: str, value: str | None, *, at: int = 0) -> pl.DataFrame:
    """Return the table with one cell changed; ``at`` is the row below the header."""
    cells = table[column].to_list()
    cells[at] = value
    return table.with_columns(pl.Series(column, cells, dtype=pl.String))
