"""A right extract to observations: the groups that its tables hold or add up to, in the project's words."""

import polars as pl

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.financial_year import label_of_date
from hi_pipeline.core.geography import BOARDS
from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension, Stratum
from hi_pipeline.core.observations import add_financial_year, to_observations
from hi_pipeline.core.schema import Column, Schema
from hi_pipeline.core.source import RawTables, Release, Tables
from hi_pipeline.core.status import Status
from hi_pipeline.core.validation import observations_schema
from hi_pipeline.extracts.contract import (
    EXTRACTS,
    GROUPS,
    HIDDEN_HIGH,
    HIDDEN_LOW,
    SEX_LABELS,
    UNKNOWN_LABEL,
    Extract,
    band_words,
)
from hi_pipeline.extracts.read import validated
from hi_pipeline.extracts.rows import board_of, has_denominators
from hi_pipeline.extracts.tables import SEX_AND_AGE, Grain, grains

TABLE = "extract"
LOCAL = "source: local extract"
NO_DENOMINATOR = "the extract has no denominator of this group"
_OF = {
    (): Dimension.TOTAL,
    ("sex",): Dimension.SEX,
    ("age_band",): Dimension.AGE,
    ("ethnic_group",): Dimension.ETHNICITY,
    ("imd_decile",): Dimension.DEPRIVATION,
    SEX_AND_AGE: Dimension.AGE_AND_SEX,
    ("sex", "age_band", "ethnic_group"): Dimension.ETHNICITY_STRATA,
    ("sex", "age_band", "imd_decile"): Dimension.DEPRIVATION_STRATA,
}
_ABOUT = ("indicator_id", "imd_vintage", "suppression_flag", "source_note")
_MEASURES = [f"{name}_{side}" for name in EXTRACTS for side in ("numerator", "denominator")]
SCHEMAS = {
    "observations": observations_schema(measures=_MEASURES, area_levels=("icb_ons",)),
    TABLE: Schema(
        columns={
            "financial_year": Column(dtype=pl.String),
            "icb_code": Column(dtype=pl.String),
            "edition": Column(dtype=pl.String),
            "indicator_id": Column(dtype=pl.String),
            **{name: Column(dtype=pl.String, nullable=True) for name in _ABOUT[1:]},
            "has_denominators": Column(dtype=pl.Boolean),
        },
    ),
}


def edition_of(indicator: str, board_ods: str, financial_year: str) -> str:
    """Return the name of an extract: "act_emergency_dsr.QHM.2024-25"."""
    return f"{indicator}.{board_ods}.{financial_year}"


def parts_of_edition(edition: str) -> tuple[str, str, str]:
    """Return the indicator, the board's ODS code and the financial year of the name of an extract."""
    indicator, board_ods, financial_year = edition.rsplit(".", 2)
    return indicator, board_ods, financial_year


def named(rows: pl.DataFrame) -> tuple[str, str, str]:
    """Return the indicator, the board's ONS code and the financial year of a right extract."""
    first = rows.row(0, named=True)
    year = label_of_date(first["period_end"])
    return str(first["indicator_id"]), str(board_of(first["area_code"], year)), year


def parse(raw: RawTables, release: Release) -> Tables:
    """Return the clean tables of an extract.

    Tables: ``observations`` (measures ``<indicator>_numerator`` and ``_denominator``) and ``extract`` (one row about
    the file).

    Raises:
        ValidationError: something is wrong with it, or it is not the extract that its file's name says.
    """
    if len(raw[TABLE]) > 1:
        raise ValidationError(f"{release.edition}: {len(raw[TABLE])} sheets; an extract is one sheet")
    table = raw[TABLE][0]
    rows = validated(table.frame, where=release.edition, first_row=table.first_row)
    indicator, ons, year = named(rows)
    board = next(b for b in BOARDS if b.ons == ons)
    if release.edition != edition_of(indicator, board.ods, year):
        raise ValidationError(
            f"{release.edition}: the file holds {indicator} of {board.name} ({board.ods}) for {year}. Give it to "
            "hi import, which names it."
        )
    extract = EXTRACTS[indicator]
    figures = pl.concat([_figures(rows, grain, dimension, extract) for grain, dimension in _OF.items()])
    said = "; ".join(filter(None, (LOCAL, rows["source_note"][0])))
    observations = add_financial_year(figures, year).with_columns(
        area_level=pl.lit("icb_ons"),
        area_code=pl.lit(ons),
        area_name=pl.lit(board.name),
        measure=pl.lit(f"{indicator}_") + pl.col("side"),
        # What is said of a denominator alone stands beside the numerator's words, and does not repeat them.
        note=pl.when(pl.col("note") != "").then("note").otherwise(pl.lit(said)),
    )
    # Rows without a decile leave its vintage blank.
    vintage = rows["imd_vintage"].drop_nulls().head(1)
    about = rows.head(1).select(
        *_ABOUT, financial_year=pl.lit(year), icb_code=pl.lit(ons), edition=pl.lit(release.edition),
        has_denominators=pl.lit(has_denominators(rows)),
    ).with_columns(imd_vintage=pl.lit(vintage.item() if vintage.len() else None, dtype=pl.String))  # fmt: skip
    return {"observations": to_observations(observations), TABLE: about.select(list(SCHEMAS[TABLE].columns))}


def _figures(rows: pl.DataFrame, grain: Grain, dimension: Dimension, extract: Extract) -> pl.DataFrame:
    """Return numerators and denominators of one dimension; no rows where the extract cannot tell it."""
    shape = {"dimension": pl.String, "category": pl.String, "side": pl.String, "value": pl.Float64}
    shape |= {"low": pl.Float64, "high": pl.Float64, "status": pl.String, "note": pl.String}
    empty = pl.DataFrame(schema=shape)
    strata = set(SEX_AND_AGE) <= set(grain)
    tables = grains(rows)
    holding = sorted((fine for fine in tables if set(grain) <= set(fine)), key=len)
    if not holding or (strata and not extract.standardised):
        return empty
    table = tables[holding[0]]
    if strata:
        table = table.filter(pl.all_horizontal(pl.col(name) != UNKNOWN_LABEL for name in grain))
    counted = _with_categories(_sums(table, grain, frequencies=strata), dimension)
    sides = [counted.select(*shape)]
    if "denominator" in extract.columns and has_denominators(rows):
        nothing = pl.col("people").is_null()
        sides.append(
            counted.with_columns(
                side=pl.lit("denominator"),
                value=pl.col("people"),
                low=pl.col("people") - pl.col("half_people"),
                high=pl.col("people") + pl.col("half_people"),
                status=pl.when(nothing).then(pl.lit(Status.NOT_APPLICABLE.value)).otherwise(pl.lit(Status.OK.value)),
                note=pl.when(nothing).then(pl.lit(NO_DENOMINATOR)).otherwise(pl.lit("")),
            ).select(*shape)
        )
    return pl.concat([s.cast(shape) for s in sides])  # type: ignore[arg-type]


def _sums(table: pl.DataFrame, grain: Grain, *, frequencies: bool) -> pl.DataFrame:
    """Sum a table to a grain: events with their bounds; the denominator of each group once.

    Args:
        table: rows that fill all columns of the grain.
        grain: columns of GROUPS.
        frequencies: keep people of each number of events apart, each number in every stratum, as 0 where it has none.
    """
    f = pl.col("events_per_person").fill_null(1)
    half = pl.col("rounding").fill_null(0) / 2
    hidden = pl.col("numerator").is_null()
    rows = table.with_columns(
        f=f,
        low=pl.when(hidden).then(float(HIDDEN_LOW)).otherwise((pl.col("numerator") - half).clip(lower_bound=0)),
        high=pl.when(hidden).then(float(HIDDEN_HIGH)).otherwise(pl.col("numerator") + half),
        half=half,
    )
    by = [*grain, "f"] if frequencies else list(grain)
    weight = pl.lit(1) if frequencies else pl.col("f")
    events = rows.with_columns(all=pl.lit(0)).group_by(["all", *by]).agg(
        value=pl.when(pl.col("numerator").null_count() == 0).then((pl.col("numerator") * weight).sum()),
        low=(pl.col("low") * weight).sum(),
        high=(pl.col("high") * weight).sum(),
    )  # fmt: skip
    people = (
        rows.group_by(GROUPS)
        .agg(pl.col("denominator").first(), pl.col("half").first())
        .with_columns(all=pl.lit(0))
        .group_by(["all", *grain])
        .agg(
            people=pl.when(pl.col("denominator").is_not_null().any()).then(pl.col("denominator").sum()),
            half_people=pl.col("half").sum(),
        )
    )
    if frequencies:
        events = people.select("all", *grain).join(rows.select("f").unique(), how="cross").join(
            events, on=["all", *by], how="left", validate="1:1"
        )  # fmt: skip
        absent = pl.col("low").is_null()
        events = events.with_columns(
            pl.when(absent).then(0).otherwise(pl.col(name)).alias(name) for name in ("value", "low", "high")
        )
    found = events.join(people, on=["all", *grain], how="left", validate="m:1")
    hidden = pl.col("value").is_null()
    return found.with_columns(
        side=pl.lit("numerator"),
        status=pl.when(hidden).then(pl.lit(Status.SUPPRESSED.value)).otherwise(pl.lit(Status.OK.value)),
        note=pl.lit(""),
    )


def _with_categories(counted: pl.DataFrame, dimension: Dimension) -> pl.DataFrame:
    columns = [name for name in (*GROUPS, "f") if name in counted.columns]
    words = [_category(dict(zip(columns, row, strict=True))) for row in counted.select(columns).iter_rows()]
    if not columns:
        words = [ALL] * counted.height
    return counted.with_columns(dimension=pl.lit(dimension.value), category=pl.Series(words, dtype=pl.String))


def _category(group: dict[str, object]) -> str:
    words = [_words(name, str(group[name])) for name in GROUPS if name in group]
    if "f" not in group:
        return words[0]
    sex, band, *within = words
    return Stratum(sex=sex, band=band, group=within[0] if within else "", events=int(str(group["f"]))).words


def _words(column: str, label: str) -> str:
    if label == UNKNOWN_LABEL:
        return UNKNOWN
    if column == "sex":
        return SEX_LABELS[label]
    if column == "age_band":
        return band_words(label)
    return DECILES[int(label) - 1] if column == "imd_decile" else label
