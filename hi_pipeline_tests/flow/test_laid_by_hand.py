"""A file that somebody laid into the folder of extracts is held against all that hi import holds a file against."""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.layers.clean import build_clean, fetch_part
from hi_pipeline.engine.layers.linked import build_linked, linked_staleness
from hi_pipeline.engine.outcome import Outcome, State
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.releases.editions import look_in_folder
from hi_pipeline.settings import Settings
from hi_pipeline_tests.unit.extracts import made

YEAR, NAME = "2024-25", "emergency_adm_u18_rate"
PLACE = f"{NAME}/QHM_{YEAR}"


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    (tmp_path / "mirror").mkdir()
    settings = Settings(source=f"mirror:{tmp_path / 'mirror'}", data_dir=tmp_path / "data")
    (settings.extracts / NAME).mkdir(parents=True)
    return open_pipeline(settings)


def _lay(pipeline: Pipeline, data: bytes, kind: str = "csv") -> Outcome:
    (pipeline.settings.extracts / f"{PLACE}.{kind}").write_bytes(data)
    look_in_folder(pipeline)
    return fetch_part(pipeline, pipeline.catalogue.sources["local_extracts"], YEAR)


def _counts(pipeline: Pipeline) -> Outcome:
    cleaned = build_clean(pipeline, pipeline.catalogue.sources["local_extracts"], YEAR)
    assert cleaned.good, cleaned.reason
    return build_linked(pipeline, pipeline.catalogue.tables_by_name["local_extracts_counts"], YEAR)


def _residents(pipeline: Pipeline, each: int) -> None:
    frame = pl.DataFrame(
        {
            "geography_vintage": vintage,
            "icb_code": "E54000050",
            "mid_year": 2024,
            "of_year": True,
            "sex": sex,
            "age": age,
            "population": each,
        }
        for vintage in ("2023-04", "2026-04")
        for sex in ("Female", "Male")
        for age in range(91)
    )
    facts = Provenance(inputs=(), code_version="made up", schema_version="made up", releases=())
    pipeline.lake.write(frame, facts, layer="linked", name="population", parts=(YEAR,))


def _csv(**changed: str) -> bytes:
    table = made.filled(NAME).with_columns(**{name: pl.lit(text) for name, text in changed.items()})
    return table.write_csv().encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_csv().replace(b",", b";"), ("separated by semicolons",)),
        (b"Emergency admissions\n" + _csv(), ("stands on row 2", "must be the first line")),
        (_csv() + b"(12 rows affected)\n", ("has 1 cell", "Take the line away")),
        (_csv().decode().encode("utf-16"), ("UTF-16", "CSV UTF-8")),
        (b"", ("empty", "save or export it again")),
        (_csv().splitlines()[0] + b"\n", ("no row below the header",)),
        (_csv(sex="femal"), ("'femal' is no label", "nearest is 'female'")),
    ],
)
def test_what_is_wrong_with_it_is_said_in_words_for_who_made_it(
    data: bytes, words: tuple[str, ...], pipeline: Pipeline
) -> None:
    outcome = _lay(pipeline, data)
    assert outcome.state is State.FAILED and f"{PLACE}.csv: " in outcome.reason
    for word in words:
        assert word in outcome.reason, outcome.reason
    assert "etch it" not in outcome.reason and "publisher" not in outcome.reason
    assert pipeline.snapshots.latest("local_extracts", f"{NAME}.QHM.{YEAR}") is None, "nothing of it is kept"


def test_a_workbook_of_two_sheets_is_named_by_its_place(pipeline: Pipeline, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "two.xlsx") as book:
        for name in ("one", "two"):
            book.add_worksheet(name).write_row(0, 0, ["indicator_id", "numerator"])
    outcome = _lay(pipeline, (tmp_path / "two.xlsx").read_bytes(), kind="xlsx")
    assert outcome.state is State.FAILED and f"{PLACE}.xlsx: 2 sheets hold cells" in outcome.reason


def test_a_wrong_newer_file_leaves_the_one_before_in_its_place(pipeline: Pipeline) -> None:
    assert _lay(pipeline, _csv()).state is State.WRITTEN
    assert _lay(pipeline, _csv(sex="femal")).state is State.FAILED
    kept = pipeline.snapshots.latest("local_extracts", f"{NAME}.QHM.{YEAR}")
    assert kept is not None and kept.path.read_bytes() == _csv()


def test_its_denominators_are_held_against_residents_before_anything_is_counted(pipeline: Pipeline) -> None:
    """The 40,000 people of the file are other than the 360,000 residents under 18."""
    _residents(pipeline, 10_000)
    _lay(pipeline, _csv())
    outcome = _counts(pipeline)
    assert outcome.state is State.FAILED and f"{PLACE}.csv: rows 2, " in outcome.reason
    assert "360,000 people of these ages: residents of mid-2024" in outcome.reason
    assert not pipeline.lake.path("linked", "local_extracts_counts", YEAR).exists()
    _lay(pipeline, _csv(source_note="SUS, denominators checked"))
    assert _counts(pipeline).state is State.WRITTEN


def test_residents_that_come_later_are_held_against_it_then(pipeline: Pipeline) -> None:
    _lay(pipeline, _csv())
    assert _counts(pipeline).state is State.WRITTEN
    table = pipeline.catalogue.tables_by_name["local_extracts_counts"]
    assert linked_staleness(pipeline, table, YEAR) == ""
    _residents(pipeline, 10_000)
    assert "linked/population" in str(linked_staleness(pipeline, table, YEAR))
    assert _counts(pipeline).state is State.FAILED
