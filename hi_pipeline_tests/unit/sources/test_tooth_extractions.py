"""Tooth extractions: a workbook of eight tables a sheet written here from the declared layout, and the real one."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.source import Layout
from hi_pipeline.sources.tooth_extractions.areas import ENGLAND_CODE, REGIONS
from hi_pipeline.sources.tooth_extractions.parse import MEASURES, TABLES
from hi_pipeline.sources.tooth_extractions.sheets import AGES, SHEETS, Sheet
from hi_pipeline.sources.tooth_extractions.source import SOURCE
from hi_pipeline.storage.archives import read_tables
from hi_pipeline.tables.reference.succession import AUTHORITY_TO_2022
from hi_pipeline_tests.unit.sources.editions import figure, parsed, real
from hi_pipeline_tests.unit.sources.reading import clean

EDITION = "2018-2021"
Grid = list[list[object]]
Grids = dict[str, Grid]

# Area, then extractions, population and caries extractions of every age.
REGION_FIGURES = (50, 10_000, 40)
ENGLAND_FIGURES = (450, 90_000, 360)
AUTHORITIES: dict[tuple[str, str, str], tuple[object, object, object]] = {
    ("East Midlands", "E06000015", "Derby"): (430, 60_000, 340),
    ("London", "E09000012", "Hackney and City of London"): (20, 20_000, 20),
    ("Yorkshire and The Humber", "E07000166", "Richmondshire"): ("c", 10_000, "c"),
}
WITHDRAWN = {("South East", "E07000061", "Eastbourne^"): ("c", "c", "c")}


def _row(sheet: Sheet, labels: tuple[object, ...], figures: tuple[object, ...]) -> list[object]:
    row: list[object] = []
    read = dict(zip(TABLES, figures, strict=True))
    for place in range(len(sheet.titles)):
        row += [*labels, *[read.get(place, 0.5)] * len(AGES), None]
    return row[:-1]


def _grid(sheet: Sheet) -> Grid:
    grid: Grid = [[note] for note in sheet.notes]
    grid += [list(sheet.title_row), list(sheet.header)]
    if sheet.level == "region":
        grid += [_row(sheet, (name, code), REGION_FIGURES) for code, name in REGIONS.items()]
        labels: tuple[object, ...] = ("ENGLAND (unrounded)", ENGLAND_CODE)
    else:
        areas = AUTHORITIES | (WITHDRAWN if sheet.financial_year == "2018-19" else {})
        grid += [_row(sheet, area, figures) for area, figures in areas.items()]
        labels = ("ENGLAND", ENGLAND_CODE, None)
    return [*grid, _row(sheet, labels, ENGLAND_FIGURES)]


def _write(path: Path, damage: Callable[[Grids], None] | None = None, *, more: tuple[str, ...] = ()) -> Path:
    grids = {sheet.name: _grid(sheet) for sheet in SHEETS}
    if damage:
        damage(grids)
    with xlsxwriter.Workbook(path) as book:
        for name in ("Index", *(f"W{n}" for n in range(1, 10)), "W12", "NHSRLO 2017-18", *more):
            book.add_worksheet(name).write(0, 0, name)
        for name, grid in grids.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(grid):
                sheet.write_row(number, 0, row)
    return path


@pytest.fixture(scope="module")
def observations(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    path = _write(tmp_path_factory.mktemp("teeth") / "a.xlsx")
    return clean(SOURCE, EDITION, path)["observations"]


def test_every_year_level_and_measure_is_there(observations: pl.DataFrame) -> None:
    assert set(observations["measure"]) == set(MEASURES)
    areas = observations.group_by("financial_year", "area_level").agg(pl.col("area_code").n_unique())
    assert dict(
        zip(zip(areas["financial_year"], areas["area_level"], strict=True), areas["area_code"], strict=True)
    ) == {
        (year, level): number + (year == "2018-19" and level == "local_authority")
        for year in ("2018-19", "2019-20", "2020-21")
        for level, number in (("england", 1), ("region", 9), ("local_authority", 3))
    }


@pytest.mark.parametrize(
    ("year", "level", "code", "measure", "expected"),
    [
        ("2019-20", "local_authority", "E06000015", "caries_extractions_0_5", (340, 338, 342, "ok")),
        ("2019-20", "local_authority", "E06000015", "population_6_10", (60_000, 60_000, 60_000, "ok")),
        ("2019-20", "local_authority", "E07000166", "extractions_0_19", (None, 0, 7, "suppressed")),
        ("2020-21", "region", "E12000008", "extractions_6_10", (50, 48, 52, "ok")),
        ("2020-21", "england", "", "caries_extractions_6_10", (360, 360, 360, "ok")),
        ("2018-19", "local_authority", "E07000061", "caries_extractions_0_5", (None, 0, None, "suppressed")),
        ("2018-19", "local_authority", "E07000061", "population_0_5", (None, 0, None, "suppressed")),
    ],
)
def test_rounded_and_hidden_figures_carry_bounds(
    observations: pl.DataFrame, year: str, level: str, code: str, measure: str, expected: tuple[object, ...]
) -> None:
    row = figure(observations, financial_year=year, area_level=level, area_code=code, measure=measure)
    assert (row["value"], row["low"], row["high"], row["status"]) == expected


def test_the_bands_of_the_statements_children_stand_as_groups_of_age(observations: pl.DataFrame) -> None:
    aged = observations.filter(dimension="age")
    assert set(aged.select("measure", "category").rows()) == {
        (measure, age) for measure in ("caries_extractions", "population") for age in ("0 to 5", "6 to 10")
    }
    by_band = observations.filter(dimension="total").rename({"value": "v", "low": "l", "high": "h"})
    for measure, age, band in (("caries_extractions", "0 to 5", "0_5"), ("population", "6 to 10", "6_10")):
        own = aged.filter(measure=measure, category=age)
        other = by_band.filter(measure=f"{measure}_{band}").select(
            "financial_year", "area_level", "area_code", "v", "l", "h"
        )
        both = own.join(other, on=["financial_year", "area_level", "area_code"], how="full", validate="1:1")
        assert both.filter(pl.col("value").ne_missing(pl.col("v")) | pl.col("low").ne_missing(pl.col("l"))).is_empty()
        assert both.filter(pl.col("high").ne_missing(pl.col("h"))).is_empty() and both.height == own.height


def test_marks_and_cautions_become_notes(observations: pl.DataFrame) -> None:
    notes = observations.filter(pl.col("note") != "").select("financial_year", "area_name", "note").unique()
    assert {(year, area) for year, area, note in notes.rows() if "East Sussex" in note} == {
        ("2018-19", "Eastbourne"),
        ("2018-19", "South East"),
    }
    assert {area for _, area, note in notes.rows() if "fewer than 8" in note} == {"Richmondshire"}


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    made = parsed(SOURCE, EDITION, _write(tmp_path / "a.xlsx"))
    assert made.left_out == {"figures of England that stand on two sheets, equal on both": 45}
    assert any("tables 3 and 5 to 8" in note for note in made.notes)


def _first_row(grid: Grid) -> int:
    return next(n for n, row in enumerate(grid) if len(row) > 1 and row[0] == "Region") + 1


def _set(name: str, column: int, value: object, *, row: int = 0) -> Callable[[Grids], None]:
    def damage(grids: Grids) -> None:
        grid = grids[name]
        grid[_first_row(grid) + row if row >= 0 else row][column] = value

    return damage


def _note(grids: Grids) -> None:
    grids["W13"][3] = ["Counts of less than 5 are suppressed"]


def _renamed(grids: Grids) -> None:
    grids["W13"][_first_row(grids["W13"]) - 1][3] = "Age 0-4yrs"


def _other_table(grids: Grids) -> None:
    grids["W13"][_first_row(grids["W13"]) - 2][27] = "Table 4: FCEs for extraction with decay"


def _cut(grids: Grids) -> None:
    grids["W15"].pop(_first_row(grids["W15"]))


def _narrow(grids: Grids) -> None:
    grids["W16"] = [row[:62] for row in grids["W16"]]


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (_note, LayoutError, "less than 5.*less than 8"),
        (_renamed, LayoutError, "Age 0-4yrs"),
        (_other_table, LayoutError, "with decay"),
        (_narrow, LayoutError, "62 columns"),
        (_cut, LayoutError, "expected the nine of England"),
        (_set("W13", 3, "*"), LayoutError, r"neither numbers nor declared tokens \['c'\]"),
        (_set("W13", 3, -10), LayoutError, "negative"),
        (_set("W13", 3, 433), LayoutError, "publisher's own rule"),
        (_set("W13", 3, 5), LayoutError, "publisher's own rule"),
        (_set("W13", 3, 0), LayoutError, "publisher's own rule"),
        (_set("W13", 12, "c"), LayoutError, "publisher's own rule"),
        (_set("W13", 0, "Wessex"), LayoutError, "Wessex"),
        (_set("W13", 1, "E10000007"), LayoutError, "name different areas"),
        (_set("W13", 1, None), LayoutError, "name different areas"),
        (_set("W13", 3, 455, row=-1), LayoutError, "England differs between two sheets"),
        (_set("W13", 3, 700), ValidationError, "do not add up to England"),
        (_set("W13", 3, 200), ValidationError, "do not add up to England"),
        (_set("W13", 30, 430 + 5), ValidationError, "caries_extractions_0_5"),
    ],
)
def test_a_damaged_workbook_is_refused(
    tmp_path: Path, damage: Callable[[Grids], None], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, EDITION, _write(tmp_path / "a.xlsx", damage))


def test_an_unknown_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="W17"):
        clean(SOURCE, EDITION, _write(tmp_path / "a.xlsx", more=("W17",)))


@pytest.fixture(scope="module")
def real_observations(real_mirror: Path) -> pl.DataFrame:
    return real(SOURCE, EDITION, real_mirror).tables["observations"]


@pytest.mark.parametrize(
    ("year", "caries", "population", "authorities"),
    [
        ("2018-19", (11_397, 19_570), (4_050_118, 3_513_546), 315),
        ("2019-20", (10_581, 18_626), (3_990_759, 3_536_817), 312),
        ("2020-21", (4_441, 7_630), (3_928_637, 3_553_355), 307),
    ],
)
def test_england_and_the_number_of_authorities(
    real_observations: pl.DataFrame, year: str, caries: tuple[int, int], population: tuple[int, int], authorities: int
) -> None:
    england = real_observations.filter(financial_year=year, area_level="england")
    values = dict(england.select("measure", "value").rows())
    assert (values["caries_extractions_0_5"], values["caries_extractions_6_10"]) == caries
    assert (values["population_0_5"], values["population_6_10"]) == population
    found = real_observations.filter(financial_year=year, area_level="local_authority")
    assert found["area_code"].n_unique() == authorities
    # Two measures stand by age alone, in two bands.
    assert found.height == authorities * (len(MEASURES) + 2)


def test_no_authority_prints_a_count_between_0_and_10(real_observations: pl.DataFrame) -> None:
    counts = real_observations.filter(
        pl.col("measure").str.contains("extractions"), area_level="local_authority", status="ok"
    )
    assert counts["value"].min() == 10
    assert (counts["value"] % 5 == 0).all()


def test_hidden_counts_may_be_zero(real_observations: pl.DataFrame) -> None:
    richmondshire = real_observations.filter(
        financial_year="2020-21", area_code="E07000166", status="ok", dimension="total"
    )
    ages = richmondshire.filter(pl.col("measure").str.starts_with("caries"))
    values = dict(ages.select("measure", "value").rows())
    assert values == {"caries_extractions_0_5": 15, "caries_extractions_6_10": 15, "caries_extractions_0_19": 25}
    # At most 27 in all and at least 13 in each of two ages leave at most 1 for the two hidden ages.


def test_the_withdrawn_authorities_are_those_of_east_sussex(real_observations: pl.DataFrame) -> None:
    withdrawn = real_observations.filter(pl.col("status") == "suppressed", pl.col("high").is_null())
    assert withdrawn["area_code"].unique().sort().to_list() == [f"E0700006{n}" for n in range(1, 6)]
    assert withdrawn["financial_year"].unique().to_list() == ["2018-19"]


def test_populations_of_regions_add_up_and_those_of_authorities_lack_two(real_observations: pl.DataFrame) -> None:
    people = real_observations.filter(financial_year="2020-21", measure="population_0_5")
    sums = dict(people.group_by("area_level").agg(pl.col("value").sum()).rows())
    assert sums["region"] == sums["england"] == 3_928_637
    # City of London and the Isles of Scilly: their children are counted with Hackney and Cornwall, not their people.
    assert sums["england"] - sums["local_authority"] == 711


def test_every_authority_has_a_place_in_the_lookup_of_2022(real_observations: pl.DataFrame, real_mirror: Path) -> None:
    lookup = pl.read_csv(real_mirror / "services1.arcgis.com/rebuilt/LSOA11_SICBL22_ICB22_LAD22_EN_LU.csv")
    successors = AUTHORITY_TO_2022.successors
    names = dict(real_observations.filter(area_level="local_authority").select("area_code", "area_name").rows())
    for year, merged in (("2018-19", 11), ("2019-20", 7), ("2020-21", 0)):
        codes = set(real_observations.filter(financial_year=year, area_level="local_authority")["area_code"])
        assert len(codes & set(successors)) == merged
        assert set(lookup["LAD22CD"]) - {successors.get(c, c) for c in codes} == {"E09000001", "E06000053"}
    # LSOAs of 2011 keep the name of the old district ("Corby 001A") beside the code of the authority of 2022.
    old = lookup.with_columns(pl.col("LSOA11NM").str.replace(r" \d{3}[A-Z]$", "").alias("district"))
    for district, authority in successors.items():
        assert set(old.filter(district=names[district])["LAD22CD"]) == {authority}


def test_the_printed_rates_follow_from_the_figures_that_are_read(real_mirror: Path) -> None:
    layout: Layout = SOURCE.layouts["eight_tables"]
    tables = read_tables(real_mirror / SOURCE.release(EDITION).mirror_file, layout)
    compared = 0
    for sheet in SHEETS:
        # Fractions for the authorities of 2018-19, and from other populations in its row for England.
        per = 1 if sheet.name == "W14" else 100_000
        rows = tables[sheet.name][0].frame.rows()[len(sheet.notes) + 2 : -1]
        first = len(sheet.labels[0])
        for row in rows:
            for age in range(first, first + len(AGES)):
                count, people, rate = (row[place * sheet.width + age] for place in (3, 1, 4))
                assert (count == "c") == (rate == "c")
                if "c" not in (count, people):
                    assert float(rate) == pytest.approx(per * float(count) / float(people), abs=per * 1e-9)
                    compared += 1
    assert compared > 2_500
