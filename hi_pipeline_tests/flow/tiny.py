"""A whole pipeline in miniature: one publication of made-up counts for every board, its counts, one indicator."""

from pathlib import Path

import polars as pl

from hi_pipeline.core.build import Built, LinkedTable, Reader
from hi_pipeline.core.columns import COUNTS, COUNTS_KEY, OBSERVATIONS
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.financial_year import period
from hi_pipeline.core.geography import ENGLAND, ENGLAND_NAME, Vintage, board, boards_of, footprints_of, vintage_of
from hi_pipeline.core.groups import ALL, Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Level, Levels, Polarity
from hi_pipeline.core.schema import Column, Schema
from hi_pipeline.core.source import (
    Cadence,
    Container,
    Layout,
    Member,
    RawTables,
    Release,
    ReleaseCalendar,
    Source,
    Tables,
    Token,
)
from hi_pipeline.core.status import Unit
from hi_pipeline.core.text_tables import read_numbers
from hi_pipeline.core.validation import observations_schema
from hi_pipeline.engine.pipeline import Catalogue
from hi_pipeline.indicators.beside import tables_beside
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.schema import RESULTS_SCHEMA
from hi_pipeline.publishing.release import publish

HOST = "www.example.org"
YEARS = ("2021-22", "2022-23", "2023-24")
WRONG_BOARD = "E54000010"
NOT_PUBLISHED = "not published: tiny prints no parts of boards"
COLUMNS = ("LEVEL", "CODE", "NAME", "SEEN", "HELPED")
PAGE = f"https://{HOST}/tiny"


def _parse(raw: RawTables, release: Release) -> Tables:
    (table,) = raw["rows"]
    where = f"tiny {release.edition}"
    frame = read_numbers(table.frame, "SEEN", tokens={"*": Token.SUPPRESSED}, where=where, whole=True)
    frame = read_numbers(frame, "HELPED", tokens={"*": Token.SUPPRESSED}, where=where, whole=True)
    (year,) = release.financial_years
    start, end = period(year)
    parts = [
        frame.select(
            financial_year=pl.lit(year),
            period_start=pl.lit(start),
            period_end=pl.lit(end),
            period_type=pl.lit("financial_year"),
            area_level=pl.col("LEVEL"),
            area_code=pl.col("CODE").fill_null(""),
            area_name=pl.col("NAME"),
            dimension=pl.lit("total"),
            category=pl.lit(ALL),
            measure=pl.lit(measure),
            value=pl.col(f"{column}_value"),
            low=pl.col(f"{column}_value"),
            high=pl.col(f"{column}_value"),
            lower_95=pl.lit(None, dtype=pl.Float64),
            upper_95=pl.lit(None, dtype=pl.Float64),
            status=pl.col(f"{column}_status"),
            note=pl.lit(""),
        )
        for measure, column in (("seen", "SEEN"), ("helped", "HELPED"))
    ]
    return {"observations": pl.concat(parts).cast(dict(OBSERVATIONS))}


def make_source(years: tuple[str, ...] = YEARS) -> Source:
    return Source(
        name="tiny",
        title="Tiny statistics",
        publisher="Nobody",
        landing_page=PAGE,
        attribution="Made up.",
        by_year=True,
        calendar=ReleaseCalendar(cadence=Cadence.ANNUAL, usual_month=10, last_known_edition=years[-1]),
        layouts={
            "plain": Layout(name="plain", container=Container.CSV, members=(Member(table="rows", columns=COLUMNS),))
        },
        releases=tuple(
            Release(
                edition=year,
                layout="plain",
                landing_page=PAGE,
                financial_years=(year,),
                mirror_path=f"{HOST}/tiny-{year}.csv",
            )
            for year in years
        ),
        parse=_parse,
        schemas={"observations": observations_schema(measures=["seen", "helped"], area_levels=["england", "icb"])},
        disclosure="Nothing is hidden.",
    )


def _build_counts(reader: Reader, year: str) -> Built:
    seen = reader.clean("tiny", "observations", year)
    if seen.is_empty():
        raise NothingToBuild(f"tiny holds nothing for {year}")
    wide = seen.pivot(on="measure", index=["area_level", "area_code", "area_name"], values="value")
    start, end = period(year)
    frames = []
    for indicator in reader.indicators("tiny"):
        frame = wide.select(
            indicator_id=pl.lit(indicator.id),
            financial_year=pl.lit(year),
            period_start=pl.lit(start),
            period_end=pl.lit(end),
            period_type=pl.lit("financial_year"),
            area_type=pl.col("area_level"),
            icb_code=pl.when(pl.col("area_level") == "england").then(pl.lit(ENGLAND)).otherwise(pl.col("area_code")),
            area_name=pl.col("area_name"),
            geography_vintage=pl.lit(vintage_of(year).value),
            dimension=pl.lit("total"),
            category=pl.lit(ALL),
            category_order=pl.lit(1),
            numerator=pl.col("helped"),
            numerator_low=pl.col("helped"),
            numerator_high=pl.col("helped"),
            denominator=pl.col("seen"),
            denominator_low=pl.col("seen"),
            denominator_high=pl.col("seen"),
            status=pl.lit("ok"),
            note=pl.lit(""),
            unknown_share=pl.lit(0.0),
            coverage=pl.lit(1.0),
            imd_vintage=pl.lit(""),
            ethnicity_scheme=pl.lit(""),
            source_releases=pl.lit(";".join(reader.releases("tiny", year))),
        )
        # Tiny prints no figures and is not summed from parts.
        frame = frame.with_columns(pl.lit(None).alias(name) for name in COUNTS if name not in frame.columns)
        frame = frame.select(list(COUNTS)).cast(dict(COUNTS))
        frames += [frame, *(_on(vintage, frame) for vintage in footprints_of(year)[1:])]
    return Built(frame=pl.concat(frames), releases=reader.releases("tiny", year))


def _on(vintage: Vintage, own: pl.DataFrame) -> pl.DataFrame:
    """Unchanged boards and England as they are; a new board says that it has no figure."""
    boards = {b.ons: b.name for b in boards_of(vintage)}
    kept = own.filter(pl.col("icb_code").is_in([ENGLAND, *boards]))
    new = {
        code: name for code, name in boards.items() if vintage_of(own["financial_year"][0]) not in board(code).vintages
    }
    areas = pl.DataFrame({"icb_code": list(new), "area_name": list(new.values())})
    counts = [c for c in COUNTS if c.startswith(("numerator", "denominator"))]
    silent = (
        own.head(1)
        .drop("icb_code", "area_name")
        .join(areas, how="cross")
        .with_columns(
            *(pl.lit(None, dtype=pl.Float64).alias(c) for c in counts),
            area_type=pl.lit("icb"),
            status=pl.lit("not_published"),
            note=pl.lit(NOT_PUBLISHED),
        )
    )
    return pl.concat([kept, silent.select(own.columns)]).with_columns(geography_vintage=pl.lit(vintage.value))


COUNTS_SCHEMA = Schema(
    columns={name: Column(dtype=dtype, nullable=True) for name, dtype in COUNTS.items()}, key=COUNTS_KEY
)
TABLE = LinkedTable(
    name="tiny_counts",
    sources=("tiny",),
    years=YEARS,
    build=_build_counts,
    schema=COUNTS_SCHEMA,
    description="Counts of tiny.",
    required=("tiny",),
    indicators_of="tiny",
)


def make_indicator(number: int = 1) -> Indicator:
    return Indicator(
        id=f"tiny_{number}_pct",
        title=f"Tiny share {number}",
        short=f"Tiny share {number}",
        levels=Levels(total=Level.BOARD),
        area="Nowhere",
        statement_number=None,
        definition="Share of people seen who were helped.",
        numerator_words="People helped",
        denominator_words="People seen",
        source="tiny",
        attribution=Attribution.PUBLISHED,
        kind=Kind.PROPORTION,
        unit=Unit.PERCENT,
        multiplier=100,
        polarity=Polarity.HIGHER_IS_BETTER,
        dimensions=(Dimension.TOTAL,),
        numerator=("helped",),
        denominator=("seen",),
        plausible=(0.0, 100.0),
    )


def make_catalogue(*, indicators: int = 1, compute: object = compute_results) -> Catalogue:
    return Catalogue(
        sources={"tiny": make_source()},
        tables=(TABLE,),
        indicators=tuple(make_indicator(n + 1) for n in range(indicators)),
        compute=compute,  # type: ignore[arg-type]
        result_schema=RESULTS_SCHEMA,
        beside=tables_beside,
        publish=publish,
    )


def rows_of(year: str) -> list[list[str]]:
    """Made-up counts: an England row and one for each board of the year's footprint."""
    boards = boards_of(vintage_of(year))
    counts = [(1000 + 10 * n, 400 + 3 * n) for n in range(len(boards))]
    england = ["england", "", ENGLAND_NAME, str(sum(s for s, _ in counts)), str(sum(h for _, h in counts))]
    own = [["icb", b.ons, b.name, str(s), str(h)] for b, (s, h) in zip(boards, counts, strict=True)]
    return [england, *own]


def write_release(
    mirror: Path, year: str, rows: list[list[str]] | None = None, header: tuple[str, ...] = COLUMNS
) -> Path:
    """Write a release's file into a mirror."""
    path = mirror / HOST / f"tiny-{year}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header, *(rows if rows is not None else rows_of(year))]
    path.write_text("".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines))
    return path


def with_too_many_helped(rows: list[list[str]], icb: str) -> list[list[str]]:
    """Rows in which one board helped more people than it saw, by so few that England still adds up."""
    return [[*row[:4], str(int(row[3]) + 1)] if row[1] == icb else row for row in rows]
