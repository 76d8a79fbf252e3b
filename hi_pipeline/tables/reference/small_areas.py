"""Small areas: one row for each LSOA of the 2021 census, with all that the files in hand say of the people there."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.people_columns import ETHNIC_GROUPS, SMALL_AREAS, on_footprint
from hi_pipeline.core.validation import join_exactly
from hi_pipeline.tables.reference.lsoa import LOOKUP
from hi_pipeline.tables.reference.lsoa_boards import BEFORE, lsoa21_boards
from hi_pipeline.tables.reference.patients import LISTS, LSOAS_OF, on_lsoas_of
from hi_pipeline.tables.reference.similar_boards import CENSUS, INDICES

GEOGRAPHY, FUEL = "ons_geography", "fuel_poverty"
IMD_VINTAGE = "2025"
FIFTHS = 5
# "County Durham 001A": the authority's name and the area's place in it.
_PLACE = r" \d{3}[A-Z]+$"
_FUEL_MEASURES = ("households", "fuel_poor", "fuel_poor_pct")


def build_small_areas(reader: Reader, financial_year: str) -> Built:
    """Build the table of small areas; see ``core.people_columns.SMALL_AREAS`` for its columns.

    Boards on each footprint by the ONS lookups; authority by the exact lookup of LSOAs (lower tier, 2022). Fifths: the
    national one from the tenth that the Indices of 2025 print, local ones by OHID's rule on the national rank among the
    LSOAs of the board. Patients by the newest list, residents by Census 2021, fuel poverty by its newest edition.

    Raises:
        NothingToBuild: list, residents, Indices or lookups are not in hand.
        LinkageError: an LSOA without a board, an authority, residents, a rank, or of the list without a row here.
    """
    areas, releases, notes = _placed(reader, financial_year)
    where = f"small_areas {financial_year}"
    for source, build in ((CENSUS, _residents), (INDICES, _ranked)):
        frame, used = build(reader)
        areas = join_exactly(areas, frame, on=["lsoa_code"], cardinality="1:1", where=f"{where}: LSOAs to {source}")
        releases |= used
    patients, used, counted, said = _patients(reader, where)
    areas = areas.join(patients, on="lsoa_code", how="left", validate="1:1").with_columns(
        pl.col("patients").fill_null(0.0)
    )
    _refuse_foreign(patients, areas, where)
    fuel, fuel_used, fuel_said = _fuel(reader)
    areas = areas.join(fuel, on="lsoa_code", how="left", validate="1:1")
    counted["LSOAs without an estimate of fuel poverty"] = areas["fuel_poor"].null_count()
    behind = sorted({*releases, *used, *fuel_used})
    frame = _with_local_fifths(areas).with_columns(source_releases=pl.lit(";".join(behind)))
    return Built(
        frame=frame.select(list(SMALL_AREAS)).sort("lsoa_code"),
        releases=tuple(behind),
        counted=counted,
        notes=tuple(note for note in (*notes, said, fuel_said) if note),
    )


def _placed(reader: Reader, financial_year: str) -> tuple[pl.DataFrame, set[str], list[str]]:
    """Return lsoa_code, its name, its authority and its board on each footprint; the releases; what is derived."""
    edition = next((name for name in BEFORE if reader.holds(GEOGRAPHY, name)), None)
    if edition is None or not reader.holds(GEOGRAPHY, LOOKUP):
        raise NothingToBuild(f"small_areas {financial_year}: the lookups of LSOAs of 2021 are not in hand")
    names = reader.clean(GEOGRAPHY, "lsoa_areas", edition).select("lsoa_code", "lsoa_name")
    # A merged LSOA stands there several times, in one authority: the unique rows keep the join 1:1, or it stops.
    authorities = (
        reader.clean(GEOGRAPHY, "lsoa_2011_2021", LOOKUP)
        .select(lsoa_code="lsoa21_code", authority_code="lad22_code")
        .unique(maintain_order=True)
    )
    where = f"small_areas {financial_year}: LSOAs to"
    areas = join_exactly(names, authorities, on=["lsoa_code"], cardinality="1:1", where=f"{where} authorities")
    areas = areas.with_columns(authority_name=pl.col("lsoa_name").str.replace(_PLACE, ""))
    releases = {*reader.releases(GEOGRAPHY, edition), *reader.releases(GEOGRAPHY, LOOKUP)}
    notes: list[str] = []
    for vintage in Vintage:
        boards, used, said = lsoa21_boards(reader, vintage)
        boards = boards.drop_nulls().rename({"icb_code": on_footprint("icb_code", vintage)})
        areas = join_exactly(areas, boards, on=["lsoa_code"], cardinality="1:1", where=f"{where} boards of {vintage}")
        releases |= set(used)
        notes += [said] if said and said not in notes else []
    return areas, releases, notes


def _residents(reader: Reader) -> tuple[pl.DataFrame, set[str]]:
    parts = reader.parts(CENSUS)
    if not parts:
        raise NothingToBuild(f"small_areas: nothing of {CENSUS} is in hand")
    groups = {f"residents_{group}": group for group in (*ETHNIC_GROUPS, "white_british")}
    census = reader.clean(CENSUS, "residents", parts[-1])
    return census.select(lsoa_code="lsoa21_code", residents="total", **groups), {*reader.releases(CENSUS, parts[-1])}


def _ranked(reader: Reader) -> tuple[pl.DataFrame, set[str]]:
    parts = reader.parts(INDICES)
    if not parts:
        raise NothingToBuild(f"small_areas: nothing of {INDICES} is in hand")
    decile = pl.col("imd_decile").cast(pl.Int64)
    ranked = reader.clean(INDICES, "lsoa_imd", parts[-1]).select(
        "lsoa_code",
        pl.col("imd_rank").cast(pl.Int64),
        imd_decile=decile,
        national_fifth=(decile + 1) // 2,
        imd_vintage=pl.lit(IMD_VINTAGE),
    )
    return ranked, {*reader.releases(INDICES, parts[-1])}


def _patients(reader: Reader, where: str) -> tuple[pl.DataFrame, set[str], dict[str, int], str]:
    """Return lsoa_code, patients of the newest list; the releases; who is in no row; which list it is."""
    lists = sorted(part for part in reader.parts(LISTS) if part.endswith("-lsoa"))
    if not lists:
        raise NothingToBuild(f"{where}: no list of patients by LSOA is in hand")
    every = reader.clean(LISTS, "practice_lsoa", lists[-1])
    rows, moved = on_lsoas_of(reader, every.filter(lsoa_kind="england"), LSOAS_OF[IMD_VINTAGE])
    # Sums of fractions in one fixed order, so that the same input gives the same bytes.
    sums = (
        rows.sort("lsoa_code", "practice_code", "listed_code")
        .group_by("lsoa_code", maintain_order=True)
        .agg(added("patients"))
    )
    outside = every.filter(pl.col("lsoa_kind") != "england")["patients"].sum()
    counted = {"patients of the list who live in no English LSOA": int(outside)}
    return sums, {*reader.releases(LISTS, lists[-1]), *moved}, counted, f"list of patients of {lists[-1][:7]}"


def _refuse_foreign(patients: pl.DataFrame, areas: pl.DataFrame, where: str) -> None:
    foreign = patients.join(areas, on="lsoa_code", how="anti")
    if foreign.height:
        raise LinkageError(
            f"{where}: {foreign['patients'].sum():.0f} patients live in {foreign.height} English LSOAs that the lookup "
            f"does not know, such as {foreign['lsoa_code'].sort().to_list()[:8]}. Are list and lookup of one census?",
            failures=foreign,
        )


def _fuel(reader: Reader) -> tuple[pl.DataFrame, set[str], str]:
    """Return lsoa_code and households, those in fuel poverty, their percentage; null where hidden or not in hand."""
    parts = reader.parts(FUEL)
    if not parts:
        empty = {"lsoa_code": pl.String, **dict.fromkeys(_FUEL_MEASURES, pl.Float64)}
        return pl.DataFrame(schema=empty), set(), "fuel poverty by small area is not in hand"
    rows = reader.clean(FUEL, "observations", parts[-1]).filter(area_level="lsoa", dimension="total")
    wide = rows.pivot("measure", index="area_code", values="value", aggregate_function=None)
    frame = wide.select(lsoa_code="area_code", **{name: pl.col(name) for name in _FUEL_MEASURES})
    return frame, {*reader.releases(FUEL, parts[-1])}, ""


def _with_local_fifths(areas: pl.DataFrame) -> pl.DataFrame:
    # Imported here, so that commands that only read need no numpy.
    from hi_pipeline.stats.quantiles import quantile

    for vintage in Vintage:
        board = on_footprint("icb_code", vintage)
        fifths = quantile(areas, value="imd_rank", k=FIFTHS, invert=False, by=board)["quantile"]
        areas = areas.with_columns(fifths.alias(on_footprint("local_fifth", vintage)))
    return areas
