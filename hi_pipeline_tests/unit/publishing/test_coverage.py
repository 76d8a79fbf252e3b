"""Coverage: every cell has a state, and a cell is shown exactly where the results have a figure."""

from functools import cache

import polars as pl
import pytest

from hi_pipeline.core.beside import JUDGING
from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.coverage import COVER_OF, NO_BOARDS, NOT_BUILT, PART_OF_A_YEAR, Cover, YearFact
from hi_pipeline.core.errors import ValidationError
from hi_pipeline.core.geography import Vintage, boards_of
from hi_pipeline.core.status import Status
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS
from hi_pipeline.publishing.coverage import UNVERIFIED, coverage
from hi_pipeline.tables.placing.recast import PARTED

YEAR, OWN, NOW = "2023-24", "2023-04", "2026-04"
BOARD = "E54000010"
# A board of April 2026 only.
NEW = next(b.ons for b in boards_of(Vintage.APRIL_2026) if b.vintages == {Vintage.APRIL_2026})
ABSENT = YearFact(cover=Cover.NOT_IN_HAND, reason="no file in hand of it")
FACTS = {(indicator.id, YEAR): ABSENT for indicator in INDICATORS}
BUILT = YearFact(cover=None, reason="")


def _row(indicator: str, status: str = "ok", **changes: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(RESULTS)
    row |= {
        "indicator_id": indicator,
        "financial_year": YEAR,
        "geography_vintage": OWN,
        "area_type": "icb",
        "icb_code": BOARD,
        "dimension": "total",
        "category": "All",
        "measure": "value",
        "status": status,
        "note": "" if status == "ok" else "words",
    }
    return row | changes


def _covered(*rows: dict[str, object], built: str = "") -> pl.DataFrame:
    """Cover the entries that the rows name, and those that rest on them."""
    named = {str(row["indicator_id"]) for row in rows} | {built}
    entries = [e for e in ENTRIES if e.id in named or named & set(getattr(e, "of", ()))]
    facts = FACTS | ({(built, YEAR): BUILT} if built else {})
    return coverage(entries, pl.DataFrame(rows, schema=RESULTS), facts, beside={}, synthetic=False)


@cache
def _nothing_built() -> pl.DataFrame:
    return coverage(ENTRIES, pl.DataFrame(schema=RESULTS), FACTS, beside={}, synthetic=False)


def _cell(frame: pl.DataFrame, indicator: str, dimension: str = "total", **area: object) -> tuple[str, str]:
    where = {"financial_year": YEAR, "geography_vintage": OWN, "area_type": "icb", "icb_code": BOARD} | area
    found = frame.filter(indicator_id=indicator, dimension=dimension, **where)
    assert found.height == 1, found
    return found["state"].item(), found["reason"].item()


ENGLAND = {"area_type": "england", "icb_code": "E92000001"}


def test_every_status_of_a_result_has_a_state() -> None:
    assert set(COVER_OF) == set(Status)
    assert len(set(COVER_OF.values())) == len(Status)


@pytest.mark.parametrize(("status", "cover"), [(s, c) for s, c in COVER_OF.items() if s is not Status.NOT_PUBLISHED])
def test_a_status_becomes_its_state(status: Status, cover: Cover) -> None:
    assert _cell(_covered(_row("tt_recovery_pct", status.value)), "tt_recovery_pct")[0] == cover.value


def test_no_cell_of_the_list_is_blank_before_anything_is_built() -> None:
    frame = _nothing_built()
    assert set(frame["indicator_id"]) == {entry.id for entry in ENTRIES}
    assert frame["state"].null_count() == 0 and (frame["reason"] != "").all()
    assert set(frame["state"]).isdisjoint({"shown", "partly_shown"})
    # Boards of both footprints, seven regions and England.
    areas = frame.filter(indicator_id="wl_total", dimension="total", financial_year=YEAR, geography_vintage=NOW)
    assert areas.filter(pl.col("area_type") == "icb", pl.col("state") != "no_such_board").height == 36
    assert areas.filter(area_type="region").height == 7 and areas.filter(area_type="england").height == 1


def test_partly_shown_counts_the_groups_and_leaves_out_those_that_do_not_exist() -> None:
    group = {"dimension": "deprivation"}
    rows = [
        _row("tt_recovery_pct", **group, category="Decile 1 (most deprived)"),
        _row("tt_recovery_pct", "suppressed", **group, category="Decile 2"),
        _row("tt_recovery_pct", "not_applicable", **group, category="Decile 3"),
    ]
    assert _cell(_covered(*rows), "tt_recovery_pct", "deprivation") == (
        "partly_shown",
        "1 of 2 groups; of the others: words",
    )
    assert _cell(_covered(rows[0], rows[2]), "tt_recovery_pct", "deprivation")[0] == "shown"


def test_of_several_reasons_the_one_of_most_groups_stands_and_not_applicable_last() -> None:
    groups = [
        _row("tt_recovery_pct", status, dimension="deprivation", category=f"Decile {n}", note=note)
        for n, (status, note) in enumerate(
            [
                ("not_applicable", "no such group"),
                ("not_applicable", "no such group"),
                ("not_applicable", "no such group"),
                ("missing", "not sent in"),
                ("suppressed", "hidden"),
                ("suppressed", "hidden"),
            ],
            start=1,
        )
    ]
    for rows in (groups, groups[::-1]):
        assert _cell(_covered(*rows), "tt_recovery_pct", "deprivation")[1] == "hidden"
    assert _cell(_covered(*groups[:4]), "tt_recovery_pct", "deprivation")[1] == "not sent in"


def test_a_board_of_another_footprint_is_no_such_board() -> None:
    frame = _nothing_built()
    assert _cell(frame, "wl_total", icb_code=NEW)[0] == "no_such_board"
    assert _cell(frame, "wl_total", icb_code=NEW, geography_vintage=NOW)[0] == "not_in_hand"


def test_what_is_no_silence_of_the_area() -> None:
    part = _row("act_by_pod_n", "missing", note=f"1 of 12 months {PART_OF_A_YEAR}")
    assert _cell(_covered(part), "act_by_pod_n")[0] == "not_in_hand"
    unbuilt = _row("tt_recovery_pct", "missing", note=f"missing: no figure of this board {NOT_BUILT}")
    assert _cell(_covered(unbuilt), "tt_recovery_pct")[0] == "failed"


def test_doses_without_people_of_the_same_group_say_just_that() -> None:
    frame = _covered(_row("covid_first_dose_pct"), built="covid_first_dose_pct")
    for area in ({}, ENGLAND):
        state, reason = _cell(frame, "covid_first_dose_pct", "ethnicity", **area)
        assert state == "not_in_hand" and "First doses are printed by ethnic group" in reason
    nothing = ("no_such_breakdown", "in no public file")
    assert _cell(frame, "covid_first_dose_pct", "deprivation") == nothing
    assert _cell(_nothing_built(), "covid_first_dose_pct", "ethnicity") == nothing, "of a year with doses alone"


def test_publications_without_boards() -> None:
    names = ("ed_type1_conversion_crude", "preterm_pct", "tt_recovery_pct")
    frame = _covered(*(_row(name, "not_published", note=f"{NO_BOARDS}; words") for name in names))
    assert _cell(frame, "ed_type1_conversion_crude")[0] == "england_only"
    # Boards are published elsewhere, and that file is not in hand.
    assert _cell(frame, "preterm_pct")[0] == "not_in_hand"
    assert _cell(frame, "tt_recovery_pct")[0] == "not_published_that_year"
    # Its boards are published and in hand: a part of one is in no file that anybody could find.
    parted = _covered(_row("preterm_pct", "not_published", note=PARTED.format("Frimley")))
    assert _cell(parted, "preterm_pct")[0] == "not_published_that_year"


def test_what_is_declared_and_not_computed() -> None:
    frame = _nothing_built()
    assert _cell(frame, "act_elective_dsr")[0] == "not_public"
    assert _cell(frame, "emergency_adm_u18_rate", "age")[0] == "england_only"
    assert _cell(frame, "htn_to_threshold_pct", "ethnicity")[0] == "not_in_hand"
    assert _cell(frame, "wl_gt65_n", "ethnicity")[0] == "no_such_breakdown"
    assert _cell(frame, "preterm_ratio_black_white", "ethnicity", **ENGLAND)[0] == "not_in_hand"
    silent = frame.filter(pl.col("state") == "not_public", pl.col("held_by") == "")
    assert silent.is_empty()


def test_a_level_that_nobody_verified_is_no_publication() -> None:
    """Nobody publishes preterm births by deprivation: a state that says it is published would contradict its reason."""
    state, reason = _cell(_nothing_built(), "preterm__sii", "deprivation")
    assert (state, reason[:15]) == ("not_public", "No publication ")
    built = _covered(_row("flu_uptake_65plus"), built="flu_uptake_65plus")
    assert _cell(built, "flu_uptake_65plus", "ethnicity") == ("not_in_hand", UNVERIFIED)
    assert _cell(built, "flu_uptake_65plus") == ("shown", "")


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.id.startswith("plus_")], ids=lambda e: e.id)
def test_a_plus_group_says_who_could_hold_it(entry: object) -> None:
    rows = _nothing_built().filter(pl.col("state") != "no_such_board", indicator_id=entry.id)  # type: ignore[attr-defined]
    assert (rows["held_by"] != "").all() and (rows["how_to_supply"] != "").all()


def test_a_measure_between_groups_stands_by_itself() -> None:
    gap = _row("tt_recovery_pct", dimension="ethnicity", category="Mixed", measure="difference")
    value = _row("tt_recovery_pct", dimension="ethnicity", category="Mixed")
    frame = _covered(gap, value)
    assert _cell(frame, "tt_recovery_eth_gap_pp", "ethnicity")[0] == "shown"
    assert _cell(_covered(value), "tt_recovery_eth_gap_pp", "ethnicity")[0] == "not_in_hand"
    assert set(frame.filter(indicator_id="tt_recovery_eth_gap_pp")["dimension"]) == {"ethnicity"}


def test_a_built_year_without_a_figure_of_an_area() -> None:
    frame = _covered(built="tt_recovery_pct")
    assert _cell(frame, "tt_recovery_pct")[0] == "not_published_that_year"
    assert _cell(_covered(built="smi_checks_pct"), "smi_checks_pct", "deprivation")[0] == "not_in_hand"


@pytest.mark.parametrize(
    "row", [_row("unheard_of"), _row("tt_recovery_pct", financial_year="2019-20"), _row("wl_total", icb_code=NEW)]
)
def test_a_figure_that_coverage_has_no_cell_for_stops_it(row: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="disagree with results"):
        _covered(row)


def test_who_holds_it_stands_where_something_is_not_there() -> None:
    frame = _covered(_row("wl_gt65_n")).filter(indicator_id="wl_gt65_n")
    shown = frame.filter(state="shown")
    assert shown.height == 1 and shown["held_by"].item() == ""
    silent = frame.filter(pl.col("state").is_in(["no_such_board", "no_such_breakdown"]))
    assert set(silent["held_by"]) == {""}
    absent = frame.filter(state="not_in_hand", dimension="total", financial_year=YEAR)
    assert set(absent["held_by"]) == {"NHS England (waiting list minimum data set)"}


def test_what_is_recalled_and_not_read_is_marked() -> None:
    frame = _nothing_built()
    marked = dict(frame.select("indicator_id", "unconfirmed").unique().rows())
    assert marked == {entry.id: bool(entry.unconfirmed) for entry in ENTRIES}
    assert set(marked.values()) == {True, False}


def test_months_by_themselves_are_no_cells() -> None:
    month = _row("act_by_pod_n", dimension="period", category="January 2024", period_type="month")
    year = _row("act_by_pod_n", "missing", note=f"1 of 12 months {PART_OF_A_YEAR}")
    frame = _covered(year, month)
    assert "period" not in set(frame["dimension"])
    assert _cell(frame, "act_by_pod_n")[0] == "not_in_hand"


def test_of_lists_of_codes_that_count_the_same_the_others_say_which_one_a_board_gives() -> None:
    given, others = "stroke_adm_i60_i69_dsr", ("stroke_adm_i61_i64_dsr", "stroke_adm_i60_i64_dsr")
    entries = [e for e in ENTRIES if e.id in (given, *others)]
    rows = [_row(given), _row(given, "not_published", icb_code="E54000011", note="no extract of this board")]
    frame = coverage(entries, pl.DataFrame(rows, schema=RESULTS), FACTS, beside={}, synthetic=False)
    for other in others:
        assert _cell(frame, other) == ("counted_otherwise", f"the board counts it by another list of codes: {given}")
        assert _cell(frame, other, icb_code="E54000011")[0] == "not_public"
    assert _cell(frame, given)[0] == "shown"


def _beside(table: str, entry: str, *rows: dict[str, object]) -> tuple[str, str]:
    """Cover an entry whose figures stand in a table beside the results; its cell of ethnicity."""
    columns, _ = JUDGING[table]
    plain = dict.fromkeys(columns) | {name: _row("wl_total")[name] for name in ("financial_year", "geography_vintage")}
    place = {"area_type": "icb", "icb_code": BOARD, "dimension": "ethnicity", "status": "ok", "note": ""}
    frame = pl.DataFrame([plain | place | row for row in rows], schema=columns)
    found = [e for e in ENTRIES if e.id == entry]
    covered = coverage(found, pl.DataFrame(schema=RESULTS), FACTS, beside={table: frame}, synthetic=False)
    return _cell(covered, entry, "ethnicity")


def test_completeness_is_shown_where_a_publication_counts_the_unknown() -> None:
    known = {"source": "wlmds", "indicator_id": "wl_total", "unknown_share": 0.1}
    silent = {"source": "qof", "indicator_id": "x", "status": "not_published", "note": "no count of the unknown"}
    assert _beside("completeness", "ethnicity_completeness_pct", known)[0] == "shown"
    assert _beside("completeness", "ethnicity_completeness_pct", known, silent)[0] == "partly_shown"
    assert _beside("completeness", "ethnicity_completeness_pct", silent) == (
        "not_published_that_year",
        "no count of the unknown",
    )


def test_the_pace_of_the_list_is_shown_where_it_has_one_and_says_why_not() -> None:
    row = {"indicator_id": "wl_total", "category": "White", "measure": "value"}
    why = "not compared with the earlier year: the snapshots are of different months, March 2025 and January 2026"
    assert _beside("pace", "wl_pace_gap", row | {"pace": 1.1})[0] == "shown"
    assert _beside("pace", "wl_pace_gap", row | {"status": "not_applicable", "note": why}) == ("no_such_breakdown", why)
    other = row | {"indicator_id": "tt_recovery_pct", "pace": 1.1}
    assert _beside("pace", "wl_pace_gap", other)[0] == "not_in_hand"


def test_coverage_of_reporters_is_a_column_of_the_results() -> None:
    entry = [e for e in ENTRIES if e.id == "coverage_pct"]
    results = pl.DataFrame([_row("copd_prevalence_pct", coverage=0.97)], schema=RESULTS)
    named = [*entry, *(e for e in ENTRIES if e.id == "copd_prevalence_pct")]
    covered = coverage(named, results, FACTS, beside={}, synthetic=False)
    assert _cell(covered, "coverage_pct")[0] == "shown"


def test_a_figure_says_nothing_of_the_reporters_that_it_lacks() -> None:
    """A hidden or absent figure of another publication is no reason, and no hole, of the coverage of reporters."""
    (entry,) = (e for e in ENTRIES if e.id == "coverage_pct")
    hidden = _row("tt_recovery_pct", "suppressed", note="hidden by the publisher: fewer than 5")
    named = [e for e in ENTRIES if e.id in ("coverage_pct", "copd_prevalence_pct", "tt_recovery_pct")]
    for rows, cell in (
        ([hidden], ("not_in_hand", entry.absent)),
        ([_row("copd_prevalence_pct", coverage=0.97), hidden], ("shown", "")),
    ):
        covered = coverage(named, pl.DataFrame(rows, schema=RESULTS), FACTS, beside={}, synthetic=False)
        assert _cell(covered, "coverage_pct") == cell
