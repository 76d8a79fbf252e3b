"""Known errors of the published files and the code that finds them."""

import polars as pl

from hi_pipeline.core.corrections import Action, Correction

_PRACTICE, _GROUP = "Y05750", "LD"

REGISTER_ABOVE_LIST = Correction(
    id="qof_learning_disability_register_y05750",
    source="qof",
    editions=("2020-21", "2021-22", "2022-23"),
    action=Action.KEEP_AND_FLAG,
    match=f"learning disability register of practice {_PRACTICE} above its list",
    reason=(
        "The practice has more people on the learning disability register than on its list in every edition "
        "(137 of 132 in 2020-21, 121 of 118 in 2022-23; found 2026-11). It serves people with learning disabilities "
        "and the two counts are of different days; both are kept as published. 2021-22 was not in hand."
    ),
    note="register above the practice's list, kept as published",
    expected_rows={"2020-21": 1, "2021-22": 1, "2022-23": 1},
)
CORRECTIONS = (REGISTER_ABOVE_LIST,)


def excused() -> pl.Expr:
    """Return the rows of the prevalence table that the entry speaks of."""
    return (
        (pl.col("PRACTICE_CODE") == _PRACTICE)
        & (pl.col("GROUP_CODE") == _GROUP)
        & (pl.col("REGISTER_value") > pl.col("PRACTICE_LIST_SIZE_value"))
    )
