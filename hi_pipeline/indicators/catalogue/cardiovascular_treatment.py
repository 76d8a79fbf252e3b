"""Cardiovascular disease, achievement in the Quality and Outcomes Framework: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import ACHIEVEMENT

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="qof_hyp003_pct",
        title="Hypertension, aged 79 and under: blood pressure to threshold (HYP003)",
        short="Blood pressure, under 80 (HYP003)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with hypertension, aged 79 and under, whose last blood pressure in 12 months is "
            "140/90 mmHg or less."
        ),
        numerator_words="Patients whose last blood pressure is at or below the threshold",
        denominator_words="Patients with hypertension aged 79 and under",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("hyp003_achieved",),
        denominator=("hyp003_eligible", "hyp003_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Ends with 2022-23: HYP008 after it has another definition, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_hyp007_pct",
        title="Hypertension, aged 80 and over: blood pressure to threshold (HYP007)",
        short="Blood pressure, over 80 (HYP007)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with hypertension, aged 80 and over, whose last blood pressure in 12 months is "
            "150/90 mmHg or less."
        ),
        numerator_words="Patients whose last blood pressure is at or below the threshold",
        denominator_words="Patients with hypertension aged 80 and over",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("hyp007_achieved",),
        denominator=("hyp007_eligible", "hyp007_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Ends with 2022-23: HYP009 after it has another definition, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_hyp008_pct",
        title="Hypertension, aged 79 and under: blood pressure to threshold (HYP008)",
        short="Blood pressure, under 80 (HYP008)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with hypertension, aged 79 and under, whose last blood pressure in 12 months is "
            "140/90 mmHg or less, or the like at home."
        ),
        numerator_words="Patients whose last blood pressure is at or below the threshold",
        denominator_words="Patients with hypertension aged 79 and under",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("hyp008_achieved",),
        denominator=("hyp008_eligible", "hyp008_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            (
                "Begins with 2023-24 in place of HYP003: readings at home count by thresholds of their own, so no "
                "series runs over the change."
            ),
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_hyp009_pct",
        title="Hypertension, aged 80 and over: blood pressure to threshold (HYP009)",
        short="Blood pressure, over 80 (HYP009)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with hypertension, aged 80 and over, whose last blood pressure in 12 months is "
            "150/90 mmHg or less, or the like at home."
        ),
        numerator_words="Patients whose last blood pressure is at or below the threshold",
        denominator_words="Patients with hypertension aged 80 and over",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("hyp009_achieved",),
        denominator=("hyp009_eligible", "hyp009_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            (
                "Begins with 2023-24 in place of HYP007: readings at home count by thresholds of their own, so no "
                "series runs over the change."
            ),
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_af007_pct",
        title="Atrial fibrillation: anticoagulation (AF007)",
        short="Anticoagulation in general practice (AF007)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with atrial fibrillation and a CHA2DS2-VASc of 2 or more who are treated with "
            "anticoagulation."
        ),
        numerator_words="Patients on anticoagulation",
        denominator_words="Patients with atrial fibrillation and a CHA2DS2-VASc of 2 or more",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("af007_achieved",),
        denominator=("af007_eligible", "af007_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Ends with 2022-23: AF008 after it has another definition, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_af008_pct",
        title="Atrial fibrillation: direct-acting anticoagulant, or another where that is not suitable (AF008)",
        short="Anticoagulation in general practice (AF008)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with atrial fibrillation and a CHA2DS2-VASc of 2 or more who are prescribed a "
            "direct-acting oral anticoagulant, or a vitamin K antagonist where that was declined or is not "
            "suitable."
        ),
        numerator_words="Patients on such an anticoagulant",
        denominator_words="Patients with atrial fibrillation and a CHA2DS2-VASc of 2 or more",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("af008_achieved",),
        denominator=("af008_eligible", "af008_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Begins with 2023-24 in place of AF007: other medicines count, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_chol003_pct",
        title="Cardiovascular or chronic kidney disease: lipid-lowering therapy (CHOL003)",
        short="Lipid-lowering therapy (CHOL003)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients on the registers of coronary heart disease, peripheral arterial disease, stroke and "
            "TIA or chronic kidney disease who are prescribed a statin or another lipid-lowering therapy."
        ),
        numerator_words="Patients on lipid-lowering therapy",
        denominator_words="Patients on one of these registers",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("chol003_achieved",),
        denominator=("chol003_eligible", "chol003_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "Begins with 2024-25 in place of CHOL001, whose definition was another, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_af006_pct",
        title="Atrial fibrillation: risk of stroke assessed (AF006)",
        short="Stroke risk assessed (AF006)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients with atrial fibrillation, those with an earlier score of 2 or more left out, "
            "whose risk of stroke was assessed by CHA2DS2-VASc in the last 12 months."
        ),
        numerator_words="Patients whose risk of stroke was assessed",
        denominator_words="Patients with atrial fibrillation without an earlier score of 2 or more",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("af006_achieved",),
        denominator=("af006_eligible", "af006_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=ACHIEVEMENT,
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_chol001_pct",
        title="Cardiovascular or chronic kidney disease: lipid-lowering therapy (CHOL001)",
        short="Lipid-lowering therapy (CHOL001)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients on the registers of coronary heart disease, peripheral arterial disease, "
            "stroke and TIA or chronic kidney disease who are prescribed a statin or, where it is unsuitable, "
            "another lipid-lowering therapy."
        ),
        numerator_words="Patients on lipid-lowering therapy",
        denominator_words="Patients on one of these registers",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("chol001_achieved",),
        denominator=("chol001_eligible", "chol001_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "In 2023-24 alone: CHOL003 after it has another definition, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_chol002_pct",
        title="Cardiovascular disease: cholesterol to threshold (CHOL002)",
        short="Cholesterol to threshold (CHOL002)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients on the registers of coronary heart disease, peripheral arterial disease or "
            "stroke and TIA whose last non-HDL cholesterol in 12 months is below 2.5 mmol/l or, where it is "
            "not recorded, LDL below 1.8 mmol/l."
        ),
        numerator_words="Patients whose last cholesterol is below the threshold",
        denominator_words="Patients on one of these registers",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("chol002_achieved",),
        denominator=("chol002_eligible", "chol002_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            "In 2023-24 alone: CHOL004 after it has other thresholds, so no series runs over the change.",
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled; layout unverified",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="qof_chol004_pct",
        title="Cardiovascular disease: cholesterol to threshold (CHOL004)",
        short="Cholesterol to threshold (CHOL004)",
        levels=Levels(total=Level.PART, deprivation=Level.PART),
        area="Cardiovascular disease",
        statement_number=None,
        definition=(
            "Share of patients on the registers of coronary heart disease, peripheral arterial disease or "
            "stroke and TIA whose last cholesterol in 12 months is LDL of 2.0 mmol/l or less, or non-HDL of "
            "2.6 mmol/l or less."
        ),
        numerator_words="Patients whose last cholesterol is at or below the threshold",
        denominator_words="Patients on one of these registers",
        source="qof",
        attribution=Attribution.PRACTICE,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION),
        numerator=("chol004_achieved",),
        denominator=("chol004_eligible", "chol004_adjusted"),
        deprivation_groups=5,
        ecological=True,
        caveats=(
            (
                "Begins with 2024-25 in place of CHOL002, whose thresholds were others, so no series runs over "
                "the change."
            ),
            *ACHIEVEMENT,
        ),
        unconfirmed="the wording of the indicator is recalled, and that the code is one of the list; layout unverified",
        plausible=(0.0, 100.0),
    ),
)
