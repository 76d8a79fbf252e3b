"""The metrics say what stands, and a monitor can read them."""

import re
from datetime import UTC, datetime

from hi_pipeline.engine.layers.clean import fetch_release
from hi_pipeline.operating.metrics import HELP, Sample, exposition, root_samples
from hi_pipeline.orchestration.instance.run_metrics import run_samples
from hi_pipeline_tests.flow.conftest import Bench
from hi_pipeline_tests.flow.tiny import WRONG_BOARD, rows_of, with_too_many_helped, write_release

_LINE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (-?[0-9.e+-]+)')


def read(text: str) -> dict[tuple[str, str], float]:
    """Read metrics as Prometheus does: help and type before each name, no name twice apart."""
    found: dict[tuple[str, str], float] = {}
    names: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            _, kind, name, *_ = line.split(" ")
            if kind == "HELP":
                assert name not in names
                names.append(name)
            continue
        match = _LINE.fullmatch(line)
        assert match, line
        assert match[1] == names[-1]
        found[(match[1], match[2] or "")] = float(match[3])
    return found


def test_they_tell_what_is_built_and_what_failed(bench: Bench) -> None:
    write_release(bench.mirror, "2022-23")
    write_release(bench.mirror, "2023-24", with_too_many_helped(rows_of("2023-24"), WRONG_BOARD))
    bench.run(years=("2022-23",))
    bench.run(years=("2023-24",), icbs=(WRONG_BOARD,))
    now = datetime.now(UTC)
    samples = [*root_samples(bench.pipeline, now=now), *run_samples(bench.pipeline, bench.instance)]
    found = read(exposition(samples))
    assert found[("hi_synthetic", "")] == 0
    assert 0 <= found[("hi_release_age_days", 'source="tiny",edition="2022-23"')] < 1
    assert found[("hi_release_overdue_days", 'source="tiny",part="2021-22"')] > 1000
    assert found[("hi_partitions", 'layer="indicator",name="tiny_1_pct",state="built"')] == len(bench.on_disk())
    assert found[("hi_failed_cells", 'indicator="tiny_1_pct"')] == 1
    assert found[("hi_run_success", 'job="build_indicators"')] == 0
    assert found[("hi_run_success", 'job="refresh_release"')] == 1
    assert found[("hi_run_seconds", 'job="refresh_release"')] >= 0
    assert {name for name, _ in found} == set(HELP)


def test_they_tell_what_is_stale(bench: Bench) -> None:
    write_release(bench.mirror, "2022-23")
    bench.run(years=("2022-23",), icbs=(WRONG_BOARD,))
    write_release(
        bench.mirror, "2022-23", [[*row[:4], "1"] if row[1] == WRONG_BOARD else row for row in rows_of("2022-23")]
    )
    source = bench.pipeline.catalogue.sources["tiny"]
    fetch_release(bench.pipeline, source, source.release("2022-23"))
    found = read(exposition(root_samples(bench.pipeline, now=datetime.now(UTC))))
    assert found[("hi_partitions", 'layer="clean",name="tiny",state="stale"')] == 1
    assert found[("hi_partitions", 'layer="clean",name="tiny",state="built"')] == 0


def test_labels_are_escaped() -> None:
    text = exposition([Sample(name="hi_synthetic", value=1, labels={"a": 'x"y\\z\nw'})])
    assert text.splitlines()[-1] == 'hi_synthetic{a="x\\"y\\\\z\\nw"} 1'
    read(text)
