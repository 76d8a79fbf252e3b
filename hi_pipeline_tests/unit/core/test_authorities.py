"""Merged authorities: the facts agree with the ONS lookup, whose LSOAs keep the names of the old districts."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.authorities import MERGERS, authorities_meant, authority_of_2022


@pytest.mark.parametrize(
    ("code", "successor", "meant"),
    [
        ("E07000150", "E06000061", ("E06000061",)),
        ("E07000004", "E06000060", ("E06000060",)),
        ("E06000015", "E06000015", ("E06000015",)),
        ("E09000012", "E09000012", ("E09000012", "E09000001")),
    ],
)
def test_an_authority_leads_to_those_of_2022(code: str, successor: str, meant: tuple[str, ...]) -> None:
    assert authority_of_2022(code) == successor
    assert authorities_meant(code) == meant


def test_no_district_went_into_two() -> None:
    districts = [code for merger in MERGERS for code in merger.districts]
    assert len(districts) == len(set(districts)) == 11


def test_the_lookup_of_2022_says_the_same(real_mirror: Path) -> None:
    lookup = pl.read_csv(real_mirror / "services1.arcgis.com/rebuilt/LSOA11_SICBL22_ICB22_LAD22_EN_LU.csv")
    old = lookup.with_columns(pl.col("LSOA11NM").str.replace(r" \d{3}[A-Z]$", "").alias("district"))
    for merger in MERGERS:
        found = old.filter(LAD22CD=merger.code)
        assert set(found["district"]) == set(merger.districts.values())
        assert set(found["LAD22NM"]) == {merger.name}
        assert set(old.filter(pl.col("district").is_in(list(merger.districts.values())))["LAD22CD"]) == {merger.code}
