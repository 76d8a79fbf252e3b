"""The words of the outpatient files: kinds of attendance, ethnic groups, tenths of deprivation, ages and sexes."""

from collections.abc import Mapping

from hi_pipeline.core.groups import DECILES, ETHNIC_DETAIL_2001, UNKNOWN
from hi_pipeline.core.source import Token

# 2026-11: every cell of the files in hand is a number; figures of England are neither hidden nor rounded.
TOKENS: Mapping[str | None, Token] = {}

ALL_KINDS = "attendances"
FIRST, FIRST_TELE = "attended_first_appointment", "attended_first_tele"
SUBSEQUENT, SUBSEQUENT_TELE = "attended_subsequent_appointment", "attended_subsequent_tele"
KIND_UNKNOWN = "attended_kind_unknown"
KINDS = (FIRST, FIRST_TELE, SUBSEQUENT, SUBSEQUENT_TELE, KIND_UNKNOWN)
FIRST_OF_AGES = "first_attendances"  # the first appointments and first tele consultations of the file by age
MEASURES = (ALL_KINDS, *KINDS, FIRST_OF_AGES)

# 2026-11, CSV of 2023-24: by ethnicity "first" is left out of the names of the first attendances; both breakdowns have
# the same totals, 29,521,220 and 4,473,686. "All attendances" is written in two ways.
KIND_LABELS: Mapping[str, str] = {
    "All Attendances": ALL_KINDS,
    "All attendances": ALL_KINDS,
    "Attended appointment": FIRST,
    "Attended first appointment": FIRST,
    "Attended tele consultation": FIRST_TELE,
    "Attended first tele consultation": FIRST_TELE,
    "Attended subsequent appointment": SUBSEQUENT,
    "Attended subsequent tele consultation": SUBSEQUENT_TELE,
    "Attended but first/subsequent/tele unknown": KIND_UNKNOWN,
}
PERCENTAGE = "Percentage of all attendances"

# Columns of the workbooks of 2024-25. Names end in a no-break space, or in the number of a footnote.
KIND_COLUMNS: Mapping[str, str] = {
    "All Attendances\xa0": ALL_KINDS,
    "Attended first appointment\xa0": FIRST,
    "Attended first tele consultation\xa0": FIRST_TELE,
    "Attended subsequent appointment\xa0": SUBSEQUENT,
    "Attended subsequent tele consultation\xa0": SUBSEQUENT_TELE,
}
KIND_UNKNOWN_BY_DECILE = "Attended but first / subsequent / tele unknown1"
KIND_UNKNOWN_BY_ETHNICITY = "Attended but first / subsequent / tele unknown\xa0"

ALL_GROUPS = ("All Ethnic Groups", "Total Activity")  # CSV, workbook
_ETHNIC = (
    "British (White)",
    "Irish (White)",
    "Any other White background",
    "White and Black Caribbean (Mixed)",
    "White and Black African (Mixed)",
    "White and Asian (Mixed)",
    "Any other Mixed background",
    "Indian (Asian or Asian British)",
    "Pakistani (Asian or Asian British)",
    "Bangladeshi (Asian or Asian British)",
    "Any other Asian background",
    "Caribbean (Black or Black British)",
    "African (Black or Black British)",
    "Any other Black background",
    "Chinese (other ethnic group)",
    "Any other ethnic group",
)
ETHNICITY_LABELS: Mapping[str, str] = dict(zip(_ETHNIC, ETHNIC_DETAIL_2001, strict=True)) | {
    "Not stated": UNKNOWN,
    "Not Known": UNKNOWN,
}
# Without a number: "more" and "less" and the share of people tell the tenth. 2026-11: the least deprived is written
# "LESS DEPRIVED 10%" in the CSV of 2023-24, which the workbook of 2024-25 calls "Least deprived 10%".
_TENTHS = (
    ("MOST DEPRIVED 10%", "Most deprived 10%"),
    ("MORE DEPRIVED 10-20%", "More deprived 10-20%"),
    ("MORE DEPRIVED 20-30%", "More deprived 20-30%"),
    ("MORE DEPRIVED 30-40%", "More deprived 30-40%"),
    ("MORE DEPRIVED 40-50%", "More deprived 40-50%"),
    ("LESS DEPRIVED 40-50%", "Less deprived 40-50%"),
    ("LESS DEPRIVED 30-40%", "Less deprived 30-40%"),
    ("LESS DEPRIVED 20-30%", "Less deprived 20-30%"),
    ("LESS DEPRIVED 10-20%", "Less deprived 10-20%"),
    ("LESS DEPRIVED 10%", "Least deprived 10%"),
)
DECILE_LABELS: Mapping[str, str] = {
    label: decile for labels, decile in zip(_TENTHS, DECILES, strict=True) for label in labels
} | {"Unknown/Non-UK Country": UNKNOWN}

AGE_SEX_LABELS: Mapping[str, str] = {
    "All Attendances by Age and Gender": ALL_KINDS,
    "First Attendances by Age and Gender": FIRST_OF_AGES,
}
ALL_SEXES = "All Genders"
SEXES = ("Female", "Male")
AGES: Mapping[str, str] = {
    "0": "Under 1",
    "1-4": "1 to 4",
    "5-9": "5 to 9",
    "10-14": "10 to 14",
    **{str(age): str(age) for age in range(15, 20)},
    **{f"{low}-{low + 4}": f"{low} to {low + 4}" for low in range(20, 90, 5)},
    "90-120": "90 and over",
    "Age Unknown": UNKNOWN,
}
