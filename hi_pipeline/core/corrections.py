"""The corrections register: known errors in published files, each with its reason and its expectation.

An entry whose expectation no longer holds fails loudly, so an exception expires by itself.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from hi_pipeline.core.errors import CorrectionError


class Action(StrEnum):
    """What a correction does: names rows by another label, or keeps rows that break a rule and flags them."""

    RELABEL = "relabel"
    KEEP_AND_FLAG = "keep_and_flag"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One entry.

    Attributes:
        id: stable name, quoted in the provenance of every file it touched.
        source, editions: where it applies.
        match: which rows, in words; the code that finds them lives beside the source's parser.
        expected_rows: how many rows match, per edition; any other number is an error.
        reason: why, with the date it was found.
        note: what the result rows touched by it say.
    """

    id: str
    source: str
    editions: tuple[str, ...]
    action: Action
    match: str
    reason: str
    note: str
    expected_rows: dict[str, int]

    def applies_to(self, source: str, edition: str) -> bool:
        """Tell whether the entry concerns an edition."""
        return self.source == source and edition in self.editions

    def expect(self, found: pl.DataFrame, *, edition: str) -> None:
        """Check that as many rows match as expected.

        Args:
            found: the rows that match.
            edition: the edition they come from.

        Raises:
            CorrectionError: the file is no longer as the entry says.
        """
        wanted = self.expected_rows[edition]
        if found.height != wanted:
            raise CorrectionError(
                f"correction {self.id!r} expects {wanted} rows in {self.source} {edition}, found {found.height}. "
                f"It says: {self.reason} If the publisher mended the file, remove the entry."
            )
