"""What an indicator's figures are: facts of single indicators that its file does not say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How to bound an indicator's figures below England.

    Attributes:
        per: the value is the count divided by the denominator times this; 0 where it is no such quotient.
        proportion: the count is a part of the denominator and cannot exceed it.
        half_width: what rounding of counts may hide; 0 where they are exact.
        hidden: least and greatest count that a suppressed cell may hide; None where nothing is known.
        at_31_march: a time period of one year, "2024", is the position at 31 March of that year.
        season: a time period, "2023/24", is the season of vaccination, September to February.
        three_years: a time period, "2021 - 23", is three calendar years together; single years are left out.
        by_sex: single sexes are read beside persons, and where persons are not printed, alone.
        upper_tier: counties and unitary authorities stand together as the one level of upper-tier authorities.
        range_of_authorities: England's row also gets the highest figure of an upper-tier authority less the lowest.
        own_files: levels of area that come from files of their own, whatever else the indicator's file holds.
    """

    per: float = 0.0
    proportion: bool = False
    half_width: float = 0.0
    hidden: tuple[float, float] | None = None
    at_31_march: bool = False
    season: bool = False
    three_years: bool = False
    by_sex: bool = False
    upper_tier: bool = False
    range_of_authorities: bool = False
    own_files: tuple[str, ...] = ()


# Unconfirmed: the day that a year stands for, and the rule of hiding, recalled of 94063 alone (0 to 7).
_SCREENING = Figures(per=100.0, proportion=True, hidden=(0.0, 7.0), at_31_march=True, own_files=("icb_ons", "practice"))

_EXPECTANCY = Figures(three_years=True, by_sex=True)

FIGURES: Mapping[str, Figures] = {
    # 2026-11: all 6,342 practice counts are multiples of 5 from 15 up. Hospital Episode Statistics hide 1 to 7
    # and round the rest to 5; that this file follows that rule is unconfirmed, so 0 is not excluded.
    "93930": Figures(per=1000.0, half_width=2.0, hidden=(0.0, 7.0)),
    "200": Figures(per=100.0, proportion=True),
    "30314": Figures(season=True),
    **dict.fromkeys(("90366", "91102", "108"), _EXPECTANCY),
    "90362": replace(_EXPECTANCY, upper_tier=True, range_of_authorities=True),
    **dict.fromkeys(("93560", "93561", "91720", "94063"), _SCREENING),
}
DEFAULT = Figures()
