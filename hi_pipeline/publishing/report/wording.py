"""Every template of a sentence, by its kind; docs/pack.md prints them for review.

Names of indicators begin a sentence. No template says why a figure is as it is.
"""

TEMPLATES: dict[str, str] = {
    "level": "{indicator} stood at {v} (95% CI {l} to {u}) in {board} {when}.",
    "level_bare": "{indicator} stood at {v} in {board} {when}.",
    "against": "That is {word} {comparator} ({e}).",
    "against_none": "It is not compared with England.",
    "absent": "{indicator}: not shown for {board} {when}; {reason}.",
    "ends": "It was {a} in the {most} and {b} in the {least}.",
    "gap_clear": "That is {d} {word} in the most deprived group (95% CI {l} to {u}).",
    "ratio": "The figure of the most deprived group was {r} times that of the least deprived (95% CI {l} to {u}).",
    "gap_unclear": (
        "The difference, most deprived group less least deprived, was {d} (95% CI {l} to {u}); the data do not show a "
        "clear difference."
    ),
    "gap_bare": "The two have no confidence limits, so they are not compared.",
    "gap_of_age": "The groups differ in age and the figures are not adjusted for it, so the two are not compared.",
    "gap_absent": "The difference between the most and the least deprived group is not shown: {reason}.",
    "ethnic": (
        "Of {n} ethnic groups compared with {reference}, {h} had a clearly higher figure, {l} a clearly lower one, and "
        "{s} no clear difference."
    ),
    "ethnic_absent": ("Ethnic groups that cannot be compared, for want of a figure or of limits: {n}."),
    "ethnic_none": "No ethnic group has limits that allow a comparison.",
    "worst_groups": (
        "Whatever the ethnicity of the unknown records, and allowing for rounding, the number of these groups that "
        "stay clearly higher is {h}, clearly lower {l}."
    ),
    "worst_group": "The difference of {group} from {reference}, {d}, would then lie between {x} and {y}.",
    "unknown": "{dimension} was not known for {u}% of records.",
    "unknown_none": "The source does not say for how many records {dimension} was not known.",
    "gap_change": "Between {y0} and {y1} the gap by deprivation {word}.",
    "target": "The target is: {target}.",
    "target_judged": "The target “{target}” is {verdict}{recalled}.",
    "changes": (
        "Of {n} gaps that were compared with an earlier year, {a} narrowed, {b} widened, {c} turned round, and {d} did "
        "not clearly change."
    ),
    "changes_none": "No gap by deprivation could be compared with that of an earlier year.",
    "changed": "{indicator}: the gap {word} from {x} in {y0} to {y} in {y1}.",
    "summary": (
        "Of {n} indicators with data, the figure of the most deprived group is higher in {k}, lower in {m}, not "
        "clearly different in {j}, and cannot be compared in {x}."
    ),
    "largest": "{indicator}: the figure of the {most} was {r} times that of the least deprived (95% CI {l} to {u}).",
    "largest_none": "No indicator whose direction is agreed shows a clear disadvantage of the most deprived.",
    "against_england": (
        "Of {n} indicators, the board's figure is better than England's in {b}, worse in {w}, higher in {h}, lower in "
        "{l}, similar in {s}, and not compared in {x}."
    ),
    "people": (
        "The residents of {board} numbered {n} at Census 2021, in {a} small areas; {p} people on GP lists lived there."
    ),
    "core20": (
        "Of these residents {c}% lived in the most deprived fifth of small areas of England, where {e}% of England's "
        "residents lived."
    ),
    "minority": "An ethnic group other than White British was stated for {c}% of residents ({e}% in England).",
    "pockets": "Pockets of deprivation in {board} number {n}, with {p} residents.",
    "pockets_none": "No small area of {board} is a pocket of deprivation by this rule.",
    "hidden": "Publishers suppress {h} of {n} figures of groups, so that nobody can be recognised.",
    "hidden_none": "None of the {n} figures of groups is suppressed.",
    "current": "Of {n} figures of this board and year, none is known to be out of date.",
    "stale": "Out of date: {k} of {n} figures of this board and year, for which a newer file has not been used.",
    "revised": "Resting on a revised file whose revision nobody has accepted: {k} of {n} figures.",
    "older": "Computed by an earlier version of the program: {k} of {n} figures.",
}

# The comparison of a row in words that stand before "England".
AGAINST = {
    "better": "better than",
    "worse": "worse than",
    "higher": "higher than",
    "lower": "lower than",
    "similar": "similar to",
}

# The comparator of a row, where its name does not read well after these words.
COMPARATORS = {"all boards of England": "the boards of England taken together", "England as published": "England"}

# How the gap changed, after "the gap".
CHANGES = {
    "narrowed": "narrowed",
    "widened": "widened",
    "reversed": "turned round",
    "cannot_tell": "did not clearly change",
}

# The verdict on a target, after "is".
TARGETS = {
    "met": "met",
    "not_met": "not met",
    "not_yet_due": "not yet due",
    "cannot_tell": "neither clearly met nor clearly missed",
}
RECALLED = "; the target itself is not confirmed"

REASONS = {
    "suppressed": "the publisher hides it because the number of people is small",
    "too_few": "there are too few events or practices for the statistic",
    "missing": "the publisher left it blank or the release could not be used",
    "not_published": "no public source gives it for this board",
    "not_applicable": "the figures it needs are not all there",
}
