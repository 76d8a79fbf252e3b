"""Limits with the lines that tell of them: what each way to limits gives back, and what the ways share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hi_pipeline.engine.tracing.arithmetic import same
from hi_pipeline.engine.tracing.figure import Row
from hi_pipeline.engine.tracing.limits import LEVELS

_NAMES = tuple(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper"))
Pair = tuple[float, float]


@dataclass
class Limits:
    """Lines about the limits; ``made`` holds those that are computed again, by the name of their column."""

    lines: list[str]
    made: dict[str, float] = field(default_factory=dict)

    def apart(self, row: Row) -> list[str]:
        """Return the names of the limits that do not come to those of the row."""
        return [name for name, value in self.made.items() if row[name] is not None and not same(value, row[name])]


def at_each_level(limits: Callable[[float], Pair]) -> dict[str, float]:
    """Compute both limits at each level, by the name of their column."""
    return dict(zip(_NAMES, [end for level in LEVELS.values() for end in limits(level)], strict=True))


def outermost(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return of several readings the lowest lower and the highest upper limit of each level."""
    return {name: (min if name.startswith("lower") else max)(of[name] for of in found) for name in _NAMES}
