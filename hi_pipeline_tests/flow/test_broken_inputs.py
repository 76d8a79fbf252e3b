"""Broken publications stop at the right step, say what to do, and change nothing that was built from good ones."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.geography import board, boards_of_year, footprints_of, vintage_of
from hi_pipeline.engine.checks.by_layer import of_clean
from hi_pipeline.engine.outcome import State
from hi_pipeline.sources import SOURCES
from hi_pipeline.sources.qof.corrections import REGISTER_ABOVE_LIST
from hi_pipeline_tests.conftest import Once
from hi_pipeline_tests.flow.broken import (
    BUILT,
    LAYERS,
    Flow,
    Outcomes,
    narrowed,
    truncated,
    with_cell,
    without_rows,
)
from hi_pipeline_tests.flow.broken_cases import (
    AE,
    BOARD,
    BOARD_CODE,
    BOARD_NAME,
    CASES,
    LISTS,
    MHA,
    PEOPLE,
    PLACES,
    PREVALENCE,
    QOF,
    RTT,
    SMI,
    TT,
    WORDS,
    YEARS,
    Case,
)

BUILT_FROM = (
    *(TT, MHA, RTT, QOF, AE, SMI, LISTS, PEOPLE),
    ("iod2019", "2019-file-1"),
    ("ons_geography", "2011-2021-lsoa"),
    ("census_ethnicity", "2021-csv"),
)
# What comes together with the broken file: another publication, or another year where that one is broken.
ELSE = ("rtt", "2025-02"), ("talking_therapies", "2022-23")
INDICATORS = (
    "tt_recovery_pct",
    "mha_detention_rate",
    "wl_total",
    "smi_checks_pct",
    "learning_disability_prevalence_pct",
    "ae_attendance_0_4_rate",
)


@pytest.fixture(scope="session")
def good(sample: Path, once: Once) -> Flow:
    """A data root built from good publications, once; each test breaks a copy of it."""

    def build(folder: Path) -> None:
        flow = _flow_in(folder)
        flow.take(sample, BUILT_FROM)
        done = flow.run()
        assert not _failed(done)
        built = {name for (layer, name, _), outcome in done.items() if layer == "indicator" and outcome.good}
        assert built == set(INDICATORS)

    return _flow_in(once("good-publications", build))


def _flow_in(folder: Path) -> Flow:
    return Flow(mirror=folder / "mirror", data=folder / "data", catalogue=narrowed(INDICATORS), years=YEARS)


@pytest.fixture
def flow(good: Flow, tmp_path: Path) -> Flow:
    return good.copy(tmp_path)


def _failed(done: Outcomes) -> set[tuple[str, str, str]]:
    return {place for place, outcome in done.items() if outcome.state is State.FAILED}


def _written(done: Outcomes) -> set[tuple[str, str]]:
    return {place[:2] for place, outcome in done.items() if outcome.state is State.WRITTEN}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_stops_its_step_and_changes_nothing(flow: Flow, sample: Path, name: str) -> None:
    case = CASES[name]
    source = case.release[0]
    before, kept, published = flow.hashes(*BUILT), flow.hashes(f"snapshots/{source}"), _published(flow)
    folder = flow.hashes("published")
    case.change(flow.place(*case.release))
    done = flow.run()
    assert _failed(done) == case.stops
    for place in case.stops:
        reason = done[place].reason
        assert not [text for text in case.says if text not in reason], reason
    assert flow.hashes(*BUILT) == before
    if all(step == "fetch" for step, _, _ in case.stops):
        assert not _written(done)
        assert flow.hashes("published") == folder
        assert flow.hashes(f"snapshots/{source}") == kept, "what was kept stays, and nothing beside it"
    else:
        assert _written(done) <= {("fetch", source), ("published", "results")}
        _only_notes_grew(published, _published(flow))
    _builds_the_rest(flow, sample, case, before)


def _builds_the_rest(flow: Flow, sample: Path, case: Case, before: dict[str, str]) -> None:
    """Bring in something else: it is built in full, and what is broken stays refused and as it was."""
    other = ELSE[case.release[0] == "rtt"]
    indicator, year = {"rtt": ("wl_total", "2024-25"), "talking_therapies": ("tt_recovery_pct", "2022-23")}[other[0]]
    flow.take(sample, [other])
    done = flow.run(publish=False)
    assert _failed(done) == case.stops
    written = [o for place, o in done.items() if place[:2] == ("indicator", indicator) and o.state is State.WRITTEN]
    assert len(written) == len(boards_of_year(year))
    after = flow.hashes(*BUILT)
    assert {path: after.get(path) for path in before} == before


def _published(flow: Flow) -> pl.DataFrame:
    return pl.read_parquet(flow.root / "published" / "results.parquet")


def _only_notes_grew(before: pl.DataFrame, after: pl.DataFrame) -> None:
    """No published figure changed; what is said of it may, that it is stale or that its release was revised."""
    assert after.drop("note").equals(before.drop("note"))
    longer = pl.concat([before.select(old="note"), after.select(new="note")], how="horizontal")
    assert longer.filter(~pl.col("new").str.starts_with(pl.col("old"))).is_empty()
    said = longer.filter(pl.col("new") != pl.col("old"))["new"]
    assert said.str.contains("stale: the last good figure|revised; not accepted yet|revised bytes").all()


def test_an_unknown_label_leaves_its_rows_out_and_the_figures_made_from_that_table_as_they_were(flow: Flow) -> None:
    with_cell("VariableA", "01 Least deprived tenth", where={"VariableA": "01 Least deprived"})(flow.place(*TT))
    before, published = flow.hashes("linked", "indicator"), _published(flow)
    done = flow.run()
    counts = ("linked", "talking_therapies_counts", "2023-24")
    assert _failed(done) == {counts}
    label = "talking_therapies:2023-24: VariableA and VariableB '01 Least deprived tenth'"
    assert label in done[counts].reason and WORDS in done[counts].reason
    clean = done["clean", *TT]
    assert clean.state is State.WRITTEN and clean.files["observations"].unknown_labels == {label: 1}
    assert flow.hashes("linked", "indicator") == before
    _only_notes_grew(published, _published(flow))
    found, _ = of_clean(flow.open(), SOURCES[TT[0]], [clean])
    (check,) = [f for f in found if f.check == "unknown_labels"]
    assert not check.passed and not check.warning and label in check.said
    assert "keep their last good values" in check.said


def test_an_unknown_label_in_a_table_that_nothing_reads_is_only_counted(flow: Flow) -> None:
    """The list type of an indicator; that of QOF 2021-22 carried one that was new (25_64_F, 2026-11)."""
    change = with_cell("PATIENT_LIST_TYPE", "25_69_F", where={}, member="MAPPING_INDICATORS_.*")
    change(flow.place(*QOF))
    published = _published(flow)
    done = flow.run()
    assert not _failed(done)
    clean = done["clean", *QOF]
    label = "qof:2022-23: PATIENT_LIST_TYPE '25_69_F'"
    assert clean.files["indicators"].unknown_labels == {label: 1}
    assert clean.files["observations"].unknown_labels == {}
    assert done["linked", "qof_counts", "2022-23"].state is State.WRITTEN, "which a table that is read would refuse"
    _only_notes_grew(published, _published(flow))
    found, _ = of_clean(flow.open(), SOURCES[QOF[0]], [clean])
    (check,) = [f for f in found if f.check == "unknown_labels"]
    assert not check.passed and check.warning and label in check.said and "no figure reads them" in check.said


def test_a_location_without_practices_of_either_file_stops(flow: Flow) -> None:
    gone = "|".join(_practices_of(flow, BOARD_CODE))
    for member in (PREVALENCE, PLACES):
        without_rows({"PRACTICE_CODE": gone}, member=member)(flow.place(*QOF))
    before, published = flow.hashes(*BUILT), _published(flow)
    done = flow.run()
    assert _failed(done) == {("clean", *QOF)}
    assert "of the 106 sub-ICB locations" in done["clean", *QOF].reason and BOARD_NAME in done["clean", *QOF].reason
    assert flow.hashes(*BUILT) == before
    _only_notes_grew(published, _published(flow))


def test_a_board_whose_practices_are_not_in_the_file_stops_at_the_counts(flow: Flow) -> None:
    """The file has no map of its own: only the counts can tell that a board is missing."""
    without_rows({"Area Code": "|".join(_practices_of(flow, BOARD_CODE))})(flow.place(*AE))
    before, published = flow.hashes(*BUILT), _published(flow)
    done = flow.run()
    counts = ("linked", "fingertips_counts", "2021-22")
    assert _failed(done) == {counts}
    said = ("fingertips_counts 2021-22, ae_attendance_0_4_rate", "1 boards of the footprint 2022-07 have no row")
    assert not [
        text for text in (*said, f"['{BOARD_NAME}']", "Expected all of them") if text not in done[counts].reason
    ]
    _only_notes_grew(published, _published(flow))
    after = flow.hashes(*BUILT)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {Path(path).parent.as_posix() for path in changed} == {"clean/fingertips/2021-22"}


def test_residents_without_a_board_stop(flow: Flow) -> None:
    change = without_rows({"ICB 2024 Code": BOARD_CODE}, member="Mid-2023 ICB 2024", header=3)
    change(flow.place(*PEOPLE))
    before, published = flow.hashes(*BUILT), _published(flow)
    done = flow.run()
    assert _failed(done) == {("clean", *PEOPLE)}
    reason = done["clean", *PEOPLE].reason
    assert "Mid-2023 ICB 2024" in reason and BOARD_CODE in reason and "declare the geography" in reason
    assert flow.hashes(*BUILT) == before
    _only_notes_grew(published, _published(flow))


def test_the_good_file_back_again_rebuilds_nothing(flow: Flow, sample: Path) -> None:
    before = flow.hashes(*LAYERS)
    with_cell("Count_Recovery", "-5", where=BOARD)(flow.place(*TT))
    assert _failed(flow.run()) == {("clean", *TT)}
    flow.place(*TT).unlink()
    flow.take(sample, [TT])
    done = flow.run()
    assert not _failed(done)
    assert _written(done) == {("fetch", "talking_therapies"), ("published", "results")}, "the notes go again"
    assert flow.hashes(*LAYERS) == before


def test_what_is_published_beside_a_broken_file_is_new_and_old(flow: Flow, sample: Path) -> None:
    results = flow.root / "published" / "results.parquet"
    before = pl.read_parquet(results)
    truncated(flow.place(*TT))
    flow.take(sample, [ELSE[0], ELSE[1]])
    done = flow.run()
    assert _failed(done) == {("fetch", *TT)}
    assert done["published", "results", ""].state is State.WRITTEN
    after = pl.read_parquet(results)
    new = after.join(before, on=["indicator_id", "financial_year"], how="anti")
    assert set(new.select("indicator_id", "financial_year").unique().rows()) == {
        ("wl_total", "2024-25"),
        ("tt_recovery_pct", "2022-23"),
    }
    assert after.join(new, on=["indicator_id", "financial_year"], how="anti").equals(before)


def test_the_register_above_its_list_is_kept_and_flagged(good: Flow) -> None:
    lake = good.open().lake
    rows = lake.read("clean", "qof", "2022-23", "observations").filter(area_code="Y05750")
    register, whole = (rows.filter(measure=f"{kind}_ld")["value"].item() for kind in ("register", "list"))
    assert register > whole
    assert rows.filter(measure="register_ld")["note"].item() == REGISTER_ABOVE_LIST.note
    known = lake.provenance("clean", "qof", "2022-23", "observations")
    assert known is not None and known.corrections == (REGISTER_ABOVE_LIST.id,)
    areas = lake.read("linked", "practice_areas", "2022-23")
    icb = areas.filter(practice_code="Y05750")["icb_code"].item()
    own = areas.filter(icb_code=icb)["practice_code"].implode()
    registers = lake.read("clean", "qof", "2022-23", "observations").filter(
        pl.col("area_code").is_in(own) & (pl.col("measure") == "register_ld")
    )
    result = pl.read_parquet(good.root / "published" / "results.parquet").filter(
        indicator_id="learning_disability_prevalence_pct", icb_code=icb, dimension="total", measure="value"
    )
    assert set(result["geography_vintage"]) == {v.value for v in footprints_of("2022-23") if v in board(icb).vintages}
    result = result.filter(geography_vintage=vintage_of("2022-23").value)
    assert result["numerator"].item() == registers["value"].sum(), "its people are counted"
    assert REGISTER_ABOVE_LIST.note in result["note"].item()


def _practices_of(flow: Flow, icb: str) -> list[str]:
    areas = flow.open().lake.read("linked", "practice_areas", "2022-23")
    return areas.filter(icb_code=icb)["practice_code"].to_list()
