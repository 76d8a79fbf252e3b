"""Boards' own extracts on footprints: whose rows stand where, and which files each row names."""

import polars as pl
import pytest

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.source import RawTable
from hi_pipeline.extracts.parse import TABLE, parse
from hi_pipeline.extracts.source import releases_in
from hi_pipeline.tables.counts import build_counts
from hi_pipeline_tests.unit.extracts import made
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader

YEAR = "2024-25"
QHM, QMJ, QF7 = "E54000050", "E54000028", "E54000061"
EMERGENCY, OUTPATIENT = "act_emergency_dsr", "act_outpatient_dsr"


def _reader(*extracts: tuple[str, str, str]) -> FakeReader:
    """Return a reader over extracts: indicator, ODS code of the board, edition of the Indices."""
    tables = []
    for indicator, board, vintage in extracts:
        table = made.standardised().with_columns(
            indicator_id=pl.lit(indicator), area_code=pl.lit(board), imd_vintage=pl.lit(vintage)
        )
        (release,) = releases_in([f"{indicator}/{board}_{YEAR}.csv"])
        tables.append(parse({TABLE: (RawTable("x.csv", table),)}, release))
    joined = {name: pl.concat(found[name] for found in tables) for name in ("observations", TABLE)}
    return FakeReader({("local_extracts", name, YEAR): frame for name, frame in joined.items()})


def _names(frame: pl.DataFrame) -> set[str]:
    return {name for text in frame["source_releases"].unique() for name in text.split(";")}


def test_a_row_names_the_extract_of_its_own_board_and_indicator() -> None:
    built = build_counts(
        _reader((EMERGENCY, "QHM", "2019"), (EMERGENCY, "QMJ", "2019"), (OUTPATIENT, "QHM", "2025")),
        YEAR, source="local_extracts",
    )  # fmt: skip
    emergency = [f"local_extracts:{EMERGENCY}.{board}.{YEAR}" for board in ("QHM", "QMJ")]
    outpatient = f"local_extracts:{OUTPATIENT}.QHM.{YEAR}"
    own = built.frame.filter(geography_vintage="2023-04", indicator_id=EMERGENCY)
    assert _names(own.filter(icb_code=QHM)) == {emergency[0]}
    assert _names(own.filter(icb_code=QMJ)) == {emergency[1]}
    ended = built.frame.filter(geography_vintage="2026-04", indicator_id=EMERGENCY)
    assert QMJ not in set(ended["icb_code"]) and ended["note"].str.contains("counted for North Central London").any()
    assert _names(own.filter(status="not_published")) == {""}, "who gave an extract is no other board's matter"
    assert _names(built.frame.filter(indicator_id=OUTPATIENT)) == {outpatient, ""}
    assert built.releases == tuple(sorted([*emergency, outpatient]))
    vintages = built.frame.filter(icb_code=QHM, dimension="deprivation").select("indicator_id", "imd_vintage").unique()
    assert dict(vintages.rows()) == {EMERGENCY: "2019", OUTPATIENT: "2025"}


def test_boards_are_added_up_to_nothing_and_stand_on_their_own_footprint() -> None:
    frame = build_counts(_reader((EMERGENCY, "QF7", "2019"), (EMERGENCY, "QHM", "2019")), YEAR,
                         source="local_extracts").frame  # fmt: skip
    assert set(frame["area_type"]) == {"icb"}
    totals = frame.filter(dimension="total").select("geography_vintage", "icb_code", "status").rows()
    shown = {(vintage, code) for vintage, code, status in totals if status == "ok"}
    assert {("2023-04", QHM), ("2026-04", QHM), ("2023-04", QF7)} <= shown
    assert len([code for vintage, code, _ in totals if vintage == "2023-04"]) == 42
    assert len([code for vintage, code, _ in totals if vintage == "2026-04"]) == 36


def test_deciles_of_two_editions_do_not_stand_side_by_side() -> None:
    with pytest.raises(ValidationError, match="deciles of the Indices of"):
        build_counts(_reader((EMERGENCY, "QHM", "2019"), (EMERGENCY, "QMJ", "2025")), YEAR, source="local_extracts")
