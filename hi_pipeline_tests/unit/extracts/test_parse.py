"""A right extract becomes observations: what its tables hold and what they add up to."""

import polars as pl
import pytest

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.source import RawTable
from hi_pipeline.core.validation import validate
from hi_pipeline.extracts.contract import DECILE_LABELS, EXTRACTS, standard_bands
from hi_pipeline.extracts.parse import SCHEMAS, TABLE, parse
from hi_pipeline.extracts.read import check
from hi_pipeline.extracts.source import releases_in, strangers_in
from hi_pipeline_tests.unit.extracts import made


def _parsed(table: pl.DataFrame, indicator: str = made.INDICATOR) -> pl.DataFrame:
    release = releases_in([f"{indicator}/QHM_2024-25.csv"])[0]
    tables = parse({TABLE: (RawTable("x.csv", table),)}, release)
    for name, frame in tables.items():
        validate(frame, SCHEMAS[name], where=name)
    return tables["observations"]


def _value(found: pl.DataFrame, dimension: str, category: str, side: str = "numerator") -> float | None:
    row = found.filter(pl.col("measure").str.ends_with(side), dimension=dimension, category=category)
    return row["value"].item()


def test_every_group_is_the_sum_of_its_rows() -> None:
    table = made.standardised()
    found = _parsed(table)
    count = pl.col("numerator").cast(pl.Int64).sum()
    assert _value(found, "total", "All") == table.select(count).item()
    assert _value(found, "sex", "Male") == table.filter(sex="male").select(count).item()
    assert _value(found, "age", "90 and over") == table.filter(age_band="90+").select(count).item()
    assert _value(found, "deprivation", "Decile 1 (most deprived)") == table.filter(imd_decile="1").select(count).item()
    stratum = _value(found, "deprivation_by_age_and_sex", "Decile 10 (least deprived) | Female, 5 to 9", "denominator")
    assert stratum == made.people("5-9", 10)
    assert set(found["note"]) == {"source: local extract; made-up counts"}
    assert set(found["area_code"]) == {"E54000050"}


def test_people_of_no_known_group_are_counted_and_reported() -> None:
    unknown = made.row(30, sex="unknown", age_band="0-4", imd_decile="3")
    found = _parsed(pl.concat([made.standardised(), made.frame([unknown])]))
    assert _value(found, "sex", "Unknown") == 30
    whole = _value(found, "total", "All")
    strata = found.filter(pl.col("measure").str.ends_with("numerator"), dimension="age_and_sex")["value"].sum()
    assert whole == strata + 30


def test_people_with_repeated_events_count_as_often_and_their_population_once() -> None:
    once = made.frame(made.strata()).with_columns(events_per_person=pl.lit("1"))
    found = _parsed(pl.concat([once, once.with_columns(events_per_person=pl.lit("3"))]))
    people = once["numerator"].cast(pl.Int64).sum()
    assert _value(found, "total", "All") == people + 3 * people
    assert _value(found, "total", "All", "denominator") == once["denominator"].cast(pl.Int64).sum()
    assert _value(found, "age_and_sex", "Female, 0 to 4") == _value(found, "age_and_sex", "Female, 0 to 4 | 3 each")


def test_a_hidden_count_is_bounded_and_hides_its_sums() -> None:
    table = made.standardised().with_columns(suppression_flag=pl.lit("applied")).pipe(made.put, "numerator", None, at=0)
    total = _parsed(table).filter(pl.col("measure").str.ends_with("numerator"), dimension="total").row(0, named=True)
    rest = table["numerator"].cast(pl.Int64).sum()
    assert (total["value"], total["status"]) == (None, "suppressed")
    assert (total["low"], total["high"]) == (rest + 1, rest + 7)


def test_rounding_widens_the_bounds() -> None:
    table = made.standardised().with_columns(numerator=pl.lit("20"), rounding=pl.lit("5"))
    total = _parsed(table).filter(pl.col("measure").str.ends_with("numerator"), dimension="total").row(0, named=True)
    assert (total["value"] - total["low"], total["high"] - total["value"]) == (2.5 * table.height, 2.5 * table.height)


def test_an_extract_of_another_name_is_refused() -> None:
    release = releases_in(["act_emergency_dsr/QHM_2023-24.csv"])[0]
    with pytest.raises(ValidationError, match="holds act_emergency_dsr of NHS North East"):
        parse({TABLE: (RawTable("x.csv", made.standardised()),)}, release)


def test_only_files_named_by_indicator_board_and_year_are_extracts() -> None:
    places = ["README.md", "act_emergency_dsr/QHM_2024-25.csv", "act_emergency_dsr/mine.xlsx", "other/QHM_2024-25.csv",
              "act_emergency_dsr/QHM_2024-26.csv", "words/E54000050/2024-25.md"]  # fmt: skip
    assert [r.edition for r in releases_in(places)] == ["act_emergency_dsr.QHM.2024-25"]
    assert len(strangers_in(places)) == 3


@pytest.mark.parametrize("indicator", EXTRACTS)
def test_a_filled_template_is_a_right_extract(indicator: str) -> None:
    frame = made.filled(indicator)
    assert {*frame.columns} == {*EXTRACTS[indicator].columns}
    assert [str(p) for p in check(frame)] == []
    assert _parsed(frame, indicator).height
    release = releases_in([f"{indicator}/QHM_2024-25.csv"])[0]
    about = parse({TABLE: (RawTable("x.csv", frame),)}, release)[TABLE].row(0, named=True)
    assert about["edition"] == f"{indicator}.QHM.2024-25"
    assert about["imd_vintage"] == ("2019" if "imd_decile" in frame.columns else None), "blank in rows of no decile"


def test_a_share_needs_all_ten_deciles() -> None:
    rows = [made.row(20, 900, imd_decile=n, indicator_id="ndpp_referral_share_gap_pp") for n in DECILE_LABELS]
    assert check(made.frame(rows)) == []
    (problem,) = check(made.frame([rows[0], *rows[2:]]))
    assert "deciles 2 have no row" in str(problem) and "write each" in str(problem)


def test_the_standard_bands_follow_the_ages() -> None:
    assert standard_bands((0, 17))[-2:] == ("10-14", "15-17")
    assert standard_bands((18, 200))[0] == "18-19"
    assert len(standard_bands((0, 200))) == 19
    assert len(DECILE_LABELS) == 10
