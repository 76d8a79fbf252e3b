"""Figures of local authorities to boards: whole where they nest, shared out by residents where they span."""

import polars as pl

from hi_pipeline.core.adding import added
from hi_pipeline.core.build import Reader
from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.notes import join_notes
from hi_pipeline.core.status import AreaType
from hi_pipeline.tables.assemble import COUNTED, GROUP, HIDING
from hi_pipeline.tables.placing.placed import Context, Placed, place_england, resting_on, shaped, unused_levels
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.heirs import lsoa_locations
from hi_pipeline.tables.reference.lsoa import LOOKUP, pieces
from hi_pipeline.tables.reference.succession import AUTHORITY_FROM_2023, AUTHORITY_TO_2022
from hi_pipeline.tables.sums import add_up

# Shares add to one but for the last digits of their sum.
SLACK = 1e-9
SHARED = "{} of {} authorities span boards and are shared out by residents ({}% of the population)"


def place_authorities(parts: pl.DataFrame, indicator: Indicator, context: Context) -> Placed:
    """Share authorities out to boards by the residents of their LSOAs (Census 2021).

    An authority inside one board goes there whole. One that spans boards gives each the share of its residents,
    of counts, bounds and populations alike, as if all its parts had one rate.

    Raises:
        NothingToBuild: the lookups or the residents are not in hand.
        LinkageError: an authority that the lookup of 2022 does not know.
    """
    rows = parts.filter(area_level="local_authority").with_columns(
        lad_code=pl.col("area_code").replace(AUTHORITY_TO_2022.successors)
    )
    shares, releases, said = authority_shares(context.reader, context, rows["lad_code"])
    lost = rows.join(shares, on="lad_code", how="anti")
    if lost.height:
        raise LinkageError(
            f"{indicator.id} {context.financial_year}: authorities {lost['area_code'].unique().sort().to_list()[:8]} "
            "are not in the lookup of 2022, or stand beside an authority that took them over; declare what became of "
            "them in tables/reference/succession.py",
            failures=lost,
        )
    shared = rows.join(shares, on="lad_code", how="left", validate="m:m").with_columns(
        pl.col(name) * pl.col("share") for name in [*COUNTED, *HIDING]
    )
    summed = add_up(shared.sort("area_code", "icb_code"), by=["icb_code", *GROUP])
    spans = shared.group_by("icb_code", *GROUP).agg(
        authorities=pl.len(),
        spanning=(pl.col("share") < 1).sum(),
        part=100 * added(pl.col("denominator").filter(pl.col("share") < 1)) / added("denominator"),
    )
    summed = summed.join(spans, on=["icb_code", *GROUP], how="left", nulls_equal=True, validate="1:1").join(
        footprint.boards(context.vintage).select("icb_code", "icb_name"), on="icb_code", how="left", validate="m:1"
    )
    words = pl.format(SHARED, "spanning", "authorities", pl.col("part").round(1))
    summed = summed.with_columns(note=join_notes("note", pl.when(pl.col("spanning") > 0).then(words)))
    summed = resting_on(summed, releases)
    boards = shaped(summed, area_type=AreaType.ICB, code=pl.col("icb_code"), name=pl.col("icb_name"))
    printed = parts.filter(area_level="local_authority")
    own = shaped(printed, area_type=AreaType.AUTHORITY, code=pl.col("area_code"), name=pl.col("area_name"))
    merged = rows.filter(pl.col("area_code") != pl.col("lad_code")).height
    return Placed(
        frame=pl.concat([place_england(parts), boards, own]),
        counted={
            f"authorities that span boards of {context.vintage}, shared out": shares.filter(pl.col("share") < 1)[
                "lad_code"
            ].n_unique(),
            "authorities abolished by 2021, placed with their successor": merged,
            "authorities with a hidden count": rows.filter(pl.col("status") != "ok").height,
            **unused_levels(parts, ("england", "local_authority")),
        },
        notes=[said] if said else [],
    )


def validate_shares(shares: pl.DataFrame, *, where: str) -> None:
    """Check that each authority is shared out whole, and to boards alone.

    Raises:
        LinkageError: shares that do not add to one, or a share of no board; ``failures`` holds the authorities.
    """
    sums = shares.group_by("lad_code").agg(added("share"), nowhere=pl.col("icb_code").null_count())
    wrong = sums.filter(((pl.col("share") - 1).abs() > SLACK) | (pl.col("nowhere") > 0)).sort("lad_code")
    if wrong.height:
        raise LinkageError(
            f"{where}: the shares of {wrong.height} authorities do not add to one over the boards: "
            f"{wrong.head(8).rows()} (authority, sum, parts without a board). Is the lookup of LSOAs whole?",
            failures=wrong,
        )


def authority_shares(reader: Reader, context: Context, named: pl.Series) -> tuple[pl.DataFrame, set[str], str]:
    """Return lad_code, icb_code, share (of each authority's residents, those in each board; shares sum to 1).

    Args:
        reader: gives the lookups and the residents.
        context: the footprint.
        named: authorities of the file; where a unitary authority of 2023 is among them, the districts that it took
            over stand under its code and no more under their own.

    Returns:
        The frame; the ids of the releases; what of the footprint's boundaries is derived, "" where nothing is.
    """
    residents = (
        pieces(reader)
        .group_by("lsoa11_code", maintain_order=True)
        .agg(added("residents"))
        .rename({"lsoa11_code": "lsoa_code"})
    )
    lsoas, releases, said = lsoa_locations(reader, context.vintage)
    taken_over = {old: new for old, new in AUTHORITY_FROM_2023.successors.items() if new in set(named)}
    lsoas = lsoas.with_columns(pl.col("lad_code").replace(taken_over))
    joined = lsoas.join(residents, on="lsoa_code", how="left", validate="1:1")
    joined = joined.with_columns(pl.col("residents").fill_null(0.0)).sort("lad_code", "icb_code", "lsoa_code")
    parts = joined.group_by("lad_code", "icb_code", maintain_order=True).agg(added("residents"))
    whole = pl.col("residents").sum().over("lad_code")
    alone = pl.len().over("lad_code") == 1
    share = pl.when(alone).then(1.0).when(whole > 0).then(pl.col("residents") / whole).otherwise(None)
    shares = parts.with_columns(share=share).filter(pl.col("share") > 0).drop("residents").sort("lad_code", "icb_code")
    validate_shares(shares, where=f"authorities to boards of {context.vintage}")
    used = {*releases, *reader.releases("ons_geography", LOOKUP)}
    return shares, used | set(reader.releases("census_ethnicity", reader.parts("census_ethnicity")[-1])), said
