"""Every publication, found by convention: each folder here with a ``source.py`` that holds ``SOURCE``."""

from importlib import import_module
from pkgutil import iter_modules

from hi_pipeline.core.source import Source


def _find() -> dict[str, Source]:
    found: dict[str, Source] = {}
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        if not module.ispkg:
            continue
        name = f"{__name__}.{module.name}.source"
        try:
            source = import_module(name).SOURCE
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            continue
        if source.name != module.name:
            raise ValueError(f"the folder {module.name} declares a source named {source.name!r}; give both one name")
        found[source.name] = source
    return found


SOURCES: dict[str, Source] = _find()
