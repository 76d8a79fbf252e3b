"""The publisher's words of the Mental Health Act statistics and what they mean here."""

from collections.abc import Mapping

from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension
from hi_pipeline.core.source import Token

# 2026-11: blank in the copy in hand, "*" in the publisher's own file.
COUNT_TOKENS: Mapping[str | None, Token] = {None: Token.SUPPRESSED, "*": Token.SUPPRESSED}
# A rate is blank where its count is hidden, and where there is no population for the group.
RATE_TOKENS: Mapping[str | None, Token] = {None: Token.NOT_APPLICABLE, "*": Token.SUPPRESSED}

MEASURES: Mapping[str, str] = {
    "detentions": "MHSDS_Count",
    "detention_rate": "CrudeRate",  # per 100,000
    "detention_rate_standardised": "StdRate",  # per 100,000, England's ethnic groups only
    "detention_rate_standardised_ci": "Confidence_interval",  # half the width of its 95% interval
    "detentions_all_submissions": "Total_Count",  # England's total only: with acute providers
    "detention_rate_all_submissions": "CrudeRate",
}
MEASURE = "All detentions"
LEFT_OUT_MEASURES = (
    "CTO recalls to hospital",
    "Detentions following admission to hospital",
    "Detentions following revocation of CTO",
    "Detentions following use of Place of Safety Order",
    "Detentions on admission to hospital",
    "Discharges following detention",
    "Discharges from CTO",
    "People detained in hospital on 31st March",
    "People subject to Community Treatment Orders (CTOs) on 31st March",
    "People subject to repeat detentions",
    "People subject to the Act on 31st March",
    "Revocations of CTO",
    "Short term orders",
    "Transfers on section",
    "Uses of CTOs",
    "Uses of section 2",
    "Uses of section 3",
)
LEVELS: Mapping[str, str] = {"All submissions": "england", "ICB": "icb", "Sub ICB": "sub_icb"}
LEFT_OUT_LEVELS = ("NHS Trust", "Independent Health Provider")
ENGLAND_ID = "All prov"
UNKNOWN_AREA = "UNKNOWN"

AGE_LABELS: Mapping[str, str] = {
    "15 and under": "15 and under",
    "16 to 17": "16 to 17",
    "18 to 34": "18 to 34",
    "35 to 49": "35 to 49",
    "50 to 64": "50 to 64",
    "65 and over": "65 and over",
    "Unknown": UNKNOWN,
}
SEX_LABELS: Mapping[str, str] = {
    "Female": "Female",
    "Male": "Male",
    "Non-binary": "Non-binary",
    "Other": "Other",
    "Not stated": UNKNOWN,
    "Missing": UNKNOWN,
}
ETHNICITY_LABELS: Mapping[str, str] = {
    "White": "White",
    "British": "White: British",
    "Irish": "White: Irish",
    "Any Other White background": "White: Any other White background",
    "Mixed": "Mixed",
    "White and Black Caribbean": "Mixed: White and Black Caribbean",
    "White and Black African": "Mixed: White and Black African",
    "White and Asian": "Mixed: White and Asian",
    "Any Other Mixed background": "Mixed: Any other Mixed background",
    "Asian or Asian British": "Asian or Asian British",
    "Indian": "Asian or Asian British: Indian",
    "Pakistani": "Asian or Asian British: Pakistani",
    "Bangladeshi": "Asian or Asian British: Bangladeshi",
    "Any Other Asian background": "Asian or Asian British: Any other Asian background",
    "Black or Black British": "Black or Black British",
    "Caribbean": "Black or Black British: Caribbean",
    "African": "Black or Black British: African",
    "Any Other Black background": "Black or Black British: Any other Black background",
    "Other Ethnic Groups": "Other Ethnic Groups",
    "Chinese": "Other Ethnic Groups: Chinese",
    "Any Other Ethnic Group": "Other Ethnic Groups: Any other ethnic group",
    "Unknown": UNKNOWN,
}
# Numbered from the least deprived: the words decide, and they stand in the key so that no number is read alone.
DECILE_LABELS: Mapping[str, str] = {
    "01 Least deprived": DECILES[9],
    "02 Less deprived": DECILES[8],
    "03 Less deprived": DECILES[7],
    "04 Less deprived": DECILES[6],
    "05 Less deprived": DECILES[5],
    "06 More deprived": DECILES[4],
    "07 More deprived": DECILES[3],
    "08 More deprived": DECILES[2],
    "09 More deprived": DECILES[1],
    "10 Most deprived": DECILES[0],
    "Not stated/Not known/Invalid": UNKNOWN,
}
GROUPS: Mapping[str, tuple[Dimension, Mapping[str, str]]] = {
    "All": (Dimension.TOTAL, {"All": ALL}),
    "Age": (Dimension.AGE, AGE_LABELS),
    "Gender": (Dimension.SEX, SEX_LABELS),
    "Ethnicity": (Dimension.ETHNICITY, ETHNICITY_LABELS),
    "IMD": (Dimension.DEPRIVATION, DECILE_LABELS),
}
# England's rows that say a total or a sum again: All of the known groups, and the two kinds of unknown ethnicity.
REPEATED_LABELS: Mapping[str, tuple[str, ...]] = {
    "Age": ("All",),
    "Gender": ("All genders",),
    "Ethnicity": ("All", "Not Known", "Not Stated"),
    "IMD": ("All",),
}
