"""Denominators that another publication gives: registered patients of boards, and England's people by group."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.geography import CURRENT, boards_of, vintage_of
from hi_pipeline.core.groups import DECILES, ETHNIC_2001_OF_2021, ETHNIC_DETAIL_2001, Dimension
from hi_pipeline.core.indicator import Attribution, DenominatorFrom, Kind
from hi_pipeline.core.validation import validate
from hi_pipeline.sources.census_ethnicity.parse import BROAD, COLUMNS, TOTAL
from hi_pipeline.tables.counts import build_counts
from hi_pipeline.tables.declared import linked_tables
from hi_pipeline.tables.people import ADDED
from hi_pipeline.tables.schemas import COUNTS_SCHEMA
from hi_pipeline_tests.unit.tables.fake_reader import BY_ID, observation, observations
from hi_pipeline_tests.unit.tables.test_attributions import SHARE, Reader

YEAR = "2023-24"
OWN = vintage_of(YEAR)
REGISTERED = replace(SHARE, kind=Kind.RATE, denominator=(), denominator_from=DenominatorFrom.REGISTERED)
GROUPS = replace(
    SHARE,
    kind=Kind.RATE,
    attribution=Attribution.ENGLAND,
    denominator=(),
    denominator_from=DenominatorFrom.GROUPS,
    dimensions=(Dimension.TOTAL, Dimension.AGE, Dimension.ETHNICITY, Dimension.DEPRIVATION),
    deprivation_groups=10,
)


def _patients(boards: list[str], vintage: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"icb_code": [*boards, None], "patients_all": [100.0 + n for n in range(len(boards))] + [7.0]}
    ).with_columns(
        geography_vintage=pl.lit(vintage),
        imd_vintage=pl.lit("2019"),
        snapshot=pl.lit(date(2023, 10, 1)),
        releases=pl.lit(""),
    )


LISTS = [_patients([b.ons for b in boards_of(v)], v.value) for v in (OWN, CURRENT)]
TWICE = pl.concat([*LISTS, *(table.with_columns(imd_vintage=pl.lit("2025")) for table in LISTS)])


def _build(indicator: object, rows: list[dict], *, linked: dict, more: dict | None = None) -> Built:
    clean = {("first", "observations", YEAR): observations(rows)}
    reader = Reader(indicator, clean | (more or {}))  # type: ignore[arg-type]
    reader._linked = linked
    built = build_counts(reader, YEAR, source="first")
    validate(built.frame, COUNTS_SCHEMA, where="counts")
    return built


def test_boards_are_divided_by_their_patients_and_england_by_all() -> None:
    boards = boards_of(OWN)
    rows = [observation("icb", b.ods, "some", 5.0) for b in boards]
    rows += [observation("england", "", "some", 215.0), observation("national", "13Q", "some", 3.0)]
    rows += [observation("wales", "7A1", "some", 2.0)]
    built = _build(REGISTERED, rows, linked={("core20_population", YEAR): TWICE})
    own = built.frame.filter(geography_vintage=OWN.value)
    held = dict(own.filter(area_type="icb").select("icb_code", "denominator").rows())
    assert held == {b.ons: 100.0 + n for n, b in enumerate(boards)}
    england = own.filter(area_type="england").row(0, named=True)
    assert england["denominator"] == sum(held.values()) + 7
    assert "patients registered on 2023-10-01" in england["note"]
    remainders = own.filter(area_type="remainder").sort("area_name")
    assert remainders.select("area_name", "numerator", "denominator").rows() == [
        ("Health boards of Wales", 2, None),
        ("No board named (national commissioning)", 3, None),
    ]
    assert "core20_population:2023-24" in built.releases


def test_without_a_list_near_the_year_there_is_no_rate() -> None:
    class Absent(Reader):
        def linked(self, name: str, financial_year: str) -> pl.DataFrame:
            raise NothingToBuild(f"{name} is not built")

    rows = observations([observation("icb", b.ods, "some", 5.0) for b in boards_of(OWN)])
    with pytest.raises(NothingToBuild, match="core20_population is not built"):
        build_counts(Absent(REGISTERED, {("first", "observations", YEAR): rows}), YEAR, source="first")


def _england_people() -> tuple[dict, dict]:
    ages = pl.DataFrame({"age": [0, 1, 2], "population": [10, 20, 30]})
    people = ages.with_columns(
        icb_code=pl.lit(boards_of(OWN)[0].ons), sex=pl.lit("Female"), mid_year=pl.lit(2022)
    ).join(pl.DataFrame({"geography_vintage": [OWN.value, CURRENT.value]}), how="cross")
    groups = {name: [100 + n] for n, name in enumerate(COLUMNS)}
    clean = {
        ("gp_registrations", "practice_lsoa", "2022-07-lsoa"): pl.DataFrame(
            {"practice_code": ["A1", "A1", "A2"], "lsoa_code": ["E01000001", "E01000002", "E01000001"],
             "lsoa_kind": ["england"] * 3, "lsoa_vintage": ["2011"] * 3, "patients": [40, 60, 2],
             "extract_date": [date(2022, 7, 1)] * 3}
        ),
        ("iod2019", "lsoa_imd", "2019"): pl.DataFrame(
            {"lsoa_code": ["E01000001", "E01000002"], "imd_rank": [1, 2], "imd_decile": [1, 10]}
        ),
        ("census_ethnicity", "residents", "2021"): pl.DataFrame({"lsoa21_code": ["E01000001"]} | groups),
    }  # fmt: skip
    return clean, {("population", YEAR): people}


def test_englands_groups_are_divided_by_people_of_the_same_group() -> None:
    clean, linked = _england_people()
    groups = [("total", "All"), ("age", "1 to 4"), ("ethnicity", "Other Ethnic Groups: Any other ethnic group")]
    groups += [("deprivation", word) for word in (DECILES[0], DECILES[9], "Unknown")]
    rows = [observation("england", "", "some", 5.0, dimension=d, category=c) for d, c in groups]
    built = _build(GROUPS, rows, linked=linked, more=clean)
    england = built.frame.filter(geography_vintage=OWN.value, area_type="england")
    names = list(COLUMNS)
    arab_and_any = 200 + names.index("other_arab") + names.index("other_any")
    assert dict(england.select("category", "denominator").rows()) == {
        "All": 60,
        "1 to 4": 50,
        "Other Ethnic Groups: Any other ethnic group": arab_and_any,
        DECILES[0]: 42,
        DECILES[9]: 60,
        "Unknown": None,
    }
    said = dict(england.select("category", "note").rows())
    assert said["All"] == "residents of mid-2022"
    assert "lists of 2022-07-01" in said[DECILES[0]] and "Indices of 2019" in said[DECILES[0]]
    assert "Census 2021" in said["Other Ethnic Groups: Any other ethnic group"]
    bare = built.frame.filter(area_type="icb")
    assert bare["denominator"].null_count() == bare.height
    assert set(bare["note"].str.starts_with("not published")) == {True}


def test_the_groups_of_2001_hold_everybody_of_the_census_once() -> None:
    assert tuple(ETHNIC_2001_OF_2021) == ETHNIC_DETAIL_2001
    used = [name for names in ETHNIC_2001_OF_2021.values() for name in names]
    assert sorted(used) == sorted(name for name in COLUMNS if name not in (*BROAD, TOTAL))


def test_a_table_reads_what_its_denominators_need() -> None:
    tables = {table.name: table for table in linked_tables(BY_ID.values())}
    assert "core20_population" in tables["hes_admitted_counts"].linked
    assert "population" in tables["hes_outpatients_counts"].linked
    assert {"census_ethnicity", "gp_registrations", "iod2019"} <= set(tables["hes_outpatients_counts"].sources)
    assert set(ADDED) == set(DenominatorFrom) - {DenominatorFrom.SOURCE, DenominatorFrom.NONE}
