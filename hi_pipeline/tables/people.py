"""Denominators that another publication gives: what each way reads, and how it fills them in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.geography import ENGLAND
from hi_pipeline.core.groups import ALL, DECILES, ETHNIC_2001_OF_2021, Dimension
from hi_pipeline.core.indicator import DenominatorFrom, Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType, Status
from hi_pipeline.tables.assemble import RELEASES
from hi_pipeline.tables.denominators import add_populations, add_residents
from hi_pipeline.tables.placing.placed import Context, Placed
from hi_pipeline.tables.reference.editions import imd_vintage_of
from hi_pipeline.tables.reference.patients import patient_list, ranked_patients
from hi_pipeline.tables.sums import joined_releases

CENSUS = "census_ethnicity"
_BOUNDS = ("denominator", "denominator_low", "denominator_high")
REGISTERED = "patients registered on {} with the board's practices"
BY_DECILE = "patients of the lists of {} by the decile of where they live, Indices of {}"
BY_ETHNICITY = "residents of 21 March 2021 (Census 2021), whose groups are put into those of 2001"


@dataclass(frozen=True, kw_only=True)
class Added:
    """A way of filling in denominators.

    Attributes:
        add: fills them in.
        sources, linked: publications and linked tables that it reads.
    """

    add: Callable[[Placed, Indicator, Context], Placed]
    sources: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()


def add_registered(placed: Placed, indicator: Indicator, context: Context) -> Placed:
    """Divide totals by the patients on the lists of the board's practices; England by those of all practices.

    The list is the year's own or the nearest within a year of it. What has a denominator keeps it.

    Raises:
        NothingToBuild: no list within a year of the financial year, or its practices are not placed.
    """
    year, vintage = context.financial_year, context.vintage.value
    table = context.reader.linked("core20_population", year).filter(geography_vintage=vintage)
    # The same patients stand there once for each edition of the Indices.
    table = table.filter(imd_vintage=table["imd_vintage"].min())
    (day,) = table["snapshot"].unique().to_list()
    england = table.select(icb_code=pl.lit(ENGLAND), people=pl.col("patients_all").sum()).head(1)
    boards = table.filter(pl.col("icb_code").is_not_null()).select("icb_code", people="patients_all")
    people = pl.concat([boards, england]).with_columns(
        dimension=pl.lit(Dimension.TOTAL.value),
        category=pl.lit(ALL),
        said=pl.lit(REGISTERED.format(day)),
        behind=pl.lit(";".join(context.reader.releases("core20_population", year))),
    )
    return _filled(placed, people)


def add_groups(placed: Placed, indicator: Indicator, context: Context) -> Placed:
    """Divide England's groups by people of the same group.

    Residents of a mid-year for total, age and sex; of Census 2021 for ethnicity; for deprivation patients on the lists
    nearest to the year by the decile of the small area in which they live. Rows of other areas get none.

    Raises:
        NothingToBuild: a population is not in hand.
    """
    placed = add_residents(placed, indicator, context)
    patients = patient_list(context.reader, context.financial_year)
    edition = imd_vintage_of(context.financial_year)
    ranked, used = ranked_patients(context.reader, patients, edition)
    words = dict(enumerate(DECILES, start=1))
    by_decile = ranked.group_by(category=pl.col("imd_decile").replace_strict(words, return_dtype=pl.String)).agg(
        people=added("patients")
    )
    (day,) = patients.frame["extract_date"].unique().to_list()
    part = context.reader.parts(CENSUS)[-1]
    census = context.reader.clean(CENSUS, "residents", part)
    by_group = pl.DataFrame(
        [(ours, float(sum(census[name].sum() for name in names))) for ours, names in ETHNIC_2001_OF_2021.items()],
        schema={"category": pl.String, "people": pl.Float64},
        orient="row",
    )
    people = pl.concat(
        frame.select(
            "category",
            "people",
            dimension=pl.lit(dimension.value),
            icb_code=pl.lit(ENGLAND),
            said=pl.lit(said),
            behind=pl.lit(";".join(sorted(behind))),
        )
        for frame, dimension, said, behind in (
            (by_decile, Dimension.DEPRIVATION, BY_DECILE.format(day, edition), {*used, *patients.releases}),
            (by_group, Dimension.ETHNICITY, BY_ETHNICITY, set(context.reader.releases(CENSUS, part))),
        )
    )
    return _filled(placed, people)


def _filled(placed: Placed, people: pl.DataFrame) -> Placed:
    """Give rows without a denominator the people of their area and group, and say who they are."""
    joined = placed.frame.join(people, on=["icb_code", "dimension", "category"], how="left", validate="m:1")
    wanted = pl.col("denominator").is_null() & pl.col("people").is_not_null()
    wanted &= pl.col("area_type").is_in([AreaType.ICB.value, AreaType.ENGLAND.value]) & (pl.col("people") > 0)
    wanted &= pl.col("status") != Status.NOT_PUBLISHED.value
    both = joined.select(pl.concat_str(RELEASES, "behind", separator=";", ignore_nulls=True)).to_series()
    placed.frame = joined.with_columns(
        *(pl.when(wanted).then("people").otherwise(name).alias(name) for name in _BOUNDS),
        note=join_notes("note", pl.when(wanted).then("said")),
        releases=pl.when(wanted).then(joined_releases(both)).otherwise(RELEASES),
    ).drop("people", "said", "behind")
    return placed


ADDED: Mapping[DenominatorFrom, Added] = {
    DenominatorFrom.POPULATION_OR_RATE: Added(add=add_populations, linked=("population",)),
    DenominatorFrom.REGISTERED: Added(add=add_registered, linked=("core20_population",)),
    DenominatorFrom.GROUPS: Added(
        add=add_groups,
        sources=("gp_registrations", "iod2019", "iod2025", "ons_geography", CENSUS),
        linked=("population",),
    ),
}
