"""Residents of the census by board, and authorities of after 2022 on the lookup of 2022."""

from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import LinkageError, NothingToBuild
from hi_pipeline.core.geography import CURRENT, Vintage, boards_of
from hi_pipeline.core.validation import validate
from hi_pipeline.engine.tracing.lineage import USED, adds_up
from hi_pipeline.engine.tracing.residents import residents_behind
from hi_pipeline.sources.census_ethnicity.parse import COLUMNS
from hi_pipeline.tables.counts import build_counts
from hi_pipeline.tables.placing.authorities import authority_shares
from hi_pipeline.tables.placing.placed import Context
from hi_pipeline.tables.schemas import COUNTS_SCHEMA
from hi_pipeline_tests.unit.tables.fake_reader import BY_ID, FakeReader
from hi_pipeline_tests.unit.tables.test_attributions import LSOAS, Reader, _lookups

MINORITY = BY_ID["ethnic_minority_share_pct"]
YEAR = "2020-21"


def _clean(lsoas: list[str] = LSOAS) -> dict:
    groups = {name: [0] * len(lsoas) for name in COLUMNS}
    people = {"total": 100, "white": 70, "white_british": 60, "white_irish": 10, "asian": 30}
    groups |= {name: [count] * len(lsoas) for name, count in people.items()}
    residents = pl.DataFrame({"lsoa21_code": lsoas} | groups)
    return _lookups() | {("census_ethnicity", "residents", "2021-csv"): residents}


def _census(lsoas: list[str] = LSOAS) -> Built:
    built = build_counts(Reader(MINORITY, _clean(lsoas)), YEAR, source="census_ethnicity")
    validate(built.frame, COUNTS_SCHEMA, where="counts")
    return built


def test_residents_of_all_groups_but_white_british_by_board_on_both_footprints() -> None:
    frame = _census().frame
    for vintage in (Vintage.JULY_2022, CURRENT):
        boards = frame.filter(geography_vintage=vintage.value, area_type="icb")
        assert boards.height == len(boards_of(vintage))
        assert boards["denominator"].sum() == 100 * len(LSOAS)
        assert set((boards["numerator"] / boards["denominator"]).round(9)) == {0.4}
    england = frame.filter(area_type="england", geography_vintage="2022-07").row(0, named=True)
    assert (england["numerator"], england["period_end"], england["period_type"]) == (
        40 * len(LSOAS),
        date(2021, 3, 21),
        "snapshot",
    )


def test_a_share_is_traced_to_the_residents_of_its_small_areas() -> None:
    count = _census().frame.filter(geography_vintage=CURRENT.value, icb_code="E54000010").row(0, named=True)
    behind = residents_behind(Reader(MINORITY, _clean()), MINORITY, count)
    used = pl.concat([pl.DataFrame(schema=USED), behind], how="diagonal")
    assert {side: adds_up(used, side) for side in ("numerator", "denominator")} == {
        side: (count[side], count[side]) for side in ("numerator", "denominator")
    }
    assert residents_behind(Reader(MINORITY, _clean()), MINORITY, count | {"area_type": "england"}).is_empty()


def test_a_census_stands_in_its_own_year_alone() -> None:
    with pytest.raises(NothingToBuild, match="2021-03-21, which lies in 2020-21"):
        build_counts(Reader(MINORITY, {}), "2021-22", source="census_ethnicity")


def test_a_small_area_without_a_board_stops_the_census() -> None:
    with pytest.raises(LinkageError, match="1 small areas without a board"):
        _census([*LSOAS, "E01999999"])


def _shares(named: list[str], lads: list[str]) -> pl.DataFrame:
    lsoas = pl.DataFrame(
        {"lsoa_code": ["E01000001", "E01000002"], "sub_icb_ons": ["E38000053", "E38000257"], "lad_code": lads}
    )
    codes = lsoas["lsoa_code"]
    reader = FakeReader(
        {
            ("ons_geography", "lsoa_areas", "2022-lsoa"): lsoas,
            ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): pl.DataFrame(
                {"lsoa11_code": codes, "lsoa21_code": codes}
            ),
            ("census_ethnicity", "residents", "2021"): pl.DataFrame({"lsoa21_code": codes, "total": [300, 100]}),
        }
    )
    context = Context(reader=reader, financial_year="2024-25", vintage=Vintage.APRIL_2023)
    return authority_shares(reader, context, pl.Series(named))[0]


def test_an_authority_of_2023_has_the_small_areas_of_its_districts() -> None:
    districts = ["E07000187", "E07000188"]  # Mendip and Sedgemoor, of Somerset
    whole = _shares(["E06000066"], districts)
    assert dict(whole.select("icb_code", "share").rows()) == {"E54000010": 0.75, "E54000011": 0.25}
    assert set(whole["lad_code"]) == {"E06000066"}
    # A file of before names the districts themselves.
    before = _shares(districts, districts)
    assert set(before["lad_code"]) == set(districts) and set(before["share"]) == {1.0}
