"""The catalogue holds literals only, and every entry makes sense."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

from hi_pipeline.core.groups import Dimension
from hi_pipeline.core.indicator import DenominatorFrom, Indicator, Kind, Polarity
from hi_pipeline.core.status import Unit
from hi_pipeline.indicators import catalogue
from hi_pipeline.indicators.catalogue import INDICATORS

FILES = sorted(path for path in Path(catalogue.__file__ or "").parent.glob("*.py") if path.name != "__init__.py")
ENUMS = {"Attribution", "DenominatorFrom", "Dimension", "Kind", "Polarity", "Unit"}
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
        case ast.Constant():
            return True
        case ast.Tuple(elts=items):
            return all(_is_literal(item, names) for item in items)
        case ast.Starred(value=ast.Name(id=name)) | ast.Name(id=name):
            return name in names
        case ast.Attribute(value=ast.Name(id=name)):
            return name in ENUMS
        case ast.Call(func=ast.Name(id="Indicator" | "Origin"), args=[], keywords=words):
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
    entries = import_module(f"{catalogue.__name__}.{path.stem}").INDICATORS
    assert len({indicator.area for indicator in entries}) == 1


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
    scale = {Unit.PERCENT: 100, Unit.PER_1K: 1_000, Unit.PER_100K: 100_000, Unit.COUNT: 1}
    assert indicator.multiplier == scale[indicator.unit]
    assert Dimension.TOTAL in indicator.dimensions
    assert (Dimension.DEPRIVATION in indicator.dimensions) == (indicator.deprivation_groups in (5, 10))
    assert (indicator.kind is Kind.COUNT) == (indicator.denominator_from is DenominatorFrom.NONE)
    assert bool(indicator.denominator) == (indicator.denominator_from is DenominatorFrom.SOURCE)
    assert indicator.plausible[0] < indicator.plausible[1]
    assert not indicator.ecological or any("ecological" in caveat for caveat in indicator.caveats)
    assert indicator.numerator
