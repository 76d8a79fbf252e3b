"""A publication's run of editions, declared once: where its pages lie, what its files are called, what a name says.

The period of an edition is read from the file's name by named groups of the pattern: ``month`` and ``year`` ("Jan",
"January", "01"; "26", "2026") name a month, ``years`` ("2526", "2025-26") a financial year, ``year`` alone a calendar
year. Anything else in a name is no edition, so that a new habit of a publisher stops here and is never guessed at. The
folder is not compared: publishers' folders are hashes or months of upload, and who keeps a mirror may not know them.
"""

import re
from calendar import month_abbr, month_name
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urlsplit

from hi_pipeline.core.financial_year import label_of, label_of_date, years_between

# For ``unconfirmed`` of a series: nothing in its files can contradict the period that their name says.
SAYS_NO_PERIOD = "the file says no period of its own: it is taken from its name"
_YEARS = re.compile(r"(?:20)?(\d\d)[-_]?(\d\d)")
_MONTHS = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}


@dataclass(frozen=True, kw_only=True)
class Match:
    """A file of a series.

    Attributes:
        period: its month ("2026-07"), financial year ("2025-26") or calendar year ("2024").
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
        file: regular expression of a file's whole decoded name; see above for its groups. A group ``revised`` marks
            files that take the place of others. Without ``month``, ``year`` or ``years`` the page says the period,
            and a mirror, which has no pages, shows none.
        example: such a name.
        first: the earliest period that has the layout.
        every: months between two editions named by their month; 0 for those named by a year.
        ahead: months by which the month of its name lies after the last one that the file is read for.
        suffix: follows the period in the edition ("-lsoa").
        newest_of_year: an edition takes the place of the earlier ones of its financial year (snapshots of a month).
        unconfirmed: what of this declaration nobody has seen in the publisher's own file yet.
    """

    name: str
    layout: str
    page: str
    host: str
    file: str
    example: str
    first: str
    every: int
    ahead: int = 0
    suffix: str = ""
    newest_of_year: bool = False
    max_bytes: int = 64_000_000
    allowed_hosts: tuple[str, ...] = ()
    unconfirmed: str = ""
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a pattern that cannot be read, or that names half a period."""
        object.__setattr__(self, "_pattern", re.compile(self.file))
        groups = self._said
        expected = [{"month", "year"}] if self.by_month else [{"years"}, {"year"}]
        if groups not in expected and (groups or not self.by_month):
            raise ValueError(f"series {self.name}: the pattern has the groups {groups}; expected one of {expected}")
        if self._pattern.fullmatch(self.example) is None:
            raise ValueError(f"series {self.name}: its own example {self.example!r} does not fit its pattern")
        if not self.page.startswith("https://"):
            raise ValueError(f"series {self.name}: its page is no https address")

    @property
    def by_month(self) -> bool:
        """Tell whether its periods are months."""
        return self.every > 0

    @property
    def names_its_period(self) -> bool:
        """Tell whether a file's name says its period, so that a mirror shows new editions."""
        return bool(self._said)

    @property
    def _said(self) -> set[str]:
        return set(self._pattern.groupindex) - {"revised"}

    @property
    def _by_calendar_year(self) -> bool:
        return self._said == {"year"}

    def match(self, place: str, *, page_period: str = "") -> Match | None:
        """Return what the name of a file says, None where it is none of the series.

        Args:
            place: host and decoded path.
            page_period: the period of the page that links to it, for names that do not say theirs.
        """
        host, _, path = place.partition("/")
        found = self._pattern.fullmatch(path.rpartition("/")[2]) if host == self.host else None
        if found is None:
            return None
        said = found.groupdict()
        revised = said.pop("revised", None) is not None
        period = _period(said) if said else page_period
        return Match(period=period, revised=revised) if period >= self.first else None

    def nearly(self, place: str) -> bool:
        """Tell whether a file looks like one of the series and is none: by its words, without those that say a period.

        Args:
            place: host and decoded path.
        """
        host, _, path = place.partition("/")
        name = path.rpartition("/")[2]
        found = self._pattern.fullmatch(name) if host == self.host else None
        if host != self.host or (found is not None and (not self._said or _period(found.groupdict()))):
            return False
        # An extension alone makes no likeness.
        own = _words(self.example)
        return len(own) > 1 and own <= _words(name)

    def pages(self, newest: str, *, today: date) -> dict[str, str]:
        """Return the pages on which new editions may stand, each with its period.

        Args:
            newest: the newest period known; its own page is one of them, as later editions may stand there too.
            today: pages of later periods are not there yet.
        """
        found = {}
        for period in self._periods(max(newest, self.first), today):
            month = _first_day(period) if self.by_month else None
            said = {
                "financial_year": label_of_date(month) if month else period,
                "month": month_name[month.month].lower() if month else "",
                "year": period[:4],
            }
            found[self.page.format(**said)] = period
        return found

    def last(self, today: date) -> str:
        """Return the last period that can have begun."""
        if self.by_month:
            return f"{today:%Y-%m}"
        return f"{today:%Y}" if self._by_calendar_year else label_of_date(today)

    def is_period(self, text: str) -> bool:
        """Tell whether a text names a month, or a year, as the series' editions are named."""
        if self._by_calendar_year:
            return re.fullmatch(r"\d{4}", text) is not None
        found = re.fullmatch(r"\d{4}-(\d\d)", text)
        if found is None:
            return False
        return 1 <= int(found[1]) <= 12 if self.by_month else (int(text[:4]) + 1) % 100 == int(found[1])

    def financial_year(self, period: str) -> str:
        """Return the financial year that a period is, or in which what the file is read for ends; see ``ahead``.

        A calendar year stands in the financial year that begins in it.
        """
        if self._by_calendar_year:
            return label_of(int(period))
        return label_of_date(_moved(_first_day(period), -self.ahead)) if self.by_month else period

    def _periods(self, newest: str, today: date) -> list[str]:
        if self._by_calendar_year:
            return [f"{year}" for year in range(int(newest), max(int(newest), today.year) + 1)]
        if not self.by_month:
            return list(years_between(newest, max(newest, label_of_date(today))))
        months, day = [], _first_day(newest)
        while day <= today:
            months.append(f"{day:%Y-%m}")
            day = _moved(day, self.every)
        return months


def place_of(address: str) -> str:
    """Return host and decoded path of an address, as a mirror holds it."""
    parts = urlsplit(address)
    return f"{parts.hostname}{unquote(parts.path)}"


def _words(name: str) -> set[str]:
    """Return the words of a file's name, without months, numbers, single letters and the s of a plural."""
    return {word.rstrip("s") for word in re.findall(r"[a-z]{2,}", name.lower()) if word not in _MONTHS}


def _period(said: dict[str, str]) -> str:
    if "years" in said:
        found = _YEARS.fullmatch(said["years"])
        follows = found and (int(found[1]) + 1) % 100 == int(found[2])
        return f"20{found[1]}-{found[2]}" if found and follows else ""
    if "month" not in said:
        return said["year"]
    word = said["month"].lower()
    number = int(word) if word.isdigit() else _MONTHS.get(word, 0)
    year = said["year"]
    if len(year) not in (2, 4) or not year.isdigit() or not 1 <= number <= 12:
        return ""
    return f"{year if len(year) == 4 else f'20{year}'}-{number:02d}"


def _first_day(period: str) -> date:
    year, month = period.split("-")
    return date(int(year), int(month), 1)


def _moved(day: date, months: int) -> date:
    """Return the first day of the month that lies so many months later (earlier where negative)."""
    later = day.month - 1 + months
    return date(day.year + later // 12, later % 12 + 1, 1)
