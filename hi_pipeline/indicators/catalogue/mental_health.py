"""The indicators of mental health: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import (
    Aim,
    Attribution,
    Break,
    ChildrenArea,
    DenominatorFrom,
    Indicator,
    Kind,
    Level,
    Levels,
    Polarity,
    Target,
)
from hi_pipeline.core.status import Measure, Unit
from hi_pipeline.indicators.catalogue._wording import BOARD_PAPER, GUIDANCE, NOT_SEEN, RECALLED

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="tt_recovery_pct",
        version="2",
        title="NHS Talking Therapies: recovery",
        short="Talking Therapies, recovery",
        annex=("1-2b", "3"),
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        area="Mental health",
        statement_number=9,
        definition=(
            "Share of people who finished a course of treatment in the year, and were at caseness when it began, "
            "who moved to recovery."
        ),
        numerator_words="Courses of treatment that ended in recovery",
        denominator_words="Finished courses of treatment less those that began below caseness",
        source="talking_therapies",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("recovery",),
        denominator=("finished_course_treatment",),
        denominator_less=("not_at_caseness",),
        published="recovery_pct",
        deprivation_groups=10,
        target="50% for every ethnic group",
        targets=(
            Target(
                aim=Aim.AT_LEAST,
                level=50,
                dimension=Dimension.ETHNICITY,
                words="50% for every ethnic group",
                source=BOARD_PAPER,
            ),
            Target(
                aim=Aim.NARROW,
                measure=Measure.DIFFERENCE,
                dimension=Dimension.ETHNICITY,
                words="narrow the gap to White British",
                source=BOARD_PAPER,
            ),
        ),
        caveats=(
            "Counts below England are rounded to the nearest 5; limits are widened for it.",
            (
                "Where our figure from rounded counts lies outside the publisher's rounding, the publisher's whole "
                "percentage is shown instead; its decimals are not known."
            ),
            "Where a small deduction is hidden, the denominator is an estimate.",
            "Years to 2021-22 were published for CCGs and partnerships, not for boards.",
        ),
        unconfirmed=RECALLED,
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="tt_reliable_recovery_pct",
        version="2",
        title="NHS Talking Therapies: reliable recovery",
        short="Talking Therapies, reliable recovery",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        area="Mental health",
        statement_number=9,
        definition=(
            "Share of people who finished a course of treatment in the year, and were at caseness when it began, "
            "who moved to recovery and improved reliably."
        ),
        numerator_words="Courses of treatment that ended in reliable recovery",
        denominator_words="Finished courses of treatment less those that began below caseness",
        source="talking_therapies",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("reliable_recovery",),
        denominator=("finished_course_treatment",),
        denominator_less=("not_at_caseness",),
        published="reliable_recovery_pct",
        deprivation_groups=10,
        target="at least 48% by March 2025",
        target_by="2025-03-31",
        targets=(
            Target(
                aim=Aim.AT_LEAST,
                level=48,
                by="2025-03-31",
                words="at least 48% by March 2025",
                source=GUIDANCE,
                recalled=True,
            ),
        ),
        unconfirmed="the wording of the statement; the target of 48% and its year",
        caveats=(
            "Counts below England are rounded to the nearest 5; limits are widened for it.",
            (
                "Where our figure from rounded counts lies outside the publisher's rounding, the publisher's whole "
                "percentage is shown instead; its decimals are not known."
            ),
            "Where a small deduction is hidden, the denominator is an estimate.",
            "Years to 2021-22 were published for CCGs and partnerships, not for boards.",
        ),
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="mha_detention_rate",
        version="2",
        title="Detentions under the Mental Health Act",
        short="Detentions under the Mental Health Act",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        area="Mental health",
        statement_number=7,
        definition="Detentions under the Mental Health Act 1983 in the year, per 100,000 residents.",
        numerator_words="Detentions in the year, from providers that submit to the Mental Health Services Data Set",
        denominator_words=(
            "Residents at mid-2022 for total, age and sex; for ethnicity and deprivation the population implied by "
            "the publisher's own rate"
        ),
        source="mental_health_act",
        attribution=Attribution.PUBLISHED,
        kind=Kind.RATE,
        unit=Unit.PER_100K,
        multiplier=100_000,
        polarity=Polarity.CONTESTED,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("detentions",),
        denominator_from=DenominatorFrom.POPULATION_OR_RATE,
        published="detention_rate",
        deprivation_groups=10,
        caveats=(
            "Counts detentions, not people: one person may be detained more than once, so limits are too narrow.",
            "England's figure counts the same providers as the boards'; acute providers are not included.",
            "Counts below England are rounded to the nearest 5; limits are widened for it.",
            "Not every provider submits: the publisher warns against reading trends.",
        ),
        unconfirmed="the wording of the statement; the publisher's warning against trends",
        plausible=(0.0, 5_000.0),
    ),
    Indicator(
        id="smi_checks_n",
        title="Severe mental illness: all six physical health checks (number)",
        short="SMI, all six checks, number",
        annex=("1-2a",),
        levels=Levels(total=Level.BOARD, deprivation=Level.PART),
        held_by="NHS England (by ethnicity and deprivation, as the annex asks)",
        area="Mental health",
        statement_number=6,
        definition="People on the register of severe mental illness with all six physical health checks in 12 months.",
        numerator_words="People with all six checks in the 12 months to the end of the fourth quarter",
        denominator_words="None: a count",
        source="smi_health_checks",
        attribution=Attribution.SUB_ICB,
        kind=Kind.COUNT,
        unit=Unit.COUNT,
        multiplier=1,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL,),
        numerator=("six_checks",),
        denominator_from=DenominatorFrom.NONE,
        target="390,000 in England in 2023-24",
        target_by="2024-03-31",
        targets=(
            Target(
                aim=Aim.AT_LEAST,
                level=390_000,
                england_only=True,
                by="2024-03-31",
                words="390,000 in England in 2023-24",
                source=BOARD_PAPER,
            ),
        ),
        breaks=(
            Break(
                first_year="2024-25",
                words="collected from practices since 2024-25, without people in remission, and by boards before",
            ),
        ),
        caveats=("Years to 2020-21 were published for CCGs that no longer exist.",),
        unconfirmed=RECALLED,
        plausible=(0.0, 1_000_000.0),
    ),
    Indicator(
        id="smi_checks_pct",
        version="2",
        title="Severe mental illness: all six physical health checks",
        short="SMI, all six checks",
        levels=Levels(total=Level.BOARD, deprivation=Level.PART),
        held_by="NHS England (by ethnicity and deprivation)",
        area="Mental health",
        statement_number=6,
        definition="Share of people on the register of severe mental illness with all six checks in 12 months.",
        numerator_words="People with all six checks in the 12 months to the end of the fourth quarter",
        denominator_words="People on the register of severe mental illness",
        source="smi_health_checks",
        attribution=Attribution.SUB_ICB,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL,),
        numerator=("six_checks",),
        denominator=("register",),
        target="at least 60%, then at least 75% by March 2025",
        target_by="2025-03-31",
        targets=(
            Target(aim=Aim.AT_LEAST, level=60, words="at least 60%", source=GUIDANCE, recalled=True),
            Target(
                aim=Aim.AT_LEAST,
                level=75,
                by="2025-03-31",
                words="at least 75% by March 2025",
                source=GUIDANCE,
                recalled=True,
            ),
        ),
        breaks=(
            Break(
                first_year="2024-25",
                words="collected from practices since 2024-25, without people in remission, and by boards before",
            ),
        ),
        unconfirmed="the wording of the statement; the targets of 60% and 75% and their years",
        caveats=("Years to 2020-21 were published for CCGs that no longer exist.",),
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="cyp_mh_access_rate",
        title="Children and young people: contact with mental health services",
        short="Children's mental health access",
        levels=Levels(
            total=Level.BOARD, age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD
        ),
        children=(ChildrenArea.MENTAL_HEALTH,),
        area="Mental health",
        statement_number=10,
        definition=(
            "People under 18 with at least one contact with mental health services in the 12 months to March, per"
            " 100,000 residents aged 0 to 17."
        ),
        numerator_words="People under 18 with at least one contact in twelve months (MHS95)",
        denominator_words="Residents aged 0 to 17",
        source="mhsds",
        attribution=Attribution.PUBLISHED,
        kind=Kind.RATE,
        unit=Unit.PER_100K,
        multiplier=100_000,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL,),
        numerator=("cyp_in_contact_12m",),
        denominator_from=DenominatorFrom.POPULATION_OR_RATE,
        ages=(0, 17),
        target="345,000 more in England by 2023-24",
        target_by="2024-03-31",
        caveats=(
            "A person is counted in every area that they lived or were registered in: areas do not add up.",
            "Before 2022-23 a partnership with the same area stands for the board.",
            "Groups of boards are published in later files, which are not in hand.",
        ),
        unconfirmed="the wording of the statement; the target",
        unassigned=0.03,
        repeated=0.03,
        plausible=(0.0, 50_000.0),
    ),
    Indicator(
        id="restrictive_intervention_rate",
        title="Restrictive interventions in inpatient care",
        short="Restrictive interventions",
        levels=Levels(total=Level.PROVIDER, age=Level.ENGLAND, sex=Level.UNVERIFIED, ethnicity=Level.ENGLAND),
        area="Mental health",
        statement_number=8,
        definition=(
            "Uses of restrictive interventions per 1,000 occupied bed days in March, as the publisher prints it "
            "(MHS96)."
        ),
        numerator_words="Uses of restrictive interventions with inpatients",
        denominator_words="Occupied bed days, which are not published",
        source="restrictive_interventions",
        attribution=Attribution.PROVIDER,
        kind=Kind.PUBLISHED,
        unit=Unit.PER_1K,
        multiplier=1_000,
        polarity=Polarity.LOWER_IS_BETTER,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.ETHNICITY),
        numerator=("interventions",),
        denominator_from=DenominatorFrom.NONE,
        published="interventions_per_1k_bed_days",
        caveats=(
            (
                "One month, March, stands for its year: the bed days are not published, so a rate of 12 months "
                "cannot be made."
            ),
            "Whole numbers without limits: small differences are lost in rounding.",
            (
                "Providers are where care is given: never summed to boards. One without any use, or without a "
                "return, is absent."
            ),
            NOT_SEEN,
        ),
        unconfirmed="the wording of the statement; layout unverified; whether a row by sex exists",
        plausible=(0.0, 1_000.0),
    ),
)
