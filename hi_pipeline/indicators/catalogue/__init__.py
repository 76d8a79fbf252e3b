"""Every indicator, found by convention: each module here holds ``INDICATORS``, the entries of one area.

The modules are declarations: literals only, which a test enforces. Words that several of them share stand in modules
whose name begins with an underscore.
"""

from importlib import import_module
from pkgutil import iter_modules

from hi_pipeline.core.indicator import Indicator


def _find() -> tuple[Indicator, ...]:
    names = sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    found = tuple(i for name in names for i in import_module(f"{__name__}.{name}").INDICATORS)
    ids = [indicator.id for indicator in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"the catalogue declares {twice} twice; give each entry an id of its own")
    return found


INDICATORS: tuple[Indicator, ...] = _find()
