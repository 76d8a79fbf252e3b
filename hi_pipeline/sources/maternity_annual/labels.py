"""Words of the annual maternity files and what they mean here."""

from collections.abc import Mapping

from hi_pipeline.core.groups import DECILES, ETHNIC_BROAD, UNKNOWN

LEVEL_LABELS: Mapping[str, str] = {
    "National": "england",
    "ALL SUBMITTERS": "england",  # 2019-20
    "NHS England (Region)": "region",
    "REGION": "region",  # 2019-20
    "Provider": "provider",
    "PROVIDER": "provider",  # 2019-20
}

# 2026-11: the words for what is missing differ from dimension to dimension and from year to year.
MISSING_LABELS: Mapping[str, str] = dict.fromkeys(
    (
        "Missing Value / Value outside reporting parameters",
        "Missing Value/Value outside reporting parameters",
        "Missing value / Value outside reporting parameters",
    ),
    UNKNOWN,
)

PRETERM, TERM = "preterm", "term"
GESTATION_LABELS: Mapping[str, str] = {"<37 weeks": PRETERM, ">=37 weeks": TERM, **MISSING_LABELS}

# 2019-20 has one band from 35 to 37 weeks: how many of its babies were preterm is not printed.
EITHER = "preterm or term"
GESTATION_2019_20_LABELS: Mapping[str, str] = {
    "22 weeks and under": PRETERM,
    "23-25 weeks": PRETERM,
    "26-28 weeks": PRETERM,
    "29-31 weeks": PRETERM,
    "32-34 weeks": PRETERM,
    "35-37 weeks": EITHER,
    "38-40 weeks": TERM,
    "41-43 weeks": TERM,
    "44 weeks or more": TERM,
    "Missing value / Value outside reporting parameters": UNKNOWN,
}

# Only the ends carry words: they say that 1 is the most deprived. 2020-21 writes 2 where 2021-22 writes 02.
DEPRIVATION_LABELS: Mapping[str, str] = {
    "01 - Most deprived": DECILES[0],
    **{str(n): DECILES[n - 1] for n in range(2, 10)},
    **{f"0{n}": DECILES[n - 1] for n in range(2, 10)},
    "10 - Least deprived": DECILES[9],
    "Pseudo postcode recorded (includes no fixed abode or resident overseas)": UNKNOWN,
    "Resident Elsewhere in UK, Channel Islands or Isle of Man": UNKNOWN,
    "Missing value / Value outside reporting parameters": UNKNOWN,
}

_WHITE, _MIXED, _ASIAN, _BLACK, _OTHER = ETHNIC_BROAD
ETHNICITY_LABELS: Mapping[str, str] = {
    "White": _WHITE,
    "Mixed": _MIXED,
    "Asian or Asian British": _ASIAN,
    "Black or Black British": _BLACK,
    "Any other ethnic group": _OTHER,
    "Not known": UNKNOWN,
    "Not Stated": UNKNOWN,
    "Missing value / Value outside reporting parameters": UNKNOWN,
}

GESTATION, GESTATION_2019_20 = "GestationLengthBirthGroup37", "GESTATIONATDELIVERY"
BABIES, DELIVERIES = ("TotalBabies", "TOTAL BABIES"), ("TotalDeliveries", "TOTAL DELIVERIES")
ETHNICITY, DEPRIVATION = "EthnicCategoryMotherGroup", "DeprivationDecileAtBooking"
READ = (GESTATION, GESTATION_2019_20, *BABIES, *DELIVERIES, ETHNICITY, DEPRIVATION)

# Dimensions that are known and not read.
LEFT_OUT = (
    "AgeAtBookingMotherGroup",
    "ApgarScore5TermGroup7",
    "BabyFirstFeedBreastMilkStatus",
    "BirthweightTermGroup",
    "BirthweightTermGroup2500",
    "ComplexSocialFactorsInd",
    "DeliveryMethodBabyGroup",
    "FolicAcidStatusGroupBooking",
    "FolicAcidSupplement",
    "GestAgeFormalAntenatalBookingGroup",
    "GestationLengthBirth",
    "MethodOfDelivery",
    "OnsetOfLabour",
    "PlaceTypeActualDeliveryMidwifery",
    "PreviousCaesareanSectionsGroup",
    "PreviousLiveBirthsGroup",
    "SkinToSkinContact1HourTerm",
    "SmokingAtBooking",
    "SmokingStatusGroupBooking",
    "APGARSCORE5TERMGROUP7",
    "BABYFIRSTFEEDBREASTMILKSTATUS",
    "FOLICACIDSTATUSGROUPBOOKING",
    "GESTATIONATBOOKING",
    "METHODOFDELIVERY",
    "ONSETOFLABOUR",
    "SKINTOSKINCONTACT1HOURTERM",
    "SMOKINGATBOOKING",
)
