"""Completeness: the share of records of unknown group, by publication, area, year and breakdown."""

import polars as pl
import pytest

from hi_pipeline.core.beside import COMPLETENESS, NOT_SAID
from hi_pipeline.core.groups import DECILES
from hi_pipeline.indicators.completeness import HIDDEN, UNBOUNDED, completeness
from hi_pipeline_tests.unit.indicators import counts_frames as made
from hi_pipeline_tests.unit.indicators.over_time import spans

NOT_KNOWN = {"unknown_share": None}


def shares(*given: dict, indicator: str = "tt_recovery_pct") -> pl.DataFrame:
    found = completeness(spans.results(*given, indicator=indicator), spans.BY_ID)
    assert dict(found.schema) == dict(COMPLETENESS)
    return found


def year(label: str, unknown: float | None, *, every: float = 1_000, **extra: object) -> list[dict]:
    told = {**NOT_KNOWN, **extra}
    return [
        spans.total(label, every / 2, every, **told),
        spans.row(label, "ethnicity", "White", 100, 500, **told),
        spans.row(label, "ethnicity", "Unknown", None if unknown is None else unknown / 2, unknown, **told),
    ]


def test_the_unknown_over_all_records() -> None:
    (row,) = shares(*year("2023-24", 50)).iter_rows(named=True)
    assert (row["source"], row["indicator_id"], row["dimension"]) == (
        "talking_therapies",
        "tt_recovery_pct",
        "ethnicity",
    )
    assert (row["unknown_records"], row["all_records"], row["unknown_share"]) == (50, 1000, 0.05)
    assert (row["unknown_share_low"], row["unknown_share_high"], row["england_share"], row["status"]) == (
        0.05,
        0.05,
        None,
        "ok",
    )


def test_beside_england_and_three_years_back() -> None:
    unknown = {"2019-20": 10, "2020-21": 20, "2021-22": 30, "2022-23": 40, "2023-24": 50}
    rows = [r for label, n in unknown.items() for r in year(label, n)]
    rows += [r for label in unknown for r in year(label, 100, **made.ENGLAND)]
    found = shares(*rows).filter(icb_code=made.QNC["icb_code"], financial_year="2023-24").row(0, named=True)
    before = [found[f"share_{n}_before"] for n in ("1_year", "2_years", "3_years")]
    assert before == [0.04, 0.03, 0.02] and found["england_share"] == 0.1


def test_a_year_that_is_not_there_leaves_its_place_empty() -> None:
    found = shares(*year("2021-22", 30), *year("2023-24", 50)).sort("financial_year").row(1, named=True)
    assert (found["share_1_year_before"], found["share_2_years_before"]) == (None, 0.03)


def test_rounding_and_hiding_are_bounded() -> None:
    rows = year("2023-24", 50)
    rows = [r | made.rounded(r["numerator"], r["denominator"]) for r in rows]
    (row,) = shares(*rows).iter_rows(named=True)
    assert (row["unknown_share_low"], row["unknown_share_high"]) == pytest.approx((46 / 1004, 54 / 996))
    hidden = year("2023-24", None, status="suppressed", numerator_low=1, numerator_high=7)
    hidden = [*year("2023-24", 50)[:2], {**hidden[2], "denominator_low": 1, "denominator_high": 7}]
    (row,) = shares(*hidden).iter_rows(named=True)
    assert (row["unknown_share"], row["status"], row["note"]) == (None, "suppressed", HIDDEN)
    assert (row["unknown_share_low"], row["unknown_share_high"]) == pytest.approx((0.001, 0.007))


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("not published: the CCGs do not add up; footprint from 2026-04", "not published: the CCGs do not add up"),
        ("sum of the region's boards; not published: no sum", "not published: no sum"),
        ("", UNBOUNDED),
    ],
)
def test_where_nothing_bounds_the_unknown_no_bounds_are_promised(note: str, said: str) -> None:
    nothing = {f"{side}{end}": None for side in ("numerator", "denominator") for end in ("", "_low", "_high")}
    rows = [r | nothing | {"status": "not_published", "note": note} for r in year("2023-24", None)]
    (row,) = shares(*rows).iter_rows(named=True)
    assert (row["unknown_share_high"], row["status"], row["note"]) == (None, "not_published", said)


def test_records_are_events_where_the_denominator_is_people() -> None:
    (row,) = shares(*year("2023-24", 50), indicator="mha_detention_rate").iter_rows(named=True)
    assert (row["unknown_records"], row["all_records"]) == (25, 500)
    doses = [r | {"dimension": "age" if r["dimension"] == "ethnicity" else "total"} for r in year("2023-24", 50)]
    (row,) = shares(*doses, indicator="covid_first_dose_pct").iter_rows(named=True)
    assert (row["unknown_records"], row["all_records"]) == (25, 500)


def test_a_publication_that_does_not_say() -> None:
    (row,) = shares(*year("2023-24", 50)[:2]).iter_rows(named=True)
    assert (row["unknown_share"], row["unknown_share_low"], row["status"], row["note"]) == (
        None,
        None,
        "not_published",
        NOT_SAID,
    )


def test_without_a_total_of_its_own_the_groups_are_added_up() -> None:
    """Of ethnic groups the detailed ones, as the broad ones hold them."""
    told = {**NOT_KNOWN, "source_releases": "wlmds:a"}
    names = {"White": 70, "White: British": 60, "White: Irish": 10, "Mixed: White and Asian": 20, "Unknown": 10}
    rows = [spans.row("2023-24", "ethnicity", name, n, None, **told) for name, n in names.items()]
    rows.append(spans.total("2023-24", 999, None, **{**told, "source_releases": "rtt:a"}))
    (row,) = shares(*rows, indicator="wl_total").iter_rows(named=True)
    assert (row["source"], row["all_records"], row["unknown_share"]) == ("wlmds", 100, 0.1)


def test_one_indicator_speaks_for_a_publication() -> None:
    one = spans.results(*year("2022-23", 10), *year("2023-24", 50))
    other = spans.results(*year("2023-24", 80), indicator="tt_reliable_recovery_pct")
    found = completeness(pl.concat([other, one]), spans.BY_ID)
    assert found.select("indicator_id", "financial_year", "unknown_share").rows() == [
        ("tt_recovery_pct", "2022-23", 0.01),
        ("tt_recovery_pct", "2023-24", 0.05),
    ]


def test_each_extract_of_a_board_speaks_for_itself() -> None:
    """A board counts each by itself: of one many people may be of no known decile, and of the other none."""
    found = []
    for name, unknown in (("emergency_adm_u18_rate", 50), ("lung_checks_n", 80)):
        told = {"source_releases": f"local_extracts:{name}.QHM.2023-24", **NOT_KNOWN}
        found.append(
            spans.results(
                spans.total("2023-24", 1_000, 9_000, **told),
                spans.row("2023-24", "deprivation", DECILES[0], 1_000 - unknown, 9_000, **told),
                spans.row("2023-24", "deprivation", "Unknown", unknown, None, **told),
                indicator=name,
            )
        )
    rows = completeness(pl.concat(found), spans.BY_ID).select("source", "indicator_id", "dimension", "unknown_share")
    assert rows.rows() == [
        ("local_extracts", "emergency_adm_u18_rate", "deprivation", 0.05),
        ("local_extracts", "lung_checks_n", "deprivation", 0.08),
    ]
