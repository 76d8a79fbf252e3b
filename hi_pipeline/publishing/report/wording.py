"""Every template of a sentence, by its kind, and the words of a pack; docs/pack-wording.md prints them for review.

Names of indicators begin a sentence. No template says why a figure is as it is.
"""

TEMPLATES: dict[str, str] = {
    "level": "{indicator}: {v} (95% CI {l} to {u}) in {board} {when}.",
    "level_bare": "{indicator}: {v} in {board} {when}.",
    "against": "That is {word} {comparator} ({e}).",
    "against_rounded": "Before rounding, that is {word} {comparator} ({e}).",
    "against_none": "It is not compared with England.",
    "absent": "Not shown for {board} in {year}: {indicators}.",
    "unseen": "Not shown: {indicators}; see “What we cannot say”.",
    "apart": "The figures by group are of other people than that for everybody: {who}, {when}.",
    "apart_sum": "By {dimension} they add up to {n}, and everybody to {m}.",
    "ends": "It was {a} in the {most} and {b} in the {least}.",
    "gap_clear": "That is {d} {word} in the most deprived group (95% CI {l} to {u}).",
    "ratio": "The figure for the most deprived group was {r} times that for the least deprived (95% CI {l} to {u}).",
    "gap_unclear": "The difference of {d} (95% CI {l} to {u}) is not clear.",
    "gap_bare": "The two have no confidence limits, so they are not compared.",
    "gap_of_age": "The groups differ in age and the figures are not adjusted for it, so the two are not compared.",
    "gap_absent": "The two ends of deprivation are not compared: {reason}.",
    "ethnic": "Of {groups} compared with {reference}, {counts}{rest}.",
    "ethnic_alike": "{groups} clearly differed from {reference}{rest}.",
    "ethnic_one": "The one ethnic group that can be compared {stands} {reference}{rest}.",
    "ethnic_none": "No ethnic group has limits that allow a comparison.",
    "worst_groups": (
        "Whatever the ethnicity of the unknown records, and allowing for rounding, the figure stays {counts} of these "
        "groups."
    ),
    "worst_none": "Allowing for the unknown records and rounding, none of these differences is clear.",
    "worst_group": (
        "Depending on the ethnicity of the unknown records, the difference for {group} ({d}) could lie anywhere from "
        "{x} to {y}."
    ),
    "unknown": "{dimension} was not known for {u}% of records.",
    "unknown_none": "The source does not say for how many records {dimension} was not known.",
    "unknown_elsewhere": "“Data quality” gives the share of records for which {dimension} was not known.",
    "gap_change": "Between {y0} and {y1} the gap by deprivation {word}.",
    "target": "Target: {target}.",
    "target_judged": "{targets}: {verdicts}.",
    "target_groups": "Target{recalled} “{target}”: of {groups}, {counts}; together {verdict}.",
    "changes": "Of {gaps} compared with {earlier}, {counts}.",
    "changes_alike": "{gaps} that could be compared with {earlier} clearly changed.",
    "changes_one": "The one gap that could be compared with {earlier} {word}.",
    "changes_none": "No gap by deprivation could be compared with that of an earlier year.",
    "changed": "{indicator}: the gap {word} from {x} in {y0} to {y} in {y1}.",
    "summary": "Of {indicators} with data, {have} figures by deprivation.",
    "summary_one": "One indicator has data; it has {have} by deprivation.",
    "summary_ends": "The most deprived group: {counts}.",
    "summary_bare_ends": "The two ends are not compared {counts}.",
    "summary_none": "No indicator has a figure for this board and year.",
    "largest": ("{indicator}, {period}: {a} in the {most}, {b} in the least deprived ({r} times, 95% CI {l} to {u})."),
    "largest_contested": "Left out, as the direction is not agreed: {ratios}.",
    "largest_none": "No indicator whose direction is agreed shows a clear disadvantage of the most deprived.",
    "against_england": "All indicators with data, compared with England: {counts}.",
    "against_england_one": "The board's figure for it is {word} England's.",
    "statement": "The {n} indicators of the statement, for this board and year: {counts}.",
    "people": (
        "{board} had {n} residents at Census 2021, in {a} small areas; {p} people registered with a GP practice lived "
        "there."
    ),
    "core20": "{c}% of residents lived in the most deprived fifth of England's small areas (England: {e}%).",
    "minority": "{c}% of residents were from ethnic minorities, White minorities included (England: {e}%).",
    "pockets": "{board} has {pockets} of deprivation, with {p} residents.",
    "pockets_of_board": (
        "As {board} is among the least deprived boards, {part} small areas in the most deprived fifth count as pockets "
        "({p} residents)."
    ),
    "pockets_of_authorities": "{n} of them {lie} in an authority of low deprivation.",
    "pockets_of_no_authority": "None of them lies in an authority of low deprivation.",
    "pockets_none": "No small area of {board} is a pocket of deprivation by this rule.",
    "hidden": "Suppressed, so that nobody can be identified: {h} of {n} figures for groups.",
    "hidden_none": "None of the {n} figures for groups is suppressed.",
    "undivided": (
        "{indicators} of the statement cannot be shown for the boards of {month}: the published figures cannot be "
        "divided."
    ),
    "current": (
        "Nothing is marked out of date: no file that was in hand is newer than those used. Whether a publisher has a "
        "newer one is not known here."
    ),
    "stale": "Out of date: {k} of {n} figures of this board and year, for which a newer file has not been used.",
    "revised": "Resting on a revised file whose revision nobody has accepted: {k} of {n} figures.",
    "older": "Computed by an earlier version of the program: {k} of {n} figures.",
}

# Breakdowns in a sentence.
DIMENSION_WORDS = {"deprivation": "deprivation", "ethnicity": "ethnic group", "age": "age", "sex": "sex"}

# The parts of a sentence that counts: each is said only where its count is not nought.
COUNTS: dict[str, dict[str, str]] = {
    "summary_ends": {
        "worse": "clearly worse off in {}",
        "better": "clearly better off in {}",
        "higher": "clearly higher figure in {}",
        "lower": "clearly lower figure in {}",
        "unclear": "no clear difference in {}",
    },
    "summary_bare_ends": {
        "suppressed": "in {} (an end is suppressed)",
        "unknown": "in {} (no limits, no figure, or ages that differ)",
    },
    "against_england": {
        "better": "better in {}",
        "worse": "worse in {}",
        "higher": "higher in {}",
        "lower": "lower in {}",
        "similar": "similar in {}",
        "not_compared": "not compared in {}",
    },
    "changes": {
        "narrowed": "{} narrowed",
        "widened": "{} widened",
        "reversed": "{} changed direction",
        "cannot_tell": "{} did not clearly change",
    },
    "ethnic": {
        "higher": "{} had a clearly higher figure",
        "lower": "{} had a clearly lower figure",
        "unclear": "{} had no clear difference",
    },
    "target_groups": {
        "met": "{} met",
        "not_met": "{} not met",
        "not_yet_due": "{} not yet due",
        "cannot_tell": "{} unclear",
        "hidden": "{} without a figure",
    },
    "statement": {"full": "{} shown in full", "part": "{} shown in part", "none": "{} not shown"},
    "worst_groups": {"higher": "clearly higher for {}", "lower": "clearly lower for {}"},
}

# The comparison of a row in words that stand before "England".
AGAINST = {
    "better": "better than",
    "worse": "worse than",
    "higher": "higher than",
    "lower": "lower than",
    "similar": "similar to",
}

NOT_AGAINST = "not compared with"

# The comparator of a row, where its name does not read well after these words.
COMPARATORS = {
    "all boards of England": "the figure for all boards of England together",
}

# Where the most deprived group stands, in a title and in the table of evidence.
STANDS = {
    "higher": "higher in the most deprived group",
    "lower": "lower in the most deprived group",
    "unclear": "no clear difference by deprivation",
    "unknown": "not compared by deprivation",
}

# How the gap changed, after "the gap".
CHANGES = {
    "narrowed": "narrowed",
    "widened": "widened",
    "reversed": "changed direction",
    "cannot_tell": "did not clearly change",
}

# The verdict on a target.
TARGETS = {
    "met": "met",
    "not_met": "not met",
    "not_yet_due": "not yet due in that year",
    "cannot_tell": "neither clearly met nor clearly missed",
}
RECALLED = " (not confirmed)"

# Where the one ethnic group that can be compared stands, before the name of the reference group.
STANDS_BESIDE = {
    "higher": "was clearly higher than",
    "lower": "was clearly lower than",
    "unclear": "did not clearly differ from",
}

# Why the ends of deprivation are not compared where one of them is hidden, or both: by the publisher or, of a board's
# own extract, by the disclosure control here.
END_HIDDEN = "the figure for the {end} is suppressed, as few people are counted"
ENDS_HIDDEN = "the figures for both ends are suppressed, as few people are counted"

# The part of an indicator's remark that all of the statement share; the page of methods says it once.
WORDING_OF_STATEMENT = "the wording of the statement"

REASONS = {
    "suppressed": "it is suppressed, as few people are counted",
    "too_few": "there are too few events or practices for the statistic",
    "missing": "the publisher left it blank, or the file could not be used",
    "not_published": "no public source gives it for this board",
    "not_applicable": "not all the figures needed for it are available",
}

# Why a cell of coverage holds no figure, in words that begin a row of the table of what is not shown.
COVERS = {
    "suppressed": "Suppressed, as few people are counted",
    "too_few": "Too few events for the statistic",
    "did_not_submit": "Left blank in the publication",
    "england_only": "Published for larger areas, trusts or local authorities, not for boards",
    "not_public": "Not public",
    "counted_otherwise": "The board counts it by another list of codes",
    "not_collected": "Not a figure of its own: it stands elsewhere in this release",
    "no_such_breakdown": "In no public file by this breakdown",
    "no_such_board": "The board is not on this footprint",
    "not_published_that_year": "Not published for this board and year",
    "not_for_this_footprint": "Published for the boards of that time; it cannot be divided for this footprint",
    "not_yet_due": "Not yet due to be published",
    "not_in_hand": "Published, but the file has not been added",
    "failed": "The file could not be used",
    "none_known": "No publication of it for this year is known",
}

# Plain words for what a reader may not know, in alphabetical order, as the last page prints them.
GLOSSARY = {
    "95% CI, 95% limits": "the range in which the true figure lies if chance alone is at work, in 95 cases of 100",
    "ACE inhibitor, ARB": "medicines that lower blood pressure and protect the kidneys",
    "adjusted for age, standardised": "worked out as if all groups had the same mix of ages; a crude figure is not",
    "all boards of England together": "the boards added up; England as published also counts events of no board",
    "annexes": "indicators beside those that the statement names",
    "better, worse": "said only where it is agreed which direction is good; elsewhere higher and lower",
    "BMI": "body mass index, weight for height",
    "board": "integrated care board (ICB), the NHS body that plans services for an area of England",
    "breakdown": "figures by age, sex, ethnic group or deprivation",
    "CCG": "clinical commissioning group, the NHS body that planned services until June 2022",
    "clear, clearly": "the 95% limits leave no doubt which of two figures is higher",
    "COPD": "chronic obstructive pulmonary disease",
    "Core20": "people who live in the most deprived 20% of small areas of England",
    "CVD": "cardiovascular disease",
    "England only": "published for England, regions, trusts or local authorities, not for boards",
    "fifth, tenth": "five or ten equal groups by deprivation, 1 the most deprived; also called quintile and decile",
    "file hash": "the first characters of the SHA-256 hash, by which a file is told from any other",
    "footprint": "the set of boards in force from a month on",
    "gap": "difference between the most and the least deprived group",
    "HbA1c": "a measure of blood sugar over about three months",
    "HYP008, LDA45 and the like": "the publishers' own codes of their measures",
    "I60 and the like": "codes of the International Classification of Diseases (ICD-10)",
    "Indices of Deprivation": "the official ranking of small areas, of 2019 or of 2025",
    "most similar boards": "the five boards nearest in deprivation, ethnic mix and age, added up",
    "narrowed, widened, changed direction": "of a gap, where the 95% limits of its change leave no doubt",
    "no breakdown": "no public file has the figure by these groups",
    "none known": "no publication of the indicator for the year is known to the program that made this pack",
    "not confirmed, not checked": "the document it comes from was not read for this pack; check it before use",
    "not for this footprint": "published for the boards of that time, and not to be divided for this one",
    "not in hand": "published, but the file has not been read for this pack",
    "not public": "held by an organisation that does not publish it",
    "ONS code, ODS code": "codes of an area by the Office for National Statistics, of a body by the NHS",
    "partly shown": "some groups have a figure, others have not",
    "pathway": "a patient's wait for one treatment, from referral on",
    "percentage points": "the difference of two percentages",
    "place": "a local authority, as far as it lies in the board",
    "PLUS group": "people whom a board adds to Core20, as they are likely to be in poorer health (Core20PLUS5)",
    "pocket of deprivation": "a deprived small area in an authority or board that is not deprived on average",
    "QOF": "Quality and Outcomes Framework, the yearly returns of GP practices",
    "QRISK, CHA2DS2-VASc": "scores of a person's risk of heart attack or stroke",
    "ratio": "the figure for the most deprived group divided by that for the least deprived",
    "reporters present": "share of the practices or trusts due to report that are in the figure",
    "similar": "the 95% limits include the figure compared with",
    "slope index, relative index of inequality": (
        "difference and ratio between the ends of a line fitted over all groups of deprivation"
    ),
    "small area, LSOA": "an area of about 1,500 residents (lower layer super output area)",
    "SMI": "severe mental illness",
    "statement": "NHS England's statement on information on health inequalities, section 13SA of the NHS Act 2006",
    "suppressed": "hidden because few people are counted",
    "target": "the level or date that the NHS has set for an indicator",
    "TIA": "transient ischaemic attack, a stroke that passes within a day",
    "unknown": "records that do not say which group the person belongs to; never compared",
}
