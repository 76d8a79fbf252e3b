"""Taking in an extract: from CSV, workbook or parquet to the folder of its kind of root, or not at all."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from hi_pipeline.cli.app import app
from hi_pipeline.core.errors import LayoutError, SelectionError, ValidationError
from hi_pipeline.engine.extracts import Checked, check_extract, read_extract, take_in
from hi_pipeline.engine.pipeline import open_pipeline
from hi_pipeline.engine.releases.editions import look_for_editions
from hi_pipeline.engine.releases.watch import places
from hi_pipeline.extracts.contract import EXTRACTS
from hi_pipeline.settings import Settings
from hi_pipeline_tests.unit.extracts import made

LIVE_DAY = date(2026, 11, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "mirror").mkdir()
    return Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")


def _workbook(path: Path, *, sheets: int = 1) -> Path:
    table = made.standardised()
    with xlsxwriter.Workbook(path) as book:
        for n in range(sheets):
            sheet = book.add_worksheet(f"extract {n}")
            sheet.write_row(0, 0, table.columns)
            for at, row in enumerate(table.rows(), start=1):
                sheet.write_row(at, 0, [None if cell is None else str(cell) for cell in row])
    return path


def _file(path: Path) -> Path:
    table = made.standardised()
    if path.suffix == ".parquet":
        counts = [pl.col(name).cast(pl.Int64) for name in ("numerator", "denominator")]
        table.with_columns(*counts, pl.col("period_start").str.to_date()).write_parquet(path)
    elif path.suffix == ".xlsx":
        _workbook(path)
    else:
        table.write_csv(path)
    return path


@pytest.mark.parametrize("name", ["mine.csv", "mine.xlsx", "mine.parquet"])
def test_all_three_kinds_of_file_become_the_same_extract(name: str, tmp_path: Path, settings: Settings) -> None:
    taken = take_in(settings, _file(tmp_path / name))
    assert taken.path == tmp_path / "data" / "local" / "act_emergency_dsr" / "QHM_2024-25.csv"
    assert (taken.financial_year, taken.replaced) == ("2024-25", False)
    assert pl.read_csv(taken.path, infer_schema=False).equals(made.standardised())


def test_a_wrong_extract_is_not_taken_in(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "mine.csv"
    made.put(made.standardised(), "sex", "femal").write_csv(file)
    with pytest.raises(ValidationError, match="row 2, column sex: 'femal'"):
        take_in(settings, file)
    assert not settings.extracts.exists()


def test_files_that_are_no_extract_are_refused_by_name(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(SelectionError, match="no such file"):
        read_extract(tmp_path / "absent.csv")
    (tmp_path / "mine.docx").write_bytes(b"x")
    with pytest.raises(SelectionError, match="CSV, xlsx or parquet"):
        read_extract(tmp_path / "mine.docx")
    with pytest.raises(LayoutError, match="2 sheets hold cells"):
        check_extract(_workbook(tmp_path / "two.xlsx", sheets=2), open_pipeline(settings))


def test_an_extract_is_read_by_its_own_kinds_of_root_alone(tmp_path: Path, settings: Settings) -> None:
    """Live and mirror read one folder, the sample its own; the publishers are never asked for an extract."""
    file = _file(tmp_path / "mine.csv")
    take_in(settings, file)
    live = Settings(source="live", data_dir=tmp_path / "data")
    sample = Settings(source="sample", data_dir=tmp_path / "data")
    held = {s.kind: open_pipeline(s).catalogue.sources["local_extracts"].releases for s in (settings, live, sample)}
    assert [len(releases) for releases in held.values()] == [1, 1, 0]
    pipeline = open_pipeline(live)
    source = pipeline.catalogue.sources["local_extracts"]
    found = pipeline.snapshots.fetch(source, source.releases[0])
    assert found.path.read_bytes() == (settings.extracts / "act_emergency_dsr" / "QHM_2024-25.csv").read_bytes()
    assert not [place.page for place in places(pipeline, today=LIVE_DAY) if place.source.local and place.page]


def test_a_look_finds_what_came_and_names_what_is_no_extract(tmp_path: Path, settings: Settings) -> None:
    pipeline = open_pipeline(settings)
    assert pipeline.catalogue.sources["local_extracts"].releases == ()
    take_in(settings, _file(tmp_path / "mine.csv"))
    (settings.extracts / "act_emergency_dsr" / "notes.xlsx").write_bytes(b"x")
    said = look_for_editions(pipeline, today=LIVE_DAY, ask=False)
    assert [r.edition for r in pipeline.catalogue.sources["local_extracts"].releases] == [
        "act_emergency_dsr.QHM.2024-25"
    ]
    assert len(said) == 1 and "notes.xlsx" in said[0] and "hi import" in said[0]


def _hi(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_checks_takes_in_and_says_where(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_SOURCE", settings.source)
    monkeypatch.setenv("HI_DATA_DIR", str(settings.data_dir))
    file = _file(tmp_path / "mine.csv")
    assert "nothing is wrong" in _hi("import", "--check", str(file))
    assert not settings.extracts.exists()
    said = _hi("import", str(file))
    assert "roots of kind mirror and live" in said and "hi run --indicator act_emergency_dsr --year 2024-25" in said
    assert "in place of the extract that was there" in _hi("import", str(file))
    assert "SYNTHETIC" in _hi("import", str(file), "--source", "sample")
    assert (tmp_path / "data" / "sample" / "local" / "act_emergency_dsr" / "QHM_2024-25.csv").is_file()
    made.put(made.standardised(), "numerator", "1,234", at=9).write_csv(file)
    said = _hi("import", "--check", str(file), code=1)
    assert "row 11, column numerator: '1,234' has thousands separators. Write '1234'." in said


def test_a_workbook_whose_days_are_dates_is_read(tmp_path: Path, settings: Settings) -> None:
    """Excel turns 2024-04-01 into a date as soon as it is typed."""
    table = made.standardised()
    path = tmp_path / "dates.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, table.columns)
        for at, row in enumerate(table.iter_rows(named=True), start=1):
            for column, (name, cell) in enumerate(row.items()):
                if name.startswith("period"):
                    sheet.write_datetime(at, column, datetime.fromisoformat(str(cell)), day)
                else:
                    sheet.write(at, column, cell)
    assert take_in(settings, path).financial_year == "2024-25"
    assert pl.read_csv(settings.extracts / "act_emergency_dsr" / "QHM_2024-25.csv", infer_schema=False).equals(table)


def test_a_shorter_newer_extract_says_which_groups_went(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "mine.csv"
    made.filled("lung_checks_n").write_csv(file)
    assert take_in(settings, file).fewer == ""
    made.filled("lung_checks_n").filter(pl.col("sex").is_null()).write_csv(file)
    assert take_in(settings, file).fewer == "2 fewer by sex"
    assert take_in(settings, file).fewer == ""


def test_denominators_are_held_against_residents_in_hand(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "mine.csv"
    made.filled("emergency_adm_u18_rate").write_csv(file)
    pipeline = open_pipeline(settings)
    checked = check_extract(file, pipeline)
    assert checked.problems == [] and "not held against residents: no population of 2024-25" in checked.unjudged
    residents = pl.DataFrame(
        {"geography_vintage": "2023-04", "icb_code": "E54000050", "mid_year": 2024, "of_year": True, "sex": sex,
         "age": age, "population": 10_000}
        for sex in ("Female", "Male") for age in range(91)
    )  # fmt: skip
    place = pipeline.lake.path("linked", "population", "2024-25")
    place.parent.mkdir(parents=True)
    residents.write_parquet(place)
    checked = check_extract(file, pipeline)
    (problem,) = checked.problems
    assert "360,000 people of these ages: residents of mid-2024" in str(problem)
    assert "no table of small areas" in checked.unjudged
    made.filled("covid_uptake_75plus_own_pct").write_csv(file)
    assert replace(check_extract(file, pipeline), ends="") == Checked(problems=[])


def test_how_the_ends_of_the_deciles_are_read_is_said(tmp_path: Path, settings: Settings) -> None:
    """Deciles numbered from the other end are right by every rule in a board that is alike at both ends."""
    file = tmp_path / "mine.csv"
    table = made.filled("emergency_adm_u18_rate")
    turned = (
        pl.when(pl.col("imd_decile") == "1").then(pl.lit("10")).when(pl.col("imd_decile") == "10").then(pl.lit("1"))
    )
    more = pl.when(pl.col("imd_decile") == "1").then(10).when(pl.col("imd_decile") == "2").then(-10).otherwise(0)
    table = table.with_columns((pl.col("numerator").cast(pl.Int64) + more).cast(pl.String).alias("numerator"))
    file.write_text(table.write_csv())
    said = check_extract(file, open_pipeline(settings)).ends
    assert said.startswith("Read as: decile 1, the most deprived, ") and "decile 10, the least deprived, " in said
    file.write_text(table.with_columns(imd_decile=turned.otherwise("imd_decile")).write_csv())
    assert check_extract(file, open_pipeline(settings)).ends != said
    file.write_text(table.filter(pl.col("imd_decile").is_null()).write_csv())
    assert check_extract(file, open_pipeline(settings)).ends == ""


def test_denominators_in_thousands_are_told_without_any_population(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "mine.csv"
    made.filled("emergency_adm_u18_rate").with_columns(denominator=pl.lit("1")).write_csv(file)
    said = "\n".join(map(str, check_extract(file, open_pipeline(settings)).problems))
    assert "not the sum" in said
    table = made.filled("emergency_adm_u18_rate")
    people = pl.col("denominator").cast(pl.Int64) // 1_000
    table.with_columns(people.cast(pl.String).alias("denominator")).write_csv(file)
    (problem,) = check_extract(file, open_pipeline(settings)).problems
    assert "column denominator" in str(problem) and "Are denominators in thousands" in str(problem)


@pytest.mark.parametrize("indicator", EXTRACTS)
def test_the_command_writes_a_template(indicator: str) -> None:
    lines = _hi("import", "--template", indicator).splitlines()
    assert lines[0].startswith("indicator_id,period_start") and lines[1].startswith(indicator)
    assert "Did you mean" in _hi("import", "--template", f"{indicator}x", code=2)
