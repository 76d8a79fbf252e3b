"""An area that sends in zeros, or next to nothing while its neighbours do not, did not submit: missing, not zero."""

from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.status import Status


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A source's declared rule.

    Attributes:
        part: measures that count some of the whole.
        whole: measure that counts all; an area of which all figures are 0 submitted nothing.
        share_of_median: a part is next to nothing below this share of the median share of the areas of the year.
        expected: and only where the median share would give the area at least so many.
    """

    part: tuple[str, ...]
    whole: str
    share_of_median: float
    expected: float

    @property
    def words(self) -> str:
        """The rule in the words of a note."""
        return f"under {self.share_of_median:.0%} of what the median area of the year reports"


def mark_not_submitted(figures: pl.DataFrame, rule: Submission, *, by: list[str]) -> pl.DataFrame:
    """Turn what was not submitted into status missing with a note that says what was printed.

    Args:
        figures: one figure a row: ``by``, area_code, measure, value, status, note.
        rule: the source's.
        by: columns of a year and level of area, whose areas are neighbours.

    Returns:
        The frame, its rows in order; of an area of zeros all figures are missing, of others the parts that are next to
        nothing.
    """
    area = [*by, "area_code"]
    wholes = figures.filter(measure=rule.whole).select(*area, pl.col("value").alias("_whole"))
    joined = figures.join(wholes, on=area, how="left", validate="m:1", maintain_order="left")
    there = (pl.col("_whole") > 0) & (pl.col("status") == Status.OK.value)
    share = pl.when(there).then(pl.col("value") / pl.col("_whole"))
    joined = joined.with_columns(share.median().over([*by, "measure"]).alias("_median"))
    little = (
        pl.col("measure").is_in(list(rule.part))
        & (share < rule.share_of_median * pl.col("_median"))
        & (pl.col("_median") * pl.col("_whole") >= rule.expected)
    ).fill_null(False)
    # Parts of nothing are a contradiction, which stays for the check of counts against their denominators to refuse.
    nothing = (pl.col("_whole") == 0) & (pl.col("value").sum().over(area) == 0)
    nothing = (nothing & (pl.col("status") == Status.OK.value)).fill_null(False)
    printed = pl.col("value").cast(pl.Int64).cast(pl.String)
    note = (
        pl.when(nothing)
        .then(pl.lit("not submitted: all figures of the area are printed as 0"))
        .when(little)
        .then(pl.format(f"not submitted: printed as {{}}, {rule.words}", printed))
        .otherwise("note")
    )
    missing = nothing | little
    return joined.with_columns(
        pl.when(~missing).then(pl.col("value")).alias("value"),
        pl.when(missing).then(pl.lit(Status.MISSING.value)).otherwise("status").alias("status"),
        note.alias("note"),
    ).drop("_whole", "_median")
