"""What each attribution does to figures of other areas than boards, and indicators of several publications."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from hi_pipeline.core.build import Built
from hi_pipeline.core.coverage import NO_BOARDS
from hi_pipeline.core.errors import LinkageError, NothingToBuild, ValidationError
from hi_pipeline.core.geography import CURRENT, SUB_ICB_LOCATIONS, Vintage, boards_of, heirs_of, holder_of, vintage_of
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import Attribution, Indicator, Kind, Origin
from hi_pipeline.core.validation import validate
from hi_pipeline.tables.counts import build_counts
from hi_pipeline.tables.declared import linked_tables
from hi_pipeline.tables.placing.lsoas import BY_FIFTH
from hi_pipeline.tables.placing.registry import PLACINGS
from hi_pipeline.tables.schemas import COUNTS_SCHEMA
from hi_pipeline_tests.unit.tables.fake_reader import BY_ID, FakeReader, observation, observations

YEAR = "2023-24"
OWN = vintage_of(YEAR)
SHARE = replace(
    BY_ID["fuel_poverty_pct"],
    source="first",
    attribution=Attribution.PUBLISHED,
    numerator=("some",),
    denominator=("all",),
    published=None,
    dimensions=(Dimension.TOTAL,),
)
BOARDS = [board.ods for board in boards_of(OWN)]


class Reader(FakeReader):
    """Knows one indicator."""

    def __init__(self, indicator: Indicator, clean: dict) -> None:
        super().__init__(clean)
        self._indicator = indicator

    def imd_vintage(self, source: str, financial_year: str) -> str | None:
        return None

    def indicators(self, source: str) -> tuple[Indicator, ...]:
        return (self._indicator,) if self._indicator.source == source else ()


def _build(indicator: Indicator, *, more: dict | None = None, **sources: list[dict]) -> Built:
    clean = {(name, "observations", YEAR): observations(rows) for name, rows in sources.items()}
    built = build_counts(Reader(indicator, clean | (more or {})), YEAR, source=indicator.source)
    validate(built.frame, COUNTS_SCHEMA, where="counts")
    return built


def _share(level: str, code: str, some: float | None = 20, every: float = 100, **extra: object) -> list[dict]:
    return [observation(level, code, "some", some, **extra), observation(level, code, "all", every, **extra)]


def _boards(**extra: object) -> list[dict]:
    return [row for code in BOARDS for row in _share("icb", code, **extra)]


def test_every_attribution_is_registered_and_every_table_it_reads_exists() -> None:
    assert set(PLACINGS) == set(Attribution)
    tables = {table.name for table in linked_tables(BY_ID.values())}
    for placing in PLACINGS.values():
        assert set(placing.linked) <= tables and placing.words


@pytest.mark.parametrize("attribution", [Attribution.ENGLAND, Attribution.REGION, Attribution.PROVIDER])
def test_a_publication_without_boards_builds_and_each_board_says_why_it_is_bare(attribution: Attribution) -> None:
    rows = [*_share("england", "", 500, 2_000), *_share("region", "Y56"), *_share("provider", "RBK")]
    built = _build(replace(SHARE, attribution=attribution), first=rows)
    for vintage in (OWN, CURRENT):
        here = built.frame.filter(geography_vintage=vintage.value)
        boards = here.filter(area_type="icb")
        assert boards.height == len(boards_of(vintage))
        assert set(boards["status"]) == {"not_published"} and boards["numerator"].null_count() == boards.height
        assert boards["note"].str.contains(NO_BOARDS).all()
        assert here.filter(area_type="england")["numerator"].to_list() == [500]
    used = {Attribution.REGION: {"region"}, Attribution.PROVIDER: {"region", "provider"}}.get(attribution, set())
    apart = built.frame.filter(pl.col("area_type").is_in(["region", "provider"]), status="ok")
    assert set(apart["area_type"]) == used
    unused = {"rows of level region that are not used", "rows of level provider that are not used"}
    assert set(built.counted) & unused == unused - {f"rows of level {level} that are not used" for level in used}


def test_providers_stand_once_and_are_never_summed() -> None:
    rows = [*_share("england", "", 500, 2_000), *_share("provider", "RBK", 20), *_share("provider", "RBL", None)]
    found = _build(replace(SHARE, attribution=Attribution.PROVIDER), first=rows).frame.filter(area_type="provider")
    assert found.select("icb_code", "geography_vintage", "numerator", "status").rows() == [
        ("RBK", OWN.value, 20, "ok"),
        ("RBL", OWN.value, None, "suppressed"),
    ]


PRINTED = replace(SHARE, kind=Kind.PUBLISHED, numerator=(), denominator=(), published="rate")


def _rate(level: str, code: str, value: float | None, **extra: object) -> dict:
    return observation(level, code, "rate", value, lower_95=value and value - 1, upper_95=value and value + 1, **extra)


def test_printed_figures_keep_their_limits_and_are_not_added_up() -> None:
    built = _build(PRINTED, first=[_rate("england", "", 10.0), *(_rate("icb", code, 12.0) for code in BOARDS)])
    own = built.frame.filter(geography_vintage=OWN.value, area_type="icb")
    assert own.height == 42
    assert set(own.select("published_value", "published_lower_95", "published_upper_95").rows()) == {(12.0, 11.0, 13.0)}
    now = built.frame.filter(geography_vintage=CURRENT.value, area_type="icb")
    same = {b.ons for b in boards_of(OWN)} & {b.ons for b in boards_of(CURRENT)}
    assert set(now.filter(status="ok")["icb_code"]) == same
    made = now.filter(status="not_published")
    assert made.height == 36 - len(same) and made["published_value"].null_count() == made.height
    assert made["note"].str.contains("not published").all()
    assert built.frame.filter(area_type="region").is_empty(), "a region is no sum of printed figures"


def test_a_printed_figure_that_is_hidden_stays_hidden() -> None:
    rows = [_rate("icb", code, 12.0) for code in BOARDS[1:]] + [_rate("icb", BOARDS[0], None)]
    own = _build(PRINTED, first=rows).frame.filter(geography_vintage=OWN.value, area_type="icb")
    assert own["status"].value_counts().sort("status").rows() == [("ok", 41), ("suppressed", 1)]


def test_a_printed_figure_is_refused_where_it_would_be_summed() -> None:
    with pytest.raises(ValidationError, match="cannot be summed"):
        _build(replace(PRINTED, attribution=Attribution.PRACTICE), first=[_rate("practice", "A1", 1.0)])
    with pytest.raises(NothingToBuild, match="hold no rate"):
        _build(PRINTED, first=_boards())


BY_ETHNICITY = Origin(
    source="second",
    attribution=Attribution.ENGLAND,
    numerator=("some",),
    denominator=("all",),
    dimensions=(Dimension.ETHNICITY,),
)


def _ethnic() -> list[dict]:
    return _share("england", "", 7, 70, dimension="ethnicity", category="White: British")


def test_a_second_publication_gives_what_the_first_one_has_not() -> None:
    both = replace(SHARE, dimensions=(Dimension.TOTAL, Dimension.ETHNICITY), further=(BY_ETHNICITY,))
    built = _build(both, first=[*_share("england", "", 840, 4_200), *_boards()], second=_ethnic())
    own = built.frame.filter(geography_vintage=OWN.value)
    assert own.filter(area_type="icb", dimension="total")["status"].to_list() == ["ok"] * 42
    ethnic = own.filter(area_type="england", dimension="ethnicity")
    assert ethnic.select("numerator", "source_releases").rows() == [(7, "second:2023-24")]
    assert own.filter(area_type="england", dimension="total")["source_releases"].to_list() == ["first:2023-24"]
    assert built.releases == ("first:2023-24", "second:2023-24")


def test_of_two_that_have_the_same_figure_the_first_one_counts() -> None:
    again = Origin(source="second", attribution=Attribution.PUBLISHED, numerator=("some",), denominator=("all",))
    both = replace(SHARE, further=(again,))
    second = [*_share("england", "", 42, 4_200), *_boards(some=1)]
    built = _build(both, first=[*_share("england", "", 840, 4_200), *_boards()], second=second)
    assert set(built.frame.filter(area_type="icb", geography_vintage=OWN.value)["numerator"]) == {20}
    alone = _build(both, second=second)
    assert set(alone.frame.filter(area_type="icb", geography_vintage=OWN.value)["numerator"]) == {1}
    assert "first holds nothing for 2023-24" in " ".join(alone.notes)


def test_a_table_reads_all_publications_of_its_indicators_and_requires_none_of_several() -> None:
    (table,) = [t for t in linked_tables([replace(SHARE, further=(BY_ETHNICITY,))]) if t.name == "first_counts"]
    assert {"first", "second"} <= set(table.sources) and table.required == ()
    (table,) = [t for t in linked_tables([SHARE]) if t.name == "first_counts"]
    assert table.required == ("first",)


def _here(ons: str, vintage: Vintage) -> str:
    return holder_of(ons, vintage) or heirs_of(ons, vintage)[0]


LOCATIONS = [s.ons for s in SUB_ICB_LOCATIONS if Vintage.APRIL_2023 in s.board]
LSOAS = [f"E01{n:06d}" for n in range(1, len(LOCATIONS) * 5 + 1)]  # five to a location, one in each fifth
LSOA_SHARE = replace(
    SHARE, attribution=Attribution.LSOA, dimensions=(Dimension.TOTAL, Dimension.DEPRIVATION), deprivation_groups=5
)


def _lookups() -> dict:
    at = [ons for ons in LOCATIONS for _ in range(5)]
    ranks = pl.DataFrame({"lsoa_code": LSOAS, "imd_decile": [2 * (n % 5) + 1 for n in range(len(LSOAS))]})
    return {
        ("ons_geography", "lsoa_areas", "2024-lsoa"): pl.DataFrame({"lsoa_code": LSOAS, "sub_icb_ons": at}),
        ("ons_geography", "lsoa_areas", "2026-lsoa"): pl.DataFrame(
            {"lsoa_code": LSOAS, "sub_icb_ons": [_here(ons, CURRENT) for ons in at]}
        ),
        ("iod2025", "lsoa_imd", "2025-file-7"): ranks.with_columns(pl.col("imd_decile").cast(pl.Int32)),
    }


def _by_lsoa(codes: list[str] = LSOAS) -> list[dict]:
    england = _share("england", "", 20 * len(codes), 100 * len(codes))
    return [*england, *(row for code in codes for row in _share("lsoa", code, note="a model"))]


def test_lsoas_are_summed_to_boards_and_fifths_on_both_footprints_and_nobody_is_lost() -> None:
    built = _build(LSOA_SHARE, more=_lookups(), first=_by_lsoa())
    for vintage in (OWN, CURRENT):
        boards = built.frame.filter(geography_vintage=vintage.value, area_type="icb")
        total, fifths = (boards.filter(dimension=d) for d in ("total", "deprivation"))
        assert total.height == len(boards_of(vintage)) and fifths.height == 5 * total.height
        assert total["numerator"].sum() == fifths["numerator"].sum() == 20 * len(LSOAS)
        assert set(fifths["imd_vintage"]) == {"2025"} and set(total["imd_vintage"]) == {""}
        assert fifths["note"].str.contains(f"a model; {BY_FIFTH}", literal=True).any()
    assert {"iod2025:2025-file-7", "ons_geography:2024-lsoa"} <= set(built.releases)
    for vintage, lookup, other in ((OWN, "2024-lsoa", "2026-lsoa"), (CURRENT, "2026-lsoa", "2024-lsoa")):
        rows = built.frame.filter(geography_vintage=vintage.value, area_type="icb")
        for dimension, ranked in (("total", False), ("deprivation", True)):
            named = rows.filter(dimension=dimension)["source_releases"].str.split(";")
            assert named.list.contains("first:2023-24").all() and named.list.contains(f"ons_geography:{lookup}").all()
            assert not named.list.contains(f"ons_geography:{other}").any(), "each footprint by its own lookup"
            assert set(named.list.contains("iod2025:2025-file-7")) == {ranked}
    england = built.frame.filter(area_type="england", dimension="total")
    assert set(england["source_releases"]) == {"first:2023-24"}, "as printed"


def test_an_lsoa_that_nobody_knows_stops_the_table() -> None:
    with pytest.raises(LinkageError, match="E01999999"):
        _build(LSOA_SHARE, more=_lookups(), first=_by_lsoa([*LSOAS, "E01999999"]))
    lookups = _lookups()
    ranks = ("iod2025", "lsoa_imd", "2025-file-7")
    with pytest.raises(LinkageError, match="do not rank"):
        _build(LSOA_SHARE, more=lookups | {ranks: lookups[ranks].slice(1)}, first=_by_lsoa())


def test_a_standardised_rate_gets_its_totals_and_keeps_its_strata() -> None:
    rate = replace(SHARE, kind=Kind.DSR)
    areas = [("england", "", 42), *(("icb", code, 1) for code in BOARDS)]
    strata = [
        row
        for level, code, times in areas
        for sex in ("Female", "Male")
        for row in _share(level, code, 5 * times, 100 * times, dimension="age_and_sex", category=f"{sex}, 0 to 4")
    ]
    own = _build(rate, first=strata).frame.filter(geography_vintage=OWN.value)
    boards = own.filter(area_type="icb")
    assert set(boards.filter(dimension="total")["numerator"]) == {10}
    assert boards.filter(dimension="age_and_sex").height == 84
    assert own.filter(area_type="england", dimension="total")["numerator"].to_list() == [420]


def test_editions_are_named_and_not_guessed_from_names() -> None:
    named = replace(SHARE, editions=("2023-24",))
    assert _build(named, first=_boards()).releases == ("first:2023-24",)
    with pytest.raises(ValidationError, match="Correct editions"):
        _build(replace(SHARE, editions=("2022-23",)), first=_boards())


def test_a_period_is_that_of_the_publication() -> None:
    rows = [row | {"period_end": date(2023, 12, 31), "period_type": "calendar_year"} for row in _boards()]
    assert set(_build(SHARE, first=rows).frame["period_type"]) == {"calendar_year"}


def test_a_printed_figure_of_several_months_is_that_of_the_last_one() -> None:
    months = {"first": date(2024, 2, 29), "last": date(2024, 3, 31)}
    rows = [
        _rate("england", "", value, period_type="month", period_start=day.replace(day=1), period_end=day)
        for value, day in ((9.0, months["first"]), (11.0, months["last"]))
    ]
    built = _build(replace(PRINTED, attribution=Attribution.ENGLAND), first=rows)
    england = built.frame.filter(geography_vintage=OWN.value, area_type="england")
    assert england.select("published_value", "period_type", "period_end").rows() == [(11.0, "month", months["last"])]


def _one_hidden(england: float, people: float = 4_200, **group: str) -> pl.DataFrame:
    """Return England and all boards where 41 boards have 18 to 22 of 100 and one a hidden count of 0 to 4 of 100."""
    boards = _boards(**group)
    rows = [r | {"low": r["value"] - 2, "high": r["value"] + 2} if r["measure"] == "some" else r for r in boards]
    hidden = {"value": None, "low": 0.0, "high": 4.0, "status": "suppressed"}
    rows = [r | hidden if (r["area_code"], r["measure"]) == (BOARDS[0], "some") else r for r in rows]
    every = [*rows, *_share("england", "", england, people, **group)]
    if group:
        every += [*_boards(), *_share("england", "", 840.0, 4_200)]
    by_group = replace(SHARE, dimensions=(Dimension.TOTAL, Dimension.ETHNICITY))
    frame = _build(by_group if group else SHARE, first=every).frame
    return frame.filter(geography_vintage=OWN.value, **group).filter(pl.col("area_type").is_in(["england", "boards"]))


@pytest.mark.parametrize(
    ("england", "people", "areas"),
    [
        (823.0, 4_200, {"england"}),
        (860.0, 4_203, {"england"}),
        # More people than the boards have: England holds others besides.
        (823.0, 4_300, {"england", "boards"}),
    ],
)
def test_a_sum_with_hidden_counts_gives_way_to_an_england_that_is_exact(
    england: float, people: float, areas: set[str]
) -> None:
    assert set(_one_hidden(england, people)["area_type"]) == areas


@pytest.mark.parametrize(("category", "areas"), [("Mixed", {"england"}), ("Unknown", {"england", "boards"})])
def test_the_sum_of_the_unknown_stays_as_it_tells_their_share(category: str, areas: set[str]) -> None:
    assert set(_one_hidden(823.0, dimension="ethnicity", category=category)["area_type"]) == areas


def test_a_sum_without_hidden_counts_stands_beside_england() -> None:
    frame = _build(SHARE, first=[*_boards(), *_share("england", "", 840.0, 4_200)]).frame
    assert frame.filter(geography_vintage=OWN.value, area_type="boards")["numerator"].to_list() == [840.0]
