"""The project's modules as Python parses them: a hash of each without comments and docstrings, and what it imports.

Parsing all of the package takes about half a second, so what was found of a file is kept by the hash of its bytes,
beside Python's own compiled files. Where that folder cannot be written it is found anew in each process.
"""

import ast
import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hi_pipeline.core.errors import StoreError
from hi_pipeline.storage.atomic import write_bytes

_log = logging.getLogger(__name__)
# Renewed when ``_text`` or ``_imported`` find something else in the same file.
_FORM = "1"
_MOST_KEPT = 2_000


@dataclass(frozen=True, kw_only=True)
class Module:
    """The code of one module: its hash, and the modules of the project that it imports."""

    sha256: str
    imports: tuple[str, ...]


class ParsedCode:
    """The modules of a package, each parsed once."""

    def __init__(self, package: Path) -> None:
        self._package = package
        self._kept_in = package / "__pycache__" / "parsed_code.json"
        self._modules: dict[str, Module] = {}
        self._kept: dict[str, list[str]] | None = None
        self._is_new = False

    def module(self, name: str) -> Module:
        """Return what a module holds.

        Args:
            name: hi_pipeline.stats.rates; a module from elsewhere must be imported already.

        Raises:
            StoreError: there is no such file.
        """
        if name not in self._modules:
            self._modules[name] = self._look(name)
        return self._modules[name]

    def modules_of(self, room: str) -> list[str]:
        """Return the names of all modules of a room, in order."""
        return sorted(name for name in self._files if f"{name}.".startswith(f"{self._package.name}.{room}."))

    def _look(self, name: str) -> Module:
        path = self._file(name)
        if path is None:
            raise StoreError(f"the code of {name} cannot be found below {self._package}, so its version is not known")
        data = path.read_bytes()
        key = hashlib.sha256(data).hexdigest()
        kept = self._all_kept()
        if key not in kept:
            tree = ast.parse(data)
            sha256 = hashlib.sha256(_text(tree).encode()).hexdigest()
            kept[key] = [sha256, *sorted({n for n in _imported(tree) if n.startswith(f"{self._package.name}.")})]
            self._is_new = True
        sha256, *named = kept[key]
        # A dotted name is a module, or stands in the module that comes before its last dot.
        modules = {dotted if dotted in self._files else dotted.rpartition(".")[0] for dotted in named}
        return Module(sha256=sha256, imports=tuple(sorted(modules & self._files.keys() - {name})))

    @cached_property
    def _files(self) -> dict[str, Path]:
        """The file of each module of the package."""
        found = {}
        for folder, _, files in os.walk(self._package):
            above = (self._package.name, *Path(folder).parts[len(self._package.parts) :])
            for file in files:
                if file.endswith(".py"):
                    name = ".".join((*above, file.removesuffix(".py")))
                    found[name.removesuffix(".__init__")] = Path(folder, file)
        return found

    def _file(self, name: str) -> Path | None:
        if name.split(".")[0] == self._package.name:
            return self._files.get(name)
        known = getattr(sys.modules.get(name), "__file__", None)
        return Path(known) if known else None

    def _all_kept(self) -> dict[str, list[str]]:
        if self._kept is None:
            try:
                facts = json.loads(self._kept_in.read_text())
            except (OSError, ValueError):
                facts = {}
            self._kept = facts["modules"] if isinstance(facts, dict) and facts.get("form") == _FORM else {}
        return self._kept

    def keep(self) -> None:
        """Keep what was parsed for the next process, where there is something new and its place can be written."""
        if not self._is_new or self._kept is None:
            return
        newest = dict(list(self._kept.items())[-_MOST_KEPT:])
        try:
            write_bytes(self._kept_in, json.dumps({"form": _FORM, "modules": newest}).encode())
        except StoreError as error:
            _log.debug("parsed code is not kept: %s", error)
        self._is_new = False


def _text(node: object) -> str:
    """Return a tree as text: what is empty is left out, as the interpreters differ in what they add."""
    if isinstance(node, ast.AST):
        fields = [
            f"{name}={_text(value)}"
            for name in node._fields
            if (value := getattr(node, name, None)) is not None and value != []
        ]
        return f"{type(node).__name__}({','.join(fields)})"
    if isinstance(node, list):
        return f"[{','.join(_text(item) for item in node if not _is_remark(item))}]"
    return repr(node)


def _is_remark(node: object) -> bool:
    """Tell a text that stands by itself: a docstring, or a remark that does nothing."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names that a module imports, or names in a text (a module that is run as a process)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
            dotted = node.value
            if "." in dotted and dotted.replace(".", "_").isidentifier():
                yield dotted
