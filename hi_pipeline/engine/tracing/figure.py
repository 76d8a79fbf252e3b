"""One published figure: found by what names it, with the figures of the groups that it is made of."""

from dataclasses import dataclass
from difflib import get_close_matches

import polars as pl

from hi_pipeline.core.columns import COUNTS_KEY, RESULT_KEY
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import Vintage, vintage_of
from hi_pipeline.core.groups import ALL, UNKNOWN, Dimension
from hi_pipeline.core.indicator import Indicator, Kind, Polarity
from hi_pipeline.core.status import Measure
from hi_pipeline.engine.pipeline import Pipeline
from hi_pipeline.engine.tracing.lineage import SIDES, USED, Lineage, adds_up
from hi_pipeline.indicators.reference_group import reference_group

ID = (
    "/"  # a row's id: indicator/year/footprint/area/dimension/category/measure, as in "x/2023-24/2023-04/E54000010/..."
)
_ENDS = (Measure.GAP.value, Measure.RATIO.value)
# Measures that all groups go into.
_OF_ALL = (Measure.SII.value, Measure.RII.value, Measure.DISPROPORTIONALITY.value)
_PAIRS = (Measure.DIFFERENCE.value, Measure.RATE_RATIO.value)
_SAME = 1e-9
# What is meant where a word is not named, the first that there is.
_UNNAMED = {
    "dimension": (Dimension.TOTAL.value, Dimension.DEPRIVATION.value),
    "measure": (Measure.VALUE.value,),
    "category": (ALL,),
}

Row = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group behind a figure: its result row, the counts it is computed from, and the publisher's figures in them.

    Attributes:
        result: the row of measure ``value``; for a group of age and sex, which has none, its count.
        count: the row of the linked table.
        used: columns USED of ``lineage``.
        apart: what of the counts the publisher's figures do not add up to; "" where all do.
    """

    result: Row
    count: Row
    used: pl.DataFrame
    apart: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure and what it is made of; of a difference or ratio the first group stands above the second."""

    indicator: Indicator
    row: Row
    groups: tuple[Group, ...]

    @property
    def id(self) -> str:
        """Return the id of its row."""
        names = ("indicator_id", "financial_year", "geography_vintage", "icb_code", "dimension", "category", "measure")
        known = {**self.row, "icb_code": self.row["icb_code"] or self.row["icb_name"]}  # a remainder has only a name
        return ID.join(str(known[name]) for name in names)

    @property
    def used(self) -> pl.DataFrame:
        """Return all the publisher's figures behind it, under the group that each belongs to."""
        frames = [
            group.used.select(pl.lit(str(group.count["category"])).alias("group"), pl.all()) for group in self.groups
        ]
        return pl.concat([pl.DataFrame(schema={"group": pl.String, **USED}), *frames])


def find_row(pipeline: Pipeline, *, indicator: str, year: str, codes: tuple[str, ...], dimension: str, category: str,
             measure: str, footprint: str = "") -> Row:  # fmt: skip
    """Return the published row of a figure; on the footprint of its year unless another is named.

    Of dimension, measure and category "" is one that is not named: the total, the value and everybody where they fit
    what is named, else the only one that fits.

    Raises:
        SelectionError: there is no such row, with what there is instead, or more than one.
    """
    rows = read_rows(pipeline, indicator, year, codes)
    if rows.is_empty():
        raise SelectionError(
            f"nothing of {indicator} for {year} is published of {', '.join(codes)}. Run hi run --year {year} "
            f"--indicator {indicator}, or see hi status for why it cannot be."
        )
    wanted = footprint or vintage_of(year).value
    placed = rows.filter(geography_vintage=wanted)
    rows = placed if placed.height or footprint else rows
    asked = {"dimension": dimension, "measure": measure, "category": category}
    for name, word in asked.items():
        if word:
            rows = _with_word(rows, name, word, of=f"{indicator} of {year}")
    for name in asked:
        words = rows[name].unique(maintain_order=True).to_list()
        chosen = next((word for word in _UNNAMED[name] if word in words), words[0])
        if chosen not in _UNNAMED[name] and len(words) > 1:
            raise SelectionError(f"{indicator} of {year}: give --{name} one of: {'; '.join(words)}")
        rows = rows.filter(pl.col(name) == chosen)
    return rows.row(0, named=True)


def _with_word(rows: pl.DataFrame, name: str, word: str, *, of: str) -> pl.DataFrame:
    found = rows.filter(pl.col(name).str.to_lowercase() == word.lower())
    if found.is_empty():
        there = rows[name].unique(maintain_order=True).to_list()
        near = get_close_matches(word.lower(), [each.lower() for each in there], n=1)
        hint = next((f"; do you mean {each!r}?" for each in there if each.lower() in near), "")
        raise SelectionError(f"{of} has no {name} {word!r} there{hint or ';'} give --{name} one of: {'; '.join(there)}")
    return found


def read_rows(pipeline: Pipeline, indicator: str, year: str, codes: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the published rows of an indicator and year, of some areas or all; those of providers apart.

    Raises:
        SelectionError: nothing is published yet.
    """
    place = pipeline.lake.path("published", "results")
    if not place.is_file():
        raise SelectionError("nothing is published yet; run hi run first")
    named = pl.col("icb_code").fill_null(pl.col("icb_name"))
    of_area = named.is_in(list(codes)) if codes else pl.lit(True)
    rows = pl.scan_parquet(place, glob=False).filter(
        pl.col("indicator_id") == indicator, pl.col("financial_year") == year, of_area
    )
    return rows.collect()


def read_comparisons(pipeline: Pipeline, row: Row) -> list[Row]:
    """Return the published comparisons of a board's figure with further comparators; none for other areas."""
    place = pipeline.lake.path("published", "comparisons")
    if not place.is_file():
        return []
    own = [pl.col(name).eq_missing(pl.lit(row[name])) for name in RESULT_KEY]
    return pl.scan_parquet(place, glob=False).filter(*own).sort("comparator").collect().rows(named=True)


def trace(pipeline: Pipeline, row: Row) -> Figure:
    """Return a figure with its groups, their counts and the publisher's figures behind them.

    Raises:
        HiPipelineError: the tables that it was made from are not there.
    """
    indicator = pipeline.catalogue.indicators_by_id[str(row["indicator_id"])]
    year = str(row["financial_year"])
    # The rows of a board's own extract are true counts: nothing below the controlled counts is shown.
    footprint = Vintage(str(row["geography_vintage"]))
    lineage = None if indicator.controlled else Lineage(pipeline, indicator, year, footprint)
    counts = pipeline.lake.read("linked", pipeline.catalogue.counts_of(indicator).name, year)
    place = {n: row[n] for n in ("indicator_id", "financial_year", "geography_vintage", "area_type", "icb_code")}
    place["area_name"] = row["icb_name"]
    of_area = counts.filter(*(pl.col(name).eq_missing(pl.lit(value)) for name, value in place.items()))
    results = read_rows(pipeline, indicator.id, year)
    groups = []
    for dimension, category in _groups_of(indicator, row, results, of_area):
        own = of_area.filter(dimension=dimension, category=category)
        if own.height == 1:
            same = {n: row[n] for n in ("geography_vintage", "area_type", "icb_code", "icb_name")}
            found = results.filter(
                *(pl.col(name).eq_missing(pl.lit(value)) for name, value in same.items()),
                dimension=dimension, category=category, measure=Measure.VALUE.value,
            )  # fmt: skip
            count = own.row(0, named=True)
            result = found.row(0, named=True) if found.height else count
            shown = Group(result=result, count=count, used=pl.DataFrame(schema=USED), apart="")
            groups.append(_group(lineage, result, count) if lineage else shown)
    return Figure(indicator=indicator, row=row, groups=tuple(groups))


def _groups_of(indicator: Indicator, row: Row, results: pl.DataFrame, counts: pl.DataFrame) -> list[tuple[str, str]]:
    """Return dimension and category of the groups behind a figure, in the order in which it takes them."""
    measure, dimension, category = str(row["measure"]), str(row["dimension"]), str(row["category"])
    if measure in _PAIRS:
        year = results.filter(pl.col("dimension") == dimension, pl.col("measure") == Measure.VALUE.value)
        return [(dimension, category), (dimension, reference_group(year))]
    ranked = counts.filter((pl.col("dimension") == dimension) & (pl.col("category") != UNKNOWN)).sort("category_order")
    words = [(dimension, word) for word in ranked["category"].to_list()]
    if measure in _OF_ALL:
        return words
    if indicator.kind is Kind.SHARE_GAP:
        deciles = counts.filter((pl.col("dimension") == Dimension.DEPRIVATION.value) & (pl.col("category") != UNKNOWN))
        return [(Dimension.DEPRIVATION.value, word) for word in deciles.sort("category_order")["category"].to_list()]
    if measure in _ENDS:
        turned = measure == Measure.GAP.value and indicator.polarity is Polarity.HIGHER_IS_BETTER
        ends = [words[0], words[-1]] if words else []
        return ends[::-1] if turned else ends
    whole = (dimension, category) == (Dimension.TOTAL.value, ALL)
    if indicator.kind is Kind.DSR and not indicator.controlled and whole:
        known = ~pl.col("category").str.ends_with(UNKNOWN)
        strata = counts.filter((pl.col("dimension") == Dimension.AGE_AND_SEX.value) & known)
        return [(Dimension.AGE_AND_SEX.value, word) for word in strata.sort("category_order")["category"].to_list()]
    return [(dimension, category)]


def _group(lineage: Lineage, result: Row, count: Row) -> Group:
    again = lineage.count({name: count[name] for name in COUNTS_KEY})
    if again is None:
        return Group(result=result, count=count, used=pl.DataFrame(schema=USED), apart="it is placed differently now")
    used = lineage.used(again)
    apart = [
        f"the {side} is {count[side]!r}, and {again[side]!r} when it is placed again"
        for side in SIDES[:2]
        if count[side] != again[side]
    ]
    for side in SIDES[:2]:
        ends, stored = adds_up(used, side), count[side]
        if ends is None or not isinstance(stored, float):
            continue
        slack = _SAME * max(1.0, abs(stored))
        if not ends[0] - slack <= stored <= ends[1] + slack:
            between = " to ".join(dict.fromkeys(repr(end) for end in ends))
            apart.append(f"the publisher's figures add up to a {side} of {between}, the count is {stored!r}")
    return Group(result=result, count=count, used=used, apart="; ".join(apart))
