"""Figures of local authorities are shared between boards by residents."""

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import SUB_ICB_LOCATIONS, Vintage, boards_of
from hi_pipeline.sources.tooth_extractions.parse import BY_AGE
from hi_pipeline_tests.unit.tables.counts_built import build, own_rows, total_row
from hi_pipeline_tests.unit.tables.fake_reader import observation, rounded


def _authority(icb: str, number: int) -> str:
    """Bracknell Forest for Frimley, which is parted by district; else a code of nowhere."""
    return "E06000036" if icb == "E54000034" else f"E06{900000 + number:06}"


def _teeth(rows: list[tuple[str, float | None, float | None]], england: float) -> Built:
    figures = []
    others = {
        _authority(b.ons, number): next(s.ons for s in SUB_ICB_LOCATIONS if s.board.get(Vintage.JULY_2022) == b.ons)
        for number, b in enumerate(boards_of(Vintage.JULY_2022))
        if b.ons not in ("E54000010", "E54000011")
    }
    for code, young, old in (*rows, *((code, 0.0, 0.0) for code in others)):
        for age, value in (("0_5", young), ("6_10", old)):
            bounds = {"low": 1.0, "high": 7.0} if value is None else rounded(value) if value else {}
            figures.append(observation("local_authority", code, f"caries_extractions_{age}", value, **bounds))
            figures.append(observation("local_authority", code, f"population_{age}", 1_000.0))
            group = {"dimension": "age", "category": BY_AGE[age]}
            figures.append(observation("local_authority", code, "caries_extractions", value, **bounds, **group))
            figures.append(observation("local_authority", code, "population", 1_000.0, **group))
    for age in ("0_5", "6_10"):
        figures.append(observation("england", "", f"caries_extractions_{age}", england / 2))
        figures.append(observation("england", "", f"population_{age}", 2_000.0))
        group = {"dimension": "age", "category": BY_AGE[age]}
        figures.append(observation("england", "", "caries_extractions", england / 2, **group))
        figures.append(observation("england", "", "population", 2_000.0, **group))
    lsoas = pl.DataFrame(
        {
            "lsoa_code": ["E01000001", "E01000002", "E01000003", *(f"E01{code[3:]}" for code in others)],
            "sub_icb_ons": ["E38000053", "E38000053", "E38000257", *others.values()],  # Staffordshire and Shropshire
            "lad_code": ["E07000192", "E07000193", "E07000193", *others],
        }
    )
    more = {
        ("ons_geography", "lsoa_areas", "2022-lsoa"): lsoas,
        ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): pl.DataFrame(
            {"lsoa11_code": lsoas["lsoa_code"], "lsoa21_code": lsoas["lsoa_code"]}
        ),
        ("census_ethnicity", "residents", "2021"): pl.DataFrame(
            {"lsoa21_code": lsoas["lsoa_code"], "total": [1_000, 1_500, 500, *(1_000 for _ in others)]}
        ),
    }
    return build("tooth_extractions", figures, year="2020-21", more=more)


def test_an_authority_that_spans_boards_is_shared_by_residents() -> None:
    built = _teeth([("E07000192", 10, 20), ("E07000193", 40, 40)], england=110)
    whole = total_row(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000010")
    part = total_row(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000011")
    assert (whole["numerator"], whole["denominator"]) == (30 + 60, 2_000 + 1_500)
    assert (part["numerator"], part["numerator_low"], part["numerator_high"]) == (20, 19, 21)
    assert "1 of 1 authorities span boards and are shared out by residents (100.0%" in part["note"]
    # Each group counts its own authorities: by age they are no more than in the total.
    notes = own_rows(built).filter(pl.col("icb_code") == "E54000010", pl.col("numerator") > 0)
    assert set(notes["dimension"]) == {"total", "age"}
    assert notes["note"].str.contains(r"\b1 of 2 authorities span boards").all()
    assert built.counted["authorities that span boards of 2022-07, shared out"] == 1


def test_a_hidden_authority_is_an_interval_and_never_zero() -> None:
    built = _teeth([("E07000192", None, 20), ("E07000193", 40, 40)], england=104)
    found = total_row(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000010")
    assert (found["numerator_low"], found["numerator_high"]) == (1 + 18 + 57, 7 + 22 + 63)
    assert (found["status"], found["numerator"]) == (
        "ok",
        89,
    )  # the rate of the others gives more than 7: it stands at the end of its bounds; 6 open by hiding, 10 by rounding
    assert "hidden" in found["note"]
    built = _teeth([("E07000192", None, None), ("E07000193", 40, 40)], england=90)
    found = total_row(built, "tooth_extraction_decay_0_10_rate", icb_code="E54000010")
    assert (found["status"], found["numerator"]) == ("suppressed", None)


def test_an_authority_of_no_lookup_is_fatal() -> None:
    with pytest.raises(LinkageError, match="E07999999"):
        _teeth([("E07999999", 10, 20)], england=30)


def test_an_abolished_district_goes_with_its_successor() -> None:
    with pytest.raises(LinkageError, match="E07000150"):
        _teeth([("E07000150", 10, 20)], england=30)  # North Northamptonshire is not in this lookup
