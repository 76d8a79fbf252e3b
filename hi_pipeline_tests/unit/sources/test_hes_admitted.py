"""Admitted patient care: workbooks written here as declared, the real one, and the rows seen of the one not in hand."""

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage
from hi_pipeline.sample.containers import xlsx_bytes
from hi_pipeline.sources.hes_admitted import sample
from hi_pipeline.sources.hes_admitted.codes import CODES
from hi_pipeline.sources.hes_admitted.layouts import CODE_HEADER, DIAGNOSIS_HEADER, ICB_HEADER
from hi_pipeline.sources.hes_admitted.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import figure, parsed, real, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next
from hi_pipeline_tests.unit.sources.reading import clean

ICB, DIAGNOSES = "2024-25-icb", "2023-24-diagnoses"
LOCATIONS = sorted(place.ods for place in SUB_ICB_LOCATIONS if Vintage.APRIL_2023 in place.board)
Rows = list[list[object]]
# Episodes, admissions, episodes by sex, and admissions by method: emergency, waiting list, planned, other.
_TOTAL = [60_001, 50_003, 27_000, 33_000, 1, 20_001, 18_002, 7_000, 5_000]
_HUB = [30, 20, 25, "*", 0, 10, 10, 0, 0]
_WALES = [120, 100, 60, 60, 0, 40, 40, 10, 10]
_PLACE = [360, 300, 160, 200, "*", 100, 120, 60, 20]
FIGURES = (
    Figures(
        indicator="hospital_episodes_n",
        year="2024-25",
        area_type="england",
        dimensions={"age", "sex", "ethnicity", "deprivation"},
        seen={"total"},
    ),
)
CHANGES = (
    Changes(
        edition="2019-20-diagnoses",
        column=("<t>Planned", "<t>Booked"),
        label=("<t>I63", "<t>I65"),
        stops=True,
        # Row 6 of the sheet of codes is I21; its first figure, of column H, follows the words of column B.
        total=(
            r'(<c r="B6" t="s"><v>\d+</v></c><c r="H6"><v>\d+</v></c><c r="I6"><v>)(\d+)',
            r"\g<1>1\g<2>",
            "admissions are not the sum",
        ),
    ),
    Changes(
        edition="2024-25-groups",
        column=("Measure_Value", "Value"),
        label=(r"British \(White\)", "British"),
        stops=False,
        total=(r"FAE_SUM,(\d+)", r"FAE_SUM,1\g<1>", "admissions are not the sum"),
    ),
    Changes(
        edition="2024-25-ages",
        column=("MEASURE_VALUE", "VALUE"),
        label=("Age_1_4_Sum", "Age_2_4_Sum"),
        stops=True,
        total=(r"FCE_MALE_SUM,(\d+)", r"FCE_MALE_SUM,1\g<1>", "expected as many"),
    ),
)
NEXT = {
    "diagnoses": Next(
        held="2024-25-diagnoses",
        edition="2025-26-diagnoses",
        part="2025-26",
        said={"2024-25": "2025-26"},
    ),
    "icb": Next(
        held="2024-25-icb",
        edition="2025-26-icb",
        part="2025-26",
        said={"2024-25": "2025-26"},
    ),
    "groups": Next(
        held="2024-25-groups",
        edition="2025-26-groups",
        part="2025-26",
    ),
    "ages": Next(
        held="2024-25-ages",
        edition="2025-26-ages",
        part="2025-26",
        said={",2425,": ",2526,"},
    ),
}


def _wide(figures: list[object], header: tuple[str | None, ...], lead: int) -> list[object]:
    return [*figures, *([7] * (len(header) - lead - len(figures)))]


def _icb() -> Rows:
    top: Rows = [[], [], ["Integrated Care Board (ICB) of Responsibility - 2024-25"], *([[]] * 11)]
    named = [
        ("Total", None, _TOTAL),
        ("14R", "EAST OF ENGLAND - H&J COMMISSIONING HUB", _HUB),
        ("13Q", "NATIONAL COMMISSIONING HUB 1", _HUB),
        ("7A1", "BETSI CADWALADR UNIVERSITY LHB", _WALES),
        *((code, f"NHS SOME ICB - {code}", _PLACE) for code in LOCATIONS),
    ]
    blank = [None] * 5
    rows = [[code, name, *blank, *_wide(list(figures), ICB_HEADER, 7)] for code, name, figures in named]
    return [*top, [*ICB_HEADER], [], *rows]


def _diagnoses() -> Rows:
    figures = [1_000, 800, 480, 515, 5, 500, 200, 60, 40]
    blocks = (("A00-A09", "Infectious"), ("I20-I25", "Heart"), ("I60-I69", "Brain"), ("‡ N99", "Other"))
    rows = [[code, name, *_wide([*figures], DIAGNOSIS_HEADER, 2)] for code, name in blocks]
    return [["A title"], [*DIAGNOSIS_HEADER], *rows, [" "]]


def _book(folder: Path, sheet: str, rows: Rows, damage: Callable[[Rows], object] | None = None) -> Path:
    rows = [list(row) for row in rows]
    if damage:
        damage(rows)
    path = folder / "book.xlsx"
    path.write_bytes(xlsx_bytes({sheet: rows}))  # type: ignore[dict-item]
    return path


def _cell(first: str, column: int, value: object) -> Callable[[Rows], None]:
    def damage(rows: Rows) -> None:
        next(row for row in rows if row and row[0] == first)[column] = value

    return damage


def test_locations_hubs_and_england(tmp_path: Path) -> None:
    found = parsed(SOURCE, ICB, _book(tmp_path, "Any name", _icb()))
    observations = found.tables["observations"]
    assert dict(observations.filter(measure="admissions").group_by("area_level").len().rows()) == {
        "england": 1,
        "national": 2,
        "sub_icb": 106,
        "wales": 1,
    }
    place = observations.filter(area_code="15E")
    assert dict(place.select("measure", "value").rows()) == {
        "episodes": 360,
        "admissions": 300,
        "admissions_emergency": 100,
        "admissions_waiting_list": 120,
        "admissions_planned": 60,
        "admissions_other": 20,
    }
    row = figure(place, measure="admissions_planned")
    assert (row["low"], row["high"], row["period_type"], row["financial_year"]) == (58, 62, "financial_year", "2024-25")
    england = figure(observations, area_level="england", measure="admissions")
    assert (england["value"], england["low"], england["high"]) == (50_003, 50_003, 50_003)
    # They are in the Total, so they stay beside it as a remainder.
    wales = figure(observations, area_level="wales", measure="admissions")
    assert (wales["area_code"], wales["value"]) == ("7A1", 100)
    assert found.left_out == {}


def test_zero_is_shown_and_a_star_is_1_to_7(tmp_path: Path) -> None:
    path = _book(tmp_path, "Any name", _icb(), _cell("15E", 14, "*"))
    observations = clean(SOURCE, ICB, path)["observations"]
    hidden = figure(observations, area_code="15E", measure="admissions_planned")
    assert (hidden["value"], hidden["low"], hidden["high"], hidden["status"]) == (None, 1, 7, "suppressed")
    none = figure(observations, area_code="14R", measure="admissions_planned")
    assert (none["value"], none["low"], none["high"]) == (0, 0, 0)


def _recode(code: str, new: str) -> Callable[[Rows], None]:
    return _cell(code, 0, new)


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (_cell("Current ICB of responsibility code and description", 8, "Spells"), LayoutError, "declared header"),
        (_cell("Current ICB of responsibility code and description", 12, "Elective"), LayoutError, "Found .*Elective"),
        (_cell("Total", 12, 20_002), ValidationError, "admissions are not the sum"),
        (_cell("Total", 8, "*"), ValidationError, "all of them printed"),
        (_cell("15E", 8, 301), LayoutError, "multiples of 5"),
        (_cell("15E", 8, 5), LayoutError, "from 10 on"),
        (_cell("15E", 8, "c"), LayoutError, "neither numbers nor declared tokens"),
        (_cell("15E", 12, 400), ValidationError, "above their denominator 'admissions'"),
        (_recode("15E", "04F"), LayoutError, "04F"),  # a CCG of before April 2021
        (_recode("14R", "S08"), None, ""),
        (_recode("15E", "06H"), ValidationError, "stand there twice"),
        (lambda rows: rows.pop(), ValidationError, "are not in the file"),
        (lambda rows: rows.append(["Notes", "a footnote"]), LayoutError, r"\(blank\)|neither numbers"),
        (lambda rows: rows.pop(16), LayoutError, "0 rows named Total"),
    ],
)
def test_what_the_table_by_location_never_holds_is_refused(
    tmp_path: Path, damage: Callable[[Rows], object], error: type[Exception] | None, message: str
) -> None:
    path = _book(tmp_path, "Any name", _icb(), damage)
    if error is None:
        clean(SOURCE, ICB, path)  # a hub is known by its name
        return
    with pytest.raises(error, match=message):
        clean(SOURCE, ICB, path)


def test_areas_that_add_to_more_than_england_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="areas add to more than Total"):
        clean(SOURCE, ICB, _book(tmp_path, "Any name", _icb(), _cell("15E", 8, 40_000)))


def test_blocks_of_diagnoses(tmp_path: Path) -> None:
    tables = clean(SOURCE, DIAGNOSES, _book(tmp_path, "Primary Diagnosis Summary", _diagnoses()))
    assert tables["diagnoses"]["diagnoses"].to_list() == ["A00-A09", "I20-I25", "I60-I69", "N99"]
    row = figure(tables["observations"], measure="cerebrovascular_admissions_emergency")
    assert (row["value"], row["area_level"], row["financial_year"]) == (500, "england", "2023-24")
    assert "I60-I69: more than heart attack or stroke" in str(row["note"])
    assert set(tables["observations"]["measure"]) == {
        f"{block}_{figure}"
        for block in ("ischaemic_heart", "cerebrovascular")
        for figure in ("episodes", "admissions", "admissions_emergency")
    }


_OF_CODE = [100, 90, 60, 39, 1, 70, 10, 6, 4]


def _codes() -> Rows:
    blank = [None] * 5
    names = ("A00", *CODES, "‡ U99")
    rows = [[code, f"Disease {code}", *blank, *_OF_CODE, 7, 7] for code in names]
    total = ["Total", None, *blank, *[n * len(names) for n in _OF_CODE]]
    return [["Primary diagnosis: 3 character - England, 2023-24"], [], [*CODE_HEADER, "Mean age"], total, [], *rows]


def _both(folder: Path, damage: Callable[[Rows], object] | None = None) -> Path:
    codes = _codes()
    if damage:
        damage(codes)
    path = folder / "both.xlsx"
    sheets = {"Primary Diagnosis Summary": _diagnoses(), "Primary Diagnosis 3 Character": codes}
    path.write_bytes(xlsx_bytes(sheets))  # type: ignore[arg-type]
    return path


def test_strokes_and_heart_attacks_by_three_character_code(tmp_path: Path) -> None:
    found = parsed(SOURCE, DIAGNOSES, _both(tmp_path))
    assert found.tables["codes"]["diagnoses"].to_list() == ["I21", "I22", "I60", "I61", "I62", "I63", "I64"]
    assert found.left_out == {"rows of other codes, totals and notes of the sheet": 3}
    observations = found.tables["observations"]
    of_codes = observations.filter(pl.col("measure").str.contains(r"^i\d\d_"))
    assert of_codes.height == 7 * 3 and of_codes["note"].str.ends_with("layout unverified").all()
    row = figure(observations, measure="i63_admissions_emergency")
    assert (row["value"], row["low"], row["high"], row["area_level"]) == (70, 70, 70, "england")
    assert "of the primary diagnosis: not standardised" in str(row["note"])
    assert figure(observations, measure="i22_episodes")["value"] == 100
    assert observations.height == 7 * 3 + 2 * 3, "the blocks stay"


def test_columns_of_other_years_have_other_names(tmp_path: Path) -> None:
    def renamed(rows: Rows) -> None:
        rows[2][7:13] = ["Finished Consultant Episodes", "Admissions", "Male", "Female", "Gender Unknown", "Emergency"]

    tables = clean(SOURCE, DIAGNOSES, _both(tmp_path, renamed))
    assert figure(tables["observations"], measure="i61_admissions")["value"] == 90


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (_cell("I63", 0, "I65"), LayoutError, r"no rows of \['I63'\]"),
        (_cell("I64", 12, 7), ValidationError, "admissions are not the sum"),
        (_cell("I64", 7, "*"), ValidationError, "all of them printed"),
        (_cell("A00", 7, "*"), None, ""),  # nobody reads it
        (_cell("I21", 0, "I22"), ValidationError, "stand there twice"),
        (
            lambda rows: rows[0].__setitem__(0, "England, 2022/23"),
            LayoutError,
            "titles name .*2022-23.*expected 2023-24",
        ),
        (lambda rows: rows[0].__setitem__(0, "England, 2023/24 and 2022/23"), None, ""),
        (lambda rows: rows[2].pop(1), LayoutError, "declared header"),
    ],
)
def test_what_the_sheet_of_codes_never_holds_is_refused(
    tmp_path: Path, damage: Callable[[Rows], object], error: type[Exception] | None, message: str
) -> None:
    path = _both(tmp_path, damage)
    if error is None:
        clean(SOURCE, DIAGNOSES, path)
        return
    with pytest.raises(error, match=message):
        clean(SOURCE, DIAGNOSES, path)


def test_blocks_that_add_to_more_than_all_diagnoses_are_refused(tmp_path: Path) -> None:
    rows = _diagnoses()
    rows.insert(2, ["Total", None, *_wide([4_000, 3_200, 1_920, 2_060, 20, 2_000, 800, 240, 160], DIAGNOSIS_HEADER, 2)])
    clean(SOURCE, DIAGNOSES, _book(tmp_path, "Primary Diagnosis Summary", rows))
    with pytest.raises(ValidationError, match="rows add to 4,000 episodes, their Total is 3,999"):
        clean(SOURCE, DIAGNOSES, _book(tmp_path, "Primary Diagnosis Summary", rows, _cell("Total", 2, 3_999)))


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        # The second column of the same name is another figure: one that takes it is noticed.
        (_cell("I60-I69", 7, 7), ValidationError, "admissions are not the sum"),
        (_cell("I60-I69", 4, 481), ValidationError, "episodes are not the sum"),
        (_cell("I60-I69", 0, "Stroke"), LayoutError, "Stroke"),
        (_cell("I60-I69", 0, "I60-I68"), LayoutError, r"no rows of \['I60-I69'\]"),
        (_cell("I60-I69", 2, None), LayoutError, "neither numbers nor declared tokens"),
        (_cell("Primary diagnosis: summary code and description", 3, "FAEs"), LayoutError, "declared header"),
    ],
)
def test_what_the_sheet_of_diagnoses_never_holds_is_refused(
    tmp_path: Path, damage: Callable[[Rows], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, DIAGNOSES, _book(tmp_path, "Primary Diagnosis Summary", _diagnoses(), damage))


def test_diagnoses_of_2023_24_are_as_published(real_mirror: Path) -> None:
    tables = real(SOURCE, DIAGNOSES, real_mirror).tables
    infectious = figure(tables["diagnoses"], diagnoses="A00-A09")
    assert (infectious["episodes"], infectious["admissions"]) == (203_152, 142_555)
    assert tables["diagnoses"].height == 216


def test_the_rows_that_were_seen_of_2024_25_are_read(shared_folder: Path, tmp_path: Path) -> None:
    """The first rows of the publisher's file as they were seen; the locations that were not get a row of 0."""
    layout = shared_folder / "spec" / "layouts" / "hes_apc_icb_of_responsibility_2024_25_first_rows.csv"
    with layout.open(encoding="utf-8", newline="") as file:
        seen = {int(row[0]): [cell or None for cell in row[1:]] for row in csv.reader(file)}
    rows: Rows = [list(seen.get(number, [])) for number in range(1, max(seen) + 1)]
    there = {row[0] for row in rows if row}
    rows += [[code, "NOT SEEN", *[None] * 5, *[0] * (len(ICB_HEADER) - 7)] for code in LOCATIONS if code not in there]
    observations = clean(SOURCE, ICB, _book(tmp_path, "Any name", rows))["observations"]
    england = dict(observations.filter(area_level="england").select("measure", "value").rows())
    assert england == {
        "episodes": 22_555_615,
        "admissions": 18_468_856,
        "admissions_emergency": 6_614_976,
        "admissions_waiting_list": 7_322_118,
        "admissions_planned": 2_638_492,
        "admissions_other": 1_893_270,
    }
    assert figure(observations, area_code="92G", measure="admissions")["value"] == 282_095
    assert figure(observations, area_code="92G", measure="admissions_emergency")["value"] == 108_900
    assert set(observations.filter(area_level="national")["area_code"]) >= {"14R", "13Q", "15L"}


GROUPS, AGES = "2024-25-groups", "2024-25-ages"


def _sample(tmp_path: Path, edition: str, *, old: str = "", new: str = "") -> Path:
    """Return the synthetic CSV of an edition, changed once; no file of the publisher was seen."""
    sample.write(tmp_path)
    path = tmp_path / SOURCE.release(edition).mirror_file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_england_by_ethnic_group_and_tenth_without_a_total(tmp_path: Path) -> None:
    observations = clean(SOURCE, GROUPS, _sample(tmp_path, GROUPS))["observations"]
    assert set(observations["area_level"]) == {"england"}
    assert set(observations["dimension"]) == {"ethnicity", "deprivation"}
    assert set(observations["note"]) == {"layout unverified"}
    tenths = observations.filter(dimension="deprivation", measure="admissions_emergency")
    assert tenths.height == 11 and "Decile 1 (most deprived)" in tenths["category"]
    sums = {
        (dimension, measure): rows["value"].sum()
        for (dimension, measure), rows in observations.group_by("dimension", "measure")
    }
    assert sums["ethnicity", "episodes"] == sums["deprivation", "episodes"]
    workbook = clean(SOURCE, ICB, tmp_path / SOURCE.release(ICB).mirror_file)["observations"]
    england = figure(workbook, area_level="england", measure="episodes")
    assert england["value"] == sums["ethnicity", "episodes"]


def test_england_by_age_and_sex(tmp_path: Path) -> None:
    found = parsed(SOURCE, AGES, _sample(tmp_path, AGES))
    observations = found.tables["observations"]
    assert observations.group_by("dimension").len().sort("dimension").rows() == [("age", 24), ("sex", 3)]
    assert set(observations["measure"]) == {"episodes"}
    assert found.left_out == {"rows of regions and providers": 1, "rows of measures that nobody reads": 1}


@pytest.mark.parametrize(
    ("edition", "old", "new", "error", "message"),
    [
        (GROUPS, ",ETHNICITY,FAE_SUM,", ",ETHNICITY,FAE_SUM,1", ValidationError, "not the sum of"),
        (
            GROUPS,
            "Irish (White),ETHNICITY,FAE_SUM",
            "British (White),ETHNICITY,FAE_SUM",
            ValidationError,
            "stand there",
        ),
        (GROUPS, "FCE_SUM,", "FCE_SUM,*", LayoutError, "neither numbers nor declared tokens"),
        (GROUPS, "Measure_Value", "Value", LayoutError, "Measure_Value"),
        (AGES, ",2425,", ",2324,", LayoutError, "expected 2425 alone"),
        (AGES, "Age_90_Over_Sum", "No_Procedure_Sum", LayoutError, "no row of England of .'90 and over'"),
    ],
)
def test_a_csv_that_does_not_match_is_refused(
    tmp_path: Path, edition: str, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, edition, _sample(tmp_path, edition, old=old, new=new))


def test_an_unknown_tenth_is_left_out_and_counted(tmp_path: Path) -> None:
    copy = _sample(tmp_path, GROUPS, old="Unknown/Non-UK Country", new="Not known")
    assert "Code 'Not known'" in unknown_labels(parsed(SOURCE, GROUPS, copy))
