"""What a revision changed, by key and figure."""

import polars as pl

from hi_pipeline.core.columns import OBSERVATION_KEY
from hi_pipeline.core.revisions import changed_figures, changed_tables, table_key
from hi_pipeline.core.schema import Column, Schema
from hi_pipeline.sources import SOURCES

BEFORE = pl.DataFrame(
    {"area": ["E54000010", "E54000011", None], "value": [1.0, None, 3.0], "status": ["ok", "suppressed", "ok"]}
)


def test_the_same_table_in_another_order_has_no_changes() -> None:
    assert changed_figures(BEFORE, BEFORE.reverse(), key=["area"]).is_empty()


def test_changed_hidden_new_and_gone_figures_are_told_apart() -> None:
    after = pl.DataFrame(
        {"area": ["E54000010", "E54000011", "E54000013"], "value": [1.5, 2.0, 0.0], "status": ["ok"] * 3}
    )
    assert changed_figures(BEFORE, after, key=["area"]).rows() == [
        ("E54000010", "value", "1.0", "1.5"),
        ("E54000011", "status", "suppressed", "ok"),
        ("E54000011", "value", None, "2.0"),
        ("E54000013", "(whole row)", None, "there"),
        ("E54000013", "status", None, "ok"),
        ("E54000013", "value", None, "0.0"),
        (None, "(whole row)", "there", None),
        (None, "status", "ok", None),
        (None, "value", "3.0", None),
    ]


def test_a_row_without_any_figure_that_goes_is_told() -> None:
    before = pl.DataFrame({"area": ["a", "b"], "value": [1.0, None]})
    assert changed_figures(before, before.head(1), key=["area"]).rows() == [("b", "(whole row)", "there", None)]


AREAS = Schema(columns={"area": Column(dtype=pl.String, unique=True), "value": Column(dtype=pl.Float64, nullable=True)})


def test_tables_of_a_release_are_compared_by_their_keys_and_figures_numbered() -> None:
    before = {"areas": pl.DataFrame({"area": ["a", "b", "c"], "value": [1.0, 2.0, 3.0], "status": ["ok"] * 3})}
    after = {
        "areas": pl.DataFrame({"area": ["c", "b", "a"], "value": [3.0, None, 1.5], "status": ["ok", "hidden", "ok"]}),
        "plain": pl.DataFrame({"n": [1, 1]}),
    }
    changes = changed_tables(before, after, schemas={"areas": AREAS})
    assert changes.columns == ["figure", "table", "area", "column", "before", "after"]
    assert changes.rows() == [
        (1, "areas", "a", "value", "1.0", "1.5"),
        (2, "areas", "b", "status", "ok", "hidden"),
        (2, "areas", "b", "value", "2.0", None),
        (3, "plain", None, "(whole row)", None, "n=1"),
    ]
    assert changed_tables(after, after, schemas={"areas": AREAS}).is_empty()


def test_without_a_key_that_names_rows_whole_rows_are_counted() -> None:
    before = {"areas": pl.DataFrame({"area": ["a", "a", "b"], "value": [1.0, 1.0, 2.0]})}
    after = {"areas": pl.DataFrame({"area": ["a", "b"], "value": [1.0, 2.5]})}
    assert changed_tables(before, after, schemas={"areas": AREAS}).rows() == [
        (1, "areas", "(whole row)", "area=a; value=1.0", None),
        (2, "areas", "(whole row)", "area=b; value=2.0", None),
        (3, "areas", "(whole row)", None, "area=b; value=2.5"),
    ]


def test_years_of_one_release_are_told_apart_though_the_key_is_that_of_one_year() -> None:
    table = pl.DataFrame({"financial_year": ["2021-22", "2022-23"], "area": ["a", "a"], "value": [1.0, 2.0]})
    after = table.with_columns(value=pl.Series([1.0, 3.0]))
    assert changed_tables({"areas": table}, {"areas": after}, schemas={"areas": AREAS}).rows() == [
        (1, "areas", "2022-23", "a", "value", "2.0", "3.0")
    ]


def test_every_declared_table_has_a_key() -> None:
    assert table_key({}, "observations") == list(OBSERVATION_KEY)
    assert table_key({}, "elsewhere") == []
    keys = {(s.name, name): table_key(s.schemas, name) for s in SOURCES.values() for name in s.schemas}
    assert [place for place, key in keys.items() if not key] == []
    assert keys["census_ethnicity", "residents"] == ["lsoa21_code"]
    assert keys["gp_registrations", "practice_lsoa"] == ["practice_code", "lsoa_code"]
