"""The words of the restrictive interventions file: metrics, breakdowns, groups, tokens."""

from collections.abc import Mapping

from hi_pipeline.core.groups import ETHNIC_DETAIL_2001, UNKNOWN, Dimension
from hi_pipeline.core.source import Token

# Older files write a hidden figure as a number, newer ones as a star.
TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED, "9999999": Token.SUPPRESSED}
PEOPLE, USES, RATE = "people_with_interventions", "interventions", "interventions_per_1k_bed_days"
METRIC_LABELS: Mapping[str, str] = {"MHS76": PEOPLE, "MHS77": USES, "MHS96": RATE}
# By the producer's code: counts under 5 are hidden and the others rounded to the nearest 5, England's too; a rate is
# printed as a whole number, and hidden where its people or uses are under 5.
ROUNDED_BY, HIDDEN_LOW, HIDDEN_HIGH = 2, 0, 4
RATE_ROUNDED_BY = 0.5

STATUS_LABELS: Mapping[str, str] = {
    "Final": "",
    "Performance": "; performance figures",
    "Provisional": "; provisional figures",
}
BREAKDOWNS: Mapping[str, tuple[str, Dimension]] = {
    "England": ("england", Dimension.TOTAL),
    "Provider": ("provider", Dimension.TOTAL),
    "England; Age Group": ("england", Dimension.AGE),
    "England; Upper Ethnicity": ("england", Dimension.ETHNICITY),
    "England; Lower Ethnicity": ("england", Dimension.ETHNICITY),
}
NEEDED = ("England", "Provider")
NO_LEVEL = ("NULL", "NONE")

AGE_LABELS: Mapping[str, str] = {
    "Under 18": "Under 18",
    "18-24": "18 to 24",
    "25-34": "25 to 34",
    "35-44": "35 to 44",
    "45-54": "45 to 54",
    "55-64": "55 to 64",
    "65 or over": "65 and over",
    "UNKNOWN": UNKNOWN,
}
# The producer's code names two of them; the longer words are those of its other files.
BROAD_LABELS: Mapping[str, str] = {
    "White": "White",
    "Mixed": "Mixed",
    "Asian": "Asian or Asian British",
    "Asian or Asian British": "Asian or Asian British",
    "Black": "Black or Black British",
    "Black or Black British": "Black or Black British",
    "Other": "Other Ethnic Groups",
    "Other Ethnic Groups": "Other Ethnic Groups",
}
_DETAIL = (
    "British",
    "Irish",
    "Any other White background",
    "White and Black Caribbean",
    "White and Black African",
    "White and Asian",
    "Any other mixed background",
    "Indian",
    "Pakistani",
    "Bangladeshi",
    "Any other Asian background",
    "Caribbean",
    "African",
    "Any other Black background",
    "Chinese",
    "Any other ethnic group",
)
DETAIL_LABELS: Mapping[str, str] = dict(zip(_DETAIL, ETHNIC_DETAIL_2001, strict=True))
# Up to three kinds of unknown: their rates cannot be added.
UNKNOWN_ETHNICITY = ("Not Stated", "Not Known", "UNKNOWN", "Unknown")
CATEGORIES: Mapping[str, Mapping[str, str]] = {
    "England; Age Group": AGE_LABELS,
    "England; Upper Ethnicity": BROAD_LABELS,
    "England; Lower Ethnicity": DETAIL_LABELS,
}
