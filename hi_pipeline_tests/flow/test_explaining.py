"""hi explain: what it prints of a figure is enough to compute the figure again, from the printed cells on."""

import io
import json
import math
import random
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from hi_pipeline.cli import session as cli_session
from hi_pipeline.cli.app import app
from hi_pipeline.cli.explaining_figure import explain_figure
from hi_pipeline.cli.printing import Printer
from hi_pipeline.cli.session import Session
from hi_pipeline.cli.tables import Format
from hi_pipeline.core.errors import SelectionError
from hi_pipeline.core.geography import Vintage
from hi_pipeline.core.groups import DECILES
from hi_pipeline.engine.pipeline import Pipeline, open_pipeline
from hi_pipeline.engine.tracing import figure as tracing
from hi_pipeline.engine.tracing.lineage import SIDES, Lineage
from hi_pipeline.settings import Settings
from hi_pipeline_tests.flow.broken import narrowed, run_steps
from hi_pipeline_tests.flow.explained import Explained, as_number, explained
from hi_pipeline_tests.flow.limits_again import PAIR, RUNG, STRATUM, limits_again, printed_limits, way_of

FIGURES, SEED = 200, 20261126
YEARS = ("2020-21", "2021-22", "2023-24", "2025-26")
INDICATORS = (
    "tt_recovery_pct",
    "mha_detention_rate",
    "copd_prevalence_pct",
    "hypertension_prevalence_pct",
    "ae_attendance_0_4_rate",
    "smi_checks_pct",
    "smi_checks_n",
    "wl_total",
    "wl_gt52_pct",
    "tooth_extraction_decay_0_10_rate",
    "fuel_poverty_pct",
    "cancer_early_stage_unadjusted_pct",
    "cyp_mh_access_rate",
    "act_outpatient_attended_dsr",
    "core20_share_pct",
    "covid_first_dose_pct",
)
SAME = 1e-9
ANALYSTS = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def session(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Session:
    settings = Settings(source=f"mirror:{sample}", data_dir=tmp_path_factory.mktemp("explained"))
    pipeline = open_pipeline(settings, narrowed(INDICATORS))
    done = run_steps(pipeline, YEARS)
    assert done["published", "results", ""].good
    opened = Session(settings.source, Printer(file=io.StringIO(), width=80))
    opened.settings = settings
    opened.__dict__["pipeline"] = pipeline
    return opened


@pytest.fixture
def placed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Place the counts of an indicator and year once for all its figures, as 200 of them are explained here."""
    known: dict[tuple[str, ...], Lineage] = {}

    def lineage(pipeline: Pipeline, indicator: Any, year: str, footprint: Vintage) -> Lineage:
        if (indicator.id, year, footprint) not in known:
            known[indicator.id, year, footprint] = Lineage(pipeline, indicator, year, footprint)
        return known[indicator.id, year, footprint]

    monkeypatch.setattr(tracing, "Lineage", lineage)


def _chosen(results: pl.DataFrame) -> list[dict[str, Any]]:
    """Take figures of all kinds: in turn one of each indicator, measure, type of area, dimension, status and method.

    At least FIGURES, and one of each kind however many there are.
    """
    kinds = ["indicator_id", "measure", "area_type", "dimension", "status", "method"]
    groups = [frame.rows(named=True) for frame in results.partition_by(kinds, maintain_order=True)]
    chance = random.Random(SEED)
    for rows in groups:
        chance.shuffle(rows)
    chance.shuffle(groups)
    turns = [rows[turn] for turn in range(max(map(len, groups))) for rows in groups if turn < len(rows)]
    return turns[: max(FIGURES, len(groups))]


def _from_text(text: str, value: float) -> float:
    """Read a printed cell: a sum of cells, or a number; a spreadsheet keeps a count as a fraction."""
    total = sum(float(part.replace(",", "")) for part in text.split(" + "))
    return float(round(total)) if abs(total - round(total)) < 1e-6 and value.is_integer() else total


def _sums(cells: pl.DataFrame) -> dict[str, float | None]:
    """Add up each side from the printed cells; None where one is hidden, which only has bounds (_check_hidden)."""
    sums: dict[str, float | None] = {}
    for (side,), rows in cells.partition_by("side", as_dict=True).items():
        total: float | None = 0.0
        for figure in rows.partition_by("figure", maintain_order=True):
            first = figure.row(0, named=True)
            value = as_number(first["value"])
            if value is not None and figure["text"].null_count() == 0:
                # The workbook of vaccinations keeps its percentages as fractions.
                percent = side == SIDES[3] and first["figure"].startswith("covid_vaccinations/")
                whole = sum(_from_text(text, value) for text in figure["text"])
                assert (100 * whole if percent else whole) == value, first
            total = None if total is None or value is None else total + float(first["share"]) * value
        sums[str(side)] = total
    return sums


def _close(one: float | None, two: float | None) -> bool:
    return one is not None and two is not None and abs(one - two) <= SAME * max(1.0, abs(two))


def _check_counts(found: Explained, multiplier: float) -> None:
    for category in found.categories:
        counts = found.counts(category)
        sums = _sums(found.cells.filter(group=category))
        whole = found.cells.filter(pl.col("share").cast(pl.Float64) != 1).is_empty()
        whole_side, less = sums.get(SIDES[1]), sums.get(SIDES[2], 0.0)
        sums[SIDES[1]] = None if whole_side is None or less is None else whole_side - less
        _check_hidden(found.cells.filter(group=category), counts["numerator"])
        for side in SIDES[:2]:
            made, printed = sums.get(side), counts[side]
            if made is not None and printed is not None:
                assert made == printed if whole else _close(made, printed), (category, side, made, printed)
        if any("the publisher's own rate / multiplier" in line for line in found.lines) and counts["denominator"]:
            rate = sums[SIDES[3]]
            assert rate is not None
            assert counts["numerator"] is not None
            assert _close(counts["numerator"] / (rate / multiplier), counts["denominator"])


def _check_hidden(cells: pl.DataFrame, printed: float | None) -> None:
    """A numerator with hidden parts lies between the sums of their printed bounds."""
    own = cells.filter(side=SIDES[0]).unique("figure")
    if printed is None or own["value"].null_count() == 0 or own["high"].null_count():
        return
    numbers = own.select(pl.col("share", "value", "low", "high").cast(pl.Float64))
    ends = [numbers.select((pl.col("share") * pl.coalesce(end, "value")).sum()).item() for end in ("low", "high")]
    assert ends[0] - SAME <= printed <= ends[1] + SAME, (ends, printed)


def _check_limits(found: Explained, indicator: Any) -> str:
    """Compute the limits again from what was printed; return by which way, "" for a figure without limits."""
    row, lines = found.row, found.section("Arithmetic")
    if row["lower_95"] is None and row["upper_95"] is None:
        assert any("limits: none" in line for line in lines)
        return ""
    shown = printed_limits(lines)
    assert (row["lower_998"] is None and row["upper_998"] is None) == (len(shown) == 1)
    for level, name in ((0.95, "95"), (0.998, "998")):
        ends = shown.get(level, (None, None))
        assert ends == (row[f"lower_{name}"], row[f"upper_{name}"])
        again = limits_again(
            lines, level, share=indicator.kind == "proportion",
            index=lambda rungs: _fitted(rungs, row["measure"], indicator),
        )  # fmt: skip
        for one, two in zip(again, ends, strict=True):
            assert two is None or _close(one, two), (way_of(lines), level, again, ends, lines)
    return way_of(lines)


def _value(found: Explained, indicator: Any) -> float | None:
    """Compute the figure again from what was printed."""
    row = found.row
    if row["status"] != "ok":
        return None
    outside = any("lies outside its rounding" in line for line in found.section("Arithmetic"))
    if row["method"] == "published" or outside:
        return _sums(found.cells)[SIDES[3]]
    lines = found.section("Arithmetic")
    pairs = [match for line in lines if (match := PAIR.match(line))]
    if row["measure"] in ("sii", "rii"):
        rungs = [(as_number(m[1]), as_number(m[2])) for line in lines if (m := RUNG.match(line))]
        return _fitted(rungs, row["measure"], indicator)
    if indicator.kind == "dsr" and row["dimension"] == "total":
        strata = [[float(text.replace(",", "")) for text in m.groups()] for x in lines if (m := STRATUM.match(x))]
        return float(indicator.multiplier * sum(w / 100_000 * x / n for w, x, n, _ in strata if n and w))
    if row["measure"] == "disproportionality":
        sums = [(found.counts(c), c in DECILES[:2]) for c in found.categories]
        x1, n1, x, n = (
            sum(counts[side] or 0.0 for counts, first in sums if first or every)
            for every in (False, True)
            for side in ("numerator", "denominator")
        )
        return (x1 / x) / (n1 / n)
    if row["measure"] != "value":
        one, two = (float(pairs[0][i].replace(",", "")) for i in (1, 3))
        return one / two if pairs[0][2] == "/" else one - two
    counts = found.counts(found.categories[0])
    if counts["numerator"] is None or counts["denominator"] is None:
        return counts["numerator"]
    return float(indicator.multiplier) * counts["numerator"] / counts["denominator"]


def _fitted(rungs: list[Any], measure: str, indicator: Any) -> float:
    """Fit the line by weighted least squares, written out."""
    share = indicator.kind == "proportion"
    scale = indicator.multiplier if share else 1.0
    every, below, points = sum(n for n, _ in rungs), 0.0, []
    for n, value in rungs:
        p = value / scale
        points.append((n / every, below + n / every / 2, math.log(p / (1 - p)) if share else math.log(p)))
        below += n / every
    mean_b, mean_y = (sum(a * point[i] for point in points for a in point[:1]) for i in (1, 2))
    slope = sum(a * (b - mean_b) * (y - mean_y) for a, b, y in points) / sum(
        a * (b - mean_b) ** 2 for a, b, _ in points
    )
    first, last = (mean_y + (end - mean_b) * slope for end in (0.0, 1.0))
    first, last = (1 / (1 + math.exp(-y)) if share else math.exp(y) for y in (first, last))
    if measure == "rii":
        return first / last
    return scale * (last - first if indicator.polarity == "higher_is_better" else first - last)


@pytest.mark.usefixtures("placed_once")
def test_figures_of_all_kinds_are_computed_again_from_what_is_printed(session: Session) -> None:
    results = session.pipeline.lake.read("published", "results")
    chosen = _chosen(results)
    assert len(chosen) >= FIGURES
    with_rows, ways = 0, set()
    for row in chosen:
        indicator = session.pipeline.catalogue.indicators_by_id[row["indicator_id"]]
        found = explained(session, row)
        _check_counts(found, float(indicator.multiplier))
        value = _value(found, indicator)
        assert value is row["value"] is None or _close(value, row["value"]), (row, value, found.lines)
        ways.add(_check_limits(found, indicator))
        with_rows += found.cells.height > 0 and found.cells["text"].null_count() < found.cells.height
        if row["status"] == "ok" and indicator.id != "core20_share_pct":
            assert found.cells.height, f"{row}: a figure without rows"
            # The waiting list's files leave out a band of 0, which therefore has no row.
            left_out = pl.col("figure").str.starts_with("wlmds/") & (pl.col("value").cast(pl.Float64) == 0)
            assert found.cells.filter(pl.col("row").is_null() & ~left_out).is_empty(), f"{row}: a cell without its row"
    assert {row["area_type"] for row in chosen} >= {"icb", "region", "england", "remainder"}
    assert {row["measure"] for row in chosen} >= {"value", "gap", "ratio", "sii", "rii", "difference", "rate_ratio"}
    assert with_rows > len(chosen) / 2
    assert ways >= {"", "readings", "open", "practices", "pair", "slope", "shares", "strata", "printed"}


@pytest.mark.usefixtures("placed_once")
def test_a_printed_figure_of_the_second_origin_isexplained(session: Session) -> None:
    """The ages name the cell of their percentage, printed "100%*" or as a number; whole areas have none."""
    rows = session.pipeline.lake.read("published", "results").filter(indicator_id="covid_first_dose_pct")
    above = rows.filter(pl.col("note").str.contains("above 100"))
    below = rows.filter(pl.col("published_value").is_not_null(), dimension="age")
    whole = rows.filter(dimension="total", measure="value")
    assert above.height >= 3 and below.height >= 3
    for each in (above, below):
        for row in each.sample(3, seed=SEED).rows(named=True):
            found = explained(session, row)
            printed = found.cells.filter(side=SIDES[3])
            assert set(printed["text"]) == {"100%*"} if each is above else printed.height == 1, found.lines
            assert each is above or float(printed["value"].item()) == row["published_value"]
    assert explained(session, whole.row(0, named=True)).cells.filter(side=SIDES[3]).is_empty()


def _found(session: Session, **words: str) -> dict[str, Any]:
    named = {"dimension": "", "category": "", "measure": ""} | words
    found = tracing.find_row(
        session.pipeline, indicator="tt_recovery_pct", year="2023-24", codes=("E54000010",), **named
    )
    return {name: found[name] for name in named}


def test_words_that_are_not_given_follow_from_those_that_are(session: Session) -> None:
    assert _found(session) == {"dimension": "total", "category": "All", "measure": "value"}
    white = {"dimension": "ethnicity", "category": "White", "measure": "value"}
    assert _found(session, category="white") == white
    assert _found(session, measure="gap") == {"dimension": "deprivation", "category": "All", "measure": "gap"}
    assert _found(session, measure="rate_ratio", category="Mixed")["dimension"] == "ethnicity"
    for words, said in (
        ({"measure": "rate_ratio"}, "give --category one of: "),
        ({"measure": "rate_ratios"}, "do you mean 'rate_ratio'?"),
        ({"dimension": "ethnicty"}, "do you mean 'ethnicity'?"),
        ({"category": "Whit"}, "do you mean 'White'?"),
        ({"dimension": "total", "category": "White"}, "give --category one of: All"),
    ):
        with pytest.raises(SelectionError, match=re.escape(said)):
            _found(session, **words)


@pytest.mark.parametrize("form", [Format.CSV, Format.JSON, Format.MD])
@pytest.mark.usefixtures("placed_once")
def test_one_figure_as_data(session: Session, form: Format) -> None:
    rows = session.pipeline.lake.read("published", "results").filter(
        indicator_id="tt_recovery_pct", area_type="icb", dimension="deprivation", measure="sii"
    )
    row, said = rows.row(0, named=True), {}
    for full in (False, True):
        session.console = Printer(file=io.StringIO(), width=80)
        assert explain_figure(session, row, full=full, form=form) == 0
        said[full] = session.console.file.getvalue()  # type: ignore[attr-defined]
    if form is Format.JSON:
        (figure,), behind = json.loads(said[False])["figures"], json.loads(said[True])["rows"]
        assert figure["value"] == row["value"] and figure["measure"] == "sii"
        assert behind and {"side", "text", "release"} <= set(behind[0])
    elif form is Format.CSV:
        (figure,) = pl.read_csv(io.StringIO(said[False])).rows(named=True)
        assert (figure["value"], figure["period_start"]) == (row["value"], str(row["period_start"]))
        assert pl.read_csv(io.StringIO(said[True]), infer_schema=False).height > 1
    else:
        assert said[False].count("\n| deprivation All sii") == 1 and "\n| Figure | Value |" in said[False]


@pytest.fixture
def typed(session: Session, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Result]:
    """Type a command on what the session built."""
    monkeypatch.setattr(cli_session, "open_pipeline", lambda settings, store: session.pipeline)
    monkeypatch.setenv("HI_SOURCE", session.settings.source)
    monkeypatch.setenv("HI_DATA_DIR", str(session.settings.data_dir))

    def run(command: str) -> Result:
        result = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)
        assert result.exit_code == 0, (command, result.output)
        return result

    return run


def _commands(question: int) -> list[str]:
    """Return the commands that answer one of the ten questions."""
    (line,) = [line for line in ANALYSTS.splitlines() if line.startswith(f"| {question}. ")]
    return re.findall(r"`(hi [a-z][^`]*)`", line)


def test_the_ten_questions_are_answered(session: Session, typed: Callable[[str], Result], tmp_path: Path) -> None:
    """By the commands of docs/analysts.md, and with the figures of the published results."""
    published = session.pipeline.lake.read("published", "results").filter(icb_code="E54000010")

    def asked(question: int, number: int = 0, more: str = "") -> str:
        return typed(f"{_commands(question)[number]} {more}").stdout

    def value(**place: str) -> float:
        return published.filter(geography_vintage="2023-04", **place)["value"].item()

    gaps = pl.read_csv(io.StringIO(asked(1))).filter(measure="gap", dimension="deprivation")
    assert {"2021-22", "2023-24"} == set(gaps["financial_year"])
    one = {"indicator_id": "tt_recovery_pct", "financial_year": "2023-24"}
    assert value(**one, dimension="deprivation", measure="gap") in gaps["value"].to_list()
    for question, more in ((2, f"--to {tmp_path}/mine.xlsx"), (5, f"--to {tmp_path}/again.xlsx")):
        asked(question, more=more)
    book = fastexcel.read_excel(str(tmp_path / "mine.xlsx"))
    ratios = book.load_sheet("Figures").to_polars().filter(
        dimension="ethnicity", measure="rate_ratio", polarity="higher_is_better", geography_vintage="footprint 2023-04"
    )  # fmt: skip
    worst = ratios.sort("value").row(0, named=True)
    place = {name: worst[name] for name in ("indicator_id", "category", "measure", "dimension", "financial_year")}
    assert worst["value"] == pytest.approx(value(**place), abs=1e-6)
    assert "| ethnicity White value |" in asked(3) and "(E92000001)" in asked(3)
    assert "(E40000011)" in asked(4) and "most similar boards: " in asked(4, 1)
    completeness = fastexcel.read_excel(str(tmp_path / "again.xlsx")).load_sheet("Completeness").to_polars()
    assert completeness.filter(indicator_id="tt_recovery_pct", dimension="ethnicity")["unknown_share"].null_count() == 0
    told = re.search(r"Of the 24 numbers of the statement (\d+) have an entry, (\d+) a figure here", asked(6))
    catalogue = session.pipeline.catalogue
    numbers = {entry.statement_number for entry in (*catalogue.indicators, *catalogue.listed)} - {None}
    assert told and (int(told[1]), int(told[2]) > 0) == (len(numbers), True)
    assert "Formula: " in asked(7) and "from snapshots/talking_therapies/2023-24" in asked(7)
    deciles = pl.read_csv(io.StringIO(asked(8))).filter(
        measure="value", dimension="deprivation", geography_vintage="2023-04"
    )["category"].to_list()  # fmt: skip
    assert [word for word in deciles if word in DECILES] == list(DECILES)
    assert session.pipeline.lake.path("published", "results").with_name("results-for-excel.csv").is_file()
    years = typed(_commands(10)[0])
    assert set(pl.read_csv(io.StringIO(years.stdout))["financial_year"]) == {"2020-21", "2021-22"}
    assert years.stderr.count("Not there: ") == 3


@pytest.mark.usefixtures("placed_once")
def test_a_row_is_found_by_its_id_and_names_publisher_file_and_correction(session: Session) -> None:
    results = session.pipeline.lake.read("published", "results").filter(
        indicator_id="copd_prevalence_pct", area_type="icb", dimension="total", measure="value"
    )
    row = results.row(0, named=True)
    figure = tracing.trace(session.pipeline, row)
    name, year, footprint, area, dimension, category, measure = figure.id.split(tracing.ID)
    again = tracing.find_row(
        session.pipeline, indicator=name, year=year, codes=(area,), dimension=dimension, category=category,
        measure=measure, footprint=footprint,
    )  # fmt: skip
    assert again == row
    lines = explained(session, row).lines
    text = "\n".join(lines)
    assert "NHS England, Quality and Outcomes Framework" in text
    assert "address https://" in text
    beside = lines[lines.index("Compared with") + 1 : lines.index("", lines.index("Compared with"))]
    names = [line.strip().partition(":")[0] for line in beside]
    assert names == list(dict.fromkeys([row["comparator"], "England", "most similar boards", "region"])), "each once"
    assert all(
        re.search(r": [\d.]+, (better|similar|worse|lower|higher|not_compared)$", x)
        for name, x in zip(names, beside, strict=True)
        if name != "most similar boards"
    )
    assert "member or sheet PREVALENCE" in text
    assert re.search(r"sha256 [0-9a-f]{64}", text)
    assert lines[lines.index("Corrections") + 1] == "  none"
