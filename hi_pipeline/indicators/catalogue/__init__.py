"""The whole list, found by convention: each module here holds ``INDICATORS``, the computed entries of one area.

``listed`` holds, by area too, what is on the list and not computed by itself. The modules are declarations: literals
only, which a test enforces. Words that several of them share stand in modules whose name begins with an underscore.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from hi_pipeline.core.indicator import Entry, Indicator
from hi_pipeline.indicators.catalogue import listed


def _find(package: str, path: Any, name: str) -> tuple[Any, ...]:
    modules = sorted(m.name for m in iter_modules(path) if not m.ispkg and not m.name.startswith("_"))
    return tuple(entry for module in modules for entry in getattr(import_module(f"{package}.{module}"), name))


def _each_once(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    ids = [entry.id for entry in entries]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"the catalogue declares {twice} twice; give each entry an id of its own")
    return entries


INDICATORS: tuple[Indicator, ...] = _find(__name__, __path__, "INDICATORS")
LISTED: tuple[Entry, ...] = _find(listed.__name__, listed.__path__, "LISTED")
ENTRIES: tuple[Entry, ...] = _each_once((*INDICATORS, *LISTED))
