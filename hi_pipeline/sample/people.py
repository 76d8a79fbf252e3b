"""The synthetic England's residents: by tenth of deprivation, age, sex and ethnic group."""

from collections.abc import Callable, Sequence
from functools import cache

from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.groups import ETHNIC_DETAIL_2001
from hi_pipeline.sample.areas import Lsoa, decile_of, location_of, small_areas
from hi_pipeline.sample.chance import chance, share_out

AGES = 91  # single years to 89, and 90 and over
SEXES = ("F", "M")

# Ethnic groups of the 2021 census in the order of table TS021, each with its group of the 2001 list.
_OTHER = "Other Ethnic Groups"
CENSUS_GROUPS: tuple[tuple[str, str], ...] = (
    ("Bangladeshi", "Asian or Asian British: Bangladeshi"),
    ("Chinese", f"{_OTHER}: Chinese"),
    ("Indian", "Asian or Asian British: Indian"),
    ("Pakistani", "Asian or Asian British: Pakistani"),
    ("Other Asian", "Asian or Asian British: Any other Asian background"),
    ("African", "Black or Black British: African"),
    ("Caribbean", "Black or Black British: Caribbean"),
    ("Other Black", "Black or Black British: Any other Black background"),
    ("White and Asian", "Mixed: White and Asian"),
    ("White and Black African", "Mixed: White and Black African"),
    ("White and Black Caribbean", "Mixed: White and Black Caribbean"),
    ("Other Mixed", "Mixed: Any other Mixed background"),
    ("British", "White: British"),
    ("Irish", "White: Irish"),
    ("Gypsy or Irish Traveller", "White: Any other White background"),
    ("Roma", "White: Any other White background"),
    ("Other White", "White: Any other White background"),
    ("Arab", f"{_OTHER}: Any other ethnic group"),
    ("Any other ethnic group", f"{_OTHER}: Any other ethnic group"),
)
_BRITISH = 12
# How the people who are not White British divide, where there are many of them.
_MIX = (
    0.045,
    0.04,
    0.13,
    0.11,
    0.08,
    0.11,
    0.05,
    0.03,
    0.04,
    0.02,
    0.04,
    0.04,
    0.0,
    0.04,
    0.01,
    0.01,
    0.16,
    0.03,
    0.05,
)


def sums(of: Callable[[Lsoa], Sequence[int]], areas: Sequence[Lsoa], vintage: Vintage) -> dict[str, list[int]]:
    """Add a vector of small areas by the ODS code of their location in a footprint."""
    added: dict[str, list[int]] = {}
    for lsoa in areas:
        vector = of(lsoa)
        so_far = added.setdefault(location_of(lsoa, vintage), [0] * len(vector))
        for i, count in enumerate(vector):
            so_far[i] += count
    return added


def in_decile(lsoa: Lsoa) -> list[int]:
    """Return ten counts: an area's residents at the tenth of its rank of 2019, 0 elsewhere."""
    return [lsoa.residents if decile_of(lsoa.rank, "2019") == tenth else 0 for tenth in range(1, 11)]


@cache
def residents_by_decile(vintage: Vintage) -> dict[str, list[int]]:
    """Return, by location, residents of each tenth of deprivation of 2019, the most deprived first."""
    return sums(in_decile, small_areas().of_2011, vintage)


@cache
def ethnic_groups(lsoa: Lsoa) -> tuple[int, ...]:
    """Return an area's residents by CENSUS_GROUPS: more mixed in London and where people are deprived."""
    generator = chance(f"ethnic groups of {lsoa.code}")
    mixed = 0.42 if lsoa.authority.startswith("E09") else 0.06
    mixed = min(0.85, max(0.03, mixed + 0.22 * (1 - lsoa.place) * generator.random() + generator.gauss(0, 0.03)))
    weights = [mixed * share * generator.uniform(0.5, 1.5) for share in _MIX]
    weights[_BRITISH] = 1 - mixed
    return tuple(share_out(lsoa.residents, weights))


@cache
def residents_by_group(vintage: Vintage) -> dict[str, list[int]]:
    """Return, by location, residents by the 16 groups of the 2001 list, in the order of core.groups."""
    census = sums(ethnic_groups, small_areas().of_2021, vintage)
    groups = list(ETHNIC_DETAIL_2001)
    added: dict[str, list[int]] = {}
    for location, counts in census.items():
        added[location] = [0] * len(groups)
        for (_, group), count in zip(CENSUS_GROUPS, counts, strict=True):
            added[location][groups.index(group)] += count
    return added


def population(location: str, *, vintage: Vintage, year: int) -> dict[str, list[int]]:
    """Return a location's residents in the middle of a year, by sex and single year of age."""
    people = sum(residents_by_decile(vintage)[location])
    grown = round(people * (1 + 0.009 * (year - 2021)))
    generator = chance(f"ages of {location} {year}")
    lean = chance(f"age of {location}").uniform(-0.004, 0.004)
    weights = [
        _pyramid(age, sex) * (1 + lean * (age - 40)) * generator.uniform(0.96, 1.04)
        for sex in SEXES
        for age in range(AGES)
    ]
    counts = share_out(grown, weights)
    return {"F": counts[:AGES], "M": counts[AGES:]}


def _pyramid(age: int, sex: str) -> float:
    """Weigh an age: level to the fifties, then falling, with more women at the top."""
    if age == AGES - 1:
        return 1.1 if sex == "F" else 0.6
    level = 1.15 + 0.12 * ((age % 33) / 33) if age < 60 else 1.2 * (1 - (age - 60) / 34)
    return max(0.08, level) * (1.04 if (sex == "M") == (age < 25) else 1.0)
