"""People on the practices' disease registers, which more than one publication counts."""

from functools import cache

from hi_pipeline.core.financial_year import start_year
from hi_pipeline.sample.chance import chance, drawn
from hi_pipeline.sample.planted import PREVALENCE
from hi_pipeline.sample.practices import ABOVE_ITS_LIST, Practice, practices

_ABOVE_BY = 5
# 2026-11: in the real editions of these years the register of learning disability there exceeds the list.
_YEARS_ABOVE = ("2020-21", "2021-22", "2022-23")


@cache
def register(practice: Practice, group: str, *, of: str, year: str) -> tuple[int, int]:
    """Return a practice's register and the list that it is a part of.

    Args:
        practice: whose.
        group: the register's code, such as "LD".
        of: the type of the list, a key of LIST_SHARES.
        year: financial year.
    """
    size = practice.list_of(of, year=start_year(year))
    if practice.code == ABOVE_ITS_LIST and group == "LD":
        return size + (_ABOVE_BY if year in _YEARS_ABOVE else -_ABOVE_BY), size
    generator = chance(f"register {group} {practice.code} {year}")
    return drawn(generator, size, PREVALENCE[group].at(practice.place)), size


@cache
def england(group: str, *, of: str, year: str) -> tuple[int, int]:
    """Return England's register and list: the sums of all practices in the registers of a year."""
    own = [register(p, group, of=of, year=year) for p in practices() if p.on_register and p.is_open(start_year(year))]
    return sum(count for count, _ in own), sum(size for _, size in own)
