"""The linked tables: what each reads and how it is built, for every financial year."""

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.tables.counts import counts_builder
from hi_pipeline.tables.reference.core20 import build_core20_population
from hi_pipeline.tables.reference.population import build_population
from hi_pipeline.tables.reference.practice_areas import build_practice_areas
from hi_pipeline.tables.reference.practice_deprivation import build_practice_deprivation
from hi_pipeline.tables.schemas import (
    CORE20_POPULATION,
    COUNTS_SCHEMA,
    POPULATION,
    PRACTICE_AREAS,
    PRACTICE_DEPRIVATION,
)

# What tells one area from another, and where an area that was parted went.
_AREAS = ("ons_geography", "gp_registrations")
_LISTS_AND_INDICES = ("gp_registrations", "iod2019", "iod2025", "ons_geography", "census_ethnicity")


def _counts(source: str, *, reads: tuple[str, ...] = (), linked: tuple[str, ...] = (), description: str) -> LinkedTable:
    return LinkedTable(
        name=f"{source}_counts",
        sources=(source, *reads),
        linked=linked,
        years=ALL_YEARS,
        build=counts_builder(source),
        schema=COUNTS_SCHEMA,
        description=description,
        required=(source,),
        indicators_of=source,
    )


LINKED_TABLES: tuple[LinkedTable, ...] = (
    LinkedTable(
        name="practice_areas",
        sources=("qof", "gp_registrations", "ons_geography", "census_ethnicity"),
        years=ALL_YEARS,
        build=build_practice_areas,
        schema=PRACTICE_AREAS,
        description=(
            "Each practice's sub-ICB location, board and region on the footprints of the year, by ONS code, from the "
            "map of QOF or of the registered patients that is nearest to the year and whose code the footprint knows; "
            "by its network where it closed before, by its patients where its location was parted."
        ),
    ),
    LinkedTable(
        name="practice_deprivation",
        sources=_LISTS_AND_INDICES,
        years=ALL_YEARS,
        build=build_practice_deprivation,
        schema=PRACTICE_DEPRIVATION,
        description=(
            "Each practice's mean national rank of deprivation, weighted by its patients, its national fifth, and its "
            "list by fifth of where the patients live, for the Indices of 2019 and 2025."
        ),
    ),
    LinkedTable(
        name="population",
        sources=("ons_population",),
        years=ALL_YEARS,
        build=build_population,
        schema=POPULATION,
        description="Residents by board, sex and single year of age, on the footprints of the year.",
        required=("ons_population",),
    ),
    LinkedTable(
        name="core20_population",
        sources=("qof", *_LISTS_AND_INDICES),
        years=ALL_YEARS,
        build=build_core20_population,
        schema=CORE20_POPULATION,
        description="Registered patients of each board, and those who live in national deciles 1 and 2 (Core20).",
        required=("gp_registrations",),
    ),
    _counts(
        "talking_therapies",
        reads=_AREAS,
        description=(
            "Courses of treatment by board and group. Boards from 2022-23; before, the partnership where it has the "
            "area of the board, else the sum of CCGs where they make it up whole, else not published."
        ),
    ),
    _counts(
        "mental_health_act",
        linked=("population",),
        description="Detentions by board and group, over residents or the population that the published rate implies.",
    ),
    _counts("rtt", description="Incomplete pathways by board, with what is commissioned nationally as a remainder."),
    _counts(
        "smi_health_checks",
        reads=_AREAS,
        description="Physical health checks by board, summed from CCGs and sub-ICB locations where they are whole.",
    ),
    _counts(
        "qof",
        linked=("practice_areas", "practice_deprivation"),
        description="Registers and lists by board, in total and by the deprivation fifth of the practice.",
    ),
    _counts(
        "fingertips",
        linked=("practice_areas", "practice_deprivation"),
        description="Attendances and children by board, in total and by the deprivation fifth of the practice.",
    ),
    _counts(
        "tooth_extractions",
        reads=("ons_geography", "census_ethnicity"),
        description=(
            "Extractions and children by board: authorities go to boards whole where they nest, by residents where "
            "they span; hidden and rounded counts are carried as bounds."
        ),
    ),
    _counts(
        "gp_registrations",
        linked=("core20_population",),
        description="Registered patients in Core20 areas over all with a known LSOA, by board.",
    ),
)
