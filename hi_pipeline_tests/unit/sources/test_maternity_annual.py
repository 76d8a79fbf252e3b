"""Annual maternity statistics: rounding with its bounds, decile words, another header in 2019-20."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.groups import DECILES
from hi_pipeline.sources.maternity_annual import sample
from hi_pipeline.sources.maternity_annual.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Next
from hi_pipeline_tests.unit.sources.reading import changed

HERE = FIXTURES / "maternity_annual"
YEARS = ("2020-21", "2021-22")
NEXT = {
    "data": Next(
        held="2022-23",
        edition="2023-24",
        part="2023-24",
        said={"2022-23": "2023-24"},
    ),
}


@pytest.mark.parametrize("year", YEARS)
def test_preterm_babies_of_those_of_known_gestation(year: str) -> None:
    found = parsed(SOURCE, year, HERE / f"{year}.csv")
    observations = found.tables["observations"].filter(dimension="total")
    for level, code, times in (("england", "", 4), ("region", "Y60", 2), ("provider", "RR1", 1)):
        preterm = figure(observations, area_level=level, area_code=code, measure="babies_preterm")
        known = figure(observations, area_level=level, area_code=code, measure="babies_known_gestation")
        assert (preterm["value"], preterm["low"], preterm["high"]) == (150 * times, 150 * times - 2, 150 * times + 2)
        assert (known["value"], known["low"], known["high"]) == (1950 * times, 1950 * times - 4, 1950 * times + 4)
    assert found.left_out == {"rows of dimensions that no indicator reads": 4}
    assert found.notes == ()


@pytest.mark.parametrize("year", YEARS)
def test_deciles_by_their_words_and_bare_numbers_between_them(year: str) -> None:
    observations = parsed(SOURCE, year, HERE / f"{year}.csv").tables["observations"]
    england = observations.filter(area_level="england", dimension="deprivation", measure="deliveries")
    found = dict(england.select("category", "value").rows())
    assert [found[decile] for decile in DECILES] == [4 * (280 - 20 * i) for i in range(10)]
    assert found["Unknown"] == 4 * (5 + 0 + 55)


def test_three_words_for_unknown_ethnicity_are_one_group() -> None:
    observations = parsed(SOURCE, "2021-22", HERE / "2021-22.csv").tables["observations"]
    row = figure(observations, area_code="RR1", dimension="ethnicity", category="Unknown")
    assert (row["value"], row["low"], row["high"]) == (40 + 80 + 30, 150 - 6, 150 + 6)


def test_five_stands_for_one_to_seven_and_zero_is_zero() -> None:
    observations = parsed(SOURCE, "2021-22", HERE / "2021-22.csv").tables["observations"]
    row = figure(observations, area_code="RR1", dimension="deprivation", category="Unknown")
    # 5 (1 to 7), 0 and 55 (53 to 57).
    assert (row["value"], row["low"], row["high"]) == (60, 1 + 0 + 53, 7 + 0 + 57)


def test_2019_20_has_bounds_only_for_preterm_babies() -> None:
    observations = parsed(SOURCE, "2019-20", HERE / "2019-20.csv").tables["observations"]
    row = figure(observations, area_code="RR1", measure="babies_preterm")
    # Below 35 weeks 5 (1 to 7) twice, 10 twice, 20; from 35 to 37 weeks 100, all or none of them.
    assert (row["value"], row["status"], row["low"], row["high"]) == (None, "missing", 36, 60 + 102)
    assert "35 to 37 weeks" in row["note"]
    assert figure(observations, area_code="RR1", measure="babies_known_gestation")["value"] == 950
    assert set(observations["dimension"]) == {"total"}


def test_babies_that_do_not_add_up_are_said(tmp_path: Path) -> None:
    copy = changed(HERE / "2021-22.csv", tmp_path, old=",,Babies,8000\n", new=",,Babies,7000\n")
    found = parsed(SOURCE, "2021-22", copy)
    assert found.notes == (
        "babies by gestation do not add up to all babies in 1 of 4 areas, England among them; preterm shares are of "
        "babies of known gestation",
    )


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("OnsetOfLabour", "OnsetOfBirth", "OnsetOfBirth"),
        ("<37 weeks", "<38 weeks", "<38 weeks"),
        ("01 - Most deprived", "01 - Least deprived", "01 - Least deprived"),
        ("Not Stated", "Refused", "Refused"),
        ("Provider", "Site", "Site"),
    ],
)
def test_rows_with_an_unknown_label_are_left_out_and_counted(tmp_path: Path, old: str, new: str, label: str) -> None:
    assert label in unknown_labels(parsed(SOURCE, "2021-22", changed(HERE / "2021-22.csv", tmp_path, old=old, new=new)))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("01 - Most deprived", "02", ValidationError, "rows twice"),
        (",RR1,", ",rr-1,", LayoutError, "do not fit their level"),
        ("2021-22", "2022-23", LayoutError, "periods"),
        (",1800\n", ",1801\n", LayoutError, "no multiples of 5"),
        (",1800\n", ",*\n", LayoutError, "neither numbers nor declared tokens"),
        ("Count_Of", "Counts", LayoutError, r"Missing: \['Count_Of'\]"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2021-22", changed(HERE / "2021-22.csv", tmp_path, old=old, new=new))


def test_deciles_without_both_ends_are_refused(tmp_path: Path) -> None:
    text = (HERE / "2021-22.csv").read_text(encoding="utf-8")
    cut = tmp_path / "cut.csv"
    cut.write_text("".join(line for line in text.splitlines(keepends=True) if "10 - Least" not in line))
    with pytest.raises(LayoutError, match="by which its ends are told"):
        parsed(SOURCE, "2021-22", cut)


def test_the_sample_is_read_in_every_year(tmp_path: Path) -> None:
    sample.write(tmp_path)
    for release in SOURCE.releases:
        observations = parsed(SOURCE, release, tmp_path / release.mirror_file).tables["observations"]
        assert set(observations["area_level"]) == {"england", "region", "provider"}
