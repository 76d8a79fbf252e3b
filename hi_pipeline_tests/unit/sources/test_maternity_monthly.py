"""Monthly maternity statistics: boards by gestation and continuity of carer, what rounding hides, what is refused."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.pipeline import load_catalogue, open_pipeline
from hi_pipeline.settings import Settings
from hi_pipeline.sources.maternity_monthly import sample
from hi_pipeline.sources.maternity_monthly.source import SOURCE
from hi_pipeline.tables.flows import whole_years
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, unknown_labels
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next

MONTH = "2023-04-01,2023-04-30"
DATA, MEASURES = "2023-04-data", "2023-04-measures"
FIGURES = (
    Figures(indicator="continuity_of_carer_pct", year="2023-24", area_type="icb", dimensions={"total", "deprivation"}),
)
CHANGES = (
    Changes(
        edition="2023-04-data",
        column=("Final_value", "Value"),
        label=("<37 weeks", "<36 weeks"),
        stops=False,
        total=(r"<37 weeks,Babies,\d+\.0", "<37 weeks,Babies,9000.0", "more babies by gestation than babies"),
    ),
    Changes(
        edition="2023-04-measures",
        column=("Currency", "Kind"),
        label=("Denominator", "Below"),
        stops=False,
        total=(r"Numerator,\d+", "Numerator,9000", "above their denominator"),
    ),
)
NEXT = {
    "data": Next(
        held="2024-03-data",
        edition="2024-04-data",
        part="2024-25",
        said={"2024-03-01": "2024-04-01", "2024-03-31": "2024-04-30"},
    ),
    "measures": Next(
        held="2024-03-measures",
        edition="2024-04-measures",
        part="2024-25",
        said={"2024-03-01": "2024-04-01", "2024-03-31": "2024-04-30"},
    ),
}


def _file(tmp_path: Path, edition: str, *, old: str = "", new: str = "", without: str = "") -> Path:
    """Write the fixture with rows of every board: 5 of 120 babies preterm, 10 of 95 women placed."""
    name = edition.rpartition("-")[2]
    text = (FIXTURES / "maternity_monthly" / f"{name}.csv").read_text(encoding="utf-8")
    for board in boards_of(Vintage.APRIL_2023):
        area = f"{board.ons},LMNS"
        if board.ods == without:
            continue
        if name == "data":
            own = f"{MONTH},GestationLengthBirthGroup37,Local Maternity System,{area}"
            text += f"{own},<37 weeks,Babies,5.0\n{own},>=37 weeks,Babies,115.0\n"
        else:
            own = f"{area},Local Maternity System,{MONTH},COC_Rate,COC_by_28weeks"
            text += f"{own},Numerator,10\n{own},Denominator,95\n"
    assert old in text
    path = tmp_path / f"{name}.csv"
    path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return path


def test_babies_by_gestation_with_what_rounding_hides(tmp_path: Path) -> None:
    found = parsed(SOURCE, DATA, _file(tmp_path, DATA))
    observations = found.tables["observations"]
    board = observations.filter(area_level="icb_ons", area_code="E54000057")
    assert board.select("measure", "value", "low", "high").rows() == [
        ("babies_known_gestation", 120, 114, 124),
        ("babies_preterm", 5, 1, 7),
    ]
    england = figure(observations, area_level="england", measure="babies_known_gestation")
    assert (england["value"], england["low"], england["high"]) == (44705, 44701, 44709)
    assert (str(england["period_start"]), england["period_type"], england["financial_year"]) == (
        "2023-04-01",
        "month",
        "2023-24",
    )
    assert england["note"] == "layout unverified"
    assert found.left_out == {
        "rows of dimensions that no indicator reads": 1,
        "rows of other levels of area": 3,
        "rows of babies whose gestation is not known": 2,
    }


def test_continuity_of_carer_by_decile_of_the_words_at_the_ends(tmp_path: Path) -> None:
    found = parsed(SOURCE, MEASURES, _file(tmp_path, MEASURES))
    england = found.tables["observations"].filter(area_level="england", measure="coc_placed")
    assert dict(england.select("category", "value").rows()) == {
        "All": 7200,
        "Decile 1 (most deprived)": 1100,
        "Decile 2": 950,
        "Decile 10 (least deprived)": 5,
        "Unknown": 0,
    }
    least = figure(england, category="Decile 10 (least deprived)")
    none = figure(england, category="Unknown")
    assert (least["low"], least["high"], none["low"], none["high"]) == (1, 7, 0, 0)
    assert found.left_out == {
        "rows of indicators that nobody reads": 1,
        "rows of other levels of area": 19,
        "rates, results and ethnic groups that are none of this project's": 8,
    }


def test_twelve_months_are_a_year_with_the_bounds_of_each_and_eleven_are_none(tmp_path: Path) -> None:
    sample.write(tmp_path)
    months = [
        parsed(SOURCE, release.edition, tmp_path / release.mirror_file).tables["observations"]
        for release in SOURCE.releases
        if release.layout == "data"
    ]
    every = pl.concat(months)
    own = every.filter(area_code="E54000057", measure="babies_preterm")
    year = figure(whole_years(every), area_code="E54000057", measure="babies_preterm")
    assert own.height == 12
    assert (year["value"], year["low"], year["high"]) == tuple(own[name].sum() for name in ("value", "low", "high"))
    assert (year["period_type"], year["note"]) == ("financial_year", "sum of the year's periods; layout unverified")
    short = figure(whole_years(pl.concat(months[:11])), area_code="E54000057", measure="babies_preterm")
    assert (short["value"], short["low"], short["high"], short["status"]) == (None, None, None, "missing")


@pytest.mark.parametrize(
    ("edition", "old", "new", "error", "message"),
    [
        (DATA, ",115.0", ",114.0", LayoutError, "multiples of 5"),
        (DATA, ",5.0", ",*", LayoutError, "neither numbers nor declared tokens"),
        (DATA, "2023-04-30", "2023-05-31", LayoutError, "expected the month 2023-04"),
        (DATA, "E54000057", "QOP", LayoutError, "do not fit their level"),
        (DATA, "Final_value", "Value", LayoutError, "Final_value"),
        (DATA, "National,ALL,", "Provider,RYY,", LayoutError, "no row of England"),
        (MEASURES, "Numerator,10\n", "Numerator,100\n", ValidationError, "above their denominator"),
        (MEASURES, "IMD_02", "IMD_01_Most_deprived", ValidationError, "stand there twice"),
        (MEASURES, "IMD_10_Least_deprived", "IMD_02", LayoutError, "by which the ends of the deciles are told"),
    ],
)
def test_what_does_not_match_is_refused(
    tmp_path: Path, edition: str, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, edition, _file(tmp_path, edition, old=old, new=new))


@pytest.mark.parametrize("edition", [DATA, MEASURES])
def test_a_system_that_is_no_board_stops_the_file(tmp_path: Path, edition: str) -> None:
    with pytest.raises(LayoutError, match=r"Absent: \['E54000057'\]"):
        parsed(SOURCE, edition, _file(tmp_path, edition, without="QOP"))


def test_an_unknown_decile_is_left_out_and_counted(tmp_path: Path) -> None:
    copy = _file(tmp_path, MEASURES, old="IMD_02", new="IMD_2")
    assert "COC_by_28weeks_IMD_2" in unknown_labels(parsed(SOURCE, MEASURES, copy))


def test_rows_left_out_of_all_months_of_a_year_are_counted_together(tmp_path: Path) -> None:
    """Each of the twelve months leaves out as many; one month alone was counted once."""
    mirror = tmp_path / "mirror"
    sample.write(mirror)
    settings = Settings(source=f"mirror:{mirror}", data_dir=tmp_path / "data")
    pipeline = open_pipeline(settings, replace(load_catalogue(), sources={SOURCE.name: SOURCE}))
    year = "2023-24"
    assert fetch_part(pipeline, SOURCE, year).good
    outcome = build_clean(pipeline, SOURCE, year)
    assert outcome.good, outcome.reason
    (left_out,) = {tuple(sorted(known.dropped_rows.items())) for known in outcome.files.values()}
    assert left_out
    files = [(release, mirror / release.mirror_file) for release in SOURCE.releases if year in release.financial_years]
    assert len(files) == 24
    months = [parsed(SOURCE, release.edition, path).left_out for release, path in files]
    assert dict(left_out) == dict(sum((Counter(month) for month in months), Counter()))
