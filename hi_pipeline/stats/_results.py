"""One result row a group: value, limits, status, note and method, in the same columns everywhere."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hi_pipeline.core.errors import StatisticsError
from hi_pipeline.core.status import Method, Status
from hi_pipeline.stats._columns import Floats, refuse_clash
from hi_pipeline.stats._groups import Groups, Mask

CONFIDENCE = (0.95, 0.998)
Extra = dict[str, Floats | pl.Series]
Limits = Mapping[float, tuple[Floats, Floats]]

UNDEFINED = "the figure is not a finite number for this input"


class Reasons:
    """Why groups have no figure: the first reason given to a group stands."""

    def __init__(self, size: int) -> None:
        self._code = np.zeros(size, dtype=np.int64)
        self._remarked = np.zeros(size, dtype=np.int64)
        self._words: list[tuple[Status, str | None]] = [(Status.OK, None)]

    @property
    def ok(self) -> Mask:
        """The groups that still have a figure."""
        return self._code == 0

    def mark(self, mask: Mask, status: Status, note: str) -> None:
        """Take the figure from the groups of the mask, unless they have lost it already."""
        self._words.append((status, note))
        self._code[mask & self.ok] = len(self._words) - 1

    def mark_each(self, mask: Mask, status: Status, note: str, found: NDArray[np.int64] | Floats) -> None:
        """Like ``mark`` with ``{found}`` in the note, a number of each group."""
        for place in np.flatnonzero(mask & self.ok):
            self._words.append((status, note.format(found=f"{found[place]:.10g}")))
            self._code[place] = len(self._words) - 1

    def remark(self, mask: Mask, note: str) -> None:
        """Add a note to groups that keep their figure."""
        self._words.append((Status.OK, note))
        self._remarked[mask & (self._remarked == 0)] = len(self._words) - 1

    def gathered(self, outer: Groups) -> "Reasons":
        """Pass the reasons of parts on to the groups they belong to: the first part at fault speaks."""
        out = Reasons(outer.size)
        out._words = list(self._words)
        of = outer.row_group()
        for part in np.flatnonzero(~self.ok)[::-1]:
            out._code[of[part]] = self._code[part]
        return out

    def copy(self, others: "Reasons", places: NDArray[np.int64]) -> None:
        """Take over the reasons of others, each place from the one it stands for."""
        self._code = others._code[places]
        self._words = list(others._words)

    def join(self, others: "Reasons") -> None:
        """Take over the reasons of the other side of a pair, for groups without one of their own."""
        take = self.ok & ~others.ok
        self._code[take] = others._code[take] + len(self._words)
        self._words.extend(others._words)

    def status(self) -> pl.Series:
        """Give the status of every group."""
        return pl.Series("status", [str(word) for word, _ in self._words]).gather(self._code)

    def note(self) -> pl.Series:
        """Give the note of every group; null where there is nothing to say."""
        said = np.where(self.ok, self._remarked, self._code)
        return pl.Series("note", [text for _, text in self._words], dtype=pl.String).gather(said)


def mark_fewer(reasons: Reasons, count: NDArray[np.int64], expected: int | None, *, what: str) -> None:
    """Mark groups that have fewer parts than expected, by default fewer than the fullest sound group.

    Call it after the marks of groups at fault in other ways, so that these do not set what is expected.
    """
    if expected is None:
        expected = int(count[reasons.ok].max(initial=0))
    note = f"{what} are absent: {{found}} of {expected} are present, and the figure needs all of them"
    reasons.mark_each(count < expected, Status.MISSING, note, count)


def suffix(confidence: float) -> str:
    """Write a confidence level as it stands in column names: 0.95 is "95", 0.998 is "998"."""
    return f"{confidence:.12g}".removeprefix("0.")


def levels(confidence: float | Sequence[float]) -> tuple[float, ...]:
    """Check confidence levels.

    Raises:
        StatisticsError: if a level is not between 0.5 and 1.
    """
    given = (confidence,) if isinstance(confidence, int | float) else tuple(confidence)
    for level in given:
        if not 0.5 < level < 1:
            raise StatisticsError(f"confidence is {level!r}; a share from 0.5 to 1 was expected, as in 0.95.")
    return given


def result(
    groups: Groups,
    reasons: Reasons,
    *,
    value: Floats,
    limits: Limits,
    method: Method | NDArray[np.object_] | Sequence[str],
    extra: Extra | None = None,
) -> pl.DataFrame:
    """Build the result frame; where a group has no figure, value, limits and extra figures are null."""
    reasons.mark(~np.isfinite(value), Status.NOT_APPLICABLE, UNDEFINED)
    keep = reasons.ok
    columns: dict[str, pl.Series] = {name: groups.keys.get_column(name) for name in groups.keys.columns}
    columns["value"] = _shown(value, keep)
    for level, (lower, upper) in limits.items():
        columns[f"lower_{suffix(level)}"] = _shown(lower, keep)
        columns[f"upper_{suffix(level)}"] = _shown(upper, keep)
    columns["status"] = reasons.status()
    columns["note"] = reasons.note()
    if isinstance(method, Method):
        named = pl.Series([str(method)], dtype=pl.String).new_from_index(0, groups.size)
    else:
        named = pl.Series([str(word) for word in method], dtype=pl.String)
    columns["method"] = named if keep.all() else named.set(pl.Series(~keep), str(Method.NONE))
    for name, figure in (extra or {}).items():
        refuse_clash(columns, [name])
        columns[name] = figure if isinstance(figure, pl.Series) else _shown(figure, keep)
    return pl.DataFrame(columns)


def _shown(figure: Floats, keep: Mask) -> pl.Series:
    return pl.Series(np.where(keep & np.isfinite(figure), figure, np.nan), nan_to_null=True)
