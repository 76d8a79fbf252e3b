"""Hospital admitted patient care: admissions by sub-ICB location of responsibility, and England by diagnosis."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.sources.hes_admitted.diagnoses import read_diagnoses
from hi_pipeline.sources.hes_admitted.locations import read_locations


def parse(tables: RawTables, release: Release) -> Tables:
    """Return what the edition's workbook holds: figures by location, or England's by block of diagnoses.

    Raises:
        LayoutError: a header, code, name or token that is not declared.
        ValidationError: a row twice there, parts that do not fit their whole, or a location without a row.
    """
    account = Account()
    name = "locations" if "locations" in tables else "diagnoses"
    raw = tables[name][0]
    where = f"hes_admitted {release.edition}, sheet {raw.member!r}"
    read = read_locations if name == "locations" else read_diagnoses
    found: dict[str, pl.DataFrame] = read(raw, release, account, where)
    return {**found, ACCOUNT: account.frame()}
