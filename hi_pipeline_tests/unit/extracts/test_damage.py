"""Damaged extracts: each is told by row, column, value and remedy, and none gives a figure."""

from collections.abc import Callable

import polars as pl
import pytest

from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.source import RawTable
from hi_pipeline.extracts.parse import TABLE, parse
from hi_pipeline.extracts.read import check
from hi_pipeline.extracts.source import releases_in
from hi_pipeline_tests.unit.extracts import made
from hi_pipeline_tests.unit.extracts.made import put

Damage = Callable[[pl.DataFrame], pl.DataFrame]
# A number with the right check digit that was never given to anybody (999 is the range for tests).
TEST_NHS_NUMBER = "9990000018"


def _renamed(old: str, new: str) -> Damage:
    return lambda t: t.rename({old: new})


def _with(name: str, value: str = "x") -> Damage:
    return lambda t: t.with_columns(pl.lit(value).alias(name))


def _cell(column: str, value: str | None, *, at: int = 4) -> Damage:
    return lambda t: put(t, column, value, at=at)


def _all(column: str, value: str | None) -> Damage:
    return lambda t: t.with_columns(pl.lit(value, dtype=pl.String).alias(column))


def _turned(t: pl.DataFrame) -> pl.DataFrame:
    return t.with_columns((11 - pl.col("imd_decile").cast(pl.Int64)).cast(pl.String).alias("imd_decile"))


def _persons(t: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([t.head(40)] * 3).with_columns(numerator=pl.lit("1"))


def _old_total(t: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([t, made.frame([made.row(1, 9_000_000)])])


def _frequencies(t: pl.DataFrame) -> pl.DataFrame:
    return t.with_columns(events_per_person=pl.lit("1")).pipe(put, "events_per_person", None, at=3)


def _unequal(t: pl.DataFrame) -> pl.DataFrame:
    once = t.with_columns(events_per_person=pl.lit("1"))
    return pl.concat([once, once.with_columns(events_per_person=pl.lit("2"), denominator=pl.lit("5000"))])


def _band(old: str, new: str) -> Damage:
    return lambda t: t.with_columns(pl.col("age_band").replace({old: new}))


def _notes(t: pl.DataFrame) -> pl.DataFrame:
    return t.with_columns(source_note=pl.format("case {}", pl.int_range(pl.len())))


def _mixed(t: pl.DataFrame) -> pl.DataFrame:
    detailed = made.frame(made.strata(by="ethnic_group", labels=("White: Irish",)))
    return pl.concat([made.by_ethnicity(), detailed])


# What is done to a right extract; the words that must be said: place, value, what, remedy.
DAMAGES: dict[str, tuple[Damage, tuple[str, ...]]] = {
    "NHS number as a column": (_with("nhs_number"), ("column nhs_number", "single persons", "take the column away")),
    "postcode as a column": (_with("Postcode"), ("column Postcode", "single persons")),
    "date of birth as a column": (_with("DateOfBirth"), ("column DateOfBirth", "single persons")),
    "a pseudonym as a column": (_with("Pseudo_NHS"), ("column Pseudo_NHS", "single persons")),
    "a spell's id as a column": (_with("spell_id"), ("column spell_id", "single persons")),
    "a surname as a column": (_with("surname"), ("column surname", "single persons")),
    "a column of another name": (_with("comment"), ("column comment", "no column of an extract", "Take it away")),
    "a misspelt column": (_renamed("numerator", "numeratr"), ("column numeratr", "Name it 'numerator'", "is missing")),
    "NHS number in a cell": (_cell("source_note", f"see {TEST_NHS_NUMBER}"), ("row 6", "source_note", "NHS number")),
    "postcode in a cell": (_cell("area_code", "LS1 4AP"), ("row 6", "column area_code", "holds a postcode")),
    "rows of persons": (_persons, ("look like single persons", "GROUP BY")),
    "a note for each row": (_notes, ("column source_note", "differs from row to row", "one sentence")),
    "unknown sex": (_cell("sex", "femal"), ("row 6", "column sex", "'femal'", "nearest is 'female'")),
    "sex by number": (_cell("sex", "1"), ("row 6", "column sex", "'1'", "code of hospital records", "Write 'male'")),
    "unknown indicator": (_cell("indicator_id", "act_emergency"), ("row 6", "nearest is 'act_emergency_dsr'")),
    "unknown ethnic group": (
        lambda t: put(made.by_ethnicity(), "ethnic_group", "Whit", at=4),
        ("row 6", "column ethnic_group", "'Whit'", "nearest is 'White'"),
    ),
    "broad and detailed ethnic groups": (_mixed, ("broad group beside detailed", "count twice", "not both")),
    "groups of 2021": (
        lambda t: made.by_ethnicity().with_columns(ethnicity_scheme=pl.lit("2021")),
        ("column ethnicity_scheme", "'2021'", "not read yet", "16 groups of 2001"),
    ),
    "no scheme": (
        lambda t: made.by_ethnicity().with_columns(ethnicity_scheme=pl.lit(None, dtype=pl.String)),
        ("column ethnicity_scheme", "is blank", "which list"),
    ),
    "no vintage of deprivation": (_all("imd_vintage", None), ("column imd_vintage", "is blank", "which list")),
    "a decile too many": (_cell("imd_decile", "11"), ("row 6", "column imd_decile", "'11'")),
    "a decile as a number": (_cell("imd_decile", "1.0"), ("row 6", "'1.0'", "spreadsheet", "Write '1'")),
    "deciles from the other end": (_turned, ("column imd_decile", "from the least deprived", "11 less the decile")),
    "an age band across two": (_band("10-14", "10-16"), ("column age_band", "'10-16'", "across two bands", "0-4")),
    "an age band left out": (
        lambda t: t.filter(pl.col("age_band") != "40-44"),
        ("column age_band", "40 to 44 are in no band"),
    ),
    "no oldest band": (
        lambda t: t.filter(pl.col("age_band") != "90+"),
        ("column age_band", "bands run from 0-4 to 85-89", "0 and over"),
    ),
    "a group without its row": (lambda t: t[1:], ("1 groups by sex", "male, 0-4, 1", "numerator 0")),
    "no sex and age": (
        lambda t: made.frame([made.row(100, 5000)]),
        ("no row has both sex and age_band", "standardised rate needs"),
    ),
    "a total that is not its parts": (_old_total, ("column numerator", "'1'", "not the sum of the rows", "unknown")),
    "two tables of different people": (
        lambda t: pl.concat([t, made.by_ethnicity().head(38)]),
        ("column numerator", "count 7,220 and those by sex, age_band, ethnic_group 722", "same query"),
    ),
    "two tables of different populations": (
        lambda t: pl.concat([t, made.by_ethnicity().head(38).with_columns(numerator=t["numerator"].head(38))]),
        ("column denominator", "not clear which of them a total is divided by", "by sex and age band alone"),
    ),
    "nobody lives there": (_cell("denominator", "0"), ("row 6", "events where nobody lives", "changed over")),
    "no denominator": (_cell("denominator", None), ("row 6", "column denominator", "is empty", "people of the group")),
    "no denominator of any decile": (
        _all("denominator", None),
        ("column denominator", "left out throughout", "no population by age, sex and decile", "rows by imd_decile out"),
    ),
    "no denominator and bands that end late": (
        lambda t: made.frame(made.strata()).with_columns(
            denominator=pl.lit(None, dtype=pl.String), age_band=pl.col("age_band").replace({"90+": "90-94"})
        ).pipe(lambda f: pl.concat([f, f.tail(1).with_columns(age_band=pl.lit("95+"))])),
        ("column age_band", "finer than the population", "Write 90+"),
    ),
    "a board of another footprint": (
        lambda t: t.with_columns(area_code=pl.lit("E54000053")),
        ("column area_code", "'E54000053'", "no board of 2024-25", "2023-04"),
    ),
    "no board at all": (_cell("area_code", "QHX"), ("row 6", "column area_code", "'QHX'", "no board")),
    "two boards": (_cell("area_code", "QWO"), ("row 6", "'QWO'", "not the 'QHM'", "one board")),
    "an age band as a date": (_cell("age_band", "14-Oct"), ("row 6", "'14-Oct'", "is a date", "'10-14'")),
    "an age band as a day": (_cell("age_band", "2026-09-05 00:00:00"), ("row 6", "is a date", "'5-9'")),
    "thousands separators": (_cell("denominator", "1,940"), ("row 6", "'1,940'", "thousands", "'1940'")),
    "trailing blanks": (_cell("sex", "male "), ("row 6", "'male '", "blanks", "Write 'male'")),
    "decimals": (_cell("numerator", "12.0"), ("row 6", "'12.0'", "decimals", "'12'")),
    "a hidden count in words": (_cell("numerator", "<5"), ("row 6", "'<5'", "no whole number", "'applied'")),
    "a negative count": (_cell("numerator", "-3"), ("row 6", "'-3'", "negative")),
    "the same group twice": (lambda t: pl.concat([t, t[7:8]]), ("rows 9, 382", "stands twice", "One row a group")),
    "a calendar year": (
        lambda t: t.with_columns(period_start=pl.lit("2024-01-01"), period_end=pl.lit("2024-12-31")),
        ("column period_start", "'2024-01-01'", "not 1 April", "column period_end", "31 March"),
    ),
    "days first": (_cell("period_start", "01/04/2024"), ("row 6", "'01/04/2024'", "no date", "year-month-day")),
    "two years": (
        lambda t: t.pipe(put, "period_end", "2024-03-31", at=4).pipe(put, "period_start", "2023-04-01", at=4),
        ("row 6", "column period_end", "one year"),
    ),
    "small counts without a word": (
        lambda t: put(t, "numerator", "3", at=4).with_columns(suppression_flag=pl.lit(None, dtype=pl.String)),
        ("row 6", "'3'", "does not say whether it is true", "Are these true counts?"),
    ),
    "an empty count without a word": (_cell("numerator", None), ("row 6", "column numerator", "is empty", "applied")),
    "small counts in a controlled file": (
        lambda t: put(t, "numerator", "3", at=4).with_columns(suppression_flag=pl.lit("applied")),
        ("row 6", "'3'", "says small counts are hidden", "Empty it"),
    ),
    "not rounded as it says": (_all("rounding", "5"), ("column numerator", "no multiple of 5", "Correct rounding")),
    "some frequencies": (_frequencies, ("row 5", "column events_per_person", "is blank")),
    "frequencies of two populations": (_unequal, ("column denominator", "differs between rows of one group")),
    "nothing below the header": (lambda t: t.head(0), ("no row below the header",)),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_told_by_place_value_and_remedy_and_gives_no_figure(name: str) -> None:
    damage, words = DAMAGES[name]
    table = damage(made.standardised())
    said = "\n".join(map(str, check(table)))
    for word in words:
        assert word in said, f"{name}: {word!r} is not in\n{said}"
    assert TEST_NHS_NUMBER not in said and "LS1 4AP" not in said, "what tells of a person is not repeated"
    if table.height:
        with pytest.raises(ValidationError, match="nothing was taken from it"):
            parse({TABLE: (RawTable("x.csv", table),)}, releases_in(["act_emergency_dsr/QHM_2024-25.csv"])[0])


def test_there_are_forty_kinds_of_damage() -> None:
    assert len(DAMAGES) >= 40


def test_several_damages_are_told_at_once() -> None:
    table = made.standardised()
    names = ("unknown sex", "thousands separators", "a surname as a column", "a calendar year", "a decile too many")
    for name in names:
        table = DAMAGES[name][0](table)
    said = "\n".join(map(str, check(table)))
    for name in names:
        for word in DAMAGES[name][1][1:]:
            assert word in said, (name, word, said)


@pytest.mark.parametrize("table", [made.standardised(), made.by_ethnicity()])
def test_a_right_extract_has_nothing_wrong(table: pl.DataFrame) -> None:
    assert check(table) == []


def test_half_a_million_rows_are_judged_row_by_row() -> None:
    """Every row is looked at: one wrong cell in the last of 500,000 is named."""
    table = pl.concat([made.standardised()] * 1_316)
    assert table.height >= 500_000
    said = "\n".join(map(str, check(put(table, "sex", "femal", at=table.height - 1))))
    assert f"row {table.height + 1:d}, column sex: 'femal'" in said and "the same group stands twice" in said
