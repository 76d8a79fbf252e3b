"""What the pack says of pace and targets, and that the second look would see a wrong word."""

from dataclasses import replace
from typing import Any

import pytest

from hi_pipeline.core.beside import Verdict
from hi_pipeline.publishing.report import sentences
from hi_pipeline.publishing.report.verifying.audit import audit, too_long
from hi_pipeline_tests.unit.publishing.report import made_up

SHAPE = {"dimension": "deprivation", "measure": "gap", "category_order": 0, "unit": "pp"}


def gap_of(gap: float) -> list[dict[str, Any]]:
    """The board's figure and its gap."""
    row = made_up.row("recovery", value=gap, lower_95=gap - 1, upper_95=gap + 1, **SHAPE)
    return [made_up.figure("recovery", 40.0, 2.0, 50.0), row]


def changed(verdict: str | None, *, start: float = 10.0, end: float = 6.0) -> Any:
    pace = {"measure": "gap", "start_year": "2022-23", "start_value": start, "verdict": verdict}
    return made_up.pack(gap_of(end), pace=[{"indicator_id": "recovery"} | pace])


@pytest.mark.parametrize(
    ("verdict", "values", "words"),
    [
        ("narrowed", (10.0, 6.0), "narrowed"),
        ("widened", (6.0, 10.0), "widened"),
        ("reversed", (6.0, -6.0), "changed direction"),
        ("cannot_tell", (6.0, 6.5), "did not clearly change"),
    ],
)
def test_how_the_gap_changed(verdict: str, values: tuple[float, float], words: str) -> None:
    pack = changed(verdict, start=values[0], end=values[1])
    (found,) = pack.facts.indicators
    (said,) = sentences.gap_change(found)
    assert said.text == f"Between 2022-23 and 2023-24 the gap by deprivation {words}."
    assert len(said.rows) == 1
    assert said in pack.document.sentences
    assert audit(pack.document, pack.facts) == [] and too_long(pack.document, pack.facts) == []


def test_a_wrong_word_is_seen() -> None:
    pack = changed("narrowed", start=6.0, end=10.0)
    assert any("narrowed" in fault for fault in audit(pack.document, pack.facts))


def test_nothing_is_said_of_a_change_that_was_not_judged_or_mixes_age() -> None:
    (found,) = changed(None).facts.indicators
    assert found.gap_change is None and sentences.gap_change(found) == []
    (found,) = changed("narrowed").facts.indicators
    assert sentences.gap_change(replace(found, card=replace(found.card, mixes_age=True))) == []


def judged(verdict: str | None, **extra: Any) -> Any:
    target = {
        "indicator_id": "recovery",
        "category": "All",
        "dimension": "total",
        "target": "50% for every group",
        "verdict": verdict,
        "recalled": False,
        "status": "ok",
    }
    return made_up.pack([made_up.figure("recovery", 40.0, 2.0, 50.0)], targets=[target | extra])


@pytest.mark.parametrize(
    ("verdict", "recalled", "words"),
    [
        ("met", False, "Target: 50% for every group: met."),
        ("not_met", True, "Target (not confirmed): 50% for every group: not met."),
        ("not_yet_due", False, "Target: 50% for every group: not yet due in that year."),
        ("cannot_tell", False, "Target: 50% for every group: neither clearly met nor clearly missed."),
    ],
)
def test_the_verdict_on_a_target(verdict: str, recalled: bool, words: str) -> None:
    pack = judged(verdict, recalled=recalled)
    (found,) = pack.facts.indicators
    assert [s.text for s in sentences.targets(found)] == [words]
    assert audit(pack.document, pack.facts) == [] and too_long(pack.document, pack.facts) == []


def test_a_target_is_said_as_it_is_worded_where_only_a_part_of_it_is_judged() -> None:
    (found,) = judged("met", target="50%").facts.indicators
    assert [s.text for s in sentences.targets(found)] == [
        "Target: 50% for every group.",
        "Target: 50%: met.",
    ]


def test_another_verdict_than_the_table_s_is_seen() -> None:
    pack = judged("met")
    (found,) = pack.facts.indicators
    other = replace(found, targets=(replace(found.targets[0], verdict=Verdict.NOT_MET),))
    assert any("not the verdict" in fault for fault in audit(pack.document, replace(pack.facts, indicators=(other,))))


def test_a_verdict_on_a_group_or_none_at_all_is_not_said() -> None:
    for pack in (judged("met", category="White"), judged(None)):
        assert pack.facts.indicators[0].targets == ()


def of_groups(*verdicts: str | None, whole: str = "not_met") -> Any:
    """A target for every ethnic group, and the verdict on each; None is hidden."""
    place = {"indicator_id": "recovery", "dimension": "ethnicity", "target": "narrow it", "recalled": False}
    rows = [
        place | {"category": str(n), "verdict": word, "status": "ok" if word else "suppressed"}
        for n, word in enumerate(verdicts)
    ]
    figure = made_up.figure("recovery", 40.0, 2.0, 50.0)
    return made_up.pack([figure], targets=[*rows, place | {"category": "All", "verdict": whole, "status": "ok"}])


def test_the_groups_of_a_target_are_counted() -> None:
    pack = of_groups("not_met", "cannot_tell", "cannot_tell", None)
    (found,) = pack.facts.indicators
    assert sentences.targets(found)[-1].text == (
        "Target “narrow it”: of 4 groups, 1 not met, 2 unclear and 1 without a figure; together not met."
    )
    other = of_groups("not_met", "met", "cannot_tell", None)
    assert any("not the verdict" in fault for fault in audit(pack.document, other.facts))


def test_targets_of_one_indicator_are_said_together_and_their_doubt_once() -> None:
    two = [
        {
            "indicator_id": "recovery",
            "category": "All",
            "dimension": "total",
            "target": words,
            "verdict": verdict,
            "recalled": True,
            "status": "ok",
        }
        for words, verdict in (("at least 60%", "met"), ("at least 75% by March 2025", "not_yet_due"))
    ]
    pack = made_up.pack([made_up.figure("recovery", 40.0, 2.0, 50.0)], targets=two)
    (found,) = pack.facts.indicators
    worded = replace(found, card=replace(found.card, target="at least 60%, then at least 75% by March 2025"))
    assert [s.text for s in sentences.targets(worded)] == [
        "Targets (not confirmed): at least 60%: met; at least 75% by March 2025: not yet due in that year."
    ]
    assert audit(pack.document, pack.facts) == []
