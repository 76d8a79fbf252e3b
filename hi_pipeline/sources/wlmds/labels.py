"""The words of the waiting list files: tokens, bands, groups, and the trusts that an edition lacks."""

from collections.abc import Mapping
from dataclasses import dataclass

from hi_pipeline.core.groups import DECILES, ETHNIC_DETAIL_2001, UNKNOWN, Dimension
from hi_pipeline.core.source import Token

TOKENS: Mapping[str | None, Token] = {"*": Token.SUPPRESSED}
# 2026-11: of 22,534 printed counts the smallest is 10 and all are multiples of 5; rows of 0 are left out. So "*" hides
# 1 to 7, as in other hospital figures. The publisher's own wording of the rule was not seen.
ROUNDED_BY, SMALLEST_PRINTED, HIDDEN_LOW, HIDDEN_HIGH = 2, 10, 1, 7

BAND_LABELS: Mapping[str, str] = {
    "Total": "pathways_total",
    "01 To 18 Weeks": "pathways_to_18",
    "18 To 52 Weeks": "pathways_18_to_52",
    "Over 52 Weeks": "pathways_gt52",
    "Unknown Clock Start": "pathways_unknown_start",
}
METRIC_LABELS: Mapping[str, str] = {
    "Age": Dimension.AGE.value,
    "Sex": Dimension.SEX.value,
    "Ethnicity": Dimension.ETHNICITY.value,
    "IMD": Dimension.DEPRIVATION.value,
}
AGE_LABELS: Mapping[str, str] = {
    "0-18 Years": "18 and under",
    "19-64 Years": "19 to 64",
    "Over 65 Years": "65 and over",
}
SEX_LABELS: Mapping[str, str] = {"Female": "Female", "Male": "Male"}
# Bare numbers. 2026-11: 1 is the most deprived, seen in Greater Manchester (1: 114,190 pathways, 10: 25,645).
DECILE_LABELS: Mapping[str, str] = {str(number): decile for number, decile in enumerate(DECILES, start=1)}
_CODED = (
    "A: British",
    "B: Irish",
    "C: Any other white background",
    "D: White and Black Caribbean",
    "E: White and Black African",
    "F: White and Asian",
    "G: Any other mixed background",
    "H: Indian",
    "J: Pakistani",
    "K: Bangladeshi",
    "L: Any other Asian background",
    "M: Caribbean",
    "N: African",
    "P: Any other Black background",
    "R: Chinese",
    "S: Any other ethnic group",
)
ETHNICITY_LABELS: Mapping[str, str] = dict(zip(_CODED, ETHNIC_DETAIL_2001, strict=True)) | {
    "Z: Not stated": UNKNOWN,
    "99: Not known": UNKNOWN,
}
CATEGORIES: Mapping[str, Mapping[str, str]] = {
    "Age": AGE_LABELS,
    "Sex": SEX_LABELS,
    "Ethnicity": ETHNICITY_LABELS,
    "IMD": DECILE_LABELS,
}


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A trust whose pathways an edition lacks, so that its board, its region and England are understated.

    Attributes:
        editions: in which it is missing.
        provider: ODS code of the trust.
        board: ODS code of the board in which it lies.
        metrics: the breakdowns that lack it. In them it may have people of unknown group and no others.
        words: for the note of each figure.
    """

    editions: tuple[str, ...]
    provider: str
    board: str
    metrics: tuple[str, ...]
    words: str


# Editions of which it was read which trusts gave what (2026-11: in the sheet Submission-DQ of the summary workbook).
SUBMISSIONS_READ = ("2026-01",)
NOT_READ = "which trusts did not submit was not read: it may be understated"
# 2026-11: from the sheet Submission-DQ of the summary workbook of the week ending 25 January 2026.
GAPS: tuple[Gap, ...] = (
    Gap(
        editions=("2026-01",),
        provider="RHQ",
        board="QF7",
        metrics=("Age", "Sex", "Ethnicity", "IMD"),
        words="without Sheffield Teaching Hospitals, which did not submit: understated",
    ),
    Gap(
        editions=("2026-01",),
        provider="RHW",
        board="QU9",
        metrics=("Sex", "Ethnicity", "IMD"),
        words="without Royal Berkshire, which gave no sex, deprivation and ethnicity: understated",
    ),
    Gap(
        editions=("2026-01",),
        provider="RYR",
        board="QNX",
        metrics=("Sex",),
        words="without University Hospitals Sussex, which gave no sex: understated",
    ),
)
