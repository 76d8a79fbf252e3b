"""The headers of the workbooks of admitted patient care, as printed, and what each column that is read is called."""

from collections.abc import Mapping

from hi_pipeline.core.source import Token

# England is exact. Below it 1 to 7 is hidden, 0 is shown and the rest is rounded to the nearest 5 (since 2018).
TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED}
ROUNDED_BY, SMALLEST_PRINTED, HIDDEN_LOW, HIDDEN_HIGH = 2, 10, 1, 7

EPISODES, ADMISSIONS = "episodes", "admissions"
METHODS = ("admissions_emergency", "admissions_waiting_list", "admissions_planned", "admissions_other")
SEXES = ("episodes_male", "episodes_female", "episodes_sex_unknown")
READ = (EPISODES, ADMISSIONS, *SEXES, *METHODS)

_AGES = (
    "0",
    "1-4",
    "5-9",
    "10-14",
    *(str(age) for age in range(15, 20)),
    *(f"{low}-{low + 4}" for low in range(20, 90, 5)),
    "90+",
)
# 2026-11: two pairs of names occur twice. The second "Emergency" (and "Elective", "Other") behind the bed days is
# another figure, whose own heading stands above it in rows that the copy in hand lacks: columns count by their place.
DIAGNOSIS_HEADER = (
    "Primary diagnosis: summary code and description",
    None,
    "Finished consultant episodes",
    "Finished Admission Episodes",
    "Male \n(FCE)",
    "Female \n(FCE)",
    "Gender Unknown \n(FCE)",
    "Emergency \n(FAE)",
    "Waiting list \n(FAE)",
    "Planned (FAE)",
    "Other (FAE)",
    "Mean time waited \n(Days)",
    "Median time waited \n(Days)",
    "Mean length of stay \n(Days)",
    "Median length of stay \n(Days)",
    "Mean age \n(Years)",
    *(f"Age {age} \n(FCE)" for age in _AGES),
    "Day case \n(FCE)",
    "FCE bed days",
    "Emergency \n(FAE)",
    "Elective\n(FAE)",
    "Other\n(FAE)",
)
DIAGNOSIS_FIRST = 2  # the column of the first of READ
# 2026-11, from public code that reads it: code and description span seven columns, as in the table by location.
CODE_HEADER = ("Primary diagnosis: 3 character code and description", *(None,) * 6, *DIAGNOSIS_HEADER[2:11])
CODE_FIRST = 7
# Names that other years give to the same columns (2026-11, from public code), in one spelling of blanks.
ALSO_CALLED: Mapping[str, str] = {
    "Admissions": "Finished Admission Episodes",
    "Finished admission episodes": "Finished Admission Episodes",
    "Finished Consultant Episodes": "Finished consultant episodes",
    "Male": "Male (FCE)",
    "Female": "Female (FCE)",
    "Gender Unknown": "Gender Unknown (FCE)",
    "Emergency": "Emergency (FAE)",
    "Waiting list": "Waiting list (FAE)",
    "Planned": "Planned (FAE)",
    "Other Admission Method": "Other (FAE)",
}

# Of the 50 columns the first 40 were seen (to age 65-69); nobody reads the others.
ICB_HEADER = (
    "Current ICB of responsibility code and description",
    *(None,) * 6,
    "Finished consultant episodes",
    "Admissions",
    "Male",
    "Female",
    "Gender Unknown",
    "Emergency",
    "Waiting list",
    "Planned",
    "Other Admission Method",
    "Mean time waited",
    "Median time waited",
    "Mean length of stay",
    "Median length of stay",
    "Mean age",
    *(f"Age {age}" for age in _AGES[: _AGES.index("65-69") + 1]),
)
ICB_FIRST = 7
