"""The cells of coverage as a pack tells them."""

from typing import Any

from hi_pipeline.publishing.report.covers import NOT_FOR_FOOTPRINT, PARTED, settled
from hi_pipeline.tables.placing.recast import PARTED as OF_THE_TABLES
from hi_pipeline_tests.unit.publishing.report import made_up

CELL = {"indicator_id": "recovery", "dimension": "sex", "reason": "2 of 3 groups", "held_by": "", "how_to_supply": ""}
SHAPE = {"dimension": "sex"}


def told(state: str, *rows: dict[str, Any], reason: str = "2 of 3 groups") -> tuple[str, str]:
    (found,) = made_up.pack([made_up.figure("recovery", 40.0, 2.0, 50.0), *rows]).facts.indicators
    (cell,) = settled([CELL | {"state": state, "reason": reason}], {"recovery": found.groups})
    return cell["state"], cell["reason"]


def group(name: str, value: float | None) -> dict[str, Any]:
    return made_up.figure("recovery", value, 2.0, 50.0, category=name, **SHAPE)


def test_a_hidden_group_of_unknown_records_leaves_no_gap() -> None:
    assert told("partly_shown", group("Female", 40.0), group("Male", 41.0), group("Unknown", None)) == ("shown", "")


def test_a_hidden_known_group_does() -> None:
    assert told("partly_shown", group("Female", 40.0), group("Male", None))[0] == "partly_shown"


def test_a_breakdown_of_which_only_the_unknown_are_shown_is_hidden() -> None:
    assert told("partly_shown", group("Female", None), group("Unknown", 40.0))[0] == "suppressed"


def test_what_cannot_be_divided_was_published() -> None:
    reason = OF_THE_TABLES.format("Elsewhere")
    assert PARTED in reason
    assert told("not_published_that_year", reason=reason)[0] == NOT_FOR_FOOTPRINT
    assert told("not_published_that_year", reason="the files have no such figure")[0] == "not_published_that_year"
