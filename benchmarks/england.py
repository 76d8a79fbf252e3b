"""A synthetic England of full size, for the benchmark: practices and LSOAs in, counts of every indicator out."""

import dataclasses
import itertools
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hi_pipeline.core.build import Built, LinkedTable, Reader
from hi_pipeline.core.columns import COUNTS
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, Vintage, board, boards_of, footprints_of
from hi_pipeline.core.groups import ALL, DECILES, ETHNIC_DETAIL_2001, QUINTILES, SEXES, Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind
from hi_pipeline.engine.pipeline import Catalogue, load_catalogue
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.settings import Settings

PRACTICES, LSOAS, LSOAS_OF_A_PRACTICE = 6_300, 33_755, 30
_AGES = ("Under 18", "18 to 25", "26 to 64", "65 and over")


def make_catalogue(*, indicators: int, wrong: str) -> Catalogue:
    """Return the project's indicators over synthetic counts.

    Args:
        indicators: how many of them, those of extracts left out; 0 for all. Beyond what is declared, copies of them
            under other names.
        wrong: ONS code of a board whose figures come out wrong; "" for none.
    """
    from hi_pipeline.core.financial_year import ALL_YEARS

    catalogue = load_catalogue()
    # Boards' own extracts have no England, which these counts all have. No file of practices or areas stands behind
    # them: the check of single units has nothing to read.
    declared = tuple(
        dataclasses.replace(i, attribution=Attribution.LSOA)
        for i in catalogue.indicators
        if i.attribution is not Attribution.EXTRACT
    )
    chosen = _chosen(declared, indicators or len(declared))
    tables = tuple(
        LinkedTable(
            name=f"{source}_counts",
            sources=(),
            years=ALL_YEARS,
            build=_Builder(source),
            schema=catalogue.tables_by_name[f"{source}_counts"].schema,
            description="Synthetic counts.",
            indicators_of=source,
        )
        for source in sorted({i.source for i in chosen})
    )
    # Their sources are known by name, because what is published tells of them; without a release nothing is fetched.
    named = {
        name: dataclasses.replace(catalogue.sources[name], releases=(), series=())
        for name in sorted({name for indicator in chosen for name in indicator.sources})
    }
    return dataclasses.replace(
        catalogue, listed=(), sources=named, tables=tables, indicators=chosen, compute=partial(_compute, wrong)
    )


def _chosen(declared: tuple[Indicator, ...], count: int) -> tuple[Indicator, ...]:
    copies = itertools.count()
    rounds = itertools.chain.from_iterable(
        (dataclasses.replace(i, id=f"{i.id}_{n}") if n else i for i in declared) for n in copies
    )
    return tuple(itertools.islice(rounds, count))


def settings_of(root: Path) -> Settings:
    """Return the settings of a data root: a mirror without a file, because the counts are made up."""
    mirror = root / "publications"
    mirror.mkdir(parents=True, exist_ok=True)
    return Settings(source=f"mirror:{mirror}", data_dir=root)


@cache
def patient_lists() -> pl.DataFrame:
    """Return patients by practice and LSOA, with the tenth of deprivation of the LSOA and the place of the practice."""
    practices, lsoas, each = PRACTICES, LSOAS, LSOAS_OF_A_PRACTICE
    random = np.random.default_rng(7)
    practice = np.repeat(np.arange(practices), each)
    lsoa = (practice * lsoas // practices + random.integers(0, each, practice.size)) % lsoas
    decile = random.permutation(lsoas)[lsoa] * 10 // lsoas
    return pl.DataFrame(
        {
            "practice": practice,
            "place": practice / practices,
            "decile": decile,
            "patients": random.integers(100, 600, practice.size),
        }
    )


def _compute(wrong: str, indicator: Indicator, counts: pl.DataFrame, *, synthetic: bool) -> pl.DataFrame:
    """Compute as always, but let the figures of a wrong board come out below zero."""
    rows = compute_results(indicator, counts, synthetic=synthetic)
    is_wrong = pl.col("icb_code") == wrong
    return rows.with_columns(pl.when(is_wrong).then(-pl.col("value")).otherwise(pl.col("value")).alias("value"))


class _Builder:
    """Sums the lists to the boards of a year and gives every indicator counts in all its dimensions."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __call__(self, reader: Reader, year: str) -> Built:
        people = {footprint: _people(footprint) for footprint in footprints_of(year)}
        frames = [
            self._counts(indicator, year, own).with_columns(geography_vintage=pl.lit(footprint.value))
            for indicator in reader.indicators(self.source)
            for footprint, own in people.items()
        ]
        in_contract = pl.concat(frames).select(list(COUNTS)).cast(dict(COUNTS))
        return Built(frame=in_contract, releases=(f"{self.source}:{year}",))

    def _counts(self, indicator: Indicator, year: str, people: pl.DataFrame) -> pl.DataFrame:
        rows: list[tuple[Any, ...]] = []
        # Half of what is plausible, so that every cell is good.
        most = 0.5 * indicator.plausible[1] / indicator.multiplier
        seed = sum(map(ord, indicator.id)) + int(year[:4])
        for (icb,), own in people.group_by("icb", maintain_order=True):
            total = float(own["patients"].sum())
            for dimension in indicator.dimensions:
                for order, (category, share) in enumerate(_groups(dimension, indicator, own, total), start=1):
                    size = round(total * share)
                    share_of_group = min(0.05 + 0.01 * order + (seed % 7) / 500, most)
                    events = round(size * share_of_group)
                    rows.append((icb, dimension.value, category, order, float(events), float(size)))
        start, end = period(year)
        frame = pl.DataFrame(
            rows,
            schema=["icb_code", "dimension", "category", "category_order", "numerator", "denominator"],
            orient="row",
        )
        is_count = indicator.kind is Kind.COUNT
        denominator = pl.lit(None, pl.Float64) if is_count else pl.col("denominator")
        return frame.with_columns(
            indicator_id=pl.lit(indicator.id),
            financial_year=pl.lit(year),
            period_start=pl.lit(start),
            period_end=pl.lit(end),
            period_type=pl.lit("financial_year"),
            area_type=pl.when(pl.col("icb_code") == ENGLAND).then(pl.lit("england")).otherwise(pl.lit("icb")),
            area_name=pl.col("icb_code").map_elements(
                lambda code: ENGLAND_NAME if code == ENGLAND else board(code).name, return_dtype=pl.String
            ),
            numerator_low=pl.col("numerator"),
            numerator_high=pl.col("numerator"),
            denominator=denominator,
            denominator_low=denominator,
            denominator_high=denominator,
            published_value=pl.lit(None, pl.Float64),
            published_lower_95=pl.lit(None, pl.Float64),
            published_upper_95=pl.lit(None, pl.Float64),
            published_rounding=pl.lit(None, pl.Float64),
            units=pl.lit(None, pl.Int32),
            between_variance=pl.lit(None, pl.Float64),
            status=pl.lit("ok"),
            note=pl.lit(""),
            unknown_share=pl.lit(0.0),
            coverage=pl.lit(1.0),
            people_share=pl.lit(1.0),
            imd_vintage=pl.when(pl.col("dimension") == "deprivation").then(pl.lit("2019")).otherwise(pl.lit("")),
            ethnicity_scheme=pl.when(pl.col("dimension") == "ethnicity").then(pl.lit("2001")).otherwise(pl.lit("")),
            source_releases=pl.lit(f"{self.source}:{year}"),
        )


def _people(footprint: Vintage) -> pl.DataFrame:
    """Return the patients of each board of a footprint and of England, by tenth of deprivation."""
    boards = [b.ons for b in boards_of(footprint)]
    lists = patient_lists().with_columns(
        icb=pl.lit(pl.Series(boards)).gather((pl.col("place") * len(boards)).cast(pl.Int64))
    )
    people = lists.group_by("icb", "decile").agg(pl.col("patients").sum().cast(pl.Float64))
    england = people.group_by("decile").agg(pl.col("patients").sum()).with_columns(icb=pl.lit(ENGLAND))
    return pl.concat([people, england.select(people.columns)]).sort("icb", "decile")


def _groups(dimension: Dimension, indicator: Indicator, own: pl.DataFrame, total: float) -> list[tuple[str, float]]:
    match dimension:
        case Dimension.TOTAL:
            return [(ALL, 1.0)]
        case Dimension.AGE:
            return [(age, 1 / len(_AGES)) for age in _AGES]
        case Dimension.SEX:
            return [(sex, 0.5) for sex in SEXES[:2]]
        case Dimension.ETHNICITY:
            return [(group, 1 / len(ETHNIC_DETAIL_2001)) for group in ETHNIC_DETAIL_2001]
    sums = dict(own.select("decile", "patients").rows())
    shares = [sums.get(n, 0.0) / total for n in range(10)]
    if indicator.deprivation_groups == 10:
        return list(zip(DECILES, shares, strict=True))
    return [(name, shares[2 * n] + shares[2 * n + 1]) for n, name in enumerate(QUINTILES)]
