"""Learning disability and autism inpatients: boards in all, England by its groups, what is hidden and what adds up."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.sources.lda_inpatients.parse import NOTE, SPELLS
from hi_pipeline.sources.lda_inpatients.source import COLUMNS, SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next

HIDDEN_BOARD = "QE1"
FIGURES = (Figures(indicator="lda_inpatient_rate", year="2023-24", area_type="icb", dimensions={"total"}),)
CHANGES = (
    Changes(
        edition="2024-03",
        column=("OrgCode", "Code"),
        label=("Age,18-24", "Age,18-23"),
        stops=False,
        total=(
            r"Age,25-34,NULL,NULL,-,-,-,-,-,-,\d+",
            "Age,25-34,NULL,NULL,-,-,-,-,-,-,9000",
            "hold more spells than England",
        ),
    ),
)
NEXT = {
    "march": Next(held="2025-03", edition="2026-03", part="2025-26"),
}


def _file(tmp_path: Path, *, old: str = "", new: str = "", more: str = "", without: str = "") -> Path:
    """Write the fixture with a row for each board of the footprint: 45 spells each, hidden in one."""
    text = (FIXTURES / "lda_inpatients" / "published.csv").read_text(encoding="utf-8") + more
    for board in boards_of(Vintage.APRIL_2023):
        if board.ods != without:
            spells = "*" if board.ods == HIDDEN_BOARD else "45"
            cells = [spells if column == SPELLS else "-" for column in COLUMNS[7:]]
            text += ",".join(["ICB", board.ods, f'"{board.name.upper()}"', "Total,Total,NULL,NULL", *cells]) + "\n"
    assert old in text
    path = tmp_path / "lda.csv"
    path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return path


def test_boards_have_a_total_and_england_its_groups(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2024-03", _file(tmp_path))
    observations = found.tables["observations"]
    boards = observations.filter(area_level="icb")
    assert boards.height == 42 and boards["dimension"].unique().to_list() == ["total"]
    row = figure(boards, area_code="QOP")
    assert (row["value"], row["low"], row["high"]) == (45, 43, 47)
    assert (str(row["period_end"]), row["period_type"], row["financial_year"]) == ("2024-03-31", "snapshot", "2023-24")
    england = observations.filter(area_level="england")
    assert dict(england.group_by("dimension").len().rows()) == {"total": 1, "age": 8, "sex": 3, "ethnicity": 6}
    # England is rounded as the boards are.
    total = figure(england, dimension="total")
    assert (total["value"], total["low"], total["high"]) == (2005, 2003, 2007)
    assert found.left_out == {
        "rows of other levels of area": 3,
        "rows that are split twice": 1,
        "rows of splits that are no dimension here": 1,
    }


def test_a_board_that_is_not_known_is_a_remainder(tmp_path: Path) -> None:
    row = figure(parsed(SOURCE, "2024-03", _file(tmp_path)).tables["observations"], area_level="unknown")
    assert (row["dimension"], row["note"]) == ("total", f"{NOTE}; layout unverified")


def test_a_star_hides_none_to_four(tmp_path: Path) -> None:
    row = figure(parsed(SOURCE, "2024-03", _file(tmp_path)).tables["observations"], area_code=HIDDEN_BOARD)
    assert (row["value"], row["low"], row["high"], row["status"]) == (None, 0, 4, "suppressed")


def test_two_kinds_of_unknown_are_added_with_their_bounds(tmp_path: Path) -> None:
    observations = parsed(SOURCE, "2024-03", _file(tmp_path)).tables["observations"]
    sex = figure(observations, dimension="sex", category="Unknown")
    assert (sex["value"], sex["low"], sex["high"]) == (10, 6, 14)
    ethnicity = figure(observations, dimension="ethnicity", category="Unknown")
    assert (ethnicity["value"], ethnicity["low"], ethnicity["high"]) == (None, 58, 66)
    assert ethnicity["status"] == "suppressed"


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (
            "Total,Total,NULL,NULL,-,-,-,-,-,-,2005",
            "Total,Total,NULL,NULL,-,-,-,-,-,-,2006",
            LayoutError,
            "multiples of 5",
        ),
        ("Total,Total,NULL,NULL,-,-,-,-,-,-,2005", "Total,Total,NULL,NULL,-,-,-,-,-,-,-", LayoutError, "not counted"),
        ("Gender,Female", "Gender,Male", ValidationError, "stand there twice"),
        ("ICB,QOP", "ICB,QOPX", LayoutError, "those of no board"),
        ("ICB,QOP", "ICB,QQQ", ValidationError, "QOP NHS Greater Manchester"),
        ("Geography", "Level", LayoutError, r"Missing: \['Geography'\]"),
        (f"{SPELLS},", f"{SPELLS}_2,", LayoutError, "Missing"),
        (",75,", ",7.5,", LayoutError, "not whole"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2024-03", _file(tmp_path, old=old, new=new))


def test_a_board_without_a_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="1 of the 42 boards"):
        parsed(SOURCE, "2024-03", _file(tmp_path, without="QOP"))


def test_a_split_of_a_board_is_refused(tmp_path: Path) -> None:
    row = "ICB,QOP,GREATER MANCHESTER,Age,18-24,NULL,NULL," + ",".join(["-"] * 20) + "\n"
    with pytest.raises(LayoutError, match="rows of boards are split"):
        parsed(SOURCE, "2024-03", _file(tmp_path, more=row))


def test_the_edition_is_the_month_of_its_year() -> None:
    assert [(r.edition, r.financial_years) for r in SOURCE.releases] == [
        ("2023-03", ("2022-23",)),
        ("2024-03", ("2023-24",)),
        ("2025-03", ("2024-25",)),
    ]


def test_an_unknown_level_is_left_out_and_counted(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2024-03", _file(tmp_path, old="Commissioning Region,", new="Commissioning Area,"))
    assert found.unknown_labels == {"observations": {"Geography 'Commissioning Area'": 1}}
    assert found.tables["observations"].filter(pl.col("area_level") == "icb").height == 42
