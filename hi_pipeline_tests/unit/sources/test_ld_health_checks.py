"""Learning disabilities health check scheme: two ages, what is hidden, registers that add up, the date of the file."""

from pathlib import Path

import polars as pl
import pytest

from hi_pipeline.core.errors import LayoutError, ValidationError
from hi_pipeline.sources.ld_health_checks.source import SOURCE
from hi_pipeline_tests.unit.sources.editions import FIXTURES, figure, parsed
from hi_pipeline_tests.unit.sources.flows import Changes, Figures, Next
from hi_pipeline_tests.unit.sources.reading import changed

FILE = FIXTURES / "ld_health_checks" / "practices.csv"
FIGURES = (
    Figures(indicator="ld_checks_pct", year="2023-24", area_type="icb", dimensions={"total", "age", "deprivation"}),
)
CHANGES = (
    Changes(
        edition="2024-03",
        column=("IND_CODE", "CODE"),
        label=("HLTHCHKDEC", "DECLINED"),
        stops=False,
        total=(r"LD_REG_18OV,Count,(\d+)", r"LD_REG_18OV,Count,1\g<1>", "not the sum of people"),
    ),
)
NEXT = {
    "march": Next(
        held="2025-03",
        edition="2026-03",
        part="2025-26",
        said={"20250331": "20260331"},
    ),
}


def test_checks_and_registers_by_age_and_in_all() -> None:
    found = parsed(SOURCE, "2024-03", FILE)
    own = found.tables["observations"].filter(area_code="A81001")
    assert own["financial_year"].unique().to_list() == ["2023-24"]
    by_age = {(r["category"], r["measure"]): r["value"] for r in own.iter_rows(named=True)}
    assert by_age["14 to 17", "health_checks"] == 3 and by_age["18 and over", "health_checks"] == 47
    assert by_age["14 to 17", "register"] == 5 and by_age["18 and over", "register"] == 60
    total = {m: v for (c, m), v in by_age.items() if c == "All"}
    assert total == {"health_checks": 50, "eligible": 62, "declined": 3, "register": 65}
    assert found.left_out == {"rows of indicators of the scheme that are not read": 1}


def test_what_is_hidden_has_bounds_and_no_value() -> None:
    own = parsed(SOURCE, "2024-03", FILE).tables["observations"].filter(area_code="A81002")
    eligible = figure(own, measure="eligible", category="14 to 17")
    assert (eligible["value"], eligible["low"], eligible["high"], eligible["status"]) == (None, 0, 1, "suppressed")
    declined = figure(own, measure="declined", category="14 to 17")
    assert (declined["value"], declined["low"], declined["high"]) == (None, 1, None)
    total = figure(own, measure="eligible", dimension="total")
    assert (total["value"], total["low"], total["high"], total["status"]) == (None, 30, 31, "suppressed")
    assert figure(own, measure="register", dimension="total")["value"] == 31


def test_an_age_that_is_absent_leaves_no_total(tmp_path: Path) -> None:
    lines = [line for line in FILE.read_text().splitlines() if "A81002" not in line or "LD_REG_1417" not in line]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n")
    observations = parsed(SOURCE, "2024-03", path).tables["observations"]
    row = figure(observations, area_code="A81002", measure="register", dimension="total")
    assert (row["value"], row["low"], row["high"], row["status"]) == (None, None, None, "missing")


def test_practices_say_where_they_belong() -> None:
    practices = parsed(SOURCE, "2024-03", FILE).tables["practices"]
    assert practices.rows() == [
        ("A81001", "16C", "E38000247", "QHM", "E54000050"),
        ("A81002", "16C", "E38000247", "QHM", "E54000050"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ("20240331", "20240229", LayoutError, "expected 20240331 alone"),
        ("LDHCMI034,Numerator", "LDHCMI034,Count", LayoutError, "that is not its own"),
        ("LD_REG_1417,Count,5", "LD_REG_1417,Count,6", ValidationError, "not the sum of people eligible and declined"),
        ("LDHCMI035,Numerator,47", "LDHCMI035,Numerator,59", ValidationError, "above their denominator"),
        ("LDHCMI035,Numerator,47", "LDHCMI035,HLTHCHKDEC,47", ValidationError, "counts stand there twice"),
        ("LDHCMI035,Numerator,47", "LDHCMI035,Numerator,4.5", LayoutError, "not whole"),
        ("LDHCMI035,Numerator,47", "LDHCMI035,Numerator,", LayoutError, "neither numbers nor declared tokens"),
        ("ACH_DATE,IND_CODE", "IND_CODE,ACH_DATE", LayoutError, "another order"),
        ("QUALITY_SERVICE", "QUALITY", LayoutError, r"Missing: \['QUALITY_SERVICE'\]"),
        ("A PCN,E38000247,16C", "A PCN,E38000248,16C", ValidationError, "several values"),
    ],
)
def test_what_the_file_never_holds_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        parsed(SOURCE, "2024-03", changed(FILE, tmp_path, old=old, new=new))


def test_an_unknown_indicator_is_left_out_and_counted(tmp_path: Path) -> None:
    found = parsed(SOURCE, "2024-03", changed(FILE, tmp_path, old="LDHC021", new="LDHC022"))
    assert found.unknown_labels == {"observations": {"IND_CODE 'LDHC022'": 1}}


def test_new_marches_are_found_and_no_other_month() -> None:
    (series,) = SOURCE.series
    name = "files.digital.nhs.uk/AB/12CD34/learning-disabilities-health-check-scheme-eng-{}.csv"
    found = series.match(name.format("Mar-2026"))
    assert found is not None and found.period == "2026-03"
    assert series.match(name.format("Feb-2026")) is None
    assert pl.DataFrame({"name": [r.edition for r in SOURCE.releases]})["name"].str.ends_with("-03").all()


def test_a_practice_of_two_boards_is_refused(tmp_path: Path) -> None:
    """Both places are places of the file, each with its own codes and names: only the practice has two of them."""
    own, other = ("E38000247,16C,NHS NENC ICB - 16C,E54000050,QHM,NHS NENC ICB",
                  "E38000264,92A,NHS SH ICB - 92A,E54000063,QXU,NHS SH ICB")  # fmt: skip
    (row,) = (line for line in FILE.read_text().splitlines() if "LDHCMI035,HLTHCHKDEC,2" in line)
    assert own in row
    copy = changed(FILE, tmp_path, old=row, new=row.replace(own, other))
    with pytest.raises(ValidationError, match=r"\['PRACTICE_CODE'\] stand beside several values of 'SUB_ICB_LOC_CODE'"):
        parsed(SOURCE, "2024-03", copy)
