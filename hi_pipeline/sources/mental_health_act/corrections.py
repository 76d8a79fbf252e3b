"""Known errors of the file of 2023-24 and the code that finds them."""

from hi_pipeline.core.corrections import Action, Correction

# One word stands on row after row in turn, whatever the decile is: no word means one decile.
WRONG_WORDS = ("Male", "Female", "Non-binary", "Other", "Not stated", "All genders", "Missing")

DECILE_LABELS_OVERWRITTEN = Correction(
    id="mental_health_act_2023_24_decile_labels",
    source="mental_health_act",
    editions=("2023-24",),
    action=Action.RELABEL,
    match=(
        "rows by deprivation (Demographic IMD of All detentions) whose label is a word for a gender: the first row "
        "of each area and the second of England and 25 areas"
    ),
    reason=(
        "The only copy in hand was edited in a spreadsheet (found 2026-11): the labels of deciles 01 and 02 were "
        "filled with seven gender words in turn. The rows of each area stand in the order 01 to 10, unknown, so "
        "that the position says the decile; deciles 03 to 10 and unknown are checked to follow in that order."
    ),
    note="decile label restored by its position in the file",
    expected_rows={"2023-24": 70},
)
CORRECTIONS = (DECILE_LABELS_OVERWRITTEN,)
