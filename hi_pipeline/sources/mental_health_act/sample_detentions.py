"""Detentions in the synthetic England: by tenth of deprivation, age, sex and ethnic group, adding to one total."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import fsum

from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.groups import ETHNIC_DETAIL_2001
from hi_pipeline.sample.chance import chance, drawn, share_out
from hi_pipeline.sample.people import population, residents_by_decile, residents_by_group
from hi_pipeline.sample.planted import DETENTION_BY_GROUP, DETENTION_OF_OTHERS, DETENTIONS
from hi_pipeline.sources.mental_health_act.deciles import ORDER

_VINTAGE, _MID_YEAR = Vintage.APRIL_2023, 2022
# Band, first and last age, how often detained relative to others.
BANDS: tuple[tuple[str, tuple[int, int], float], ...] = (
    ("15 and under", (0, 15), 0.08),
    ("16 to 17", (16, 17), 0.8),
    ("18 to 34", (18, 34), 1.6),
    ("35 to 49", (35, 49), 1.4),
    ("50 to 64", (50, 64), 1.1),
    ("65 and over", (65, 90), 0.9),
)
_UNKNOWN_DECILE, _UNKNOWN_ETHNICITY = 0.05, 0.07
_IN_UNKNOWN_AREA = 437
# The publisher prints a rate for the unknown decile too, of a population that it does not name.
_PEOPLE_OF_UNKNOWN_DECILE = 150_000


@dataclass(frozen=True, kw_only=True)
class Detained:
    """Detentions of an area and its residents.

    Attributes:
        deciles: counts from the least deprived tenth to the most, the unknown last; likewise the residents.
        ages: counts by BANDS, the unknown last.
        sexes: male, female, non-binary, other, not stated, missing.
        groups: the 16 ethnic groups of core.groups, then not known and not stated.
    """

    people: int
    deciles: tuple[int, ...]
    people_by_decile: tuple[int, ...]
    ages: tuple[int, ...]
    people_by_age: tuple[int, ...]
    sexes: tuple[int, ...]
    people_by_sex: tuple[int, ...]
    groups: tuple[int, ...]
    people_by_group: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return all detentions."""
        return sum(self.deciles)

    def figure(self, demographic: str, label: str) -> tuple[int, float | None]:
        """Return count and residents of a group in the publisher's words; None where it has no population."""
        if demographic == "IMD":
            if label == "All":
                return self.total, self.people
            place = ORDER.index(label)
            if place == 10:
                return self.deciles[10], _PEOPLE_OF_UNKNOWN_DECILE if self.people_by_decile[10] else None
            return self.deciles[place], self.people_by_decile[place] or None
        if demographic == "Age":
            names = [band for band, _, _ in BANDS]
            if label == "All":
                return sum(self.ages[:-1]), self.people
            place = names.index(label) if label in names else -1
            return self.ages[place], (*self.people_by_age, 0)[place] or None
        if demographic == "Gender":
            if label == "All genders":
                return sum(self.sexes[:5]), self.people
            place = ("Male", "Female", "Non-binary", "Other", "Not stated", "Missing").index(label)
            return self.sexes[place], (*self.people_by_sex, 0, 0, 0, 0)[place] or None
        return self._ethnic(label)

    def _ethnic(self, label: str) -> tuple[int, float | None]:
        unknown = {"Not Known": self.groups[16], "Not Stated": self.groups[17], "Unknown": sum(self.groups[16:])}
        if label in unknown:
            return unknown[label], None
        own = [
            i
            for i, name in enumerate(ETHNIC_DETAIL_2001)
            if label == "All" or label == name.split(": ")[0] or label.lower() == name.split(": ")[1].lower()
        ]
        return sum(self.groups[i] for i in own), sum(self.people_by_group[i] for i in own) or None


@cache
def detained(sub_icbs: tuple[str, ...]) -> Detained:
    """Return the detentions of an area made of sub-ICB locations: the sum of theirs."""
    return _sum([_of_location(ods) for ods in sub_icbs])


@cache
def _of_location(ods: str) -> Detained:
    generator = chance(f"detentions {ods}")
    by_age = population(ods, vintage=_VINTAGE, year=_MID_YEAR)
    people_by_sex = (sum(by_age["M"]), sum(by_age["F"]))
    people = sum(people_by_sex)
    people_by_decile = tuple(reversed(share_out(people, residents_by_decile(_VINTAGE)[ods])))
    local = generator.uniform(0.9, 1.1)
    known = [
        drawn(generator, count, local * DETENTIONS.at(1 - (place + 0.5) / 10))
        for place, count in enumerate(people_by_decile)
    ]
    unknown = drawn(generator, round(sum(known) / (1 - _UNKNOWN_DECILE)), _UNKNOWN_DECILE)
    total = sum(known) + unknown
    people_by_age = tuple(sum(sum(ages[a : b + 1]) for ages in by_age.values()) for _, (a, b), _ in BANDS)
    ages = share_out(total, [n * rate for n, (_, _, rate) in zip(people_by_age, BANDS, strict=True)])
    people_by_group = tuple(residents_by_group(_VINTAGE)[ods])
    return Detained(
        people=people,
        deciles=(*known, unknown),
        people_by_decile=(*people_by_decile, 0),
        ages=(*ages, 0),
        people_by_age=people_by_age,
        sexes=_sexes(total, generator.random()),
        people_by_sex=people_by_sex,
        groups=_ethnic_groups(total, people_by_group),
        people_by_group=people_by_group,
    )


def _sexes(total: int, luck: float) -> tuple[int, ...]:
    rare = [int(luck * 2.4), int(luck * 1.8), int(luck * 2.1), int(luck * 1.5)]
    male, female = share_out(total - sum(rare), [0.51, 0.49])
    return male, female, *rare


def _ethnic_groups(total: int, people_by_group: Sequence[int]) -> tuple[int, ...]:
    people = sum(people_by_group)
    weights = [
        count / people * DETENTION_BY_GROUP.get(name.split(":")[0], DETENTION_OF_OTHERS)
        for name, count in zip(ETHNIC_DETAIL_2001, people_by_group, strict=True)
    ]
    half = _UNKNOWN_ETHNICITY / 2
    return tuple(share_out(total, [*(w * (1 - _UNKNOWN_ETHNICITY) / fsum(weights) for w in weights), half, half]))


def unknown_area() -> Detained:
    """Return the detentions of people whose area is not known: no population, mostly unknown decile."""
    total = _IN_UNKNOWN_AREA
    none = (0,) * 18
    return Detained(
        people=0,
        deciles=tuple(share_out(total, [4, 3, 5, 4, 6, 5, 7, 6, 8, 9, 43])),
        people_by_decile=none[:11],
        ages=tuple(share_out(total, [0.03, 0.05, 0.34, 0.27, 0.19, 0.115, 0.005])),
        people_by_age=none[:6],
        sexes=tuple(share_out(total, [0.52, 0.42, 0.01, 0.01, 0.015, 0.025])),
        people_by_sex=none[:2],
        groups=tuple(share_out(total, [44, 3, 6, 3, 2, 2, 3, 4, 3, 2, 2, 4, 5, 3, 2, 4, 5, 3])),
        people_by_group=none[:16],
    )


def england_of(areas: Sequence[Detained]) -> Detained:
    """Return England: the sum of all areas, with a population for the unknown decile as the publisher has one."""
    england = _sum(areas)
    return Detained(**{**england.__dict__, "people_by_decile": (*england.people_by_decile[:10], 1)})


def _sum(areas: Sequence[Detained]) -> Detained:
    added: dict[str, object] = {"people": sum(area.people for area in areas)}
    for name in Detained.__dataclass_fields__:
        if name != "people":
            added[name] = tuple(sum(column) for column in zip(*(getattr(a, name) for a in areas), strict=True))
    return Detained(**added)  # type: ignore[arg-type]
