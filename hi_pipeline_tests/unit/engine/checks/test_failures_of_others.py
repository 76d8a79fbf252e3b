"""Six failures that other projects have published: each trips a named check, and the sound input passes it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import HiPipelineError
from hi_pipeline.core.geography import boards_of, vintage_of
from hi_pipeline.core.groups import DECILES, Dimension
from hi_pipeline.core.indicator import Attribution
from hi_pipeline.engine.checks import findings as ask
from hi_pipeline.engine.checks.findings import Finding
from hi_pipeline.engine.outcome import Outcome, State, failed
from hi_pipeline.indicators.compute import compute_results
from hi_pipeline.indicators.schema import validate_results
from hi_pipeline.sources.qof.source import SOURCE as QOF
from hi_pipeline.tables.placing.authorities import validate_shares
from hi_pipeline.tables.reference.patients import LSOAS_OF, with_ranks
from hi_pipeline_tests.unit.indicators import counts_frames as made
from hi_pipeline_tests.unit.sources.editions import FIXTURES, parsed, zipped
from hi_pipeline_tests.unit.tables.fake_reader import BY_ID, FakeReader
from hi_pipeline_tests.unit.tables.test_attributions import (
    LSOA_SHARE,
    LSOAS,
    OWN,
    SHARE,
    YEAR,
    Reader,
    _build,
    _by_lsoa,
    _lookups,
    _share,
)

BY_PRACTICE = replace(SHARE, attribution=Attribution.PRACTICE)
PRACTICES = {f"A{number:05}": board.ons for number, board in enumerate(boards_of(vintage_of(YEAR)))}


def _asked(build: Callable[[], object]) -> Finding:
    """Do what a step does: what a build raises fails the check of its asset, and nothing is written."""
    try:
        build()
    except HiPipelineError as error:
        return ask.check_schema([failed(YEAR, error)])
    return ask.check_schema([Outcome(partition=YEAR, state=State.UNCHANGED)])


def _from_practices(lost: int) -> Callable[[], object]:
    """Build boards of one practice each, of which some are lost on the way and so 0 in the sums."""
    counts = [20 if number >= lost else 0 for number in range(len(PRACTICES))]
    rows = [row for code, some in zip(PRACTICES, counts, strict=True) for row in _share("practice", code, some)]
    areas = pl.DataFrame({"practice_code": list(PRACTICES), "icb_code": list(PRACTICES.values())}).with_columns(
        geography_vintage=pl.lit(OWN.value),
        map_release=pl.lit("qof:2023-24"),
        own_year=pl.lit(True),
        first_map=pl.lit(True),
        expected=pl.lit(True),
        placed_by=pl.lit("map"),
        releases=pl.lit("qof:2023-24"),
    )

    def build() -> object:
        from hi_pipeline.tables.counts import build_counts
        from hi_pipeline_tests.unit.tables.fake_reader import observations

        england = _share("england", "", 20 * len(PRACTICES), 100 * len(PRACTICES))
        reader = Reader(BY_PRACTICE, {("first", "observations", YEAR): observations([*england, *rows])})
        reader._linked = {("practice_areas", YEAR): areas}
        return build_counts(reader, YEAR, source="first")

    return build


def test_lost_practices_counted_as_zero_do_not_reconcile_with_england() -> None:
    assert _asked(_from_practices(lost=0)).passed
    found = _asked(_from_practices(lost=3))
    assert (found.check, found.passed) == ("schema", False)
    assert "are areas missing, or counted twice?" in found.said
    # A practice that is not in the file at all is no zero: its board has no figure, which stops the table.
    counts = _from_practices(lost=0)().frame.filter(geography_vintage=OWN.value)  # type: ignore[attr-defined]
    zero = pl.when(pl.col("icb_code").is_in(list(PRACTICES.values())[:3])).then(0.0)
    lost = counts.with_columns(
        zero.otherwise(name).alias(name) for name in ("numerator", "numerator_low", "numerator_high")
    )
    reconciled = ask.check_reconciles({YEAR: lost}, {BY_PRACTICE.id: BY_PRACTICE})
    assert (reconciled.check, reconciled.passed) == ("reconciles_with_england", False)


@pytest.mark.parametrize(("list_type", "passed"), [("17OV", True), ("TOTAL", False)])
def test_an_all_ages_list_under_an_age_restricted_register_stops_the_file(
    tmp_path: Path, list_type: str, passed: bool
) -> None:
    here = FIXTURES / "qof"
    text = (here / "PREVALENCE_2223.csv").read_text(encoding="utf-8")
    assert ",17OV," in text
    members = {
        "PREVALENCE_2223_v2.csv": text.replace(",17OV,", f",{list_type},"),
        "MAPPING_NHS_GEOGRAPHIES_2223.csv": (here / "MAPPING_NHS_GEOGRAPHIES_2223.csv").read_text(encoding="utf-8"),
        "MAPPING_INDICATORS_2223.csv": (here / "MAPPING_INDICATORS.csv").read_text(encoding="utf-8"),
    }
    found = _asked(lambda: parsed(QOF, "2022-23", zipped(tmp_path / "qof.zip", members)))
    assert (found.check, found.passed) == ("schema", passed)
    assert passed or "groups on other lists than before" in found.said


def _ranked(pairs: list[tuple[str, str]]) -> Callable[[], object]:
    """Put patients of LSOAs of 2011 on those of 2021 by a lookup."""
    new = [pair[1] for pair in pairs]
    reader = FakeReader(
        {
            ("ons_geography", "lsoa_2011_2021", "2011-2021-lsoa"): pl.DataFrame(
                pairs, schema=["lsoa11_code", "lsoa21_code"], orient="row"
            ),
            ("census_ethnicity", "residents", "2021"): pl.DataFrame(
                {"lsoa21_code": sorted(set(new)), "total": [500] * len(set(new))}
            ),
            ("iod2025", "lsoa_imd", "2025-file-7"): pl.DataFrame(
                {
                    "lsoa_code": sorted(set(new)),
                    "imd_rank": range(1, len(set(new)) + 1),
                    "imd_decile": [1] * len(set(new)),
                }
            ),
        }
    )
    english = pl.DataFrame(
        {"practice_code": ["A1"], "lsoa_code": ["E01000001"], "patients": [100], "lsoa_vintage": [LSOAS_OF["2019"]]}
    )
    return lambda: with_ranks(reader, english, "2022-07-lsoa", "2025")


def test_weights_that_do_not_add_to_one_after_a_join_lose_patients_and_are_refused() -> None:
    split = [("E01000001", "E01000011"), ("E01000001", "E01000012")]
    assert _asked(_ranked(split)).passed
    shares = pl.DataFrame({"lad_code": ["E07000192"] * 2, "icb_code": ["E54000010", "E54000011"], "share": [0.7, 0.3]})
    assert _asked(lambda: validate_shares(shares, where="authorities")).passed
    for wrong in (
        shares.head(1),
        shares.with_columns(share=pl.lit(0.7)),
        shares.with_columns(icb_code=pl.lit(None, dtype=pl.String)),
    ):
        found = _asked(lambda wrong=wrong: validate_shares(wrong, where="authorities"))  # type: ignore[misc]
        assert (found.check, found.passed) == ("schema", False)
        assert "do not add to one" in found.said


def test_a_piece_of_the_lookup_that_is_gone_after_its_shares_were_made_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from hi_pipeline.tables.reference import patients

    whole = patients.pieces
    monkeypatch.setattr(patients, "pieces", lambda reader: whole(reader).head(1))
    found = _asked(_ranked([("E01000001", "E01000011"), ("E01000001", "E01000012")]))
    assert (found.check, found.passed) == ("schema", False)
    assert "100 patients became 50" in found.said


@pytest.mark.parametrize("where", ["lookup", "publication"])
def test_dropped_small_areas_are_missed(where: str) -> None:
    lookups = _lookups()
    place = ("ons_geography", "lsoa_areas", "2024-lsoa")
    assert _asked(lambda: _build(LSOA_SHARE, more=lookups, first=_by_lsoa())).passed
    rows = _by_lsoa()
    if where == "lookup":
        lookups[place] = lookups[place].slice(1)
        said = "LSOAs without a board"
    else:
        dropped = LSOAS[: len(LSOAS) // 50]
        rows = [row for row in rows if row["area_code"] not in dropped]
        said = "are areas missing"
    found = _asked(lambda: _build(LSOA_SHARE, more=lookups, first=rows))
    assert (found.check, found.passed) == ("schema", False)
    assert said in found.said


def test_england_that_is_not_the_sum_of_its_parts_is_not_written() -> None:
    boards = [row for board in boards_of(OWN) for row in _share("icb", board.ods)]
    assert _asked(lambda: _build(SHARE, first=[*_share("england", "", 840, 4_200), *boards])).passed
    found = _asked(lambda: _build(SHARE, first=[*_share("england", "", 900, 4_200), *boards]))
    assert (found.check, found.passed) == ("schema", False)
    counts = _build(SHARE, first=[*_share("england", "", 840, 4_200), *boards]).frame
    england = pl.col("area_type") == "england"
    high = counts.with_columns(
        pl.when(england).then(900.0).otherwise(name).alias(name)
        for name in ("numerator", "numerator_low", "numerator_high")
    )
    assert ask.check_reconciles({YEAR: counts}, {SHARE.id: SHARE}).passed
    reconciled = ask.check_reconciles({YEAR: high}, {SHARE.id: SHARE})
    assert (reconciled.check, reconciled.passed) == ("reconciles_with_england", False)


def test_an_end_decile_is_never_replaced_by_its_neighbour() -> None:
    indicator = BY_ID["tt_recovery_pct"]
    rows = [made.row("deprivation", word, 40 + n, 100) for n, word in enumerate(DECILES)]
    rows.append(made.row("total", "All", 445, 1_000))
    results = compute_results(indicator, made.counts(*rows), synthetic=False)
    assert _asked(lambda: validate_results(results, indicator)).passed
    # As if the gap had been taken from decile 9: decile 10 itself has no figure.
    nothing = (pl.col("category") == DECILES[-1]) & (pl.col("measure") == "value")
    numbers = ("value", "lower_95", "upper_95", "lower_998", "upper_998")
    replaced = results.with_columns(
        *(pl.when(~nothing).then(name).alias(name) for name in numbers),
        status=pl.when(nothing).then(pl.lit("suppressed")).otherwise("status"),
        note=pl.when(nothing).then(pl.lit("hidden")).otherwise("note"),
    )
    found = _asked(lambda: validate_results(replaced, indicator))
    assert (found.check, found.passed) == ("schema", False)
    assert "a gap or ratio stands only where both end groups have a figure" in found.said
    # And computed from counts without it, there is none.
    hidden = [r if r["category"] != DECILES[-1] else made.row("deprivation", DECILES[-1], None, 100) for r in rows]
    measures = compute_results(indicator, made.counts(*hidden), synthetic=False).filter(
        dimension=Dimension.DEPRIVATION.value, category="All"
    )
    assert set(measures["status"]) == {"suppressed"}
    assert measures["note"].str.contains("decile 10").all()
