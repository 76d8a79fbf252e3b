"""Extracts that leave their denominators out are divided by residents of age and sex, and say so."""

import polars as pl

from hi_pipeline.core.errors import NothingToBuild
from hi_pipeline.core.source import RawTable
from hi_pipeline.extracts.parse import TABLE, parse
from hi_pipeline.extracts.read import check
from hi_pipeline.extracts.source import releases_in
from hi_pipeline.tables.counts import build_counts
from hi_pipeline_tests.unit.extracts import made
from hi_pipeline_tests.unit.tables.fake_reader import FakeReader

YEAR, QHM, QMJ = "2024-25", "E54000050", "E54000028"
EMERGENCY, UNDER_18 = "act_emergency_dsr", "emergency_adm_u18_rate"
# Of each sex and year of age.
WOMEN, MEN = 300, 200


def _population() -> pl.DataFrame:
    rows = [
        (vintage, board, year, year == 2024, sex, age, people + (1_000 if year == 2023 else 0))
        for vintage in ("2023-04", "2026-04")
        for board in (QHM, QMJ)
        for year in (2023, 2024)
        for sex, people in (("Female", WOMEN), ("Male", MEN))
        for age in range(91)
    ]
    names = ["geography_vintage", "icb_code", "mid_year", "of_year", "sex", "age", "population"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _bare(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(denominator=pl.lit(None, dtype=pl.String))


def _counts(*tables: pl.DataFrame, population: bool = True) -> pl.DataFrame:
    found = []
    for table in tables:
        assert [str(problem) for problem in check(table)] == []
        (release,) = releases_in([f"{table['indicator_id'][0]}/{table['area_code'][0]}_{YEAR}.csv"])
        found.append(parse({TABLE: (RawTable("x.csv", table),)}, release))
    clean = {("local_extracts", n, YEAR): pl.concat(t[n] for t in found) for n in ("observations", TABLE)}
    linked = {("population", YEAR): _population()} if population else {}
    return build_counts(_Reader(clean, linked), YEAR, source="local_extracts").frame


class _Reader(FakeReader):
    def imd_vintage(self, source: str, financial_year: str) -> str | None:
        return None

    def linked(self, name: str, financial_year: str) -> pl.DataFrame:
        if (name, financial_year) not in self._linked:
            raise NothingToBuild("not built")
        return super().linked(name, financial_year)


def _own(counts: pl.DataFrame, dimension: str, category: str, board: str = QHM) -> dict:
    rows = counts.filter(geography_vintage="2023-04", icb_code=board, dimension=dimension, category=category)
    return rows.row(0, named=True)


def test_groups_of_age_and_sex_are_divided_by_residents_of_the_year() -> None:
    counts = _counts(_bare(made.frame(made.strata())))
    assert _own(counts, "total", "All")["denominator"] == 91 * (WOMEN + MEN)
    assert _own(counts, "sex", "Male")["denominator"] == 91 * MEN
    assert _own(counts, "age", "5 to 9")["denominator"] == 5 * (WOMEN + MEN)
    stratum = _own(counts, "age_and_sex", "Female, 90 and over")
    assert (stratum["denominator"], stratum["status"]) == (WOMEN, "ok")
    total = _own(counts, "total", "All")
    assert "the extract leaves the denominator out: residents of mid-2024" in total["note"]
    assert total["source_releases"] == f"local_extracts:{EMERGENCY}.QHM.{YEAR};population:{YEAR}"


def test_each_number_of_events_has_the_whole_group_below_it() -> None:
    once = _bare(made.frame(made.strata())).with_columns(events_per_person=pl.lit("1"))
    counts = _counts(pl.concat([once, once.with_columns(events_per_person=pl.lit("3"))]))
    for category in ("Female, 0 to 4", "Female, 0 to 4 | 3 each"):
        assert _own(counts, "age_and_sex", category)["denominator"] == 5 * WOMEN


def test_an_extract_of_the_young_is_divided_by_the_young() -> None:
    groups = {"": 600, "male": 320, "female": 270, "unknown": 10}
    rows = [made.row(n, sex=sex, indicator_id=UNDER_18) for sex, n in groups.items()]
    counts = _counts(made.frame(rows))
    assert _own(counts, "total", "All")["denominator"] == 18 * (WOMEN + MEN)
    assert _own(counts, "sex", "Female")["denominator"] == 18 * WOMEN
    nobody = _own(counts, "sex", "Unknown")
    assert (nobody["denominator"], nobody["status"]) == (None, "not_applicable")
    assert "no population of people whose group is not known" in nobody["note"]


def test_a_column_that_is_not_there_is_one_that_is_left_out() -> None:
    table = made.frame(made.strata()).drop("denominator")
    assert [str(problem) for problem in check(table)] == []


def test_a_board_that_gives_its_own_keeps_it_beside_one_that_does_not() -> None:
    own = made.standardised().with_columns(area_code=pl.lit("QMJ"))
    counts = _counts(_bare(made.frame(made.strata())), own)
    people = own["denominator"].cast(pl.Int64).sum()
    assert abs(_own(counts, "total", "All", QMJ)["denominator"] - people) <= 2
    assert "residents" not in _own(counts, "total", "All", QMJ)["note"]


def test_without_a_population_there_is_no_rate_and_the_reason_is_said() -> None:
    total = _own(_counts(_bare(made.frame(made.strata())), population=False), "total", "All")
    assert total["status"] == "missing" and "no population is in hand to divide by" in total["note"]
