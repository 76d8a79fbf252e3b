"""What the tests of a publication give to the flow tests that every publication goes through.

``NEXT`` in ``test_<publication>.py`` holds the next edition of each series, ``CHANGES`` and ``FIGURES`` what belongs to
a layout that nobody has seen. So a publication that is added brings its own, and no flow test names it.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hi_pipeline.core.source import Source
from hi_pipeline.sources import SOURCES


@dataclass(frozen=True, kw_only=True)
class Next:
    """The next edition of a series: that of its example.

    Attributes:
        held: an edition of the sample in the same layout.
        edition: what it is called here; part: its financial year, or the edition again where there are no years.
        said: the words of the held period in the held file, with those of the next one.
        again: the words cannot be replaced, as the held file has faults of its own: the sample writes the edition anew.
        undeclared: areas change with the next period: the held edition is taken out of the declarations and found.
        other: an edition whose file must be refused; the held one where it is not given.
    """

    held: str
    edition: str
    part: str
    said: Mapping[str, str] = field(default_factory=dict)
    again: bool = False
    undeclared: bool = False
    other: str = ""

    def source(self, name: str) -> Source:
        """Return the declarations among which the edition is not."""
        declared = SOURCES[name]
        left = tuple(r for r in declared.releases if not (self.undeclared and r.edition == self.held))
        return replace(declared, releases=left)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """An edition of a layout and three changes of its file, each a pattern and what its first match becomes.

    Attributes:
        column: a column of another name.
        label: a label outside the vocabulary; ``stops`` tells whether it stops the file or its rows are left out.
        total: a number that no longer agrees with the others, and a part of what the refusal says.
    """

    edition: str
    column: tuple[str, str]
    label: tuple[str, str]
    stops: bool
    total: tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """An indicator that comes from the synthetic edition of a layout: its year, area and breakdowns.

    Attributes:
        seen: breakdowns that rest on a layout that somebody has seen.
    """

    indicator: str
    year: str
    area_type: str
    dimensions: set[str]
    seen: frozenset[str] | set[str] = frozenset()


def next_editions() -> dict[tuple[str, str], Next]:
    """Return the next edition of each series, by publication and series."""
    return {(source, name): of for source, found in _named("NEXT").items() for name, of in found.items()}


def changes() -> list[tuple[str, Changes]]:
    """Return what is changed in the layouts that nobody has seen, each with its publication."""
    return [(source, each) for source, found in _named("CHANGES").items() for each in found]


def figures() -> list[tuple[str, Figures]]:
    """Return the indicators that come from the layouts that nobody has seen, each with its publication."""
    return [(source, each) for source, found in _named("FIGURES").items() for each in found]


def altered(path: Path, into: Path, old: str, new: str) -> Path:
    """Return a copy in which the first match of a pattern is changed; in an archive, of the first member with one."""
    copy = into / path.name
    if not zipfile.is_zipfile(path):
        text, found = re.subn(old, new, path.read_text(encoding="utf-8"), count=1)
        assert found, f"{path.name} has nothing like {old!r}"
        copy.write_text(text, encoding="utf-8")
        return copy
    done = 0
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as changed:
        for name in archive.namelist():
            data = archive.read(name)
            if not done:
                text, done = re.subn(old, new, data.decode("utf-8"), count=1)
                data = text.encode()
            changed.writestr(name, data)
    assert done, f"{path.name} has nothing like {old!r}"
    return copy


def _named(name: str) -> dict[str, Any]:
    """Return what each publication's tests hold under a name, by publication; those that hold nothing are left out."""
    places = {source: f"{__package__}.test_{source}" for source in sorted(SOURCES)}
    modules = {source: import_module(place) for source, place in places.items() if find_spec(place)}
    return {source: vars(module)[name] for source, module in modules.items() if name in vars(module)}
