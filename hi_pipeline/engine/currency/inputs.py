"""What a file was made from: recorded as it is read, and looked up again to see whether it still holds."""

import hashlib
from collections.abc import Collection, Mapping

import polars as pl

from hi_pipeline.core.errors import LayoutError, NothingToBuild, StoreError
from hi_pipeline.core.indicator import Indicator
from hi_pipeline.core.provenance import Input, Provenance
from hi_pipeline.core.source import Source
from hi_pipeline.storage.lake import Lake

_ABSENT = "absent"
LISTING = "parts of "
HOLDING = "whether built: "
_BUILT = "built"
_SHOWN = 8


class LakeReader:
    """A ``core.build.Reader`` over the lake that records every file, and every listing, that was asked for."""

    def __init__(
        self, lake: Lake, indicators: Collection[Indicator] = (), sources: Mapping[str, Source] | None = None
    ) -> None:
        self._lake = lake
        self._sources = sources or {}
        self._indicators = indicators
        self._inputs: dict[str, str] = {}
        self._releases: set[str] = set()
        self._corrections: set[str] = set()
        self._kept: dict[str, str] = {}

    def clean(self, source: str, table: str, part: str) -> pl.DataFrame:
        """Return a clean table of a source for an edition or a financial year.

        Raises:
            StoreError: it is not built.
            LayoutError: rows were left out of it, as nobody has declared their labels.
        """
        return self._read("clean", source, part, table)

    def linked(self, name: str, financial_year: str) -> pl.DataFrame:
        """Return a linked table of a financial year.

        Raises:
            NothingToBuild: it is not built for that year.
        """
        return self._read("linked", name, financial_year)

    def parts(self, source: str) -> tuple[str, ...]:
        """Return the editions or financial years of a source that are built, in order."""
        name = f"{LISTING}clean/{source}"
        self._inputs[name] = current_hash(self._lake, name)
        return built_parts(self._lake, source)

    def holds(self, source: str, part: str) -> bool:
        """Return whether an edition or a financial year of a source is built; other parts are no input then."""
        name = f"{HOLDING}clean/{source}/{part}"
        self._inputs[name] = current_hash(self._lake, name)
        return self._inputs[name] == _BUILT

    def releases(self, name: str, part: str) -> tuple[str, ...]:
        """Return the ids of the releases behind a part of a source, or behind a linked table of a year."""
        found: set[str] = set()
        for place in (("linked", name, part), *self._tables(name, part)):
            known = self._lake.provenance(*place)
            if known is not None:
                self._note(place)
                found.update(known.releases)
        return tuple(sorted(found))

    def imd_vintage(self, source: str, financial_year: str) -> str | None:
        """Return the Indices behind the publisher's own groups of a year; None where nobody states which."""
        return self._sources[source].imd_vintage(financial_year)

    def indicators(self, source: str) -> tuple[Indicator, ...]:
        """Return the declared indicators of a source, in the order of the catalogue."""
        return tuple(i for i in self._indicators if i.source == source)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Return what was read so far, by name."""
        return tuple(Input(name=name, sha256=sha) for name, sha in sorted(self._inputs.items()))

    @property
    def releases_read(self) -> tuple[str, ...]:
        """Return the releases behind what was read so far."""
        return tuple(sorted(self._releases))

    @property
    def kept(self) -> dict[str, str]:
        """Return, by release behind what was read so far, the sha256 of its file."""
        return dict(sorted(self._kept.items()))

    @property
    def corrections(self) -> tuple[str, ...]:
        """Return the register entries behind what was read so far."""
        return tuple(sorted(self._corrections))

    def _read(self, layer: str, name: str, *parts: str) -> pl.DataFrame:
        label = "/".join((layer, name, *parts))
        known = self._note((layer, name, *parts))
        if known is not None and known.unknown_labels:
            raise LayoutError(
                f"{label} lacks {sum(known.unknown_labels.values())} rows, whose labels nobody has declared: "
                f"{'; '.join(sorted(known.unknown_labels)[:_SHOWN])}. Nothing is built from it: what was built before "
                "stays. Map each label by its words in the source's parse.py, or correct it in the corrections "
                "register."
            )
        if known is None and layer == "linked":
            raise NothingToBuild(f"{label} is not built for that year")
        if known is None:
            raise StoreError(
                f"{label} is asked for and not built. Build it first (hi run builds what is missing), "
                "or see hi status for why it is missing."
            )
        self._releases.update(known.releases)
        self._corrections.update(known.corrections)
        return self._lake.read(layer, name, *parts)

    def _note(self, place: tuple[str, ...]) -> Provenance | None:
        known = self._lake.provenance(*place)
        self._inputs["/".join(place)] = known.sha256 if known else _ABSENT
        self._kept |= known.kept if known else {}
        return known

    def _tables(self, source: str, part: str) -> list[tuple[str, ...]]:
        return [("clean", source, *place) for place in self._lake.parts("clean", source) if place[0] == part]


def built_parts(lake: Lake, source: str) -> tuple[str, ...]:
    """Return the editions or financial years of a source that stand in the lake, in order."""
    return tuple(sorted({part[0] for part in lake.parts("clean", source)}))


def current_hash(lake: Lake, name: str) -> str:
    """Return the hash of what a recorded input is now."""
    if name.startswith(LISTING):
        layer, source = name.removeprefix(LISTING).split("/")
        return hashlib.sha256("\n".join(built_parts(lake, source)).encode()).hexdigest()
    if name.startswith(HOLDING):
        _, source, part = name.removeprefix(HOLDING).split("/")
        return _BUILT if part in built_parts(lake, source) else _ABSENT
    known = made_from(lake, name)
    return _ABSENT if known is None else _own_hash(name, known)


def _own_hash(name: str, known: Provenance) -> str:
    """Return the hash of a recorded input within its file: of a table of counts, of one indicator's rows."""
    layer, _, _, *indicator = name.split("/")
    if layer == "linked" and indicator:
        part = known.parts.get(indicator[0])
        return part.sha256 if part else _ABSENT
    return known.sha256


def files_behind(lake: Lake, known: Provenance) -> dict[str, str]:
    """Return, by release, the hash of the file that a table rests on now.

    A newer file that holds the same rows leaves the tables behind it as they are: they rest on it all the same.
    """
    found = dict(known.kept)
    for item in known.inputs:
        behind = made_from(lake, item.name)
        if behind is not None and _own_hash(item.name, behind) == item.sha256:
            now = behind.kept if item.name.startswith("clean/") else files_behind(lake, behind)
            found |= {release: sha256 for release, sha256 in now.items() if release in found}
    return found


def made_from(lake: Lake, name: str) -> Provenance | None:
    """Return what the file of a recorded input was made from; None where it is not built, or is a publisher's."""
    if name.startswith((LISTING, HOLDING)):
        return None
    layer, table, *parts = name.split("/")
    if layer not in ("clean", "linked"):
        return None
    # Of a table of counts the rows of one indicator are an input, and stand in the file of all.
    return lake.provenance(layer, table, *parts[:1] if layer == "linked" else parts)


def still_holds(lake: Lake, known: Provenance | None, *, code: str, schema: str) -> str:
    """Return "" where a file's inputs, code and schema are as they were, else what differs."""
    if known is None:
        return "not built"
    if known.code_version != code:
        return "built by an older program"
    if known.schema_version != schema:
        return "built for an older schema"
    changed = [i.name for i in known.inputs if current_hash(lake, i.name) != i.sha256]
    return f"its inputs changed: {', '.join(changed)}" if changed else ""
