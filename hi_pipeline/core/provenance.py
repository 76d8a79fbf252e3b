"""Where a file came from: the facts that stand in the sidecar beside it and in Dagster's metadata."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Input:
    """A file that went into another: its name below the data root and its content hash."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rows of one indicator in a table of several: their hash, and the releases that they name."""

    sha256: str
    releases: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made a file. ``sha256`` and ``rows`` are filled in by the lake when it writes.

    Attributes:
        inputs: what was read for it.
        releases: ids of the releases behind it ("qof:2022-23").
        kept: by release, the sha256 of the publisher's file behind it.
        parts: in a table of several indicators, by indicator.
        package: of the published results, the sha256 of the data package that names all files beside them.
        unknown_labels: rows left out for a label that nobody has declared, by release, column and label; nothing is
            built from a clean table that has any.
    """

    inputs: tuple[Input, ...]
    code_version: str
    schema_version: str
    releases: tuple[str, ...] = ()
    kept: dict[str, str] = field(default_factory=dict)
    corrections: tuple[str, ...] = ()
    dropped_rows: dict[str, int] = field(default_factory=dict)
    unknown_labels: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)
    package: str = ""
    synthetic: bool = False
    rows: int = 0
    sha256: str = ""

    def fingerprint(self) -> str:
        """Return a hash of all that decides the content: inputs, code, schema, corrections.

        Two files with one fingerprint are the same, so nothing is rebuilt while it holds.
        """
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        return _fingerprint(self.inputs, self.program)

    @property
    def program(self) -> tuple[str, str, bool]:
        """Return what decides the content beside the inputs: code, schema, and whether they are made up."""
        return self.code_version, self.schema_version, self.synthetic

    def to_json(self) -> str:
        """Return the sidecar's text: sorted keys, one trailing newline, no clock."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Provenance":
        """Read what ``to_json`` wrote."""
        return cls(**_fields(json.loads(text)))


@dataclass(frozen=True, kw_only=True)
class CellsProvenance:
    """What made a file that holds the rows of many cells, each built by itself.

    Attributes:
        cells: what made each cell, by its name; ``rows`` and ``sha256`` there are of the cell's own rows.
        rows: of the file.
        sha256: of the file.
    """

    cells: Mapping[str, Provenance]
    rows: int = 0
    sha256: str = ""

    def to_json(self) -> str:
        """Return the sidecar's text: facts that cells share stand once, in the order of the cells; no clock."""
        shared: list[dict[str, Any]] = []
        cells = {}
        for name, known in sorted(self.cells.items()):
            facts = asdict(replace(known, rows=0, sha256=""))
            if facts not in shared:
                shared.append(facts)
            cells[name] = {"made": shared.index(facts), "rows": known.rows, "sha256": known.sha256}
        text = {"cells": cells, "made": shared, "rows": self.rows, "sha256": self.sha256}
        return json.dumps(text, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_facts(cls, facts: dict[str, Any]) -> "CellsProvenance":
        """Take what ``to_json`` wrote, read as JSON."""
        made = [_fields(shared) for shared in facts["made"]]
        cells = {
            name: Provenance(**(made[cell["made"]] | {"rows": cell["rows"], "sha256": cell["sha256"]}))
            for name, cell in facts["cells"].items()
        }
        return cls(cells=cells, rows=facts["rows"], sha256=facts["sha256"])


def read_sidecar(text: str) -> Provenance | CellsProvenance:
    """Read a sidecar of either kind.

    Raises:
        ValueError, KeyError, TypeError: it is no sidecar.
    """
    facts = json.loads(text)
    return CellsProvenance.from_facts(facts) if "made" in facts else Provenance(**_fields(facts))


@lru_cache(maxsize=4096)
def _fingerprint(inputs: tuple[Input, ...], program: tuple[str, str, bool]) -> str:
    """Return the hash of both; the cells of a file share them, so that it is made once for all of them."""
    facts = [sorted((i.name, i.sha256) for i in inputs), *program]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _fields(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a provenance from what stands in its sidecar."""
    facts["inputs"] = tuple(Input(**i) for i in facts["inputs"])
    for name in ("releases", "corrections", "notes"):
        facts[name] = tuple(facts[name])
    # Sidecars from before November 2026 name no parts; their code is another, so that what they describe is stale.
    parts = facts.get("parts", {}).items()
    facts["parts"] = {n: Part(sha256=p["sha256"], releases=tuple(p["releases"])) for n, p in parts}
    return facts
