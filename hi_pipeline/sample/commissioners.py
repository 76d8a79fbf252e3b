"""The commissioners of each year: units whose figures are summed, and the areas that publishers name them by.

A unit is a sub-ICB location of July 2022, or a group that was joined into one in April 2021. Every figure is made by
unit and summed, so that rows of groups, partnerships, boards, regions and England agree.
"""

from dataclasses import dataclass
from functools import cache
from math import fsum

from hi_pipeline.core.geography import Vintage, board
from hi_pipeline.sample.areas import locations
from hi_pipeline.sample.ccgs import CCGS, FORMER_CCGS, STPS
from hi_pipeline.sample.names import CCG_NAMES
from hi_pipeline.sample.people import residents_by_decile, residents_by_group

UNKNOWN = "UNKNOWN"
NATIONAL = {"13Q": "NATIONAL COMMISSIONING HUB 1", "14R": "EAST OF ENGLAND - H&J COMMISSIONING HUB"}
_ELSEWHERE_PEOPLE = {UNKNOWN: 9_000, "13Q": 1_200, "14R": 600}
_FORMER = dict(FORMER_CCGS)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What a figure is made for.

    Attributes:
        code, name: of its group to March 2021.
        sub_icb: ODS code of its location of July 2022; UNKNOWN, 13Q or 14R for what belongs to none.
        by_decile: residents by tenth of deprivation, most deprived first.
        by_group: residents by the 16 ethnic groups of the 2001 list.
    """

    code: str
    name: str
    sub_icb: str
    by_decile: tuple[float, ...]
    by_group: tuple[float, ...]

    @property
    def people(self) -> float:
        """Return its residents."""
        return fsum(self.by_decile)

    @property
    def elsewhere(self) -> bool:
        """Tell whether it belongs to no board."""
        return self.sub_icb in _ELSEWHERE_PEOPLE


@cache
def units() -> tuple[Unit, ...]:
    """Return all units, those of no board last."""
    deciles, groups = residents_by_decile(Vintage.JULY_2022), residents_by_group(Vintage.JULY_2022)
    made = []
    for location in locations(Vintage.JULY_2022):
        own = _FORMER.get(location.ods, ((location.ods, CCG_NAMES[location.ods][4:-4]),))
        for code, name in own:
            made.append(
                Unit(
                    code=code,
                    name=f"NHS {name} CCG",
                    sub_icb=location.ods,
                    by_decile=tuple(count / len(own) for count in deciles[location.ods]),
                    by_group=tuple(count / len(own) for count in groups[location.ods]),
                )
            )
    england = [sum(counts[i] for counts in groups.values()) for i in range(16)]
    for code, people in _ELSEWHERE_PEOPLE.items():
        made.append(
            Unit(
                code=code,
                name=NATIONAL.get(code, UNKNOWN),
                sub_icb=code,
                by_decile=(people / 10,) * 10,
                by_group=tuple(count * people / sum(england) for count in england),
            )
        )
    return tuple(made)


@cache
def board_of(sub_icb: str, vintage: Vintage) -> tuple[str, str, str]:
    """Return ODS code, name and region (ODS) of the board of a location of July 2022."""
    owner = board(next(s for s in locations(vintage) if s.ods == sub_icb).board[vintage])
    return owner.ods, owner.name, owner.region_ods


_STP_OF = {ods: stp for ods, _, stp in CCGS}
_STP = {ods: (ons, name, ons_2019) for ods, ons, name, ons_2019 in STPS}


def stp_of(sub_icb: str, *, by_ons_code: bool) -> tuple[str, str]:
    """Return code and name of a unit's partnership: ONS code of 2019-20, or ODS code and name in capitals."""
    stp = _STP_OF[sub_icb]
    _, name, ons_2019 = _STP[stp]
    return (ons_2019, name) if by_ons_code else (stp, name.upper())
