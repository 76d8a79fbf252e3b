"""What to do where a check fails, in a line; docs/operators.md says more."""

TO_DO = {
    "schema": "Look at the failing rows. If the publisher changed the layout, declare it; if the file is broken, put "
    "the right one there and run again. The last good figures stay.",
    "hashes": "Somebody or something changed a kept file: delete it with the .json beside it, and run hi run.",
    "revisions": "Look at the changes file that is named, then accept the new bytes as it says.",
    "freshness": "Look at the publication's landing page. If the release is out, declare it and fetch it; if it is "
    "late, wait.",
    "keys": "The publisher repeats rows, or two labels mean one thing: compare the rows shown with the file.",
    "unknown_labels": "Map the label by its words, or enter a correction; figures that read it stay as they were.",
    "coverage_did_not_shrink": "See whether the publisher withdrew figures; if not, the file is not whole.",
    "values_in_range": "Compare the rows shown with the publisher's file; enter a correction if it is wrong.",
    "all_icbs": "A board is missing or foreign: see whether the lookup of that date is in hand.",
    "reconciles_with_england": "Rows were lost or counted twice: look at dropped_rows in the sidecars of that year.",
    "reporters": "Practices or areas are missing in the publisher's file: fetch it again, or see whether it is whole "
    "there. Their boards are not compared meanwhile.",
    "single_units": "Look at the practices, providers or areas shown, in the publisher's file, before using a figure "
    "that rests on them.",
    "list_covered": "A failed cell had an input that could not be used: see hi status for the step that failed.",
    "verified": "A pack says other than the published results: make it anew with hi pack; the last good one stays.",
    "accessible": "Report it: packs are made so. An edited Word document is the board's own to mend.",
    "complete": "A file of the pack was changed or removed: make it anew with hi pack.",
    "stale_partitions": "Run hi run --stale: it rebuilds just these.",
}
SEE = 'See docs/operators.md, "What each red thing means".'


def advice_on(check: str) -> str:
    """Return what to do where a check fails."""
    return TO_DO.get(check, SEE)
