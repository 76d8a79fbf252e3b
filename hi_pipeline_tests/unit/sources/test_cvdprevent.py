"""CVDPREVENT: numbers read from the lists, groups of both sexes, what is hidden, printed limits that are Wilson's."""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hi_pipeline.core.errors import FetchError, LayoutError, ReleaseUnavailable, ValidationError
from hi_pipeline.core.geography import ENGLAND, Vintage, boards_of
from hi_pipeline.sources.cvdprevent.gather import gather
from hi_pipeline.sources.cvdprevent.limits import validate_limits
from hi_pipeline.sources.cvdprevent.source import RAW_FIELDS, SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed, zipped
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next

HERE = FIXTURES / "cvdprevent"
YEAR = "2024-25"
CODES = {32: "CVDP007HYP", 13: "CVDP003CHOL", 7: "CVDP002AF"}
OUTCOMES = {41: "CVDP001ADMN", 42: "CVDP002ADMN"}
HIDDEN = "QE1"
Row = dict[str, Any]
FIGURES = (
    Figures(
        indicator="htn_to_threshold_pct",
        year="2023-24",
        area_type="icb",
        dimensions={"total", "age", "sex", "ethnicity", "deprivation"},
    ),
    Figures(
        indicator="stroke_adm_htn_rate",
        year="2023-24",
        area_type="icb",
        dimensions={"total", "age", "sex", "ethnicity", "deprivation"},
    ),
)
CHANGES = (
    Changes(
        edition="2023-24",
        column=('"MetricCategoryTypeName"', '"CategoryTypeName"'),
        label=('"MetricCategoryName": ?"White', '"MetricCategoryName":"Whyte'),
        stops=False,
        total=(r'"Numerator": ?(\d+)', r'"Numerator":1\g<1>', "do not follow from their counts"),
    ),
)
NEXT = {
    "year": Next(held="2025-26", edition="2025-26", part="2025-26", undeclared=True, other="2024-25"),
}


def _wilson(x: float, n: float, factor: float) -> tuple[float, float]:
    z = 1.959963984540054
    half = z * math.sqrt(z * z + 4 * x * (1 - x / n))
    return tuple(round(factor * (2 * x + z * z + s * half) / (2 * (n + z * z)), 2) for s in (-1, 1))  # type: ignore[return-value]


def _rows(code: str, area: str, name: str, period: str, *, rate: bool = False) -> list[Row]:
    """Return an area's rows of the fixture's groups, percentages and limits as the interface prints them."""
    rows = []
    for kind, group, sex, events, people in json.loads((HERE / "groups.json").read_text()):
        row: Row = dict.fromkeys(RAW_FIELDS) | {
            "AreaCode": area,
            "AreaName": name,
            "IndicatorCode": code,
            "MetricCategoryTypeName": kind,
            "MetricCategoryName": group,
            "CategoryAttribute": sex,
            "TimePeriodName": period,
            "NotificationCount": 0,
        }
        factor = 100_000 if rate else 100
        if events is None:
            row |= {"Value": 71.5, "ValueNote": "Numerators and Denominators are not provided for Age Standardisation."}
        else:
            lower, upper = _wilson(events, people, factor)
            row |= {"Numerator": events, "Denominator": people, "Value": round(factor * events / people, 2)}
            row |= {"LowerConfidenceLimit": lower, "UpperConfidenceLimit": upper, "Factor": factor if rate else None}
        rows.append(row)
    return rows


def _hide(rows: list[Row]) -> list[Row]:
    hidden = ("Numerator", "Denominator", "Value", "LowerConfidenceLimit", "UpperConfidenceLimit")
    return [row | dict.fromkeys(hidden) | {"ValueNote": "Value suppressed due to disclosure control"} for row in rows]


Change = Callable[[str, list[Row]], list[Row]]


def _members(change: Change = lambda name, rows: rows, *, vintage: Vintage = Vintage.APRIL_2023) -> dict[str, str]:
    """Return the archive's members; ``change`` may replace the rows of any answer."""
    lists = (HERE / "indicators.json").read_text()
    members = {"time_periods.json": (HERE / "time_periods.json").read_text()}
    for period, name, codes in ((24, "To March 2025", CODES), (27, "Apr 2024 - Mar 2025", OUTCOMES)):
        members[f"system_levels_{period}.json"] = (HERE / "system_levels.json").read_text()
        for level in (1, 7):
            members[f"indicators_{period}_{level}.json"] = lists
            for number, code in codes.items():
                rate = code.endswith("ADMN")
                rows = _rows(code, ENGLAND, "England", name, rate=rate) if level == 1 else []
                for board in boards_of(vintage) if level == 7 else ():
                    own = _rows(code, board.ons, board.name, name, rate=rate)
                    rows += _hide(own) if board.ods == HIDDEN else own
                member = f"raw_{period}_{level}_{number}.json"
                members[member] = json.dumps({"indicatorRawData": change(member, rows), "copyright": "made up"})
    return members


def _archive(tmp_path: Path, members: Mapping[str, str]) -> Path:
    return zipped(tmp_path / "answers.zip", members)


def _only(member: str, **changes: Any) -> Change:
    """Change fields of the first row of one answer."""
    return lambda name, rows: [rows[0] | changes, *rows[1:]] if name == member else rows


def test_counts_percentages_and_limits_of_england_and_boards(tmp_path: Path) -> None:
    found = parsed(SOURCE, YEAR, _archive(tmp_path, _members()))
    observations = found.tables["observations"]
    row = figure(observations, area_level="england", dimension="total", measure="htn_to_threshold_pct")
    assert (row["value"], row["lower_95"], row["upper_95"]) == (70.0, 67.09, 72.76)
    count = figure(observations, area_level="england", dimension="total", measure="htn_to_threshold")
    assert (count["value"], count["low"], count["high"], count["lower_95"]) == (700, 700, 700, None)
    own = figure(observations, area_code="QOP", dimension="total", measure="af_high_risk")
    assert (own["value"], own["low"], own["high"], own["financial_year"]) == (1000, 998, 1002, YEAR)
    rate = figure(observations, area_level="england", dimension="total", measure="stroke_adm_htn_rate")
    assert rate["value"] == 70_000 and "per 100,000" in str(rate["note"])
    assert observations.filter(area_level="icb")["area_code"].n_unique() == 42


def test_groups_are_of_both_sexes_and_each_stands_once(tmp_path: Path) -> None:
    found = parsed(SOURCE, YEAR, _archive(tmp_path, _members()))
    own = found.tables["observations"].filter(area_level="england", measure="htn_to_threshold")
    assert dict(own.filter(dimension="age").select("category", "value").rows()) == {"18 to 39": 60, "80 and over": 200}
    assert dict(own.filter(dimension="deprivation").select("category", "value").rows()) == {
        "Quintile 1 (most deprived)": 130,
        "Quintile 2": 140,
        "Quintile 5 (least deprived)": 150,
    }
    assert set(own.filter(dimension="ethnicity")["category"]) == {"White", "White: British", "Unknown"}
    answers = 5 * (1 + 42)
    assert found.left_out == {
        "rows that are standardised by age, without counts": answers,
        "rows of groups that are no dimension here": answers,
        "rows of one sex within another group": answers,
        "rows of unknown ethnic group that stand in the broad list too": answers,
    }


def test_what_is_hidden_has_no_value_and_no_bounds(tmp_path: Path) -> None:
    observations = parsed(SOURCE, YEAR, _archive(tmp_path, _members())).tables["observations"]
    hidden = observations.filter(area_code=HIDDEN)
    assert hidden["status"].unique().to_list() == ["suppressed"]
    assert hidden.select(pl.col("value", "low", "high", "lower_95").count()).row(0) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("member", "changes", "error", "message"),
    [
        ("raw_24_1_32.json", {"LowerConfidenceLimit": 67.1}, ValidationError, "Wilson's"),
        ("raw_24_1_32.json", {"UpperConfidenceLimit": None}, ValidationError, "Wilson's"),
        ("raw_24_1_32.json", {"Value": 70.02}, ValidationError, "do not follow from their counts"),
        ("raw_24_7_32.json", {"LowerConfidenceLimit": 66.4}, ValidationError, "Wilson's"),
        ("raw_24_7_32.json", {"Numerator": 702}, LayoutError, "multiples of 5"),
        ("raw_27_1_41.json", {"Numerator": 1001}, ValidationError, "above their denominator"),
        ("raw_24_1_32.json", {"Value": "70,0"}, LayoutError, "neither numbers"),
        ("raw_24_1_32.json", {"IndicatorCode": "CVDP002HYP"}, LayoutError, "numbers have changed"),
        ("raw_24_7_7.json", {"TimePeriodName": "To March 2024"}, LayoutError, "numbers have changed"),
        ("raw_24_1_32.json", {"AreaCode": "W92000004"}, LayoutError, "level England"),
        ("raw_24_1_32.json", {"MetricCategoryName": "Female"}, ValidationError, "rows stand there twice"),
    ],
)
def test_a_changed_answer_is_refused(
    tmp_path: Path, member: str, changes: Row, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, YEAR, _archive(tmp_path, _members(_only(member, **changes))))


def test_limits_of_boards_may_be_made_before_the_counts_were_rounded(tmp_path: Path) -> None:
    lower, upper = _wilson(702, 998, 100)
    changes = {"Value": round(100 * 702 / 998, 2), "LowerConfidenceLimit": lower, "UpperConfidenceLimit": upper}
    assert parsed(SOURCE, YEAR, _archive(tmp_path, _members(_only("raw_24_7_32.json", **changes)))).tables


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"raw_24_7_13.json": None}, "CVDP003CHOL is in the list of ICB, but its answer is not"),
        ({"raw_24_7_99.json": "raw_24_7_13.json"}, "no list speaks of"),
        ({"indicators_22_7.json": "indicators_24_7.json"}, "of no period"),
        ({"indicators_24_6.json": "indicators_24_7.json"}, "level 'Region'"),
        ({"time_periods.json": "system_levels_24.json"}, "expected an object with the list 'timePeriodList'"),
    ],
)
def test_answers_and_lists_belong_together(tmp_path: Path, change: dict[str, str | None], message: str) -> None:
    members = _members()
    for name, other in change.items():
        if other is None:
            del members[name]
        else:
            members[name] = members[other]
    with pytest.raises(LayoutError, match=message):
        parsed(SOURCE, YEAR, _archive(tmp_path, members))


def test_a_board_too_few_is_refused(tmp_path: Path) -> None:
    def without(name: str, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["AreaCode"] != "E54000057"]

    with pytest.raises(LayoutError, match=r"absent \['E54000057'\]"):
        parsed(SOURCE, YEAR, _archive(tmp_path, _members(without)))


def test_boards_of_other_boundaries_stand_apart_and_are_said(tmp_path: Path) -> None:
    found = parsed(SOURCE, YEAR, _archive(tmp_path, _members(vintage=Vintage.JULY_2022)))
    (note,) = found.notes
    assert note.startswith("its boards are those of the footprint 2022-07, not of 2023-04: ['E540000")
    observations = found.tables["observations"]
    codes = {board.ons for board in boards_of(Vintage.JULY_2022)} - {b.ons for b in boards_of(Vintage.APRIL_2023)}
    assert set(observations.filter(area_level="icb_ons")["area_code"]) == codes and len(codes) == 2
    # Their ODS codes name other boundaries in this year.
    assert not {"QXU", "QNX"} & set(observations["area_code"])
    assert observations.filter(area_level="icb")["area_code"].n_unique() == 40


def test_outcomes_that_are_not_there_are_said_and_percentages_are_read(tmp_path: Path) -> None:
    members = {name: text for name, text in _members().items() if not name.startswith("raw_27_7")}
    found = parsed(SOURCE, YEAR, _archive(tmp_path, members))
    assert found.notes == tuple(f"{code} has no figures at the levels ['icb_ons']" for code in OUTCOMES.values())


def test_a_rate_of_another_factor_is_not_read(tmp_path: Path) -> None:
    found = parsed(SOURCE, YEAR, _archive(tmp_path, _members(_only("raw_27_7_41.json", Factor=1000))))
    # Eleven of an area's fifteen rows are of this project's groups.
    left_out = found.left_out["rows of CVDP001ADMN, whose factor ['1000'] is not one of ['100000', '100000.0']"]
    assert left_out == 42 * 11
    assert found.notes == ("CVDP001ADMN has no figures at the levels ['icb_ons']",)


def test_a_percentage_of_another_factor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"have the factors \['1'\]"):
        parsed(SOURCE, YEAR, _archive(tmp_path, _members(_only("raw_24_7_13.json", Factor=1))))


def test_an_unknown_group_is_left_out_and_counted(tmp_path: Path) -> None:
    def renamed(name: str, rows: list[Row]) -> list[Row]:
        return [row | {"MetricCategoryName": "80 plus"} if row["MetricCategoryName"] == "80+" else row for row in rows]

    found = parsed(SOURCE, YEAR, _archive(tmp_path, _members(renamed)))
    assert found.unknown_labels == {"observations": {"MetricCategoryName '80 plus'": 5 * 43}}


@pytest.mark.parametrize(
    ("events", "people", "printed"),
    [
        # England, to March 2026, as the interface prints them.
        (7_005_120, 9_464_559, 74.01),
        (2_115_927, 3_259_056, 64.92),
        (1_059_013, 1_150_433, 92.05),
        (155_937, 169_960, 91.75),
    ],
)
def test_englands_printed_percentages_follow_from_their_counts(events: int, people: int, printed: float) -> None:
    lower, upper = _wilson(events, people, 100)
    frame = pl.DataFrame(
        {"area_code": "", "dimension": "total", "category": "All", "numerator": float(events)}
        | {"denominator": float(people), "value": printed, "lower": lower, "upper": upper}
    )
    validate_limits(frame, rounded_by=0, where="England")
    for name, step in (("value", 0.02), ("lower", -0.02), ("upper", 0.02)):
        with pytest.raises(ValidationError, match="Wilson's"):
            validate_limits(frame.with_columns(pl.col(name) + step), rounded_by=0, where="England")


def _interface(members: Mapping[str, str]) -> Callable[[str], bytes]:
    """Answer as the interface does, from the members of an archive."""
    api = "https://api.cvdprevent.nhs.uk"
    answers = {f"{api}/timePeriod": members["time_periods.json"]}
    for name, text in members.items():
        numbers = name.removesuffix(".json").split("_")[1:]
        if name.startswith("system_levels"):
            answers[f"{api}/area/systemLevel?timePeriodID={numbers[-1]}"] = text
        elif name.startswith("indicators"):
            answers[f"{api}/indicator/list?timePeriodID={numbers[0]}&systemLevelID={numbers[1]}"] = text
        elif name.startswith("raw"):
            query = f"timePeriodID={numbers[0]}&systemLevelID={numbers[1]}"
            answers[f"{api}/indicator/{numbers[2]}/rawDataJSON?{query}"] = text
    return lambda address: answers[address].encode()


def test_the_questions_are_made_from_the_lists() -> None:
    members = _members()
    asked = dict(gather(_interface(members), SOURCE.release(YEAR)))
    assert {name: data.decode() for name, data in asked.items()} == members


def test_a_period_that_is_not_there_yet_is_unavailable() -> None:
    with pytest.raises(ReleaseUnavailable, match="'To March 2026' yet"):
        dict(gather(_interface(_members()), SOURCE.release("2025-26")))


def test_an_answer_that_is_no_list_is_refused() -> None:
    members = _members() | {"indicators_24_1.json": '{"message": "busy"}'}
    with pytest.raises(FetchError, match="expected a list 'indicatorList'"):
        dict(gather(_interface(members), SOURCE.release(YEAR)))


def test_an_empty_answer_is_not_kept() -> None:
    members = _members() | {"raw_27_7_41.json": '{"indicatorRawData": []}'}
    asked = dict(gather(_interface(members), SOURCE.release(YEAR)))
    assert set(members) - set(asked) == {"raw_27_7_41.json"}
