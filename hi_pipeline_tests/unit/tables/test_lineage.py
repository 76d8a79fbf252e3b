"""Who came from whom, on residents made up for the purpose and on the real lookups."""

import polars as pl
import pytest

from hi_pipeline.core.errors import LinkageError
from hi_pipeline.core.geography import Vintage
from hi_pipeline.tables.reference import lineage

# Norfolk and Waveney, Suffolk and North East Essex; Essex, Norfolk and Suffolk of April 2026.
QMM, QJG, ESSEX, NORFOLK_SUFFOLK = "E54000022", "E54000023", "E54000066", "E54000068"


def _boards(codes: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"lsoa_code": [f"E0100000{n}" for n in range(len(codes))], "icb_code": codes})


def _residents(people: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"lsoa_code": [f"E0100000{n}" for n in range(len(people))], "total": people})


def test_a_parted_board_passes_on_shares_that_add_to_one() -> None:
    then, now = _boards([QMM, QJG, QJG]), _boards([NORFOLK_SUFFOLK, NORFOLK_SUFFOLK, ESSEX])
    found = lineage._passed_on(then, now, _residents([100, 60, 40]), Vintage.JULY_2022)
    shares = {
        (a, b): (p, s, t)
        for a, b, p, s, t in found.select(
            "icb_code", "successor_code", "residents", "share", "share_of_successor"
        ).iter_rows()
    }
    assert shares[QMM, NORFOLK_SUFFOLK] == pytest.approx((100, 1.0, 100 / 160))
    assert shares[QJG, NORFOLK_SUFFOLK] == pytest.approx((60, 0.6, 60 / 160))
    assert shares[QJG, ESSEX] == pytest.approx((40, 0.4, 1.0))


def test_an_lsoa_without_a_board_stops() -> None:
    then, now = _boards([QMM, QJG]), _boards([NORFOLK_SUFFOLK])
    with pytest.raises(LinkageError, match="1 LSOAs have no board"):
        lineage._passed_on(then, now, _residents([100, 60]), Vintage.JULY_2022)
