"""Outpatient activity: kinds and groups that add up, tenths without numbers, ages and sexes, two containers."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import DECILES, Dimension, category_order
from hi_pipeline.sample.containers import xlsx_bytes
from hi_pipeline.sources.hes_outpatients.labels import ETHNICITY_LABELS, KINDS
from hi_pipeline.sources.hes_outpatients.sample import write
from hi_pipeline.sources.hes_outpatients.source import DECILE_COLUMNS, ETHNICITY_COLUMNS, SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, real, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Next
from hi_pipeline_tests.unit.sources.reading import changed, clean

HERE = FIXTURES / "hes_outpatients"
GROUPS, AGE_SEX = "2023-24-groups", "2023-24-age-sex"
DECILE_BOOK, ETHNICITY_BOOK = "2024-25-deciles", "2024-25-ethnicity"
_TENTHS = (
    "Most deprived 10%",
    "More deprived 10-20%",
    "More deprived 20-30%",
    "More deprived 30-40%",
    "More deprived 40-50%",
    "Less deprived 40-50%",
    "Less deprived 30-40%",
    "Less deprived 20-30%",
    "Less deprived 10-20%",
    "Least deprived 10%",
    "Unknown/Non-UK Country",
)
Rows = list[list[object]]
NEXT = {
    "groups": Next(
        held="2023-24-groups",
        edition="2025-26-groups",
        part="2025-26",
        said={"2324,": "2526,"},
    ),
    "age-sex": Next(
        held="2023-24-age-sex",
        edition="2025-26-age-sex",
        part="2025-26",
        said={"2324,": "2526,"},
    ),
    "deciles": Next(
        held="2024-25-deciles",
        edition="2025-26-deciles",
        part="2025-26",
    ),
    "ethnicity": Next(
        held="2024-25-ethnicity",
        edition="2025-26-ethnicity",
        part="2025-26",
    ),
}


def test_the_long_file_gives_total_ethnicity_and_deprivation() -> None:
    found = parsed(SOURCE, GROUPS, HERE / "groups.csv")
    observations = found.tables["observations"]
    # The fixture's group n has n times 10, 2, 20 and 5 attendances, and 1 of unknown kind.
    irish = observations.filter(category="White: Irish")
    assert dict(irish.select("measure", "value").rows()) == {
        "attendances": 2 * 37 + 1,
        "attended_first_appointment": 20,
        "attended_first_tele": 4,
        "attended_subsequent_appointment": 40,
        "attended_subsequent_tele": 10,
        "attended_kind_unknown": 1,
    }
    assert figure(observations, dimension="total", measure="attendances")["value"] == 171 * 37 + 18
    unknown = figure(observations, dimension="ethnicity", category="Unknown", measure="attended_first_tele")
    assert unknown["value"] == 2 * 17 + 2 * 18
    assert found.left_out == {"percentages of all attendances, which follow from the counts": 19 + 11}


def test_tenths_have_no_numbers_and_less_deprived_10_is_the_last() -> None:
    observations = clean(SOURCE, GROUPS, HERE / "groups.csv")["observations"]
    rows = observations.filter(dimension="deprivation", measure="attended_first_appointment")
    found = dict(rows.select("category", "value").rows())
    assert [found[decile] for decile in DECILES] == [100 + n for n in range(10)]


def test_ages_and_sexes_stand_alone_and_together() -> None:
    found = parsed(SOURCE, AGE_SEX, HERE / "age_sex.csv")
    observations = found.tables["observations"].filter(measure="attendances")
    # The fixture's age n has 10 times (10 n + 1) people, 6 n women and 4 n men.
    assert figure(observations, dimension="age", category="1 to 4")["value"] == 210
    assert figure(observations, dimension="age_and_sex", category="Female, 1 to 4")["value"] == 120
    assert figure(observations, dimension="age_and_sex", category="Male, 90 and over")["value"] == 10 * 4 * 24
    sexes = dict(observations.filter(dimension="sex").select("category", "value").rows())
    assert sexes == {"Female": 10 * 6 * 325, "Male": 10 * 4 * 325, "Unknown": 10 * 25}
    assert observations.filter(dimension="total").is_empty(), "the total comes from the file by ethnicity"
    assert found.left_out == {"rows of single specialties, which the rows of all sum": 50}


def test_every_category_of_age_and_sex_has_its_place() -> None:
    observations = clean(SOURCE, AGE_SEX, HERE / "age_sex.csv")["observations"]
    for dimension in (Dimension.AGE, Dimension.SEX, Dimension.AGE_AND_SEX):
        words = observations.filter(dimension=dimension.value)["category"].unique().to_list()
        assert len({category_order(dimension, word) for word in words}) == len(words)


def _deciles() -> Rows:
    rows: Rows = [[tenth, 40 + n, 10 + n, 5, 20, 4, 1, 0.1] for n, tenth in enumerate(_TENTHS)]
    total = [sum(row[column] for row in rows) for column in range(1, 7)]  # type: ignore[misc]
    return [[*DECILE_COLUMNS], ["Total Activity", *total, 1], *rows]


def _ethnicity() -> Rows:
    rows: Rows = [["A", group, 40 + n, 10 + n, 5, 20, 4, 1, 0.1] for n, group in enumerate(ETHNICITY_LABELS)]
    total = [sum(row[column] for row in rows) for column in range(2, 8)]  # type: ignore[misc]
    return [[name or None for name in ETHNICITY_COLUMNS], [None, "Total Activity", *total, 1], *rows]


def _book(folder: Path, sheet: str, rows: Rows, damage: Callable[[Rows], None] | None = None) -> Path:
    if damage:
        damage(rows)
    path = folder / "book.xlsx"
    path.write_bytes(xlsx_bytes({sheet: rows}))  # type: ignore[dict-item]
    return path


def test_the_workbooks_say_the_same_in_columns(tmp_path: Path) -> None:
    found = parsed(SOURCE, DECILE_BOOK, _book(tmp_path, "IMD Decile", _deciles()))
    tenths = found.tables["observations"].filter(measure="attendances")
    assert set(tenths["dimension"]) == {"deprivation"}, "the total comes from the file by ethnicity"
    values = dict(tenths.select("category", "value").rows())
    assert [values[decile] for decile in DECILES] == [40 + n for n in range(10)]
    assert found.left_out["figures over all tenths of deprivation, equal to their sum"] == 6
    found = parsed(SOURCE, ETHNICITY_BOOK, _book(tmp_path, "Ethnic Category", _ethnicity()))
    groups = found.tables["observations"].filter(measure="attendances")
    assert figure(groups, dimension="total")["value"] == 18 * 40 + 153
    assert figure(groups, category="Unknown")["value"] == 56 + 57
    assert figure(groups, category="White: Irish")["value"] == 41


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("LESS DEPRIVED 10%", "LEAST 10%", "LEAST 10%"),
        ("Irish (White)", "Irish", "Irish"),
        ("Attended tele consultation", "Attended telephone call", "Attended telephone call"),
        ("Activity by IMD Decile", "Activity by IMD Quintile", "Activity by IMD Quintile"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, GROUPS, changed(HERE / "groups.csv", tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("2324,", "2223,", LayoutError, "expected 2324 alone"),
        ("Did not", "", None, ""),
        ("All Attendances - Irish (White),75.0", "All Attendances - Irish (White),76.0", ValidationError, "kinds"),
        ("All attendances - MOST DEPRIVED 10%,371.0", "All attendances - MOST DEPRIVED 10%,*", LayoutError, r"\*"),
    ],
)
def test_what_the_long_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception] | None, message: str
) -> None:
    if error is None:
        assert old not in (HERE / "groups.csv").read_text(), "who did not attend is not published by group"
        return
    with pytest.raises(error, match=message):
        clean(SOURCE, GROUPS, changed(HERE / "groups.csv", tmp_path, old=old, new=new))


def test_groups_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    path = HERE / "groups.csv"
    for old, new in (("Irish (White),75.0", "Irish (White),76.0"), ("Irish (White),20.0", "Irish (White),21.0")):
        path = changed(path, tmp_path, old=old, new=new)
    with pytest.raises(ValidationError, match="groups do not add up to the row over all of them"):
        clean(SOURCE, GROUPS, path)


@pytest.mark.parametrize(("old", "new"), [("1-4 Female", "1-5 Female"), ("Female", "Women")])
def test_ages_and_sexes_that_are_unknown_are_left_out_of_the_file_by_age(tmp_path: Path, old: str, new: str) -> None:
    found = parsed(SOURCE, AGE_SEX, changed(HERE / "age_sex.csv", tmp_path, old=old, new=new))
    assert new in unknown_labels(found)
    assert set(found.tables["observations"]["dimension"]) == {Dimension.AGE, Dimension.AGE_AND_SEX}


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("1-4 Female,All,All,120", "1-4 Female,All,All,220", ValidationError, "more women and men than people"),
        ("1-4 Female,All,All,120", "5-9 Female,All,All,120", ValidationError, "twice"),
        ("1-4 Female,All,", "1-4 Female,100,", LayoutError, "149 figures of all specialties; expected 150"),
    ],
)
def test_what_the_file_by_age_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    path = HERE / "age_sex.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "a.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=message):
        clean(SOURCE, AGE_SEX, tmp_path / "a.csv")


def _set(row: int, column: int, value: object) -> Callable[[Rows], None]:
    def damage(rows: Rows) -> None:
        rows[row][column] = value

    return damage


def test_a_tenth_that_is_unknown_is_left_out_of_a_workbook(tmp_path: Path) -> None:
    path = _book(tmp_path, "IMD Decile", _deciles(), _set(2, 0, "Most deprived 5%"))
    assert "Most deprived 5%" in unknown_labels(parsed(SOURCE, DECILE_BOOK, path))


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (_set(0, 1, "All Appointments"), LayoutError, "All Appointments"),
        (_set(2, 1, 41), ValidationError, "kinds of attendance do not add up"),
        (_set(1, 1, 40), ValidationError, "kinds of attendance do not add up"),
        (lambda rows: rows.pop(5), LayoutError, "groups without a row"),
    ],
)
def test_what_a_workbook_never_holds_is_refused(
    tmp_path: Path, damage: Callable[[Rows], None], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        clean(SOURCE, DECILE_BOOK, _book(tmp_path, "IMD Decile", _deciles(), damage))


def test_the_samples_files_of_a_year_fit_together(tmp_path: Path) -> None:
    write(tmp_path)
    for year in ("2023-24", "2024-25"):
        frames = [
            parsed(SOURCE, release, tmp_path / release.mirror_file).tables["observations"]
            for release in SOURCE.releases_of(year)
        ]
        together = pl.concat(frames)
        sums = together.filter(measure="attendances").group_by("dimension").agg(pl.col("value").sum())
        values = dict(sums.rows())
        assert values["total"] == values["ethnicity"] == values["deprivation"]


def test_2023_24_is_as_published(real_mirror: Path) -> None:
    observations = real(SOURCE, GROUPS, real_mirror).tables["observations"]
    assert figure(observations, dimension="total", measure="attendances")["value"] == 104_634_817
    assert figure(observations, category=DECILES[0], measure="attendances")["value"] == 10_115_623
    assert figure(observations, category=DECILES[9], measure="attendances")["value"] == 10_076_201
    ages = real(SOURCE, AGE_SEX, real_mirror).tables["observations"]
    first = ages.filter(measure="first_attendances", dimension="age")["value"].sum()
    kinds = [figure(observations, dimension="total", measure=kind)["value"] for kind in KINDS[:2]]
    assert first == 33_994_906 == sum(kinds)  # type: ignore[arg-type]
    assert ages.filter(measure="attendances", dimension="age")["value"].sum() == 104_634_817
    unknown = figure(ages, measure="attendances", dimension="sex", category="Unknown")
    assert unknown["value"] == 104_634_817 - 60_482_200 - 43_133_577


def test_2024_25_is_as_published(real_mirror: Path) -> None:
    deciles = real(SOURCE, DECILE_BOOK, real_mirror).tables["observations"]
    ethnicity = real(SOURCE, ETHNICITY_BOOK, real_mirror).tables["observations"]
    assert figure(ethnicity, dimension="total", measure="attendances")["value"] == 113_225_153
    assert figure(deciles, category=DECILES[0], measure="attendances")["value"] == 10_929_927
    assert figure(deciles, category=DECILES[9], measure="attendances")["value"] == 10_793_290
    assert deciles.filter(measure="attendances")["value"].sum() == 113_225_153
