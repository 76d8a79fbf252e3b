"""The page of data quality: shares of unknown records beside England and earlier years, hidden figures, reporting."""

from typing import Any

from hi_pipeline.core.beside import NOT_SAID
from hi_pipeline.publishing.report.document import Paragraph, Table
from hi_pipeline.publishing.report.making import Pack
from hi_pipeline_tests.unit.publishing.report import made_up

SHARE = {
    "source": "made_up",
    "dimension": "ethnicity",
    "unknown_share": 0.0567,
    "unknown_share_low": 0.05,
    "unknown_share_high": 0.06,
    "england_share": 0.08,
    "share_1_year_before": 0.0612,
    "share_2_years_before": None,
    "share_3_years_before": 0.0,
    "status": "ok",
    "note": "",
}


def pack(*rows: dict[str, Any]) -> Pack:
    return made_up.pack(made_up.rows_of(7), completeness=list(rows)) if rows else made_up.pack(made_up.rows_of(7))


def table(made: Pack, anchor: str) -> Table:
    return next(b for b in made.document.blocks if isinstance(b, Table) and b.anchor == anchor)


def test_shares_stand_beside_england_and_three_years() -> None:
    found = table(pack(SHARE), "completeness")
    years = ("Board, 2023-24", "England, 2023-24", "Board, 2022-23", "Board, 2021-22", "Board, 2020-21")
    assert found.header == ("Publication", "Breakdown", *years)
    assert found.rows == (("Made-up statistics", "ethnic group", "5.7%", "8.0%", "6.1%", "no figure", "0.0%"),)


def test_a_hidden_share_is_a_range_and_never_none() -> None:
    hidden = SHARE | {"unknown_share": None, "status": "suppressed"}
    unbounded = hidden | {"unknown_share_high": None, "dimension": "sex"}
    silent = unbounded | {"status": "not_published", "dimension": "age", "note": NOT_SAID}
    assert [row[2] for row in table(pack(hidden, unbounded, silent), "completeness").rows] == [
        "5.0% to 6.0%",
        "not shown",
        "not stated",
    ]


def test_a_release_without_the_table_says_so() -> None:
    made = pack()
    texts = [b.text for b in made.document.blocks if isinstance(b, Paragraph)]
    assert any(text.startswith("This release has no table of completeness") for text in texts)
    assert not [b for b in made.document.blocks if isinstance(b, Table) and b.anchor == "completeness"]


def test_hidden_groups_are_counted_where_there_are_any() -> None:
    made = pack(SHARE)
    counted = []
    for found in made.facts.shown:
        groups = [f for members in found.groups.values() for f in members if f.category != "Unknown"]
        if hidden := sum(f.status == "suppressed" for f in groups):
            counted.append((found.card.short, f"{hidden} of {len(groups)}", "not stated"))
    assert counted and table(made, "quality").rows == tuple(counted)


def test_an_indicator_with_absent_reporters_is_listed() -> None:
    rows = [made_up.figure("recovery", 40.0, 2.0, 50.0, coverage=0.93), made_up.figure("list", 9.0, 2.0, 8.0)]
    assert table(made_up.pack(rows), "quality").rows == (("Made-up recovery", "no groups", "93.0%"),)
