"""Each check can fail, and passes on what is right."""

from dataclasses import replace

import polars as pl
import pytest

from hi_pipeline.core.columns import COUNTS_KEY
from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.core.geography import ENGLAND, boards_of, footprints_of
from hi_pipeline.core.provenance import Provenance
from hi_pipeline.engine.checks import findings as ask
from hi_pipeline.engine.checks.by_layer import _is_counts, guarded
from hi_pipeline.engine.outcome import Outcome, State, absent, failed
from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline_tests.flow.tiny import make_indicator

INDICATORS = {"tiny_1_pct": make_indicator()}


def counts(year: str = "2023-24") -> pl.DataFrame:
    rows: list[tuple[str, str, str, float, float]] = []
    for vintage in footprints_of(year):
        boards = [b.ons for b in boards_of(vintage)]
        rows += [("icb", icb, vintage.value, 4200 / len(boards), 10_500 / len(boards)) for icb in boards]
        rows.append(("england", ENGLAND, vintage.value, 4200.0, 10_500.0))
    columns = ["area_type", "icb_code", "geography_vintage", "numerator", "denominator"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return frame.with_columns(
        indicator_id=pl.lit("tiny_1_pct"),
        financial_year=pl.lit(year),
        area_name=pl.col("icb_code"),
        dimension=pl.lit("total"),
        category=pl.lit("All"),
        numerator_low=pl.col("numerator"),
        numerator_high=pl.col("numerator"),
        denominator_low=pl.col("denominator"),
        denominator_high=pl.col("denominator"),
        status=pl.lit("ok"),
    )


def frames(changed: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    return {"2023-24": counts() if changed is None else changed}


def good(partition: str = "2023-24", *, rows: int = 10, before: int | None = 10) -> Outcome:
    known = Provenance(inputs=(), code_version="1", schema_version="1", rows=rows, sha256="a")
    return Outcome(partition=partition, state=State.WRITTEN, files={"": known}, rows_before=before)


def test_schema_shows_the_failing_rows() -> None:
    assert ask.check_schema([good(), absent("2022-23", "nothing there")]).passed
    rows = pl.DataFrame({"column": ["value"], "failure_case": ["-1"]})
    found = ask.check_schema([good(), failed("2022-23", ValidationError("one failure", failures=rows))])
    assert not found.passed
    assert found.rows is not None
    assert found.rows.rows() == rows.rows()
    unread = ask.check_schema([failed("2022-23", LayoutError("the columns differ"))])
    assert not unread.passed
    assert "the columns differ" in unread.said


def test_keys() -> None:
    assert ask.check_keys(frames(), COUNTS_KEY).passed
    found = ask.check_keys(frames(pl.concat([counts(), counts().head(1)])), COUNTS_KEY)
    assert not found.passed
    assert found.count == 2


def test_unknown_labels() -> None:
    assert ask.check_labels(frames()).passed
    found = ask.check_labels(frames(counts().with_columns(category=pl.lit("Everyone"))))
    assert not found.passed
    assert "Everyone" in str(found.rows)


def test_all_icbs() -> None:
    assert ask.check_all_icbs(frames()).passed
    missing = ask.check_all_icbs(frames(counts().filter(pl.col("icb_code") != "E54000010")))
    assert not missing.passed
    assert missing.rows is not None
    assert missing.rows["icb"].to_list() == ["E54000010"] * 2, "on each footprint"
    one = counts().filter((pl.col("icb_code") != "E54000010") | (pl.col("geography_vintage") != "2026-04"))
    assert ask.check_all_icbs(frames(one)).rows["footprint"].to_list() == ["2026-04"]  # type: ignore[index]
    foreign = ask.check_all_icbs({"2023-24": counts("2022-23")})
    assert not foreign.passed
    assert foreign.count == 42 + 42, "the boards of the year's footprint are missing, those of another foreign"


@pytest.mark.parametrize("count", ["numerator", "denominator"])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_reconciles_with_england(count: str, factor: float) -> None:
    assert ask.check_reconciles(frames(), INDICATORS).passed
    board = pl.col("area_type") == "icb"
    changed = [
        pl.when(board).then(pl.col(c) * factor).otherwise(pl.col(c)) for c in (count, f"{count}_low", f"{count}_high")
    ]
    found = ask.check_reconciles(frames(counts().with_columns(changed)), INDICATORS)
    assert not found.passed
    assert found.rows is not None
    assert found.rows["count"].to_list() == [count] * 2, "on each footprint"


def test_what_is_hidden_or_rounded_reconciles_within_its_bounds() -> None:
    hidden = pl.col("icb_code") == "E54000010"
    bounds = counts().with_columns(
        numerator=pl.when(~hidden).then(pl.col("numerator")),
        numerator_low=pl.when(hidden).then(0.0).otherwise(pl.col("numerator_low")),
        numerator_high=pl.when(hidden).then(300.0).otherwise(pl.col("numerator_high")),
    )
    assert ask.check_reconciles(frames(bounds), INDICATORS).passed


def test_boards_that_are_not_published_may_only_not_exceed_england() -> None:
    board = pl.col("area_type") == "icb"
    blank = {c: pl.when(~board).then(pl.col(c)) for c in ("numerator", "numerator_low", "numerator_high")}
    unpublished = counts().with_columns(
        status=pl.when(board).then(pl.lit("not_published")).otherwise(pl.lit("ok")), **blank
    )
    found = ask.check_reconciles(frames(unpublished), INDICATORS)
    assert found.passed
    assert "not published in 2023-24" in found.said


def test_values_in_range() -> None:
    assert ask.check_range(frames(), INDICATORS).passed
    more = counts().with_columns(numerator_low=pl.lit(301.0), numerator=pl.lit(301.0))
    assert not ask.check_range(frames(more), INDICATORS).passed
    values = counts().with_columns(value=pl.lit(40.0), measure=pl.lit("value"))
    assert ask.check_range(frames(values), INDICATORS).passed
    assert not ask.check_range(frames(values.with_columns(value=pl.lit(101.0))), INDICATORS).passed
    narrow = {"tiny_1_pct": replace(make_indicator(), plausible=(50.0, 60.0))}
    assert not ask.check_range(frames(values), narrow).passed


def test_no_negative_or_endless_numbers() -> None:
    frame = pl.DataFrame({"patients": [1, 2], "rate": [0.5, None]})
    assert ask.check_values_not_negative({"a": frame}).passed
    assert not ask.check_values_not_negative({"a": frame.with_columns(patients=pl.lit(-1))}).passed
    assert not ask.check_values_not_negative({"a": frame.with_columns(rate=pl.lit(float("inf")))}).passed


def test_coverage_did_not_shrink() -> None:
    assert ask.check_coverage([good(), good(before=None), good(rows=11)]).passed
    assert not ask.check_coverage([good(rows=9)]).passed
    assert not ask.check_coverage([absent("2023-24", "its source is gone", rows_before=10)]).passed
    assert ask.check_coverage([good(rows=9)], own=True).passed, "a board's newer extract may hold fewer groups"
    assert not ask.check_coverage([absent("2023-24", "its source is gone", rows_before=10)], own=True).passed


def test_reporters() -> None:
    whole = counts().with_columns(coverage=pl.lit(0.95), people_share=pl.lit(None, dtype=pl.Float64))
    assert ask.check_reporters(frames(whole)).passed
    first = (pl.col("icb_code") == "E54000010") & (pl.col("geography_vintage") == "2023-04")
    found = ask.check_reporters(frames(whole.with_columns(coverage=pl.when(first).then(0.497).otherwise("coverage"))))
    assert not found.passed and found.warning and found.count == 1
    assert found.rows is not None and found.rows["area_name"].to_list() == ["E54000010"]
    assert found.said.startswith("1 figure rests on less than 90% of the reporters, or of their people (1 of boards): ")
    named = ask.check_reporters({"2023-24": found.rows.with_columns(pl.col("coverage").cast(pl.Float64),
        people_share=pl.lit(None, dtype=pl.Float64), area_type=pl.lit("icb"))}, INDICATORS)  # fmt: skip
    assert f"E54000010, {INDICATORS['tiny_1_pct'].short} 2023-24, 50%. They are not compared" in named.said
    for area, words in (("england", "1 of England"), ("region", "of regions"), ("boards", "of all boards together")):
        other = whole.head(1).with_columns(area_type=pl.lit(area), coverage=pl.lit(0.3))
        short = ask.check_reporters({"2023-24": pl.concat([whole, other])})
        assert not short.passed and words in short.said
    many = ask.check_reporters(frames(whole.with_columns(coverage=pl.lit(0.5))))
    assert "figures rest on" in many.said and " more. They are not compared" in many.said
    of_people = whole.with_columns(coverage=pl.lit(0.5), people_share=pl.lit(0.99))
    assert ask.check_reporters(frames(of_people)).passed, "few of the people are missing"


def test_a_check_that_breaks_fails_all_and_loses_nothing() -> None:
    def breaks() -> tuple[list[ask.Finding], dict[str, dict[str, object]]]:
        raise RuntimeError("no such column")

    found, _ = guarded((("keys", ""), ("schema", "")), breaks)
    assert [(f.check, f.passed) for f in found] == [("keys", False), ("schema", False)]
    assert "no such column" in found[0].said


def test_every_reference_table_has_a_key_that_the_check_of_keys_holds() -> None:
    references = [table for table in load_catalogue().tables if not _is_counts(table)]
    assert len(references) >= 8 and all(table.schema.key for table in references)
