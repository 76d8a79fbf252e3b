"""The catalogue holds literals only, and every entry makes sense."""

import ast
import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from hi_pipeline.core.beside import JUDGING
from hi_pipeline.core.columns import RESULTS
from hi_pipeline.core.financial_year import ALL_YEARS
from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import (
    Absence,
    Aim,
    Attribution,
    Beside,
    ChildrenArea,
    DenominatorFrom,
    Derived,
    Entry,
    Indicator,
    Kind,
    Level,
    Listed,
    Polarity,
    Target,
)
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators import catalogue
from hi_pipeline.indicators.catalogue import ENTRIES, INDICATORS
from hi_pipeline.publishing.report.wording import WORDING_OF_STATEMENT
from hi_pipeline.sources import SOURCES
from hi_pipeline.tables.placing.registry import PLACINGS

FILES = sorted(path for path in Path(catalogue.__file__ or "").parent.rglob("*.py") if path.name != "__init__.py")
ENUMS = {
    "Absence",
    "Aim",
    "Attribution",
    "ChildrenArea",
    "DenominatorFrom",
    "Dimension",
    "Kind",
    "Level",
    "Measure",
    "Polarity",
    "Unit",
}
DECLARATIONS = {"Beside", "Break", "Derived", "Indicator", "Levels", "Listed", "Origin", "Target"}
# Sections 3.0 to 3.13 of the specification, every id; those of a pattern (flu_uptake_*) written out.
THE_LIST = [
    "wl_total",
    "wl_gt18_pct",
    "wl_gt52_n",
    "wl_gt52_pct",
    "wl_gt65_n",
    "wl_gt65_pct",
    "wl_pace_gap",
    "wl_long_wait_disproportionality",
    "act_elective_dsr",
    "act_emergency_dsr",
    "act_outpatient_dsr",
    "act_outpatient_virtual_dsr",
    "act_ae_dsr",
    "act_by_pod_n",
    "elective_vs_prepandemic_cyp",
    "elective_vs_prepandemic_adult",
    "emergency_adm_u18_rate",
    "ed_type1_conversion_std",
    "ed_type1_conversion_crude",
    "flu_uptake_65plus",
    "flu_uptake_at_risk",
    "flu_uptake_pregnant",
    "flu_uptake_2_3y",
    "covid_uptake_75plus",
    "covid_uptake_eth_gap_pp",
    "smi_checks_n",
    "smi_checks_pct",
    "mha_detention_rate",
    "restrictive_intervention_rate",
    "tt_recovery_pct",
    "tt_recovery_eth_gap_pp",
    "cyp_mh_access_rate",
    "ld_checks_n",
    "ld_checks_pct",
    "lda_inpatient_rate",
    "cancer_early_stage_cma_pct",
    "cancer_early_stage_pct_by_imd",
    "screening_breast_cov",
    "screening_cervical_25_49",
    "screening_cervical_50_64",
    "screening_bowel_cov",
    "screening_breast_cov__sii",
    "screening_cervical_25_49__sii",
    "screening_cervical_50_64__sii",
    "screening_bowel_cov__sii",
    "lung_checks_n",
    "stroke_adm_dsr",
    "mi_adm_dsr",
    "stroke_adm_dsr__gap",
    "mi_adm_dsr__gap",
    "stroke_adm_htn_rate",
    "mi_adm_htn_rate",
    "htn_to_threshold_pct",
    "lipid_qrisk20_pct",
    "af_anticoag_pct",
    "dm_t1_8cp_pct",
    "dm_t2_8cp_pct",
    "dm_8cp_gap_pp",
    "ndpp_referral_share_gap_pp",
    "ndh_dpp_offer_pct",
    "tobacco_acute_sites_pct",
    "tobacco_maternity_sites_pct",
    "tobacco_treatment_coverage_pct",
    "smoking_quit_rate",
    "smoking_at_delivery_pct",
    "tooth_extraction_decay_0_10_rate",
    "tooth_extraction_decay_0_9_rate",
    "preterm_pct",
    "preterm__sii",
    "preterm_ratio_black_white",
    "preterm_ratio_asian_white",
    "continuity_of_carer_pct",
    "perinatal_mortality_rate",
    "hle_sii",
    "hle_area_gap",
    "le_65",
    "le_birth",
    "premature_mortality_dsr",
    "core20_share_pct",
    "ethnicity_completeness_pct",
    "coverage_pct",
]
ANNEXES = [
    "1",
    "1-1a",
    "1-1b",
    "1-1c",
    "1-2a",
    "1-2b",
    "1-2c",
    "1-3a",
    "1-3b",
    "1-4a",
    "1-4b",
    "1-4c",
    "1-5a",
    "1-5b",
    "1-6a",
    "1-6b",
    "2-1a",
    "2-2a",
    "2-2b",
    "2-3a",
    "2",
    "3",
]
ISSUE_2 = {
    "tt_recovery_pct",
    "tt_reliable_recovery_pct",
    "mha_detention_rate",
    "wl_total",
    "wl_gt18_pct",
    "wl_gt52_pct",
    "wl_gt65_pct",
    "smi_checks_n",
    "smi_checks_pct",
    "hypertension_prevalence_pct",
    "atrial_fibrillation_prevalence_pct",
    "chd_prevalence_pct",
    "stroke_tia_prevalence_pct",
    "diabetes_prevalence_pct",
    "smi_prevalence_pct",
    "learning_disability_prevalence_pct",
    "copd_prevalence_pct",
    "depression_prevalence_pct",
    "ae_attendance_0_4_rate",
    "tooth_extraction_decay_0_10_rate",
    "core20_share_pct",
}


def _is_literal(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Tuple(elts=items):
            return all(_is_literal(item, names) for item in items)
        case ast.Starred(value=ast.Name(id=name)) | ast.Name(id=name):
            return name in names
        case ast.Attribute(value=ast.Name(id=name)):
            return name in ENUMS
        case ast.Call(func=ast.Name(id=name), args=[], keywords=words) if name in DECLARATIONS:
            return all(word.arg and _is_literal(word.value, names) for word in words)
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_a_catalogue_holds_literals_only(path: Path) -> None:
    names: set[str] = set()
    for number, node in enumerate(ast.parse(path.read_text()).body):
        match node:
            case ast.Expr(value=ast.Constant()) if number == 0:
                continue
            case ast.ImportFrom(module=module, names=imported):
                names |= {alias.name for alias in imported if str(module).endswith("._wording")}
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                assert _is_literal(value, names), f"{path.name}:{node.lineno}: {name} is not made of literals"
                names.add(name)
            case _:
                pytest.fail(f"{path.name}:{node.lineno}: logic in a catalogue")


@pytest.mark.parametrize("source", ["INDICATORS = tuple(x for x in ())", "if True: pass", "A = Indicator(id='a'+'b')"])
def test_logic_would_be_found(source: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.py"
    path.write_text(f'"""Words."""\n{source}\n')
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_a_catalogue_holds_literals_only(path)


@pytest.mark.parametrize("path", [p for p in FILES if not p.name.startswith("_")], ids=lambda p: p.name)
def test_a_file_holds_one_area(path: Path) -> None:
    listed = path.parent.name == "listed"
    package = catalogue.listed.__name__ if listed else catalogue.__name__
    module = import_module(f"{package}.{path.stem}")
    assert len({entry.area for entry in (module.LISTED if listed else module.INDICATORS)}) == 1


def test_all_24_of_the_statement_in_its_11_areas() -> None:
    stated = [entry for entry in ENTRIES if entry.statement_number]
    assert {entry.statement_number for entry in stated} == set(range(1, 25))
    assert len({entry.area for entry in stated}) == 11


def test_every_id_of_the_specification_and_every_line_of_the_annexes() -> None:
    assert set(THE_LIST) <= {entry.id for entry in ENTRIES}
    assert {reference for entry in ENTRIES for reference in entry.annex} == set(ANNEXES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.id)
def test_an_entry_says_what_the_list_asks(entry: Entry) -> None:
    assert 1 <= len(entry.short.split()) <= 6
    assert len({e.short for e in ENTRIES if e.short == entry.short and e.id != entry.id}) == 0
    assert not entry.target_by or date.fromisoformat(entry.target_by)
    if isinstance(entry, Listed):
        assert entry.because.endswith(".") and entry.method
        assert bool(entry.published_in) == (entry.why is Absence.NOT_IN_HAND)
        assert not (entry.why is Absence.NOT_PUBLIC and not entry.held_by)
    if isinstance(entry, Derived):
        assert entry.of and set(entry.of) <= {e.id for e in INDICATORS}
        assert entry.levels.of(entry.dimension) is not Level.NONE
    if isinstance(entry, Beside):
        assert set(entry.of) <= {e.id for e in INDICATORS} and entry.absent
        columns = RESULTS if entry.table == "results" else JUDGING[entry.table][0]
        assert {entry.column, "dimension", "status", "note"} <= set(columns)


TARGETS = [(indicator, target) for indicator in INDICATORS for target in indicator.targets]


@pytest.mark.parametrize(("indicator", "target"), TARGETS, ids=lambda x: getattr(x, "id", getattr(x, "words", "")))
def test_a_target_speaks_of_rows_that_there_are(indicator: Indicator, target: Target) -> None:
    assert indicator.target and target.words and target.source
    assert target.dimension in indicator.dimensions
    assert not target.by or date.fromisoformat(target.by) <= date(2035, 12, 31)
    # A verdict on a recalled target says so; the entry says what is recalled.
    assert not target.recalled or any(f"the {what}" in indicator.unconfirmed for what in ("target", "standard"))
    assert target.level is None or indicator.plausible[0] <= target.level <= indicator.plausible[1]


def test_a_level_belongs_to_an_aim_at_one() -> None:
    assert {target.aim for _, target in TARGETS} >= {Aim.AT_LEAST, Aim.AT_MOST, Aim.EQUAL_PACE, Aim.NARROW}
    with pytest.raises(ValueError, match="do not go together"):
        Target(aim=Aim.NARROW, level=3, words="x", source="y")
    with pytest.raises(ValueError, match="do not go together"):
        Target(aim=Aim.AT_LEAST, words="x", source="y")


def test_what_cannot_be_divided_is_no_figure() -> None:
    undivided = [(i, dimension, why) for i in INDICATORS for dimension, why in i.undivided]
    assert undivided and all(dimension not in i.dimensions and why for i, dimension, why in undivided)


def test_breaks_name_a_financial_year() -> None:
    breaks = [found for indicator in INDICATORS for found in indicator.breaks]
    assert breaks and all(found.first_year in ALL_YEARS and found.words for found in breaks)


def test_the_wording_of_the_statement_was_read_nowhere_and_every_entry_of_it_says_so() -> None:
    silent = [e.id for e in ENTRIES if e.statement_number and "wording of the statement" not in e.unconfirmed]
    assert silent == []
    # In a part of its own: a pack says it once for all indicators.
    parts = [part for e in ENTRIES for part in e.unconfirmed.split("; ") if "wording of the statement" in part]
    assert set(parts) == {WORDING_OF_STATEMENT}


def test_a_level_that_is_worded_and_can_be_judged_is_judged() -> None:
    """Growth and decreases of other counts are worded alone; a published share with a level has it judged."""
    published = [i for i in INDICATORS if i.source != "local_extracts"]
    shares = [i for i in published if i.unit is Unit.PERCENT and any(c.isdigit() for c in i.target)]
    assert [i.id for i in shares if not i.targets] == []
    assert len(shares) >= 10


def test_stroke_names_the_four_lists_of_codes() -> None:
    assert len(next(e for e in ENTRIES if e.id == "stroke_adm_dsr").code_lists) == 4


def test_the_five_areas_of_children_and_young_people() -> None:
    assert {area for entry in ENTRIES for area in entry.children} == set(ChildrenArea)


def test_directions_are_those_of_the_specification() -> None:
    """indicators.md 3.13: counts too have a direction, although they are not compared."""
    better = {i.id: i.polarity for i in INDICATORS}
    lower = ("wl_total", "wl_gt18_pct", "wl_gt52_pct", "wl_gt65_pct")
    higher = ("smi_checks_n", "smi_checks_pct", "tt_recovery_pct", "tt_reliable_recovery_pct")
    assert {better[name] for name in (*lower, "tooth_extraction_decay_0_10_rate")} == {Polarity.LOWER_IS_BETTER}
    contested = ("mha_detention_rate", "ae_attendance_0_4_rate")
    assert {better[name] for name in contested} == {Polarity.CONTESTED}
    assert {better[name] for name in higher} == {Polarity.HIGHER_IS_BETTER}


def test_the_catalogue_holds_what_the_first_issue_names() -> None:
    ids = [indicator.id for indicator in INDICATORS]
    assert len(ids) == len(set(ids))
    assert set(ids) >= ISSUE_2


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda i: i.id)
def test_an_entry_agrees_with_itself(indicator: Indicator) -> None:
    scale = {Unit.PERCENT: 100, Unit.PER_1K: 1_000, Unit.PER_100K: 100_000, Unit.PER_MILLION: 1_000_000, Unit.COUNT: 1}
    scale |= {Unit.PERCENTAGE_POINTS: 100, Unit.YEARS: 1}
    assert indicator.multiplier == scale[indicator.unit]
    assert Dimension.TOTAL in indicator.dimensions
    assert (Dimension.DEPRIVATION in indicator.dimensions) == (indicator.deprivation_groups in (5, 10))
    # Of restrictive interventions the uses are printed beside the rate, and no bed days.
    bare = indicator.kind is Kind.COUNT or (indicator.kind.as_printed and not indicator.denominator)
    assert bare == (indicator.denominator_from is DenominatorFrom.NONE)
    assert bool(indicator.denominator) == (indicator.denominator_from is DenominatorFrom.SOURCE)
    assert indicator.plausible[0] < indicator.plausible[1]
    assert not indicator.ecological or any("ecological" in caveat for caveat in indicator.caveats)
    assert indicator.numerator or (indicator.kind.as_printed and indicator.published)
    assert not indicator.published_less or indicator.kind is Kind.PUBLISHED


PUBLISHED = [(i, origin) for i in INDICATORS for origin in i.by_origin if PLACINGS[i.attribution].observations]


@pytest.mark.parametrize(("indicator", "origin"), PUBLISHED, ids=lambda x: f"{x.id}-{x.source}")
def test_every_measure_is_one_that_its_publication_holds(indicator: Indicator, origin: Indicator) -> None:
    """A figure taken as printed would go without a denominator that nobody gives."""
    if origin.attribution is Attribution.EXTRACT:
        return
    held = SOURCES[origin.source].schemas["observations"].columns["measure"]
    counted = (*origin.numerator, *origin.denominator, *origin.denominator_less)
    named = [name for name in (*counted, origin.published, origin.published_less) if name]
    if held.words is not None:
        assert set(named) <= set(held.words)
    else:
        assert all(re.match(held.pattern, name) for name in named)
    assert named
