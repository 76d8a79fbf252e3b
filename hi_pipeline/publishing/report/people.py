"""Facts about the people of a board and where they live: from the published small areas, pockets and population.

Residents are those of Census 2021, but by age, where they are of the mid-year of the pack's figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.people_columns import on_footprint
from hi_pipeline.publishing.report.published import Published

# Bands that a board plans by, made of bands of five years.
_AGES = ((0, "0 to 14"), (15, "15 to 24"), (25, "25 to 44"), (45, "45 to 64"), (65, "65 to 79"), (80, "80 and over"))
_ETHNIC = {
    "White British": ("residents_white_british",),
    "White, not British": ("residents_white", "residents_white_british"),
    "Asian or Asian British": ("residents_asian",),
    "Black or Black British": ("residents_black",),
    "Mixed": ("residents_mixed",),
    "Other ethnic groups": ("residents_other",),
}
CORE20_FIFTH = 1


@dataclass(frozen=True, kw_only=True)
class Part:
    """A group of a board's residents, and how many of how many are in it in the board and in England."""

    name: str
    number: int
    of: int
    england: int
    england_of: int

    @property
    def share(self) -> float:
        """Return the board's share in percent."""
        return 100 * self.number / self.of

    @property
    def england_share(self) -> float:
        """Return England's share in percent."""
        return 100 * self.england / self.england_of


@dataclass(frozen=True, kw_only=True)
class Fifth:
    """A fifth of the board's own small areas, and the national tenths that they are in; 1 is the most deprived."""

    order: int
    areas: int
    residents: int
    first_tenth: int
    last_tenth: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A local authority, as far as it lies in the board.

    Attributes:
        whole: whether all of it does.
        core20: residents in the most deprived national fifth; minority: those who are not White British.
        fuel_poor, households: None where no estimate is in hand.
    """

    name: str
    whole: bool
    residents: int
    patients: float
    core20: int
    minority: int
    fuel_poor: float | None
    households: float | None


@dataclass(frozen=True, kw_only=True)
class Pocket:
    """A deprived small area in an authority or board of low average deprivation."""

    place: int
    name: str
    code: str
    authority: str
    tenth: int
    residents: int
    patients: float
    lies_in: str


@dataclass(frozen=True, kw_only=True)
class People:
    """All that a pack says of people and places.

    Attributes:
        id: names the rows of the small areas that it is made from.
        mid_year: of the residents by age; None, and no ages, where none are in hand.
        deprived: small areas in the most deprived national fifth.
        pockets: ranked, the most deprived first.
        releases: ids of the releases behind it.
    """

    id: str
    imd_vintage: str
    areas: int
    deprived: int
    residents: int
    patients: float
    core20: Part
    minority: Part
    ethnic: tuple[Part, ...]
    mid_year: int | None
    ages: tuple[Part, ...]
    national: tuple[Part, ...]
    local: tuple[Fifth, ...]
    places: tuple[Place, ...]
    pockets: tuple[Pocket, ...]
    releases: tuple[str, ...]


def people_of(published: Published, *, icb: str, year: str, vintage: Vintage) -> People | None:
    """Return the people of a board on a footprint; None where the small areas of the board are not published."""
    every = published.small_areas
    if every is None:
        return None
    here = every.filter(pl.col(on_footprint("icb_code", vintage)) == icb)
    if here.is_empty():
        return None
    fifths = [_of_fifth(here, every, fifth) for fifth in range(1, 6)]
    ethnic = [_part(name, here, every, columns) for name, columns in _ETHNIC.items()]
    mid_year, ages, age_releases = _ages(published.population, icb=icb, year=year, vintage=vintage)
    named = [*here["source_releases"].unique(), *age_releases]
    return People(
        id=f"small_areas/{vintage.value}/{icb}",
        imd_vintage=str(here["imd_vintage"][0]),
        areas=here.height,
        deprived=here.filter(national_fifth=CORE20_FIFTH).height,
        residents=_sum(here, "residents"),
        patients=float(here["patients"].sum()),
        core20=fifths[CORE20_FIFTH - 1],
        minority=_part("other than White British", here, every, ("residents", "residents_white_british")),
        ethnic=tuple(ethnic),
        mid_year=mid_year,
        ages=ages,
        national=tuple(fifths),
        local=_local(here, vintage),
        places=_places(here, every),
        pockets=_pockets(published.pockets, icb=icb, vintage=vintage),
        releases=tuple(sorted({release for text in named for release in text.split(";") if release})),
    )


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())


def _part(name: str, here: pl.DataFrame, every: pl.DataFrame, columns: Sequence[str]) -> Part:
    """Return a group of residents; of two columns the first less the second."""
    first, *rest = columns
    number, england = (_sum(f, first) - sum(_sum(f, c) for c in rest) for f in (here, every))
    return Part(
        name=name, number=number, of=_sum(here, "residents"), england=england, england_of=_sum(every, "residents")
    )


def _of_fifth(here: pl.DataFrame, every: pl.DataFrame, fifth: int) -> Part:
    number, england = (_sum(f.filter(national_fifth=fifth), "residents") for f in (here, every))
    name = {1: "1 (most deprived)", 5: "5 (least deprived)"}.get(fifth, str(fifth))
    return Part(
        name=name, number=number, of=_sum(here, "residents"), england=england, england_of=_sum(every, "residents")
    )


def _local(here: pl.DataFrame, vintage: Vintage) -> tuple[Fifth, ...]:
    column = on_footprint("local_fifth", vintage)
    found = (
        here.drop_nulls(column)
        .group_by(column)
        .agg(
            areas=pl.len(),
            residents=pl.col("residents").sum(),
            first=pl.col("imd_decile").min(),
            last=pl.col("imd_decile").max(),
        )
    )
    return tuple(
        Fifth(order=r[column], areas=r["areas"], residents=r["residents"], first_tenth=r["first"], last_tenth=r["last"])
        for r in found.sort(column).iter_rows(named=True)
    )


def _places(here: pl.DataFrame, every: pl.DataFrame) -> tuple[Place, ...]:
    all_of = dict(every.group_by("authority_code").len().iter_rows())
    fuel = here["fuel_poor"].null_count() == 0
    found = here.group_by("authority_code", "authority_name").agg(
        areas=pl.len(),
        residents=pl.col("residents").sum(),
        patients=pl.col("patients").sum(),
        core20=pl.col("residents").filter(pl.col("national_fifth") == CORE20_FIFTH).sum(),
        minority=(pl.col("residents") - pl.col("residents_white_british")).sum(),
        fuel_poor=pl.col("fuel_poor").sum(),
        households=pl.col("households").sum(),
    )
    return tuple(
        Place(
            name=row["authority_name"],
            whole=row["areas"] == all_of[row["authority_code"]],
            residents=row["residents"],
            patients=row["patients"],
            core20=row["core20"],
            minority=row["minority"],
            fuel_poor=row["fuel_poor"] if fuel else None,
            households=row["households"] if fuel else None,
        )
        for row in found.sort("authority_name", "authority_code").iter_rows(named=True)
    )


def _ages(
    population: pl.DataFrame | None, *, icb: str, year: str, vintage: Vintage
) -> tuple[int | None, tuple[Part, ...], list[str]]:
    """Return the mid-year and the board's residents by age on the pack's footprint, and the releases behind them."""
    if population is None:
        return None, (), []
    rows = population.filter(financial_year=year, geography_vintage=vintage.value)
    here = rows.filter(icb_code=icb)
    if here.is_empty():
        return None, (), []
    ends = [first for first, _ in _AGES[1:]] + [10**6]
    parts = []
    for (first, name), end in zip(_AGES, ends, strict=True):
        number, england = (
            _sum(f.filter(pl.col("age_from").is_between(first, end - 1)), "residents") for f in (here, rows)
        )
        of, england_of = (_sum(f, "residents") for f in (here, rows))
        parts.append(Part(name=name, number=number, of=of, england=england, england_of=england_of))
    return int(here["mid_year"][0]), tuple(parts), here["source_releases"].unique().to_list()


def _pockets(pockets: pl.DataFrame | None, *, icb: str, vintage: Vintage) -> tuple[Pocket, ...]:
    if pockets is None:
        return ()
    ranked = pockets.filter(icb_code=icb, geography_vintage=vintage.value).sort("place")
    return tuple(
        Pocket(
            place=row["place"],
            name=row["lsoa_name"],
            code=row["lsoa_code"],
            authority=row["authority_name"],
            tenth=row["imd_decile"],
            residents=row["residents"],
            patients=row["patients"],
            lies_in=row["lies_in"],
        )
        for row in ranked.iter_rows(named=True)
    )
