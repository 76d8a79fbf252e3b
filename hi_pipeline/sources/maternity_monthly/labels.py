"""The words of the monthly maternity files and what they mean here, from the producer's own code (2026-11)."""

from collections.abc import Mapping

from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension

PRETERM, KNOWN = "babies_preterm", "babies_known_gestation"
PLACED, WOMEN = "coc_placed", "coc_women"
MEASURES = (PRETERM, KNOWN, PLACED, WOMEN)

# Local maternity systems are the boards of the trusts that gave the care; their codes are ONS codes of boards.
LEVEL_LABELS: Mapping[str, str] = {
    "National": "england",
    "NHS England (Region)": "region",
    "Local Maternity System": "icb_ons",
}
LEFT_OUT_LEVELS = (
    "MBRRACE Grouping",
    "Local Authority of Residence",
    "Provider",
    "Booking Site",
    "CCG of Responsibility",
    "SubICB of Responsibility",
    "Delivery Site",
)
CODES: Mapping[str, str] = {"england": r"^(?:ALL|National)$", "region": r"^Y\d\d$", "icb_ons": r"^E54\d{6}$"}

GESTATION, ALL_BABIES = "GestationLengthBirthGroup37", "TotalBabies"
TERM, NOT_KNOWN = "term", "not known"
GESTATION_LABELS: Mapping[str, str] = {
    "<37 weeks": PRETERM,
    ">=37 weeks": TERM,
    "Missing Value / Value outside reporting parameters": NOT_KNOWN,
}

CONTINUITY = "COC_by_28weeks"
_BY_DECILE = f"{CONTINUITY}_IMD_"
# Only the ends carry words: they say that 1 is the most deprived, by the Indices of 2019.
CONTINUITY_LABELS: Mapping[str, tuple[str, str]] = {
    CONTINUITY: (Dimension.TOTAL.value, ALL),
    f"{_BY_DECILE}01_Most_deprived": (Dimension.DEPRIVATION.value, DECILES[0]),
    **{f"{_BY_DECILE}{n:02d}": (Dimension.DEPRIVATION.value, DECILES[n - 1]) for n in range(2, 10)},
    f"{_BY_DECILE}10_Least_deprived": (Dimension.DEPRIVATION.value, DECILES[9]),
    f"{_BY_DECILE}Missing_Unknown": (Dimension.DEPRIVATION.value, UNKNOWN),
}
# Groups of ethnic categories that are none of this project's: Chinese and any other mixed background are in Other.
LEFT_OUT_CONTINUITY = tuple(
    f"{CONTINUITY}_Ethnicity_{group}" for group in ("BAME", "White", "Other", "Missing_Unknown")
)
CURRENCY_LABELS: Mapping[str, str] = {"Numerator": PLACED, "Denominator": WOMEN, "Rate": "", "Result": ""}
