"""What a pack says of figures that are not there: the reason, who holds them, and how they could be supplied."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.coverage import Cover
from hi_pipeline.core.geography import board
from hi_pipeline.publishing.report import overall
from hi_pipeline.publishing.report.building import document_of
from hi_pipeline.publishing.report.document import Heading, OwnWords, Paragraph, Table
from hi_pipeline.publishing.report.facts import PackFacts, facts_of
from hi_pipeline.publishing.report.missing import missing
from hi_pipeline.publishing.report.pages import closing, opening
from hi_pipeline.publishing.report.pages.parts import plain
from hi_pipeline.publishing.report.verifying.audit import audit
from hi_pipeline.publishing.report.wording import COVERS
from hi_pipeline_tests.unit.publishing.report import made_up

PLACE = {"icb_code": made_up.ICB, "financial_year": made_up.YEAR, "geography_vintage": made_up.VINTAGE.value}
EMPTY = {"reason": "no file", "held_by": "", "how_to_supply": ""}


def facts(*cells: dict[str, str], whole: bool = True) -> PackFacts:
    """A pack with a figure of one indicator and a coverage table of these cells, the other indicators shown."""
    told = {"detention"} if any("indicator_id" not in c for c in cells) else set()
    told |= {c["indicator_id"] for c in cells if "indicator_id" in c}
    rest = [{"indicator_id": n, "state": "shown"} for n in ("recovery", "detention", "list") if n not in told]
    rows = [PLACE | {"indicator_id": "detention", "dimension": "total"} | EMPTY | c for c in (*cells, *rest * whole)]
    published = made_up.published([made_up.figure("recovery", 40.0, 2.0, 50.0)])
    made = replace(published, coverage=pl.DataFrame(rows))
    return facts_of(made, icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE)


def not_shown(*cells: dict[str, str]) -> list[tuple[str, ...]]:
    """The rows of the table in the report."""
    return [row for block in closing.cannot_say(facts(*cells)) if isinstance(block, Table) for row in block.rows]


def test_who_holds_a_figure_and_how_to_supply_it_are_said() -> None:
    cell = {"reason": "admissions by age are not published.", "held_by": "The trusts", "how_to_supply": "Counts by age"}
    assert not_shown({"state": "not_public"} | cell) == [
        ("Not public", "Made-up detention", "The trusts", "Counts by age")
    ]


def test_nothing_is_said_of_a_holder_whom_nobody_knows() -> None:
    assert not_shown({"state": "not_public"}) == [("Not public", "Made-up detention", "not known", "not known")]


def test_what_is_published_and_not_in_hand_is_held_by_its_publisher() -> None:
    ((_, _, held, how),) = not_shown({"state": "not_in_hand"})
    assert (held, how) == ("the publisher", "By adding the published file")


def test_what_is_shown_is_not_listed() -> None:
    assert not_shown({"state": "shown", "reason": "", "held_by": "The trusts"}) == []


def test_an_indicator_without_any_figure_is_named_once_at_the_reason_of_its_total() -> None:
    cells = [{"dimension": d, "state": "england_only"} for d in ("age", "sex")] + [{"state": "not_in_hand"}]
    ((reason, names, *_),) = not_shown(*cells)
    assert (reason, names) == (COVERS["not_in_hand"], "Made-up detention")
    assert [cell.breakdown for cell in missing(facts(*cells))] == ["age", "sex", "total"]


def test_breakdowns_of_what_is_shown_are_named_with_it() -> None:
    shown = {"indicator_id": "recovery", "state": "shown", "reason": ""}
    cells = [{"indicator_id": "recovery", "dimension": d, "state": "no_such_breakdown"} for d in ("age", "sex")]
    ((reason, names, *_),) = not_shown(shown, *cells)
    assert (reason, names) == (COVERS["no_such_breakdown"], "Made-up recovery: age, sex")


def test_indicators_of_the_annexes_are_counted_and_the_workbook_names_them() -> None:
    cell = {"indicator_id": "list", "state": "not_in_hand", "reason": "no file of recovery_of_list in hand"}
    assert not_shown(cell)[0][:2] == ("Indicators of the annexes", "Published, but the file has not been added: 1")
    (found,) = missing(facts(cell))
    assert found.cells[:5] == ("Made-up list", "none", "total", "all", "Published, but the file has not been added")


def test_an_indicator_that_a_reason_names_by_its_id_is_named_in_words() -> None:
    made = facts({"state": "not_in_hand", "reason": "the rate is tt_recovery; see pace.parquet"})
    card = replace(made.cards["recovery"], id="tt_recovery", short="Recovery")
    known = replace(made, absent=(*made.absent, card))
    assert missing(known)[0].reason == "the rate is Recovery; see pace.parquet"


@pytest.mark.parametrize("state", sorted(c.value for c in Cover if c not in (Cover.SHOWN, Cover.PARTLY_SHOWN)))
def test_every_state_of_coverage_has_its_words(state: str) -> None:
    assert not_shown({"state": state})[0][0] == COVERS[state]


def statement(*cells: dict[str, str]) -> list[str]:
    return [sentence.text for sentence in overall.statement(facts(*cells))]


def test_the_statement_s_indicators_are_counted_by_how_far_they_are_shown() -> None:
    first = {"indicator_id": "recovery", "state": "shown"}
    none_such = {"indicator_id": "recovery", "dimension": "age", "state": "no_such_breakdown"}
    hidden = {"state": "not_public"}
    opening = "The 2 indicators of the statement, for this board and year: "
    assert statement(first, none_such, hidden) == [f"{opening}1 shown in full and 1 not shown."]
    part = {"dimension": "sex", "state": "partly_shown"}
    assert statement(first, none_such, hidden, part) == [f"{opening}1 shown in full and 1 shown in part."]


def test_an_indicator_of_which_coverage_knows_nothing_for_the_year_is_not_passed_over() -> None:
    found = facts({"indicator_id": "recovery", "state": "shown"}, whole=False)
    assert [(cell.indicator, cell.state, cell.whole) for cell in missing(found)] == [
        ("Made-up detention", "No publication of it for this year is known", True),
        ("Made-up list", "No publication of it for this year is known", True),
    ]
    (table,) = [block for block in opening.coverage(found) if isinstance(block, Table)]
    assert [row[:3] for row in table.rows] == [
        ("Made-up detention", "7", "\u00d7 none known"),
        ("Made-up recovery", "9", "\u25cf shown"),
    ]
    (said,) = overall.statement(found)
    assert said.text.endswith(": 1 shown in full and 1 not shown.")


def test_another_count_of_the_statement_s_indicators_is_seen() -> None:
    found = facts({"indicator_id": "recovery", "state": "shown"}, {"state": "not_public"})
    document = document_of(found, {}, words_path=Path("words.md"))
    assert audit(document, found) == [] and "1 shown in full and 1 not shown" in str(document.blocks)
    other = facts({"indicator_id": "recovery", "state": "shown"}, {"state": "shown"})
    assert any("shown in full" in fault for fault in audit(document, other))


def test_an_area_names_the_indicators_of_the_statement_that_it_lacks_and_has_a_box() -> None:
    made = facts()
    document = document_of(made, {}, words_path=Path("words.md"))
    (said,) = [s for s in document.sentences if s.kind == "unseen"]
    assert said.text == "Not shown: Made-up detention (7); see “What we cannot say”."
    assert audit(document, made) == []
    wrong = replace(said, text=said.text.replace("(7)", "(8)"))
    assert len(audit(replace(document, blocks=(Paragraph(sentences=(wrong,)),)), made)) == 1
    apart = replace(made, absent=tuple(replace(c, area="Cancer") for c in made.absent if c.statement_number))
    blocks = document_of(apart, {}, words_path=Path("words.md")).blocks
    assert [b.title for b in blocks if isinstance(b, OwnWords)] == [
        "What we are doing: Cancer",
        "What we are doing: Mental health",
        "Review against the statement",
    ]


def test_what_cannot_be_divided_for_the_footprint_is_counted() -> None:
    reason = {"reason": "not published: its figures are those of whole boards, and this one took part of X"}
    made = facts({"state": "not_published_that_year"} | reason)
    assert [s.text for s in overall.undivided(made)] == [
        "1 indicator of the statement cannot be shown for the boards of April 2023: the published figures cannot be "
        "divided."
    ]
    document = document_of(made, {}, words_path=Path("words.md"))
    assert audit(document, made) == []
    assert any("cannot be divided" in fault for fault in audit(document, facts({"state": "not_published_that_year"})))


def test_a_command_stands_in_the_workbook_alone() -> None:
    cell = {"state": "not_public", "how_to_supply": "From the board's own extract: hi import (docs/local-extracts.md)"}
    assert not_shown(cell)[0][3] == "From the board's own extract"
    assert "hi import" in missing(facts(cell))[0].how_to_supply


def test_the_cover_says_of_how_many_releases_the_date_is_known() -> None:
    made = facts()
    (source,) = made.sources
    more = {**source, "releases": [*source["releases"], {"id": "b", "edition": "2", "published": None, "sha256": ""}]}
    cells = dict(
        row for b in opening.cover(replace(made, sources=(more,)), "x") if isinstance(b, Table) for row in b.rows
    )
    assert cells["Latest release used"] == "1 May 2024, the only release whose date is known"


def _beside(*rows: dict[str, object]) -> Table:
    published = made_up.published([made_up.figure("recovery", 40.0, 2.0, 50.0)])
    table = pl.DataFrame([PLACE | {"indicator_id": "recovery", "comparison": "lower"} | row for row in rows])
    made = facts_of(replace(published, comparisons=table), icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE)
    return next(block for block in closing.beside(made) if isinstance(block, Table))


def test_the_median_of_other_boards_is_printed_where_there_is_one() -> None:
    others = "other boards with an extract here"
    found = _beside(
        {"comparator": "region", "comparator_value": 44.0}, {"comparator": others, "comparator_value": 47.0}
    )
    assert found.header[-1] == "Other boards with an extract here"
    assert [row[-3:] for row in found.rows] == [("44.0% (lower)", "not computed", "47.0% (lower)")]


def test_where_no_extract_has_a_median_the_table_is_as_wide_as_ever() -> None:
    found = _beside({"comparator": "other boards with an extract here", "comparator_value": None})
    assert found.header[-1] == "Most similar boards" and len(found.rows[0]) == len(found.widths) == 5


def test_the_similar_boards_are_named_nearest_first() -> None:
    published = made_up.published([made_up.figure("recovery", 40.0, 2.0, 50.0)])
    codes = ("E54000011", "E54000054", "E54000013")
    lists = pl.DataFrame(
        [(vintage, made_up.ICB, place, code) for vintage in ("2022-07", "2023-04") for place, code in enumerate(codes)],
        schema=["geography_vintage", "icb_code", "place", "similar_code"],
        orient="row",
    ).reverse()
    comparisons = pl.DataFrame([PLACE | {"indicator_id": "recovery", "comparator": "region", "comparator_value": 44.0}])
    published = replace(published, similar_boards=lists, comparisons=comparisons)
    made = facts_of(published, icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE)
    assert made.similar == tuple(board(code).short_name for code in codes)
    (said,) = [b.text for b in closing.beside(replace(made, comparisons=())) if isinstance(b, Paragraph)]
    assert f"the nearest first: {'; '.join(made.similar)}." in said


def test_the_glossary_has_the_words_of_the_pack_and_no_other() -> None:
    def words(*texts: str) -> list[str]:
        (_, table) = closing.glossary([plain(text) for text in texts])
        assert isinstance(table, Table)
        return [row[0] for row in table.rows if not row[0].endswith("and the like")]

    assert words("The gaps of CCGs.", "A Core20 share, replaced") == ["CCG", "Core20", "gap"]
    heading = closing.glossary([])[0]
    assert isinstance(heading, Heading) and heading.new_page
