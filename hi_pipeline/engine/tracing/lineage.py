"""From a count back to the publisher's figures that it was made of, by placing them once more.

Every observation gets its own number as its note. The notes of parts travel to every sum that they go into, so the
note of a count then names its observations: the placing itself says what it used, and no second account of it can
differ. Whether they add up to the count as it was built is checked by ``adds_up``.
"""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from hi_pipeline.core.build import Reader
from hi_pipeline.core.columns import OBSERVATION_KEY
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.indicator import Attribution, Indicator
from hi_pipeline.core.row_index import ROW_INDEX
from hi_pipeline.core.status import AreaType
from hi_pipeline.engine.currency.inputs import LakeReader
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.tracing.patients import patients_behind
from hi_pipeline.engine.tracing.residents import residents_behind
from hi_pipeline.tables.counts import build_counts
from hi_pipeline.tables.placing.authorities import authority_shares
from hi_pipeline.tables.placing.placed import Context
from hi_pipeline.tables.reference import footprint
from hi_pipeline.tables.reference.succession import AUTHORITY_TO_2022

_NUMBER = re.compile(r"#(\w+)/(\d+)#")
SIDES = ("numerator", "denominator", "taken from the denominator", "published", "taken from the published")
_FACTS = ("value", "low", "high", "lower_95", "upper_95")
_AREA = ("area_level", "area_code", "area_name", "dimension", "category", "measure")
USED = {
    "side": pl.String,  # one of SIDES
    "figure": pl.String,  # source and number: a figure of several cells stands on several rows
    "share": pl.Float64,  # how much of it counts: less than 1 where an authority spans areas
    **dict.fromkeys(_AREA, pl.String),
    **dict.fromkeys(_FACTS, pl.Float64),
    "status": pl.String,
    "release": pl.String,  # id, where the row index names the edition
    "member": pl.String,
    "row": pl.UInt32,
    "column": pl.String,
    "text": pl.String,
    "correction": pl.String,
}


class _Numbered:
    """A reader whose observations carry their number as note."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.observations: dict[str, pl.DataFrame] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)

    def clean(self, source: str, table: str, part: str) -> pl.DataFrame:
        frame = self._reader.clean(source, table, part)
        if table != "observations":
            return frame
        self.observations[source] = frame
        number = pl.int_range(pl.len()).cast(pl.String)
        return frame.with_columns(note=pl.concat_str(pl.lit(f"#{source}/"), number, pl.lit("#")))


class Lineage:
    """The counts of one indicator, year and footprint, placed anew, each with the observations that it is made of."""

    def __init__(self, pipeline: Pipeline, indicator: Indicator, year: str, footprint: Vintage) -> None:
        """Place the counts.

        Raises:
            HiPipelineError: the clean tables or those that they are placed by are not there, or do not fit.
        """
        self._pipeline, self._indicator, self._year = pipeline, indicator, year
        self._reader = LakeReader(pipeline.lake, (indicator,), pipeline.catalogue.sources)
        numbered = _Numbered(self._reader)
        built = build_counts(numbered, year, source=indicator.source, only=footprint)  # type: ignore[arg-type]
        self.counts = built.frame
        self._observations = numbered.observations
        # By source, read once for all groups of a figure.
        self._cells: dict[str, pl.DataFrame] = {}

    def count(self, key: Mapping[str, object]) -> dict[str, object] | None:
        """Return the count of an area, footprint, dimension and category as placed anew; None where there is none."""
        rows = self.counts.filter(*(pl.col(name).eq_missing(pl.lit(value)) for name, value in key.items()))
        return rows.row(0, named=True) if rows.height == 1 else None

    def used(self, count: Mapping[str, object]) -> pl.DataFrame:
        """Return the publisher's figures that a count is made of, each with its cells: columns USED."""
        if self._indicator.attribution is Attribution.CORE20:
            return pl.concat(
                [pl.DataFrame(schema=USED), patients_behind(self._reader, self._year, count)], how="diagonal"
            )
        if self._indicator.attribution is Attribution.CENSUS:
            behind = residents_behind(self._reader, self._indicator, count)
            return pl.concat([pl.DataFrame(schema=USED), behind], how="diagonal")
        numbers: dict[str, list[int]] = {}
        for source, number in dict.fromkeys(_NUMBER.findall(str(count["note"]))):
            numbers.setdefault(source, []).append(int(number))
        frames = [self._of_source(source, sorted(found), count) for source, found in sorted(numbers.items())]
        return pl.concat([pl.DataFrame(schema=USED), *frames])

    def _of_source(self, source: str, numbers: list[int], count: Mapping[str, object]) -> pl.DataFrame:
        every = self._observations[source].with_row_index("number")
        origins = [o for o in self._indicator.by_origin if o.source == source]
        sides: dict[str, str] = {}
        for one in origins:
            sides |= dict.fromkeys(one.numerator, SIDES[0])
            sides |= dict.fromkeys(one.denominator, SIDES[1]) | dict.fromkeys(one.denominator_less, SIDES[2])
            sides |= {one.published: SIDES[3]} if one.published else {}
            sides |= {one.published_less: SIDES[4]} if one.published_less else {}
        rows = every.filter(pl.col("number").is_in(numbers))
        rows = pl.concat([rows, _printed(every, rows, [o.published for o in origins if o.published], count)]).unique(
            "number", maintain_order=True
        )
        rows = rows.with_columns(
            side=pl.col("measure").replace_strict(sides, return_dtype=pl.String),
            figure=pl.concat_str(pl.lit(f"{source}/"), pl.col("number").cast(pl.String)),
        )
        return self._with_cells(source, self._with_shares(rows, count)).select(
            pl.col(name).cast(dtype) for name, dtype in USED.items()
        )

    def _with_shares(self, rows: pl.DataFrame, count: Mapping[str, object]) -> pl.DataFrame:
        """Give authorities that span boards the share of their residents in the area of the count."""
        spans = self._indicator.attribution is Attribution.LOCAL_AUTHORITY
        whole = count["area_type"] == AreaType.AUTHORITY.value or set(rows["area_level"]) == {"england"}
        if not spans or whole:
            return rows.with_columns(share=1.0)
        vintage = Vintage(str(count["geography_vintage"]))
        codes = rows["area_code"].replace(AUTHORITY_TO_2022.successors)
        shares, _, _ = authority_shares(
            self._reader, Context(reader=self._reader, financial_year=self._year, vintage=vintage), codes
        )
        boards = footprint.boards(vintage).select("icb_code", "region_code")
        placed = shares.join(boards, on="icb_code", how="left", validate="m:1")
        if count["area_type"] != AreaType.ENGLAND.value:
            placed = placed.filter(
                (pl.col("icb_code") == count["icb_code"]) | (pl.col("region_code") == count["icb_code"])
            )
        of_area = placed.group_by("lad_code").agg(pl.col("share").sum())
        return (
            rows.with_columns(lad_code=pl.col("area_code").replace(AUTHORITY_TO_2022.successors))
            .join(of_area, on="lad_code", how="left", validate="m:1", maintain_order="left")
            .with_columns(share=pl.when(pl.col("area_level") == "local_authority").then("share").otherwise(1.0))
        )

    def _with_cells(self, source: str, rows: pl.DataFrame) -> pl.DataFrame:
        lake = self._pipeline.lake
        if not lake.exists("clean", source, self._year, ROW_INDEX):
            nothing = {"release": pl.String, "member": pl.String, "row": pl.UInt32, "column": pl.String,
                       "text": pl.String, "correction": pl.String}  # fmt: skip
            return rows.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in nothing.items())
        if source not in self._cells:
            self._cells[source] = lake.read("clean", source, self._year, ROW_INDEX).with_columns(
                release=pl.concat_str(pl.lit(f"{source}:"), "edition")
            )
        return rows.join(
            self._cells[source], on=OBSERVATION_KEY, how="left", validate="1:m", maintain_order="left_right"
        )


def _printed(
    every: pl.DataFrame, rows: pl.DataFrame, measures: Sequence[str], count: Mapping[str, object]
) -> pl.DataFrame:
    """Return the publisher's own figure of the count, where one area's is taken."""
    if count["published_value"] is None:
        return rows.clear()
    areas = rows.select("area_level", "area_code", "dimension", "category").unique()
    found = every.filter(pl.col("measure").is_in(measures), value=count["published_value"]).join(
        areas, on=areas.columns, how="semi"
    )
    return found.head(1)


def adds_up(used: pl.DataFrame, side: str) -> tuple[float, float] | None:
    """Return the ends between which a side adds up: each figure once, by its share.

    The two ends are one number where nothing is hidden. A hidden figure is placed within the bounds of its whole part,
    which may hold a rounded one beside it, so then all figures stand by their bounds. None where the count has no
    figures of that side, or one is hidden without bounds.
    """
    signs = {side: 1.0, **({SIDES[2]: -1.0} if side == SIDES[1] else {})}
    rows = used.filter(pl.col("side").is_in(list(signs))).unique("figure", maintain_order=True)
    factor = pl.col("side").replace_strict(signs, return_dtype=pl.Float64) * pl.col("share")
    hidden = rows["value"].null_count() > 0
    ends = [factor * (pl.coalesce(end, "value") if hidden else pl.col("value")) for end in ("low", "high")]
    each = rows.select(low=pl.min_horizontal(ends), high=pl.max_horizontal(ends))
    if rows.is_empty() or rows.filter(pl.coalesce("value", "high").is_null()).height:
        return None
    return float(each["low"].sum()), float(each["high"].sum())
