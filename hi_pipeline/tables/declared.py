"""The linked tables: what each reads and how it is built, for every financial year."""

from collections.abc import Iterable

from hi_pipeline.core.build import LinkedTable
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.tables.counts import counts_builder
from hi_pipeline.tables.people import ADDED
from hi_pipeline.tables.placing.registry import PLACINGS
from hi_pipeline.tables.reference.core20 import build_core20_population
from hi_pipeline.tables.reference.lineage import build_lineage
from hi_pipeline.tables.reference.pockets import build_pockets
from hi_pipeline.tables.reference.population import build_population
from hi_pipeline.tables.reference.practice_areas import build_practice_areas
from hi_pipeline.tables.reference.practice_deprivation import build_practice_deprivation
from hi_pipeline.tables.reference.similar_boards import LISTED_IN, build_similar_boards
from hi_pipeline.tables.reference.small_areas import build_small_areas
from hi_pipeline.tables.schemas import (
    CORE20_POPULATION,
    COUNTS_SCHEMA,
    LINEAGE,
    POCKETS_SCHEMA,
    POPULATION,
    PRACTICE_AREAS,
    PRACTICE_DEPRIVATION,
    SIMILAR_BOARDS,
    SMALL_AREAS_SCHEMA,
)

_LISTS_AND_INDICES = ("gp_registrations", "iod2019", "iod2025", "ons_geography", "census_ethnicity")

REFERENCE: tuple[LinkedTable, ...] = (
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
    LinkedTable(
        name="similar_boards",
        sources=("ons_population", "census_ethnicity", "iod2025", "ons_geography"),
        years=(LISTED_IN,),
        build=build_similar_boards,
        schema=SIMILAR_BOARDS,
        description=(
            "The five boards most like each board of a footprint in deprivation, ethnicity and age of residents, with "
            "their distance and the shares that it rests on; one list a footprint, the same for all years."
        ),
        required=("ons_population", "census_ethnicity", "iod2025"),
    ),
    LinkedTable(
        name="lineage",
        sources=("census_ethnicity", "ons_geography"),
        years=(LISTED_IN,),
        build=build_lineage,
        schema=LINEAGE,
        description=(
            "Which boards of earlier footprints the boards in force came from, with the residents that they share "
            "(Census 2021) and what share of either that is; one list for all years."
        ),
        required=("census_ethnicity", "ons_geography"),
    ),
    LinkedTable(
        name="small_areas",
        sources=("ons_geography", "census_ethnicity", "iod2025", "gp_registrations", "fuel_poverty"),
        years=(LISTED_IN,),
        build=build_small_areas,
        schema=SMALL_AREAS_SCHEMA,
        description=(
            "One row for each LSOA of the 2021 census: its board on every footprint, its authority, people (list and "
            "residents), national and local fifth of deprivation, ethnic groups, fuel poverty; one list for all years."
        ),
        required=("ons_geography", "census_ethnicity", "iod2025", "gp_registrations"),
    ),
    LinkedTable(
        name="pockets",
        sources=(),
        linked=("small_areas",),
        years=(LISTED_IN,),
        build=build_pockets,
        schema=POCKETS_SCHEMA,
        description=(
            "LSOAs of the two most deprived tenths, of at least 1,000 residents, in authorities or boards of low "
            "average deprivation, ranked within each board of each footprint."
        ),
    ),
)


def linked_tables(indicators: Iterable[Indicator]) -> tuple[LinkedTable, ...]:
    """Return all linked tables: those of reference, and the counts that the indicators are computed from.

    An indicator's counts stand in the table of the publication that it names first.
    """
    by_source: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        by_source.setdefault(indicator.source, []).append(indicator)
    return (*REFERENCE, *(_counts(source, held) for source, held in by_source.items()))


def _counts(source: str, indicators: list[Indicator]) -> LinkedTable:
    origins = [origin for indicator in indicators for origin in indicator.by_origin]
    placings = [PLACINGS[attribution] for attribution in dict.fromkeys(origin.attribution for origin in origins)]
    linked = [name for placing in placings for name in placing.linked]
    added = [ADDED[origin.denominator_from] for origin in origins if origin.denominator_from in ADDED]
    linked += [name for one in added for name in one.linked]
    others = [origin.source for origin in origins]
    others += [name for one in placings for name in one.sources] + [name for one in added for name in one.sources]
    alone = all(origin.source == source for origin in origins)
    return LinkedTable(
        name=f"{source}_counts",
        sources=tuple(dict.fromkeys((source, *others))),
        linked=tuple(dict.fromkeys(linked)),
        years=ALL_YEARS,
        build=counts_builder(source),
        schema=COUNTS_SCHEMA,
        description=(
            f"Counts by area and group behind {', '.join(i.id for i in indicators)}: "
            f"{'; '.join(placing.words for placing in placings)}."
        ),
        # Where an indicator has several publications, a year may rest on another one alone.
        required=(source,) if alone else (),
        indicators_of=source,
    )
