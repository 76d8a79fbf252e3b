"""What records of unknown ethnicity leave open, as the pack says it."""

from dataclasses import replace
from typing import Any

from hi_pipeline.publishing.report import sentences
from hi_pipeline.publishing.report.judged import worst_cases
from hi_pipeline.publishing.report.making import Pack
from hi_pipeline.publishing.report.verifying.audit import audit, too_long
from hi_pipeline_tests.unit.publishing.report import made_up

GROUPS = {"Asian or Asian British": 10.0, "Black or Black British": -20.0, "Mixed": 1.0}


def bound(group: str, low: float, high: float, slack: float = 1.0) -> dict[str, Any]:
    ends = {"value_low": low, "value_high": high, "worst_lower_95": low - slack, "worst_upper_95": high + slack}
    return {"indicator_id": "recovery", "measure": "difference", "category": group} | ends


def pack(*bounds: dict[str, Any]) -> Pack:
    """Three groups: one clearly higher, one clearly lower, one not clear."""
    shape = {"dimension": "ethnicity", "unknown_share": 0.05}
    white = {"category": "White", "category_order": 1}
    rows = [made_up.figure("recovery", 40.0, 2.0, 50.0), made_up.figure("recovery", 40.0, 2.0, 50.0, **white, **shape)]
    for order, (group, difference) in enumerate(GROUPS.items(), start=2):
        place = {"category": group, "category_order": order, **shape}
        limits = {"lower_95": difference - 3, "upper_95": difference + 3}
        rows.append(made_up.figure("recovery", 40.0 + difference, 2.0, 50.0, **place))
        rows.append(made_up.row("recovery", measure="difference", value=difference, unit="pp", **limits, **place))
    return made_up.pack(rows, bounds=list(bounds))


WHOLE = (
    bound("Asian or Asian British", -5.0, 25.0),
    bound("Black or Black British", -35.0, -8.0),
    bound("Mixed", -14, 16),
)


def said(made: Pack) -> list[str]:
    (found,) = made.facts.indicators
    return [s.text for s in sentences.ethnicity(found)]


def test_the_worst_case_is_counted_and_that_of_the_largest_difference_said() -> None:
    made = pack(*WHOLE)
    assert said(made)[-2:] == [
        "Whatever the ethnicity of the unknown records, and allowing for rounding, the figure stays clearly lower for "
        "1 of these groups.",
        "Depending on the ethnicity of the unknown records, the difference for Black or Black British (\u221220.0 "
        "percentage points) could lie anywhere from \u221235.0 to \u22128.0.",
    ]
    assert audit(made.document, made.facts) == [] and too_long(made.document, made.facts) == []


def test_nothing_is_said_where_there_is_no_worst_case() -> None:
    assert not [text for text in said(pack()) if "Whatever" in text or "would then" in text]
    hidden = WHOLE[0] | {"value_low": None}
    assert worst_cases([hidden, WHOLE[1]], "recovery").keys() == {"Black or Black British"}
    assert worst_cases([WHOLE[0]], "detention") == {}


def test_a_group_that_is_not_clear_by_its_own_limits_does_not_stay_clear() -> None:
    made = pack(*WHOLE[:2], bound("Mixed", 0.5, 1.5, slack=0.1))
    assert "the figure stays clearly lower for 1 of these groups" in said(made)[-2]


def test_where_no_group_stays_clear_plain_words_say_so() -> None:
    made = pack(WHOLE[0], bound("Black or Black British", -35.0, 8.0))
    assert said(made)[-1] == "Allowing for the unknown records and rounding, none of these differences is clear."
    assert audit(made.document, made.facts) == []


def test_where_no_difference_is_clear_nothing_is_said_of_the_worst_case() -> None:
    assert not [text for text in said(pack(bound("Mixed", -14, 16))) if "unknown" in text or "would then" in text]


def test_another_worst_case_than_the_table_s_is_seen() -> None:
    made = pack(*WHOLE)
    (found,) = made.facts.indicators
    case = found.worst["Black or Black British"]
    wider = replace(found, worst={**found.worst, "Black or Black British": replace(case, high=4.0, upper=5.0)})
    faults = audit(made.document, replace(made.facts, indicators=(wider,)))
    assert any("'higher': 0, 'lower': 0" in fault for fault in faults)
    assert any("the numeral 8.0" in fault for fault in faults)
