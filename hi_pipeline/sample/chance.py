"""Seeded chance and exact division: the same numbers on every run, and parts that always add to their total."""

from collections.abc import Sequence
from math import fsum, sqrt
from random import Random

VERSION = "1"


def chance(name: str) -> Random:
    """Return the generator of one named part of the sample; parts do not disturb each other."""
    return Random(f"hi_pipeline sample {VERSION}: {name}")


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Divide a whole number by weights into whole numbers that add to it (largest remainders, first wins)."""
    # fsum, here and wherever fractions are added: sum() adds them in another way from Python 3.12 on.
    whole = fsum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def share_within(total: int, weights: Sequence[float], limits: Sequence[int]) -> list[int]:
    """Divide as ``share_out``, but no part above its limit; what is over goes where there is room.

    Raises:
        ValueError: the limits hold less than the total.
    """
    if total > sum(limits):
        raise ValueError(f"{total} cannot be shared out within limits that add to {sum(limits)}")
    parts = [min(part, limit) for part, limit in zip(share_out(total, weights), limits, strict=True)]
    while rest := total - sum(parts):
        room = [limit - part for part, limit in zip(parts, limits, strict=True)]
        parts = [part + min(more, free) for part, more, free in zip(parts, share_out(rest, room), room, strict=True)]
    return parts


def drawn(generator: Random, count: int, share: float) -> int:
    """Return how many of ``count`` have what a ``share`` of them has, with binomial spread."""
    spread = sqrt(max(count * share * (1 - share), 0.0))
    return min(count, max(0, round(count * share + spread * generator.gauss(0, 1))))


def rounded(count: int, base: int = 5) -> int:
    """Round to the nearest multiple, halves up."""
    return (2 * count + base) // (2 * base) * base
