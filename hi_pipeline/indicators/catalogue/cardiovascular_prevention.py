"""CVDPREVENT: prevention of cardiovascular disease: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Aim, Attribution, Indicator, Kind, Level, Levels, Polarity, Target
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import GUIDANCE, NOT_SEEN

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="htn_to_threshold_pct",
        title="Hypertension treated to threshold",
        short="Hypertension treated to threshold",
        area="Cardiovascular disease",
        statement_number=14,
        annex=("1-5b",),
        definition=(
            "Share, aged 18 and over, of people with hypertension whose last blood pressure in 12 months is at or "
            "below the threshold of their age."
        ),
        numerator_words=(
            "People with hypertension whose last blood pressure in 12 months is at or below the threshold of their age"
        ),
        denominator_words="People aged 18 and over with GP-recorded hypertension",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        source="cvdprevent",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("htn_to_threshold",),
        denominator=("htn_recorded",),
        published="htn_to_threshold_pct",
        deprivation_groups=5,
        target="at least 77% by March 2024, at least 80% by March 2025",
        target_by="2025-03-31",
        targets=(
            Target(
                aim=Aim.AT_LEAST,
                level=77,
                by="2024-03-31",
                words="at least 77% by March 2024",
                source=GUIDANCE,
                recalled=True,
            ),
            Target(
                aim=Aim.AT_LEAST,
                level=80,
                by="2025-03-31",
                words="at least 80% by March 2025",
                source=GUIDANCE,
                recalled=True,
            ),
        ),
        caveats=(
            "No patient is left out: figures lie below those of QOF, net of personalised care adjustments.",
            "Not adjusted for age; of an age group both sexes are counted together.",
            "Counts of boards are rounded to the nearest 5 and 1 to 7 hidden; England is exact.",
            NOT_SEEN,
        ),
        unconfirmed="the wording of the statement; the target; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="lipid_qrisk20_pct",
        title="Lipid-lowering therapy at a QRISK of 20% or more",
        short="Lipid therapy, QRISK 20% and over",
        area="Cardiovascular disease",
        statement_number=15,
        definition=(
            "Share, aged 18 and over, of people without CVD and with a QRISK of 20% or more who are on "
            "lipid-lowering therapy."
        ),
        numerator_words="People without CVD and with a QRISK of 20% or more on lipid-lowering therapy",
        denominator_words="People without CVD and with a recorded QRISK of 20% or more",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        source="cvdprevent",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("lipid_qrisk20_treated",),
        denominator=("lipid_qrisk20",),
        published="lipid_qrisk20_pct",
        deprivation_groups=5,
        target="at least 60%, then at least 65%",
        targets=(
            Target(aim=Aim.AT_LEAST, level=60, words="at least 60%", source=GUIDANCE, recalled=True),
            Target(aim=Aim.AT_LEAST, level=65, words="at least 65%", source=GUIDANCE, recalled=True),
        ),
        caveats=(
            "Only people with a recorded QRISK are counted, and recording itself is unequal.",
            "Not adjusted for age; of an age group both sexes are counted together.",
            "Counts of boards are rounded to the nearest 5 and 1 to 7 hidden; England is exact.",
            NOT_SEEN,
        ),
        unconfirmed="the wording of the statement; the target; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="af_anticoag_pct",
        title="Atrial fibrillation: anticoagulation",
        short="Atrial fibrillation, anticoagulation",
        area="Cardiovascular disease",
        statement_number=16,
        definition=(
            "Share, aged 18 and over, of people with atrial fibrillation and a CHA2DS2-VASc of 2 or more who are on "
            "anticoagulation."
        ),
        numerator_words="People with atrial fibrillation and a CHA2DS2-VASc of 2 or more on anticoagulation",
        denominator_words="People with atrial fibrillation and a CHA2DS2-VASc of 2 or more",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        source="cvdprevent",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("af_anticoagulated",),
        denominator=("af_high_risk",),
        published="af_anticoag_pct",
        deprivation_groups=5,
        target="at least 90%, then at least 95%",
        targets=(
            Target(aim=Aim.AT_LEAST, level=90, words="at least 90%", source=GUIDANCE, recalled=True),
            Target(aim=Aim.AT_LEAST, level=95, words="at least 95%", source=GUIDANCE, recalled=True),
        ),
        caveats=(
            "Ethnic groups are small.",
            "Not adjusted for age; of an age group both sexes are counted together.",
            "Counts of boards are rounded to the nearest 5 and 1 to 7 hidden; England is exact.",
            NOT_SEEN,
        ),
        unconfirmed="the wording of the statement; the target; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="stroke_adm_htn_rate",
        title="Hypertension: admission for stroke",
        short="Stroke admission with hypertension",
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Admissions for stroke among people with GP-recorded hypertension, per 100,000, as the publisher prints it."
        ),
        numerator_words="People with hypertension admitted for stroke (CVDP001ADMN)",
        denominator_words="People with GP-recorded hypertension",
        levels=Levels(
            total=Level.BOARD,
            age=Level.BOARD,
            sex=Level.BOARD,
            ethnicity=Level.UNVERIFIED,
            deprivation=Level.UNVERIFIED,
        ),
        source="cvdprevent",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PUBLISHED,
        unit=Unit.PER_100K,
        multiplier=100_000,
        polarity=Polarity.LOWER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("htn_stroke_admissions",),
        denominator=("htn_stroke_people",),
        published="stroke_adm_htn_rate",
        deprivation_groups=5,
        caveats=(
            "Not the cohort of the statement: people with hypertension only.",
            "Value and limits as printed: it is not known whether they are adjusted, so no gap is computed from them.",
            "Counts of boards are rounded to the nearest 5 and 1 to 7 hidden; England is exact.",
            NOT_SEEN,
        ),
        unconfirmed=(
            "layout unverified; whether admission rates are given for boards and by ethnic group and deprivation, "
            "their"
            "factor, and whether they are crude"
        ),
        plausible=(0.0, 100_000.0),
    ),
    Indicator(
        id="mi_adm_htn_rate",
        title="Hypertension: admission for heart attack",
        short="Heart attack admission with hypertension",
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Admissions for heart attack among people with GP-recorded hypertension, per 100,000, as the publisher "
            "prints it."
        ),
        numerator_words="People with hypertension admitted for heart attack (CVDP002ADMN)",
        denominator_words="People with GP-recorded hypertension",
        levels=Levels(
            total=Level.BOARD,
            age=Level.BOARD,
            sex=Level.BOARD,
            ethnicity=Level.UNVERIFIED,
            deprivation=Level.UNVERIFIED,
        ),
        source="cvdprevent",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PUBLISHED,
        unit=Unit.PER_100K,
        multiplier=100_000,
        polarity=Polarity.LOWER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("htn_mi_admissions",),
        denominator=("htn_mi_people",),
        published="mi_adm_htn_rate",
        deprivation_groups=5,
        caveats=(
            "Not the cohort of the statement: people with hypertension only.",
            "Value and limits as printed: it is not known whether they are adjusted, so no gap is computed from them.",
            "Counts of boards are rounded to the nearest 5 and 1 to 7 hidden; England is exact.",
            NOT_SEEN,
        ),
        unconfirmed=(
            "layout unverified; whether admission rates are given for boards and by ethnic group and deprivation, "
            "their"
            "factor, and whether they are crude"
        ),
        plausible=(0.0, 100_000.0),
    ),
)
