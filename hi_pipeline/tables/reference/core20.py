"""Core20: registered patients of each board who live in the most deprived fifth of England's LSOAs."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import footprints_of
from hi_pipeline.tables.assemble import RELEASES
from hi_pipeline.tables.reference.patients import imd_vintages, patient_list, ranked_patients
from hi_pipeline.tables.reference.practice_areas import areas_on_footprints
from hi_pipeline.tables.sums import joined_releases

# Further away than a year, the same list again would pass for a figure of another year.
MAX_MONTHS_APART = 12
CORE20_DECILES = (1, 2)


def build_core20_population(reader: Reader, financial_year: str) -> Built:
    """Build patients, and those in deciles 1 and 2, one row a footprint, board and edition of the Indices.

    Registered patients by the LSOA they live in and the board of their practice. The list is the year's own or the
    nearest within a year of it. Practices on the list without a board are one row without a code.

    Raises:
        NothingToBuild: no list within a year of the financial year, or no Indices.
    """
    patients = patient_list(reader, financial_year, within=MAX_MONTHS_APART)
    vintages = imd_vintages(reader)
    if not vintages:
        raise NothingToBuild(f"core20_population {financial_year}: no Indices of Deprivation are in hand")
    (day,) = patients.frame["extract_date"].unique().to_list()
    # The practices of the list, not of the year: one list gives an unchanged board one figure in every year.
    built, absent = areas_on_footprints(reader, label_of_date(day), footprints_of(financial_year))
    frames: list[pl.DataFrame] = []
    counted: dict[str, int] = {}
    releases = set(patients.releases).union(*(areas.releases for areas in built))
    for areas in built:
        placed = areas.frame.select("practice_code", "icb_code")
        listed = areas.frame.join(patients.frame, on="practice_code", how="semi")
        maps = listed.group_by("icb_code").agg(pl.col(RELEASES).unique().str.join(";"))
        every = _to_boards(patients.frame.select("practice_code", pl.col("patients").cast(pl.Float64)), placed)
        lost = every.filter(pl.col("icb_code").is_null())["patients"].sum()
        counted[f"patients of practices without a board, {areas.vintage}"] = int(lost)
        for edition in vintages:
            ranked, used = ranked_patients(reader, patients, edition)
            releases |= set(used)
            boards = _by_board(every, ranked, placed).join(
                maps, on="icb_code", how="left", nulls_equal=True, validate="1:1"
            )
            frames.append(
                boards.with_columns(
                    joined_releases(boards[RELEASES], {*patients.releases, *used}),
                    geography_vintage=pl.lit(areas.vintage.value),
                    imd_vintage=pl.lit(edition),
                )
            )
    frame = pl.concat(frames).with_columns(snapshot=pl.lit(day, dtype=pl.Date))
    columns = ["geography_vintage", "icb_code", "imd_vintage", "patients_all", "patients", "patients_core20"]
    return Built(
        frame=frame.select(*columns, "snapshot", "releases").sort(columns[:3], nulls_last=True),
        releases=tuple(sorted(releases)),
        counted=counted,
        notes=tuple(dict.fromkeys(note for note in (patients.note, *built[-1].notes, *absent) if note)),
    )


def _by_board(every: pl.DataFrame, ranked: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    deprived = ranked.filter(pl.col("imd_decile").is_in(CORE20_DECILES))
    joined = every.rename({"patients": "patients_all"})
    for name, rows in (("patients", ranked), ("patients_core20", deprived)):
        summed = _to_boards(rows, placed).rename({"patients": name})
        joined = joined.join(summed, on="icb_code", how="left", nulls_equal=True, validate="1:1")
    return joined.with_columns(pl.col("patients", "patients_core20").fill_null(0.0))


def _to_boards(rows: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Sum patients by the board of their practice; practices without one are the row without a code."""
    by_practice = (
        rows.sort("practice_code", *(c for c in ("imd_rank",) if c in rows.columns))
        .group_by("practice_code", maintain_order=True)
        .agg(added("patients"))
    )
    placed = by_practice.join(areas, on="practice_code", how="left", validate="m:1")
    return placed.group_by("icb_code", maintain_order=True).agg(added("patients"))
