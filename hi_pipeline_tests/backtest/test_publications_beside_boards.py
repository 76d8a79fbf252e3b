"""Figures that publishers printed of England, providers, authorities and partnerships, from their files."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.account import Accounted
from hi_pipeline.sources import SOURCES
from hi_pipeline_tests.unit.sources.editions import figure, parsed, real


def _read(source: str, edition: str, mirror: Path) -> Accounted:
    return real(SOURCES[source], edition, mirror)


def test_perinatal_deaths_of_2023(real_mirror: Path) -> None:
    found = _read("mbrrace", "2023", real_mirror)
    observations = found.tables["observations"]
    assert found.left_out == {"rows of trusts and health boards of other nations": 29}
    england = observations.filter(area_level="england")
    assert figure(england, measure="total_births")["value"] == 564_383
    # The lower bounds, and how many trusts hide: 29 of each kind, 4 of both together.
    bounds = {row["measure"]: (row["low"], row["value"]) for row in england.iter_rows(named=True)}
    assert bounds["stillbirths"] == (1653, None) and bounds["neonatal_deaths"] == (889, None)
    both = figure(england, measure="extended_perinatal_deaths")
    assert (both["low"], both["high"], both["status"]) == (2765, 2773, "suppressed")
    assert both["low"] > bounds["stillbirths"][0] + bounds["neonatal_deaths"][0]
    hidden = observations.filter(area_level="provider", status="suppressed").group_by("measure").len()
    assert dict(hidden.rows()) == {"stillbirths": 29, "neonatal_deaths": 29, "extended_perinatal_deaths": 4}
    airedale = figure(observations, area_code="5", measure="extended_perinatal_mortality_rate_stabilised")
    assert (airedale["value"], airedale["lower_95"], airedale["upper_95"]) == (3.55, 2.74, 5.0)


def test_cancer_stage(real_mirror: Path) -> None:
    source = SOURCES["cancer_stage"]
    # 2013 and 2014 lie before the first financial year of the project; the parser reads any year.
    early = replace(source.release("2023-05"), financial_years=("2013-14", "2014-15"))
    england = parsed(source, early, real_mirror / early.mirror_file).tables["observations"].filter(area_level="england")
    first, second = england.sort("financial_year").iter_rows(named=True)
    assert (first["value"], first["lower_95"], first["upper_95"]) == (54.80494, 54.58269, 55.027)
    assert second["value"] == 55.135
    observations = _read("cancer_stage", "2023-05", real_mirror).tables["observations"]
    assert observations.filter(status="suppressed").group_by("financial_year").len().sort("financial_year").rows() == [
        ("2018-19", 1),
        ("2019-20", 72),
        ("2020-21", 39),
    ]


@pytest.mark.parametrize(
    ("year", "preterm", "known", "regions"),
    [("2020-21", 33_605, 454_955, 33_620), ("2021-22", 40_905, 533_065, 40_935)],
)
def test_preterm_babies(real_mirror: Path, year: str, preterm: int, known: int, regions: int) -> None:
    observations = _read("maternity_annual", year, real_mirror).tables["observations"]
    england = observations.filter(area_level="england", dimension="total")
    assert figure(england, measure="babies_preterm")["value"] == preterm
    assert figure(england, measure="babies_known_gestation")["value"] == known
    # Some babies are counted in two regions, so that regions add up to a little more than England.
    by_region = observations.filter(area_level="region", measure="babies_preterm")
    assert (by_region.height, by_region["value"].sum()) == (7, regions)


def test_maternity_of_2019_20_and_the_babies_of_2021_22(real_mirror: Path) -> None:
    old = _read("maternity_annual", "2019-20", real_mirror).tables["observations"].filter(area_level="england")
    assert figure(old, measure="babies")["value"] == 400_595
    assert figure(old, measure="babies_known_gestation")["value"] == 400_595 - 14_910 - 5
    preterm = figure(old, measure="babies_preterm")
    assert preterm["status"] == "missing" and preterm["low"] < 0.08 * 385_680 < preterm["high"]
    found = _read("maternity_annual", "2021-22", real_mirror)
    assert found.notes[0].startswith(
        "babies by gestation do not add up to all babies in 23 of 131 areas, England among"
    )


def test_first_covid_campaign(real_mirror: Path) -> None:
    found = _read("covid_vaccinations", "2021-04-25", real_mirror)
    observations = found.tables["observations"]
    england = observations.filter(area_level="england", dimension="total")
    totals = dict(england.select("measure", "value").rows())
    assert (totals["first_doses"], totals["second_doses"], totals["all_doses"]) == (28_153_756, 11_001_440, 39_155_196)
    partnerships = observations.filter(area_level="stp", dimension="total", measure="all_doses")
    assert (partnerships.height, partnerships["value"].sum()) == (42, 39_083_508)
    british = figure(observations, area_level="england", measure="first_doses", category="White: British")
    assert british["value"] == 20_284_861


def test_homelessness_of_january_to_march_2025(real_mirror: Path) -> None:
    found = _read("homelessness", "2025-03", real_mirror)
    observations = found.tables["observations"].filter(dimension="total")
    england = dict(observations.filter(area_level="england").select("measure", "value").rows())
    assert (england["assessments"], england["owed_duty"]) == (90_780, 83_450)
    silent = observations.filter(measure="owed_duty", status="missing")["area_name"].sort().to_list()
    assert silent == ["Kingston upon Thames", "Torbay"]
    authorities = observations.filter(area_level="local_authority", measure="households")
    assert (authorities.height, authorities["value"].sum()) == (296, england["households"])


def test_cervical_screening_at_ages_25_to_49(real_mirror: Path) -> None:
    found = _read("fingertips", "93560", real_mirror)
    observations = found.tables["observations"].filter(financial_year="2023-24")
    england = observations.filter(area_level="england")
    count, invited, value = (figure(england, measure=f"{kind}_93560") for kind in ("count", "denominator", "value"))
    assert (count["value"], invited["value"]) == (7_306_325, 11_055_782)
    assert (value["value"], value["lower_95"], value["upper_95"]) == (66.08601, 66.0581, 66.11391)
    # Unitary authorities and counties make England; districts are parts of counties, and are not added to them.
    unitary = pl.col("area_code").str.contains(r"^E0[689]")
    whole = observations.filter(measure="count_93560").filter(unitary | (pl.col("area_level") == "county"))
    assert whole["value"].sum() == count["value"]
    assert found.left_out["rows of England by deprivation decile of areas"] == 100
