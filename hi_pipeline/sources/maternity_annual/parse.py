"""Annual maternity statistics to observations: babies by gestation, deliveries by ethnicity and deprivation."""

from collections.abc import Mapping

import polars as pl

from hi_pipeline.core.account import ACCOUNT, Account
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import ALL, DECILES, UNKNOWN, Dimension
from hi_pipeline.core.observations import ONCE, add_financial_year, check_within, to_observations
from hi_pipeline.core.row_index import CELLS, ROW_INDEX, cells, row_index_of, together
from hi_pipeline.core.source import RawTable, RawTables, Release, Tables, Token
from hi_pipeline.core.text_tables import map_labels, number_rows, read_numbers
from hi_pipeline.sources.maternity_annual import labels

BABIES, PRETERM, KNOWN, UNKNOWN_GESTATION = (
    "babies",
    "babies_preterm",
    "babies_known_gestation",
    "babies_unknown_gestation",
)
DELIVERIES = "deliveries"
MEASURES = (BABIES, PRETERM, KNOWN, UNKNOWN_GESTATION, DELIVERIES)

_NAMES = ("Period", "Dimension", "Org_Level", "Org_Code", "Org_Name", "Measure", "Count_Of", "Value")
_CODES: Mapping[str, str] = {
    "england": r"^(?:National|ALL)$",
    "region": r"^Y\d\d$",
    "provider": r"^[A-Z0-9]{3,5}$",
}
_AREA = ["area_level", "area_code", "area_name"]
_NO_37 = "the file has one band of 35 to 37 weeks: the bounds are all of its babies in or out"
_MAX_SHOWN = 8


def parse(tables: RawTables, release: Release) -> Tables:
    """Return babies by gestation and deliveries by group, for England, regions and providers.

    The file gives one dimension at a time: gestation is never crossed with ethnicity or deprivation.

    Raises:
        LayoutError: another code or year than declared, tenths without their ends, or a count that is not rounded.
        ValidationError: a row twice, or more preterm babies than babies of known gestation.
    """
    raw = tables["data"][0]
    where = f"maternity_annual {release.edition}, {raw.member}"
    account = Account()
    frame = _rows(raw, release, account, where)
    figures = pl.concat(
        [
            _total(frame, labels.BABIES, BABIES),
            _total(frame, labels.DELIVERIES, DELIVERIES),
            *_gestation(frame, account),
            _grouped(frame, labels.ETHNICITY, labels.ETHNICITY_LABELS, Dimension.ETHNICITY, account, where),
            _grouped(frame, labels.DEPRIVATION, labels.DEPRIVATION_LABELS, Dimension.DEPRIVATION, account, where),
        ]
    )
    figures = add_financial_year(figures, release.edition)
    observations = to_observations(figures)
    check_within(observations, part=PRETERM, whole=KNOWN, where=where)
    _note_gestation(observations, account)
    return {"observations": observations, ROW_INDEX: row_index_of(figures, release), ACCOUNT: account.frame()}


def _rows(raw: RawTable, release: Release, account: Account, where: str) -> pl.DataFrame:
    """Return the rows that are read, with level, code, the bounds of the rounded count, and its cell."""
    frame = number_rows(raw).rename(dict(zip(raw.frame.columns, _NAMES, strict=True)))
    periods = frame["Period"].unique().to_list()
    if periods != [release.edition]:
        raise LayoutError(f"{where}: periods {periods[:_MAX_SHOWN]}; expected {release.edition}")
    known = {name: name for name in (*labels.READ, *labels.LEFT_OUT)}
    frame = map_labels(frame, "Dimension", labels=known, into="known", account=account)
    kept = frame.filter(pl.col("Dimension").is_in(list(labels.READ)))
    account.left_out("rows of dimensions that no indicator reads", frame.height - kept.height)
    key = ["Dimension", "Org_Level", "Org_Code", "Measure"]
    twice = kept.filter(pl.struct(key).is_duplicated())
    if twice.height:
        raise ValidationError(f"{where}: rows twice: {twice.select(key).rows()[:_MAX_SHOWN]}. {ONCE}", failures=twice)
    kept = map_labels(kept, "Org_Level", labels=labels.LEVEL_LABELS, into="area_level", account=account)
    kept = _areas(kept, where)
    tokens: Mapping[str | None, Token] = {}
    kept = read_numbers(kept, "Value", tokens=tokens, where=where, whole=True)
    odd = kept.filter(pl.col("Value_value") % 5 != 0)
    if odd.height:
        shown = odd.select("Value", *key).rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: {odd.height} counts are no multiples of 5, as the publisher rounds them: {shown}")
    value = pl.col("Value_value")
    # 0 is exact and 5 stands for 1 to 7; the others are rounded to the nearest 5 (8 becomes 10).
    return kept.with_columns(
        value.alias("value"),
        pl.when(value == 0).then(0.0).when(value == 5).then(1.0).otherwise(value - 2).alias("low"),
        pl.when(value == 0).then(0.0).when(value == 5).then(7.0).otherwise(value + 2).alias("high"),
        cells(kept, "Value", name=raw.frame.columns[-1]),
    )


def _areas(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    level = pl.col("area_level")
    fits = pl.any_horizontal((level == name) & pl.col("Org_Code").str.contains(rule) for name, rule in _CODES.items())
    odd = frame.filter(~fits.fill_null(False))
    if odd.height:
        shown = odd.select("area_level", "Org_Code").unique(maintain_order=True).rows()[:_MAX_SHOWN]
        raise LayoutError(f"{where}: codes that do not fit their level: {shown}")
    england = level == "england"
    return frame.with_columns(
        pl.when(england).then(pl.lit("")).otherwise("Org_Code").alias("area_code"),
        pl.when(england).then(pl.lit("England")).otherwise(pl.col("Org_Name").fill_null("")).alias("area_name"),
    )


def _total(frame: pl.DataFrame, dimensions: tuple[str, ...], measure: str) -> pl.DataFrame:
    rows = frame.filter(pl.col("Dimension").is_in(list(dimensions)))
    return _shaped(rows, measure=measure, dimension=Dimension.TOTAL, category=pl.lit(ALL))


def _grouped(
    frame: pl.DataFrame, dimension: str, words: Mapping[str, str], into: Dimension, account: Account, where: str
) -> pl.DataFrame:
    """Return deliveries by group; what is missing, not stated or elsewhere is one group, Unknown."""
    rows = map_labels(frame.filter(Dimension=dimension), "Measure", labels=words, into="category", account=account)
    ends = {label for label, word in words.items() if word in (DECILES[0], DECILES[-1])}
    if rows.height and ends - set(rows["Measure"]) and not account.has_unknown_labels:
        raise LayoutError(
            f"{where}: {dimension} without {sorted(ends - set(rows['Measure']))}, by which its ends are told"
        )
    summed = rows.group_by(*_AREA, "category", maintain_order=True).agg(
        pl.col("value", "low", "high").sum(), together()
    )
    return _shaped(summed, measure=DELIVERIES, dimension=into, category=pl.col("category"))


def _gestation(frame: pl.DataFrame, account: Account) -> list[pl.DataFrame]:
    """Return babies born before 37 weeks, those of known and those of unknown gestation."""
    old = frame.filter(Dimension=labels.GESTATION_2019_20)
    rows, words = (
        (old, labels.GESTATION_2019_20_LABELS)
        if old.height
        else (frame.filter(Dimension=labels.GESTATION), labels.GESTATION_LABELS)
    )
    rows = map_labels(rows, "Measure", labels=words, into="gestation", account=account)
    sums = {}
    for measure, kinds in {
        PRETERM: (labels.PRETERM,),
        KNOWN: (labels.PRETERM, labels.EITHER, labels.TERM),
        UNKNOWN_GESTATION: (UNKNOWN,),
    }.items():
        part = rows.filter(pl.col("gestation").is_in(list(kinds)))
        sums[measure] = part.group_by(*_AREA, maintain_order=True).agg(pl.col("value", "low", "high").sum(), together())
    if old.height:
        sums[PRETERM] = _bounded_only(sums[PRETERM], rows.filter(gestation=labels.EITHER))
    return [
        _shaped(part, measure=measure, dimension=Dimension.TOTAL, category=pl.lit(ALL))
        for measure, part in sums.items()
    ]


def _bounded_only(below_35: pl.DataFrame, either: pl.DataFrame) -> pl.DataFrame:
    """Preterm babies of 2019-20: no value; at least those below 35 weeks, at most these and those of 35 to 37."""
    more = either.select(*_AREA, pl.col("high").alias("more"), pl.col(CELLS).alias("more_cells"))
    joined = more.join(below_35, on=_AREA, how="full", coalesce=True, validate="1:1")
    return joined.select(
        *_AREA,
        pl.lit(None, dtype=pl.Float64).alias("value"),
        pl.col("low").fill_null(0.0),
        pl.col("high").fill_null(0.0) + pl.col("more").fill_null(0.0),
        pl.lit(_NO_37).alias("note"),
        pl.concat_list(pl.col(CELLS, "more_cells").fill_null([])).alias(CELLS),
    )


def _shaped(frame: pl.DataFrame, *, measure: str, dimension: Dimension, category: pl.Expr) -> pl.DataFrame:
    there = pl.col("value").is_not_null()
    return frame.select(
        *_AREA,
        pl.lit(dimension.value).alias("dimension"),
        category.alias("category"),
        pl.lit(measure).alias("measure"),
        "value",
        "low",
        "high",
        pl.when(there).then(pl.lit("ok")).otherwise(pl.lit(Token.MISSING.value)).alias("status"),
        (pl.col("note") if "note" in frame.columns else pl.lit("")).alias("note"),
        CELLS,
    )


def _note_gestation(observations: pl.DataFrame, account: Account) -> None:
    """Note where babies of known and unknown gestation are not all babies, beyond what the rounding explains.

    2026-11: in 2021-22 England has 553,640 by gestation and 551,225 in all, and some providers up to half as many
    again; in 2019-20 and 2020-21 all agree. The shares of preterm babies are of those by gestation.
    """
    rows = observations.filter(pl.col("measure").is_in([BABIES, KNOWN, UNKNOWN_GESTATION]))
    summed = rows.group_by("area_level", "area_code", maintain_order=True).agg(
        *(pl.col(bound).filter(pl.col("measure") != BABIES).sum().alias(f"parts_{bound}") for bound in ("low", "high")),
        *(pl.col(bound).filter(pl.col("measure") == BABIES).first().alias(bound) for bound in ("low", "high")),
    )
    apart = summed.filter((pl.col("parts_low") > pl.col("high")) | (pl.col("parts_high") < pl.col("low")))
    if apart.height:
        account.note(
            f"babies by gestation do not add up to all babies in {apart.height} of {summed.height} areas, England "
            f"{'among' if (apart['area_level'] == 'england').any() else 'not among'} them; preterm shares are of "
            "babies of known gestation"
        )
