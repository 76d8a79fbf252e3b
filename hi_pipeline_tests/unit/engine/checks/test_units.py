"""Units far from the others are listed with their weight, and named; what cannot be judged is said."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from hi_pipeline.core.indicator import Attribution, Kind
from hi_pipeline.engine.checks import by_layer
from hi_pipeline.engine.checks.by_layer import check_list
from hi_pipeline.engine.checks.units import LEVELS, NO_SMALLER, NOT_BY_KIND, check_far_units, far_units, units_of
from hi_pipeline.tables.declared import linked_tables
from hi_pipeline_tests.unit.tables.fake_reader import BY_ID, observation, observations

SMI = BY_ID["smi_prevalence_pct"]


def _units(*, register: float, kind: str = "proportion") -> pl.DataFrame:
    rows = [(f"P{n}", "E54000010" if n % 2 else "E54000011", 60.0 + n, 6_000.0) for n in range(20)]
    rows.append(("FAR", "E54000010", register, 7_692.0))
    nothing = (pl.lit(None, dtype=pl.Float64).alias(name) for name in ("printed", "lower", "upper"))
    return pl.DataFrame(rows, schema=["unit", "board", "numerator", "denominator"], orient="row").with_columns(
        *nothing,
        year=pl.lit("2022-23"),
        indicator=pl.lit("smi_prevalence_pct"),
        title=pl.lit("Severe mental illness"),
        source=pl.lit("QOF"),
        level=pl.lit("practice"),
        kind=pl.lit(kind),
        multiplier=pl.lit(100),
        name=pl.format("Surgery {}", "unit"),
    )


def test_a_practice_of_thirteen_percent_is_listed_with_its_weight_and_named() -> None:
    found = check_far_units([_units(register=1_000)])
    assert not found.passed and found.warning and found.count == 1
    assert found.rows is not None
    row = found.rows.row(0, named=True)
    assert (row["unit"], row["board"], round(row["value"], 1), round(row["median"], 1)) == (
        "FAR",
        "E54000010",
        13.0,
        1.2,
    )
    assert row["weight"] == 7_692 / (10 * 6_000 + 7_692)
    assert row["board_without_it"] == 100 * sum(61 + 2 * n for n in range(10)) / 60_000
    assert found.said.startswith("1 unit lies more than 6 standard deviations from the others of its file")
    assert "QOF practice FAR (Surgery FAR), Severe mental illness 2022-23, 13.0 where the middle is 1.2. " in found.said


def test_three_units_are_named_and_the_rest_counted() -> None:
    more = [_units(register=1_000).filter(unit="FAR").with_columns(unit=pl.lit(f"FAR{n}")) for n in range(4)]
    found = check_far_units([pl.concat([_units(register=1_000), *more])])
    assert found.said.startswith("5 units lie more") and found.said.count("where the middle is") == 3
    assert "; and 2 more. " in found.said


def test_nothing_far_passes_and_nothing_to_judge_says_so() -> None:
    found = check_far_units([_units(register=90)])
    assert found.passed and found.said == "no practice, provider or area lies far from the others of its file"
    for nothing in ([pl.DataFrame()], []):
        assert check_far_units(nothing).passed and "not judged" in check_far_units(nothing).said


def test_a_practice_that_reports_nothing_is_listed() -> None:
    assert far_units(_units(register=0))["unit"].to_list() == ["FAR"]


def test_a_unit_without_a_board_has_no_weight_and_rates_are_judged() -> None:
    units = _units(register=1_000, kind="rate").with_columns(board=pl.lit(None, dtype=pl.String))
    row = far_units(units).row(0, named=True)
    assert (row["unit"], row["weight"], row["board_without_it"]) == ("FAR", None, None)


def test_those_that_move_their_board_most_come_first() -> None:
    both = pl.concat(
        [
            _units(register=1_000),
            _units(register=40).filter(unit="FAR").with_columns(unit=pl.lit("SMALL"), denominator=pl.lit(150.0)),
        ]
    )
    assert far_units(both)["unit"].to_list() == ["FAR", "SMALL"]


def _spread(*, length: float) -> pl.DataFrame:
    """Practices that differ by as much as the real ones, one with a list ten times too long."""
    units = _units(register=75).with_columns(
        numerator=pl.when(unit="FAR").then("numerator").otherwise(pl.int_range(pl.len()).cast(pl.Float64) * 5 + 30)
    )
    return units.with_columns(denominator=pl.when(unit="FAR").then(length).otherwise("denominator"))


def test_one_that_moves_its_board_by_one_percent_is_listed_sooner() -> None:
    row = far_units(_spread(length=76_920.0)).row(0, named=True)
    assert row["unit"] == "FAR" and 4 < row["distance"] < 6
    alone = _spread(length=76_920.0).with_columns(board=pl.lit(None, dtype=pl.String))
    assert far_units(alone).is_empty() and far_units(_spread(length=7_692.0)).is_empty()


def test_figures_that_are_printed_alone_are_judged() -> None:
    printed = _units(register=0).with_columns(
        kind=pl.lit("published"), numerator=pl.lit(None, dtype=pl.Float64), denominator=pl.lit(None, dtype=pl.Float64),
        printed=pl.when(unit="FAR").then(30.0).otherwise(pl.int_range(pl.len()) / 10 + 5),
    )  # fmt: skip
    row = far_units(printed).row(0, named=True)
    assert (row["unit"], row["value"], row["median"], row["weight"]) == ("FAR", 30.0, 6.0, None)


def test_what_is_not_judged_is_named_with_its_reason() -> None:
    count, england = BY_ID["wl_total"], BY_ID["act_outpatient_crude_rate"]
    found = check_far_units([_units(register=90)], [SMI, count, england])
    assert found.passed and "Severe" not in found.said
    assert f"not judged: {count.short} ({NOT_BY_KIND[Kind.COUNT]}), {england.short} ({NO_SMALLER})" in found.said
    small = check_far_units([_units(register=90).head(9)], [SMI])
    assert (
        small.said == f"not judged: {SMI.short} (no 10 units with counts and a population of 100, or a printed figure)"
    )


def test_every_indicator_of_units_is_judged_or_has_a_reason() -> None:
    bare = {Attribution.CORE20, Attribution.CENSUS, Attribution.ENGLAND, Attribution.REGION, Attribution.EXTRACT}
    assert {*LEVELS, *bare} == set(Attribution)
    assert set(Kind) == {Kind.PROPORTION, Kind.RATE, *NOT_BY_KIND} | {kind for kind in Kind if kind.as_printed}


@dataclass
class _Lake:
    """Hands out the tables that it is given; one that it lacks is no file."""

    tables: dict[tuple[str, ...], pl.DataFrame]

    def read(self, *where: str) -> pl.DataFrame:
        return self.tables[where]

    def exists(self, *where: str) -> bool:
        return where in self.tables


def _pipeline(source: str, rows: list[dict], year: str, **tables: pl.DataFrame) -> Any:
    declared = [i for i in BY_ID.values() if i.source == source]
    named = {tuple(name.split("/")): frame for name, frame in tables.items()}
    catalogue = SimpleNamespace(
        indicators=declared, indicators_by_id=BY_ID, sources={source: SimpleNamespace(title=source.upper())},
        is_of_extracts=lambda linked: False,
    )  # fmt: skip
    lake = _Lake({("clean", source, year, "observations"): observations(rows)} | named)
    return SimpleNamespace(catalogue=catalogue, lake=lake)


COUNTS = {table.indicators_of: table for table in linked_tables(BY_ID.values()) if table.indicators_of}


def _qof(register: float, **tables: pl.DataFrame) -> Any:
    rows = [
        observation("practice", f"A{n}", f"{kind}_mh", value, financial_year="2022-23", area_name=f"Surgery {n}")
        for n in range(12)
        for kind, value in (("register", register if n == 11 else 60.0 + n), ("list", 6_000.0))
    ]
    return _pipeline("qof", rows, "2022-23", **tables)


def _areas(*codes: str) -> pl.DataFrame:
    return pl.DataFrame({"practice_code": codes, "icb_code": ["E54000010"] * len(codes)}).with_columns(
        geography_vintage=pl.lit("2022-07")
    )


def test_units_have_the_board_that_they_lie_in_and_the_words_to_name_them() -> None:
    pipeline = _qof(1_000, **{"linked/practice_areas/2022-23": _areas("A0", "A11")})
    units = units_of(pipeline, COUNTS["qof"], "2022-23").sort("unit").filter(indicator="smi_prevalence_pct")
    assert dict(units.filter(pl.col("board").is_not_null()).select("unit", "board").rows()) == {
        "A0": "E54000010",
        "A11": "E54000010",
    }
    row = far_units(units).row(0, named=True)
    assert (row["unit"], row["weight"]) == ("A11", 0.5)
    assert units.select("source", "title", "level").row(0) == ("QOF", SMI.short, "practice")


def test_a_year_of_a_further_publication_alone_is_judged_by_it() -> None:
    """The first publication of preterm births has no file of the year, the monthly one has."""
    preterm = BY_ID["preterm_pct"]
    further = next(o for o in preterm.by_origin if o.source != preterm.source)
    level = LEVELS[further.attribution][0]
    rows = [
        observation(level, f"R{n:02}", measure, value, financial_year="2023-24", area_name=f"Trust {n}")
        for n in range(12)
        for measures, value in ((further.numerator, 60.0 + n if n else 600.0), (further.denominator, 1_000.0))
        for measure in measures
    ]
    pipeline = _pipeline(further.source, rows, "2023-24")
    pipeline.catalogue.indicators = [preterm]
    found = units_of(pipeline, COUNTS[preterm.source], "2023-24")
    assert far_units(found)["unit"].to_list() == ["R00"] and found["board"].null_count() == found.height
    assert units_of(_pipeline(preterm.source, [], "2022-23"), COUNTS[preterm.source], "2023-24").is_empty()


def test_small_areas_and_authorities_have_their_board_where_it_is_one() -> None:
    lookup = pl.DataFrame(
        {
            "lsoa_code": ["E01000001", "E01000002", "E01000003"],
            "lad_code": ["E06000001", "E06000002", "E06000002"],
            "sub_icb_ons": ["E38000130", "E38000130", "E38000240"],
        }
    )
    source = BY_ID["temporary_accommodation_rate"]
    measures = {m for i in BY_ID.values() if i.source == source.source for m in (*i.numerator, *i.denominator)}
    rows = [
        observation("local_authority", code, measure, 100.0, financial_year="2024-25")
        for code in ("E06000001", "E06000002")
        for measure in sorted(measures)
    ]
    pipeline = _pipeline(source.source, rows, "2024-25", **{"clean/ons_geography/2022-lsoa/lsoa_areas": lookup})
    found = units_of(pipeline, COUNTS[source.source], "2024-25").filter(indicator=source.id)
    boards = dict(found.select("unit", "board").rows())
    assert boards["E06000001"] == "E54000050" and boards["E06000002"] is None
    bare = units_of(_pipeline(source.source, rows, "2024-25"), COUNTS[source.source], "2024-25")
    assert bare["board"].null_count() == bare.height


def test_the_counts_of_a_run_are_asked_for_reporters_and_single_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that is replaced by one that always passes is seen here."""
    from hi_pipeline.engine.outcome import Outcome, State
    from hi_pipeline_tests.unit.engine.checks.test_findings import counts

    partial = counts("2022-23").with_columns(
        indicator_id=pl.lit("smi_prevalence_pct"), coverage=pl.lit(0.5), people_share=pl.lit(None, dtype=pl.Float64)
    )
    tables = {"linked/practice_areas/2022-23": _areas("A0", "A11"), "linked/qof_counts/2022-23": partial}
    pipeline = _qof(1_000, **tables)
    monkeypatch.setattr(by_layer, "check_stale", lambda standing: None)
    monkeypatch.setattr(by_layer, "linked_standing", lambda pipeline, linked: None)
    outcome = Outcome(partition="2022-23", state=State.UNCHANGED)
    found, _ = by_layer.of_linked(pipeline, COUNTS["qof"], [outcome])
    asked = {f.check: f for f in found if f is not None}
    assert not asked["reporters"].passed and not asked["single_units"].passed
    assert "(Surgery 11)" in asked["single_units"].said


def test_a_failed_cell_is_named_with_what_to_do() -> None:
    cells = pl.DataFrame(
        {
            "indicator_id": ["smi_prevalence_pct", "smi_prevalence_pct", "wl_total"],
            "financial_year": ["2022-23", "2022-23", "2023-24"],
            "state": ["failed", "failed", "not_in_hand"],
            "reason": ["the map is broken", "the map is broken", ""],
        }
    )
    found = check_list(cells, BY_ID)
    assert not found.passed and found.warning and found.count == 1
    assert found.said.startswith("2 cells of the list have no figure although the file was there: ")
    assert f"{SMI.short} of 2022-23 (the map is broken). Run hi status" in found.said
    passed = check_list(cells.filter(state="not_in_hand"), BY_ID)
    assert passed.passed and passed.said == "no cell of the list failed: 1 not in hand"
