"""The 2013 European Standard Population."""

from collections.abc import Sequence

import polars as pl

from hi_pipeline.core.errors import StatisticsError

EUROPEAN_STANDARD_POPULATION_2013: tuple[tuple[int, int], ...] = (
    (0, 5000), (5, 5500), (10, 5500), (15, 5500), (20, 6000), (25, 6000), (30, 6500), (35, 7000),
    (40, 7000), (45, 7000), (50, 7000), (55, 6500), (60, 6000), (65, 5500), (70, 5000), (75, 4000),
    (80, 2500), (85, 1500), (90, 1000),
)  # fmt: skip


def european_standard_population(
    *, sexes: Sequence[str] = (), oldest_band: int = 90, from_age: int = 0, to_age: int | None = None
) -> pl.DataFrame:
    """The 2013 European Standard Population in the bands that a source has.

    Formula: 19 five-year bands that sum to 100,000. It has no split by sex: each sex takes half of
    each band, so that both together keep the total.

    Symbols: none.

    Units: standard persons.

    Shapes: one row a band (and sex), in order.

    Args:
        sexes: the source's words for the sexes; none gives one row a band.
        oldest_band: where the open band starts; 85 merges 85-89 and 90+ (2,500).
        from_age: first age kept, the start of a band.
        to_age: first age left out, the start of a band (75 keeps those under 75); ``None`` keeps all.

    Returns:
        ``age_band`` ("0-4" to "90+"), ``start_age``, ``end_age`` (last age; null for the open band),
        ``sex`` if sexes were given, and ``weight``. The sum of ``weight`` is the ``total_weight`` of
        ``directly_standardised_rate``.

    Raises:
        StatisticsError: an age is not the start of a band, or no band is left.

    Example:
        >>> european_standard_population(oldest_band=85, from_age=75).rows()
        [('75-79', 75, 79, 4000.0), ('80-84', 80, 84, 2500.0), ('85+', 85, None, 2500.0)]

    Reference:
        Eurostat. Revision of the European Standard Population. Luxembourg: European Union; 2013.
    """
    starts = [start for start, _ in EUROPEAN_STANDARD_POPULATION_2013]
    for name, age in (("oldest_band", oldest_band), ("from_age", from_age), ("to_age", to_age)):
        if age is not None and age not in starts:
            raise StatisticsError(f"{name} is {age!r}; the start of a band was expected, one of {starts}.")
    merged: dict[int, int] = {}
    for start, weight in EUROPEAN_STANDARD_POPULATION_2013:
        band = min(start, oldest_band)
        merged[band] = merged.get(band, 0) + weight
    kept = [age for age in merged if age >= from_age and (to_age is None or age < to_age)]
    if not kept or (to_age is not None and to_age > oldest_band):
        raise StatisticsError(
            f"Ages {from_age} to {to_age} leave no whole band of those up to {oldest_band}+; widen the range."
        )
    ends = [None if age == oldest_band else age + 4 for age in kept]
    bands = pl.DataFrame(
        {
            "age_band": [f"{age}+" if end is None else f"{age}-{end}" for age, end in zip(kept, ends, strict=True)],
            "start_age": kept,
            "end_age": pl.Series(ends, dtype=pl.Int64),
            "weight": [float(merged[age]) for age in kept],
        }
    )
    if not sexes:
        return bands
    split = bands.join(pl.DataFrame({"sex": list(sexes)}), how="cross", maintain_order="left_right")
    return split.select("age_band", "start_age", "end_age", "sex", pl.col("weight") / len(sexes))
