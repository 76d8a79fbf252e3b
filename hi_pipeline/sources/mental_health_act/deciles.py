"""The damaged decile labels of 2023-24, restored by position; and no label of another edition touched."""

import polars as pl

from hi_pipeline.core.account import Account
from hi_pipeline.core.errors import LayoutError
from hi_pipeline.core.row_index import CORRECTION
from hi_pipeline.sources.mental_health_act.corrections import DECILE_LABELS_OVERWRITTEN, WRONG_WORDS

# The publisher's order of rows within an area; England has its sum before the unknown.
ORDER = (
    "01 Least deprived",
    "02 Less deprived",
    "03 Less deprived",
    "04 Less deprived",
    "05 Less deprived",
    "06 More deprived",
    "07 More deprived",
    "08 More deprived",
    "09 More deprived",
    "10 Most deprived",
    "Not stated/Not known/Invalid",
)
SUM = "All"


def restore_decile_labels(frame: pl.DataFrame, *, edition: str, account: Account, where: str) -> pl.DataFrame:
    """Return the frame with a ``note`` column and, where the register says so, decile labels by their position.

    Args:
        frame: rows of all detentions in file order, with OrganisationBreakdown, OrgID, Demographic and
            DemographicBreakdown.
        edition: the register's entry applies to some editions only.
        account: takes down how many labels were restored.
        where: for errors.

    Raises:
        LayoutError: the rows of an area do not stand in the expected order.
        CorrectionError: another number of wrong labels than the register expects.
    """
    frame = frame.with_row_index("_row").with_columns(pl.lit("").alias("note"))
    if not DECILE_LABELS_OVERWRITTEN.applies_to("mental_health_act", edition):
        return frame.drop("_row")
    deciles = frame.filter((pl.col("Demographic") == "IMD") & (pl.col("DemographicBreakdown") != SUM)).with_columns(
        pl.int_range(pl.len()).over("OrganisationBreakdown", "OrgID", order_by="_row").alias("_position")
    )
    _check_order(deciles, where)
    wrong = deciles.filter(pl.col("DemographicBreakdown").is_in(list(WRONG_WORDS)))
    DECILE_LABELS_OVERWRITTEN.expect(wrong, edition=edition)
    account.corrected(DECILE_LABELS_OVERWRITTEN, wrong.height)
    restored = wrong.select(
        "_row",
        pl.col("_position").replace_strict(dict(enumerate(ORDER)), return_dtype=pl.String).alias("_restored"),
    )
    touched = pl.col("_restored").is_not_null()
    return (
        frame.join(restored, on="_row", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            pl.coalesce("_restored", "DemographicBreakdown").alias("DemographicBreakdown"),
            pl.when(touched).then(pl.lit(DECILE_LABELS_OVERWRITTEN.note)).otherwise(pl.col("note")).alias("note"),
            pl.when(touched).then(pl.lit(DECILE_LABELS_OVERWRITTEN.id)).otherwise(pl.lit("")).alias(CORRECTION),
        )
        .drop("_row", "_restored")
    )


def _check_order(deciles: pl.DataFrame, where: str) -> None:
    areas = deciles.group_by("OrganisationBreakdown", "OrgID", maintain_order=True).agg(
        pl.col("DemographicBreakdown").sort_by("_position").alias("labels")
    )
    for level, area, labels in areas.rows():
        right = len(labels) == len(ORDER) and all(
            label == expected or (position < 2 and label in WRONG_WORDS)
            for position, (label, expected) in enumerate(zip(labels, ORDER, strict=True))
        )
        if not right:
            raise LayoutError(
                f"{where}: the rows by deprivation of {level} {area} carry {labels}; expected eleven rows in the "
                f"order {list(ORDER)}, of which the first two may carry one of {list(WRONG_WORDS)}. Positions no "
                "longer say the decile: take the publisher's own file."
            )
