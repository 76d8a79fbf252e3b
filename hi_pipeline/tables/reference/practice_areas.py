"""Practices to sub-ICB locations, boards and regions, on each footprint of a financial year.

The way goes through the ONS code of the practice's sub-ICB location or CCG, in the map nearest to the year whose code
the footprint knows: an ODS code can name another area (2026-11: six CCGs), and so can a partnership (STP; eight of 42).
A practice that closed before such a map goes where the other practices of its network (PCN) stand, if they stand in
one board. A practice of a location that was parted between boards goes where most of its patients live.

A file that lacks half of a board's practices lacks them in its own map too, so that the map alone cannot tell which
practices should report: other maps, and the lists of patients, say which were open on its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.financial_year import start_year
from hi_pipeline.core.geography import Vintage, footprints_of
from hi_pipeline.core.icb_codes import SUB_ICBS_PARTED
from hi_pipeline.tables.assemble import RELEASES
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.editions import months_apart
from hi_pipeline.tables.reference.heirs import CLEAR_SHARE, practice_heirs
from hi_pipeline.tables.sums import joined_releases

QOF, LISTS = "qof", "gp_registrations"
# A map of the year before or after still names the right board for a practice; an older one is not relied upon alone.
MAX_MONTHS_APART = 12
PLACED_BY_MAP, PLACED_BY_PATIENTS, PLACED_BY_NETWORK, NOT_PLACED = "map", "patients", "network", "nothing"
# 2026-11: smaller ones that QOF lacks are services for homeless or violent patients, which it does not ask.
FEWEST_PATIENTS = 1_000
_COLUMNS = ["practice_code", "practice_name", "pcn", "sub_icb_ons", "icb_ons", "scheme"]
# The code of a network; other marks say that the practice is in none.
_NETWORK = r"^U\d{5}$"
_NAMED, _MAX_SHOWN = ["practice_code", "practice_name", "patients"], 8


@dataclass(kw_only=True)
class PracticeAreas:
    """Where the practices of a year stand on one footprint.

    Attributes:
        frame: the columns of the schema PRACTICE_AREAS.
        counted, notes, releases: what happened on the way.
        expected_by: the releases that only tell which practices are expected, not where one stands.
    """

    vintage: Vintage
    frame: pl.DataFrame
    counted: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    releases: set[str] = field(default_factory=set)
    expected_by: set[str] = field(default_factory=set)


def build_practice_areas(reader: Reader, financial_year: str) -> Built:
    """Build the map of practices of a financial year, on its own footprint and on the one in force.

    Raises:
        NothingToBuild: no map within a year of the financial year.
        LinkageError: a map names another board for a practice's sub-ICB location than every footprint does.
    """
    found, absent = areas_on_footprints(reader, financial_year, footprints_of(financial_year))
    return Built(
        frame=pl.concat([areas.frame for areas in found]).sort("geography_vintage", "practice_code"),
        releases=tuple(sorted(set().union(*(areas.releases | areas.expected_by for areas in found)))),
        counted={what: rows for areas in found for what, rows in areas.counted.items()},
        notes=tuple(dict.fromkeys([*(note for areas in found for note in areas.notes), *absent])),
    )


def areas_on_footprints(
    reader: Reader, financial_year: str, footprints: Sequence[Vintage]
) -> tuple[list[PracticeAreas], list[str]]:
    """Place the practices of a year on the first of some footprints, and on the others where that can be done.

    Returns:
        The areas on each footprint; why there are none on a further one.

    Raises:
        NothingToBuild, LinkageError: see ``practice_areas``; NothingToBuild of the first footprint only.
    """
    found, absent = [practice_areas(reader, financial_year, footprints[0])], []
    for vintage in footprints[1:]:
        try:
            found.append(practice_areas(reader, financial_year, vintage))
        except NothingToBuild as nothing:
            absent.append(f"not on the footprint {vintage}: {nothing}")
    return found, absent


def practice_areas(reader: Reader, financial_year: str, vintage: Vintage) -> PracticeAreas:
    """Place every practice of the maps in hand on a footprint.

    ``first_map`` marks the practices of the nearest map; ``expected`` those that should report: of that map, and those
    with a board that were open on its day (see ``_open_beside``).

    Raises:
        NothingToBuild: no map within a year of the financial year; or practices of a parted location and no list of
            patients.
        LinkageError: see ``build_practice_areas``.
    """
    ranked = _maps(reader, financial_year)
    if not ranked:
        raise NothingToBuild(f"practice_areas {financial_year}: no map of practices within a year of it")
    every = pl.concat([_map(reader, order, *entry) for order, entry in enumerate(ranked)])
    _check_parents(every)
    parted = pl.col("sub_icb_ons").is_in(list(SUB_ICBS_PARTED))
    holders = footprint.holding_sub_icbs(vintage)
    led = every.join(holders, on="sub_icb_ons", how="left", validate="m:1").sort("practice_code", "order")
    first = led.unique("practice_code", keep="first", maintain_order=True).drop("here_ons", "icb_code")
    known = led.filter(pl.col("icb_code").is_not_null() | parted)
    known = known.unique("practice_code", keep="first", maintain_order=True)
    placed = first.join(
        known.select("practice_code", "here_ons", "icb_code", by_release="map_release"),
        on="practice_code",
        how="left",
        validate="1:1",
    ).with_columns(
        share=pl.lit(None, pl.Float64),
        placed_by=pl.when(pl.col("icb_code").is_not_null()).then(pl.lit(PLACED_BY_MAP)),
        heirs=pl.lit(None, pl.String),
    )
    areas = PracticeAreas(vintage=vintage, frame=placed)
    _by_patients(reader, financial_year, areas, known.filter(pl.col("icb_code").is_null())["practice_code"])
    _by_network(areas)
    _expect(reader, financial_year, areas, ranked)
    _account(areas, ranked[0], financial_year)
    return areas


def _map(reader: Reader, order: int, apart: int, source: str, part: str) -> pl.DataFrame:
    (release,) = reader.releases(source, part)
    return (
        reader.clean(source, "practices", part)
        .select(_COLUMNS)
        .with_columns(pl.lit(order).alias("order"), pl.lit(release).alias("map_release"), own_year=pl.lit(not apart))
    )


def _maps(reader: Reader, financial_year: str) -> list[tuple[int, str, str]]:
    """Rank the maps in hand: nearest first, QOF before the lists, the earlier of two as near."""
    found = [(months_apart(_position(part), financial_year), QOF, part) for part in reader.parts(QOF)]
    found += [
        (months_apart(part, financial_year), LISTS, part) for part in reader.parts(LISTS) if part.endswith("-map")
    ]
    if min((entry[0] for entry in found), default=MAX_MONTHS_APART + 1) > MAX_MONTHS_APART:
        return []
    return sorted(found, key=lambda entry: (entry[0], entry[1] != QOF, entry[2]))


def _position(financial_year: str) -> str:
    """QOF describes the practices of 31 March, the end of its year."""
    return f"{start_year(financial_year) + 1}-03-{QOF}"


def _check_parents(practices: pl.DataFrame) -> None:
    """Where a map already speaks of boards, its board must be one that its sub-ICB location belongs to."""
    ever = pl.concat([footprint.sub_icbs(v).select("sub_icb_ons", icb_ons="icb_code") for v in Vintage]).unique()
    wrong = practices.filter(scheme="icb").join(ever, on=["sub_icb_ons", "icb_ons"], how="anti")
    if wrong.height:
        shown = wrong.select("practice_code", "sub_icb_ons", "icb_ons", "map_release").head(5).rows()
        raise LinkageError(
            f"practice map: {wrong.height} practices have a board that their sub-ICB location belongs to in no "
            f"footprint: (practice, sub-ICB location, board, release) {shown}. Is the map of another date? If it is "
            "wrong, enter it in the corrections register.",
            failures=wrong,
        )


def _by_patients(reader: Reader, financial_year: str, areas: PracticeAreas, practices: pl.Series) -> None:
    """Place practices of parted locations by their patients."""
    if practices.is_empty():
        return
    heirs, releases, said = practice_heirs(reader, financial_year, areas.vintage, practices)
    heirs = heirs.rename({"here_ons": "heir_ons", "icb_code": "heir_icb", "share": "heir_share"})
    joined = areas.frame.join(heirs, on="practice_code", how="left", validate="1:1")
    areas.frame = joined.with_columns(
        here_ons=pl.coalesce("here_ons", "heir_ons"),
        icb_code=pl.coalesce("icb_code", "heir_icb"),
        share="heir_share",
        placed_by=pl.when(pl.col("heir_icb").is_not_null()).then(pl.lit(PLACED_BY_PATIENTS)).otherwise("placed_by"),
    ).drop("heir_ons", "heir_icb", "heir_share")
    areas.releases |= set(releases)
    areas.frame = areas.frame.with_columns(
        pl.when(placed_by=PLACED_BY_PATIENTS).then(pl.lit(";".join(releases))).otherwise("heirs").alias("heirs")
    )
    unclear = heirs.filter(pl.col("heir_share") < CLEAR_SHARE).sort("heir_share")
    shown = ", ".join(f"{code} ({share:.0%})" for code, share in unclear.select("practice_code", "heir_share").rows())
    areas.counted["practices of Frimley with under 80% of their patients there in one successor board"] = unclear.height
    areas.notes += [said] if said else []
    areas.notes += [f"practices placed by under 80% of their patients in Frimley: {shown}"] if shown else []


def _by_network(areas: PracticeAreas) -> None:
    """Place the practices left with the others of their network, where those stand in one board."""
    frame = areas.frame
    network = pl.col("pcn").str.contains(_NETWORK).fill_null(False)
    others = (
        frame.filter(network & pl.col("icb_code").is_not_null())
        .group_by("pcn")
        .agg(only=pl.col("icb_code").unique())
        .filter(pl.col("only").list.len() == 1)
        .with_columns(pl.col("only").list.first())
    )
    joined = frame.join(others, on="pcn", how="left", validate="m:1")
    there = pl.col("icb_code").is_null() & pl.col("only").is_not_null()
    areas.frame = joined.with_columns(
        icb_code=pl.coalesce("icb_code", "only"),
        placed_by=pl.when(there).then(pl.lit(PLACED_BY_NETWORK)).otherwise(pl.col("placed_by").fill_null(NOT_PLACED)),
    ).drop("only")


def _expect(reader: Reader, financial_year: str, areas: PracticeAreas, ranked: Sequence[tuple[int, str, str]]) -> None:
    """Mark the practices that should report, and name those that the nearest map lacks."""
    beside, releases = _open_beside(reader, financial_year, ranked)
    frame = areas.frame.join(beside, on="practice_code", how="left", validate="1:1")
    lacking = (pl.col("order") > 0) & pl.col("patients").is_not_null() & pl.col("icb_code").is_not_null()
    areas.frame = frame.with_columns(expected=(pl.col("order") == 0) | lacking)
    areas.expected_by |= set(releases)
    absent = frame.filter(lacking).sort("patients", "practice_code", descending=[True, False])
    areas.counted[f"practices expected that the year's map lacks, {areas.vintage}"] = absent.height
    if absent.height:
        shown = [f"{code} {name} ({people:,})" for code, name, people in absent.select(_NAMED).head(_MAX_SHOWN).rows()]
        more = f" and {absent.height - _MAX_SHOWN} more" if absent.height > _MAX_SHOWN else ""
        areas.notes.append(f"practices expected that the year's map lacks (patients): {', '.join(shown)}{more}")


def _open_beside(
    reader: Reader, financial_year: str, ranked: Sequence[tuple[int, str, str]]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the practices that the other maps and the lists of patients show to be open on the day of the nearest map.

    A practice was open where it stands in a map or list of that month or before, and in one of that month or after.
    Lists are the last one before the month and the first one after. Where nothing in hand is earlier, or nothing later,
    the list nearest to the month says it alone, if it is of the financial year. Practices of less than FEWEST_PATIENTS
    on the list nearest to the month are left out, and all where there is no list.

    Returns:
        practice_code, patients (on that list); and the ids of the releases of the lists.
    """
    day = _month(*ranked[0][1:])
    lists = {edition: _month(LISTS, edition) for edition in reader.parts(LISTS) if edition.endswith("-lsoa")}
    earlier = sorted((month, edition) for edition, month in lists.items() if month <= day)[-1:]
    later = sorted((month, edition) for edition, month in lists.items() if month >= day)[:1]
    used = {edition: month for month, edition in [*earlier, *later]}
    patients = {
        edition: reader.clean(LISTS, "practice_lsoa", edition).group_by("practice_code").agg(added("patients"))
        for edition in used
    }
    if not used:
        return pl.DataFrame(schema={"practice_code": pl.String, "patients": pl.Int64}), ()
    nearest = min(used, key=lambda edition: (abs(used[edition] - day), edition))
    seen = [(_month(source, part), reader.clean(source, "practices", part)) for _, source, part in ranked[1:]]
    seen += [(month, patients[edition]) for edition, month in used.items()]
    sides = [[frame.select("practice_code") for month, frame in seen if (month - day) * side >= 0] for side in (-1, 1)]
    large = patients[nearest].filter(pl.col("patients") >= FEWEST_PATIENTS)
    if all(sides):
        for side in sides:
            large = large.join(pl.concat(side).unique(), on="practice_code", how="semi")
    elif months_apart(nearest, financial_year):
        large = large.clear()
    return large, tuple(release for edition in used for release in reader.releases(LISTS, edition))


def _month(source: str, part: str) -> int:
    """Return the month of a map or list, counted from year 0."""
    year, month = (_position(part) if source == QOF else part).split("-")[:2]
    return int(year) * 12 + int(month) - 1


def _account(areas: PracticeAreas, first: tuple[int, str, str], financial_year: str) -> None:
    """Bring the frame into its shape and say what happened to the practices of the year's map."""
    frame, vintage = areas.frame, areas.vintage
    areas.releases |= set(frame["map_release"]) | set(frame["by_release"].drop_nulls())
    named = frame.join(footprint.boards(vintage), on="icb_code", how="left", validate="m:1")
    later = (pl.col("placed_by") == PLACED_BY_MAP) & (pl.col("by_release") != pl.col("map_release"))
    own = frame.filter(pl.col("order") == 0)
    areas.counted |= {
        f"practices found only in another year's map, {vintage}": frame.height - own.height,
        f"practices whose location another year's map names, {vintage}": own.filter(later).height,
        f"practices placed by their patients, {vintage}": own.filter(placed_by=PLACED_BY_PATIENTS).height,
        f"practices placed by the others of their network, {vintage}": own.filter(placed_by=PLACED_BY_NETWORK).height,
        f"practices in no board of the footprint {vintage}": own.filter(placed_by=NOT_PLACED).height,
    }
    apart, source, part = first
    if apart:
        areas.notes.append(f"practice map of {source} {part}, the nearest in hand to {financial_year}")
    behind = named.select(pl.concat_str("map_release", "by_release", "heirs", separator=";", ignore_nulls=True))
    areas.frame = (
        named.with_columns(joined_releases(behind.to_series()).alias(RELEASES))
        .select(
            pl.lit(vintage.value).alias("geography_vintage"),
            "practice_code",
            "practice_name",
            pl.col("here_ons").alias("sub_icb_ons"),
            "icb_code",
            "region_code",
            "map_release",
            "own_year",
            (pl.col("order") == 0).alias("first_map"),
            "expected",
            "placed_by",
            "share",
            RELEASES,
        )
        .sort("practice_code")
    )
