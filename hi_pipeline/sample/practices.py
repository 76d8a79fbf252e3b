"""The synthetic England's general practices: codes, lists by small area, openings and closures."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from math import exp, fsum
from typing import Any

from hi_pipeline.core.geography import Vintage, board
from hi_pipeline.sample.areas import WELSH, Lsoa, locations, small_areas
from hi_pipeline.sample.chance import chance, share_out

# The one real code: the practice's learning-disability register exceeds its list in the real editions, and here.
ABOVE_ITS_LIST = "Y05750"
_ITS_LOCATION = "27D"

NO_LSOA = "NO2011"
_LETTERS = {"Y56": "F", "Y58": "L", "Y59": "H", "Y60": "M", "Y61": "D", "Y62": "N", "Y63": "A"}
_FIRST_NUMBER = 97_001
_AREAS_PER_PRACTICE = 5.1
_REGISTERED_PER_RESIDENT = 1.04
_WORDS = ("Abbey", "Bridge", "Castle", "Dale", "Elm", "Forest", "Grange", "Hill", "Iris", "Junction", "Kings", "Lime")
_ENDS = ("Surgery", "Medical Centre", "Health Centre", "Practice", "Medical Group")
_BORDER_BOARDS = ("QGH", "QOC", "QR1", "QYG")

# Share of a list in the age ranges that QOF counts registers against; TOTAL is the whole list.
LIST_SHARES = {
    "TOTAL": 1.0,
    "06OV": 0.935,
    "16OV": 0.815,
    "17OV": 0.804,
    "18OV": 0.792,
    "40OV": 0.511,
    "50OV": 0.377,
    "79UN": 0.951,
    "80OV": 0.049,
}
CHILDREN_0_4 = 0.053

_ODD: tuple[dict[str, Any], ...] = (
    {"closed": 2020},
    {"closed": 2021},
    {"closed": 2021},
    {"closed": 2022},
    {"opened": 2022},
    {"opened": 2022},
    {"on_list": False},
    {"on_list": False},
    {"on_register": False},
    {"on_register": False},
)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """A practice.

    Attributes:
        opened, closed: first and last calendar year of a register; it is in a list of July where it is open then.
        patients: patients by LSOA of 2011, Welsh area or NO2011.
        place: where its patients stand by deprivation on average: 0 most deprived, 1 least.
        on_list: it stands in the patients' list; a practice can have registers and yet be missing there.
        on_register: it stands in QOF.
    """

    code: str
    name: str
    pcn_code: str
    pcn_name: str
    sub_icb: str
    patients: tuple[tuple[str, int], ...]
    place: float
    opened: int = 2010
    closed: int = 2099
    on_list: bool = True
    on_register: bool = True

    @property
    def size(self) -> int:
        """Return the number of its patients."""
        return sum(count for _, count in self.patients)

    def list_of(self, patient_list_type: str, *, year: int) -> int:
        """Return the size of its list in an age range, growing a little by the year."""
        return round(self.size * LIST_SHARES[patient_list_type] * (1 + 0.006 * (year - 2022)))

    def is_open(self, year: int) -> bool:
        """Tell whether it is open at the end of the financial year that starts in ``year``."""
        return self.opened <= year <= self.closed


@cache
def practices() -> tuple[Practice, ...]:
    """Make the practices, those of a sub-ICB location sharing its areas' residents."""
    by_location: dict[str, list[Lsoa]] = {}
    for lsoa in small_areas().of_2011:
        by_location.setdefault(lsoa.sub_icb, []).append(lsoa)
    made: list[Practice] = []
    for location in locations(Vintage.JULY_2022):
        own = sorted(by_location[location.ods], key=lambda lsoa: lsoa.place)
        count = max(1, round(len(own) / _AREAS_PER_PRACTICE))
        owner = board(location.board[Vintage.JULY_2022])
        lists = _lists(own, count, borders_wales=owner.ods in _BORDER_BOARDS, seed=location.ods)
        for patients in lists:
            made.append(_practice(len(made), location.ods, owner.region_ods, patients, own))
        if location.ods == _ITS_LOCATION:
            # Few patients, who live where its neighbour's do, so that no group consists of it alone.
            few = {code: count // 60 for code, count in lists[0].items() if count >= 60}
            made.append(replace(_practice(len(made), location.ods, owner.region_ods, few, own), code=ABOVE_ITS_LIST))
    return _odd_ones(made)


def _lists(own: list[Lsoa], count: int, *, borders_wales: bool, seed: str) -> list[dict[str, int]]:
    generator = chance(f"lists of {seed}")
    lists: list[dict[str, int]] = [{} for _ in range(count)]
    step = len(own) / count
    for at, lsoa in enumerate(own):
        weights = [exp(-(((at + 0.5 - (i + 0.5) * step) / step) ** 2) * 1.2) for i in range(count)]
        weights = [weight * generator.uniform(0.7, 1.3) if weight > 0.02 else 0 for weight in weights]
        for i, patients in enumerate(share_out(round(lsoa.residents * _REGISTERED_PER_RESIDENT), weights)):
            if patients:
                lists[i][lsoa.code] = patients
    for i, patients_of in enumerate(lists):
        if borders_wales:
            patients_of[WELSH[i % len(WELSH)]] = generator.randint(2, 40)
        if generator.random() < 0.6:
            patients_of[NO_LSOA] = generator.randint(1, 30)
    return lists


def _practice(number: int, ods: str, region: str, patients: dict[str, int], own: list[Lsoa]) -> Practice:
    places = {lsoa.code: lsoa.place for lsoa in own}
    known = sum(count for code, count in patients.items() if code in places)
    letter = "Y" if number % 29 == 28 else _LETTERS[region]
    return Practice(
        code=f"{letter}{_FIRST_NUMBER + number}",
        name=f"{_WORDS[number % len(_WORDS)]} {_ENDS[number // len(_WORDS) % len(_ENDS)]} {number + 1}",
        pcn_code=f"U{90_000 + number // 2:05d}",
        pcn_name=f"{_WORDS[number // 2 % len(_WORDS)]} {number // 2 + 1} PCN",
        sub_icb=ods,
        patients=tuple(sorted(patients.items())),
        place=fsum(places.get(code, 0) * count for code, count in patients.items()) / known,
    )


def _odd_ones(made: list[Practice]) -> tuple[Practice, ...]:
    """Close some, open some, and let some be missing from the list or from QOF, as every year some are."""
    held = Counter(practice.sub_icb for practice in made)
    odd = [p.code for p in made if held[p.sub_icb] > 3 and p.code != ABOVE_ITS_LIST][5::11][: len(_ODD)]
    changes = dict(zip(odd, _ODD, strict=True))
    return tuple(replace(practice, **changes.get(practice.code, {})) for practice in made)
