"""A publication's run of editions, declared once: where its pages lie, what its files are called, what a name says.

The period of an edition is read from the file's name by named groups of the pattern: ``month`` and ``year`` ("Jan",
"January", "01"; "26", "2026") name a month, ``years`` ("2526", "2025-26") a financial year. Anything else in a name is
no edition, so that a new habit of a publisher stops here and is never guessed at.
"""

import re
from calendar import month_abbr, month_name
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urlsplit

from hi_pipeline.core.financial_year import label_of_date, years_between

_YEARS = re.compile(r"(?:20)?(\d\d)[-_]?(\d\d)")
_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}


@dataclass(frozen=True, kw_only=True)
class Match:
    """A file of a series.

    Attributes:
        period: its month ("2026-07") or financial year ("2025-26").
        revised: its name says that it takes the place of an earlier file of the period.
    """

    period: str
    revised: bool


@dataclass(frozen=True, kw_only=True)
class Series:
    """The editions of a publication that come in one layout.

    Attributes:
        name: unique in the source.
        layout: name of the layout that every edition has; strict, as for a declared release.
        page: address of the page that links to the file of a period, with ``{financial_year}`` ("2026-27"),
            ``{month}`` ("july") and ``{year}`` ("2026") in the place of what changes.
        host: of the files.
        file: regular expression of a file's whole decoded path on that host; see above for its groups. A group
            ``revised`` marks files that take the place of others. Without ``month``, ``year`` or ``years`` the page
            says the period, and a mirror, which has no pages, shows none.
        first: the earliest period that has the layout.
        every: months between two editions named by their month; 0 for those named by their financial year.
        suffix: follows the period in the edition ("-lsoa").
        newest_of_year: an edition takes the place of the earlier ones of its financial year (snapshots of a month).
        unconfirmed: what of this declaration nobody has seen in the publisher's own file yet.
    """

    name: str
    layout: str
    page: str
    host: str
    file: str
    first: str
    every: int
    suffix: str = ""
    newest_of_year: bool = False
    max_bytes: int = 64_000_000
    allowed_hosts: tuple[str, ...] = ()
    unconfirmed: str = ""
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a pattern that cannot be read, or that names half a period."""
        object.__setattr__(self, "_pattern", re.compile(self.file))
        groups = set(self._pattern.groupindex) - {"revised"}
        expected = {"month", "year"} if self.by_month else {"years"}
        if groups and groups != expected:
            raise ValueError(f"series {self.name}: the pattern has the groups {groups}; expected {expected}")
        if not self.page.startswith("https://"):
            raise ValueError(f"series {self.name}: its page is no https address")

    @property
    def by_month(self) -> bool:
        """Tell whether its periods are months."""
        return self.every > 0

    def match(self, place: str, *, page_period: str = "") -> Match | None:
        """Return what the name of a file says, None where it is none of the series.

        Args:
            place: host and decoded path.
            page_period: the period of the page that links to it, for names that do not say theirs.
        """
        host, _, path = place.partition("/")
        found = self._pattern.fullmatch(path) if host == self.host else None
        if found is None:
            return None
        said = found.groupdict()
        revised = said.pop("revised", None) is not None
        period = _period(said) if said else page_period
        return Match(period=period, revised=revised) if period >= self.first else None

    def pages(self, newest: str, *, today: date) -> dict[str, str]:
        """Return the pages on which new editions may stand, each with its period.

        Args:
            newest: the newest period known; its own page is one of them, as later editions may stand there too.
            today: pages of later periods are not there yet.
        """
        found = {}
        for period in _periods(max(newest, self.first), today, every=self.every):
            month = _first_day(period) if self.by_month else None
            said = {
                "financial_year": label_of_date(month) if month else period,
                "month": month_name[month.month].lower() if month else "",
                "year": f"{month.year}" if month else "",
            }
            found[self.page.format(**said)] = period
        return found

    def is_period(self, text: str) -> bool:
        """Tell whether a text names a month, or a financial year, as the series' editions are named."""
        found = re.fullmatch(r"\d{4}-(\d\d)", text)
        if found is None:
            return False
        return 1 <= int(found[1]) <= 12 if self.by_month else (int(text[:4]) + 1) % 100 == int(found[1])

    def financial_year(self, period: str) -> str:
        """Return the financial year that a period is or lies in."""
        return label_of_date(_first_day(period)) if self.by_month else period


def place_of(address: str) -> str:
    """Return host and decoded path of an address, as a mirror holds it."""
    parts = urlsplit(address)
    return f"{parts.hostname}{unquote(parts.path)}"


def _period(said: dict[str, str]) -> str:
    if "years" in said:
        found = _YEARS.fullmatch(said["years"])
        follows = found and (int(found[1]) + 1) % 100 == int(found[2])
        return f"20{found[1]}-{found[2]}" if found and follows else ""
    word = said["month"].lower()
    number = int(word) if word.isdigit() else _MONTHS.get(word, 0)
    year = said["year"]
    if len(year) not in (2, 4) or not year.isdigit() or not 1 <= number <= 12:
        return ""
    return f"{year if len(year) == 4 else f'20{year}'}-{number:02d}"


def _periods(newest: str, today: date, *, every: int) -> list[str]:
    if not every:
        return list(years_between(newest, max(newest, label_of_date(today))))
    months, day = [], _first_day(newest)
    while day <= today:
        months.append(f"{day:%Y-%m}")
        later = day.month - 1 + every
        day = date(day.year + later // 12, later % 12 + 1, 1)
    return months


def _first_day(period: str) -> date:
    year, month = period.split("-")
    return date(int(year), int(month), 1)
