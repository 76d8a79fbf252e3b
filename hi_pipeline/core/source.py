"""What a publication is: its releases (pinned files), its layouts and who to thank for it.

A folder ``hi_pipeline/sources/<name>/`` declares one ``SOURCE``. Nothing here reads a file: storage opens a
container by the layout and hands the text tables to the source's parser.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

import polars as pl

from hi_pipeline.core.schema import Schema
from hi_pipeline.core.series import Series, place_of


class Container(StrEnum):
    """What a release's file is on the outside."""

    CSV = "csv"
    ZIP = "zip"
    XLSX = "xlsx"
    ODS = "ods"
    PARQUET = "parquet"


class ReleaseStatus(StrEnum):
    """How final the publisher says an edition is."""

    PROVISIONAL = "provisional"
    FINAL = "final"


class Cadence(StrEnum):
    """How often a publisher brings out a new edition."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    IRREGULAR = "irregular"


class Token(StrEnum):
    """What a publisher's text in a number's place means."""

    SUPPRESSED = "suppressed"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One table inside a release's file.

    Attributes:
        table: the name by which the parser gets it.
        pattern: regular expression that the whole member name (zip) or sheet name (xlsx, ods) must match; several
            members may match (regional files). Ignored for a bare CSV.
        columns: the exact header, in order; None where a sheet holds no single table and the parser reads the
            matrix itself (columns are then named column_0, column_1, ...).
        also: further columns that the publisher is known to give and that nobody reads. Any of them may be
            there, in any place, and the order of ``columns`` is then not compared; any other column still stops.
            For headers whose names are known but not their order, or whose copies lack columns.
        also_pattern: regular expression of further column names of that kind, where they vary by file.
        header_row: rows above the header (sheets only).
        optional: the file is whole without it.
        extra_columns: the file may hold columns beside the declared ones; those are all there, in their order.
        aliases: other spellings of declared columns that the publisher has used, each with the declared one. The
            frame keeps the spelling found; the parser renames.
        json_rows: of a JSON member, the key of its list of rows; the fields of an object have no order.
        unverified: its columns were read in public code, and nobody has seen such a file; see
            ``core.observations.unverified``.
    """

    table: str
    pattern: str = ".*"
    columns: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()
    also_pattern: str = ""
    header_row: int = 0
    optional: bool = False
    extra_columns: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    json_rows: str = ""
    unverified: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One way in which a publisher lays out a file.

    Attributes:
        ignored: patterns of members that are known and not read.
        kept_for: why it is declared although no release uses it (the publisher's older files, say); "" otherwise.
    """

    name: str
    container: Container
    members: tuple[Member, ...]
    ignored: tuple[str, ...] = ()
    kept_for: str = ""

    @property
    def unverified(self) -> tuple[str, ...]:
        """Return the tables whose columns nobody has seen in a file."""
        return tuple(member.table for member in self.members if member.unverified)


@dataclass(frozen=True, kw_only=True)
class Release:
    """One pinned file of a publication.

    Attributes:
        edition: the publisher's edition, unique in the source ("2023-24", "2022-07").
        financial_years: the years whose figures it holds; empty for reference data.
        address: the live https address, or None where it is not known (then fetch it by hand from the landing
            page; a mirror may still hold it).
        mirror_path: ``<host>/<decoded path>`` below a mirror; derived from the address when not given.
        sha256: of the publisher's own bytes, once known; mirror and sample files are not held to it.
        max_bytes: larger files are refused while they come.
        allowed_hosts: further hosts to which the address may redirect; its own host always may.
        imd_vintage: the Indices of Deprivation by which the publisher formed the groups of this edition, "2019" or
            "2025"; None where it forms none, or where neither it nor its code says which.
        layer_key: where the address is a layer of an ArcGIS feature service: the column that tells its rows apart.
            Live the rows are asked for page by page, in the order of this column, and kept as the CSV that a portal
            gives; see ``storage.feature_layer``. A mirror holds that CSV.
        unconfirmed: what of this declaration nobody has seen in the publisher's own file yet.
        found: nobody has declared it: it was found as an edition of one of the source's series.
    """

    edition: str
    layout: str
    landing_page: str
    address: str | None = None
    financial_years: tuple[str, ...] = ()
    mirror_path: str = ""
    sha256: str | None = None
    published: date | None = None
    status: ReleaseStatus = ReleaseStatus.FINAL
    max_bytes: int = 64_000_000
    allowed_hosts: tuple[str, ...] = ()
    imd_vintage: str | None = None
    layer_key: str = ""
    unconfirmed: str = ""
    found: bool = False

    @property
    def mirror_file(self) -> str:
        """Place below a mirror: host and percent-decoded path; a query becomes part of the path.

        Raises:
            ValueError: it has neither an address nor a mirror path.
        """
        if self.mirror_path:
            return self.mirror_path
        if self.address is None:
            raise ValueError(f"release {self.edition} has neither an address nor a mirror path")
        return place_of(self.address)

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts from which its bytes may come: the address's own and those it may redirect to."""
        own = urlsplit(self.address).hostname if self.address else None
        return frozenset({*self.allowed_hosts, *([own] if own else [])})


@dataclass(frozen=True, kw_only=True)
class ReleaseCalendar:
    """When new editions come.

    Attributes:
        usual_month: for annual ones, the month (1 to 12) after the financial year's end.
        months_after: for monthly and quarterly ones named by their month ("2026-06"), how many months after it they
            come.
    """

    cadence: Cadence
    usual_month: int | None
    last_known_edition: str
    months_after: int | None = None
    unconfirmed: bool = True


@dataclass(frozen=True)
class RawTable:
    """A member as text: every cell a string or null, columns named by the header (or column_0, ...).

    ``first_row`` is the row of the file or sheet that the frame's first row is: 2 below a header on row 1.
    """

    member: str
    frame: pl.DataFrame
    first_row: int = 2


RawTables = Mapping[str, tuple[RawTable, ...]]
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A publication.

    Attributes:
        by_year: its tables are statistics of financial years (clean tables are then written by year); False
            for reference data (clean tables are written by edition).
        parse: text tables and release in, clean tables by name out; raises LayoutError.
        schemas: the schema of each clean table.
        whole_levels: financial years by level of area: in these years every area of the level (board, sub-ICB
            location, or some practice of each location) must be in ``observations``; see ``core.whole``. Where the
            newest declared year is among them, they go on for the later years of found editions.
        series: runs of editions of which new ones are found and fetched without a change of this declaration.
        needs_a_line: why a new edition, or some, needs a line of its own; "" where the series find every one.
        unread: clean tables from which nothing is built; an unknown label there is a warning.
        gather: where a release is no file of the publisher's but the answers of an interface: given what returns the
            body of an address, and the release, it yields each answer with its name in the archive (a zip) that is
            kept. A mirror holds that archive. Only for publishers who are asked live.
        local: nobody publishes it: its files lie in the folder of a board's own extracts, whatever ``HI_SOURCE`` is.
        disclosure: the publisher's rule for hiding and rounding, in plain words.
        attribution: the wording that the publisher asks for.
    """

    name: str
    title: str
    publisher: str
    landing_page: str
    attribution: str
    licence: str = "Open Government Licence v3.0"
    licence_url: str = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    by_year: bool
    calendar: ReleaseCalendar
    layouts: Mapping[str, Layout]
    releases: tuple[Release, ...]
    parse: Callable[[RawTables, Release], Tables]
    schemas: Mapping[str, Schema]
    disclosure: str
    parser_version: str = "1"
    owner: str = "team:hi_pipeline"
    whole_levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    needs_a_line: str = ""
    gather: Callable[[Callable[[str], bytes], Release], Iterable[tuple[str, bytes]]] | None = None
    local: bool = False

    def __post_init__(self) -> None:
        """Refuse a declaration that contradicts itself."""
        editions = [release.edition for release in self.releases]
        if len(set(editions)) != len(editions):
            raise ValueError(f"source {self.name} declares an edition twice: {sorted(editions)}")
        for release in self.releases:
            if release.layout not in self.layouts:
                raise ValueError(
                    f"{self.name} {release.edition} names the layout {release.layout!r}, which is not declared"
                )
            if self.by_year != bool(release.financial_years):
                raise ValueError(f"{self.name} {release.edition}: financial_years and by_year contradict each other")
            if not re.match(r"https://", release.landing_page):
                raise ValueError(f"{self.name} {release.edition}: the landing page is no https address")

        for series in self.series:
            if series.layout not in self.layouts:
                raise ValueError(f"{self.name}: the series {series.name} names a layout that is not declared")

    def edition(self, series: Series, period: str, *, address: str, landing_page: str) -> Release:
        """Return the release that a found file of a series is."""
        return Release(
            edition=f"{period}{series.suffix}",
            layout=series.layout,
            landing_page=landing_page,
            address=address,
            financial_years=(series.financial_year(period),) if self.by_year else (),
            max_bytes=series.max_bytes,
            allowed_hosts=series.allowed_hosts,
            unconfirmed=series.unconfirmed,
            found=True,
        )

    def with_editions(self, found: Iterable[Release]) -> "Source":
        """Return the source with found editions beside the declared ones; a declared edition or file wins."""
        editions = {release.edition for release in self.releases}
        places = {release.mirror_file for release in self.releases if release.address or release.mirror_path}
        new = tuple(r for r in found if r.edition not in editions and r.mirror_file not in places)
        newest = max(self.years, default="")
        later = sorted({year for release in new for year in release.financial_years if year > newest})
        levels = {
            level: (*years, *later) if newest and newest in years else years
            for level, years in self.whole_levels.items()
        }
        return replace(self, releases=(*self.releases, *new), whole_levels=levels)

    @property
    def newest_of_year(self) -> bool:
        """Tell whether the newest edition of a financial year stands for all of it."""
        return any(series.newest_of_year for series in self.series)

    def release(self, edition: str) -> Release:
        """Return the release of an edition (KeyError if there is none)."""
        return {release.edition: release for release in self.releases}[edition]

    def releases_of(self, financial_year: str) -> tuple[Release, ...]:
        """Return the releases that hold figures of a financial year, in declared order."""
        return tuple(release for release in self.releases if financial_year in release.financial_years)

    def imd_vintage(self, financial_year: str) -> str | None:
        """Return the Indices of Deprivation behind the publisher's own groups of a year; None where not known.

        Groups that this project forms itself, of practices and LSOAs, rest on its own choice of indices instead.
        """
        stated = {release.imd_vintage for release in self.releases_of(financial_year)}
        return stated.pop() if len(stated) == 1 else None

    @property
    def years(self) -> tuple[str, ...]:
        """Return the financial years for which a release is declared, in order."""
        return tuple(sorted({year for release in self.releases for year in release.financial_years}))


def release_id(source: Source, release: Release) -> str:
    """Return the id by which outputs name a release: "talking_therapies:2023-24"."""
    return f"{source.name}:{release.edition}"
