"""The graph is as committed; every asset says what it is; lineage goes from a figure back to its publications."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline.orchestration.repository import build_definitions
from hi_pipeline.settings import Settings
from hi_pipeline_tests.graph.snapshot import FILE, graph, text

LAYERS = ("snapshot", "clean", "linked", "indicator", "published")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return graph(tmp_path_factory.mktemp("graph"))


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Settings(source="sample", data_dir=tmp_path_factory.mktemp("graph")))


def test_the_graph_is_as_committed(found: dict[str, Any]) -> None:
    assert text(found) == FILE.read_text(), (
        "the asset graph changed; if that is meant, run make docs, read the difference and commit it"
    )


def test_data_flows_one_way(found: dict[str, Any]) -> None:
    for key, asset in found["assets"].items():
        layer = LAYERS.index(key.split("/")[0])
        assert asset["group"] == key.split("/")[0]
        for parent in asset["deps"]:
            other = LAYERS.index(parent.split("/")[0])
            within = key.startswith("linked/") or (key, parent) == ("published/packs", "published/results")
            assert other < layer or (other == layer and within), f"{key} depends on {parent}"


def test_every_figure_goes_back_to_its_publication(found: dict[str, Any]) -> None:
    assets = found["assets"]

    def ancestors(key: str) -> set[str]:
        return {key}.union(*(ancestors(parent) for parent in assets[key]["deps"]))

    for indicator in load_catalogue().indicators:
        assert f"snapshot/{indicator.source}" in ancestors(f"indicator/{indicator.id}")
        assert f"indicator/{indicator.id}" in ancestors("published/packs")


def test_every_asset_says_what_it_is(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        assert spec.description, spec.key
        assert spec.description.startswith("SYNTHETIC"), "the sample says so in the UI"
        assert spec.owners, spec.key
        assert spec.kinds, spec.key
        assert spec.code_version, spec.key
        assert spec.group_name in LAYERS


def test_every_asset_has_checks(found: dict[str, Any]) -> None:
    for key, asset in found["assets"].items():
        # Packs hold no table: what can be asked of them is three things.
        assert len(asset["checks"]) >= (3 if key == "published/packs" else 4), key
        assert "schema" in asset["checks"] or key == "published/packs", key
    indicators = [a for k, a in found["assets"].items() if k.startswith("indicator/")]
    for asset in indicators:
        assert asset["partitions"] == ["financial_year", "icb"]
        assert {"keys", "all_icbs", "reconciles_with_england", "values_in_range"} <= set(asset["checks"])


def test_schedules_keep_london_time(found: dict[str, Any]) -> None:
    assert found["schedules"]
    assert {s["timezone"] for s in found["schedules"].values()} == {"Europe/London"}


def test_definitions_load_without_network_and_secrets(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import socket
        def refuse(*_, **__):
            raise AssertionError("definitions reached for the network")
        socket.socket.connect = refuse
        socket.getaddrinfo = refuse
        from hi_pipeline.definitions import defs
        import dagster as dg
        dg.Definitions.validate_loadable(defs)
        """
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "HI_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=tmp_path)
    assert not (tmp_path / "data").exists(), "loading writes nothing"


def test_the_snapshot_is_json() -> None:
    assert set(json.loads(FILE.read_text())) == {"assets", "jobs", "schedules", "sensors"}
