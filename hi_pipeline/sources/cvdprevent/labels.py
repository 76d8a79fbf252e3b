"""The words of CVDPREVENT and what they mean here: indicators, periods, levels of area, groups, notes."""

from collections.abc import Mapping
from dataclasses import dataclass

from hi_pipeline.core.groups import ETHNIC_DETAIL_2001, QUINTILES, UNKNOWN, Dimension
from hi_pipeline.core.source import Token
from hi_pipeline.core.status import Status

# The interface gives null where it has no figure; the row's note says whether it is hidden.
TOKENS: Mapping[str | None, Token] = {None: Token.MISSING}
STANDARD, OUTCOMES = "Standard", "Outcomes"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An indicator that is read: the names of its two counts and of its figure, and the kind of period it has."""

    numerator: str
    denominator: str
    value: str
    kind: str


# By the publisher's code, which is stable. Its numbers (IndicatorID) are not: they are read from the lists.
FIGURES: Mapping[str, Figure] = {
    "CVDP007HYP": Figure(
        numerator="htn_to_threshold", denominator="htn_recorded", value="htn_to_threshold_pct", kind=STANDARD
    ),
    "CVDP003CHOL": Figure(
        numerator="lipid_qrisk20_treated", denominator="lipid_qrisk20", value="lipid_qrisk20_pct", kind=STANDARD
    ),
    "CVDP002AF": Figure(
        numerator="af_anticoagulated", denominator="af_high_risk", value="af_anticoag_pct", kind=STANDARD
    ),
    "CVDP001ADMN": Figure(
        numerator="htn_stroke_admissions",
        denominator="htn_stroke_people",
        value="stroke_adm_htn_rate",
        kind=OUTCOMES,
    ),
    "CVDP002ADMN": Figure(
        numerator="htn_mi_admissions", denominator="htn_mi_people", value="mi_adm_htn_rate", kind=OUTCOMES
    ),
}
# A percentage has no factor or 100. Which factor a rate has was not seen: another one than this is not read.
PERCENT_FACTORS = ("", "100", "100.0")
RATE_FACTORS = ("100000", "100000.0")

LEVEL_LABELS: Mapping[str, str] = {"England": "england", "ICB": "icb_ons"}
NOTE_LABELS: Mapping[str, str] = {
    "": Status.OK.value,
    "Value suppressed due to disclosure control": Status.SUPPRESSED.value,
}

PERSONS = "Persons"
SEX_TYPE = "Sex"
BROAD_TYPE = "Ethnicity (broad)"
TYPE_LABELS: Mapping[str, str] = {
    SEX_TYPE: Dimension.SEX.value,
    "Age group": Dimension.AGE.value,
    "Deprivation quintile": Dimension.DEPRIVATION.value,
    "Ethnicity": Dimension.ETHNICITY.value,
    BROAD_TYPE: Dimension.ETHNICITY.value,
}
# Standardised figures have no counts; the last two are no dimension of this project.
STANDARDISED = " - Age Standardised"
LEFT_OUT_TYPES = ("Mental Health", "Learning Disability")

SEX_LABELS: Mapping[str, str] = {"Female": "Female", "Male": "Male"}
AGE_LABELS: Mapping[str, str] = {
    "18-39": "18 to 39",
    "40-59": "40 to 59",
    "60-79": "60 to 79",
    "80+": "80 and over",
}
# The ends carry words and the middle is bare: 1 is the most deprived.
QUINTILE_LABELS: Mapping[str, str] = dict(
    zip(("1 - most deprived", "2", "3", "4", "5 - least deprived"), QUINTILES, strict=True)
)
BROAD_LABELS: Mapping[str, str] = {
    "White": "White",
    "Mixed": "Mixed",
    "Asian": "Asian or Asian British",
    "Black": "Black or Black British",
    "Other": "Other Ethnic Groups",
    "Unknown": UNKNOWN,
}
_DETAIL = (
    "British",
    "Irish",
    "Any other White background",
    "White and Black Caribbean",
    "White and Black African",
    "White and Asian",
    "Any other Mixed background",
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
# Its people stand in the broad list as Unknown: read twice they would be two rows of one group.
DETAIL_UNKNOWN = ("Unknown", "Not stated", "Not known", "Missing")
CATEGORIES: Mapping[str, Mapping[str, str]] = {
    SEX_TYPE: SEX_LABELS,
    "Age group": AGE_LABELS,
    "Deprivation quintile": QUINTILE_LABELS,
    "Ethnicity": DETAIL_LABELS,
    BROAD_TYPE: BROAD_LABELS,
}
