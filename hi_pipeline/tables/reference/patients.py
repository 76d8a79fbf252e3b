"""The list of patients by practice and LSOA, each LSOA with its national rank, decile and fifth of deprivation."""

from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.tables.reference.editions import nearest, said
from hi_pipeline.tables.reference.lsoa import LOOKUP, pieces

LISTS = "gp_registrations"
# The census whose LSOAs each edition of the Indices ranks.
LSOAS_OF = {"2019": "2011", "2025": "2021"}
# Shares add to one but for the last digits of their sum.
SLACK = 1e-9
_BATCH = ["practice_code", "lsoa_code", "patients"]


@dataclass(frozen=True, kw_only=True)
class PatientList:
    """The list used for a financial year.

    Attributes:
        frame: practice_code, lsoa_code, lsoa_kind (england, wales, none, other), lsoa_vintage, patients.
        edition: its edition; apart: months that it lies outside the year.
        releases: ids of what it came from.
    """

    frame: pl.DataFrame
    edition: str
    apart: int
    releases: tuple[str, ...]

    @property
    def note(self) -> str:
        """Return what to say where the list is not the year's own, else ""."""
        return said(self.edition, self.apart, what="list of patients")


def patient_list(reader: Reader, financial_year: str, *, within: int | None = None) -> PatientList:
    """Return the list nearest to a financial year.

    Raises:
        NothingToBuild: no list is in hand, or none within so many months.
    """
    lists = tuple(part for part in reader.parts(LISTS) if part.endswith("-lsoa"))
    edition, apart = nearest(lists, financial_year, what="list of patients by LSOA", within=within)
    frame = reader.clean(LISTS, "practice_lsoa", edition)
    return PatientList(frame=frame, edition=edition, apart=apart, releases=reader.releases(LISTS, edition))


def imd_vintages(reader: Reader) -> tuple[str, ...]:
    """Return the editions of the Indices that are in hand."""
    return tuple(vintage for vintage in LSOAS_OF if reader.parts(f"iod{vintage}"))


def ranked_patients(reader: Reader, patients: PatientList, vintage: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Give the patients of English LSOAs the rank and decile of where they live.

    Where the list is on LSOAs of another census than the Indices, patients of a split LSOA are shared among its
    parts by Census 2021 residents.

    Returns:
        practice_code, imd_rank, imd_decile, patients (Float64, fractions where shared), and the ids of releases.

    Raises:
        NothingToBuild: the Indices are not in hand.
        LinkageError: patients live in an LSOA that the Indices do not rank.
    """
    english = patients.frame.filter(lsoa_kind="england")
    ranked, releases = with_ranks(reader, english, patients.edition, vintage)
    return ranked.drop("listed_code", "share"), releases


def with_ranks(
    reader: Reader, english: pl.DataFrame, edition: str, vintage: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Do what ``ranked_patients`` does for some rows of a list, those of English LSOAs.

    Returns:
        practice_code, listed_code (the LSOA on the list), share (of its patients, those in the ranked LSOA), imd_rank,
        imd_decile, patients; and the ids of releases.

    Raises:
        NothingToBuild: the Indices are not in hand.
        LinkageError: patients live in LSOAs that they do not rank.
    """
    source = f"iod{vintage}"
    parts = reader.parts(source)
    if not parts:
        raise NothingToBuild(f"patients by deprivation: the Indices of {vintage} are not in hand")
    imd = reader.clean(source, "lsoa_imd", parts[-1]).select("lsoa_code", "imd_rank", "imd_decile")
    rows, moved = on_lsoas_of(reader, english, LSOAS_OF[vintage])
    releases = (*reader.releases(source, parts[-1]), *moved)
    ranked = rows.join(imd, on="lsoa_code", how="left", validate="m:1")
    lost = ranked.filter(pl.col("imd_rank").is_null())
    if lost.height:
        raise LinkageError(
            f"list of patients {edition} to Indices of {vintage}: {lost['patients'].sum():.0f} patients live "
            f"in LSOAs that are not ranked, such as {lost['lsoa_code'].unique().sort().to_list()[:5]}. Is the list of "
            "another census than its month says?",
            failures=lost,
        )
    return ranked.drop("lsoa_code"), releases


def on_lsoas_of(reader: Reader, english: pl.DataFrame, census: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Put the rows of a list, those of English LSOAs, on the LSOAs of a census ("2011" or "2021").

    Returns:
        practice_code, lsoa_code, patients (Float64, fractions where shared), listed_code (the LSOA on the list), share
        (of its patients, those in this LSOA); and the ids of the releases that the move rests on.
    """
    on_list = english["lsoa_vintage"].first()
    rows = english.select(
        *_BATCH[:2], pl.col("patients").cast(pl.Float64), listed_code=pl.col("lsoa_code"), share=pl.lit(1.0)
    )
    if on_list is None or on_list == census:
        return rows, ()
    used = reader.releases("census_ethnicity", reader.parts("census_ethnicity")[-1])
    return _moved(reader, rows, to=census), (*reader.releases("ons_geography", LOOKUP), *used)


def _moved(reader: Reader, rows: pl.DataFrame, *, to: str) -> pl.DataFrame:
    """Put patients on the LSOAs of the other census; those of an LSOA without a piece keep its code."""
    old, new, share = (
        ("lsoa11_code", "lsoa21_code", "share_of_11") if to == "2021" else ("lsoa21_code", "lsoa11_code", "share_of_21")
    )
    lookup = pieces(reader).select(pl.col(old).alias("lsoa_code"), pl.col(new).alias("new_code"), share)
    moved = rows.join(lookup, on="lsoa_code", how="left", validate="m:m")
    whole, now = float(rows["patients"].sum()), float((moved["patients"] * moved[share].fill_null(1.0)).sum())
    if abs(now - whole) > SLACK * whole:
        raise LinkageError(
            f"list of patients to LSOAs of {to}: {whole:,.0f} patients became {now:,.0f}. The shares of its parts "
            "do not add to one: is the exact lookup whole, and each pair there once?"
        )
    return moved.select(
        "practice_code",
        lsoa_code=pl.col("new_code").fill_null(pl.col("lsoa_code")),
        patients=pl.col("patients") * pl.col(share).fill_null(1.0),
        listed_code="listed_code",
        share=pl.col(share).fill_null(1.0),
    )
