"""England's episodes and admissions by three-character code of the primary diagnosis: strokes and heart attacks."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.observations import to_observations, unverified
from hi_pipeline.core.row_index import ROW_INDEX, row_index_of
from hi_pipeline.core.source import RawTable, Release
from hi_pipeline.sources.hes_admitted.diagnoses import FIGURES, england_figures, table_of
from hi_pipeline.sources.hes_admitted.layouts import CODE_FIRST, CODE_HEADER
from hi_pipeline.sources.hes_admitted.sheets import read_body, validate_exact

# Strokes without their late effects (I69), and heart attacks with later ones of the same four weeks (I22).
STROKE, HEART_ATTACK = ("I60", "I61", "I62", "I63", "I64"), ("I21", "I22")
CODES: Mapping[str, str] = {code: code.lower() for code in (*STROKE, *HEART_ATTACK)}
MEASURES = tuple(f"{name}_{figure}" for name in CODES.values() for figure in FIGURES)
_NOTE = "by three-character code of the primary diagnosis: not standardised, no figure of the statement"


def read_codes(raw: RawTable, release: Release, account: Account, where: str) -> dict[str, pl.DataFrame]:
    """Return ``observations`` of the codes that are read, with the row index, and ``codes``: the same as a table.

    Raises:
        LayoutError: the header or the year is not as declared, or a code that is read is absent.
        ValidationError: admissions that are not their four methods, or episodes not their sexes.
    """
    year = release.financial_years[0]
    rows = read_body(raw, CODE_HEADER, first=CODE_FIRST, year=year, where=where, only=CODES, account=account)
    absent = set(CODES) - set(rows["code"])
    if absent:
        raise LayoutError(f"{where}: no rows of {sorted(absent)}; expected every code. Fetch the file again.")
    validate_exact(rows, where=where)
    account.note(f"of the sheet of three-character codes {', '.join(CODES)} are read")
    figures = unverified(england_figures(rows, CODES, year, note=_NOTE, first=CODE_FIRST))
    return {
        "observations": to_observations(figures),
        ROW_INDEX: row_index_of(figures, release),
        "codes": table_of(rows, year),
    }
