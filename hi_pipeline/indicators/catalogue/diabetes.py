"""The indicators of diabetes: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import HOW_NDPP, RECALLED, RECORDED_PREVALENCE

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="diabetes_prevalence_pct",
        version="2",
        title="Recorded prevalence of diabetes",
        short="Diabetes, prevalence",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Diabetes",
        statement_number=None,
        definition="Share of patients aged 17 and over on practices' lists who are on the register of diabetes.",
        numerator_words="Patients on the register",
        denominator_words="Patients on practices' lists, aged 17 and over",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.NEUTRAL,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("register_dm",),
        denominator=("list_dm",),
        deprivation_groups=5,
        ecological=True,
        mixes_age=True,
        caveats=RECORDED_PREVALENCE,
        plausible=(0.0, 30.0),
    ),
    Indicator(
        id="non_diabetic_hyperglycaemia_prevalence_pct",
        title="Recorded prevalence of non-diabetic hyperglycaemia",
        short="Non-diabetic hyperglycaemia, prevalence",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Diabetes",
        statement_number=None,
        definition=(
            "Share of patients on practices' lists (aged 18 and over) who are on the register of non-diabetic "
            "hyperglycaemia."
        ),
        numerator_words="Patients on the register",
        denominator_words="Patients on practices' lists, aged 18 and over",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.NEUTRAL,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("register_ndh",),
        denominator=("list_ndh",),
        deprivation_groups=5,
        ecological=True,
        caveats=RECORDED_PREVALENCE,
        plausible=(0.0, 30.0),
    ),
    Indicator(
        id="ndpp_referral_share_gap_pp",
        title="Diabetes prevention: referrals from the most deprived fifth",
        short="Diabetes prevention, referral gap",
        area="Diabetes",
        statement_number=18,
        definition=(
            "Share of referrals to the diabetes prevention programme from the most deprived fifth less that "
            "fifth's share of people with type 2 diabetes."
        ),
        numerator_words="Share of programme referrals from the most deprived fifth",
        denominator_words="Share of people with type 2 diabetes from the most deprived fifth",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="0 or more",
        levels=Levels(),
        held_by="NHS England (NHS Diabetes Prevention Programme)",
        how_to_supply=HOW_NDPP,
        caveats=(
            "Referrals by deprivation are held by the programme's providers; nothing is published for boards.",
            "A practice-level offer (ndh_dpp_offer_pct) is no referral.",
        ),
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.SHARE_GAP,
        multiplier=100,
        dimensions=(Dimension.TOTAL,),
        numerator=("ndpp_referral_share_gap_pp_numerator",),
        denominator=("ndpp_referral_share_gap_pp_denominator",),
        controlled=True,
        plausible=(-100.0, 100.0),
    ),
)
