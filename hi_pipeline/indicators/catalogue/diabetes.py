"""The indicators of diabetes: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import (
    Attribution,
    ChildrenArea,
    DenominatorFrom,
    Indicator,
    Kind,
    Level,
    Levels,
    Polarity,
)
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import ACHIEVEMENT, HOW_NDPP, RECALLED, RECORDED_PREVALENCE

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
        mixes_age=True,
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
    Indicator(
        id="qof_dm020_pct",
        title="Diabetes without frailty: HbA1c of 58 mmol/mol or less (DM020)",
        short="HbA1c to threshold (DM020)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Diabetes",
        statement_number=None,
        definition=(
            "Share of patients with diabetes and without moderate or severe frailty whose last HbA1c in 12 months "
            "is 58 mmol/mol or less."
        ),
        numerator_words="Patients whose last HbA1c is 58 mmol/mol or less",
        denominator_words="Patients with diabetes and without moderate or severe frailty",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("dm020_achieved",),
        denominator=("dm020_eligible", "dm020_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=ACHIEVEMENT,
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="dm_t1_8cp_pct",
        title="Diabetes type 1: all eight care processes",
        short="Eight care processes, type 1",
        area="Diabetes",
        statement_number=17,
        definition="Share of people with type 1 diabetes who received all eight care processes in the audit period.",
        numerator_words="People with diabetes of the type who received all eight care processes in the audit period",
        denominator_words="People with diabetes of the type",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(
            total=Level.BOARD, age=Level.ENGLAND, sex=Level.ENGLAND, ethnicity=Level.ENGLAND, deprivation=Level.PART
        ),
        children=(ChildrenArea.DIABETES,),
        caveats=(
            "The audit period has 15 months, January to March of the next year.",
            "Retinal screening is not one of the eight.",
            "Counts rounded to 5; 1 to 7 are printed as 5.",
            "Value and limits as Fingertips prints them (indicator 92872); boards are never added up.",
        ),
        source="fingertips",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PUBLISHED,
        multiplier=100,
        dimensions=(Dimension.TOTAL,),
        numerator=("count_92872",),
        denominator=("denominator_92872",),
        published="value_92872",
        editions=("92872",),
        unconfirmed=(
            "the wording of the statement; no file of this indicator was seen: whether it has boards, "
            "its years and ages"
        ),
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="dm_t2_8cp_pct",
        title="Diabetes type 2 and other: all eight care processes",
        short="Eight care processes, type 2",
        area="Diabetes",
        statement_number=17,
        definition=(
            "Share of people with type 2 and other diabetes who received all eight care processes in the audit period."
        ),
        numerator_words="People with diabetes of the type who received all eight care processes in the audit period",
        denominator_words="People with diabetes of the type",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(
            total=Level.BOARD, age=Level.ENGLAND, sex=Level.ENGLAND, ethnicity=Level.ENGLAND, deprivation=Level.PART
        ),
        caveats=(
            "The audit period has 15 months, January to March of the next year.",
            "Retinal screening is not one of the eight.",
            "Counts rounded to 5; 1 to 7 are printed as 5.",
            "Value and limits as Fingertips prints them (indicator 92873); boards are never added up.",
        ),
        source="fingertips",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PUBLISHED,
        multiplier=100,
        dimensions=(Dimension.TOTAL,),
        numerator=("count_92873",),
        denominator=("denominator_92873",),
        published="value_92873",
        editions=("92873",),
        unconfirmed=(
            "the wording of the statement; no file of this indicator was seen: whether it has boards, "
            "its years and ages"
        ),
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="dm_8cp_gap_pp",
        title="Diabetes: eight care processes, type 2 less type 1",
        short="Eight care processes, gap",
        area="Diabetes",
        statement_number=17,
        definition=(
            "Percentage of people with type 2 diabetes with all eight care processes less that of people with type 1."
        ),
        numerator_words="Type 2 percentage less type 1 percentage",
        denominator_words="None: a difference of percentages",
        unit=Unit.PERCENTAGE_POINTS,
        polarity=Polarity.NEUTRAL,
        target="towards 0",
        levels=Levels(total=Level.BOARD),
        caveats=(
            "The audit period has 15 months, January to March of the next year.",
            "From the two percentages and their limits as Fingertips prints them (indicators 92873 and 92872): of "
            "Wilson's limits these are Newcombe's.",
            "Nobody is in both groups; boards are never added up.",
        ),
        source="fingertips",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PUBLISHED,
        multiplier=100,
        dimensions=(Dimension.TOTAL,),
        denominator_from=DenominatorFrom.NONE,
        published="value_92873",
        published_less="value_92872",
        editions=("92872", "92873"),
        unconfirmed=(
            "the wording of the statement; that its variation means this difference; no file of "
            "these indicators was seen: whether they have boards, their years and ages"
        ),
        plausible=(-100.0, 100.0),
    ),
)
