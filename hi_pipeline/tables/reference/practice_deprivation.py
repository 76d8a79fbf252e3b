"""How deprived each practice's patients are: mean national rank, national fifth of practices, list by LSOA fifth."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.tables.reference.patients import imd_vintages, patient_list, ranked_patients

FIFTHS = 5


def build_practice_deprivation(reader: Reader, financial_year: str) -> Built:
    """Build one row a practice and edition of the Indices (2019, 2025), from the list nearest to the year.

    Mean rank: sum of patients times the national rank of their LSOA over patients of English LSOAs. Fifth: OHID's
    rule on that mean among all practices of the list, 1 = most deprived. Patients of Wales and of no known LSOA
    count in ``patients`` and stand apart; they do not weigh in the mean.

    Raises:
        NothingToBuild: no list, or no Indices.
        LinkageError: patients live in an English LSOA that is not ranked.
    """
    patients = patient_list(reader, financial_year)
    vintages = imd_vintages(reader)
    if not vintages:
        raise NothingToBuild(f"practice_deprivation {financial_year}: no Indices of Deprivation are in hand")
    apart = _apart(patients.frame)
    frames, releases = [], set(patients.releases)
    for vintage in vintages:
        ranked, used = ranked_patients(reader, patients, vintage)
        releases |= set(used)
        behind = ";".join(sorted({*patients.releases, *used}))
        frames.append(_by_practice(apart, ranked).with_columns(imd_vintage=pl.lit(vintage), releases=pl.lit(behind)))
    frame = pl.concat(frames).with_columns(list_release=pl.lit(patients.releases[0]))
    return Built(
        frame=frame.select("practice_code", "imd_vintage", pl.exclude("practice_code", "imd_vintage")).sort(
            "practice_code", "imd_vintage"
        ),
        releases=tuple(sorted(releases)),
        counted=_counted(apart),
        notes=(patients.note,) if patients.note else (),
    )


def _apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Count each practice's patients: all, those of Wales and those of no known LSOA."""
    patients, kind = pl.col("patients"), pl.col("lsoa_kind")
    return rows.group_by("practice_code").agg(
        patients=added(patients),
        patients_wales=added(patients.filter(kind == "wales")),
        patients_no_lsoa=added(patients.filter(kind.is_in(["none", "other"]))),
    )


def _by_practice(apart: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    # Imported here, so that commands that only read need no numpy.
    from hi_pipeline.stats.quantiles import quantile

    fifth = ((pl.col("imd_decile") + 1) / 2).floor()
    # Sums of fractions in one fixed order, so that the same input gives the same bytes.
    sums = (
        ranked.sort("practice_code", "imd_rank")
        .group_by("practice_code", maintain_order=True)
        .agg(
            weighted=added(pl.col("patients") * pl.col("imd_rank")),
            known=added("patients"),
            **{f"patients_fifth_{n}": added(pl.col("patients").filter(fifth == n)) for n in range(1, FIFTHS + 1)},
        )
    )
    joined = apart.join(sums, on="practice_code", how="left", validate="1:1")
    mean = pl.when(pl.col("known") > 0).then(pl.col("weighted") / pl.col("known"))
    joined = joined.with_columns(mean_rank=mean).sort("practice_code")
    fifths = quantile(joined, value="mean_rank", k=FIFTHS, invert=False)["quantile"]
    return joined.with_columns(quintile=fifths.cast(pl.Int32)).drop("weighted", "known")


def _counted(apart: pl.DataFrame) -> dict[str, int]:
    return {
        "patients in Wales": int(apart["patients_wales"].sum()),
        "patients of no known LSOA": int(apart["patients_no_lsoa"].sum()),
        "practices without a patient in an English LSOA": apart.filter(
            pl.col("patients") == pl.col("patients_wales") + pl.col("patients_no_lsoa")
        ).height,
        "practices on the list": apart.height,
    }
