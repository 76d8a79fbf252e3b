"""The contract of a board's own extract: its columns, its labels, and what each indicator takes.

One file is one indicator, one board and one financial year: counts by group, never rows of persons.
"""

from dataclasses import dataclass
from enum import Enum

from hi_pipeline.core.groups import ETHNIC_BROAD, ETHNIC_DETAIL_2001

OLDEST = 200  # stands for no upper end, as in core.groups
ADULT = 18
# Where the standard population's bands begin: 0-4, 5-9, ... 85-89, 90+.
STANDARD_STARTS = tuple(range(0, 95, 5))
SEX_LABELS = {"male": "Male", "female": "Female"}
UNKNOWN_LABEL = "unknown"
DECILE_LABELS = tuple(str(n) for n in range(1, 11))
ETHNIC_LABELS = (*ETHNIC_BROAD, *ETHNIC_DETAIL_2001)
SCHEMES = ("2001",)
VINTAGES = ("2019", "2025")
ROUNDINGS = ("0", "5", "10")
NO_FLAG, TRUE_COUNTS, HIDDEN_COUNTS = "", "none", "applied"
FLAGS = (TRUE_COUNTS, HIDDEN_COUNTS)
# What a hidden count may be, by the rule for hospital episodes: the widest of any publisher.
HIDDEN_LOW, HIDDEN_HIGH = 1, 7

COLUMNS: dict[str, str] = {
    "indicator_id": "which indicator, as in hi import --template",
    "period_start": "first day of the financial year, 2024-04-01",
    "period_end": "last day of the financial year, 2025-03-31",
    "area_code": "the board, by ONS code (E54000050) or ODS code (QHM)",
    "area_type": "icb",
    "sex": "male, female, unknown; blank = all",
    "age_band": "0-4, 5-9, ... 90+, unknown; blank = all",
    "ethnic_group": "a group of the 2001 census, unknown; blank = all",
    "ethnicity_scheme": "2001 where ethnic_group is used, else blank",
    "imd_decile": "1 (most deprived) to 10, unknown; blank = all",
    "imd_vintage": "2019 or 2025 where imd_decile is used, else blank",
    "numerator": "a whole number; empty where it is hidden",
    "denominator": "a whole number; blank for a count; blank throughout = residents, by age and sex alone",
    "events_per_person": "f, where the numerator counts people with exactly f events; else blank",
    "rounding": "blank or 0, 5, 10: to what the counts are rounded",
    "suppression_flag": "none (true counts) or applied (small counts are hidden)",
    "source_note": "where the counts come from, the same words in every row",
}
GROUPS = ("sex", "age_band", "ethnic_group", "imd_decile")
KEY = (*GROUPS, "events_per_person")
NEEDED = ("indicator_id", "period_start", "period_end", "area_code", "area_type", "numerator")
# One file says each of these once.
ONCE = (
    "indicator_id", "period_start", "period_end", "area_code", "area_type", "ethnicity_scheme", "imd_vintage",
    "rounding", "suppression_flag", "source_note",
)  # fmt: skip


class Below(Enum):
    """What stands below the line."""

    POPULATION = "people of the group"
    WHOLE = "all of which the numerator counts some"
    BASELINE = "the same events in the year before the pandemic"
    OTHERS = "the other people whose share is compared"
    NOTHING = "nothing: it is a count"


@dataclass(frozen=True, kw_only=True)
class Extract:
    """What the extract of one indicator holds.

    Attributes:
        below: what the denominator is.
        ages: first and last age of those who are counted.
        standardised: rows by sex and age band at once are needed.
        groups: columns of GROUPS that it may have.
        people: it counts people or their events, so that small counts are hidden on the way out.
        one_of: as in the catalogue: of the extracts with these words a board gives one for a year.
    """

    below: Below
    ages: tuple[int, int] = (0, OLDEST)
    standardised: bool = False
    groups: tuple[str, ...] = GROUPS
    people: bool = True
    one_of: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of its template, in the order of the contract."""
        left_out = {name for name in GROUPS if name not in self.groups}
        left_out |= {"ethnicity_scheme"} if "ethnic_group" in left_out else set()
        left_out |= {"imd_vintage"} if "imd_decile" in left_out else set()
        left_out |= set() if self.standardised else {"events_per_person"}
        left_out |= {"denominator"} if self.below is Below.NOTHING else set()
        return tuple(name for name in COLUMNS if name not in left_out)


_STANDARDISED = Extract(below=Below.POPULATION, standardised=True)
_STROKES = Extract(below=Below.POPULATION, standardised=True, one_of="stroke admissions")
_WITHOUT_SEX = ("age_band", "ethnic_group", "imd_decile")
_SITES = Extract(below=Below.WHOLE, groups=(), people=False)
EXTRACTS: dict[str, Extract] = {
    "act_elective_dsr": _STANDARDISED,
    "act_emergency_dsr": _STANDARDISED,
    "act_outpatient_dsr": _STANDARDISED,
    "act_outpatient_virtual_dsr": _STANDARDISED,
    "act_ae_dsr": _STANDARDISED,
    "stroke_adm_i60_i69_dsr": _STROKES,
    "stroke_adm_i61_i64_dsr": _STROKES,
    "stroke_adm_i61_i63_i64_dsr": _STROKES,
    "stroke_adm_i60_i64_dsr": _STROKES,
    "mi_adm_i21_i22_dsr": _STANDARDISED,
    "emergency_adm_u18_rate": Extract(below=Below.POPULATION, ages=(0, ADULT - 1)),
    "elective_vs_prepandemic_cyp": Extract(below=Below.BASELINE, ages=(0, ADULT - 1)),
    "elective_vs_prepandemic_adult": Extract(below=Below.BASELINE, ages=(ADULT, OLDEST)),
    "tobacco_acute_sites_pct": _SITES,
    "tobacco_maternity_sites_pct": _SITES,
    "tobacco_treatment_coverage_pct": Extract(below=Below.WHOLE),
    "flu_uptake_65plus_own_pct": Extract(below=Below.WHOLE, ages=(65, OLDEST)),
    "flu_uptake_at_risk_own_pct": Extract(below=Below.WHOLE, ages=(0, 64)),
    "flu_uptake_pregnant_own_pct": Extract(below=Below.WHOLE, groups=_WITHOUT_SEX),
    "flu_uptake_2_3y_own_pct": Extract(below=Below.WHOLE, ages=(2, 3)),
    "covid_uptake_75plus_own_pct": Extract(below=Below.WHOLE, ages=(75, OLDEST)),
    "screening_breast_own_pct": Extract(below=Below.WHOLE, ages=(53, 70), groups=_WITHOUT_SEX),
    "screening_cervical_25_49_own_pct": Extract(below=Below.WHOLE, ages=(25, 49), groups=_WITHOUT_SEX),
    "screening_cervical_50_64_own_pct": Extract(below=Below.WHOLE, ages=(50, 64), groups=_WITHOUT_SEX),
    "screening_bowel_own_pct": Extract(below=Below.WHOLE, ages=(60, 74)),
    "lung_checks_n": Extract(below=Below.NOTHING),
    "ndpp_referral_share_gap_pp": Extract(below=Below.OTHERS, groups=("imd_decile",)),
}


def band_bounds(label: str) -> tuple[int, int]:
    """Return the first and last age of "0-4", "7" or "90+".

    Raises:
        ValueError: the label is no band.
    """
    first, dash, last = label.removesuffix("+").partition("-")
    low = int(first)
    high = OLDEST if label.endswith("+") else int(last) if dash else low
    if high < low or (label.endswith("+") and dash):
        raise ValueError(f"{label!r} is no age band")
    return low, high


def band_words(label: str) -> str:
    """Return a band in the words of core.groups: "0 to 4", "7", "90 and over"."""
    low, high = band_bounds(label)
    return f"{low} and over" if high == OLDEST else str(low) if low == high else f"{low} to {high}"


def standard_bands(ages: tuple[int, int]) -> tuple[str, ...]:
    """Return the standard population's bands within some ages; a band that they cut keeps the part that is within."""
    found = []
    for start in STANDARD_STARTS:
        low, high = max(start, ages[0]), min(start + 4 if start < STANDARD_STARTS[-1] else OLDEST, ages[1])
        if low <= high:
            found.append(f"{low}+" if high == OLDEST else f"{low}-{high}")
    return tuple(found)
