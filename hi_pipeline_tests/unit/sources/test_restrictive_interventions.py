"""Restrictive interventions: England by its groups, providers, two ways of hiding, rates printed as whole numbers."""

from pathlib import Path

import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.restrictive_interventions.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next
from hi_pipeline_tests.unit.sources.reading import changed

FILE = FIXTURES / "restrictive_interventions" / "levels.csv"
UPPER_NOT_KNOWN = f"England; Upper Ethnicity,England,England,99,Not Known,{'NONE,' * 8}"
RATE = "interventions_per_1k_bed_days"
FIGURES = (
    Figures(
        indicator="restrictive_intervention_rate",
        year="2023-24",
        area_type="england",
        dimensions={"total", "age", "ethnicity"},
    ),
)
CHANGES = (
    Changes(
        edition="2024-03",
        column=("LEVEL_ONE_DESCRIPTION", "DESCRIPTION"),
        label=("Performance", "Draft"),
        stops=True,
        total=(r"MHS76,\d+", "MHS76,90000", "above their denominator"),
    ),
)
NEXT = {
    "march": Next(
        held="2025-03",
        edition="2026-03",
        part="2025-26",
        said={"2025-03-": "2026-03-", "/03/2025": "/03/2026"},
    ),
}


def test_england_and_providers() -> None:
    found = parsed(SOURCE, "2024-03", FILE)
    observations = found.tables["observations"]
    england = observations.filter(area_level="england", dimension="total")
    bounds = {r["measure"]: (r["value"], r["low"], r["high"]) for r in england.iter_rows(named=True)}
    assert bounds == {
        "people_with_interventions": (2500, 2498, 2502),
        "interventions": (12005, 12003, 12007),
        RATE: (31, 30.5, 31.5),
    }
    row = figure(observations, area_code="RX1", measure=RATE)
    assert (row["value"], row["period_type"], str(row["period_start"])) == (28, "month", "2024-03-01")
    assert row["note"] == "of one month; performance figures; layout unverified"
    assert found.left_out == {
        "rows of metrics that are not read": 1,
        "rows of breakdowns that are not read": 3,
        "people and rates of unknown ethnic groups, which do not add over the kinds of unknown": 8,
    }


def test_englands_groups() -> None:
    rates = parsed(SOURCE, "2024-03", FILE).tables["observations"].filter(area_level="england", measure=RATE)
    assert dict(rates.filter(dimension="age").select("category", "value").rows())["Under 18"] == 95
    assert dict(rates.filter(dimension="ethnicity", status="ok").select("category", "value").rows()) == {
        "White": 30,
        "Black or Black British": 44,
        "White: British": 29,
        "Black or Black British: African": 47,
    }


def test_uses_of_unknown_ethnic_groups_are_added_up_once(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2024-03", FILE)
    unknown = found.tables["observations"].filter(dimension="ethnicity", category="Unknown").sort("measure")
    assert unknown.select("measure", "value", "low", "high", "status").rows() == [
        ("interventions", 400, 396, 404, "ok"),
        (RATE, None, None, None, "missing"),
    ]
    assert unknown["note"].to_list()[1].startswith("no rate: the file prints several kinds of unknown group")
    cells = found.tables["row_index"].filter(dimension="ethnicity", category="Unknown")
    assert sorted(cells["text"]) == ["100", "300"]
    hidden = parsed(SOURCE, "2024-03", changed(FILE, tmp_path, old="MHS77,100", new="MHS77,*")).tables["observations"]
    row = figure(hidden, dimension="ethnicity", category="Unknown", measure="interventions")
    assert (row["value"], row["low"], row["high"], row["status"]) == (None, 298, 306, "suppressed")


def test_what_is_hidden_is_not_zero_nor_ten_million(tmp_path: Path) -> None:
    for path in (FILE, changed(FILE, tmp_path, old="*", new="9999999")):
        observations = parsed(SOURCE, "2024-03", path).tables["observations"].filter(area_code="NR5")
        people = figure(observations, measure="people_with_interventions")
        assert (people["value"], people["low"], people["high"], people["status"]) == (None, 0, 4, "suppressed")
        rate = figure(observations, measure=RATE)
        assert (rate["value"], rate["low"], rate["high"], rate["status"]) == (None, None, None, "suppressed")
        assert figure(observations, measure="interventions")["value"] == 15


def test_day_first_dates_are_the_same(tmp_path: Path) -> None:
    day_first = changed(FILE, tmp_path, old="2024-03-01,2024-03-31", new="01/03/2024,31/03/2024")
    assert parsed(SOURCE, "2024-03", day_first).tables["observations"].height > 0


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("2024-03-01,2024-03-31", "2024-02-01,2024-02-29", LayoutError, "of 2023-24 alone"),
        ("2024-03-31,Performance,Provider", "2024-03-31,Provisional,Provider", LayoutError, "several states"),
        ("Performance", "Draft", LayoutError, "Draft"),
        ("MHS77,12005", "MHS77,12006", LayoutError, "multiples of 5"),
        ("MHS77,505", "MHS77,100", ValidationError, "above their denominator"),
        ("MHS96,28", "MHS96,-", LayoutError, "neither numbers nor declared tokens"),
        ("England,England,England,NONE", "England,England,England,01", LayoutError, "split by a second level"),
        ("Provider,", "Organisation,", LayoutError, "no rows of"),
        ("RX1,TRUST", "rx-1,TRUST", LayoutError, "those of no provider"),
        (UPPER_NOT_KNOWN + "MHS77,100", UPPER_NOT_KNOWN + "MHS77,150", LayoutError, "do not agree how many uses"),
        ("LEVEL_SIX,", "LEVEL_6,", LayoutError, r"Missing: \['LEVEL_SIX'\]"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2024-03", changed(FILE, tmp_path, old=old, new=new))


def test_an_unknown_group_is_left_out_and_counted(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2024-03", changed(FILE, tmp_path, old="Under 18,Under 18", new="0-17,0-17"))
    assert found.unknown_labels == {"observations": {"LEVEL_TWO_DESCRIPTION '0-17'": 3}}


def test_a_breakdown_that_is_absent_is_said(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2024-03", changed(FILE, tmp_path, old="England; Age Group", new="England; Age"))
    assert "England; Age Group" in found.notes[0]
