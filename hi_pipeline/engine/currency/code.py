"""Versions of code and schemas, for telling which files were built by an older program.

The version of a builder is a hash of the code that it runs: of its own module and of all modules of the project that
these import, one after the other. The code is taken as parsed, so comments, docstrings and layout do not count; the
classes of errors (``core.errors``) are left out, because no figure follows from them.
"""

import hashlib
from collections.abc import Callable, Collection
from functools import cache, partial
from pathlib import Path
from typing import Any

from hi_pipeline.core.schema import Schema
from hi_pipeline.engine.currency.imported import Imported
from hi_pipeline.engine.currency.parsed import ParsedCode

PACKAGE = Path(__file__).parents[2]
# Each kind of figure is computed by the module of its name; the others of this package are not followed.
KINDS = "hi_pipeline.indicators.kinds"
_ERRORS = "hi_pipeline.core.errors"
# The rooms whose code decides what is built.
PROGRAM = ("core", "stats", "sources", "tables", "indicators", "publishing", "storage", "engine")
_DIGITS = 12


class Code:
    """The code of the package in a folder."""

    def __init__(self, package: Path) -> None:
        self._parsed = ParsedCode(package)

    def reached(self, modules: Collection[str], *, kind: str = "") -> set[str]:
        """Return some modules and all modules of the project that they import, directly or through others.

        Args:
            modules: names, such as hi_pipeline.stats.rates.
            kind: the one module of ``KINDS`` to follow, whether it is imported or found by its name.
        """
        found: set[str] = set()
        waiting = [*modules, f"{KINDS}.{kind}"] if kind else list(modules)
        while waiting:
            name = waiting.pop()
            other_kind = name.startswith(f"{KINDS}.") and name != f"{KINDS}.{kind}"
            if name in found or name == _ERRORS or other_kind:
                continue
            found.add(name)
            waiting += self._parsed.module(name).imports
        return found

    def digest(self, modules: Collection[str], *, kind: str = "") -> str:
        """Return a short hash of the code of some modules and of all that they reach."""
        return self.own(sorted(self.reached(modules, kind=kind)))

    def own(self, modules: Collection[str]) -> str:
        """Return a short hash of the code of just these modules."""
        found = text_digest(*(f"{name} {self._parsed.module(name).sha256}" for name in modules))
        self._parsed.keep()
        return found

    def rooms(self, *rooms: str) -> str:
        """Return a short hash of all code of some rooms."""
        return self.own([name for room in rooms for name in self._parsed.modules_of(room)])


@cache
def project_code() -> Code:
    """Return the code of this program."""
    return Code(PACKAGE)


@cache
def code_of(*builders: Callable[..., Any], kind: str = "") -> str:
    """Return the version of the code that some functions run.

    Args:
        builders: functions, bound with ``partial`` or not, or objects that are called.
        kind: for what computes figures, the value of the indicator's kind.
    """
    return project_code().digest({module_of(builder) for builder in builders}, kind=kind)


@cache
def own_code(*modules: str) -> str:
    """Return the version of the code of just these modules, and not of what they import."""
    return project_code().own(modules)


@cache
def program_code() -> str:
    """Return the version of all code that decides what is built."""
    return project_code().rooms(*PROGRAM)


def text_digest(*texts: str) -> str:
    """Return a short hash of some texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_DIGITS]


@cache
def schema_version(schema: Schema | None) -> str:
    """Return a short hash of a schema: columns with what they may hold, key, names of rules; of no schema, of None."""
    if schema is None:
        return text_digest(repr(schema))
    columns = [f"{name} {column}" for name, column in schema.columns.items()]
    return text_digest(*columns, str(schema.key), *(rule.name for rule in schema.rules))


def module_of(builder: Callable[..., Any]) -> str:
    """Return the name of the module whose code a builder runs."""
    if isinstance(builder, partial):
        return module_of(builder.func)
    if isinstance(builder, Imported):
        return builder.module
    return str(getattr(builder, "__module__", None) or type(builder).__module__)
