"""What is said of a wrong extract: the fault itself, once, with the right remedy, and nothing that only follows."""

import polars as pl
import pytest

from hi_pipeline.core.groups import ETHNIC_DETAIL_2001
from hi_pipeline.extracts.contract import DECILE_LABELS
from hi_pipeline.extracts.read import check, validated
from hi_pipeline_tests.unit.extracts import made
from hi_pipeline_tests.unit.extracts.made import put


def _said(table: pl.DataFrame) -> list[str]:
    return [str(problem) for problem in check(table)]


def _u18() -> pl.DataFrame:
    return made.filled("emergency_adm_u18_rate")


@pytest.mark.parametrize("midnight", ["2024-04-01 00:00:00", "2024-04-01T00:00:00", "2024-04-01 00:00:00.000"])
def test_a_day_kept_as_its_midnight_is_that_day(midnight: str) -> None:
    table = made.standardised().with_columns(period_start=pl.lit(midnight))
    assert check(table) == []
    assert validated(table, where="x")["period_start"].is_not_null().all()
    late = table.with_columns(period_start=pl.lit("2024-04-01 10:00:00"))
    assert "is no date" in _said(late)[0]


def test_rows_that_are_empty_throughout_are_no_rows_and_do_not_move_the_others() -> None:
    table = made.standardised()
    empty = table.head(3).with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in table.columns)
    assert check(pl.concat([table, empty])) == []
    assert check(empty)[0].what == "there is no row below the header"
    assert _said(put(pl.concat([empty, table]), "sex", "femal", at=3))[0].startswith("row 5, column sex")


@pytest.mark.parametrize(
    ("column", "value"), [("sex", "M"), ("imd_decile", "Decile 2"), ("age_band", "5 yrs"), ("ethnic_group", "A")]
)
def test_a_label_that_is_not_read_brings_no_false_doubles_or_sums(column: str, value: str) -> None:
    """Two rows with unread labels look alike once these are gone, and no table adds up without them."""
    table = made.by_ethnicity() if column == "ethnic_group" else made.standardised()
    said = "\n".join(_said(put(put(table, column, value, at=4), column, value, at=25)))
    assert f"rows 6, 27, column {column}: {value!r}" in said
    assert "stands twice. One row" not in said and "not the sum" not in said and "have no row" not in said
    assert said.count("was not judged") == 1


def test_doubles_among_rows_that_were_read_are_still_told() -> None:
    table = pl.concat([made.standardised(), made.standardised()[7:8]])
    said = "\n".join(_said(put(table, "sex", "M", at=4)))
    assert "rows 9, 382: the same group stands twice" in said


@pytest.mark.parametrize("word", ["NULL", "null", "N/A", "#N/A"])
def test_a_word_for_an_empty_cell_is_named_as_one(word: str) -> None:
    table = _u18()
    blank = table["imd_decile"].is_null()
    table = table.with_columns(imd_decile=pl.when(blank).then(pl.lit(word)).otherwise("imd_decile"))
    (said,) = [line for line in _said(table)]
    assert "column imd_decile" in said and "word for an empty cell. Leave the cell empty." in said


def test_a_denominator_of_null_is_not_taken_for_a_hidden_count() -> None:
    (said,) = _said(put(_u18(), "denominator", "NULL", at=0))
    assert "'unknown' groups" in said and "suppression_flag" not in said
    (said,) = _said(put(_u18(), "denominator", "*", at=0))
    assert "never hidden" in said and "suppression_flag" not in said
    (said,) = _said(put(_u18(), "numerator", "NULL", at=0))
    assert "Write 0 where nobody was counted" in said and "'applied'" in said


def test_a_shortened_number_is_to_be_written_out() -> None:
    (said,) = _said(put(_u18(), "denominator", "1.2E+05", at=0))
    assert "'1.2E+05' is a number that a spreadsheet shortened. Write it out in full" in said


def test_none_is_still_the_flag_of_true_counts() -> None:
    assert check(_u18().with_columns(suppression_flag=pl.lit("none"))) == []


def test_names_of_columns_in_other_letters_are_only_misspelt() -> None:
    table = _u18()
    (said,) = _said(table.rename({name: name.upper() for name in table.columns}))
    assert "are misspelt" in said and "INDICATOR_ID" in said and "indicator_id" in said and "person" not in said
    (said,) = _said(table.rename({"imd_decile": "IMD Decile"}))
    assert said == "the file, column IMD Decile: is misspelt. Write imd_decile."


def test_cells_of_a_misspelt_column_are_judged_as_well() -> None:
    said = _said(put(_u18(), "numerator", "1,000", at=0).rename({"numerator": "NUMERATOR"}))
    assert len(said) == 2 and "'1,000' has thousands separators" in said[1]


def test_deciles_of_an_older_index_have_no_nearest() -> None:
    table = _u18().with_columns(imd_vintage=pl.when(pl.col("imd_decile").is_not_null()).then(pl.lit("2010")))
    (said,) = _said(table)
    assert "cannot be taken: recount them on 2019 or 2025" in said and "nearest" not in said and "blank" not in said


def test_no_number_is_near_another() -> None:
    assert "nearest" not in _said(put(made.standardised(), "imd_decile", "11", at=4))[0]


def test_the_same_words_in_another_order_are_nearest() -> None:
    said = _said(put(made.by_ethnicity(), "ethnic_group", "British (White)", at=4))[0]
    assert "The nearest is 'White: British'" in said


def test_a_mistake_in_many_rows_is_said_once() -> None:
    table = _u18().with_columns(numerator=pl.format("{},000", pl.int_range(1, pl.len() + 1)))
    found = [problem for problem in check(table) if problem.column == "numerator"]
    assert len(found) == 1 and found[0].count == table.height and found[0].rows == (2, 3, 4)
    assert f"'1,000' (and {table.height - 1} other values) has thousands separators. For '1,000': Write '1000'" in str(
        found[0]
    )


def test_every_label_is_listed_where_none_is_near() -> None:
    said = _said(put(made.by_ethnicity(), "ethnic_group", "Z9", at=4))[0]
    assert all(label in said for label in ETHNIC_DETAIL_2001)


def test_a_dash_in_an_age_band_is_named() -> None:
    said = _said(made.standardised().with_columns(pl.col("age_band").str.replace("-", "\u2013")))
    assert "Write '0-4', with the hyphen of the keyboard" in said[0] and len(said) == 2


def test_one_wrong_total_is_one_line() -> None:
    table = put(made.filled("covid_uptake_75plus_own_pct"), "numerator", "77", at=0)
    said = _said(table)
    assert len(said) == 1 and "row 2, column numerator: '77' is not the sum of the rows by sex" in said[0]
    assert said[0].count("nor of the rows by") == 3


def test_a_decile_without_a_row_is_named_where_the_sum_fails() -> None:
    table = _u18().filter(pl.col("imd_decile").fill_null("") != "7")
    assert all("Decile 7 has no row: write it." in line for line in _said(table) if "imd_decile" in line)
    assert any("Decile 7" in line for line in _said(table))


def test_a_rate_in_place_of_a_count_is_asked_about() -> None:
    assert "is this a rate" in _said(put(_u18(), "numerator", "64.4", at=0))[0]
    assert set(DECILE_LABELS) <= set(_u18()["imd_decile"].drop_nulls())


def _applied(table: pl.DataFrame, *emptied: int) -> pl.DataFrame:
    table = table.with_columns(suppression_flag=pl.lit("applied"))
    for at in emptied:
        table = put(table, "numerator", None, at=at)
    return table


def test_a_large_count_that_was_hidden_is_told_by_what_is_left_of_the_total() -> None:
    """The total is 1,000 and each decile 100: one decile cannot be 1 to 7."""
    table = _u18().filter(pl.col("sex").is_null() & pl.col("age_band").is_null() & pl.col("ethnic_group").is_null())
    total = int(table["numerator"][0])
    (said,) = _said(_applied(table, 4))
    assert f"row 2, column numerator: '{total:,}' is not the sum of the rows by imd_decile" in said
    assert f"which is {total * 9 // 10:,} and leaves {total // 10:,} for 1 hidden count of 1 to 7 (row 6)" in said
    assert "Only counts of 1 to 7 may be left empty" in said
    few = put(_applied(table, 4), "numerator", str(total * 9 // 10 + 5), at=0)
    assert check(few) == []


def test_a_hidden_total_whose_parts_are_more_than_seven_is_told() -> None:
    table = _u18().filter(pl.col("sex").is_null() & pl.col("age_band").is_null() & pl.col("ethnic_group").is_null())
    (said,) = _said(_applied(table, 0))
    assert "row 2, column numerator: is hidden, which means 1 to 7, and cannot be the sum of" in said.replace("  ", " ")


def test_hidden_strata_of_age_and_sex_are_held_against_other_tables() -> None:
    """By decile, age and sex all is counted; by age and sex alone a large count is left out."""
    fine = made.standardised()
    number = [int(n) for n in fine["numerator"]]
    strata = fine.with_columns(n=pl.Series(number)).group_by("sex", "age_band", maintain_order=True).agg(
        pl.exclude("n", "sex", "age_band").first(), n=pl.col("n").sum(), d=pl.col("denominator").cast(pl.Int64).sum()
    )  # fmt: skip
    coarse = strata.with_columns(
        numerator=pl.col("n").cast(pl.String), denominator=pl.col("d").cast(pl.String),
        imd_decile=pl.lit(None, dtype=pl.String), imd_vintage=pl.lit(None, dtype=pl.String),
    ).select(fine.columns)  # fmt: skip
    both = pl.concat([coarse, fine])
    assert check(both) == []
    (said,) = _said(_applied(both, 3))
    assert "row 5, column numerator: is hidden" in said and "the sum of the rows by sex, age_band, imd_decile" in said
    (said,) = _said(_applied(both, coarse.height + 3))
    assert "for 1 hidden count of 1 to 7" in said


def test_two_tables_of_which_one_hides_too_much_are_told_apart() -> None:
    bands = ("0-4", "5-9", "10-14", "15-17")
    by_age = [made.row(25, 5_000, indicator_id="emergency_adm_u18_rate", age_band=band) for band in bands]
    table = _u18().filter(pl.col("imd_decile").is_not_null())
    frame = pl.concat([made.frame(by_age), table.select(c for c in table.columns)], how="diagonal")
    said = "\n".join(_said(_applied(frame, 4)))
    assert "count 100 and those by imd_decile" in said and "with 1 hidden count of 1 to 7" in said


def test_a_count_is_not_hidden_where_there_is_nobody() -> None:
    table = put(_applied(_u18(), 5), "denominator", "0", at=5)
    assert any(
        "row 7, column numerator: is hidden, which means 1 to 7, and its denominator is 0" in x for x in _said(table)
    )


def test_codes_of_hospital_records_are_told_by_their_words() -> None:
    (said, _) = _said(put(put(made.standardised(), "sex", "1", at=0), "sex", "2", at=1))
    assert "column sex: '1' (and 1 other value) is a code of hospital records" in said
    assert "for '1': write 'male'; for '2': write 'female'" in said.lower()
    (said, _) = _said(put(made.by_ethnicity(), "ethnic_group", "H", at=0))
    assert "'H' is a code of hospital records, and words are read. Write 'Asian or Asian British: Indian'" in said


def test_a_whole_number_among_rates_is_no_count_with_a_point() -> None:
    table = put(put(_u18(), "numerator", "64.4", at=0), "numerator", "81.0", at=1)
    (said,) = _said(table)
    assert "rows 2, 3, column numerator: '64.4' (and 1 other value) is no count" in said and "write '81'" not in said


def test_a_line_of_totals_is_said_once() -> None:
    table = _u18()
    footer = table.head(1).with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in table.columns if name not in ("indicator_id", "numerator")
    ).with_columns(indicator_id=pl.lit("Total"))  # fmt: skip
    (said,) = _said(pl.concat([table, footer]))
    assert said.startswith(f"row {table.height + 2}: names neither period nor board")


def test_blanks_around_a_wrong_label_are_told_with_the_right_one() -> None:
    (said,) = _said(_u18().with_columns(area_code=pl.lit(" qhm ")))
    assert "has blanks before or after it. The nearest is 'QHM'" in said


def test_lacking_strata_are_not_told_again_as_wrong_sums() -> None:
    whole = made.frame([made.row(sum(int(n) for n in made.standardised()["numerator"]), 9_999_999)])
    table = pl.concat([whole, made.standardised()[1:]])
    said = _said(table)
    assert any("have no row" in line for line in said) and not any("not the sum" in line for line in said)


def test_a_decile_of_nobody_is_named_where_the_total_is_more() -> None:
    table = _u18().filter(pl.col("sex").is_null() & pl.col("age_band").is_null() & pl.col("ethnic_group").is_null())
    (said,) = _said(put(table, "numerator", "0", at=7))
    assert "Decile 7 is 0: was it left out?" in said
