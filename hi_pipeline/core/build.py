"""How a linked table is declared and built: what it reads, what it returns, what it counted on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Built:
    """A built table and the account of what happened to the rows.

    Attributes:
        frame: the table.
        releases: ids of the releases that went into it ("qof:2022-23").
        counted: rows set apart or dropped, by reason in plain words.
        notes: what a reader must know (nearest list used, snapshot that is not the year's end, ...).
    """

    frame: pl.DataFrame
    releases: tuple[str, ...] = ()
    counted: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Gives a builder the clean and linked tables it asks for; every read is recorded as an input."""

    def clean(self, source: str, table: str, part: str) -> pl.DataFrame:
        """Return a clean table of a source for an edition (reference data) or a financial year (statistics)."""
        ...

    def parts(self, source: str) -> tuple[str, ...]:
        """Return the editions or financial years of a source that are built, in order."""
        ...

    def holds(self, source: str, part: str) -> bool:
        """Return whether an edition or a financial year of a source is built."""
        ...

    def linked(self, name: str, financial_year: str) -> pl.DataFrame:
        """Return a linked table of a financial year."""
        ...

    def releases(self, name: str, part: str) -> tuple[str, ...]:
        """Return the ids of the releases behind a part of a source, or behind a linked table of a year."""
        ...

    def imd_vintage(self, source: str, financial_year: str) -> str | None:
        """Return the Indices behind the publisher's own groups of a year; None where nobody states which."""
        ...

    def indicators(self, source: str) -> tuple[Indicator, ...]:
        """Return the declared indicators of a source, in the order of the catalogue."""
        ...


@dataclass(frozen=True, kw_only=True)
class LinkedTable:
    """Declaration of a linked table, always by financial year.

    Attributes:
        name: its name in the lake and the asset graph.
        sources: the publications it reads.
        linked: the linked tables it reads (of the same year).
        years: the financial years for which it can be built at all, given what is declared.
        build: makes it; raises ValidationError, LinkageError.
        schema: of its frame.
        description: one paragraph for the UI.
        required: sources without which the year cannot be built: where one of them holds nothing for the
            year, the partition is not built and not a failure. A builder that finds nothing to build from
            raises ``errors.NothingToBuild``, which means the same.
        indicators_of: the source whose declared indicators it computes the counts of ("" for none); a change
            of their declarations makes the table stale.
    """

    name: str
    sources: tuple[str, ...]
    linked: tuple[str, ...] = ()
    years: tuple[str, ...]
    build: Callable[[Reader, str], Built]
    schema: Schema
    description: str
    required: tuple[str, ...] = ()
    indicators_of: str = ""
    version: str = "1"
