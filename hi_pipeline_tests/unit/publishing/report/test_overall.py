"""What a pack says of all its indicators together, and that the second look counts it again."""

from dataclasses import replace
from typing import Any

import pytest

from hi_pipeline.core.groups import QUINTILES
from hi_pipeline.core.status import NOT_ACCEPTED, OLDER, STALE
from hi_pipeline.publishing.report import overall
from hi_pipeline.publishing.report.document import Paragraph, Sentence
from hi_pipeline.publishing.report.making import Pack
from hi_pipeline.publishing.report.verifying.audit import audit, too_long
from hi_pipeline.publishing.report.wording import COUNTS, TEMPLATES
from hi_pipeline_tests.unit.publishing.report import made_up

GAP = {"dimension": "deprivation", "measure": "gap", "category_order": 0}
UNITS = {"recovery": "pp", "detention": "per_100k"}


def changed(**gaps: tuple[float, float, str | None]) -> Pack:
    """A pack of indicators by the earlier gap, the gap of now, and the verdict."""
    rows: list[dict[str, Any]] = []
    pace = []
    for name, (start, end, verdict) in gaps.items():
        rows.append(made_up.figure(name, 40.0, 2.0, 50.0))
        rows.append(made_up.row(name, value=end, lower_95=end - 1, upper_95=end + 1, unit=UNITS[name], **GAP))
        judged = {"measure": "gap", "start_year": "2022-23", "start_value": start, "verdict": verdict}
        pace.append({"indicator_id": name} | judged)
    return made_up.pack(rows, pace=pace)


def texts(said: list[Sentence]) -> list[str]:
    return [sentence.text for sentence in said]


def test_changes_of_gaps_are_counted_and_the_clear_ones_said() -> None:
    pack = changed(recovery=(10.0, 6.0, "narrowed"), detention=(20.0, 30.0, "widened"))
    assert texts(overall.changes(pack.facts)) == [
        "Of 2 gaps compared with 2022-23, 1 narrowed and 1 widened.",
        "Made-up recovery: the gap narrowed from \u221210.0 in 2022-23 to \u22126.0 percentage points in 2023-24.",
        "Made-up detention: the gap widened from 20.0 in 2022-23 to 30.0 per 100,000 in 2023-24.",
    ]
    assert audit(pack.document, pack.facts) == [] and too_long(pack.document, pack.facts) == []


def test_the_summary_does_not_deny_what_a_page_says_of_a_change() -> None:
    pack = changed(recovery=(10.0, 6.0, "narrowed"))
    said = " ".join(s.text for s in pack.document.sentences)
    assert "Between 2022-23 and 2023-24 the gap by deprivation narrowed." in said
    assert "does not test" not in said and "No gap by deprivation could be compared" not in said


def test_no_sentence_counts_what_there_is_none_of() -> None:
    pack = changed(recovery=(10.0, 6.0, "narrowed"), detention=(20.0, 21.0, "cannot_tell"))
    assert texts(overall.summary(pack.facts)) == [
        "Of 2 indicators with data, none has figures by deprivation.",
        "All indicators with data, compared with England: better in 1 and worse in 1.",
    ]
    assert " 0 " not in " ".join(s.text for s in pack.document.sentences if s.kind in COUNTS)
    assert audit(pack.document, pack.facts) == []


def test_a_part_left_out_of_a_count_is_seen() -> None:
    pack = changed(recovery=(10.0, 6.0, "narrowed"), detention=(20.0, 21.0, "cannot_tell"))
    first, *_ = (s for s in pack.document.sentences if s.kind == "changes")
    for text in ("Of 2 gaps compared with 2022-23, 1 narrowed.", first.text.replace("narr", "wid")):
        wrong = Paragraph(sentences=(replace(first, text=text),))
        document = replace(pack.document, blocks=(wrong,))
        assert any("counted again" in fault for fault in audit(document, pack.facts)), text


def test_one_is_not_spoken_of_as_many() -> None:
    pack = changed(recovery=(10.0, 6.0, "narrowed"))
    assert texts(overall.changes(pack.facts))[0] == "The one gap that could be compared with 2022-23 narrowed."
    said = texts(overall.summary(pack.facts))
    assert said[0] == "One indicator has data; it has no figures by deprivation."
    assert said[-1] == "The board's figure for it is worse than England's."
    assert audit(pack.document, pack.facts) == []
    by_deprivation = made_up.pack([r for r in made_up.rows_of(7) if r["indicator_id"] == "detention"])
    assert texts(overall.summary(by_deprivation.facts))[0] == "One indicator has data; it has figures by deprivation."
    first = next(s for s in by_deprivation.document.sentences if s.kind == "summary_one")
    wrong = Paragraph(sentences=(replace(first, text=first.text.replace("has figures", "has no figures")),))
    faults = audit(replace(by_deprivation.document, blocks=(wrong,)), by_deprivation.facts)
    assert [fault for fault in faults if "counted again" in fault] == faults != []


def test_a_board_without_any_figure_is_said_to_have_none() -> None:
    pack = made_up.pack([made_up.figure("recovery", None, None, 50.0)])
    assert texts(overall.summary(pack.facts)) == ["No indicator has a figure for this board and year."]
    assert audit(pack.document, pack.facts) == []


def test_where_no_change_was_judged_that_is_said() -> None:
    assert texts(overall.changes(changed(recovery=(10.0, 6.0, None)).facts)) == [
        "No gap by deprivation could be compared with that of an earlier year."
    ]


def test_a_change_that_the_values_do_not_allow_is_seen() -> None:
    pack = changed(recovery=(6.0, 10.0, "narrowed"))
    assert any("the gap narrowed from \u22126.0" in fault for fault in audit(pack.document, pack.facts))


CURRENT = TEMPLATES["current"]


def noted(note: str) -> Pack:
    return made_up.pack([made_up.figure("recovery", 40.0, 2.0, 50.0, note=note), made_up.figure("list", 9.0, 2.0, 8.0)])


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (
            f"limits widened; {STALE.format('made_up:2')}",
            "Out of date: 1 of 2 figures of this board and year, for which a newer file has not been used.",
        ),
        (OLDER, "Computed by an earlier version of the program: 1 of 2 figures."),
        (
            f"rests on revised bytes of made_up:1, {NOT_ACCEPTED}",
            "Resting on a revised file whose revision nobody has accepted: 1 of 2 figures.",
        ),
        (
            "",
            CURRENT,
        ),
    ],
)
def test_a_pack_says_by_itself_how_many_figures_are_out_of_date(note: str, said: str) -> None:
    pack = noted(note)
    assert texts(overall.age_of(pack.facts)) == [said]
    # On the summary and, where something is out of date, on the page of data quality.
    assert sum(s.text == said for s in pack.document.sentences) == (2 if note else 1)
    assert audit(pack.document, pack.facts) == [] and too_long(pack.document, pack.facts) == []


def test_a_pack_that_hides_that_figures_are_stale_is_seen() -> None:
    current, stale = noted(""), noted(STALE.format("made_up:2"))
    assert any("Nothing is marked out of date" in fault for fault in audit(current.document, stale.facts))
    assert any("Out of date: 1" in fault for fault in audit(stale.document, current.facts))


def test_where_nothing_is_suppressed_nobody_is_said_to_be_protected() -> None:
    rows = [r for r in made_up.rows_of(3) if r["status"] != "suppressed"]
    (said,) = texts(overall.hidden(made_up.pack(rows).facts))
    assert said.startswith("None of the ") and said.endswith(" figures for groups is suppressed.")


def test_a_gap_that_mixes_age_is_not_counted() -> None:
    pack = changed(recovery=(10.0, 6.0, "narrowed"))
    (found,) = pack.facts.indicators
    mixed = replace(found, card=replace(found.card, mixes_age=True))
    assert [s.kind for s in overall.changes(replace(pack.facts, indicators=(mixed,)))] == ["changes_none"]


def test_figures_that_nobody_publishes_are_not_said_to_be_open_or_up_to_date() -> None:
    group = {"dimension": "deprivation", "category": "Quintile 1 (most deprived)", "status": "not_published"}
    pack = made_up.pack([made_up.row("detention", status="not_published"), made_up.row("detention", **group)])
    assert overall.hidden(pack.facts) == [] and overall.age_of(pack.facts) == []
    shown = [made_up.figure("recovery", 40.0, 2.0, 50.0), made_up.row("detention", **group)]
    assert texts(overall.age_of(made_up.pack(shown).facts)) == [CURRENT]


def test_the_years_of_no_change_are_named_without_a_count_of_what_there_is_none_of() -> None:
    pack = changed(recovery=(10.0, 10.5, "cannot_tell"), detention=(20.0, 21.0, "cannot_tell"))
    assert texts(overall.changes(pack.facts)) == [
        "Neither of the 2 gaps that could be compared with 2022-23 clearly changed."
    ]
    assert audit(pack.document, pack.facts) == []
    wrong = changed(recovery=(10.0, 6.0, "narrowed"), detention=(20.0, 21.0, "cannot_tell"))
    assert any("counted again" in fault for fault in audit(pack.document, wrong.facts))


def test_a_large_gap_whose_direction_is_not_agreed_is_named_and_not_ranked() -> None:
    ends = [
        made_up.figure("detention", v, 1.0, None, category=QUINTILES[n], category_order=n + 1, dimension="deprivation")
        for n, v in ((0, 60.0), (4, 20.0))
    ]
    ratio = {"measure": "ratio", "value": 3.0, "lower_95": 2.5, "upper_95": 3.6, "unit": "ratio"}
    gap = made_up.row("detention", value=40.0, lower_95=30.0, upper_95=50.0, unit="per_100k", **GAP)
    rows = [made_up.figure("detention", 40.0, 2.0, 50.0), *ends, gap, made_up.row("detention", **GAP | ratio)]
    pack = made_up.pack(rows)
    assert texts(overall.largest(pack.facts)) == [
        "Made-up detention, 2023-24: 60.0 per 100,000 in the most deprived fifth of practices, 20.0 per 100,000 in "
        "the least deprived (3.00 times, 95% CI 2.50 to 3.60)."
    ]
    assert audit(pack.document, pack.facts) == [] and too_long(pack.document, pack.facts) == []
    (found,) = pack.facts.indicators
    contested = replace(pack.facts, indicators=(replace(found, card=replace(found.card, contested=True)),))
    assert texts(overall.largest(contested)) == [
        "No indicator whose direction is agreed shows a clear disadvantage of the most deprived.",
        "Left out, as the direction is not agreed: Made-up detention (3.00 times).",
    ]
