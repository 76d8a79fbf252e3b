"""Elective recovery: on the list and not computed by itself, one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Absence, Derived, Entry, Level, Levels, Listed, Polarity
from hi_pipeline.core.status import Measure, Unit
from hi_pipeline.indicators.catalogue._wording import HOW_SUS, RECALLED

LISTED: tuple[Entry, ...] = (
    Listed(
        id="act_elective_dsr",
        title="Elective admissions, standardised rate",
        short="Elective admissions, standardised",
        area="Elective recovery",
        statement_number=2,
        annex=("2-3a",),
        definition=(
            "Elective admissions (methods 11, 12, 13), dominant episode of the year, standardised for age and "
            "sex, per 100,000 registered patients."
        ),
        numerator_words="Elective admissions (methods 11, 12, 13), dominant episode",
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.NEUTRAL,
        target="growth targets of each system, at an equal pace in all groups",
        levels=Levels(),
        code_lists=("Admission methods 11, 12, 13 (commissioning support units)",),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=(
            "The commissioning support units' common method counts sexes 1 and 2 only, and divides by today's list.",
            "What is public by board is the crude rate (act_elective_crude_rate).",
        ),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because="Admissions by age and sex are not published below England.",
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
    ),
    Listed(
        id="act_emergency_dsr",
        title="Emergency admissions, standardised rate",
        short="Emergency admissions, standardised",
        area="Elective recovery",
        statement_number=2,
        annex=("2-3a",),
        definition=(
            "Emergency admissions (methods 21 to 25, 2A to 2D, 28), dominant episode of the year, standardised "
            "for age and sex, per 100,000 registered patients."
        ),
        numerator_words="Emergency admissions (methods 21 to 25, 2A to 2D, 28), dominant episode",
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.NEUTRAL,
        contested="A high rate may be need or poor access elsewhere.",
        target="growth targets of each system, at an equal pace in all groups",
        levels=Levels(),
        code_lists=("Admission methods 21, 22, 23, 24, 25, 2A, 2B, 2C, 2D, 28 (commissioning support units)",),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=(
            "The commissioning support units' common method counts sexes 1 and 2 only, and divides by today's list.",
            "What is public by board is the crude rate (act_emergency_crude_rate).",
        ),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because="Admissions by age and sex are not published below England.",
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
    ),
    Listed(
        id="act_outpatient_virtual_dsr",
        title="Virtual outpatient appointments, standardised rate",
        short="Virtual outpatients, standardised",
        area="Elective recovery",
        statement_number=2,
        annex=("2-3a",),
        definition=(
            "Outpatient appointments by telephone or video (first attendance codes 3 and 4) of the year, "
            "standardised for age and sex, per 100,000 registered patients."
        ),
        numerator_words="Outpatient appointments by telephone or video (first attendance codes 3 and 4)",
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.NEUTRAL,
        target="growth targets of each system, at an equal pace in all groups",
        levels=Levels(),
        code_lists=("First attendance codes 3, 4 (commissioning support units)",),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=(
            "The commissioning support units' common method counts sexes 1 and 2 only, and divides by today's list.",
            "What is public is England's crude rate by group (act_outpatient_virtual_crude_rate).",
        ),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because=(
            "Tele consultations by ethnicity and deprivation are published for England only, and by age and sex "
            "not at all."
        ),
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
    ),
    Listed(
        id="act_ae_dsr",
        title="Emergency attendances, standardised rate",
        short="Emergency attendances, standardised",
        area="Elective recovery",
        statement_number=2,
        annex=("2-3a",),
        definition=(
            "Attendances at emergency departments of the year, standardised for age and sex, per 100,000 "
            "registered patients."
        ),
        numerator_words="Attendances at emergency departments",
        denominator_words="Registered patients",
        unit=Unit.PER_100K,
        polarity=Polarity.NEUTRAL,
        target="growth targets of each system, at an equal pace in all groups",
        levels=Levels(
            total=Level.REGION, age=Level.ENGLAND, sex=Level.ENGLAND, ethnicity=Level.ENGLAND, deprivation=Level.ENGLAND
        ),
        held_by="NHS England and commissioning support units (Emergency Care Data Set)",
        how_to_supply=HOW_SUS,
        caveats=(
            "The commissioning support units' common method counts sexes 1 and 2 only, and divides by today's list.",
        ),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because="Attendances by group are published for England only, and no file of them has been seen.",
        method="Directly standardised by age and sex to the European Standard Population of 2013, Dobson",
    ),
    Listed(
        id="elective_vs_prepandemic_cyp",
        title="Elective activity against the year before the pandemic, under 18",
        short="Elective activity against 2019-20, under 18",
        area="Elective recovery",
        statement_number=3,
        definition="Elective admissions of people under 18 as a percentage of those from March 2019 to February 2020.",
        numerator_words="Elective admissions of people under 18 in the year",
        denominator_words="Elective admissions of people under 18, March 2019 to February 2020",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(),
        code_lists=(
            "Admissions, age 18 among the young (commissioning support units)",
            "Under 18 against 18 and over (the statement)",
        ),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=(
            "The common method counts admissions; working days of the two years differ and are not adjusted for.",
        ),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because="Admissions by age are not published below England; England prints episodes by age.",
        method="Ratio of two counts, log-normal limits",
    ),
    Listed(
        id="elective_vs_prepandemic_adult",
        title="Elective activity against the year before the pandemic, 18 and over",
        short="Elective activity against 2019-20, adults",
        area="Elective recovery",
        statement_number=3,
        definition=(
            "Elective admissions of people 18 and over as a percentage of those from March 2019 to February 2020."
        ),
        numerator_words="Elective admissions of people 18 and over in the year",
        denominator_words="Elective admissions of people 18 and over, March 2019 to February 2020",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        levels=Levels(),
        code_lists=(
            "Admissions, age 18 among the young (commissioning support units)",
            "Under 18 against 18 and over (the statement)",
        ),
        held_by="NHS England and commissioning support units (Secondary Uses Service)",
        how_to_supply=HOW_SUS,
        caveats=(
            "The common method counts admissions; working days of the two years differ and are not adjusted for.",
        ),
        unconfirmed=RECALLED,
        why=Absence.NOT_PUBLIC,
        because="Admissions by age are not published below England; England prints episodes by age.",
        method="Ratio of two counts, log-normal limits",
    ),
    Listed(
        id="wl_pace_gap",
        title="Pace of change of the waiting list: group against board",
        short="Pace gap of the waiting list",
        area="Elective recovery",
        statement_number=None,
        annex=("2-1a", "2-2a"),
        definition=(
            "Percentage change of a group's waiting list between the same month of two years, less that of the "
            "whole board."
        ),
        numerator_words="Change in a group's waiting pathways between two snapshots a year apart",
        denominator_words="The group's pathways at the first snapshot",
        unit=Unit.PERCENT,
        polarity=Polarity.NEUTRAL,
        target="equal pace of reduction in all groups",
        levels=Levels(age=Level.BOARD, sex=Level.BOARD, ethnicity=Level.BOARD, deprivation=Level.BOARD),
        caveats=("Groups below 100 pathways say nothing, as counts are rounded to 5.", "0 is equal pace."),
        unconfirmed="that NHS England measures pace so is not known: the formula is this project's",
        why=Absence.NOT_IN_HAND,
        because=(
            "It is no figure of the results: pace.parquet has the change of each group of the list between snapshots "
            "of the same month, beside the rest; the first two can be of July 2025 and July 2026."
        ),
        method="Log ratio of counts; difference from the board",
        published_in="wlmds",
    ),
    Derived(
        id="wl_long_wait_disproportionality",
        title="Disproportionality of long waits in the most deprived fifth",
        short="Long waits, most deprived fifth",
        area="Elective recovery",
        statement_number=None,
        annex=("2",),
        definition=(
            "Share of deciles 1 and 2 among pathways of more than 52 weeks, divided by their share of the whole "
            "list; 1 is fair."
        ),
        numerator_words="Share of pathways of more than 52 weeks that are of deciles 1 and 2",
        denominator_words="Share of all pathways that are of deciles 1 and 2",
        unit=Unit.RATIO,
        polarity=Polarity.LOWER_IS_BETTER,
        target="1",
        levels=Levels(deprivation=Level.BOARD),
        caveats=(
            "Provider based: trusts that lie in the board, without the independent sector.",
            "Pathways of a known decile and clock start alone. A decile that is empty, hidden or absent is not "
            "replaced: the measure is then not computed.",
        ),
        unconfirmed="the national measure is in development and its formula unknown: the formula is this project's",
        of="wl_gt52_pct",
        measure=Measure.DISPROPORTIONALITY,
        dimension=Dimension.DEPRIVATION,
    ),
)
