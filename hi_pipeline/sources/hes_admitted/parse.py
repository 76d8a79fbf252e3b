"""Hospital admitted patient care: admissions by sub-ICB location, England by diagnosis, group, age and sex."""

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.row_index import ROW_INDEX
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.sources.hes_admitted.codes import read_codes
from hi_pipeline.sources.hes_admitted.diagnoses import read_diagnoses
from hi_pipeline.sources.hes_admitted.groups import read_ages, read_groups
from hi_pipeline.sources.hes_admitted.locations import read_locations

_CODES = "codes"
_READ = {"locations": read_locations, "diagnoses": read_diagnoses, "groups": read_groups, "ages": read_ages}


def parse(tables: RawTables, release: Release) -> Tables:
    """Return what the edition's file holds: figures by location, or England's by diagnoses, by group, or by age.

    Raises:
        LayoutError: a header, code, name or token that is not declared.
        ValidationError: a row twice there, parts that do not fit their whole, or a location without a row.
    """
    account = Account()
    ((name, (raw,)),) = ((name, held) for name, held in tables.items() if name != _CODES)
    where = f"hes_admitted {release.edition}"
    found: dict[str, pl.DataFrame] = _READ[name](raw, release, account, f"{where}, {raw.member!r}")
    for sheet in tables.get(_CODES, ()):
        of_codes = read_codes(sheet, release, account, f"{where}, {sheet.member!r}")
        both = {table: pl.concat([found[table], of_codes[table]]) for table in ("observations", ROW_INDEX)}
        found |= of_codes | both
    return {**found, ACCOUNT: account.frame()}
