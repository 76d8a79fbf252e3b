"""Core20: registered patients of each board who live in the most deprived fifth of England's LSOAs."""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.tables.reference.patients import imd_vintages, patient_list, ranked_patients

# Further away than a year, the same list again would pass for a figure of another year.
MAX_MONTHS_APART = 12
CORE20_DECILES = (1, 2)


def build_core20_population(reader: Reader, financial_year: str) -> Built:
    """Build one row a board and edition of the Indices: patients, those in deciles 1 and 2, those of no LSOA.

    Registered patients by the LSOA they live in and the board of their practice. The list is the year's own or the
    nearest within a year of it. Practices on the list without a board are one row without a code.

    Raises:
        NothingToBuild: no list within a year of the financial year, or no Indices.
    """
    patients = patient_list(reader, financial_year, within=MAX_MONTHS_APART)
    vintages = imd_vintages(reader)
    if not vintages:
        raise NothingToBuild(f"core20_population {financial_year}: no Indices of Deprivation are in hand")
    areas = reader.linked("practice_areas", financial_year).select("practice_code", "icb_code")
    day = patients.frame["extract_date"].first()
    every = _to_boards(patients.frame.select("practice_code", pl.col("patients").cast(pl.Float64)), areas)
    frames, releases = [], {*patients.releases, *reader.releases("practice_areas", financial_year)}
    for vintage in vintages:
        ranked, used = ranked_patients(reader, patients, vintage)
        releases |= set(used)
        deprived = ranked.filter(pl.col("imd_decile").is_in(CORE20_DECILES))
        frames.append(
            every.rename({"patients": "patients_all"})
            .join(_to_boards(ranked, areas), on="icb_code", how="left", nulls_equal=True, validate="1:1")
            .join(
                _to_boards(deprived, areas).rename({"patients": "patients_core20"}),
                on="icb_code",
                how="left",
                nulls_equal=True,
                validate="1:1",
            )
            .with_columns(
                pl.col("patients", "patients_core20").fill_null(0.0),
                imd_vintage=pl.lit(vintage),
                releases=pl.lit(";".join(sorted({*patients.releases, *used}))),
            )
        )
    frame = pl.concat(frames).with_columns(snapshot=pl.lit(day, dtype=pl.Date)).sort("icb_code", "imd_vintage")
    lost = every.filter(pl.col("icb_code").is_null())["patients"].sum()
    return Built(
        frame=frame.select(
            "icb_code", "imd_vintage", "patients_all", "patients", "patients_core20", "snapshot", "releases"
        ),
        releases=tuple(sorted(releases)),
        counted={"patients of practices without a board": int(lost)},
        notes=(patients.note,) if patients.note else (),
    )


def _to_boards(rows: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Sum patients by the board of their practice; practices without one are the row without a code."""
    by_practice = (
        rows.sort("practice_code", *(c for c in ("imd_rank",) if c in rows.columns))
        .group_by("practice_code", maintain_order=True)
        .agg(pl.col("patients").sum())
    )
    placed = by_practice.join(areas, on="practice_code", how="left", validate="m:1")
    return placed.group_by("icb_code", maintain_order=True).agg(pl.col("patients").sum())
