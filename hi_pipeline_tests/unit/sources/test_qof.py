"""Quality and Outcomes Framework: registers with their own lists, three geographies, two achievement layouts."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import CorrectionError, LayoutError, LinkageError, ValidationError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.indicators.catalogue import INDICATORS
from hi_pipeline.sources.qof.achievement import ACHIEVED_CODES
from hi_pipeline.sources.qof.parse import GROUP_LISTS, NESTED_LISTS
from hi_pipeline.sources.qof.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels, zipped
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next

HERE = FIXTURES / "qof"
YEARS = {"2020-21": "2021", "2021-22": "2122", "2022-23": "2223"}
ID = "qof_learning_disability_register_y05750"
FIGURES = (Figures(indicator="qof_hyp008_pct", year="2023-24", area_type="icb", dimensions={"total", "deprivation"}),)
CHANGES = (
    Changes(
        edition="2021-22",
        column=("INDICATOR_CODE", "CODE"),
        label=("PCAS", "EXCEPTIONS"),
        stops=False,
        total=(r"CS005,NUMERATOR,\d+", "CS005,NUMERATOR,90000", "above their denominator"),
    ),
)
NEXT = {
    "raw_data": Next(held="2024-25", edition="2025-26", part="2025-26", said={"_2425": "_2526"}),
}


def _zip(tmp_path: Path, edition: str, *more: str, old: str = "", new: str = "") -> Path:
    year = YEARS[edition]
    prevalence = HERE / ("PREVALENCE_2021.csv" if edition == "2020-21" else "PREVALENCE_2223.csv")
    members = {
        f"PREVALENCE_{year}_v2.csv": prevalence,
        f"MAPPING_NHS_GEOGRAPHIES_{year}.csv": HERE / f"MAPPING_NHS_GEOGRAPHIES_{year}.csv",
        f"MAPPING_INDICATORS_{year}.csv": HERE / "MAPPING_INDICATORS.csv",
    } | {name: HERE / name for name in more}
    texts = {name: path.read_text(encoding="utf-8") for name, path in members.items()}
    assert any(old in text for text in texts.values())
    return zipped(tmp_path / "qof.zip", {name: text.replace(old, new) if old else text for name, text in texts.items()})


@pytest.mark.parametrize("edition", YEARS)
def test_registers_stand_beside_the_list_of_their_own_ages(tmp_path: Path, edition: str) -> None:
    found = parsed(SOURCE, edition, _zip(tmp_path, edition))
    practice = found.tables["observations"].filter(area_code="A81002")
    assert dict(practice.select("measure", "value").rows()) == {
        "register_hyp": 1400,
        "list_hyp": 10000,
        "register_dm": 600,
        "list_dm": 8000,
        "register_ld": 60,
        "list_ld": 10000,
    }
    assert found.notes == ("the archive holds no achievement files: no table of achievement",)


@pytest.mark.parametrize("edition", YEARS)
def test_the_known_register_above_its_list_is_kept_and_flagged(tmp_path: Path, edition: str) -> None:
    found = parsed(SOURCE, edition, _zip(tmp_path, edition))
    assert found.corrections == (ID,)
    row = figure(found.tables["observations"], area_code="Y05750", measure="register_ld")
    assert (row["value"], row["note"]) == (110, "register above the practice's list, kept as published")
    assert found.tables["observations"].filter(pl.col("note") != "").height == 2


def test_the_entry_expires_when_the_publisher_mends_the_file(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match="expects 1 rows in qof 2022-23, found 0"):
        parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23", old="Y05750,LD,110.0", new="Y05750,LD,90.0"))


@pytest.mark.parametrize(("edition", "scheme"), [("2020-21", "stp"), ("2021-22", "icb"), ("2022-23", "icb")])
def test_three_geographies_give_one_table(tmp_path: Path, edition: str, scheme: str) -> None:
    practices = parsed(SOURCE, edition, _zip(tmp_path, edition)).tables["practices"]
    region = "E40000009" if scheme == "stp" else "E40000012"
    areas = ("U89141", "16C", "E38000247", "QHM", "E54000050", "Y63", region, scheme)
    assert practices.row(0) == ("A81001", "Practice A81001", *areas)
    assert practices.height == 3


def test_indicators_name_their_list(tmp_path: Path) -> None:
    indicators = parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23")).tables["indicators"]
    assert indicators.select("indicator_code", "points", "group_description", "list_type").rows() == [
        ("HYP001", 6.0, "Hypertension", "TOTAL"),
        ("HYP003", 14.0, "Hypertension", "79UN"),
        ("NDH001", 18.0, "Non-diabetic hyperglycaemia", "18OV"),
    ]


def _edition_2425(tmp_path: Path, *, old: str = "", new: str = "") -> Path:
    """Write an archive of 2024-25: ten columns of indicators, codes of that year, two files that nobody reads."""
    texts = {
        "PREVALENCE_2425.csv": (HERE / "PREVALENCE_2223.csv")
        .read_text(encoding="utf-8")
        .replace("Y05750,LD,110.0", "Y05750,LD,90.0"),
        "MAPPING_NHS_GEOGRAPHIES_2425.csv": (HERE / "MAPPING_NHS_GEOGRAPHIES_2223.csv").read_text(encoding="utf-8"),
        "ORGANISATION_REFERENCE_2425.csv": "PRACTICE_CODE,REVISED_MAX_POINTS\nA81001,635\n",
        "PRACTICE_VALIDATION_OUTCOMES_2425.csv": "PRACTICE_CODE,RULE,DESCRIPTION\nA81001,1,None\n",
    } | {
        name: (HERE / name).read_text(encoding="utf-8")
        for name in ("MAPPING_INDICATORS_2425.csv", "ACHIEVEMENT_LONDON_2425.csv")
    }
    assert any(old in text for text in texts.values())
    return zipped(tmp_path / "qof.zip", {name: text.replace(old, new) if old else text for name, text in texts.items()})


def test_what_was_achieved_stands_beside_the_patients_eligible(tmp_path: Path) -> None:
    tables = parsed(SOURCE, "2024-25", _edition_2425(tmp_path)).tables
    achieved = tables["observations"].filter(pl.col("measure").str.contains("hyp008|af008"))
    assert dict(achieved.filter(area_code="A81001").select("measure", "value").rows()) == {
        "hyp008_achieved": 310,
        "hyp008_eligible": 400,
        "hyp008_adjusted": 22,
        "af008_achieved": 60,
        "af008_eligible": 60,
        "af008_adjusted": 0,
    }
    assert achieved.filter(area_code="A81002").height == 3
    assert achieved.select("low", "high").rows() == [(v, v) for v in achieved["value"]]
    # Every measure of the edition is in the table of achievement, also those that are no observation.
    assert dict(tables["achievement"].filter(indicator_code="DEP004").select("measure", "value").rows()) == {
        "newly_diagnosed": 31
    }


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("HYP008,NUMERATOR,310.0", "HYP008,NUMERATOR,410.0", ValidationError, "above their denominator"),
        ("HYP008,NUMERATOR,310.0", "HYP008,NUMERATOR,310.5", LayoutError, "not whole"),
        ("HYP008,NUMERATOR,310.0", "HYP008,NUMERATOR,*", LayoutError, "neither numbers"),
        ("HYP008,PCAS,22.0", "HYP008,DENOMINATOR,22.0", ValidationError, "values stand there twice"),
        ("A81002,HYP008,NUMERATOR", "A81003,HYP008,NUMERATOR", LinkageError, "no match"),
        ("A81001,AF008,", "A81001,AF009,", LayoutError, r"\['AF008'\]"),
        ("INDICATOR_DESCRIPTION,", "INDICATOR_TEXT,", LayoutError, r"Missing: \['INDICATOR_DESCRIPTION'\]"),
        ("VALUE\nY56", "AMOUNT\nY56", LayoutError, r"Missing: \['VALUE'\]"),
    ],
)
def test_a_changed_achievement_file_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2024-25", _edition_2425(tmp_path, old=old, new=new))


def test_achievement_of_england_and_of_regions(tmp_path: Path) -> None:
    one = parsed(SOURCE, "2020-21", _zip(tmp_path, "2020-21", "ACHIEVEMENT_2021.csv")).tables["achievement"]
    assert dict(one.select("measure", "value").rows()) == {
        "register": 700,
        "numerator": 400,
        "denominator": 600,
        "personalised_care_adjustments": 20,
        "achieved_points": 12.5,
    }
    regional = ("ACHIEVEMENT_LONDON_2223.csv", "ACHIEVEMENT_NORTH_WEST_2223.csv")
    many = parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23", *regional)).tables["achievement"]
    assert many["practice_code"].to_list() == ["A81001", "A81001", "A81002", "A81002"]
    with pytest.raises(LayoutError, match="ACHIEVEMENT_2021"):
        parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23", "ACHIEVEMENT_2021.csv"))


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        (",HYP,700.0", ",HYPP,700.0", "HYPP"),
        ("79UN", "25_74_F", "25_74_F"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23", old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("DM,300.0,17OV", "DM,300.0,18OV", LayoutError, "another meaning"),
        ("HYP,700.0", "HYP,700.5", LayoutError, "not whole"),
        ("HYP,700.0", "HYP,-700.0", LayoutError, "negative"),
        ("HYP,700.0", "HYP,", LayoutError, "neither numbers nor declared tokens"),
        ("HYP,700.0", "HYP,5001.0", ValidationError, "above their denominator"),
        ("LD,30.0,TOTAL,5000", "HYP,30.0,TOTAL,5000", ValidationError, "registers stand there twice"),
        ("HYP,700.0", 'HYP,"70,0"', LayoutError, r"REGISTER.*'70,0'"),
        ("HYP,700.0", "HYP,7E+02", LayoutError, "'7E\\+02'"),
        ("LD,30.0,TOTAL,5000", "LD,30.0,TOTAL,50000", ValidationError, r"PRACTICE_LIST_SIZE_value.*5000.0, 50000.0"),
        ("DM,300.0,17OV,4000", "DM,300.0,17OV,5001", ValidationError, r"'A81001', 'TOTAL', 5000.0.*'17OV', 5001.0"),
        ("HYP,700.0,TOTAL,5000", "OST,3.0,50OV,4001", ValidationError, r"'17OV', 4000.0.*'50OV', 4001.0"),
        ("SUB_ICB_ODS_CODE", "SICBL_ODS_CODE", LayoutError, r"New: \['SICBL_ODS_CODE'\]"),
        ("Stockton PCN,A81002", "Stockton PCN,A81003", LinkageError, "no match"),
        ("Stockton PCN,A81002", "Stockton PCN,A81001", ValidationError, "stand there twice"),
        ("E54000050", "E5400005", ValidationError, "str_matches"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23", old=old, new=new))


_SECOND = "Stockton PCN,A81002"  # ends the areas of the second of three practices


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("E38000247", "E38000248", "'SUB_ICB_ONS_CODE'.*'16C'"),
        (",16C,E", ",16D,E", "'SUB_ICB_ODS_CODE'.*'E38000247'"),
        ("QHM", "QF7", "'ICB_ODS_CODE'.*'16C'"),
        ("E54000050", "E54000061", "'ICB_ONS_CODE'.*'QHM'"),
        ("Y63", "Y62", "'REGION_ODS_CODE'.*'QHM'"),
        ("E40000012", "E40000010", "'REGION_ONS_CODE'.*'Y63'"),
        ("North East and Yorkshire", "North West", "'REGION_NAME'.*'Y63'"),
        ("NHS North East and North Cumbria ICB", "NHS South Yorkshire ICB", "'ICB_NAME'.*'QHM'"),
        ("Stockton PCN", "Another PCN", "'PCN_NAME'.*'U89141'"),
    ],
)
def test_practices_that_give_one_area_two_codes_names_or_parents_are_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = (HERE / "MAPPING_NHS_GEOGRAPHIES_2223.csv").read_text(encoding="utf-8")
    (row,) = (line for line in text.splitlines() if _SECOND in line)
    assert old in row
    with pytest.raises(ValidationError, match=f"stand beside several values of {said}"):
        parsed(SOURCE, "2022-23", _zip(tmp_path, "2022-23", old=row, new=row.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("edition", "group", "register", "people"),
    [
        ("2020-21", "ld", 324291, 60716244),
        ("2022-23", "ld", 347840, 62378057),
        ("2022-23", "hyp", 8996512, 62378057),
    ],
)
def test_englands_registers_are_as_published(
    real_mirror: Path, edition: str, group: str, register: int, people: int
) -> None:
    observations = real(SOURCE, edition, real_mirror).tables["observations"]
    assert observations.filter(measure=f"register_{group}")["value"].sum() == register
    assert observations.filter(measure=f"list_{group}")["value"].sum() == people


def test_hypertension_and_boards_of_2022_23(real_mirror: Path) -> None:
    tables = real(SOURCE, "2022-23", real_mirror).tables
    assert round(100 * 8996512 / 62378057, 5) == 14.42256
    boards = {board.ons for board in boards_of(Vintage.JULY_2022)}
    assert set(tables["practices"]["icb_ons"]) == boards
    assert set(tables["observations"]["area_code"]) == set(tables["practices"]["practice_code"])
    assert tables["observations"].filter(pl.col("note") != "")["area_code"].unique().to_list() == ["Y05750"]


def test_every_list_of_a_register_has_its_place_among_the_others() -> None:
    assert set(NESTED_LISTS) == set(GROUP_LISTS.values())


def test_every_code_that_is_read_is_an_indicator_of_its_own() -> None:
    """So a code that changes ends its series: no indicator has measures of two codes."""
    own = {i.id: i.numerator + i.denominator for i in INDICATORS if i.id.startswith("qof_")}
    assert set(own) == {f"qof_{code.lower()}_pct" for code in ACHIEVED_CODES}
    for name, measures in own.items():
        assert {measure.split("_")[0] for measure in measures} == {name.split("_")[1]}
