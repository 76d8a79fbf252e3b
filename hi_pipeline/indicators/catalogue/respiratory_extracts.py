"""Vaccination uptake by group in boards' own extracts: one entry each, literals only."""

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators.catalogue._wording import HOW_IMMFORM, RECALLED

HELD_BY = "UK Health Security Agency (ImmForm) and NHS England (National Immunisation Management System)"
SEASON = (
    "Counted by the board from its own records: not the publisher's figure, which practices report and which is "
    "extrapolated.",
    "The season lies within the financial year, and is not all of it; cohorts change from season to season.",
)
CAMPAIGN = (
    "Counted by the board from its own records, both campaigns of the financial year together: each person once.",
    "Cohorts shrink from campaign to campaign: not to be compared over time.",
)

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        id="flu_uptake_65plus_own_pct",
        title="Influenza vaccination by group: people aged 65 and over",
        short="Flu vaccination by group, 65+",
        area="Respiratory",
        statement_number=5,
        annex=("1-3a",),
        definition=(
            "Share of registered people aged 65 and over who were vaccinated against influenza from 1 September "
            "to the end of February, as the board counts them."
        ),
        numerator_words="Vaccinated people aged 65 and over, 1 September to the end of February",
        denominator_words="Registered people aged 65 and over",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(total=Level.BOARD, age=Level.BOARD),
        held_by=HELD_BY,
        how_to_supply=HOW_IMMFORM,
        caveats=SEASON,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("flu_uptake_65plus_own_pct_numerator",),
        denominator=("flu_uptake_65plus_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        like="flu_uptake_65plus",
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="flu_uptake_at_risk_own_pct",
        title="Influenza vaccination by group: people at clinical risk",
        short="Flu vaccination by group, clinical risk",
        area="Respiratory",
        statement_number=5,
        annex=("1-3a",),
        definition=(
            "Share of registered people aged 6 months to 64 at clinical risk who were vaccinated against "
            "influenza from 1 September to the end of February, as the board counts them."
        ),
        numerator_words="Vaccinated people aged 6 months to 64 at clinical risk, 1 September to the end of February",
        denominator_words="Registered people aged 6 months to 64 at clinical risk",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(total=Level.BOARD, age=Level.BOARD),
        held_by=HELD_BY,
        how_to_supply=HOW_IMMFORM,
        caveats=SEASON,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("flu_uptake_at_risk_own_pct_numerator",),
        denominator=("flu_uptake_at_risk_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="flu_uptake_pregnant_own_pct",
        title="Influenza vaccination by group: pregnant women",
        short="Flu vaccination by group, pregnant women",
        area="Respiratory",
        statement_number=5,
        annex=("1-3a",),
        definition=(
            "Share of registered pregnant women who were vaccinated against influenza from 1 September to the end "
            "of February, as the board counts them."
        ),
        numerator_words="Vaccinated pregnant women, 1 September to the end of February",
        denominator_words="Registered pregnant women",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(total=Level.BOARD, age=Level.BOARD),
        held_by=HELD_BY,
        how_to_supply=HOW_IMMFORM,
        caveats=SEASON,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("flu_uptake_pregnant_own_pct_numerator",),
        denominator=("flu_uptake_pregnant_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="flu_uptake_2_3y_own_pct",
        title="Influenza vaccination by group: children aged 2 and 3",
        short="Flu vaccination by group, 2-3",
        area="Respiratory",
        statement_number=5,
        annex=("1-3a",),
        definition=(
            "Share of registered children aged 2 and 3 who were vaccinated against influenza from 1 September to "
            "the end of February, as the board counts them."
        ),
        numerator_words="Vaccinated children aged 2 and 3, 1 September to the end of February",
        denominator_words="Registered children aged 2 and 3",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(total=Level.BOARD, age=Level.BOARD),
        held_by=HELD_BY,
        how_to_supply=HOW_IMMFORM,
        caveats=SEASON,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("flu_uptake_2_3y_own_pct_numerator",),
        denominator=("flu_uptake_2_3y_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        plausible=(0.0, 100.0),
    ),
    Indicator(
        id="covid_uptake_75plus_own_pct",
        title="COVID-19 vaccination by group: people aged 75 and over",
        short="COVID-19 vaccination by group, 75+",
        area="Respiratory",
        statement_number=5,
        annex=("1-3b", "3"),
        definition=(
            "Share of registered people aged 75 and over who were vaccinated in a campaign of the year, as the "
            "board counts them."
        ),
        numerator_words="People aged 75 and over who were vaccinated in a campaign of the year",
        denominator_words="Registered people aged 75 and over",
        unit=Unit.PERCENT,
        polarity=Polarity.HIGHER_IS_BETTER,
        target="narrow the gap by decile and ethnic group",
        levels=Levels(),
        held_by=HELD_BY,
        how_to_supply=HOW_IMMFORM,
        caveats=CAMPAIGN,
        unconfirmed=RECALLED,
        source="local_extracts",
        attribution=Attribution.EXTRACT,
        kind=Kind.PROPORTION,
        multiplier=100,
        dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.SEX, Dimension.ETHNICITY, Dimension.DEPRIVATION),
        numerator=("covid_uptake_75plus_own_pct_numerator",),
        denominator=("covid_uptake_75plus_own_pct_denominator",),
        deprivation_groups=10,
        controlled=True,
        plausible=(0.0, 100.0),
    ),
)
