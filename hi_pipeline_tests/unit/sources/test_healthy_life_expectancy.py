"""Healthy life expectancy by decile: periods of three years, deciles whole and in their order, weights of a tenth."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.account import Accounted
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import DECILES
from hi_pipeline.sample.containers import Cell, xlsx_bytes
from hi_pipeline.sources.healthy_life_expectancy import sample
from hi_pipeline.sources.healthy_life_expectancy.parse import OF_DECILES, TENTH
from hi_pipeline.sources.healthy_life_expectancy.source import SOURCE, TIME_SERIES
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Changes, Figures
from hi_pipeline_tests.unit.sources.reading import sheet_rows

FILE = FIXTURES / "healthy_life_expectancy" / "deciles.csv"
EDITION = "2022-2024"
Rows = list[list[Cell]]
FIGURES = (
    Figures(indicator="hle_birth_female_years", year="2024-25", area_type="england", dimensions={"deprivation"}),
)
CHANGES = (
    Changes(
        edition="2022-2024",
        column=("IMD decile", "IMD tenth"),
        label=("<t>Female</t>", "<t>Women</t>"),
        stops=False,
        total=(r"<v>70\.\d+</v>", "<v>7.1</v>", "outside their limits"),
    ),
)


def read(tmp_path: Path, *, old: str = "", new: str = "", damage: Callable[[Rows], object] | None = None) -> Accounted:
    rows = sheet_rows(FILE, old=old, new=new)
    if damage:
        damage(rows)
    above: Rows = [[f"line {n}"] for n in range(TIME_SERIES.members[0].header_row)]
    path = tmp_path / "book.xlsx"
    path.write_bytes(xlsx_bytes({"Notes": [["words"]], "4": [*above, *rows]}))
    return parsed(SOURCE, EDITION, path)


def test_years_of_life_by_decile_and_sex(tmp_path: Path) -> None:
    found = read(tmp_path)
    observations = found.tables["observations"].filter(financial_year="2024-25")
    women = observations.filter(measure="hle_birth_female", dimension="deprivation")
    assert dict(women.select("category", "value").rows()) == {word: 50 + 2 * n for n, word in enumerate(DECILES)}
    row = figure(women, category=DECILES[0])
    assert (row["lower_95"], row["upper_95"], row["note"]) == (49, 51, "layout unverified")
    assert (str(row["period_start"]), str(row["period_end"]), row["period_type"]) == (
        "2022-01-01",
        "2024-12-31",
        "three_years",
    )
    assert set(found.tables["observations"]["financial_year"]) == {"2021-22", "2024-25"}
    assert found.left_out == {
        "rows of other ages than at birth": 6,
        "rows of periods that the release does not declare": 20,
    }


def test_deciles_weigh_a_tenth_and_england_has_no_figure_here(tmp_path: Path) -> None:
    observations = read(tmp_path).tables["observations"].filter(financial_year="2024-25")
    weights = observations.filter(measure="small_area_share")
    assert weights.height == 10 and weights["value"].unique().to_list() == [0.1]
    assert weights["note"].str.starts_with(TENTH).all()
    total = figure(observations, measure="hle_birth_male", dimension="total")
    assert (total["value"], total["status"]) == (None, "not_applicable") and str(total["note"]).startswith(OF_DECILES)


def test_an_unknown_sex_is_left_out_and_counted(tmp_path: Path) -> None:
    assert "Women" in unknown_labels(read(tmp_path, old="Female", new="Women"))


def _upside_down(rows: Rows) -> None:
    for row in rows[1:]:
        row[1] = 11 - int(str(row[1]))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"old": "2022 to 2024", "new": "2022 to 2023"}, LayoutError, "expected three calendar years"),
        ({"old": "2022 to 2024", "new": "2022-2024"}, LayoutError, "expected three calendar years"),
        ({"old": "2022 to 2024", "new": "2021 to 2023"}, LayoutError, "no period ends in"),
        ({"old": "<1", "new": "0"}, LayoutError, "no row of the age group"),
        ({"old": "LCI", "new": "Lower"}, LayoutError, "Lower"),
        ({"damage": _upside_down}, ValidationError, "no longer healthy life"),
        ({"damage": lambda rows: rows.pop()}, ValidationError, "each decile once"),
        ({"damage": lambda rows: rows[-1].__setitem__(6, 90)}, ValidationError, "outside their limits"),
        ({"damage": lambda rows: rows[-1].__setitem__(6, "z")}, LayoutError, "neither numbers nor declared tokens"),
    ],
)
def test_what_the_sheet_never_holds_is_refused(
    tmp_path: Path, change: dict, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(tmp_path, **change)


def test_the_sample_is_read(tmp_path: Path) -> None:
    sample.write(tmp_path)
    found = parsed(SOURCE, EDITION, tmp_path / SOURCE.release(EDITION).mirror_file)
    shown = found.tables["observations"].filter(pl.col("value").is_not_null(), dimension="deprivation")
    assert shown.height == 2 * 3 * len(DECILES)
