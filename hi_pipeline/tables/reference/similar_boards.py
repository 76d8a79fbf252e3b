"""Boards that resemble each other: by deprivation, ethnicity and age of their residents, one list a footprint."""

import polars as pl

from hi_pipeline.core.build import Built, Reader
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.people_columns import SIMILAR_BOARD_KEY, SIMILAR_BOARDS
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.lsoa_boards import lsoa21_boards
from hi_pipeline.tables.reference.population import SOURCE as POPULATION
from hi_pipeline.tables.reference.population import of_mid_year

INDICES, CENSUS = "iod2025", "census_ethnicity"
# 2026-11: the lists do not follow the years; they stand once, with the year of the Indices that they rest on.
LISTED_IN = "2025-26"
MOST_SIMILAR = 5
MOST_DEPRIVED = (1, 2)
OLDER_FROM = 65
INPUTS = ("deprived_share", "ethnic_minority_share", "aged_65_share")
NO_INPUT = "board without a known share of residents by deprivation, ethnicity or age, on footprint {}"


def build_similar_boards(reader: Reader, financial_year: str) -> Built:
    """Build for each board of each footprint the five most similar boards, nearest first.

    Inputs, as shares of residents: in LSOAs of deciles 1 and 2 (Indices of 2025, Census 2021 residents), other than
    White British (Census 2021), aged 65 and over (newest mid-year of the ONS workbook). Distance: each input less its
    mean over its standard deviation among the footprint's boards; the root of the sum of squared differences. Boards
    without an input are in no list and have none.

    Raises:
        NothingToBuild: residents, Indices or lookups are not in hand.
    """
    for source in (INDICES, CENSUS, POPULATION):
        if not reader.parts(source):
            raise NothingToBuild(f"similar_boards {financial_year}: nothing of {source} is in hand")
    frames, counted, notes, releases = [], {}, [], set()
    for vintage in Vintage:
        profile, used, said = _profile(reader, vintage)
        whole = profile.drop_nulls(INPUTS)
        counted[NO_INPUT.format(vintage)] = profile.height - whole.height
        frames.append(_named(_nearest(whole), vintage))
        releases |= used
        notes += [said] if said and said not in notes else []
    named = pl.concat(frames).with_columns(source_releases=pl.lit(";".join(sorted(releases))))
    frame = named.select(list(SIMILAR_BOARDS)).sort(*SIMILAR_BOARD_KEY)
    return Built(frame=frame, releases=tuple(sorted(releases)), counted=counted, notes=tuple(notes))


def _profile(reader: Reader, vintage: Vintage) -> tuple[pl.DataFrame, set[str], str]:
    """Return icb_code and INPUTS of every board of a footprint; the releases; what is derived."""
    lsoas, releases, said = lsoa21_boards(reader, vintage)
    census, indices = reader.parts(CENSUS)[-1], reader.parts(INDICES)[-1]
    residents = reader.clean(CENSUS, "residents", census).select(
        "total", lsoa_code="lsoa21_code", white_british="white_british"
    )
    ranked = reader.clean(INDICES, "lsoa_imd", indices).select("lsoa_code", "imd_decile")
    people = lsoas.join(residents, on="lsoa_code", how="left", validate="1:1").join(
        ranked, on="lsoa_code", how="left", validate="1:1"
    )
    lost = people.filter(pl.any_horizontal(pl.all().is_null()))
    if lost.height:
        raise LinkageError(
            f"similar boards of {vintage}: {lost.height} small areas without a board, residents or a decile, such as "
            f"{lost['lsoa_code'].to_list()[:8]}. Are the lookup, the census and the indices whole?",
            failures=lost,
        )
    total = pl.col("total").sum()
    lived = people.group_by("icb_code").agg(
        deprived_share=pl.col("total").filter(pl.col("imd_decile").is_in(MOST_DEPRIVED)).sum() / total,
        ethnic_minority_share=1 - pl.col("white_british").sum() / total,
    )
    ages, used = _aged(reader, vintage)
    profile = (
        footprint.boards(vintage)
        .select("icb_code")
        .join(lived, on="icb_code", how="left", validate="1:1")
        .join(ages, on="icb_code", how="left", validate="1:1")
    )
    behind = {*releases, *used, *reader.releases(CENSUS, census), *reader.releases(INDICES, indices)}
    return profile, behind, said


def _aged(reader: Reader, vintage: Vintage) -> tuple[pl.DataFrame, set[str]]:
    """Return icb_code and the share aged 65 and over at the newest mid-year that fits the footprint."""
    parts = reader.parts(POPULATION)
    every = pl.concat(
        [reader.clean(POPULATION, "population", part).with_columns(pl.lit(part).alias("part")) for part in parts]
    )
    rows = of_mid_year(every, int(every["year"].max()), vintage).drop_nulls("icb_code")  # type: ignore[arg-type]
    older = pl.col("population").filter(pl.col("age") >= OLDER_FROM).sum()
    ages = rows.group_by("icb_code").agg(aged_65_share=older / pl.col("population").sum())
    return ages, {release for part in rows["part"].unique() for release in reader.releases(POPULATION, part)}


def _named(nearest: pl.DataFrame, vintage: Vintage) -> pl.DataFrame:
    """Add the footprint and the names of both boards."""
    boards = footprint.boards(vintage).select("icb_code", "icb_name")
    others = boards.rename({"icb_code": "similar_code", "icb_name": "similar_name"})
    named = nearest.join(boards, on="icb_code", how="left", validate="m:1")
    return named.join(others, on="similar_code", how="left", validate="m:1").with_columns(
        geography_vintage=pl.lit(vintage.value)
    )


def _nearest(profile: pl.DataFrame) -> pl.DataFrame:
    """Return each board's nearest others; boards at the same distance by their code."""
    spread = [((pl.col(name) - pl.col(name).mean()) / pl.col(name).std()).alias(f"{name}_z") for name in INPUTS]
    scored = profile.with_columns(spread)
    others = scored.select(similar_code="icb_code", **{f"{name}_o": f"{name}_z" for name in INPUTS})
    apart = sum(((pl.col(f"{name}_z") - pl.col(f"{name}_o")) ** 2 for name in INPUTS), start=pl.lit(0.0)).sqrt()
    pairs = scored.join(others, how="cross").filter(pl.col("icb_code") != pl.col("similar_code"))
    ranked = pairs.with_columns(distance=apart).sort("icb_code", "distance", "similar_code")
    ranked = ranked.with_columns(place=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("icb_code"))
    return ranked.filter(pl.col("place") <= MOST_SIMILAR)
