"""Where a file came from: the facts that stand in the sidecar beside it and in Dagster's metadata."""

import hashlib
import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, kw_only=True)
class Input:
    """A file that went into another: its name below the data root and its content hash."""

    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made a file. ``sha256`` and ``rows`` are filled in by the lake when it writes.

    Attributes:
        unknown_labels: rows left out for a label that nobody has declared, by release, column and label; nothing is
            built from a clean table that has any.
    """

    inputs: tuple[Input, ...]
    code_version: str
    schema_version: str
    releases: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    dropped_rows: dict[str, int] = field(default_factory=dict)
    unknown_labels: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    rows: int = 0
    sha256: str = ""

    def fingerprint(self) -> str:
        """Return a hash of all that decides the content: inputs, code, schema, corrections.

        Two files with one fingerprint are the same, so nothing is rebuilt while it holds.
        """
        facts = [sorted((i.name, i.sha256) for i in self.inputs), *self.program]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

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
        facts = json.loads(text)
        facts["inputs"] = tuple(Input(**i) for i in facts["inputs"])
        for name in ("releases", "corrections", "notes"):
            facts[name] = tuple(facts[name])
        return cls(**facts)
