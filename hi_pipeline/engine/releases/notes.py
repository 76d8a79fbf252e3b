"""What the rows of a published indicator and year say of their age: computed before publishing, and handed to it.

A row says that it is stale where a release that it names has a newer file which it does not rest on, that it rests on
a revision which nobody has accepted, or that an earlier version of the program computed it. A row without a figure is
never called the last good one, and one that is not published rests on no bytes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.core.status import OLDER, STALE, Status
from hi_pipeline.engine.releases.marks import Notes, cautious
from hi_pipeline.engine.releases.newer import NewerFiles


@dataclass(frozen=True, kw_only=True)
class YearNotes:
    """The notes of one indicator and year.

    Attributes:
        behind: by board and release, the releases whose newer files its figures lack.
        others_behind: the same for England, regions and remainders.
        lacking: by board, releases that its figures would name now and do not name.
        older: boards whose figures are made from the same files, by an earlier version of the program.
        revised: by release with an unaccepted revision, what figures say that are made from what is there now.
    """

    behind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    others_behind: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
    older: tuple[str, ...] = ()
    revised: Notes = field(default_factory=dict)

    @property
    def not_current(self) -> frozenset[str]:
        """Return the boards whose figures are not made from what is there now."""
        return frozenset({*self.lacking, *self.older, *self.behind})

    def facts(self) -> list[object]:
        """Return all that decides what the rows say, in a fixed order."""
        behind = [[icb, sorted(found.items())] for icb, found in sorted(self.behind.items())]
        others, lacking, revised = (sorted(m.items()) for m in (self.others_behind, self.lacking, self.revised))
        return [behind, others, lacking, sorted(self.older), revised]


def notes_of_year(
    newer: NewerFiles, year: str, *, known: Mapping[str, Provenance], wanted: Provenance, revised: Notes
) -> YearNotes:
    """Return the notes of an indicator and year.

    Args:
        newer: the files of now.
        year: financial year.
        known: what the cell of each board is made from.
        wanted: what they would be made from now.
        revised: see ``YearNotes``.
    """
    current = {icb for icb, cell in known.items() if cell.fingerprint() == wanted.fingerprint()}
    others = newer.behind(wanted, year)
    behind = {
        icb: found for icb, cell in known.items() if (found := others if icb in current else newer.behind(cell, year))
    }
    lacking: dict[str, str] = {}
    older = []
    for icb, cell in known.items():
        if icb in current or icb in behind:
            continue
        if missing := sorted({*wanted.releases} - {*cell.releases}):
            lacking[icb] = " and ".join(missing)
        else:
            older.append(icb)
    return YearNotes(
        behind=behind,
        others_behind=others,
        lacking=lacking,
        older=tuple(older),
        revised=revised,
    )


def annotated(boards: pl.DataFrame, notes: YearNotes) -> pl.DataFrame:
    """Return the rows of boards with what is to be said of them added to their notes.

    Args:
        boards: rows of one indicator and year in the results contract.
        notes: what is to be said, of the same indicator and year.
    """
    by_words: dict[tuple[str, str], list[str]] = {}
    for icb, found in notes.behind.items():
        for release, newest in found.items():
            by_words.setdefault((release, newest), []).append(icb)
    for (release, newest), icbs in sorted(by_words.items()):
        boards = _with_note(boards, _of(icbs) & _names(release) & _figure(), STALE.format(newest))
    for icb, newest in sorted(notes.lacking.items()):
        boards = _with_note(boards, _of([icb]) & _figure(), STALE.format(newest))
    boards = _with_note(boards, _of(notes.older) & _figure(), OLDER)
    of_before = _of(notes.not_current)
    for release, words in sorted(notes.revised.items()):
        boards = _with_note(boards, _names(release) & _from_file() & ~of_before, words)
        # Of which bytes a figure of before is made is not said.
        boards = _with_note(boards, _names(release) & _from_file() & of_before, cautious(release))
    return boards


def annotated_others(rows: pl.DataFrame, notes: YearNotes) -> pl.DataFrame:
    """Return the rows of England, regions and remainders with what is to be said of them added to their notes."""
    for release, newest in sorted(notes.others_behind.items()):
        rows = _with_note(rows, _names(release) & _figure(), STALE.format(newest))
    for release, words in sorted(notes.revised.items()):
        rows = _with_note(rows, _names(release) & _from_file(), words)
    return rows


def _of(icbs: Collection[str]) -> pl.Expr:
    return pl.col("icb_code").is_in(sorted(icbs)).fill_null(False)


def _names(release: str) -> pl.Expr:
    return pl.col("source_releases").str.split(";").list.contains(release)


def _figure() -> pl.Expr:
    return pl.col("value").is_not_null()


def _from_file() -> pl.Expr:
    """Tell rows that say what stands in a file, a hidden figure too, from those for which it holds nothing."""
    return pl.col("status") != Status.NOT_PUBLISHED.value


def _with_note(frame: pl.DataFrame, where: pl.Expr, note: str) -> pl.DataFrame:
    """Add a note to some rows, after what they say already, unless they say it."""
    new = where & ~pl.col("note").str.contains(note, literal=True)
    return frame.with_columns(note=join_notes("note", pl.when(new).then(pl.lit(note))))
