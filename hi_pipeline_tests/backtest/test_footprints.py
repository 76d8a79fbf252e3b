"""Areas by ONS code and the footprint in force, on the real files: known figures, and nobody lost or counted twice."""

import polars as pl
import pytest

from hi_pipeline.core.geography import CURRENT, Vintage, boards_of, footprints_of, vintage_of
from hi_pipeline.tables.assemble import parts_of
from hi_pipeline_tests.backtest.real_files import RealFiles

# Boards whose area no CCG and no partnership of April 2021 makes up: QHL, QUE, QOP, QJ2, QPM, QUA.
WITHOUT_CCGS = {f"E540000{n}" for n in (55, 56, 57, 58, 59, 62)}
HEIRS_OF_FRIMLEY = {"E54000067", "E54000069", "E54000070"}
NEW = {b.ons for b in boards_of(CURRENT) if b.vintages == {CURRENT}}
WEST_AND_NORTH_LONDON = "E54000071"
# Publication, indicator and years in hand whose figures are of practices.
OF_PRACTICES = [
    *(("hypertension_prevalence_pct", year) for year in ("2020-21", "2022-23")),
    ("depression_prevalence_pct", "2022-23"),
    ("ae_attendance_0_4_rate", "2021-22"),
]
OF_ALL = [
    *OF_PRACTICES,
    *(("core20_share_pct", year) for year in ("2021-22", "2022-23", "2023-24")),
    *(("tt_recovery_pct", year) for year in ("2019-20", "2020-21", "2021-22", "2022-23", "2023-24")),
    *(("smi_checks_pct", year) for year in ("2018-19", "2019-20", "2020-21", "2021-22", "2022-23", "2023-24")),
    ("mha_detention_rate", "2023-24"),
    ("wl_gt18_pct", "2025-26"),
    ("tooth_extraction_decay_0_10_rate", "2020-21"),
]


def _total(real: RealFiles, indicator: str, year: str, ods: str) -> dict:
    rows = real.own_results(indicator, year).filter(icb_ods_code=ods, dimension="total", measure="value")
    assert rows.height == 1, rows
    return rows.row(0, named=True)


def _now(real: RealFiles, indicator: str, year: str) -> pl.DataFrame:
    rows = real.results(indicator, year).filter(geography_vintage=CURRENT.value)
    return rows.filter(dimension="total", measure="value")


def _published(rows: pl.DataFrame) -> set[str]:
    return set(rows.filter(pl.col("status") != "not_published", area_type="icb")["icb_code"])


def test_west_birmingham_is_in_birmingham_and_solihull(real: RealFiles) -> None:
    found = _total(real, "ae_attendance_0_4_rate", "2021-22", "QHL")
    assert [round(found[name], 1) for name in ("value", "lower_95", "upper_95")] == [763.8, 754.2, 773.5]
    slope = real.own_results("ae_attendance_0_4_rate", "2021-22").filter(icb_ods_code="QHL", measure="sii")
    assert round(slope["value"].item(), 1) == 342.0
    assert round(_total(real, "hypertension_prevalence_pct", "2020-21", "QUA")["value"], 2) == 15.40
    assert round(_total(real, "depression_prevalence_pct", "2020-21", "QHL")["value"], 2) == 11.17
    areas = real.linked("practice_areas", "2020-21").filter(geography_vintage="2022-07", icb_code="E54000055")
    registers = real.clean("qof", "observations", "2020-21")["area_code"].unique()
    assert areas.filter(pl.col("practice_code").is_in(registers.implode())).height == 185


def test_ten_closed_practices_of_the_six_ccgs_stand_with_their_networks(real: RealFiles) -> None:
    counted = real.built("practice_areas", "2020-21").counted
    assert counted["practices placed by the others of their network, 2022-07"] == 10
    assert counted["practices in no board of the footprint 2022-07"] == 0


def test_one_list_gives_one_core20_figure_for_an_unchanged_board(real: RealFiles) -> None:
    frames = [
        real.own_results("core20_share_pct", year)
        .filter(area_type="icb", measure="value")
        .select("icb_code", pl.col("value").alias(year))
        for year in ("2021-22", "2022-23", "2023-24")
    ]
    one, two, three = frames
    same = one.join(two, on="icb_code", validate="1:1").join(three, on="icb_code", validate="1:1")
    assert same.height == 40  # without Surrey Heartlands and Sussex, which have new codes from 2023-24
    assert same.filter((pl.col("2021-22") != pl.col("2022-23")) | (pl.col("2022-23") != pl.col("2023-24"))).is_empty()


def test_talking_therapies_and_checks_of_2021_22_say_which_boards_the_ccgs_do_not_make_up(real: RealFiles) -> None:
    for indicator in ("tt_recovery_pct", "smi_checks_pct"):
        boards = real.own_results(indicator, "2021-22").filter(area_type="icb")
        silent = boards.filter(status="not_published")
        assert set(silent["icb_code"]) == WITHOUT_CCGS, indicator
        assert boards.filter(pl.col("icb_code").is_in(list(WITHOUT_CCGS)))["status"].unique().to_list() == [
            "not_published"
        ]


@pytest.mark.parametrize(("year", "kept"), [("2019-20", 29), ("2020-21", 34), ("2021-22", 34)])
def test_boards_whose_partnership_kept_its_ons_code_have_its_row(real: RealFiles, year: str, kept: int) -> None:
    boards = real.own_results("tt_recovery_pct", year).filter(area_type="icb", dimension="total", measure="value")
    own = boards.filter(pl.col("note").str.contains("the partnership's own row"))
    assert own.height == kept
    assert own["published_value"].null_count() == 0
    assert (own["numerator_high"] - own["numerator_low"]).max() <= 4


def test_a_year_without_a_lookup_of_its_ccgs_has_england_and_says_so(real: RealFiles) -> None:
    rows = real.own_results("smi_checks_pct", "2018-19")
    assert set(rows.filter(area_type="icb")["status"]) == {"not_published"}
    assert rows.filter(area_type="icb")["note"].str.contains("no ONS lookup of the CCGs of 2018-19").all()
    # England is the sum of the CCGs that reported, and its coverage tells how many they are.
    england = rows.filter(area_type="england").row(0, named=True)
    assert england["status"] == "ok" and round(england["coverage"], 3) == 0.933


def test_practices_of_frimley_go_to_the_heir_of_most_of_their_patients(real: RealFiles) -> None:
    built = real.built("practice_areas", "2022-23")
    rows = built.frame.filter(geography_vintage=CURRENT.value, placed_by="patients", first_map=True)
    assert dict(rows["icb_code"].value_counts().iter_rows()) == {"E54000070": 44, "E54000067": 15, "E54000069": 12}
    listed = next(note for note in built.notes if "under 80%" in note)
    assert listed.count("%)") == rows.filter(pl.col("share") < 0.8).height == 3


@pytest.mark.parametrize(("indicator", "year"), OF_PRACTICES)
def test_boards_of_2026_are_what_their_practices_add_up_to(real: RealFiles, indicator: str, year: str) -> None:
    rows = _now(real, indicator, year).filter(area_type="icb")
    assert rows.height == 36 and set(rows["status"]) == {"ok"}
    declared = next(i for i in real.indicators(rows_source(indicator)) if i.id == indicator)
    parts = parts_of(real.clean(declared.source, "observations", year), declared).filter(area_level="practice")
    areas = real.linked("practice_areas", year).filter(geography_vintage=CURRENT.value)
    board_of = dict(areas.select("practice_code", "icb_code").iter_rows())
    for end in ("low", "high"):
        expected: dict[str, float] = {}
        for code, count in parts.select("area_code", f"numerator_{end}").iter_rows():
            expected[board_of[code]] = expected.get(board_of[code], 0.0) + count
        found = dict(rows.select("icb_code", f"numerator_{end}").iter_rows())
        assert found == pytest.approx(expected)


def rows_source(indicator: str) -> str:
    return "fingertips" if indicator.startswith("ae_") else "qof"


@pytest.mark.parametrize(("indicator", "year"), OF_ALL)
def test_england_and_the_whole_are_the_same_on_both_footprints(real: RealFiles, indicator: str, year: str) -> None:
    results = real.results(indicator, year)
    own, now = (
        results.filter(geography_vintage=v.value).drop("geography_vintage") for v in (vintage_of(year), CURRENT)
    )
    england = pl.col("area_type") == "england"
    assert own.filter(england).equals(now.filter(england))
    kept = own.filter(area_type="icb").join(now, on="icb_code", how="semi")
    unchanged = now.filter(pl.col("icb_code").is_in(kept["icb_code"].unique().implode()))
    # Regions were recoded; a board's own figures and comparison are alike.
    assert kept.drop("region_code").equals(unchanged.drop("region_code"))
    shown = [
        frame.filter(pl.col("area_type").is_in(["icb", "remainder"]), dimension="total", measure="value")
        for frame in (own, now)
    ]
    if all(frame["numerator"].null_count() == 0 for frame in shown):
        sums = [frame["numerator"].sum() for frame in shown]
        assert sums[0] == pytest.approx(sums[1], rel=1e-9)


@pytest.mark.parametrize(("indicator", "year"), OF_ALL)
def test_every_board_of_both_footprints_is_there_with_its_region(real: RealFiles, indicator: str, year: str) -> None:
    rows = real.results(indicator, year).filter(area_type="icb", dimension="total", measure="value")
    for vintage in footprints_of(year):
        there = rows.filter(geography_vintage=vintage.value)
        assert set(there["icb_code"]) == {b.ons for b in boards_of(vintage)}
    new = rows.filter(geography_vintage=CURRENT.value).filter(pl.col("icb_code").is_in(list(NEW)))
    assert new["note"].str.contains("made from").all()
    assert new["published_value"].null_count() == new.height
    assert "E40000013" in set(new["region_code"]) and "E40000007" not in set(new["region_code"])


@pytest.mark.parametrize(
    ("indicator", "year", "without"),
    [
        *(("core20_share_pct", year, set()) for year in ("2021-22", "2022-23", "2023-24")),
        ("smi_checks_n", "2022-23", HEIRS_OF_FRIMLEY),
        ("smi_checks_n", "2023-24", HEIRS_OF_FRIMLEY),
        # Central East holds 06H, whose CCG had another area.
        ("smi_checks_n", "2021-22", HEIRS_OF_FRIMLEY | {"E54000065"} | (WITHOUT_CCGS - {"E54000056"})),
        *((name, "2023-24", NEW - {WEST_AND_NORTH_LONDON}) for name in ("tt_recovery_pct", "mha_detention_rate")),
        # Groups are of boards alone; the total is printed of locations too.
        ("wl_gt18_pct", "2025-26", HEIRS_OF_FRIMLEY),
    ],
)
def test_which_boards_of_2026_have_figures(real: RealFiles, indicator: str, year: str, without: set[str]) -> None:
    rows = _now(real, indicator, year).filter(area_type="icb")
    assert _published(rows) == {b.ons for b in boards_of(Vintage.APRIL_2026)} - without
    assert (rows.filter(status="not_published")["note"] != "").all()
