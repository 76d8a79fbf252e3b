"""Cardiovascular disease: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Derived, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Measure, Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SUS_UNREAD, RECALLED

LISTED: tuple[Entry, ...] = (
    Listed(
        id="stroke_adm_dsr",
        title="Stroke: emergency admissions, standardised rate",
        short="Stroke admissions, standardised",
        area="Cardiovascular disease",
        statement_number=12,
        annex=("1-5a", "3"),
        definition=(
            "Emergency admissions with stroke as the primary diagnosis, standardised for age and sex, per 100,000."
        ),
        numerator_words="Emergency admissions with stroke as the primary diagnosis",
        denominator_words="Residents",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(total=Level.UNVERIFIED, sex=Level.UNVERIFIED, deprivation=Level.ENGLAND),
        code_lists=(
            "I60 to I69 (commissioning support units)",
            "I61 to I64, first episode, classes 1 and 2 (Office for Health Improvement and Disparities)",
            "I61, I63, I64 (CVDPREVENT)",
            "I60 to I64 (strokes without their late effects)",
        ),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS_UNREAD,
        caveats=("England's admissions by block of diagnoses are published and are no figure of the statement.",),
        unconfirmed="the wording of the statement is recalled; the last code list of stroke too",
        why=Absence.NOT_IN_HAND,
        because=(
            "Fingertips prints totals; whether for boards is not verified and no file has been seen. Splits by "
            "group need the Secondary Uses Service."
        ),
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
        published_in="fingertips",
    ),
    Derived(
        id="stroke_adm_dsr__gap",
        title="Stroke: gap in admissions by decile",
        short="Stroke admissions, gap by decile",
        area="Cardiovascular disease",
        statement_number=None,
        annex=("3",),
        definition=(
            "Standardised rate of admissions for stroke of the most deprived decile less that of the least deprived."
        ),
        numerator_words="Rate of decile 1 less rate of decile 10",
        denominator_words="None: a difference",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap",
        levels=Levels(deprivation=Level.ENGLAND),
        of="stroke_adm_dsr",
        measure=Measure.GAP,
        dimension=Dimension.DEPRIVATION,
    ),
    Listed(
        id="mi_adm_dsr",
        title="Heart attack: emergency admissions, standardised rate",
        short="Heart attack admissions, standardised",
        area="Cardiovascular disease",
        statement_number=13,
        annex=("3",),
        definition=(
            "Emergency admissions with heart attack as the primary diagnosis, standardised for age and sex, per "
            "100,000."
        ),
        numerator_words="Emergency admissions with heart attack as the primary diagnosis",
        denominator_words="Residents",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap by decile",
        levels=Levels(total=Level.UNVERIFIED, sex=Level.UNVERIFIED, deprivation=Level.ENGLAND),
        code_lists=("I21, I22 (commissioning support units; Office for Health Improvement and Disparities)",),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS_UNREAD,
        caveats=("England's admissions by block of diagnoses are published and are no figure of the statement.",),
        unconfirmed=RECALLED,
        why=Absence.NOT_IN_HAND,
        because=(
            "Fingertips prints totals; whether for boards is not verified and no file has been seen. Splits by "
            "group need the Secondary Uses Service."
        ),
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
        published_in="fingertips",
    ),
    Derived(
        id="mi_adm_dsr__gap",
        title="Heart attack: gap in admissions by decile",
        short="Heart attack admissions, gap by decile",
        area="Cardiovascular disease",
        statement_number=None,
        annex=("3",),
        definition=(
            "Standardised rate of admissions for heart attack of the most deprived decile less that of the least "
            "deprived."
        ),
        numerator_words="Rate of decile 1 less rate of decile 10",
        denominator_words="None: a difference",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        target="narrow the gap",
        levels=Levels(deprivation=Level.ENGLAND),
        of="mi_adm_dsr",
        measure=Measure.GAP,
        dimension=Dimension.DEPRIVATION,
    ),
    Listed(
        id="stroke_adm_htn_rate",
        title="Hypertension: admission for stroke",
        short="Stroke admission with hypertension",
        area="Cardiovascular disease",
        statement_number=None,
        definition="Admissions for stroke among people with GP-recorded hypertension.",
        numerator_words="People with hypertension admitted for stroke (CVDP001ADMN)",
        denominator_words="People with GP-recorded hypertension",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        levels=Levels(
            total=Level.BOARD,
            age=Level.BOARD,
            sex=Level.BOARD,
            ethnicity=Level.UNVERIFIED,
            deprivation=Level.UNVERIFIED,
        ),
        caveats=(
            "Not the cohort of the statement: people with hypertension only.",
            "Outcomes have time periods of their own.",
        ),
        unconfirmed="whether outcomes are split by ethnicity and deprivation for boards",
        why=Absence.NOT_IN_HAND,
        because="No response of the interface below England has been seen.",
        method="The publisher's value and limits",
        published_in="CVDPREVENT interface",
    ),
    Listed(
        id="mi_adm_htn_rate",
        title="Hypertension: admission for heart attack",
        short="Heart attack admission with hypertension",
        area="Cardiovascular disease",
        statement_number=None,
        definition="Admissions for heart attack among people with GP-recorded hypertension.",
        numerator_words="People with hypertension admitted for heart attack (CVDP002ADMN)",
        denominator_words="People with GP-recorded hypertension",
        unit=Unit.PER_100K,
        polarity=Polarity.LOWER_IS_BETTER,
        levels=Levels(
            total=Level.BOARD,
            age=Level.BOARD,
            sex=Level.BOARD,
            ethnicity=Level.UNVERIFIED,
            deprivation=Level.UNVERIFIED,
        ),
        caveats=(
            "Not the cohort of the statement: people with hypertension only.",
            "Outcomes have time periods of their own.",
        ),
        unconfirmed="whether outcomes are split by ethnicity and deprivation for boards",
        why=Absence.NOT_IN_HAND,
        because="No response of the interface below England has been seen.",
        method="The publisher's value and limits",
        published_in="CVDPREVENT interface",
    ),
    Listed(
        id="htn_to_threshold_pct",
        title="Hypertension treated to threshold",
        short="Hypertension treated to threshold",
        area="Cardiovascular disease",
        statement_number=14,
        annex=("1-5b",),
        definition=(
            "Share, aged 18 and over: people with hypertension whose last blood pressure in 12 months is at or "
            "below the threshold of their age."
        ),
        numerator_words=(
            "People with hypertension whose last blood pressure in 12 months is at or below the threshold of their age"
        ),
        denominator_words="People aged 18 and over with GP-recorded hypertension",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="77% by March 2024, 80% by March 2025",
        target_by="2025-03-31",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        caveats=("No patient is left out: figures lie below those of QOF, net of personalised care adjustments.",),
        unconfirmed="the wording of the statement and the target are recalled",
        why=Absence.NOT_IN_HAND,
        because="Published for boards with all groups; no response of the interface below England has been seen.",
        method="The publisher's value; Wilson",
        published_in="CVDPREVENT interface, CVDP007HYP",
    ),
    Listed(
        id="lipid_qrisk20_pct",
        title="Lipid-lowering therapy at a QRISK of 20% or more",
        short="Lipid therapy, QRISK 20% and over",
        area="Cardiovascular disease",
        statement_number=15,
        definition=(
            "Share, aged 18 and over: people without CVD and with a QRISK of 20% or more on lipid-lowering therapy."
        ),
        numerator_words="People without CVD and with a QRISK of 20% or more on lipid-lowering therapy",
        denominator_words="People without CVD and with a QRISK of 20% or more",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="60%, then 65%",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        unconfirmed="the wording of the statement and the target are recalled",
        why=Absence.NOT_IN_HAND,
        because="Published for boards with all groups; no response of the interface below England has been seen.",
        method="The publisher's value; Wilson",
        published_in="CVDPREVENT interface, CVDP003CHOL",
    ),
    Listed(
        id="af_anticoag_pct",
        title="Atrial fibrillation: anticoagulation",
        short="Atrial fibrillation, anticoagulation",
        area="Cardiovascular disease",
        statement_number=16,
        definition=(
            "Share, aged 18 and over: people with atrial fibrillation and a CHA2DS2-VASc of 2 or more on "
            "anticoagulation."
        ),
        numerator_words="People with atrial fibrillation and a CHA2DS2-VASc of 2 or more on anticoagulation",
        denominator_words="People with atrial fibrillation and a CHA2DS2-VASc of 2 or more",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="90 to 95%",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        unconfirmed="the wording of the statement and the target are recalled",
        why=Absence.NOT_IN_HAND,
        because="Published for boards with all groups; no response of the interface below England has been seen.",
        method="The publisher's value; Wilson",
        published_in="CVDPREVENT interface, CVDP002AF",
    ),
)
